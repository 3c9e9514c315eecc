"""``/nearest`` on the tiny city of conftest, with the distances worked out by hand there."""

from __future__ import annotations

from datetime import datetime

import pytest

from data.geometry.datum import Datum, from_wgs84


@pytest.fixture
def at_b(lonlat):
    lon, lat = lonlat(1000, 0)
    return {"lon": lon, "lat": lat}


def names(response):
    assert response.status_code == 200, response.text
    return [station["id"] for station in response.json()["stations"]]


def test_order_distance_time_and_detour_are_those_of_the_streets(client, at_b):
    stations = client.get("/nearest", params=at_b).json()["stations"]
    assert [station["id"] for station in stations] == ["S1", "S3", "S2"]
    ways = [station["way"] for station in stations]
    assert [way["distance_m"] for way in ways] == pytest.approx([600, 1000, 2600], rel=1e-3)
    assert [way["straight_m"] for way in ways] == pytest.approx([600, 1000, 600], rel=1e-3)
    assert ways[2]["detour_ratio"] == pytest.approx(2600 / 600, rel=1e-3)
    assert ways[0]["time_s"] == pytest.approx(600 / 1.25, rel=1e-3)


def test_an_access_leg_is_counted(client, lonlat):
    lon, lat = lonlat(1000, -100)
    way = client.get("/nearest", params={"lon": lon, "lat": lat, "k": 1}).json()["stations"][0]
    assert way["way"]["distance_m"] == pytest.approx(700, rel=1e-3)


def test_body_and_address_answer_alike(client, at_b):
    asked = {**at_b, "at": "2026-11-24T10:00"}
    by_address = client.get("/nearest", params=asked).json()
    assert client.post("/nearest", json=asked).json() == by_address


def test_closed_stations_are_never_offered(client, at_b):
    assert "S4" not in names(client.get("/nearest", params={**at_b, "k": 10}))


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"kind": "mothers_room"}, ["S2"]),
        ({"kind": ["mothers_room", "shared_workers_home"]}, ["S3", "S2"]),
        ({"amenity": "drinking_water"}, ["S1", "S3"]),
        ({"amenity": ["drinking_water", "microwave"]}, ["S3"]),
        ({"amenity": "shower"}, []),
        ({"audience": "nursing_mother"}, ["S2"]),
        ({"audience": "outdoor_worker"}, ["S1", "S3"]),
        ({"k": 1}, ["S1"]),
        ({"open_now": True, "at": "2026-11-24T22:00"}, ["S1"]),
        ({"open_now": True, "at": "2026-11-24T10:00"}, ["S1", "S3", "S2"]),
        ({"open_now": True, "at": "2026-11-22T10:00"}, ["S1", "S3"]),
        ({"open_now": True, "at": "2026-11-24T14:00:00Z"}, ["S1"]),
    ],
)
def test_filters(client, at_b, filters, expected):
    assert names(client.get("/nearest", params={**at_b, **filters})) == expected


def test_hours_say_when_it_closes_and_opens(client, at_b):
    asked = {**at_b, "at": "2026-11-24T19:00"}
    found = {s["id"]: s for s in client.get("/nearest", params=asked).json()["stations"]}
    assert found["S1"]["is_open"] is True
    assert found["S1"]["closes_at"] is None
    assert found["S3"]["is_open"] is True
    assert datetime.fromisoformat(found["S3"]["closes_at"]).hour == 20
    assert found["S2"]["is_open"] is False
    assert found["S2"]["opens_at"] == "2026-11-25T08:30:00+08:00"


def test_a_public_holiday_is_announced(client, at_b):
    told = client.get("/nearest", params={**at_b, "at": "2026-10-01T10:00"}).json()
    assert "国庆节" in told["notice"]
    plain = client.get("/nearest", params={**at_b, "at": "2026-11-24T10:00"}).json()
    assert plain["notice"] is None


@pytest.mark.parametrize("datum", [Datum.GCJ02, Datum.BD09])
def test_positions_of_map_apps_are_converted(client, at_b, datum):
    lon, lat = from_wgs84([[at_b["lon"], at_b["lat"]]], datum)[0].tolist()
    answered = client.get("/nearest", params={"lon": lon, "lat": lat, "datum": datum.value}).json()
    assert answered["stations"][0]["way"]["distance_m"] == pytest.approx(600, abs=2)


def test_swapped_positions_are_named_and_never_swapped_silently(client, at_b):
    response = client.get("/nearest", params={"lon": at_b["lat"], "lat": at_b["lon"]})
    assert response.status_code == 400
    assert "写反" in response.json()["detail_zh"]
    assert "swapped" in response.json()["detail_en"]


@pytest.mark.parametrize(
    "position",
    [
        {"lon": 116.4, "lat": 39.9},
        {"lon": 0, "lat": 0},
        {"lon": "nan", "lat": 36.1},
        {"lon": "inf", "lat": 36.1},
        {"lon": 1e300, "lat": -1e300},
        {"lon": "abc", "lat": 36.1},
        {"lat": 36.1},
        {"lon": 120.3, "lat": 36.1, "k": 1000000},
        {"lon": 120.3, "lat": 36.1, "k": 0},
        {"lon": 120.3, "lat": 36.1, "kind": "palace"},
        {"lon": 120.3, "lat": 36.1, "at": "9999-12-31T23:59"},
        {"lon": 120.3, "lat": 36.1, "at": "0001-01-01T00:00+14:00"},
        {"lon": 120.3, "lat": 36.1, "surprise": "1"},
    ],
)
def test_unusable_questions_are_refused_with_a_problem(client, position):
    response = client.get("/nearest", params=position)
    assert response.status_code == 400
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["detail_zh"]


def test_a_place_without_streets_says_so(client, lonlat):
    lon, lat = lonlat(0, -2500)
    response = client.get("/nearest", params={"lon": lon, "lat": lat})
    assert response.status_code == 422
    assert "道路" in response.json()["detail_zh"]


def test_links_lead_map_apps_there_in_their_own_datum(client, at_b, lonlat):
    station = client.get("/nearest", params={**at_b, "k": 1}).json()["stations"][0]
    lon, lat = from_wgs84([lonlat(400, 0)], Datum.GCJ02)[0].tolist()
    assert f"to={lon:.5f}"[:-1] in station["apps"]["amap"]
    assert station["apps"]["geo"].startswith(f"geo:{station['position']['lat']:.6f},")
    assert f"{lat:.4f}"[:-1] in station["apps"]["baidu"]


def test_the_answer_is_not_stored(client, at_b):
    assert client.get("/nearest", params=at_b).headers["cache-control"] == "no-store"


def test_every_mode_answers(client, at_b):
    times = {
        mode: client.get("/nearest", params={**at_b, "mode": mode}).json()["stations"][0]["way"]
        for mode in ("walk", "ebike", "drive")
    }
    assert times["ebike"]["time_s"] < times["walk"]["time_s"]
    assert times["drive"]["distance_m"] == pytest.approx(600, rel=1e-3)
