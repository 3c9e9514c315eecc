"""What searches need of a network and only its streets decide: made once, kept with them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.arrays import Floats, Ints32
from geo.network.edge_grid import EdgeGrid
from geo.network.street_hierarchy import ArcCosts, Hierarchy


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """The parts of a network's grid, hierarchy and travel times, as flat arrays.

    Attributes
    ----------
    shape_xy_m : (k, 2) float64
        Vertices in metres, the network's metric CRS.
    cell_begin, cell_piece, corner : (cells + 1,) int32, (c,) int32, (5,) float64
        The grid, and its west, south, cell size (metres), columns and rows.
    first, upper, depth : (n + 1,) int64, (a,) int32, (n,) int32
        The hierarchy.
    up, down, up_other, down_other : (a,) float64
        Its arcs' seconds, and the metres along them.
    """

    shape_xy_m: Floats
    cell_begin: Ints32
    cell_piece: Ints32
    corner: Floats
    first: NDArray[np.int64]
    upper: Ints32
    depth: Ints32
    up: Floats
    down: Floats
    up_other: Floats
    down_other: Floats

    @classmethod
    def of(cls, shape_xy_m: Floats, grid: EdgeGrid, tree: Hierarchy, time_s: ArcCosts) -> Prepared:
        """Take apart what was made for a network."""
        corner = np.array([grid.west, grid.south, grid.size_m, grid.columns, grid.rows])
        return cls(
            shape_xy_m=shape_xy_m,
            cell_begin=grid.begin,
            cell_piece=grid.piece,
            corner=corner,
            first=tree.first,
            upper=tree.upper,
            depth=tree.depth,
            up=time_s.up,
            down=time_s.down,
            up_other=time_s.up_other,
            down_other=time_s.down_other,
        )

    def grid(self, shape_offset: NDArray[np.int64]) -> EdgeGrid:
        """Return the grid over the streets whose vertices begin at `shape_offset`, (m + 1,)."""
        west, south, size_m, columns, rows = self.corner.tolist()
        return EdgeGrid(
            begin=self.cell_begin,
            piece=self.cell_piece,
            west=west,
            south=south,
            size_m=size_m,
            columns=int(columns),
            rows=int(rows),
            shape_offset=shape_offset,
            xy_m=self.shape_xy_m,
        )

    @property
    def hierarchy(self) -> Hierarchy:
        """The hierarchy."""
        return Hierarchy(self.first, self.upper, self.depth)

    @property
    def time_s(self) -> ArcCosts:
        """The hierarchy's costs by time."""
        return ArcCosts(self.up, self.down, self.up_other, self.down_other)
