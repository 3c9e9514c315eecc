"""The ground under every map, drawn from our own layers: sea, land, borders and main streets."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from itertools import pairwise

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geo.errors import BadInputError
from geo.layers.districts import districts_only
from geo.text import Text
from maps.packing import pack_lines, pack_rings
from maps.records import Record, cell, check_crs, has_rows

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

_LAND_TOLERANCE_DEGREES = 0.0003
_STREET_TOLERANCE_DEGREES = 0.00008
_MAX_VERTICES = 400_000
_NOT_DRAWN = 8
_MAIN_STREETS = 2
_GROUND_SHARE = 4
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


def base_map(
    layers: Mapping[str, gpd.GeoDataFrame],
    *,
    max_vertices: int = _MAX_VERTICES,
    credit: Text | None = None,
) -> Record:
    """Return what ``base_map.js`` draws: packed districts and streets.

    Parameters
    ----------
    layers : Mapping[str, GeoDataFrame]
        May hold ``districts`` (DISTRICTS columns) and ``streets`` (lines with ``class``, an OSM
        ``highway`` value, and ``name``) and ``ground`` (``theme``: land, built, green, water,
        waterway, rail; ``min_zoom``; the most important first), EPSG:4326.
    max_vertices : int
        Street classes are kept from the most important down while they fit into this many.
    credit : Text | None
        Whom the map names for the streets; None where they are invented.

    Raises
    ------
    CrsError
        If a layer is not in EPSG:4326.
    """
    return {
        "credit": credit,
        "bounds": [round(edge, 5) for edge in bounds_of(layers)],
        "districts": _districts(districts_only(layers["districts"]))
        if has_rows(layers, "districts")
        else [],
        "streets": _packed(_Same(layers["streets"]), max_vertices)
        if has_rows(layers, "streets")
        else [],
        "ground": _ground(layers["ground"], max_vertices // _GROUND_SHARE)
        if has_rows(layers, "ground")
        else [],
    }


def _ground(frame: gpd.GeoDataFrame, most: int) -> list[Record]:
    """Return what lies around, packed, from the most important on while it stays light."""
    check_crs(frame, "ground")
    shapes = frame.geometry.to_numpy()
    kept = np.flatnonzero(np.cumsum(shapely.get_num_coordinates(shapes)) <= most)
    themes, zooms = frame["theme"].tolist(), frame["min_zoom"].tolist()
    return [
        {
            "theme": themes[row],
            "from": zooms[row],
            "shape": pack_rings(shapes[row])
            if shapely.get_dimensions(shapes[row]) == 2  # noqa: PLR2004
            else pack_lines([shapes[row]]),
        }
        for row in kept.tolist()
    ]


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


class _Same:
    """A frame that equals itself only: what was drawn of it need not be drawn again."""

    def __init__(self, frame: gpd.GeoDataFrame) -> None:
        self.frame = frame

    def __eq__(self, other: object) -> bool:
        """Return whether both hold the very same frame."""
        return isinstance(other, _Same) and other.frame is self.frame

    def __hash__(self) -> int:
        """Return a number of the frame itself, whatever it holds."""
        return id(self.frame)


def draw_streets(streets: gpd.GeoDataFrame, max_vertices: int) -> None:
    """Draw the streets of a base map that will be asked for."""
    _packed(_Same(streets), max_vertices)


@lru_cache(maxsize=2)
def _packed(streets: _Same, max_vertices: int) -> list[Record]:
    """Return the streets as they are drawn; a plan published again finds them drawn already."""
    return _streets(streets.frame, max_vertices)


def _streets(frame: gpd.GeoDataFrame, max_vertices: int) -> list[Record]:
    """Return streets grouped by rank and name, the least important left out of a big city."""
    check_crs(frame, "streets")
    if "class" not in frame.columns:
        raise BadInputError(
            Text("图层 streets 缺少 class 列。", "Layer streets lacks the column class.")
        )
    ranks = frame["class"].map(STREET_RANKS).fillna(_NOT_DRAWN).to_numpy(dtype=np.int64)
    shapes = shapely.simplify(frame.geometry.to_numpy(), _STREET_TOLERANCE_DEGREES)
    drawn = ~(shapely.is_empty(shapes) | shapely.is_missing(shapes))
    kept = np.flatnonzero(drawn & (ranks <= _deepest_rank(ranks, shapes, max_vertices)))
    names = frame["name"].tolist() if "name" in frame.columns else [None] * len(frame)
    groups: dict[tuple[int, str], list[int]] = {}
    for row, rank in zip(kept.tolist(), ranks[kept].tolist(), strict=True):
        groups.setdefault((rank, str(cell(names[row]) or "")), []).append(row)
    keys = sorted(groups)
    merged = [_joined(shapes[groups[key]]) for key in keys]
    packed = pack_lines(np.concatenate(merged)) if merged else []
    ends = np.cumsum([len(lines) for lines in merged]).tolist()
    return [
        {"rank": rank, "name": name, "lines": packed[start:end]}
        for (rank, name), (start, end) in zip(keys, pairwise([0, *ends]), strict=True)
    ]


def _deepest_rank(ranks: NDArray[np.int64], shapes: NDArray[np.object_], most: int) -> int:
    """Return the least important rank with which the drawing stays light; at least main streets."""
    vertices = np.bincount(ranks, shapely.get_num_coordinates(shapes), minlength=_NOT_DRAWN + 1)
    fitting = np.flatnonzero(np.cumsum(vertices[:_NOT_DRAWN]) <= most)
    return max(int(fitting[-1]) if len(fitting) else 0, _MAIN_STREETS)


def _joined(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Join the lines of one street where they meet: fewer, longer lines draw faster."""
    lines = shapely.multilinestrings(shapely.get_parts(shapes))
    merged: NDArray[np.object_] = shapely.get_parts(np.array([shapely.line_merge(lines)]))
    return merged
