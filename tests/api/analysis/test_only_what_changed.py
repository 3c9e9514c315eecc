"""A second run computes and writes only what its inputs, rules or program have changed."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import zipfile

import pytest

from api import own_process
from api.analysis import street_lines, study_steps
from api.analysis.main_job import run_main_job
from api.analysis.running import run_study
from data.sample import load_layer, load_segments
from data.store.project import Project
from data.streets.folder import write_streets
from geo.coverage.rule import CoverageRule
from geo.layers.vocabulary import Mode
from geo.study.rules import SitingRules, StudyRules
from geo.text import Language

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


def test_results_name_the_boundaries_the_sample_owes_for(made):
    """In the GeoPackage's own list of layers, where QGIS shows it."""
    with sqlite3.connect(made.results_folder / "results.gpkg") as store:
        told = dict(store.execute("SELECT table_name, description FROM gpkg_contents"))
    assert "sites" in told
    assert all("boundaries © OpenStreetMap" in description for description in told.values())


@pytest.fixture
def city(made, tmp_path, monkeypatch):
    """A copy of it, and a list of the steps that are computed from now on."""
    shutil.copytree(made.folder, tmp_path / "city")
    project = Project.open(tmp_path / "city")
    steps = []
    monkeypatch.setattr(own_process.os, "cpu_count", lambda: 1)  # What is done is done here.
    for name in ("_gaps", "_sites"):
        inner = getattr(study_steps, name)

        def noted(*arguments, inner=inner, name=name):
            steps.append(name)
            return inner(*arguments)

        monkeypatch.setattr(study_steps, name, noted)
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


class Heard:
    """What a run told of its progress."""

    def __init__(self):
        self.steps = []

    def __call__(self, step, _):
        self.steps.append(step.zh)


@pytest.fixture
def ready(city):
    """The copy, run once more: a copied file counts as changed."""
    project, steps = city
    run_study(project, _RULES, parts=_PARTS)
    steps.clear()
    return project, steps


def test_with_nothing_changed_the_results_that_hold_are_the_answer(ready):
    project, _ = ready
    number, figures, heard = project.results_number, _figures(project), Heard()
    summary = run_study(project, _RULES, parts=_PARTS, progress=heard)
    assert project.results_number == number
    assert summary.facts.made.strftime("沿用 %Y-%m-%d %H:%M 的结果") in heard.steps[0]
    assert len(heard.steps) == 1
    again = json.loads(json.dumps(summary.to_json()))
    assert {name: told for name, told in again.items() if name in figures} == figures
    assert run_study(project, _RULES, parts=("coverage",)).siting is not None


def _replace_layer(project):
    project.write("yizhan", project.read("yizhan").iloc[1:], source="test")


def _same_layer_anew(project):
    project.write("yizhan", project.read("yizhan"), source="test")


@pytest.mark.parametrize(
    ("change", "computed"),
    [
        (_replace_layer, ["_gaps", "_sites"]),
        (lambda project: project.prefer("prices", {}), []),
        (lambda project: (project.folder / "weights.json").write_text("{}"), []),
        (_same_layer_anew, ["_gaps", "_sites"]),
    ],
)
def test_whatever_changes_in_the_project_it_is_run_again(ready, change, computed):
    project, steps = ready
    number = project.results_number
    change(project)
    run_study(project, _RULES, parts=_PARTS)
    assert project.results_number == number + 1
    assert steps == computed


def test_another_language_day_or_rule_is_another_run(ready):
    project, steps = ready
    number = project.results_number
    run_study(project, _RULES, parts=_PARTS, language=Language.EN)
    assert (project.results_number, steps) == (number + 1, [])
    other = _RULES.model_copy(update={"siting": SitingRules(count=2, phases=())})
    run_study(project, other, parts=_PARTS, language=Language.EN)
    assert (project.results_number, steps) == (number + 2, ["_sites"])


@pytest.mark.parametrize("name", ["maps/planner.html", "results.xlsx"])
def test_an_output_that_was_edited_or_deleted_is_written_again(ready, name):
    project, steps = ready
    before = (project.results_folder / name).read_bytes()
    for spoil in (lambda path: path.unlink(), lambda path: path.write_bytes(b"mine")):
        path = project.results_folder / name
        kept = path.read_bytes()
        path.unlink()
        path.write_bytes(kept)  # The link to the run before stays what it was.
        spoil(path)
        run_study(project, _RULES, parts=_PARTS)
        assert len((project.results_folder / name).read_bytes()) > len(before) / 2
    assert steps == []


@pytest.mark.parametrize("name", ["results.gpkg", "summary.json", "coverage_hours.csv"])
def test_figures_that_were_edited_are_computed_again(ready, name):
    project, steps = ready
    figures = _figures(project)
    path = project.results_folder / name
    changed = path.read_bytes().replace(b"1", b"7") if name != "results.gpkg" else None
    path.unlink()
    if changed is not None:
        path.write_bytes(changed)
    run_study(project, _RULES, parts=_PARTS)
    assert steps == ["_gaps", "_sites"]
    assert _figures(project)["covered_before"] == figures["covered_before"]


