"""What is built: urban cores, a town for every subdistrict outside them, and villages.

Villages are strewn by a seeded generator over the land that is not sea, mountain or town already,
in numbers that follow each district's census population.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely

from data.sample.making.centres import CORES, Centres
from data.sample.making.qingdao_districts import buildable, metres
from geo.crs import METRIC_CRS
from geo.layers.districts import districts_only


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """One built-up area laid out on its own warped grid.

    Attributes
    ----------
    name : str
        The core's or the subdistrict's name, invented for villages.
    x_m, y_m : float
        Centre (EPSG:4549).
    radius_m : float
        How far the grid reaches.
    block_m : float
        Distance between parallel streets.
    angle : float
        Direction of the grid in radians.
    rank : int
        0 urban core, 1 town, 2 village.
    """

    name: str
    x_m: float
    y_m: float
    radius_m: float
    block_m: float
    angle: float
    rank: int


_TOWN_RADIUS_M = {"街道": (1100.0, 1700.0), "镇": (750.0, 1250.0)}
"""Invented: from and to, by kind."""
_PEOPLE_PER_VILLAGE = 5_200
"""Invented: fewer, larger villages than there are, for speed."""
_RURAL_SHARE = {"370202": 0.0, "370203": 0.0, "370213": 0.05, "370212": 0.35, "370214": 0.35}
"""Invented: people outside towns by district; 0.55 elsewhere."""
_VILLAGES_APART_M = 1150.0
"""Invented: fields lie between."""


def make_towns(
    districts: gpd.GeoDataFrame, centres: Centres, names: list[str], rng: np.random.Generator
) -> list[Town]:
    """Return cores, towns and villages; the grids of the first two follow their arterials."""
    towns = [_core(*core, centres) for core in CORES]
    towns += [_town(row, centres, rng) for row in np.flatnonzero(~centres.urban).tolist()]
    spare = iter(names)
    land = shapely.difference(buildable(districts), centres.inner)
    for district in districts_only(districts).to_crs(METRIC_CRS).itertuples():
        ground = district.geometry.intersection(land)
        rural = _RURAL_SHARE.get(district.adcode, 0.55) * district.population
        towns += _villages(ground, int(rural / _PEOPLE_PER_VILLAGE), towns, spare, rng)
    return towns


def short_name(subdistrict: str) -> str:
    """Return a subdistrict's name without what kind of area it is."""
    for kind in ("省级自然保护区", "街道", "镇"):
        subdistrict = subdistrict.removesuffix(kind)
    return subdistrict


def _core(
    name: str, lon: float, lat: float, radius_m: float, block_m: float, centres: Centres
) -> Town:
    x_m, y_m = metres(lon, lat)
    angle = centres.direction(x_m, y_m, radius_m * 0.6)
    return Town(
        name=name, x_m=x_m, y_m=y_m, radius_m=radius_m, block_m=block_m, angle=angle, rank=0
    )


def _town(row: int, centres: Centres, rng: np.random.Generator) -> Town:
    name, (x_m, y_m) = centres.names[row], centres.xy_m[row].tolist()
    kind = "街道" if name.endswith("街道") else "镇"
    radius_m = min(float(rng.uniform(*_TOWN_RADIUS_M[kind])), float(centres.room_m[row]))
    block_m = float(rng.uniform(95, 125))
    return Town(
        name=short_name(name),
        x_m=x_m,
        y_m=y_m,
        radius_m=radius_m,
        block_m=block_m,
        angle=centres.direction(x_m, y_m, 300.0),
        rank=1,
    )


def _villages(
    ground: shapely.Geometry,
    count: int,
    others: list[Town],
    spare: Iterator[str],
    rng: np.random.Generator,
) -> list[Town]:
    """Place `count` villages at random, far enough from all others."""
    west, south, east, north = shapely.bounds(ground).tolist()
    shapely.prepare(ground)
    made: list[Town] = []
    for _ in range(count * 60):
        if len(made) == count:
            break
        x_m, y_m = rng.uniform(west, east), rng.uniform(south, north)
        if not shapely.contains_xy(ground, x_m, y_m):
            continue
        if any(_clash(town, x_m, y_m) for town in [*others, *made]):
            continue
        radius_m, block_m, angle = (
            float(rng.uniform(*span)) for span in ((170, 380), (62, 95), (0, np.pi / 2))
        )
        made.append(
            Town(
                name=next(spare),
                x_m=x_m,
                y_m=y_m,
                radius_m=radius_m,
                block_m=block_m,
                angle=angle,
                rank=2,
            )
        )
    return made


def _clash(town: Town, x_m: float, y_m: float) -> bool:
    gap = np.hypot(town.x_m - x_m, town.y_m - y_m)
    reach = town.radius_m * (0.9, 1.1, 0.0)[town.rank]
    return bool(gap < max(_VILLAGES_APART_M, reach))
