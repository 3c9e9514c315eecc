"""A tiny city on paper, in metres east and north of 120.30° E, 36.10° N.

```
                E(1000,600) ──江西路── D(2000,600)
                    S2                   │ 桥路
  A(0,0) ──S1(400)── B(1000,0) ──福州路── C(2000,0) S3
                     S4 (closed)
```

From B: S1 is 600 m away, S3 1000 m; S2 lies 600 m across the river but 2600 m by the streets.
"""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
from shapely.geometry import LineString, Point, box
from starlette.testclient import TestClient
from straight import straight_segments

from api.app import create_app
from api.command.service.serving import server_of
from api.settings import Settings
from data.store.geopackage import write_geopackage
from data.store.project import Project
from data.store.summary_file import write_summary
from data.streets.folder import write_streets
from geo.crs import to_lonlat, to_metres
from geo.network.segments import Segments
from geo.summary.run import RunSummary

ENOUGH_S = 20.0
KEY = "test-planner-key-0123456789"
_ORIGIN = to_metres([[120.30, 36.10]])[0]


_CORNERS = ((0, 0), (1000, 0), (2000, 0), (2000, 600), (1000, 600))


def place(east_m: float, north_m: float) -> tuple[float, float]:
    """Return the position `east_m`, `north_m` from the origin in degrees."""
    lon, lat = to_lonlat([[_ORIGIN[0] + east_m, _ORIGIN[1] + north_m]])[0]
    return float(lon), float(lat)


def point(east_m: float, north_m: float) -> Point:
    return Point(*place(east_m, north_m))


