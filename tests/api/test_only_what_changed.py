"""A second run computes and writes only what its inputs, rules or program have changed."""

from __future__ import annotations

import json
import shutil

import pytest

from api.analysis import main_job
from api.analysis.main_job import run_main_job
from data.project import Project
from data.sample import load_layer, load_segments
from data.streets.folder import write_streets
from geo.coverage.rule import CoverageRule
from geo.layers.vocabulary import Mode
from geo.study.rules import SitingRules, StudyRules

_RULES = StudyRules(
    coverage=CoverageRule(limit_s=600), siting=SitingRules(count=3, phases=()), seed=1
)
_PARTS = ("coverage", "site")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """One district of the sample, coverage and sites done twice."""
    project = Project.create(tmp_path_factory.mktemp("made") / "city", "city", sample=True)
    for name in ("districts", "stations", "yizhan", "workers", "candidates"):
        frame = load_layer(name)
        code = "adcode" if name == "districts" else "district"
        project.write(name, frame[frame[code] == "370202"].reset_index(drop=True), source="test")
    write_streets(project.streets_folder, load_segments(), modes=(Mode.WALK,))
    for _ in range(2):  # The first run's gaps are read back as the file holds them.
        run_main_job(project, _RULES, parts=_PARTS)
    return project


@pytest.fixture
def city(made, tmp_path, monkeypatch):
    """A copy of it, and a list of the steps that are computed from now on."""
    shutil.copytree(made.folder, tmp_path / "city")
    project = Project.open(tmp_path / "city")
    steps = []
    for name in ("_gaps", "_sites"):
        inner = getattr(main_job, name)

        def noted(*arguments, inner=inner, name=name):
            steps.append(name)
            return inner(*arguments)

        monkeypatch.setattr(main_job, name, noted)
    return project, steps


def _inodes(project):
    files = (path for path in project.results_folder.rglob("*") if path.is_file())
    return {str(path.relative_to(project.results_folder)): path.stat().st_ino for path in files}


def _figures(project):
    summary = json.loads((project.results_folder / "summary.json").read_text("utf-8"))
    return {key: value for key, value in summary.items() if key not in {"made", "seconds"}}


def test_with_nothing_changed_nothing_is_computed_or_written(city):
    project, steps = city
    files, figures = _inodes(project), _figures(project)
    run_main_job(project, _RULES, parts=_PARTS)
    assert steps == []
    again = _inodes(project)
    same = {name for name in files if again[name] == files[name]}
    assert set(files) - same == {"summary.json", ".made.json"}
    assert _figures(project) == figures


def test_other_rules_for_sites_leave_coverage_and_the_workers_map_alone(city):
    project, steps = city
    files = _inodes(project)
    rules = _RULES.model_copy(update={"siting": SitingRules(count=2, phases=())})
    summary = run_main_job(project, rules, parts=_PARTS)
    assert steps == ["_sites"]
    assert summary.siting.sites == 2
    again = _inodes(project)
    for name in ("maps/worker.html", "coverage_hours.csv"):
        assert again[name] == files[name]
    for name in ("maps/planner.html", "results.xlsx", "results.gpkg"):
        assert again[name] != files[name]


def test_another_coverage_is_computed_and_so_are_the_sites_on_it(city):
    project, steps = city
    rules = _RULES.model_copy(update={"coverage": CoverageRule(limit_s=300)})
    run_main_job(project, rules, parts=_PARTS)
    assert steps == ["_gaps", "_sites"]


def test_a_changed_layer_is_computed_again(city):
    project, steps = city
    project.write("yizhan", project.read("yizhan").iloc[1:], source="test")
    run_main_job(project, _RULES, parts=_PARTS)
    assert steps == ["_gaps", "_sites"]


def test_a_changed_program_computes_and_writes_everything_again(city, monkeypatch):
    project, steps = city
    for module in ("api.analysis.main_job", "api.analysis.reuse"):
        monkeypatch.setattr(f"{module}.program_stamp", lambda: "another")
    files = _inodes(project)
    run_main_job(project, _RULES, parts=_PARTS)
    assert steps == ["_gaps", "_sites"]
    assert not set(files.values()) & set(_inodes(project).values())
