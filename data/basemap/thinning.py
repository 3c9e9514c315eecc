"""What of a theme is drawn at one zoom, and how finely; and all of it, for a map in one file."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from data.basemap.beyond import land_beyond
from data.basemap.themes import (
    DEEPEST_ZOOM,
    FIELDS,
    BaseMap,
    Theme,
    clipped,
    degrees_per_pixel,
    zoom_for_area,
)
from geo.crs import STORAGE_CRS, covering_box

GROUND_ZOOM = 12
"""As fine as the map in a single file is drawn: larger zooms are for streets and marks."""
_FINE_DEGREES, _ROUGH_DEGREES = 0.0003, 0.002
"""How far a coast may move in the file, some 30 m, and one beyond the map, some 200 m."""
_LABEL_SHAPE = 0.8
"""Height of the cell a label has to itself, over its width: names are wider than high."""
_AROUND_M = 150_000.0
"""Chosen: as far as the map in a file can be moved."""
_LEAST_PIXELS = 40.0
"""Square pixels: a smaller area is a speck."""
_TOLERANCE_PIXELS = 0.7
"""Less than a pixel, so that no bend is seen to go."""
_LEAST_LINE_PIXELS = 3.0
"""A shorter line is a speck."""
_NAMED_FROM = 12
"""Lines carry names from this zoom on; before, lines of one kind are joined whatever their name."""
_NUMBERED_FROM = 8
"""Roads carry numbers from this zoom on: chosen as their shields have room."""
_MOST_VERTICES = 400
"""Of one polygon in a tile; heavier ones are cut, or phones stutter."""
_OVERLAP = 1 / 16
"""Of a piece's width, so that no seam shows."""
_LINES = frozenset({Theme.WATERWAY, Theme.STREET, Theme.RAIL, Theme.BORDER})
_POINTS = frozenset({Theme.PLACE, Theme.POI})
_GATHERED = {Theme.PLACE: 96, Theme.POI: 48}
"""Pixels within which only the first label by rank is kept, except at the deepest zoom."""


def thinned(
    theme: Theme, frame: gpd.GeoDataFrame, zoom: int, *, deepest: int = DEEPEST_ZOOM
) -> gpd.GeoDataFrame:
    """Return what `zoom` shows of a theme's table, with the theme's `FIELDS`.

    Polygons are simplified to 0.7 pixels and left out when they cover less than some pixels; lines
    that run on under one name are joined; of labels too close together the first by rank stays.
    At the `deepest` zoom everything is there, as fine as it was read.
    """
    whole = zoom >= deepest
    shown = frame if whole else frame[frame["min_zoom"] <= zoom]
    if theme in _POINTS:
        kept = shown.sort_values("rank", kind="stable")
        kept = kept if whole else _apart(kept, zoom, _GATHERED[theme])
        return kept[[*FIELDS[theme], "geometry"]]
    if theme in _LINES:
        return _lines(theme, shown, zoom, whole=whole)
    return _areas(theme, shown, zoom, whole=whole)


def _areas(theme: Theme, frame: gpd.GeoDataFrame, zoom: int, *, whole: bool) -> gpd.GeoDataFrame:
    shapes = frame.geometry.to_numpy()
    if not whole and len(shapes):
        shapes = shapely.simplify(shapes, degrees_per_pixel(zoom) * _TOLERANCE_PIXELS)
    rows = np.arange(len(shapes))
    rows, shapes = _cut(rows, shapes, zoom)
    kept = ~(shapely.is_empty(shapes) | shapely.is_missing(shapes))
    if theme is Theme.LAND and len(shapes):
        dots = shapely.get_dimensions(shapes) == 2  # noqa: PLR2004
        kept &= dots & (zoom_for_area(shapes, 2.0) <= zoom)
    thin = frame.iloc[rows[kept]][[*FIELDS[theme]]]
    return gpd.GeoDataFrame(
        thin.reset_index(drop=True), geometry=gpd.GeoSeries(shapes[kept]), crs=frame.crs
    )


def _cut(
    rows: NDArray[np.int64], shapes: NDArray[np.object_], zoom: int
) -> tuple[NDArray[np.int64], NDArray[np.object_]]:
    """Cut polygons of very many vertices along a grid of tiles, so that each tile's share is small.

    The pieces overlap a little: where they meet no seam shows.
    """
    parts, owner = shapely.get_parts(shapes, return_index=True)
    heavy = shapely.get_num_coordinates(parts) > _MOST_VERTICES
    if not heavy.any():
        return rows[owner], parts
    found_rows, found = [rows[owner[~heavy]]], [parts[~heavy]]
    step = 360 / 2 ** max(zoom - 1, 0)
    for shape, row in zip(parts[heavy], rows[owner[heavy]], strict=True):
        pieces = _pieces(shape, step)
        found.append(pieces)
        found_rows.append(np.full(len(pieces), row))
    return np.concatenate(found_rows), np.concatenate(found)


