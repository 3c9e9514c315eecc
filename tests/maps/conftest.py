"""Toytown: two square districts, four streets, five stations, numbers anyone can add up.

    west district 370001      east district 370002
    +----------------------+----------------------+   36.10
    |   Y1 o    S1 []      |      Y2 o            |
    |        gap 1         |   site 1, site 2     |
    +----------------------+----------------------+   36.00
    120.00               120.10                 120.20

Workers: west 600 + 400, east 500 = 1,500; the gap holds 300 of the west's. Sites add 200 and 100.
"""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import pytest
from shapely import LineString, Point, Polygon, box

from geo.summary.run import RunSummary

HOSTILE = '</script><script>window.hacked=1</script><img src=x onerror="window.hacked=1">&amp;\'"'


def station(identifier: str, name: str, kind: str, lon: float, lat: float, **more: object) -> dict:
    return {
        "id": identifier,
        "name": name,
        "kind": kind,
        "address": more.get("address", "福海路1号"),
        "district": more.get("district", "370001"),
        "subdistrict": "",
        "opening_hours": more.get("opening_hours", "Mo-Fr 08:30-17:30"),
        "amenities": more.get("amenities", "drinking_water;toilet"),
        "capacity": 40,
        "phone": more.get("phone", "0532-8000 0000"),
        "operator": "",
        "host": "bank",
        "status": more.get("status", "open"),
        "updated": "2026-01-01",
        "geometry": Point(lon, lat),
    }


