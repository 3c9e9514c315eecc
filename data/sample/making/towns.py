"""Where the invented city is built: real centres of gravity, invented towns and villages.

The dozen urban centres lie where Qingdao's really lie, so that distances between districts are
believable; towns and villages are strewn by a seeded generator over the land that is not sea,
mountain or town already, in numbers that follow each district's census population.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geo.crs import METRIC_CRS, to_metres

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Town:
    """One built-up area laid out on its own warped grid.

    Attributes
    ----------
    name : str
        Invented name, or the district's for real centres.
    x_m, y_m : float
        Centre (EPSG:4549).
    radius_m : float
        How far the grid reaches.
    block_m : float
        Distance between parallel streets.
    angle : float
        Direction of the grid in radians.
    rank : int
        0 urban centre, 1 town, 2 village.
    """

    name: str
    x_m: float
    y_m: float
    radius_m: float
    block_m: float
    angle: float
    rank: int


# lon, lat, radius_m, block_m, angle in degrees
_CENTRES = (
    ("老城", 120.325, 36.072, 3200, 115, 20),
    ("东部", 120.395, 36.078, 4300, 135, 8),
    ("北岭", 120.362, 36.112, 4200, 120, 35),
    ("浮岭", 120.425, 36.145, 3600, 140, 52),
    ("李村", 120.430, 36.185, 4300, 130, 15),
    ("沧口", 120.385, 36.190, 3600, 130, 62),
    ("石老", 120.470, 36.105, 4000, 150, 5),
    ("流亭", 120.385, 36.275, 5200, 150, 12),
    ("城阳", 120.420, 36.315, 4800, 140, 0),
    ("红岛", 120.265, 36.225, 4600, 170, 25),
    ("即墨", 120.455, 36.385, 5600, 135, 6),
    ("蓝谷", 120.690, 36.360, 3600, 170, 40),
    ("胶州", 120.020, 36.270, 5400, 135, 3),
    ("上合", 120.105, 36.205, 3600, 170, 30),
    ("黄岛", 120.185, 35.965, 5000, 140, 28),
    ("薛家岛", 120.225, 35.945, 3600, 150, 48),
    ("红石崖", 120.080, 36.090, 3600, 170, 15),
    ("隐珠", 120.010, 35.875, 5200, 140, 38),
    ("董家口", 119.770, 35.650, 3400, 180, 33),
    ("平度", 119.960, 36.780, 5400, 135, 4),
    ("莱西", 120.520, 36.885, 4800, 135, 2),
    ("姜山", 120.520, 36.690, 2800, 150, 10),
)
_MOUNTAINS = (
    (120.620, 36.185, 7500.0),
    (120.560, 36.150, 3600.0),
    (120.095, 35.925, 3600.0),
    (119.930, 36.020, 3800.0),
    (119.920, 36.960, 5200.0),
    (120.480, 36.140, 2000.0),
)
"""Lon, lat and radius in metres of heights where nothing is built (Laoshan and others)."""

_PEOPLE_PER_TOWN = 62_000
_PEOPLE_PER_VILLAGE = 5_200
_RURAL_SHARE = {"370202": 0.0, "370203": 0.0, "370213": 0.05, "370212": 0.35, "370214": 0.35}


def _metres(lon: float, lat: float) -> tuple[float, float]:
    x_m, y_m = to_metres([[lon, lat]])[0]
    return float(x_m), float(y_m)


def mountains() -> shapely.Geometry:
    """Return the heights to keep empty (EPSG:4549)."""
    rings = [
        shapely.Point(*_metres(lon, lat)).buffer(radius_m) for lon, lat, radius_m in _MOUNTAINS
    ]
    return shapely.union_all(rings)


def buildable(districts: gpd.GeoDataFrame) -> shapely.Geometry:
    """Return land that is not mountain (EPSG:4549), a little inside the shore."""
    land = shapely.union_all(districts.to_crs(METRIC_CRS).geometry.to_numpy())
    return land.buffer(-120).difference(mountains())


def make_towns(
    districts: gpd.GeoDataFrame, names: list[str], rng: np.random.Generator
) -> list[Town]:
    """Return the urban centres, then towns and villages kept apart from each other."""
    towns = [
        Town(name, *_metres(lon, lat), radius_m, block_m, float(np.radians(degrees)), 0)
        for name, lon, lat, radius_m, block_m, degrees in _CENTRES
    ]
    spare = iter(names)
    land = buildable(districts)
    for district in districts.to_crs(METRIC_CRS).itertuples():
        ground = district.geometry.intersection(land)
        rural = _RURAL_SHARE.get(district.adcode, 0.55) * district.population
        towns += _strewn(ground, int(rural / _PEOPLE_PER_TOWN), 1, towns, spare, rng)
        towns += _strewn(ground, int(rural / _PEOPLE_PER_VILLAGE), 2, towns, spare, rng)
    return towns


def _strewn(
    ground: shapely.Geometry,
    count: int,
    rank: int,
    others: list[Town],
    spare: Iterator[str],
    rng: np.random.Generator,
) -> list[Town]:
    """Place `count` settlements at random, far enough from all others."""
    apart_m, low_m, high_m = (3200, 700, 1300) if rank == 1 else (1150, 170, 380)
    west, south, east, north = shapely.bounds(ground).tolist()
    shapely.prepare(ground)
    made: list[Town] = []
    for _ in range(count * 60):
        if len(made) == count:
            break
        x_m, y_m = rng.uniform(west, east), rng.uniform(south, north)
        if not shapely.contains_xy(ground, x_m, y_m):
            continue
        if any(_clash(town, x_m, y_m, apart_m) for town in [*others, *made]):
            continue
        block_m = rng.uniform(95, 125) if rank == 1 else rng.uniform(62, 95)
        made.append(
            Town(
                next(spare),
                x_m,
                y_m,
                rng.uniform(low_m, high_m),
                block_m,
                rng.uniform(0, np.pi / 2),
                rank,
            )
        )
    return made


def _clash(town: Town, x_m: float, y_m: float, apart_m: float) -> bool:
    gap = np.hypot(town.x_m - x_m, town.y_m - y_m)
    reach = town.radius_m * 0.9 if town.rank == 0 else 0.0
    return bool(gap < max(apart_m, reach))
