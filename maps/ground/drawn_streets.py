"""Streets as all maps draw them, packed once: simplified, and joined where one street goes on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import pairwise

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geo.crs import STORAGE_CRS
from geo.errors import BadInputError
from geo.text import Text
from maps.ground.packing import pack_lines
from maps.records import Record, cell, check_crs

STREET_RANKS: Mapping[str, int] = {
    "motorway": 0,
    "motorway_link": 0,
    "trunk": 1,
    "trunk_link": 1,
    "primary": 2,
    "primary_link": 2,
    "secondary": 3,
    "secondary_link": 3,
    "tertiary": 4,
    "tertiary_link": 4,
    "unclassified": 5,
    "residential": 6,
    "living_street": 6,
    "ferry": 7,
}
"""How important a street of an OSM ``highway`` class is on the base map; others are not drawn."""
MOST_VERTICES = 400_000
"""The heaviest drawing of any map."""

_TOLERANCE_DEGREES = 0.00008
"""About 8 m: a pixel at zoom 14."""
_NOT_DRAWN = 8
"""A rank behind all others: classes without one."""
_MAIN_STREETS = 2
"""Up to this rank streets are drawn however many there are: without them nobody finds their way."""


def drawn_streets(
    frame: gpd.GeoDataFrame, *, max_vertices: int = MOST_VERTICES
) -> gpd.GeoDataFrame:
    """Return one row for the streets of one rank and name, the most important first.

    Parameters
    ----------
    frame : GeoDataFrame
        Lines with ``class``, an OSM ``highway`` value, and ``name`` (EPSG:4326).
    max_vertices : int
        Classes are kept from the most important down while they fit into this many.

    Returns
    -------
    GeoDataFrame
        ``rank``, ``name``, ``vertices`` before lines are joined, ``lines``: JSON of what
        :func:`maps.ground.packing.pack_lines` gives; the geometry is the box they lie in (EPSG:4326).
    """
    check_crs(frame, "streets")
    if "class" not in frame.columns:
        raise BadInputError(
            Text("图层 streets 缺少 class 列。", "Layer streets lacks the column class.")
        )
    ranks = frame["class"].map(STREET_RANKS).fillna(_NOT_DRAWN).to_numpy(dtype=np.int64)
    shapes = shapely.simplify(frame.geometry.to_numpy(), _TOLERANCE_DEGREES)
    drawn = ~(shapely.is_empty(shapes) | shapely.is_missing(shapes))
    vertices = shapely.get_num_coordinates(shapes)
    kept = np.flatnonzero(drawn & (ranks <= _deepest_rank(ranks, vertices, max_vertices)))
    names = frame["name"].tolist() if "name" in frame.columns else [None] * len(frame)
    groups: dict[tuple[int, str], list[int]] = {}
    for row, rank in zip(kept.tolist(), ranks[kept].tolist(), strict=True):
        groups.setdefault((rank, str(cell(names[row]) or "")), []).append(row)
    keys = sorted(groups)
    merged = [_joined(shapes[groups[key]]) for key in keys]
    packed = pack_lines(np.concatenate(merged)) if merged else []
    ends = np.cumsum([len(lines) for lines in merged], dtype=np.int64).tolist()
    return gpd.GeoDataFrame(
        {
            "rank": [rank for rank, _ in keys],
            "name": [name for _, name in keys],
            "vertices": [int(vertices[groups[key]].sum()) for key in keys],
            "lines": [
                json.dumps(packed[start:end], separators=(",", ":"))
                for start, end in pairwise([0, *ends])
            ],
        },
        geometry=[shapely.box(*shapely.total_bounds(lines)) for lines in merged],
        crs=STORAGE_CRS,
    )


def street_records(drawn: gpd.GeoDataFrame, max_vertices: int) -> list[Record]:
    """Return what ``base_map.js`` draws, the least important left out of a big city."""
    ranks = drawn["rank"].to_numpy(dtype=np.int64)
    shown = drawn[ranks <= _deepest_rank(ranks, drawn["vertices"].to_numpy(), max_vertices)]
    columns = (shown["rank"].tolist(), shown["name"].tolist(), shown["lines"].tolist())
    return [
        {"rank": rank, "name": name, "lines": json.loads(lines)}
        for rank, name, lines in zip(*columns, strict=True)
    ]


def _deepest_rank(ranks: NDArray[np.int64], vertices: NDArray[np.int64], most: int) -> int:
    """Return the least important rank with which the drawing stays light; at least main streets."""
    held = np.bincount(ranks, vertices, minlength=_NOT_DRAWN + 1)
    fitting = np.flatnonzero(np.cumsum(held[:_NOT_DRAWN]) <= most)
    return max(int(fitting[-1]) if len(fitting) else 0, _MAIN_STREETS)


def _joined(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Join the lines of one street where they meet: fewer, longer lines draw faster."""
    lines = shapely.multilinestrings(shapely.get_parts(shapes))
    merged: NDArray[np.object_] = shapely.get_parts(np.array([shapely.line_merge(lines)]))
    return merged