def toytown() -> dict[str, gpd.GeoDataFrame]:
    tables = {
        "districts": [
            {
                "adcode": "370001",
                "name": "西区",
                "population": 9000,
                "geometry": box(120, 36, 120.1, 36.1),
            },
            {
                "adcode": "370002",
                "name": "东区",
                "population": 7000,
                "geometry": box(120.1, 36, 120.2, 36.1),
            },
        ],
        "streets": [
            {
                "class": "primary",
                "name": "福海路",
                "geometry": LineString([(120, 36.05), (120.1, 36.05)]),
            },
            {
                "class": "primary",
                "name": "福海路",
                "geometry": LineString([(120.1, 36.05), (120.2, 36.05)]),
            },
            {
                "class": "tertiary",
                "name": HOSTILE,
                "geometry": LineString([(120.1, 36), (120.1, 36.1)]),
            },
            {
                "class": "footway",
                "name": "",
                "geometry": LineString([(120.02, 36), (120.02, 36.1)]),
            },
        ],
        "yizhan": [
            station("Y1", "合心驿站", "outdoor_rest_station", 120.03, 36.08, opening_hours="24/7"),
            station(
                "Y2",
                HOSTILE,
                "outdoor_rest_station",
                120.15,
                36.08,
                address=HOSTILE,
                district="370002",
            ),
            station("Y3", "已关的驿站", "outdoor_rest_station", 120.17, 36.08, status="closed"),
        ],
        "stations": [
            station(
                "S1",
                "望山职工之家",
                "shared_workers_home",
                120.06,
                36.08,
                amenities=None,
                phone=None,
            ),
            station(
                "S2",
                "法律服务点",
                "legal_service_station",
                120.16,
                36.02,
                opening_hours=None,
                district="370002",
            ),
        ],
        "workers": [
            {
                "id": "W1",
                "name": "a",
                "group": "courier",
                "setting": "work",
                "workers": 600,
                "district": "370001",
                "geometry": Point(120.03, 36.03),
            },
            {
                "id": "W2",
                "name": "b",
                "group": "delivery_rider",
                "setting": "residence",
                "workers": 400,
                "district": "370001",
                "geometry": box(120.05, 36.02, 120.06, 36.03),
            },
            {
                "id": "W3",
                "name": "c",
                "group": "courier",
                "setting": "work",
                "workers": 500,
                "district": "370002",
                "geometry": Point(120.15, 36.03),
            },
        ],
        "gaps": [
            {
                "gap_id": "G1",
                "rank": 1,
                "district": "370001",
                "subdistrict": HOSTILE,
                "workers": 300,
                "worker_hours": 5000.0,
                "workers_by_group": json.dumps({"courier": 100, "delivery_rider": 200}),
                "workers_by_setting": json.dumps({"work": 300}),
                "cause": "too_far",
                "hours": "周一 20:00–24:00",
                "nearest_station_id": "Y1",
                "nearest_station_name": HOSTILE,
                "nearest_m": 2345.0,
                "geometry": Polygon([(120.02, 36.02), (120.06, 36.02), (120.04, 36.04)]),
            },
        ],
        "sites": [
            {
                "rank": 2,
                "phase": 2,
                "action": "open",
                "target_id": "C2",
                "name": "=2+3",
                "host": "post",
                "address": "+1",
                "district": "370002",
                "workers_new": 100.0,
                "workers_lost": 90.0,
                "workers_by_group": json.dumps({"courier": 100}),
                "cost_cny": 30000.0,
                "nearest_station_name": "合心驿站",
                "nearest_m": 900.0,
                "runner_up_name": None,
                "runner_up_loss": float("nan"),
                "reason_zh": "理由二",
                "reason_en": "reason two",
                "geometry": Point(120.18, 36.06),
            },
            {
                "rank": 1,
                "phase": 1,
                "action": "open",
                "target_id": "C1",
                "name": HOSTILE,
                "host": "bank",
                "address": HOSTILE,
                "district": "370002",
                "workers_new": 200.0,
                "workers_lost": 150.0,
                "workers_by_group": json.dumps({"courier": 200}),
                "cost_cny": 50000.0,
                "nearest_station_name": HOSTILE,
                "nearest_m": 1432.0,
                "runner_up_name": HOSTILE,
                "runner_up_loss": 12.0,
                "reason_zh": HOSTILE,
                "reason_en": HOSTILE,
                "geometry": Point(120.13, 36.06),
            },
        ],
        "actions": [
            {
                "rank": 1,
                "action": "extend_hours",
                "what_zh": "延长到 22:00",
                "what_en": "Open until 22:00",
                "target_id": "Y1",
                "name": HOSTILE,
                "host": "bank",
                "address": HOSTILE,
                "district": "370001",
                "hours_after": "Mo-Su 08:00-22:00",
                "worker_hours": 700.0,
                "workers_gaining": 100.0,
                "worker_hours_by_group": json.dumps({"courier": 700}),
                "cost_cny": 9000.0,
                "gap_ids": "G1",
                "reason_zh": HOSTILE,
                "reason_en": HOSTILE,
                "geometry": Point(120.03, 36.08),
            },
            {
                "rank": 2,
                "action": "open",
                "what_zh": "新建",
                "what_en": "Open here",
                "target_id": "C1",
                "name": "合心驿站",
                "host": "post",
                "address": "福海路2号",
                "district": "370002",
                "worker_hours": 300.0,
                "cost_cny": 30000.0,
                "reason_zh": "理由",
                "reason_en": "reason",
                "geometry": Point(120.13, 36.06),
            },
        ],
        "bus_stops": [
            {
                "bus_id": "B1",
                "day": "2026-11-26",
                "order": 1,
                "stop_id": "T1",
                "name": "东港广场",
                "address": "东港路5号",
                "district": "370001",
                "setting": "work",
                "arrive": "08:20",
                "start": "08:50",
                "end": "10:30",
                "depart": "10:50",
                "workers_served": 50.0,
                "drive_m": 5000.0,
                "drive_s": 900.0,
                "contact": "王师傅",
                "phone": "0532-1",
                "geometry": Point(120.04, 36.03),
            },
            {
                "bus_id": "B1",
                "day": "2026-11-26",
                "order": 2,
                "stop_id": "T2",
                "name": HOSTILE,
                "address": HOSTILE,
                "district": "370002",
                "setting": "residence",
                "arrive": "11:20",
                "start": "11:50",
                "end": "13:30",
                "depart": "13:50",
                "workers_served": 60.0,
                "drive_m": 9000.0,
                "drive_s": 1200.0,
                "contact": HOSTILE,
                "phone": "0532-2",
                "geometry": Point(120.15, 36.03),
            },
            {
                "bus_id": "B2",
                "day": "2026-11-27",
                "order": 1,
                "stop_id": "T1",
                "name": "东港广场",
                "address": "东港路5号",
                "district": "370001",
                "setting": "work",
                "arrive": "08:20",
                "start": "08:50",
                "end": "10:30",
                "depart": "10:50",
                "workers_served": 40.0,
                "drive_m": 5000.0,
                "drive_s": 900.0,
                "contact": "",
                "phone": "",
                "geometry": Point(120.04, 36.03),
            },
        ],
        "bus_routes": [
            {
                "bus_id": "B1",
                "day": "2026-11-26",
                "depot_id": "D1",
                "stops": 2,
                "leave": "07:40",
                "return": "15:00",
                "distance_m": 28000.0,
                "drive_s": 3600.0,
                "workers_served": 110.0,
                "geometry": LineString(
                    [(120.01, 36.05), (120.04, 36.03), (120.15, 36.03), (120.01, 36.05)]
                ),
            },
            {
                "bus_id": "B2",
                "day": "2026-11-27",
                "depot_id": "D1",
                "stops": 1,
                "leave": "07:40",
                "return": "12:00",
                "distance_m": 10000.0,
                "drive_s": 1800.0,
                "workers_served": 40.0,
                "geometry": LineString([(120.01, 36.05), (120.04, 36.03), (120.01, 36.05)]),
            },
        ],
    }
    return {name: gpd.GeoDataFrame(rows, crs="EPSG:4326") for name, rows in tables.items()}


FIGURES = json.loads((Path(__file__).parents[1] / "summary.json").read_text("utf-8"))
SUMMARY, _UNREAD = RunSummary.from_json(FIGURES)
assert not _UNREAD


@pytest.fixture(scope="session")
def layers() -> dict[str, gpd.GeoDataFrame]:
    return toytown()


@pytest.fixture
def summary() -> RunSummary:
    return SUMMARY


@pytest.fixture(scope="session")
def hostile() -> str:
    return HOSTILE
