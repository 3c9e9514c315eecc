"""A plan hour by hour of a week with holidays or without, of all workers or of some, on the map.

The tiny city: 100 couriers of W1 and 50 domestic workers of W2, of whom nobody reaches a station
within 300 s. C2 stands by the couriers and keeps a bank's hours.
"""

from __future__ import annotations

import mapbox_vector_tile
import pytest
from shapely import Point
from shapely.geometry import shape
from starlette.testclient import TestClient

from api.app import create_app
from api.settings import Settings

KEY = "test-planner-key-0123456789"
RULES = {"kind": "rules", "coverage": {"limit_s": 300}, "siting": {"count": 1, "phases": []}}
THURSDAY_NOON = 3 * 24 + 12


@pytest.fixture(scope="module")
def town(tmp_path_factory, make_project_in, lonlat):
    project = make_project_in(tmp_path_factory.mktemp("hours") / "city")
    rows = project.read("candidates")
    more = rows.iloc[[0, 0, 0]].reset_index(drop=True)
    more["id"], more["name"] = ["C1", "C2", "C3"], ["半路", "网点旁", "宿舍旁"]
    places = [(1500, 0), (1050, 0), (1950, 600)]
    project.write("candidates", more.set_geometry([Point(*lonlat(*at)) for at in places]))
    return project


@pytest.fixture(scope="module")
def served(town):
    with TestClient(create_app(Settings(project=town.folder, planner_key=KEY))) as client:
        client.headers["X-API-Key"] = KEY
        yield client


@pytest.fixture(scope="module")
def state(served):
    draft = served.post("/drafts", json={"name": "时段", "who": "王莉"}).json()["draft"]
    asked = {"change": RULES, "who": "王莉", "revision": draft["revision"]}
    return served.post(f"/drafts/{draft['id']}/edits", json=asked).json()


def hours(served, state, **asked):
    return served.get(f"/drafts/{state['draft']['id']}/week", params=asked).json()


def bubbles(served, state, zoom=0, **asked):
    tile = served.get(f"/drafts/{state['draft']['id']}/demand/{zoom}/0/0.mvt", params=asked)
    assert tile.status_code in {200, 204}, tile.text
    if tile.status_code == 204:
        return []
    layer = mapbox_vector_tile.decode(tile.content)["demand"]
    return [one["properties"] for one in layer["features"]]


def test_the_weeks_with_holidays_are_listed_with_what_is_special(served):
    told = {one["monday"]: one["words"] for one in served.get("/planning/weeks").json()}
    assert told
    assert any("国庆节" in words and "放假" in words for words in told.values())
    english = served.get("/planning/weeks?lang=en").json()
    assert any("National Day" in one["words"] for one in english)
    assert len(english) == len(told)


def test_offices_are_shut_in_the_week_of_a_holiday(served, state):
    usual = hours(served, state)
    assert usual["served_after"][THURSDAY_NOON] == 100
    national = hours(served, state, week="2026-10-02")
    assert national["served_after"][THURSDAY_NOON] == 0
    assert national["served_after"][THURSDAY_NOON - 24] == 100  # the day before
    assert hours(served, state, week="ordinary") == usual
    assert usual == state["plan"]["week"]


def test_the_plans_own_week_holds_unless_another_is_asked(served, state):
    rules = {**RULES, "coverage": {"limit_s": 300, "week": "2026-10-01"}}
    draft = served.post("/drafts", json={"name": "国庆", "who": "王莉"}).json()["draft"]
    asked = {"change": rules, "who": "王莉", "revision": draft["revision"]}
    festive = served.post(f"/drafts/{draft['id']}/edits", json=asked).json()
    assert festive["plan"]["week"]["served_after"][THURSDAY_NOON] == 0
    assert hours(served, festive) == festive["plan"]["week"]
    assert hours(served, festive, week="ordinary") == state["plan"]["week"]


