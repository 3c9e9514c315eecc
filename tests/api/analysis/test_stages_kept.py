"""Stages of a study on disk: taken over where nothing they read changed, never trusted blindly."""

from __future__ import annotations

import errno
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from geopandas.testing import assert_geodataframe_equal

import geo.study.study as front
from data.program import program_stamp
from data.sample import load_layer
from data.store import project_stages
from data.store import project_study as opening
from data.store.project_stages import FOLDER, ProjectStages
from data.store.project_study import open_study
from geo.coverage.rule import CoverageRule
from geo.study import gaps
from geo.study.rules import SitingRules

_RULE = CoverageRule(limit_s=600)
_TWO = SitingRules(count=2, minimum_per_district=0, phases=(), spacing_m=0)
_STEPS = {
    "survey": front,
    "gaps_of": gaps,
    "reach_parts": front,
    "candidate_parts": front,
}
"""What computes or packs a stage, and the module the study takes it from."""


@pytest.fixture
def project(make_project_in, tmp_path):
    return make_project_in(tmp_path / "city")


@pytest.fixture
def made(monkeypatch):
    """The stages computed from now on, by the name of what computes or packs them."""
    steps = []
    for name, module in _STEPS.items():
        inner = getattr(module, name)

        def noted(*given, inner=inner, name=name, **more):
            steps.append(name)
            return inner(*given, **more)

        monkeypatch.setattr(module, name, noted)
    return steps


def _another_process(project):
    """Open the study as a process does that has computed nothing yet."""
    opening._OPENED.clear()
    return open_study(project)


def _ground(project):
    return _another_process(project).ground(_RULE)


def test_another_process_computes_no_stage_again_and_answers_the_same(project, made):
    first = _ground(project)
    assert made == [*_STEPS]
    made.clear()
    second = _ground(project)
    assert made == []
    assert second.coverage.workers_covered == first.coverage.workers_covered
    np.testing.assert_array_equal(second.coverage.open_hours, first.coverage.open_hours)
    np.testing.assert_array_equal(second.coverage.by_time.cost, first.coverage.by_time.cost)
    np.testing.assert_array_equal(second.pairs.point, first.pairs.point)
    pd.testing.assert_frame_equal(second.nearest_stations, first.nearest_stations)
    pd.testing.assert_frame_equal(second.demand, first.demand)
    assert_geodataframe_equal(second.gaps, first.gaps)


def test_sites_on_kept_stages_are_those_on_fresh_ones(project):
    fresh = _another_process(project).sites(_TWO, rule=_RULE)
    kept = _another_process(project).sites(_TWO, rule=_RULE)
    assert_geodataframe_equal(kept.sites, fresh.sites)


@pytest.mark.parametrize(
    ("layer", "again"),
    [
        ("yizhan", [*_STEPS]),
        ("workers", [*_STEPS]),
        ("candidates", ["candidate_parts"]),
        ("depots", []),
    ],
)
def test_a_changed_layer_makes_again_just_what_reads_it(project, made, layer, again):
    _ground(project)
    made.clear()
    frame = project.read(layer) if project.has(layer) else load_layer(layer)
    project.write(layer, frame.assign(name=[f"{one} 甲" for one in frame["name"]]), source="test")
    _ground(project)
    assert made == again


def test_another_rule_or_program_makes_everything_again(project, made, monkeypatch):
    _ground(project)
    made.clear()
    _another_process(project).ground(CoverageRule(limit_s=601))
    assert made == [*_STEPS]
    made.clear()
    monkeypatch.setattr(project_stages, "program_stamp", lambda _folders: "another")
    _ground(project)
    assert made == [*_STEPS]


def test_going_back_to_a_layer_finds_its_stages_again(project, made):
    _ground(project)
    project.write("yizhan", project.read("yizhan").iloc[:1], source="test")
    _ground(project)
    made.clear()
    project.restore("yizhan", 1)
    _ground(project)
    assert made == []


def _kept(project, stage):
    (path,) = (project.folder / FOLDER).glob(f"{stage}.*.npz")
    return path


