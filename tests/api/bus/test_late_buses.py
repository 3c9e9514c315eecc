"""A late bus: kept at once, told to everybody behind the answer, never lost and never twice.

The tiny city of `conftest`, on the morning of the day of the only visit.
"""

from __future__ import annotations

import json
import time

import pytest
from bus_town import KEYED, MORNING, copied, planned_town, this_morning

from api import delay_publishing
from api.analysis.bus_plans import late_buses
from api.bus.published_campaigns import published_number, published_version
from api.routes.bus import board_routes, crew_routes, near_me_routes
from data.bus.bus_delays import BusDelays
from geo.bus.replanning.delay import Delay, DelayState
from geo.errors import BrokenFileError

JSON = {"Accept": "application/json"}


class KilledError(BaseException):
    """Stands for a service that is killed: nothing catches it."""


@pytest.fixture(scope="module")
def planned(tmp_path_factory, make_project_in, lonlat):
    return planned_town(tmp_path_factory.mktemp("late"), make_project_in, lonlat, days=1)


@pytest.fixture
def project(planned, tmp_path):
    return copied(planned, tmp_path)


@pytest.fixture
def town(project, monkeypatch):
    modules = (board_routes, crew_routes, near_me_routes, delay_publishing)
    with this_morning(project, monkeypatch, *modules) as client:
        client.headers.update(KEYED)
        yield client


def start_min(project):
    return published_version(project).announcements[0].start_min


def report(town, minutes="30", **more):
    told = {"bus_id": "bus-1", "minutes": minutes, **more}
    return town.post("/bus/crew/late", data=told, headers=JSON)


def became(town):
    for _ in range(500):
        told = town.get("/bus/crew/late", params={"bus": "bus-1"}).json()
        if told["state"] != "kept":
            return told
        time.sleep(0.02)
    return told


def test_a_late_bus_is_kept_at_once_and_then_told_to_everybody(town, project):
    before = start_min(project)
    kept = report(town)
    assert (kept.status_code, kept.json()["state"]) == (202, "kept")
    assert "已存好" in kept.json()["text"]
    told = became(town)
    assert told["state"] == "told"
    assert "1 处停靠改了时间" in told["text"]
    version = published_version(project)
    (visit,) = version.announcements
    assert (visit.start_min, visit.sequence) == (before + 30, 1)
    assert "晚点 30 分钟" in version.changes[0].reason.zh
    clock = "{:02d}:{:02d}".format(*divmod(before + 30, 60))
    assert clock in town.get("/bus-near-me", params={"f": "html"}).text
    crew = town.get("/bus/crew", params={"bus": "bus-1"}).text
    assert clock in crew
    assert "已公布" in crew


def test_without_a_script_the_form_leads_back_to_a_page_that_says_so(town, monkeypatch):
    monkeypatch.setattr(crew_routes, "publish_delays", lambda _: None)
    page = town.post("/bus/crew/late", data={"bus_id": "bus-1", "minutes": "30"})
    assert page.url.path == "/bus/crew"
    assert 'data-state="kept"' in page.text
    assert 'http-equiv="refresh"' in page.text


def test_a_second_press_does_not_move_the_day_back_twice(town, project, monkeypatch):
    seen, before = published_number(project), start_min(project)
    with monkeypatch.context() as still:
        still.setattr(crew_routes, "publish_delays", lambda _: None)
        assert report(town, seen=str(seen)).status_code == 202
        again = report(town, seen=str(seen))
        assert again.status_code == 400
        assert "还在公布" in again.json()["detail"]
    assert became(town)["state"] == "told"
    stale = report(town, seen=str(seen))
    assert stale.status_code == 400
    assert "行程刚更新过" in stale.json()["detail"]
    assert start_min(project) == before + 30
    assert report(town, minutes="15", seen=str(published_number(project))).status_code == 202
    assert became(town)["state"] == "told"
    assert start_min(project) == before + 45


def test_a_service_killed_before_it_published_does_so_when_it_starts_again(project, monkeypatch):
    before = start_min(project)
    late_buses.keep_delay(project, "bus-1", 30, MORNING)

    def killed(*_, **__):
        raise KilledError

    with monkeypatch.context() as dying:
        dying.setattr(late_buses, "publish_version", killed)
        with pytest.raises(KilledError):
            late_buses.publish_kept(project, MORNING.date())
    (left,) = BusDelays(project.folder).read()
    assert (left.state, start_min(project)) == (DelayState.KEPT, before)
    modules = (board_routes, crew_routes, near_me_routes, delay_publishing)
    with this_morning(project, monkeypatch, *modules) as again:
        again.headers.update(KEYED)
        assert became(again)["state"] == "told"
    assert start_min(project) == before + 30


def test_a_service_killed_after_it_published_does_not_do_so_again(project, monkeypatch):
    before = start_min(project)
    late_buses.keep_delay(project, "bus-1", 30, MORNING)
    publish = late_buses.publish_version

    def published_then_killed(*asked, **more):
        publish(*asked, **more)
        raise KilledError

    with monkeypatch.context() as dying:
        dying.setattr(late_buses, "publish_version", published_then_killed)
        with pytest.raises(KilledError):
            late_buses.publish_kept(project, MORNING.date())
    assert start_min(project) == before + 30
    assert late_buses.publish_kept(project, MORNING.date()) == 1
    assert start_min(project) == before + 30
    assert BusDelays(project.folder).first_kept() is None


def test_what_cannot_be_published_is_said_with_the_reason(town, monkeypatch):
    assert "请选晚点" in report(town, minutes="-5").json()["detail"]
    assert "无需顺延" in report(town, bus_id="bus-9").json()["detail"]

    def broken(*_, **__):
        raise BrokenFileError(late_buses.Text("盘坏了。", "The disk is broken."))

    monkeypatch.setattr(late_buses, "publish_version", broken)
    assert report(town).status_code == 202
    told = became(town)
    assert (told["state"], "盘坏了" in told["text"]) == ("refused", True)
    assert "盘坏了" in town.get("/bus/crew", params={"bus": "bus-1"}).text


def test_a_report_of_a_day_that_is_over_changes_nothing(project):
    before = published_number(project)
    late_buses.keep_delay(project, "bus-1", 30, MORNING)
    late_buses.publish_kept(project, MORNING.date().replace(day=26))
    (one,) = BusDelays(project.folder).read()
    assert one.state is DelayState.REFUSED
    assert published_number(project) == before


def test_a_broken_file_is_named(project):
    path = project.folder / "bus" / "delays.json"
    path.write_text(json.dumps([{"number": "x"}]), encoding="utf-8")
    with pytest.raises(BrokenFileError, match=r"delays\.json"):
        BusDelays(project.folder).read()


def test_reports_are_numbered_and_the_last_of_a_day_counts(tmp_path):
    delays = BusDelays(tmp_path)
    for late in (15, 30):
        delays.add(
            lambda number, _, late=late: Delay(
                number=number, bus="b", late_min=late, reported=MORNING
            )
        )
    last = delays.last_of("b", MORNING.date())
    assert last is not None
    assert (last.number, last.late_min) == (2, 30)
    assert delays.last_of("c", MORNING.date()) is None
