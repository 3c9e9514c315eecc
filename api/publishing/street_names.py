"""The project's streets as people name them and as the base map draws them."""

from __future__ import annotations

from collections.abc import Callable

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from api.stations.search import Crossings
from data.streets.folder import Streets
from geo.crs import METRES_PER_DEGREE, STORAGE_CRS
from geo.network.segments import HIGHWAYS
from maps.ground.drawn_streets import STREET_RANKS

_CELL_DEGREES = 0.02  # about 2 km: a long street is several places, one a cell
_LONG_M, _AROUND_M, _APART_M = 1200.0, 3000.0, 300.0
"""A street so long is several places to who names it; crossings are looked for so near, and offered so
far apart. By judgement: what somebody who names a street may mean by it."""
_MOST_OFFERED = 4
"""Crossings offered: what a phone shows without scrolling."""

Crossed = tuple[str, float, float]
"""The name of a street that crosses another, and where: lon/lat degrees."""
Along = Callable[[str, float, float], list[Crossed]]
"""Takes a street's name and a place on it and tells what crosses it, if it is long."""


def street_places(streets: Streets) -> list[tuple[str, float, float]]:
    """Return (name, lon, lat) for each named street, once in every 2 km it runs through.

    Parameters
    ----------
    streets : Streets
        The project's streets; lon/lat degrees, EPSG:4326.
    """
    segments = streets.segments()
    named = np.flatnonzero(segments.name >= 0)
    middle = (segments.shape_offset[named] + segments.shape_offset[named + 1] - 1) // 2
    lonlat = np.asarray(segments.shape_lonlat[middle])
    cells = np.floor(lonlat / _CELL_DEGREES).astype(np.int64)
    keys = np.column_stack([segments.name[named], cells])
    _, first = np.unique(keys, axis=0, return_index=True)
    return [
        (segments.names[segments.name[named[row]]], float(lonlat[row, 0]), float(lonlat[row, 1]))
        for row in first
    ]


def street_crossings(streets: Streets) -> Crossings:
    """Return what tells where two streets cross, by their names: lon/lat degrees, one in 100 m."""
    segments = streets.segments()
    number_of = {name: number for number, name in enumerate(segments.names)}

    def nodes(name: str) -> NDArray[np.int32]:
        mine = segments.name == number_of.get(name, -2)
        return np.unique(np.concatenate([segments.start[mine], segments.end[mine]]))

    def crossings(first: str, second: str) -> list[tuple[float, float]]:
        shared = np.intersect1d(nodes(first), nodes(second))
        lonlat = np.asarray(segments.node_lonlat[shared])
        _, one_each = np.unique(lonlat.round(3), axis=0, return_index=True)
        return [(float(lon), float(lat)) for lon, lat in lonlat[np.sort(one_each)]]

    return crossings


def crossings_along(streets: Streets) -> Along:
    """Return what tells which streets cross a long one: a few, spread over 3 km either way.

    Whoever names a street of more than 1.2 km may be far from the place it is found at.
    """
    segments = streets.segments()
    number_of = {name: number for number, name in enumerate(segments.names)}

    def along(name: str, lon: float, lat: float) -> list[Crossed]:
        if name not in number_of:
            return []
        mine = segments.name == number_of[name]
        nodes = np.unique(np.concatenate([segments.start[mine], segments.end[mine]]))
        east = np.cos(np.radians(lat))
        degrees = np.asarray(segments.node_lonlat[nodes]) - [lon, lat]
        away_m = degrees * [METRES_PER_DEGREE * east, METRES_PER_DEGREE]
        near = np.hypot(*away_m.T) <= _AROUND_M
        nodes, away_m = nodes[near], away_m[near]
        if not len(nodes) or np.hypot(*np.ptp(away_m, axis=0)) < _LONG_M:
            return []
        position_m = np.full(len(segments.node_lonlat), np.nan)
        position_m[nodes] = away_m @ _direction(away_m)
        other = np.flatnonzero((segments.name >= 0) & ~mine)
        found: dict[str, tuple[float, int]] = {}
        for ends in (segments.start, segments.end):
            for segment in other[np.isfinite(position_m[ends[other]])].tolist():
                node = int(ends[segment])
                found[segments.names[segments.name[segment]]] = float(position_m[node]), node
        spread = sorted(
            (at_m, crossed, node)
            for crossed, (at_m, node) in found.items()
            if abs(at_m) >= _APART_M
        )
        some = np.linspace(0, len(spread) - 1, min(_MOST_OFFERED, len(spread))).round().astype(int)
        return [
            (spread[one][1], *np.asarray(segments.node_lonlat[spread[one][2]]).tolist())
            for one in some.tolist()
        ]

    return along


def _direction(away_m: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the way most of the places (n, 2) lie along, as a unit vector."""
    _, _, axes = np.linalg.svd(away_m - away_m.mean(axis=0), full_matrices=False)
    way: NDArray[np.float64] = axes[0]
    return way


def base_map_lines(streets: Streets) -> gpd.GeoDataFrame:
    """Return every street a base map may draw: lines (EPSG:4326) with ``class`` and ``name``."""
    segments = streets.segments()
    drawn = np.isin(segments.highway, [HIGHWAYS.index(name) for name in STREET_RANKS])
    owner = np.repeat(np.arange(len(drawn)), np.diff(segments.shape_offset))
    order = np.cumsum(drawn) - 1
    kept = drawn[owner]
    lines = shapely.linestrings(np.asarray(segments.shape_lonlat)[kept], indices=order[owner[kept]])
    classes = np.array(HIGHWAYS)[segments.highway[drawn]]
    names = np.array([*segments.names, ""], dtype=object)[segments.name[drawn]]
    return gpd.GeoDataFrame({"class": classes, "name": names}, geometry=lines, crs=STORAGE_CRS)