def _pieces(shape: shapely.Geometry, step: float) -> NDArray[np.object_]:
    """Return `shape` cut into squares of `step` degrees, by halves, so that each cut is cheap."""
    west, south, east, north = shapely.bounds(shape).tolist()
    wide, high = east - west, north - south
    if max(wide, high) <= step or shapely.get_num_coordinates(shape) <= _MOST_VERTICES // 4:
        return shapely.get_parts(np.array([shape]))
    over = step * _OVERLAP
    if wide >= high:
        middle = (west + east) / 2
        halves = [(west, south, middle + over, north), (middle - over, south, east, north)]
    else:
        middle = (south + north) / 2
        halves = [(west, south, east, middle + over), (west, middle - over, east, north)]
    sound = np.array([shapely.make_valid(shape)])
    cut = np.concatenate([clipped(sound, half) for half in halves])
    parts = shapely.get_parts(shapely.get_parts(cut))
    kept = [part for part in parts if shapely.get_dimensions(part) == 2]  # noqa: PLR2004
    if not kept:
        return np.empty(0, object)
    return np.concatenate([_pieces(part, step) for part in kept])


def _lines(theme: Theme, frame: gpd.GeoDataFrame, zoom: int, *, whole: bool) -> gpd.GeoDataFrame:
    fields = [*FIELDS[theme]]
    told = frame[[*fields, "geometry"]].copy()
    hidden = [] if zoom >= _NAMED_FROM else ["name", "name_en"]
    if zoom < _NUMBERED_FROM:
        hidden.append("ref")
    for column in set(hidden) & set(fields):
        told[column] = None
    if zoom < _NAMED_FROM and "level" in fields:
        told["level"] = 0
    groups = told.groupby(fields, dropna=False, sort=False).indices
    shapes = told.geometry.to_numpy()
    joined, firsts = [], []
    for rows in groups.values():
        merged = shapely.get_parts(
            shapely.line_merge(shapely.multilinestrings(_parts(shapes[rows])))
        )
        joined.append(merged)
        firsts.append(np.full(len(merged), rows[0]))
    if not joined:
        return told
    lines, first = np.concatenate(joined), np.concatenate(firsts)
    if not whole:
        pixel = degrees_per_pixel(zoom)
        lines = shapely.simplify(lines, pixel * _TOLERANCE_PIXELS)
        kept = shapely.length(lines) > pixel * _LEAST_LINE_PIXELS
        lines, first = lines[kept], first[kept]
    rows = told.iloc[first][fields].reset_index(drop=True)
    return gpd.GeoDataFrame(rows, geometry=gpd.GeoSeries(lines), crs=frame.crs)


def _parts(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    parts = shapely.get_parts(shapes)
    kept: NDArray[np.object_] = parts[shapely.get_dimensions(parts) == 1]
    return kept


def _apart(labels: gpd.GeoDataFrame, zoom: int, pixels: float) -> gpd.GeoDataFrame:
    """Return at most one label in a cell of so many pixels: the first."""
    if not len(labels):
        return labels
    cell = degrees_per_pixel(zoom) * pixels
    at = shapely.get_coordinates(labels.geometry.to_numpy()) / [cell, cell * _LABEL_SHAPE]
    _, first = np.unique(np.floor(at).astype(np.int64), axis=0, return_index=True)
    return labels.iloc[np.sort(first)]


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
        shown = thinned(theme, drawn.tables[theme], GROUND_ZOOM)
        if not len(shown):
            continue
        shapes = shown.geometry.to_numpy()
        zooms = np.full(len(shown), 9 if theme is Theme.RAIL else 11, np.int16)
        if theme in {Theme.WATER, Theme.GREEN, Theme.BUILT}:
            zooms = zoom_for_area(shapes, _LEAST_PIXELS)
        frame = gpd.GeoDataFrame({"theme": theme.value, "min_zoom": zooms}, geometry=shapes)
        tables.append(frame.set_crs(STORAGE_CRS))
    merged: gpd.GeoDataFrame = pd.concat(tables, ignore_index=True)
    merged = merged[merged["min_zoom"] <= GROUND_ZOOM + 1]
    return merged.sort_values("min_zoom", kind="stable", ignore_index=True)


def _land(drawn: BaseMap) -> gpd.GeoDataFrame:
    """Return the land of the map and around it as one shape."""
    near = clipped(np.array([land_beyond(drawn.box)]), covering_box(drawn.box, _AROUND_M))[0]
    inside = drawn.tables[Theme.LAND].geometry.to_numpy()
    fine = shapely.simplify(inside, _FINE_DEGREES)
    shape = shapely.union_all([*fine, shapely.simplify(shapely.make_valid(near), _ROUGH_DEGREES)])
    frame = gpd.GeoDataFrame({"theme": [Theme.LAND.value], "min_zoom": [0]}, geometry=[shape])
    return frame.set_crs(STORAGE_CRS)
