"""The project's streets as people name them and as the base map draws them."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from api.stations.search import Crossings
from data.streets.folder import Streets
from geo.crs import STORAGE_CRS
from geo.network.segments import HIGHWAYS
from maps.ground.drawn_streets import STREET_RANKS

_CELL_DEGREES = 0.02  # about 2 km: a long street is several places, one a cell


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


def street_lines(streets: Streets) -> gpd.GeoDataFrame:
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
