"""Existing stations of the six kinds on shared premises, candidates for new ones, and depots."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd

from data.sample.making.invented_places import Ground, residents
from geo.arrays import Ints
from geo.crs import STORAGE_CRS
from geo.layers.vocabulary import Amenity, Host, Kind, Status

_SUPPLY = {
    "370202": 1.9,
    "370203": 1.6,
    "370213": 1.15,
    "370212": 1.1,
    "370214": 0.9,
    "370211": 0.75,
    "370215": 0.6,
    "370281": 0.6,
    "370283": 0.42,
    "370285": 0.45,
}
"""Stations per resident relative to the city's mean: an assumption that leaves the outer
districts short, as the federation's own reports describe."""


class _Premises(NamedTuple):
    share: float
    hours: tuple[str, ...]
    name: str


_PREMISES = {
    Host.COMMUNITY: _Premises(22, ("Mo-Fr 08:30-17:30", "Mo-Sa 08:30-17:30"), "社区党群服务中心"),
    Host.SUBDISTRICT_OFFICE: _Premises(9, ("Mo-Fr 08:30-17:30",), "街道便民服务大厅"),
    Host.BANK: _Premises(20, ("Mo-Fr 09:00-17:00", "09:00-16:30"), "银行网点"),
    Host.POST: _Premises(6, ("09:00-17:30",), "邮政营业厅"),
    Host.TELECOM: _Premises(6, ("08:30-18:00",), "通信营业厅"),
    Host.GOVERNMENT_HALL: _Premises(3, ("Mo-Fr 09:00-17:00",), "政务服务大厅"),
    Host.POLICE: _Premises(2.5, ("24/7",), "派出所警务驿站"),
    Host.FUEL: _Premises(4, ("24/7", "06:00-22:00"), "加油站"),
    Host.CONVENIENCE_STORE: _Premises(7, ("07:00-22:00", "06:30-23:00", "24/7"), "便利店"),
    Host.ESTATE_AGENCY: _Premises(6, ("08:30-20:00",), "房产门店"),
    Host.MALL: _Premises(3, ("10:00-21:30",), "购物中心"),
    Host.RESTAURANT: _Premises(3, ("10:00-21:00",), "快餐店"),
    Host.PUBLIC_TOILET: _Premises(4, ("06:00-22:00",), "城市公厕管理间"),
    Host.LIBRARY: _Premises(1.5, ("Tu-Su 09:00-17:00",), "街道图书馆"),
    Host.UNION: _Premises(3, ("Mo-Fr 08:30-17:30", "08:00-20:00"), "工会职工之家"),
}
_KIND_COUNT = {
    Kind.OUTDOOR_REST_STATION: 640,
    Kind.SHARED_WORKERS_HOME: 90,
    Kind.TRUSTED_WORKERS_HOME: 110,
    Kind.MENTAL_HEALTH_STATION: 45,
    Kind.MOTHERS_ROOM: 65,
    Kind.LEGAL_SERVICE_STATION: 70,
}
"""Invented: a plausible mix, rest stations first."""
_KIND_HOSTS = {
    Kind.SHARED_WORKERS_HOME: (Host.UNION, Host.COMMUNITY, Host.SUBDISTRICT_OFFICE),
    Kind.TRUSTED_WORKERS_HOME: (Host.UNION, Host.COMMUNITY),
    Kind.MENTAL_HEALTH_STATION: (Host.COMMUNITY, Host.SUBDISTRICT_OFFICE),
    Kind.MOTHERS_ROOM: (Host.MALL, Host.COMMUNITY, Host.GOVERNMENT_HALL, Host.BANK),
    Kind.LEGAL_SERVICE_STATION: (Host.SUBDISTRICT_OFFICE, Host.GOVERNMENT_HALL, Host.COMMUNITY),
}
_KIND_WORD = {
    Kind.OUTDOOR_REST_STATION: "户外劳动者驿站",
    Kind.SHARED_WORKERS_HOME: "共享职工之家",
    Kind.TRUSTED_WORKERS_HOME: "职工之家",
    Kind.MENTAL_HEALTH_STATION: "心理健康服务站",
    Kind.MOTHERS_ROOM: "爱心妈妈小屋",
    Kind.LEGAL_SERVICE_STATION: "职工法律服务站",
}
# Shares published for the national stations at the end of 2024 where there are any
# (first aid 110,000 and battery swap 2,000 of 186,100); the rest are assumptions.
_AMENITY_SHARE = {
    Amenity.DRINKING_WATER: 0.98,
    Amenity.REST_SEATS: 0.97,
    Amenity.PHONE_CHARGING: 0.92,
    Amenity.MICROWAVE: 0.74,
    Amenity.AIR_CONDITIONING: 0.72,
    Amenity.HEATING: 0.66,
    Amenity.FIRST_AID: 0.59,
    Amenity.WIFI: 0.62,
    Amenity.TOILET: 0.55,
    Amenity.UMBRELLA: 0.48,
    Amenity.READING: 0.44,
    Amenity.REFRIGERATOR: 0.28,
    Amenity.EBIKE_CHARGING: 0.14,
    Amenity.AED: 0.06,
    Amenity.SHOWER: 0.02,
    Amenity.BATTERY_SWAP: 0.011,
}
_CANDIDATE_COST = {
    Host.COMMUNITY: 18_000,
    Host.SUBDISTRICT_OFFICE: 15_000,
    Host.BANK: 12_000,
    Host.POST: 14_000,
    Host.TELECOM: 12_000,
    Host.GOVERNMENT_HALL: 15_000,
    Host.POLICE: 16_000,
    Host.FUEL: 22_000,
    Host.CONVENIENCE_STORE: 20_000,
    Host.ESTATE_AGENCY: 10_000,
    Host.MALL: 30_000,
    Host.RESTAURANT: 18_000,
    Host.PUBLIC_TOILET: 26_000,
    Host.LIBRARY: 14_000,
    Host.UNION: 35_000,
}
"""Yuan, invented: what fitting out shared premises might cost."""