def frame(rows: list[dict[str, object]]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(rows, geometry="geometry", crs="EPSG:4326")


def tiny_segments() -> Segments:
    nodes = np.array(
        [place(*at) for at in ((0, 0), (1000, 0), (2000, 0), (2000, 600), (1000, 600))]
    )
    ends = np.array([[0, 1], [1, 2], [2, 3], [3, 4]], dtype=np.int32)
    names = ("福州路", "桥路", "江西路")
    return straight_segments(nodes, ends, name=[0, 0, 1, 2], names=names)


def tiny_layers() -> dict[str, gpd.GeoDataFrame]:
    common = {
        "district": "370202",
        "subdistrict": "湛山街道",
        "operator": "区总工会",
        "host": "bank",
        "capacity": 60,
        "updated": "2026-11-01",
    }
    west, south = place(-3000, -3000)
    east, north = place(5000, 4000)
    return {
        "districts": frame(
            [
                {
                    "adcode": "370202",
                    "name": "市南区",
                    "level": "district",
                    "parent": "370200",
                    "population": 1000,
                    "source": "test",
                    "geometry": box(west, south, east, north),
                }
            ]
        ),
        "yizhan": frame(
            [
                {
                    "id": "S1",
                    "name": "福州路驿站<script>alert(1)</script>",
                    "kind": "outdoor_rest_station",
                    "address": "福州路 4 号",
                    "opening_hours": "24/7",
                    "amenities": "drinking_water;toilet",
                    "phone": "0532-1234567",
                    "status": "open",
                    **common,
                    "geometry": point(400, 0),
                },
                {
                    "id": "S4",
                    "name": "关闭的驿站",
                    "kind": "outdoor_rest_station",
                    "address": "福州路 10 号",
                    "opening_hours": "24/7",
                    "amenities": "drinking_water",
                    "phone": "",
                    "status": "closed",
                    **common,
                    "geometry": point(1000, 0),
                },
            ]
        ),
        "stations": frame(
            [
                {
                    "id": "S2",
                    "name": "江西路爱心妈妈小屋",
                    "kind": "mothers_room",
                    "address": "江西路 1 号",
                    "opening_hours": "Mo-Fr 08:30-17:30",
                    "amenities": "nursing_room",
                    "phone": "",
                    "status": "open",
                    **common,
                    "geometry": point(1000, 600),
                },
                {
                    "id": "S3",
                    "name": "福州路职工之家",
                    "kind": "shared_workers_home",
                    "address": "福州路 20 号",
                    "opening_hours": "Mo-Su 08:00-20:00",
                    "amenities": "drinking_water;microwave",
                    "phone": "",
                    "status": "open",
                    **common,
                    "geometry": point(2000, 0),
                },
            ]
        ),
        "workers": frame(
            [
                {
                    "id": "W1",
                    "name": "福州路快递网点",
                    "group": "courier",
                    "setting": "work",
                    "workers": 100,
                    "women_35_59": 20,
                    "active_hours": "Mo-Su 07:00-21:00",
                    "address": "福州路 9 号",
                    "district": "370202",
                    "subdistrict": "",
                    "geometry": point(1000, 0),
                },
                {
                    "id": "W2",
                    "name": "江西路家政宿舍",
                    "group": "domestic_worker",
                    "setting": "residence",
                    "workers": 50,
                    "women_35_59": 30,
                    "active_hours": "Mo-Su 19:00-07:00",
                    "address": "江西路 2 号",
                    "district": "370202",
                    "subdistrict": "",
                    "geometry": point(2000, 600),
                },
            ]
        ),
        "candidates": frame(
            [
                {
                    "id": "C1",
                    "name": "某银行福州路支行",
                    "host": "bank",
                    "address": "福州路 15 号",
                    "district": "370202",
                    "subdistrict": "",
                    "cost_cny": 20000.0,
                    "capacity": 50,
                    "opening_hours": "Mo-Fr 09:00-17:00",
                    "fixed": False,
                    "forbidden": False,
                    "geometry": point(1500, 0),
                },
            ]
        ),
    }


def tiny_results() -> dict[str, gpd.GeoDataFrame]:
    return {
        "gaps": frame(
            [
                {
                    "gap_id": "G1",
                    "rank": 1,
                    "district": "370202",
                    "subdistrict": "",
                    "workers": 50,
                    "worker_hours": 1200.0,
                    "workers_by_group": '{"domestic_worker": 50}',
                    "workers_by_setting": '{"residence": 50}',
                    "cause": "too_far",
                    "hours": "all",
                    "nearest_station_id": "S2",
                    "nearest_station_name": "江西路爱心妈妈小屋",
                    "nearest_m": 1000.0,
                    "geometry": point(2000, 600).buffer(0.002),
                }
            ]
        ),
        "sites": frame(
            [
                {
                    "rank": 2,
                    "phase": 1,
                    "action": "open",
                    "target_id": "C2",
                    "name": "第二",
                    "workers_new": 10.0,
                    "geometry": point(1700, 0),
                },
                {
                    "rank": 1,
                    "phase": 1,
                    "action": "open",
                    "target_id": "C1",
                    "name": "第一",
                    "workers_new": 50.0,
                    "geometry": point(1500, 0),
                },
            ]
        ),
        "bus_stops": frame(
            [
                {
                    "bus_id": "1",
                    "day": day,
                    "order": 1,
                    "stop_id": "B1",
                    "name": "福州路广场",
                    "address": "福州路 8 号",
                    "district": "370202",
                    "setting": "work",
                    "arrive": "08:30",
                    "start": "09:00",
                    "end": "11:30",
                    "depart": "12:00",
                    "workers_served": 80.0,
                    "drive_m": 3000.0,
                    "drive_s": 400.0,
                    "contact": "王老师",
                    "phone": "13800000000",
                    "geometry": point(800, 0),
                }
                for day in ("2026-11-02", "2099-11-03")
            ]
        ),
        "bus_routes": frame(
            [
                {
                    "bus_id": "1",
                    "day": "2026-11-02",
                    "depot_id": "D1",
                    "stops": 1,
                    "leave": "08:00",
                    "return": "13:00",
                    "distance_m": 6000.0,
                    "drive_s": 800.0,
                    "workers_served": 80.0,
                    "geometry": LineString([place(0, 0), place(800, 0), place(0, 0)]),
                }
            ]
        ),
    }


def made_summary(**figures: object) -> RunSummary:
    """Return a complete summary with some `figures` (JSON keys) as told."""
    whole = json.loads((Path(__file__).parents[1] / "summary.json").read_text("utf-8"))
    summary, unread = RunSummary.from_json(whole | figures)
    assert not unread
    return summary


def make_project(folder: Path) -> Project:
    project = Project.create(folder, "小城", sample=True)
    for name, rows in tiny_layers().items():
        project.write(name, rows)
    write_streets(project.streets_folder, tiny_segments())
    project.results_folder.mkdir(exist_ok=True)
    write_geopackage(project.results_folder / "results.gpkg", tiny_results())
    summary = made_summary(
        workers_total=150, bus_workers_served=80, siting_fewer="secret", bus_version=0
    )
    write_summary(project.results_folder, summary)
    (project.results_folder / "results.xlsx").write_bytes(b"PK-test")
    return project


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return make_project(tmp_path_factory.mktemp("city") / "tiny")


@pytest.fixture(scope="session")
def settings(city: Project) -> Settings:
    return Settings(project=city.folder, planner_key=KEY)


@pytest.fixture(scope="session")
def app_client(settings: Settings):
    with TestClient(create_app(settings)) as client:
        yield client


@pytest.fixture
def client(app_client: TestClient):
    app_client.cookies.clear()
    return app_client


@pytest.fixture
def as_planner() -> dict[str, str]:
    return {"X-API-Key": KEY}


@pytest.fixture(scope="session")
def lonlat():
    return place


@pytest.fixture(scope="session")
def summary_with():
    return made_summary


@pytest.fixture(scope="session")
def make_project_in():
    return make_project


@contextlib.contextmanager
def _serving(settings: Settings):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = server_of(create_app(settings), settings, "0.0.0.0", port)  # noqa: S104
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        until = time.monotonic() + ENOUGH_S
        while not server.started and time.monotonic() < until:
            time.sleep(0.02)
        assert server.started
        yield port
    finally:
        server.should_exit = True
        thread.join(ENOUGH_S)
        assert not thread.is_alive()


@pytest.fixture(scope="session")
def serving():
    """Return what serves a project with our own server on loopback and yields the port."""
    return _serving
