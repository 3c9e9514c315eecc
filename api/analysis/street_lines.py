"""The larger streets as lines for the offline base map."""

from __future__ import annotations

from functools import lru_cache

import geopandas as gpd
import numpy as np
import shapely

from data.streets.folder import Streets
from geo.crs import STORAGE_CRS
from geo.network.segments import HIGHWAYS, Segments

_DRAWN = tuple(HIGHWAYS[: HIGHWAYS.index("residential") + 1])


@lru_cache(maxsize=2)
def lines_of(streets: Streets) -> gpd.GeoDataFrame:
    """Return :func:`street_lines` of a project's streets, made once while the service runs."""
    return street_lines(streets.segments())


def street_lines(segments: Segments) -> gpd.GeoDataFrame:
    """Return streets up to residential ones with ``class`` and ``name`` (EPSG:4326)."""
    kept = np.isin(segments.highway, [HIGHWAYS.index(name) for name in _DRAWN])
    sizes = np.diff(segments.shape_offset)
    owner = np.repeat(np.arange(len(kept)), sizes)
    inside = kept[owner]
    number = np.cumsum(kept) - 1
    lines = shapely.linestrings(segments.shape_lonlat[inside], indices=number[owner[inside]])
    names = np.array([*segments.names, ""], dtype=object)[segments.name[kept]]
    classes = np.array(HIGHWAYS, dtype=object)[segments.highway[kept]]
    return gpd.GeoDataFrame({"class": classes, "name": names}, geometry=lines, crs=STORAGE_CRS)