def supply(districts: gpd.GeoDataFrame) -> dict[str, float]:
    """Return each district's share of the existing stations."""
    people = residents(districts)
    return {code: people[code] * factor for code, factor in _SUPPLY.items()}


def make_stations(
    ground: Ground, districts: gpd.GeoDataFrame, rng: np.random.Generator
) -> gpd.GeoDataFrame:
    """Make about 1,000 stations of all kinds."""
    parts = [
        _of_kind(kind, count, ground, supply(districts), rng) for kind, count in _KIND_COUNT.items()
    ]
    frame = pd.concat(parts, ignore_index=True)
    frame.insert(0, "id", [f"QD{number:04d}" for number in range(1, len(frame) + 1)])
    return gpd.GeoDataFrame(frame, geometry="geometry", crs=STORAGE_CRS)


def _of_kind(
    kind: Kind, count: int, ground: Ground, shares: dict[str, float], rng: np.random.Generator
) -> gpd.GeoDataFrame:
    rows = ground.draw(shares, count, rng, lean=0.8)
    hosts = _hosts(_KIND_HOSTS.get(kind, tuple(_PREMISES)), len(rows), rng)
    status = rng.choice(
        [Status.OPEN, Status.PLANNED, Status.SUSPENDED, Status.CLOSED],
        len(rows),
        p=[0.955, 0.02, 0.018, 0.007],
    )
    frame = _placed(ground, rows, hosts, rng)
    frame["name"] = [f"{stem}{_KIND_WORD[kind]}（示例）" for stem in frame.pop("stem")]
    return frame.assign(
        kind=str(kind),
        opening_hours=[str(rng.choice(_PREMISES[host].hours)) for host in hosts],
        amenities=[_amenities(kind, rng) for _ in hosts],
        capacity=rng.choice([30, 50, 80, 120, 200], len(rows), p=[0.25, 0.35, 0.22, 0.13, 0.05]),
        phone=[f"0532-5550{rng.integers(1000, 9999)}" for _ in hosts],
        operator=[f"示例{_PREMISES[host].name}" for host in hosts],
        host=[str(host) for host in hosts],
        status=[str(value) for value in status],
        updated="2026-10-31",
    )


