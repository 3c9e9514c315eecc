"""Rows of a layer edited by hand: each change a version with who and why, none overwritten."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.settings import Settings

KEY = "test-planner-key-0123456789"


@pytest.fixture(scope="module")
def town(tmp_path_factory, make_project_in):
    return make_project_in(tmp_path_factory.mktemp("rows") / "city")


@pytest.fixture(scope="module")
def served(town):
    with TestClient(create_app(Settings(project=town.folder, planner_key=KEY))) as client:
        client.headers.update({"X-API-Key": KEY})
        yield client


def edit(client, layer="yizhan", **asked):
    return client.post(f"/planning/rows/{layer}", json={"who": "王莉", **asked})


def test_a_row_is_changed_moved_added_and_taken_out(town, served, lonlat):
    lon, lat = lonlat(450, 0)
    hours = {"opening_hours": "每天8:00-20:00"}
    first = edit(served, id="S1", values=hours, lon=lon, lat=lat, version=1, why="现场核实")
    assert first.json() == {"layer": "yizhan", "version": 2}
    row = town.read("yizhan").set_index("id").loc["S1"]
    assert row["opening_hours"] == "Mo-Su 08:00-20:00"
    assert (row.geometry.x, row.geometry.y) == pytest.approx((lon, lat))
    assert row["phone"] == "0532-1234567"  # what is not named stays
    told = {"name": "新驿站", "kind": "outdoor_rest_station"}
    added = edit(served, values=told, lon=lon, lat=lat, version=2)
    assert added.json()["version"] == 3
    (new,) = set(town.read("yizhan")["id"]) - {"S1", "S4"}
    assert edit(served, id=new, remove=True, version=3).json()["version"] == 4
    assert set(town.read("yizhan")["id"]) == {"S1", "S4"}
    versions = served.get("/planning/imports/yizhan").json()
    assert (versions[1]["who"], versions[1]["why"]) == ("王莉", "现场核实")
    back = served.post("/planning/imports/yizhan/restore", json={"number": 1})
    assert back.json()["number"] == 5


@pytest.mark.parametrize(
    ("asked", "status", "word"),
    [
        ({"id": "S2", "values": {"name": "x"}, "version": 9}, 409, "第 1 版"),
        ({"id": "S9", "values": {"name": "x"}, "version": 1}, 404, "S9"),
        ({"id": "S2", "values": {"colour": "red"}, "version": 1}, 400, "colour"),
        ({"id": "S2", "values": {"opening_hours": "看情况"}, "version": 1}, 400, "看情况"),
        ({"id": "S2", "values": {"kind": "bakery"}, "version": 1}, 400, "bakery"),
        ({"values": {"name": "x"}, "version": 1}, 400, "位置"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(town, served, asked, status, word):
    refused = edit(served, "stations", **asked)
    assert refused.status_code == status, refused.text
    assert word in refused.json()["detail_zh"]
    assert len(town.versions("stations")) == 1


def test_rows_are_for_planners(town):
    with TestClient(create_app(Settings(project=town.folder, planner_key=KEY))) as client:
        assert edit(client, id="S1", values={}, version=1).status_code == 401


def test_concentrations_come_in_by_files_alone(served):
    """They are areas too, and where workers live is nothing to be dragged about."""
    assert edit(served, "workers", id="W1", values={}, version=1).status_code == 404