@pytest.mark.parametrize("stage", ["survey", "gaps", "reach", "candidates"])
@pytest.mark.parametrize("spoil", ["cut", "flipped", "text", "empty"])
def test_a_spoilt_file_is_computed_again_and_replaced(project, made, stage, spoil):
    first = _ground(project)
    path = _kept(project, stage)
    content = path.read_bytes()
    path.write_bytes(
        {
            "cut": content[: len(content) // 2],
            "flipped": content[:300] + bytes([content[300] ^ 0xFF]) + content[301:],
            "text": b"no stage",
            "empty": b"",
        }[spoil]
    )
    made.clear()
    second = _ground(project)
    assert len(made) == 1
    assert second.coverage.workers_covered == first.coverage.workers_covered
    np.testing.assert_array_equal(second.pairs.cost, first.pairs.cost)
    made.clear()
    _ground(project)
    assert made == []


@pytest.mark.parametrize(
    ("stage", "name", "wrong"),
    [
        ("survey", "owner", lambda rows: rows + 1000),
        ("survey", "class_cost", lambda cost: cost[:, :-1]),
        ("survey", "point_segment", lambda rows: rows + 1000),
        ("reach", "own_point", lambda rows: rows + 1000),
        ("candidates", "site_begin", lambda begin: begin[:-1]),
        ("gaps", "table:gaps", lambda table: table),
    ],
)
def test_arrays_that_do_not_fit_the_layers_are_computed_again(project, made, stage, name, wrong):
    first = _ground(project)
    path = _kept(project, stage)
    with np.load(path) as held:
        parts = {key: held[key] for key in held.files if key != "map:gaps"}
    parts[name] = wrong(parts.get(name, np.zeros(8, np.uint8)))
    with path.open("wb") as file:
        np.savez(file, **parts)
    made.clear()
    second = _ground(project)
    assert len(made) == 1
    assert_geodataframe_equal(second.gaps, first.gaps)


def test_objects_are_never_run(project):
    """A file that would run code when it is unpickled is no stage."""

    class Mischief:
        def __reduce__(self):
            return os.mkdir, (str(project.folder / "mischief"),)

    _ground(project)
    with _kept(project, "survey").open("wb") as file:
        np.savez(file, lonlat=np.array([Mischief()], dtype=object), allow_pickle=True)
    _ground(project)
    assert not (project.folder / "mischief").exists()


def test_a_full_disk_costs_time_and_nothing_else(project, made, monkeypatch):
    def full(_path, _target):
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(Path, "replace", full)
    _ground(project)
    assert not list((project.folder / FOLDER).glob("*"))
    assert not list((project.folder / FOLDER).glob(".*.draft"))
    made.clear()
    assert len(_ground(project).candidates)
    assert made == [*_STEPS]


def test_the_folder_may_be_deleted_and_stays_within_its_bounds(project):
    kept = ProjectStages(project, most_bytes=3000)
    for number in range(5):
        kept.save("survey", (), str(number), {"rows": np.arange(100.0) + number})
        path = kept._path("survey", (), str(number))
        os.utime(path, (number, number))
    held = list((project.folder / FOLDER).glob("*.npz"))
    assert 0 < sum(path.stat().st_size for path in held) <= 3000
    assert kept.load("survey", (), "0") is None
    np.testing.assert_array_equal(kept.load("survey", (), "4")["rows"], np.arange(100.0) + 4)


def test_two_at_once_leave_whole_files(project):
    kept = [ProjectStages(project), ProjectStages(project)]
    parts = {"rows": np.arange(200_000.0), "table": pd.DataFrame({"name": ["甲", None]})}
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: kept[n % 2].save("survey", (), "same", parts), range(12)))
        found = list(pool.map(lambda n: kept[n % 2].load("survey", (), "same"), range(8)))
    for one in found:
        np.testing.assert_array_equal(one["rows"], parts["rows"])
        pd.testing.assert_frame_equal(one["table"], parts["table"])
    assert not list((project.folder / FOLDER).glob(".*.draft"))


def test_the_program_stamp_sees_its_files():
    assert program_stamp() == program_stamp()
    assert program_stamp() != program_stamp(("geo", "data"))
