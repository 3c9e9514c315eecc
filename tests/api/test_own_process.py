"""Long work in a process of its own: what it answers, refuses and breaks off with, and its end."""

from __future__ import annotations

import os
import time
from functools import partial

import pytest
from starlette.testclient import TestClient

from api import own_process
from api.app import create_app
from api.own_process import ProcessBrokenError, in_own_process, is_worth_a_process
from api.settings import Settings
from data.project import Project
from data.summary_file import read_summary
from geo.errors import BadInputError, YizhanError
from geo.solving import silent
from geo.text import Text

KEY = "test-planner-key-0123456789"
KEYED = {"X-API-Key": KEY}


def told_back(*words, progress):
    progress(Text("算", "Working"), 0.5)
    return words, os.getpid(), os.nice(0)


def refused(*, progress):
    progress(Text("算", "Working"), 0.1)
    raise BadInputError(Text("不行", "No"))


def broken(*, progress):
    progress(Text("算", "Working"), 0.1)
    raise ZeroDivisionError


def endless(path, *, progress):
    try:
        while True:
            progress(Text("算", "Working"), 0.0)
            time.sleep(0.01)
    finally:
        path.write_text("cleared away", encoding="utf-8")


here = partial(in_own_process, name="test")


def test_it_answers_from_another_process_of_low_priority():
    words, process, niceness = here(told_back, "a", 1, progress=silent)
    assert words == ("a", 1)
    assert process != os.getpid()
    assert niceness >= os.nice(0) + 10


def test_what_it_refuses_is_raised_here():
    with pytest.raises(YizhanError, match="不行"):
        here(refused, progress=silent)
    with pytest.raises(ProcessBrokenError, match="ZeroDivisionError"):
        here(broken, progress=silent)


def test_work_that_is_stopped_clears_away_what_it_began(tmp_path):
    def stop(step, _fraction):
        if step.zh == "算":
            raise KeyError

    with pytest.raises(KeyError):
        here(endless, tmp_path / "end", progress=stop)
    assert (tmp_path / "end").read_text("utf-8") == "cleared away"


def test_the_main_job_publishes_from_its_own_process(tmp_path, make_project_in, monkeypatch):
    project = make_project_in(tmp_path / "city")
    assert not is_worth_a_process(project)  # a few streets are computed here, and at once
    monkeypatch.setattr(own_process, "_WORTH_NODES", 0)
    assert is_worth_a_process(project)
    assert not is_worth_a_process(Project.create(tmp_path / "none", "空", sample=True))
    with TestClient(create_app(Settings(project=project.folder, planner_key=KEY))) as client:
        client.headers.update(KEYED)
        asked = {"coverage": {"limit_s": 300}}
        href = client.post("/planning/run?part=coverage", json=asked).json()["href"]
        told = client.get(href).json()
        while told["ended"] is None:
            time.sleep(0.1)
            told = client.get(href).json()
        assert told["state"] == "done", told
        kept = read_summary(Project.open(project.folder).results_folder).summary
        assert kept.facts is not None
        assert kept.facts.parameters.coverage.limit_s == 300
        assert told["facts"]["workers_total"] == 150
        bad = {"coverage": {"limit_s": 300, "week": "2051-01-01"}}
        href = client.post("/planning/run?part=coverage", json=bad).json()["href"]
        told = client.get(href).json()
        while told["ended"] is None:
            time.sleep(0.1)
            told = client.get(href).json()
        assert told["state"] == "failed"
        assert "放假安排尚未公布" in told["failure"]
