"""The ground under every map, drawn from our own layers: sea, land, borders and main streets."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.errors import BadInputError
from geo.text import Text
from maps.packing import pack_coordinates, pack_rings
from maps.records import Record, cell, check_crs, has_rows

STREET_RANKS: Mapping[str, int] = {
    "motorway": 0, "motorway_link": 0, "trunk": 1, "trunk_link": 1,
    "primary": 2, "primary_link": 2, "secondary": 3, "secondary_link": 3,
    "tertiary": 4, "tertiary_link": 4, "unclassified": 5, "residential": 6, "living_street": 6,
    "ferry": 7,
}  # fmt: skip
"""How important a street of an OSM ``highway`` class is on the base map; others are not drawn."""

_LAND_TOLERANCE_DEGREES = 0.0003
_STREET_TOLERANCE_DEGREES = 0.00008
_MAX_VERTICES = 250_000
_DEFAULT_BOUNDS = (119.5, 35.55, 121.4, 37.15)


def bounds_of(layers: Mapping[str, gpd.GeoDataFrame]) -> tuple[float, float, float, float]:
    """Return (west, south, east, north) degrees of the districts, else of all other layers."""
    names = ["districts"] if has_rows(layers, "districts") else list(layers)
    boxes = np.array([layers[name].total_bounds for name in names if has_rows(layers, name)])
    if not len(boxes):
        return _DEFAULT_BOUNDS
    west, south = boxes[:, :2].min(axis=0)
    east, north = boxes[:, 2:].max(axis=0)
    return float(west), float(south), float(east), float(north)


def base_map(layers: Mapping[str, gpd.GeoDataFrame]) -> Record:
    """Return what ``base_map.js`` draws: packed districts and streets.

    Parameters
    ----------
    layers : Mapping[str, GeoDataFrame]
        May hold ``districts`` (DISTRICTS columns) and ``streets`` (lines with ``class``, an OSM
        ``highway`` value, and ``name``), EPSG:4326.

    Raises
    ------
    CrsError
        If a layer is not in EPSG:4326.
    """
    return {
        "bounds": [round(edge, 5) for edge in bounds_of(layers)],
        "districts": _districts(layers["districts"]) if has_rows(layers, "districts") else [],
        "streets": _streets(layers["streets"]) if has_rows(layers, "streets") else [],
    }


def _districts(frame: gpd.GeoDataFrame) -> list[Record]:
    check_crs(frame, "districts")
    # Neighbours share their border: simplified one by one they would leave slivers of sea.
    shapes = shapely.coverage_simplify(frame.geometry.to_numpy(), _LAND_TOLERANCE_DEGREES)
    labels = shapely.maximum_inscribed_circle(shapes, tolerance=0.002)
    return [
        {
            "code": cell(frame["adcode"].iloc[row]),
            "name": cell(frame["name"].iloc[row]),
            "label": [
                round(value, 4) for value in shapely.get_coordinates(labels[row])[0].tolist()
            ],
            "rings": pack_rings(shapes[row]),
        }
        for row in range(len(frame))
    ]


def _streets(frame: gpd.GeoDataFrame) -> list[Record]:
    """Return streets grouped by rank and name, the least important left out of a big city."""
    check_crs(frame, "streets")
    if "class" not in frame.columns:
        raise BadInputError(
            Text("图层 streets 缺少 class 列。", "Layer streets lacks the column class.")
        )
    ranks = frame["class"].map(STREET_RANKS)
    shapes = frame.geometry.simplify(_STREET_TOLERANCE_DEGREES).to_numpy()
    kept = np.flatnonzero(
        ranks.notna().to_numpy() & (ranks <= _deepest_rank(ranks, shapes)).to_numpy()
    )
    names = frame["name"].tolist() if "name" in frame.columns else [None] * len(frame)
    groups: dict[tuple[int, str], list[int]] = {}
    for row in kept:
        groups.setdefault((int(ranks.iloc[row]), str(cell(names[row]) or "")), []).append(int(row))
    return [
        {"rank": rank, "name": name, "lines": _joined(shapes[rows])}
        for (rank, name), rows in sorted(groups.items())
    ]


def _deepest_rank(ranks: pd.Series[float], shapes: NDArray[np.object_]) -> int:
    vertices = shapely.get_num_coordinates(shapes)
    deepest = -1
    total = 0
    for rank in range(8):
        total += int(vertices[(ranks == rank).to_numpy()].sum())
        if total > _MAX_VERTICES:
            break
        deepest = rank
    return max(deepest, 2)


def _joined(shapes: NDArray[np.object_]) -> list[list[int]]:
    """Pack the lines of one street, end to end where they meet: fewer, longer lines draw faster."""
    parts = shapely.get_parts(shapes)
    merged = shapely.line_merge(shapely.multilinestrings(parts))
    return [
        packed
        for line in shapely.get_parts(np.array([merged]))
        if len(packed := pack_coordinates(shapely.get_coordinates(line))) > 2  # noqa: PLR2004 - one point is no line
    ]