def _hosts(allowed: Sequence[Host], count: int, rng: np.random.Generator) -> list[Host]:
    weight = np.array([_PREMISES[host].share for host in allowed])
    return [allowed[i] for i in rng.choice(len(allowed), count, p=weight / weight.sum())]


def _amenities(kind: Kind, rng: np.random.Generator) -> str:
    held = [amenity for amenity, share in _AMENITY_SHARE.items() if rng.random() < share]
    if kind is Kind.MOTHERS_ROOM:
        held.append(Amenity.NURSING_ROOM)
    return ";".join(sorted(held))


def _placed(
    ground: Ground, rows: Ints, hosts: Sequence[Host], rng: np.random.Generator
) -> gpd.GeoDataFrame:
    lonlat = ground.beside(rows, rng)
    house = rng.integers(1, 260, len(rows))
    return gpd.GeoDataFrame(
        {
            "stem": [
                f"{name}{number}号{_PREMISES[host].name}"
                if number % 3 == 0
                else f"{name}{_PREMISES[host].name}"
                for name, host, number in zip(ground.place[rows], hosts, house, strict=True)
            ],
            "address": [
                f"{address}{number}号"
                for address, number in zip(ground.address(rows), house, strict=True)
            ],
            "district": ground.district[rows],
            "subdistrict": ground.subdistrict[rows],
        },
        geometry=gpd.points_from_xy(*lonlat.T),
        crs=STORAGE_CRS,
    )


def make_candidates(
    ground: Ground, districts: gpd.GeoDataFrame, rng: np.random.Generator
) -> gpd.GeoDataFrame:
    """Make 3,000 premises that could host a station."""
    rows = ground.draw(residents(districts), 3000, rng, lean=0.5)[:3000]
    hosts = _hosts(tuple(_PREMISES), len(rows), rng)
    frame = _placed(ground, rows, hosts, rng)
    frame["name"] = [f"{stem}（示例）" for stem in frame.pop("stem")]
    frame.insert(0, "id", [f"C{number:04d}" for number in range(1, len(frame) + 1)])
    cost = np.array([_CANDIDATE_COST[host] for host in hosts]) * rng.uniform(0.8, 1.4, len(rows))
    return frame.assign(
        host=[str(host) for host in hosts],
        cost_cny=cost.round(-2),
        capacity=rng.choice([40, 60, 100, 150], len(rows)),
        opening_hours=[str(rng.choice(_PREMISES[host].hours)) for host in hosts],
        fixed=False,
        forbidden=rng.random(len(rows)) < 0.01,
    )


_DEPOTS = (
    ("D1", "市北示例车场", 120.375, 36.105, "370203", 1),
    ("D2", "城阳示例车场", 120.395, 36.290, "370214", 1),
    ("D3", "黄岛示例车场", 120.170, 35.965, "370211", 1),
    ("D4", "胶州示例车场", 120.030, 36.265, "370281", 1),
    ("D5", "平度示例车场", 119.970, 36.775, "370283", 1),
)


def make_depots() -> gpd.GeoDataFrame:
    """Make the five places buses sleep at."""
    table = pd.DataFrame(_DEPOTS, columns=["id", "name", "lon", "lat", "district", "buses"])
    return gpd.GeoDataFrame(
        table.drop(columns=["lon", "lat"]).assign(
            address="示例地址", opening_hours="06:00-22:00", phone="0532-55500000"
        ),
        geometry=gpd.points_from_xy(table["lon"], table["lat"]),
        crs=STORAGE_CRS,
    )
