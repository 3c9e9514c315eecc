"""The nearest street of a place, exact: a uniform grid over the straight pieces of all streets.

Chosen over shapely's STRtree, whose exact distances cost a call into GEOS each, and over osmnx's
``nearest_edges``, which builds its tree anew for every call: 100,000 points take 0.09 s on 145,000
streets and 0.25 s on 294,000 curved ones, osmnx 4 s and 14 s (``tests/benchmarks/reach.py``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.arrays import Floats, seal, sealed
from geo.network.kernels.grid import fill, snap_all, snap_one

_MOST_A_SIDE = 20_000
"""Cells along a side at most, chosen: few streets in a wide box must not take all memory."""
_CELLS_PER_PIECE = 4
"""Chosen by trial: few pieces a cell, and few empty cells."""
_Cells = tuple[
    NDArray[np.int32], NDArray[np.int32], float, float, float, int, int, NDArray[np.int64], Floats
]


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeGrid:
    """Straight pieces of street by the cells they cross.

    Attributes
    ----------
    begin, piece : (cells + 1,) int32, (c,) int32
        Pieces of each cell, row by row; a piece is named by its first vertex.
    west, south, size_m : float
        Corner of the grid and side of its cells, metres.
    columns, rows : int
        Cells across and up.
    shape_offset, xy_m : (m + 1,) int64, (k, 2) float64
        The streets' vertices in metres.
    """

    begin: NDArray[np.int32]
    piece: NDArray[np.int32]
    west: float
    south: float
    size_m: float
    columns: int
    rows: int
    shape_offset: NDArray[np.int64]
    xy_m: Floats

    def __post_init__(self) -> None:
        """Seal the arrays, see :func:`geo.arrays.sealed`."""
        seal(self)

    @classmethod
    def build(
        cls, shape_offset: NDArray[np.int64], xy_m: Floats, used: NDArray[np.bool_]
    ) -> EdgeGrid:
        """Put the pieces of the streets that are `used` (m, bool) into cells."""
        xy_m, shape_offset, used = sealed(xy_m), sealed(shape_offset), sealed(used)
        kept = xy_m[np.repeat(used, np.diff(shape_offset))]
        if len(kept) == 0:
            kept = np.zeros((1, 2))
        (west, south), (east, north) = kept.min(axis=0), kept.max(axis=0)
        width, height = max(east - west, 1.0), max(north - south, 1.0)
        size = max(
            np.sqrt(width * height / (_CELLS_PER_PIECE * len(kept))),
            max(width, height) / _MOST_A_SIDE,
        )
        columns, rows = int(width / size) + 1, int(height / size) + 1
        begin, piece = fill(xy_m, shape_offset, used, west, south, size, columns, rows)
        return cls(
            begin=begin,
            piece=piece,
            west=float(west),
            south=float(south),
            size_m=float(size),
            columns=columns,
            rows=rows,
            shape_offset=shape_offset,
            xy_m=xy_m,
        )

    def snap(self, xy_m: Floats, limit_m: float) -> tuple[NDArray[np.int32], Floats, Floats]:
        """Return street (-1 beyond `limit_m`), position along it and distance in metres, (n,)."""
        street, fraction, distance_m = snap_all(*self._cells, xy_m, limit_m)
        return street, fraction, distance_m

    def snap_one(self, x_m: float, y_m: float, limit_m: float) -> tuple[int, float, float]:
        """Return the same of one place: a live question is no array."""
        street, fraction, distance_m = snap_one(*self._cells, x_m, y_m, limit_m)
        return street, fraction, distance_m

    @property
    def _cells(self) -> _Cells:
        return (
            self.begin,
            self.piece,
            self.west,
            self.south,
            self.size_m,
            self.columns,
            self.rows,
            self.shape_offset,
            self.xy_m,
        )