def test_hours_of_a_group_and_of_nobody(served, state):
    couriers = hours(served, state, group="courier")
    others = hours(served, state, group="domestic_worker")
    everybody = hours(served, state)
    for key in ("present", "served_before", "served_after"):
        added = [one + other for one, other in zip(couriers[key], others[key], strict=True)]
        assert added == everybody[key]
    assert max(couriers["served_after"]) == 100
    assert max(hours(served, state, district="nowhere")["present"]) == 0


def test_bubbles_add_up_to_the_figures_at_any_zoom(served, state):
    figures = state["plan"]["figures"]
    (all_,) = bubbles(served, state)
    assert all_["workers"] == figures["workers_total"] == 150
    assert all_["left_now"] == figures["workers_total"] - figures["covered_before"]
    assert all_["left"] == figures["workers_total"] - figures["covered_after"] == 50
    (couriers,) = bubbles(served, state, group="courier")
    assert (couriers["workers"], couriers["left"]) == (100, 0)
    (others,) = bubbles(served, state, group="domestic_worker")
    assert (others["workers"], others["left"]) == (50, 50)
    assert bubbles(served, state, district="nowhere") == []
    (closed,) = bubbles(served, state, hour=THURSDAY_NOON, week="2026-10-02")
    assert closed["left"] == closed["workers"]


def test_the_ground_in_reach_follows_the_holiday(served, state):
    def added(**asked):
        told = served.get(f"/drafts/{state['draft']['id']}/reach", params=asked).json()
        return next(one for one in told["features"] if one["properties"]["when"] == "added")

    assert shape(added(hour=THURSDAY_NOON)["geometry"]).area > 0
    assert shape(added(hour=THURSDAY_NOON, week="2026-10-02")["geometry"]).area == 0


def test_groups_and_districts_cross_and_sites_tell_their_groups(state):
    plan = state["plan"]
    crossed = {row["group"]: row for row in plan["crossed"]}
    assert crossed["courier"]["covered_after"] == 100
    assert crossed["domestic_worker"]["covered_after"] == 0
    assert plan["sites"][0]["new_by_group"] == {"courier": 100}


def tried(served, lonlat, at, **more):
    lon, lat = lonlat(*at)
    place = {"lon": lon, "lat": lat, **more}
    asked = {"places": [place], "rule": {"limit_s": 300}}
    answer = served.post("/drafts/tries", json=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()["places"][0]


def test_hours_are_proposed_that_bring_nearly_all_there_is(served, lonlat):
    """The couriers are there by day: longer hours than they need are not proposed."""
    found = tried(served, lonlat, (950, 0))
    choices = {one["hours"]: one["worker_hours_new"] for one in found["choices"]}
    assert found["hours"] in choices
    assert found["worker_hours_new"] == choices[found["hours"]]
    assert choices[found["hours"]] >= 0.9 * choices["24/7"] > 0
    assert found["choices"][0]["host"] == "网点旁"
    assert found["lacking"]
    office = tried(served, lonlat, (950, 0), opening_hours="Mo-Fr 08:30-17:30")
    assert office["hours"] == "Mo-Fr 08:30-17:30"


def test_nobody_near_means_no_hosts_and_the_shortest_hours(served, lonlat):
    found = tried(served, lonlat, (400, 0))
    assert all(one["worker_hours_new"] == 0 for one in found["choices"])
    assert found["lacking"] == ""


def test_without_a_plan_the_stations_alone_are_told(served, state):
    now = served.get("/drafts/now/week").json()
    assert now["served_after"] == now["served_before"]
    assert now["present"] == state["plan"]["week"]["present"]
    tile = served.get("/drafts/now/demand/0/0/0.mvt")
    (one,) = mapbox_vector_tile.decode(tile.content)["demand"]["features"]
    assert one["properties"]["workers"] == 150
    assert one["properties"]["left"] == one["properties"]["left_now"]
    told = served.get("/drafts/now/reach").json()["features"]
    assert shape(told[1]["geometry"]).is_empty
