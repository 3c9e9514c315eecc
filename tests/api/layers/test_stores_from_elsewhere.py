"""A store with wrong rows takes nobody's answer away, and the service says what it left out."""

from __future__ import annotations

import geopandas as gpd
import pytest
from shapely.geometry import LineString, MultiPoint, Polygon
from starlette.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from data.store.project import Project

KEY = "test-planner-key-0123456789"
KEYED = {"X-API-Key": KEY}


def spoil(project, layer, shape):
    """Give the last row another geometry, as somebody may in QGIS."""
    path = project.path(layer)
    rows = gpd.read_file(path, layer=layer)
    rows.loc[len(rows) - 1, "geometry"] = shape
    rows.to_file(path, layer=layer, driver="GPKG")


def service(project):
    return TestClient(create_app(Settings(project=project.folder, planner_key=KEY)))


def settled(client):
    """Wait until the first edition can answer, then ask /health."""
    client.app.state.resources.editions.current().finder.prepare("walk")
    return client.get("/health", headers=KEYED)


@pytest.mark.parametrize(
    "shape",
    [
        LineString([(120.30, 36.10), (120.31, 36.10)]),
        Polygon([(120.30, 36.10), (120.31, 36.10), (120.31, 36.11)]),
        MultiPoint([(120.30, 36.10), (120.31, 36.10)]),
        None,
    ],
    ids=["line", "polygon", "multipoint", "none"],
)
def test_a_station_that_is_no_point_is_left_out_and_told(tmp_path, make_project_in, lonlat, shape):
    project = make_project_in(tmp_path / "city")
    spoil(project, "yizhan", shape)
    with service(project) as client:
        lon, lat = lonlat(0, 0)
        answer = client.get(f"/nearest?lon={lon}&lat={lat}")
        assert answer.status_code == 200
        assert [one["id"] for one in answer.json()["stations"]] == ["S1", "S3", "S2"]
        health = settled(client)
        assert health.status_code == 200
        assert health.json()["status"] == "degraded"
        assert health.json()["left_out"] == {"yizhan": 1}
        assert health.json()["layers"]["yizhan"] == 1
        (notice,) = health.json()["notices"]
        assert "第 2 行" in notice
        assert client.get("/health").json()["notices"] is None
        page = client.get("/maps/planner.html", headers=KEYED).text
        assert notice in page
        assert notice not in client.get("/maps/worker.html").text


def test_what_is_wrong_in_a_planners_layer_is_told_to_planners_only(tmp_path, make_project_in):
    project = make_project_in(tmp_path / "city")
    spoil(project, "workers", LineString([(120.30, 36.10), (120.31, 36.10)]))
    with service(project) as client:
        assert settled(client).json()["left_out"] == {"workers": 1}
        assert client.get("/health").json()["left_out"] == {}
        assert client.get("/health").json()["status"] == "ok"


def test_a_layer_that_cannot_be_read_at_all_takes_only_itself_away(
    tmp_path, make_project_in, lonlat
):
    project = make_project_in(tmp_path / "city")
    project.path("stations").write_bytes(b"not a GeoPackage")
    with service(project) as client:
        lon, lat = lonlat(0, 0)
        answer = client.get(f"/nearest?lon={lon}&lat={lat}")
        assert [one["id"] for one in answer.json()["stations"]] == ["S1"]
        assert settled(client).json()["status"] == "degraded"


def test_health_says_no_where_nobody_can_be_answered(tmp_path, make_project_in):
    project = make_project_in(tmp_path / "city")
    (project.streets_folder / "manifest.json").unlink()
    with service(project) as client:
        client.app.state.resources.editions.close()  # the first edition has been tried
        told = client.get("/health")
        assert told.status_code == 503
        assert told.json()["status"] == "unavailable"
        assert "路网" in told.json()["detail"]
    Project.create(tmp_path / "empty", "空")
    with service(Project.open(tmp_path / "empty")) as client:
        assert client.get("/health").status_code == 503
        assert "没有可用的站点" in client.get("/health").json()["detail"]
