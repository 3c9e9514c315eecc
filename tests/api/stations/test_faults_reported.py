"""A passer-by reports a fault with one tap; nothing of who is kept; a planner settles it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.http.problems import HttpError
from api.http.tellers import MOST, WINDOW_S, Tellers
from api.settings import Settings
from api.stations.openings import now
from data.upkeep.fault_reports import FaultReport, ReportBook, kept_note
from geo.layers.vocabulary import Fault

KEY = "test-planner-key-0123456789"


@pytest.fixture
def project(tmp_path, make_project_in):
    return make_project_in(tmp_path / "tiny")


@pytest.fixture
def app(project):
    return create_app(Settings(project=project.folder, planner_key=KEY))


@pytest.fixture
def client(app):
    with TestClient(app, client=("203.0.113.9", 4711)) as client:
        yield client


@pytest.fixture
def as_planner():
    return {"X-API-Key": KEY}


def _report(client, station="S1", fault="closed", **more):
    return client.post(f"/stations/{station}", json={"fault": fault, **more})


def _three(client, station="S1", fault=Fault.CLOSED, days_ago=0):
    """Three reports as three addresses would send them."""
    at = (now() - timedelta(days=days_ago)).isoformat(timespec="minutes")
    book = ReportBook(client.app.state.resources.folder)
    for _ in range(3):
        book.add(FaultReport(station, fault, "", at))
    client.app.state.resources.upkeep.look()


def _nearest(client, **more):
    lon, lat = 120.3111, 36.1
    return client.post("/nearest", json={"lon": lon, "lat": lat, **more}).json()["stations"]


def test_a_report_keeps_the_station_the_fault_and_the_minute_and_nothing_of_who(client, project):
    told = _report(client, note="门锁着 电话13805320000")
    assert told.status_code == 201
    assert told.json() == {"station": "S1", "fault": "closed", "counted": True}
    kept = (project.folder / "upkeep" / "reports.jsonl").read_text("utf-8")
    entry = json.loads(kept)
    assert set(entry) == {"told", "station", "fault", "note", "at"}
    assert entry["note"] == "门锁着 电话…"
    everything = "".join(
        file.read_text("utf-8", errors="replace") for file in (project.folder / "upkeep").iterdir()
    )
    assert "203.0.113" not in everything
    assert "testclient" not in everything


def test_the_same_from_the_same_address_is_thanked_and_counted_once(client, as_planner):
    assert _report(client).json()["counted"]
    assert not _report(client).json()["counted"]
    assert _report(client, fault="no_water").json()["counted"]
    waiting = client.get("/planning/reports", headers=as_planner).json()["waiting"]
    assert [(one["fault"], one["count"]) for one in waiting] == [("closed", 1), ("no_water", 1)]


def test_too_much_from_one_address_is_refused_and_forgotten_after_an_hour():
    clock = [0.0]
    tellers = Tellers(lambda: clock[0])
    for number in range(MOST):
        assert tellers.is_new("203.0.113.9", str(number))
    with pytest.raises(HttpError):
        tellers.is_new("203.0.113.9", "more")
    assert tellers.is_new("203.0.113.10", "more")
    clock[0] = WINDOW_S + 1
    assert tellers.is_new("203.0.113.9", "more")
    assert b"203" not in repr(vars(tellers)).encode()


def test_one_household_of_ipv6_counts_as_one_address():
    tellers = Tellers()
    assert tellers.is_new("2001:db8::1", "S1|closed")
    assert not tellers.is_new("2001:db8::2", "S1|closed")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("没人 0532-85551234 来电", "没人 … 来电"),
        ("１３８０５３２００００", "…"),
        ("3号门关了", "3号门关了"),
        ("a\u202eb\x00c", "a b c"),
        ("长" * 300, "长" * 100),
    ],
)
def test_what_is_kept_of_a_line(typed, kept):
    assert kept_note(typed) == kept


def test_the_page_takes_a_report_without_script_and_thanks(client):
    page = client.get("/s/S1").text
    assert 'name="fault" value="closed"' in page
    told = client.post("/s/S1", data={"fault": "moved", "note": "<b>"}, follow_redirects=False)
    assert told.status_code == 303
    assert "谢谢！已收到您的反映：已搬走" in client.get(told.headers["location"]).text
    assert "谢谢" not in client.post("/s/S1", data={"fault": "?"}).text
    assert client.post("/s/nothing", data={"fault": "moved"}).status_code == 404


def test_three_in_a_day_warn_the_public_and_another_station_is_led_to(client):
    assert not _nearest(client)[0]["said"]
    _three(client)
    first = _nearest(client)[0]
    assert (first["id"], first["said"]) == ("S1", ["有人反映今天未开门"])
    page = client.post("/nearest-station", data={"lon": "120.3111", "lat": "36.1"}).text
    assert "有人反映今天未开门" in page
    assert 'class="card best"' not in page or page.index("/s/S1") > page.index('class="card best"')
    assert "有人反映今天未开门" in client.get("/s/S1").text


def test_two_are_not_many_and_yesterdays_do_not_count(client):
    _report(client)
    _three(client, days_ago=1)
    assert not _nearest(client)[0]["said"]


def test_an_answer_ends_the_warning_and_is_read_on_the_stations_page(client, as_planner):
    _three(client)
    verdict = {"station": "S1", "fault": "closed", "decision": "answered", "who": "王"}
    refused = client.post("/planning/reports", json=verdict, headers=as_planner)
    assert refused.status_code == 400
    settled = client.post(
        "/planning/reports", json={**verdict, "words": "上午盘点，已开门"}, headers=as_planner
    )
    assert settled.status_code == 200
    client.app.state.resources.upkeep.look()
    assert not _nearest(client)[0]["said"]
    assert "上午盘点，已开门" in client.get("/s/S1").text
    assert client.get("/planning/reports", headers=as_planner).json()["waiting"] == []
    again = client.post("/planning/reports", json={**verdict, "words": "x"}, headers=as_planner)
    assert again.status_code == 404


@pytest.mark.parametrize(
    ("fault", "more", "column", "value"),
    [
        ("closed", {}, "status", "suspended"),
        (
            "closed",
            {"values": {"opening_hours": "每天 9:00-17:00"}},
            "opening_hours",
            "Mo-Su 09:00-17:00",
        ),
        ("moved", {}, "status", "closed"),
        ("no_water", {}, "amenities", "toilet"),
        ("wrong_place", {"lon": 120.3056, "lat": 36.1}, "id", "S1"),
    ],
)
def test_accepting_is_a_new_version_of_the_row(
    client, project, as_planner, fault, more, column, value
):
    """The former version can be gone back to; who and why stand beside it."""
    _three(client, fault=Fault(fault))
    settled = client.post(
        "/planning/reports",
        json={"station": "S1", "fault": fault, "decision": "accepted", "who": "王", **more},
        headers=as_planner,
    ).json()
    assert (settled["layer"], settled["version"]) == ("yizhan", 2)
    row = project.read("yizhan").set_index("id", drop=False).loc["S1"]
    assert row[column] == value
    assert project.versions("yizhan")[-1].who == "王"
    if "lon" in more:
        assert row.geometry.x == pytest.approx(more["lon"])


def test_a_wrong_place_needs_the_right_one(client, as_planner):
    _three(client, fault=Fault.WRONG_PLACE)
    verdict = {"station": "S1", "fault": "wrong_place", "decision": "accepted", "who": "王"}
    refused = client.post("/planning/reports", json=verdict, headers=as_planner)
    assert refused.status_code == 400
    assert "位置" in refused.json()["detail"]


def test_the_queue_and_its_page_are_the_planners(client, as_planner):
    assert client.get("/planning/reports").status_code == 401
    assert client.post("/planning/reports", json={}).status_code == 401
    assert client.get("/reports").status_code == 401
    _report(client, note="<script>alert(1)</script>门锁着")
    page = client.get("/reports", headers=as_planner).text
    assert "门锁着" in page
    assert "<script>alert(1)" not in page
    done = client.post(
        "/reports",
        data={"station": "S1", "fault": "closed", "decision": "dropped", "who": "王"},
        headers=as_planner,
    )
    assert "已处理" in done.text
    assert "没有待处理的反映" in done.text


def test_a_form_without_a_name_is_told_and_changes_nothing(client, as_planner):
    _report(client)
    form = {"station": "S1", "fault": "closed", "decision": "dropped", "who": ""}
    assert "请填写您的姓名" in client.post("/reports", data=form, headers=as_planner).text
    assert client.get("/planning/reports", headers=as_planner).json()["waiting"]


def test_a_line_cut_off_by_a_crash_is_passed_over(project):
    book = ReportBook(project.folder)
    book.add(FaultReport("S1", Fault.CLOSED, "", "2026-11-29T09:00+08:00"))
    path = project.folder / "upkeep" / "reports.jsonl"
    path.write_bytes(path.read_bytes() + b'{"told": "report", "stat')
    book.add(FaultReport("S1", Fault.CLOSED, "", "2026-11-29T09:01+08:00"))
    assert [one.at[11:16] for one in book.read().waiting["S1", Fault.CLOSED]] == ["09:00", "09:01"]
