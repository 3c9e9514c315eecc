"""A keeper's link: its own key, hours confirmed, closed for today, out of order; workers see it."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from api.stations.openings import now
from data.upkeep.fault_reports import FaultReport, ReportBook
from data.upkeep.keeper_keys import KeeperKeys
from geo.layers.vocabulary import Fault

KEY = "test-planner-key-0123456789"
AS_PLANNER = {"X-API-Key": KEY}
HERE = {"lon": 120.3111, "lat": 36.1}


@pytest.fixture(scope="module")
def project(tmp_path_factory, make_project_in):
    return make_project_in(tmp_path_factory.mktemp("kept") / "tiny")


@pytest.fixture(scope="module")
def service(project):
    with TestClient(create_app(Settings(project=project.folder, planner_key=KEY))) as client:
        yield client


@pytest.fixture
def client(service, project):
    """Return the service, nobody having said anything, with nobody's cookies."""
    for file in (project.folder / "upkeep").glob("*"):
        file.unlink()
    service.app.state.resources.upkeep.look()
    service.cookies.clear()
    return service


def _link(client, station="S1"):
    made = client.post("/planning/keepers", json={"station": station}, headers=AS_PLANNER)
    assert made.status_code == 201
    parts = urlsplit(made.json()["link"])
    return parts.path + "?" + parts.query


@pytest.fixture
def keeper(client):
    """Return what says something as the keeper of S1."""
    entered = client.get(_link(client))
    assert 'http-equiv="refresh"' in entered.text
    assert "Path=/k/S1" in entered.headers["set-cookie"]
    assert "HttpOnly" in entered.headers["set-cookie"]

    def say(**form):
        told = client.post("/k/S1", data=form)
        assert told.status_code == 200, told.text
        return told.text

    return say


def _nearest(client, **more):
    return client.post("/nearest", json={**HERE, **more}).json()["stations"]


def test_confirming_is_seen_by_workers_at_once(client, keeper):
    assert "已记下" in keeper(says="confirmed")
    today = now().date().isoformat()
    assert _nearest(client)[0]["confirmed"] == today
    page = client.post("/nearest-station", data={"lon": "120.3111", "lat": "36.1"}).text
    assert "今日确认" in page


def test_closed_for_today_is_closed_and_opens_tomorrow(client, keeper):
    """S1 never closes by its hours; its keeper's word comes first, for the day."""
    assert _nearest(client)[0]["is_open"]
    keeper(says="closed_today", note="停电检修")
    first = _nearest(client)[0]
    assert first["is_open"] is False
    tomorrow = (now() + timedelta(days=1)).date().isoformat()
    assert first["opens_at"].startswith(f"{tomorrow}T00:00")
    assert first["said"] == ["站点留言：停电检修"]
    assert "S1" not in {one["id"] for one in _nearest(client, open_now=True)}
    assert "今天不开放" in client.get("/s/S1").text
    later = _nearest(client, at=f"{tomorrow}T12:00:00")
    assert later[0]["is_open"] is True
    keeper(says="confirmed")
    assert _nearest(client)[0]["is_open"] is True


def test_what_is_out_of_order_is_not_offered_until_it_works(client, keeper):
    keeper(says="out_of_order", amenity=["drinking_water", "nonsense"], note="水机坏了")
    first = _nearest(client)[0]
    assert "drinking_water" not in first["amenities"]
    assert first["said"][0] == "暂停使用：饮水（站点通知）"
    keeper(says="out_of_order")
    assert "drinking_water" in _nearest(client)[0]["amenities"]
    assert not _nearest(client)[0]["said"]


def test_a_keepers_word_ends_what_many_reported(client, keeper):
    book = ReportBook(client.app.state.resources.folder)
    for _ in range(3):
        book.add(FaultReport("S1", Fault.CLOSED, "", now().isoformat(timespec="minutes")))
    client.app.state.resources.upkeep.look()
    assert _nearest(client)[0]["said"] == ["有人反映今天未开门"]
    assert "关门了 × 3" in client.get("/k/S1").text
    keeper(says="confirmed")
    assert not _nearest(client)[0]["said"]
    waiting = client.get("/planning/reports", headers=AS_PLANNER).json()["waiting"]
    assert waiting[0]["count"] == 3


def test_a_key_opens_its_own_station_and_none_other(client):
    link = _link(client)
    wrong = link.replace("/k/S1", "/k/S3")
    assert client.get(wrong).status_code == 401
    assert client.get("/k/S1").status_code == 401
    assert client.post("/k/S1", data={"says": "confirmed"}).status_code == 401
    client.get(link)
    assert client.get("/k/S1").status_code == 200
    assert client.get("/k/S3").status_code == 401


def test_a_new_key_ends_the_old_one_and_revoking_ends_both(client, project):
    old = _link(client)
    new = _link(client)
    assert client.get(old).status_code == 401
    assert client.get(new).status_code == 200
    told = client.post("/planning/keepers/revoke", json={"station": "S1"}, headers=AS_PLANNER)
    assert told.json() == {"revoked": True}
    client.cookies.clear()
    assert client.get(new).status_code == 401
    assert not KeeperKeys(project.folder).made()


def test_the_key_itself_lies_nowhere_on_the_disk(client, project):
    key = _link(client).split("key=")[1]
    kept = (project.folder / "upkeep" / "keeper_keys.json").read_text("utf-8")
    assert key not in kept
    assert "S1" in kept


def test_keys_are_made_by_planners_alone(client):
    for path, body in (
        ("/planning/keepers", {"station": "S1"}),
        ("/planning/keepers/revoke", {"station": "S1"}),
    ):
        assert client.post(path, json=body).status_code == 401
    assert client.get("/planning/keepers").status_code == 401
    assert client.post("/keepers", data={"station": "S1"}).status_code == 401
    sign = client.post("/keepers", data={"station": "S1"}, headers=AS_PLANNER).text
    assert '<svg class="qr"' in sign
    assert not re.search(r"key=[A-Za-z0-9_-]{20}", sign)


def test_the_six_of_each_station_are_told_to_planners(client):
    assert client.get("/planning/six-haves").status_code == 401
    told = client.get("/planning/six-haves", headers=AS_PLANNER).json()
    by_id = {one["id"]: one for one in told["stations"]}
    assert set(by_id) == {"S1", "S2", "S3"}
    assert by_id["S1"]["missing"] == ["facilities"]
    assert by_id["S1"]["unknown"] == ["sign"]
    assert "staff" in by_id["S2"]["missing"]
    assert told["districts"]["370202"]["missing"]["staff"] == 2


def test_hours_nobody_confirmed_for_half_a_year_are_listed(client, keeper):
    """The layer says 2026-11-01 of all: none is overdue in 180 days, all are in one, until said."""
    told = client.get("/planning/keepers?days=3650", headers=AS_PLANNER).json()
    assert told["unconfirmed"] == []
    told = client.get("/planning/keepers?days=1", headers=AS_PLANNER).json()
    assert {one["id"] for one in told["unconfirmed"]} == {"S1", "S2", "S3"}
    keeper(says="confirmed")
    told = client.get("/planning/keepers?days=1", headers=AS_PLANNER).json()
    assert {one["id"] for one in told["unconfirmed"]} == {"S2", "S3"}
    assert set(told["made"]) == {"S1"}
