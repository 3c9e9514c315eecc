"""The base map thinned for a map in a single file: what lies around, without streets and houses."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from data.basemap.beyond import land_beyond
from data.basemap.themes import BaseMap, Theme, clipped, widened, zoom_for_area
from data.basemap.thinning import thinned
from geo.crs import STORAGE_CRS

ZOOM = 12
"""As fine as is drawn: larger zooms are looked at for streets and marks."""
_AROUND_M = 150_000.0
_LEAST_PIXELS = 40.0


def ground_of(drawn: BaseMap) -> gpd.GeoDataFrame:
    """Return land, built-up areas, green, water and railways, from the most important down.

    Parameters
    ----------
    drawn : BaseMap
        The whole base map.

    Returns
    -------
    GeoDataFrame
        EPSG:4326, with ``theme`` and ``min_zoom`` (of tiles of 512 pixels).
    """
    tables = [_land(drawn)]
    for theme in (Theme.WATER, Theme.GREEN, Theme.BUILT, Theme.RAIL, Theme.WATERWAY):
        shown = thinned(theme, drawn.tables[theme], ZOOM)
        if not len(shown):
            continue
        shapes = shown.geometry.to_numpy()
        zooms = np.full(len(shown), 9 if theme is Theme.RAIL else 11, np.int16)
        if theme in {Theme.WATER, Theme.GREEN, Theme.BUILT}:
            zooms = zoom_for_area(shapes, _LEAST_PIXELS)
        frame = gpd.GeoDataFrame({"theme": theme.value, "min_zoom": zooms}, geometry=shapes)
        tables.append(frame.set_crs(STORAGE_CRS))
    merged: gpd.GeoDataFrame = pd.concat(tables, ignore_index=True)
    merged = merged[merged["min_zoom"] <= ZOOM + 1]
    return merged.sort_values("min_zoom", kind="stable", ignore_index=True)


def _land(drawn: BaseMap) -> gpd.GeoDataFrame:
    """Return the land of the map and around it as one shape."""
    near = clipped(np.array([land_beyond(drawn.box)]), widened(drawn.box, _AROUND_M))[0]
    inside = drawn.tables[Theme.LAND].geometry.to_numpy()
    fine = shapely.simplify(inside, 0.0003)
    shape = shapely.union_all([*fine, shapely.simplify(shapely.make_valid(near), 0.002)])
    frame = gpd.GeoDataFrame({"theme": [Theme.LAND.value], "min_zoom": [0]}, geometry=[shape])
    return frame.set_crs(STORAGE_CRS)
