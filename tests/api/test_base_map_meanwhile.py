"""The base map is made beside the analyses, and is there or told about whatever happens to it."""

from __future__ import annotations

import time

import pytest

from api.analysis import meanwhile
from api.analysis.meanwhile import base_map_meanwhile
from data.basemap.building import base_map_is_current, stored_base_map


@pytest.fixture
def project(make_project_in, tmp_path):
    return make_project_in(tmp_path / "city")


@pytest.fixture
def two_processors(monkeypatch):
    monkeypatch.setattr(meanwhile.os, "cpu_count", lambda: 2)
    monkeypatch.setattr(meanwhile, "_WORTH_NODES", 1)


class CancelledError(Exception):
    """What a service raises out of progress to end a run."""


@pytest.mark.usefixtures("two_processors")
def test_a_process_makes_it_and_the_run_takes_it_over(project, monkeypatch):
    with base_map_meanwhile(project) as base_map:
        assert base_map._process.is_alive()
        made_here = []
        inner = meanwhile.base_map_of_project

        def noted(*arguments, **named):
            made_here.append(not base_map_is_current(project))
            return inner(*arguments, **named)

        monkeypatch.setattr(meanwhile, "base_map_of_project", noted)
        base_map.wait()
    assert made_here == [False]
    assert stored_base_map(project) is not None
    with base_map_meanwhile(project) as base_map:
        assert base_map._process is None


@pytest.mark.usefixtures("two_processors")
def test_a_run_makes_it_itself_when_its_process_was_killed(project):
    with base_map_meanwhile(project) as base_map:
        base_map._process.kill()
        base_map.wait()
    assert base_map_is_current(project)


@pytest.mark.usefixtures("two_processors")
def test_a_cancelled_run_leaves_no_process_behind(project):
    def cancel(*_):
        raise CancelledError

    with pytest.raises(CancelledError), base_map_meanwhile(project) as base_map:
        base_map.wait(cancel)
    assert not base_map._process.is_alive()
    begun = time.monotonic()
    with base_map_meanwhile(project) as again:
        again.wait()
    assert base_map_is_current(project)
    assert time.monotonic() - begun < 60  # No lock is left that one would wait for.


def test_small_streets_or_one_processor_start_no_process(project, monkeypatch):
    with base_map_meanwhile(project) as base_map:
        assert base_map._process is None
        base_map.wait()
    assert base_map_is_current(project)
    monkeypatch.setattr(meanwhile.os, "cpu_count", lambda: 1)
    monkeypatch.setattr(meanwhile, "_WORTH_NODES", 1)
    project.write("districts", project.read("districts"), source="test")
    with base_map_meanwhile(project) as base_map:
        assert base_map._process is None
