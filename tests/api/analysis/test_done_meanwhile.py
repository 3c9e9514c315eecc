"""Base map and bus days are made beside the analyses: the same as without, whatever happens."""

from __future__ import annotations

import time

import pytest
from bus_town import send_bus_to, stop_row
from pandas.testing import assert_frame_equal

from api import own_process
from api.analysis.main_job import run_main_job
from api.analysis.meanwhile import base_map_meanwhile, bus_days_meanwhile
from api.analysis.results import stored_results
from data.basemap.building import base_map_is_current
from geo.study.rules import BusRules, SitingRules, StudyRules
from geo.text import Text

_RULES = StudyRules(siting=SitingRules(count=1, phases=()), bus=BusRules(buses=1, days=1))


@pytest.fixture
def make_city(make_project_in, lonlat):
    """Return what makes the tiny city with a bus, its depot and a stop."""

    def make(folder):
        project = make_project_in(folder)
        send_bus_to(project, [stop_row("A", lonlat(900, 0), "甲广场")], lonlat(0, 0))
        return project

    return make


@pytest.fixture
def project(make_city, tmp_path):
    return make_city(tmp_path / "city")


@pytest.fixture
def two_processors(monkeypatch):
    monkeypatch.setattr(own_process.os, "cpu_count", lambda: 2)
    monkeypatch.setattr(own_process, "_WORTH_NODES", 1)


class CancelledError(Exception):
    """What a service raises out of progress to end a run."""


def _cancel(*_):
    raise CancelledError


@pytest.mark.usefixtures("two_processors")
def test_the_base_map_is_made_by_a_process_and_not_again(project):
    with base_map_meanwhile(project) as base_map:
        assert base_map.process is not None
        base_map.wait()
    assert base_map_is_current(project)
    with base_map_meanwhile(project) as base_map:
        assert base_map.process is None


@pytest.mark.usefixtures("two_processors")
def test_a_base_map_cut_off_is_made_when_it_is_needed(project):
    with pytest.raises(CancelledError), base_map_meanwhile(project) as base_map:
        base_map.wait(_cancel)
    begun = time.monotonic()
    with base_map_meanwhile(project) as base_map:
        base_map.process.kill()
        base_map.wait()
    assert base_map_is_current(project)
    assert time.monotonic() - begun < 60  # No lock is left that one would wait for.


def test_small_streets_start_no_process(project):
    with base_map_meanwhile(project) as base_map:
        assert base_map.process is None
        base_map.wait()
    assert base_map_is_current(project)


@pytest.mark.usefixtures("two_processors")
def test_the_bus_alone_starts_no_process(project):
    with bus_days_meanwhile(project, _RULES, ("bus",)) as bus_days:
        assert bus_days.process is None


def test_the_bus_days_are_the_same_beside_the_analyses(project, make_city, tmp_path, request):
    alone, _ = run_main_job(project, _RULES), request.getfixturevalue("two_processors")
    with bus_days_meanwhile(project, _RULES, ("site", "bus")) as bus_days:
        assert bus_days.process is not None
    other = make_city(tmp_path / "other")
    together = run_main_job(other, _RULES)
    assert together.bus == alone.bus
    assert together.bus.visits > 0
    for layer in ("bus_stops", "bus_routes", "sites"):
        assert_frame_equal(stored_results(other)[0][layer], stored_results(project)[0][layer])


@pytest.mark.usefixtures("two_processors")
def test_a_run_cut_off_leaves_the_results_that_hold_and_no_bus_version(project):
    run_main_job(project, _RULES)
    number, versions = project.results_number, sorted((project.folder / "bus").rglob("*"))

    def cancel_late(step, _):
        if step == Text("计算行车时间", "Drive times"):
            raise CancelledError

    with pytest.raises(CancelledError):
        run_main_job(project, _RULES, progress=cancel_late)
    assert project.results_number == number
    assert sorted((project.folder / "bus").rglob("*")) == versions
