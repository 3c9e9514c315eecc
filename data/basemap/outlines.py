"""Borders: the outlines of areas, each line once, under the highest kind that it bounds."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from data.basemap.themes import table

ZOOMS = {"country": 4, "province": 4, "city": 6, "district": 8, "subdistrict": 11}
"""Kinds of border from the highest down, and the first zoom each is drawn at."""
_GRID_DEGREES = 1e-7
_COAST_DEGREES = 0.0012
"""A border nearer to the sea than this, some 120 m, is the coast."""


def border_lines(areas: Mapping[str, NDArray[np.object_]]) -> gpd.GeoDataFrame:
    """Return the outlines of `areas` (polygons, EPSG:4326, by kind) as the theme of borders."""
    lines: list[object] = []
    kinds: list[str] = []
    drawn: shapely.Geometry = shapely.MultiLineString()
    for kind in ZOOMS:
        shapes = areas.get(kind)
        if shapes is None or not len(shapes):
            continue
        outline = shapely.union_all(shapely.boundary(shapes), grid_size=_GRID_DEGREES)
        fresh = shapely.difference(outline, drawn, grid_size=_GRID_DEGREES)
        drawn = shapely.union(drawn, fresh, grid_size=_GRID_DEGREES)
        merged = shapely.get_parts(shapely.line_merge(fresh))
        lines += merged.tolist()
        kinds += [kind] * len(merged)
    return table(lines, kind=kinds, min_zoom=[ZOOMS[kind] for kind in kinds])


def inland(borders: gpd.GeoDataFrame, land: shapely.Geometry) -> gpd.GeoDataFrame:
    """Return the parts of `borders` on land: what runs along the coast or at sea is not drawn."""
    if not len(borders):
        return borders
    ground = shapely.buffer(shapely.simplify(land, _COAST_DEGREES / 3), -_COAST_DEGREES)
    shapely.prepare(ground)
    cut = borders.copy()
    cut["geometry"] = shapely.intersection(borders.geometry.to_numpy(), ground)
    kept: gpd.GeoDataFrame = cut[~cut.geometry.is_empty].reset_index(drop=True)
    return kept
