"""The project's streets as people name them and as the base map draws them."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely

from data.streets.folder import Streets
from geo.crs import STORAGE_CRS
from geo.network.segments import HIGHWAYS
from maps.base_map import STREET_RANKS

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