def test_a_run_that_was_interrupted_leaves_the_results_and_is_run_again(ready, monkeypatch):
    project, _ = ready
    number, other = project.results_number, CoverageRule(limit_s=300)

    def interrupted(*_):
        raise KeyboardInterrupt

    rules = _RULES.model_copy(update={"coverage": other})
    with monkeypatch.context() as patched:
        patched.setattr("api.analysis.results.write_summary", interrupted)
        with pytest.raises(KeyboardInterrupt):
            run_study(project, rules, parts=_PARTS)
    heard = Heard()
    assert project.results_number == number
    run_study(project, _RULES, parts=_PARTS, progress=heard)
    assert (project.results_number, len(heard.steps)) == (number, 1)
    assert run_study(project, rules, parts=_PARTS).facts.parameters.coverage == other


_HEAVY = {
    "numba",
    "scipy",
    "highspy",
    "folium",
    "fastapi",
    "api.analysis.main_job",
    "geo.study.study",
}


def test_the_command_with_nothing_changed_brings_in_no_engine(ready):
    project, _ = ready
    words = ["coverage", "--minutes", "10", "--project", str(project.folder)]
    script = "import sys; from api.command.main import run; run(sys.argv[1:]); print(*sys.modules)"
    told = []
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", script, *words],
            capture_output=True,
            check=True,
            text=True,
            env={**os.environ, "YIZHAN_LANGUAGE": "en"},
        )
        told.append((done.stderr, set(done.stdout.split())))
    assert told[0][1] >= {"folium", "api.analysis.main_job"}
    assert not told[1][1] & _HEAVY
    assert "stand" in told[1][0]


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


def test_a_notice_on_the_planners_map_draws_no_other_map_again(city):
    """Sites are withdrawn with the coverage they rest on; workers and the bus are not told."""
    project, _ = city
    files = _inodes(project)
    rules = _RULES.model_copy(update={"coverage": CoverageRule(limit_s=300)})
    assert run_main_job(project, rules, parts=("coverage",)).siting is None
    again = _inodes(project)
    changed = {name for name in files if name.startswith("maps/") and again[name] != files[name]}
    assert changed == {"maps/planner.html"}
    assert "已撤下" in (project.results_folder / "maps" / "planner.html").read_text("utf-8")


def test_a_changed_layer_is_computed_again(city):
    project, steps = city
    project.write("yizhan", project.read("yizhan").iloc[1:], source="test")
    run_main_job(project, _RULES, parts=_PARTS)
    assert steps == ["_gaps", "_sites"]


def test_a_changed_program_computes_and_writes_everything_again(city, monkeypatch):
    project, steps = city
    for module in ("api.analysis.outcome", "api.analysis.reuse"):
        monkeypatch.setattr(f"{module}.program_stamp", lambda: "another")
    files = _inodes(project)
    run_main_job(project, _RULES, parts=_PARTS)
    assert steps == ["_gaps", "_sites"]
    assert not set(files.values()) & set(_inodes(project).values())


def test_streets_are_packed_once_for_all_maps_and_kept(city, monkeypatch):
    project, _ = city
    packed = []
    inner = street_lines.drawn_streets

    def noted(lines):
        packed.append(len(lines))
        return inner(lines)

    monkeypatch.setattr(street_lines, "drawn_streets", noted)
    shutil.rmtree(project.folder / "stages")
    (project.results_folder / "maps" / "planner.html").unlink()
    (project.results_folder / "maps" / "worker.html").unlink()
    for count in (2, 1):
        rules = _RULES.model_copy(update={"siting": SitingRules(count=count, phases=())})
        run_study(project, rules, parts=_PARTS)
        street_lines._packed_of.cache_clear()  # As in another process.
    assert len(packed) == 1


def _contents(folder):
    """What a results folder holds, by file; without the times at which it was made."""
    told = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.suffix == ".gpkg":
            with sqlite3.connect(path) as store:
                store.execute("UPDATE gpkg_contents SET last_change = ''")
                told[name] = sorted(
                    store.iterdump()
                )  # Layers that stay come before those that changed.
                store.rollback()
        elif path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as book:
                parts = [part for part in book.namelist() if part != "docProps/core.xml"]
                told[name] = {part: _MADE.sub(b"", book.read(part)) for part in parts}
        elif path.suffix == ".json":
            facts = json.loads(path.read_text("utf-8"))
            told[name] = {key: one for key, one in facts.items() if key not in _TIMES}
        elif path.is_file():
            told[name] = path.read_bytes()
    return told


_MADE = re.compile(rb"\d{4}-\d\d-\d\d[ T]\d\d:\d\d[\d:+]*")
_TIMES = {"made", "seconds", "files", "had", "outputs"}


@pytest.mark.parametrize("processors", [1, 2])
def test_a_run_over_results_writes_what_a_run_from_nothing_writes(
    made, tmp_path, monkeypatch, processors
):
    """Whatever is taken over, and whichever process does it."""
    shutil.copytree(made.folder, tmp_path / "again")
    again, anew = Project.open(tmp_path / "again"), tmp_path / "anew"
    shutil.copytree(made.folder, anew, ignore=shutil.ignore_patterns("results", "stages"))
    facts = json.loads((anew / "project.json").read_text("utf-8"))
    facts.pop("results")
    (anew / "project.json").write_text(json.dumps(facts))
    rules = _RULES.model_copy(update={"siting": SitingRules(count=2, phases=())})
    monkeypatch.setattr(own_process.os, "cpu_count", lambda: 1)
    run_study(Project.open(anew), rules, parts=_PARTS)
    monkeypatch.setattr(own_process.os, "cpu_count", lambda: processors)
    run_study(again, rules, parts=_PARTS)
    written, expected = _contents(again.results_folder), _contents(anew / "results" / "1")
    assert written.keys() == expected.keys()
    for name, told in expected.items():
        assert written[name] == told, name
