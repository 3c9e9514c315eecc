"""The ground from which people reach any of many places: streets, and the blocks between them.

One place's area is drawn street by street (:mod:`geo.reach.isochrones`); for all stations of a city
that takes too long to look at. Here streets are laid on a grid, so that a whole city is a second.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from geo.arrays import Flags, Floats
from geo.network.street_network import Snapped, StreetNetwork
from geo.reach.ends import arriving
from geo.reach.kernels.searching import search

CELL_M = 50.0
"""Edge of a cell of the grid."""
BLOCK_M = 700.0
"""A hole less than this across is the inside of a block, not a place out of reach."""
_STEP_M = 25.0
"""Half a cell: no cell along a street is stepped over."""
_AROUND = np.ones((3, 3), np.bool_)
_PAD = 2
"""Cells around the streets, so that blocks at the edge close."""


def node_costs(network: StreetNetwork, places: Snapped, limit: float, weight: str) -> Floats:
    """Return what the way from every node to the nearest of `places` costs, (n,), inf beyond `limit`.

    `limit` is in metres for the weight ``distance_m``, in seconds for ``time_s``.
    """
    arc_weight = network.weight(weight)[network.incoming.segment]
    node, cost, _ = arriving(network, places, weight).seeds()
    arcs = network.incoming
    found, _, _ = search(arcs.indptr, arcs.head, arc_weight, arc_weight, node, cost, cost, limit)
    return np.where(found <= limit, found, np.inf)


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """Square cells over a network, in its metres.

    Attributes
    ----------
    west_m, south_m : float
        The corner of the first cell.
    shape : tuple[int, int]
        Rows from the south, columns from the west.
    """

    west_m: float
    south_m: float
    shape: tuple[int, int]

    @classmethod
    def over(cls, network: StreetNetwork) -> Grid:
        """Return the grid that holds all streets, with room around."""
        low = np.floor(network.shape_xy_m.min(axis=0) / CELL_M) - _PAD
        high = np.ceil(network.shape_xy_m.max(axis=0) / CELL_M) + _PAD
        columns, rows = (high - low).astype(int).tolist()
        return cls(float(low[0] * CELL_M), float(low[1] * CELL_M), (rows, columns))

    def cells(self, xy_m: Floats) -> Flags:
        """Return which cells hold a point of (k, 2) metres or lie beside one, holes filled."""
        from scipy import ndimage  # noqa: PLC0415 - a fifth of a second no worker's question needs

        at = ((xy_m - [self.west_m, self.south_m]) / CELL_M).astype(np.int64)
        held = np.zeros(self.shape, np.bool_)
        held[at[:, 1], at[:, 0]] = True
        return _without_holes(ndimage.binary_dilation(held, _AROUND))

    def area(self, cells: Flags, network: StreetNetwork) -> shapely.Geometry:
        """Return the cells as one polygon or multipolygon (degrees, EPSG:4326), stairs straightened.

        It is true to about 75 m.
        """
        edge = np.diff(np.pad(cells, ((0, 0), (1, 1))).astype(np.int8), axis=1)
        row, begin = np.nonzero(edge == 1)
        end = np.nonzero(edge == -1)[1]
        west, south = self.west_m + CELL_M * begin, self.south_m + CELL_M * row
        runs = shapely.box(west, south, self.west_m + CELL_M * end, south + CELL_M)
        whole = shapely.simplify(shapely.union_all(runs), 0.8 * CELL_M)
        if whole.is_empty:
            return shapely.Polygon()
        return shapely.make_valid(shapely.transform(whole, network.to_lonlat), method="structure")


def reached_cells(
    network: StreetNetwork, grid: Grid, places: Snapped, limit: float, weight: str
) -> Flags:
    """Return the cells of `grid` from which people reach one of `places` within `limit`.

    Parameters
    ----------
    network : StreetNetwork
        One mode's streets.
    places : Snapped
        Stations or sites on it.
    limit : float
        Metres for the weight ``distance_m``, seconds for ``time_s``.
    """
    cost = node_costs(network, places, limit, weight)
    return grid.cells(_points_reached(network, cost, limit, weight))


def _points_reached(network: StreetNetwork, cost: Floats, limit: float, weight: str) -> Floats:
    """Return points along all streets from which the way costs no more than `limit`, (k, 2) metres."""
    near = np.flatnonzero(np.minimum(cost[network.start], cost[network.end]) <= limit)
    if not len(near):
        return np.empty((0, 2))
    whole = np.maximum(network.weight(weight)[near], 1e-12)
    # Towards the places: along a street to its end, or back to its start.
    to_end = np.where(network.forward[near], (limit - cost[network.end[near]]) / whole, -1.0)
    to_start = np.where(network.back[near], (limit - cost[network.start[near]]) / whole, -1.0)
    along_m, length_m = _along(network)
    steps = np.ceil(length_m[near] / _STEP_M).astype(np.int64) + 1
    owner = np.repeat(np.arange(len(near)), steps)
    number = np.arange(steps.sum()) - np.repeat(np.cumsum(steps) - steps, steps)
    share = number / np.maximum(steps[owner] - 1, 1)
    reached = (share <= to_start[owner]) | (1.0 - share <= to_end[owner])
    segment = near[owner[reached]]
    begin_m = along_m[network.shape_offset[segment]]
    place_m = begin_m + share[reached] * length_m[segment]
    return np.column_stack(
        [np.interp(place_m, along_m, network.shape_xy_m[:, axis]) for axis in (0, 1)]
    )


def _along(network: StreetNetwork) -> tuple[Floats, Floats]:
    """Return where each shape point lies along all streets laid end to end, and each length, metres."""
    step_m = np.hypot(*np.diff(network.shape_xy_m, axis=0).T)
    step_m[network.shape_offset[1:-1] - 1] = 1.0  # one street ends before the next begins
    along_m = np.concatenate([[0.0], np.cumsum(step_m)])
    first, last = network.shape_offset[:-1], network.shape_offset[1:] - 1
    return along_m, along_m[last] - along_m[first]


def _without_holes(cells: Flags) -> Flags:
    """Return the cells with holes less than `BLOCK_M` across filled."""
    from scipy import ndimage  # noqa: PLC0415 - as above

    labels, _ = ndimage.label(~cells)
    filled, most = cells.copy(), BLOCK_M / CELL_M
    for number, box in enumerate(ndimage.find_objects(labels), start=1):
        if all(side.stop - side.start < most for side in box):
            filled[box] |= labels[box] == number
    return filled
