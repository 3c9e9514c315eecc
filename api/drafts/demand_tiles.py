"""Where workers are who have no station, as bubbles cut into vector tiles.

A tile holds at most a bubble for each of its cells, so that a city of a hundred thousand demand
points costs the map no more than one of a thousand. Nearer by, cells are smaller than houses apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import shapely
from numpy.typing import NDArray

from api.ogc.tile_encoding import EXTENT, Tile, TileFeature, encode_tile
from api.ogc.tiling import MAX_ZOOM, tile_corner
from geo.arrays import Floats
from geo.study.served_week import ServedWeek

LAYER = "demand"
"""Of the tiles."""
DEEPEST = 14
"""Zoom of the tiles that maps draw larger beyond it."""
_CELLS = 32
"""Along a tile's edge: a bubble every 16 pixels."""
_CELLS_NEAR = 512
"""The same at the deepest zoom, where every concentration has its own bubble."""
_FIELDS = ("workers", "left_now", "left", "size")


@dataclass(frozen=True, slots=True, eq=False)
class Bubbles:
    """Workers added up cell by cell of one zoom.

    Attributes
    ----------
    x, y : (c,) float64
        The middle of each cell's workers, in parts of the Web Mercator world from its north-west.
    there, left_now, left : (c,) float64
        Workers, those without a station as things stand, and with the plan.
    """

    x: Floats
    y: Floats
    there: Floats
    left_now: Floats
    left: Floats

    @property
    def size(self) -> Floats:
        """How wide each bubble is drawn beside the widest, from 0 to 1: areas are workers."""
        size: Floats = np.sqrt(self.there / self.there.max(initial=1.0))
        return size


def demand_tile(
    served: ServedWeek, place: tuple[int, int, int], hour: int | None, group: str, district: str
) -> Tile:
    """Return the tile at zoom, column, row: who is there at `hour`, and who of them lacks a station.

    Its points carry ``workers``, ``left_now`` and ``left`` (without a station now, and with the
    plan) and ``size`` (0 to 1, among the bubbles of that zoom).

    Raises
    ------
    BadInputError
        If there is no such tile.
    """
    zoom, column, row = place
    tile_corner(zoom, column, row)
    found = bubbles(served, min(zoom, MAX_ZOOM), hour, group, district)
    units = (1 << zoom) * EXTENT
    x, y = found.x * units - column * EXTENT, found.y * units - row * EXTENT
    here = np.flatnonzero((x >= 0) & (x < EXTENT) & (y >= 0) & (y < EXTENT))
    here = here[np.argsort(-found.there[here], kind="stable")]  # the small are drawn on the large
    values = np.column_stack([found.there, found.left_now, found.left, found.size])[here]
    points = [shapely.Point(*at) for at in np.floor(np.column_stack([x, y])[here]).tolist()]
    features = [
        TileFeature(int(number), point, dict(zip(_FIELDS, row, strict=True)))
        for number, point, row in zip(here, points, np.round(values, 3).tolist(), strict=True)
    ]
    return encode_tile(LAYER, features, frozenset(_FIELDS))


@lru_cache(maxsize=32)
def bubbles(served: ServedWeek, zoom: int, hour: int | None, group: str, district: str) -> Bubbles:
    """Add up the workers of each cell; those of one group or district alone where asked."""
    chosen = served.of(group, district)
    there, before, after = (values[chosen] for values in served.unserved(hour))
    x, y = world_of(served.lonlat[chosen])
    cells = (1 << zoom) * (_CELLS if zoom < DEEPEST else _CELLS_NEAR)
    key = np.floor(x * cells).astype(np.int64) * cells + np.floor(y * cells).astype(np.int64)
    _, cell = np.unique(key, return_inverse=True)

    def added(values: Floats) -> Floats:
        sums: Floats = np.bincount(cell, values).astype(np.float64)
        return sums

    total = added(there)
    some = total > 0
    middle = [added(at * there)[some] / total[some] for at in (x, y)]
    return Bubbles(middle[0], middle[1], total[some], added(before)[some], added(after)[some])


def world_of(lonlat: NDArray[np.float64]) -> tuple[Floats, Floats]:
    """Return degrees (EPSG:4326) in parts of the Web Mercator world, from its north-west."""
    x: Floats = lonlat[:, 0] / 360.0 + 0.5
    y: Floats = 0.5 - np.arcsinh(np.tan(np.radians(lonlat[:, 1]))) / (2 * np.pi)
    return x, y
