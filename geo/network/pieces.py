"""Which streets hang together: the pieces one can go round in, and the crumbs beside them.

A piece is a strongly connected part of one mode's streets: from anywhere in it one gets anywhere
in it and back. For walkers that is every island, peninsula or bank of a river without a bridge;
for drivers also what one-way streets lead into but not out of. Reach is per piece: a point lies on
the nearest street of any piece that is kept, and from one piece to another there is a way only
where the streets (a ferry is one) have it.

Some pieces are none on the ground: a path drawn a few metres short of the street it meets. These
crumbs are not kept, so that who stands there is put onto the street beside.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.arrays import Flags, Floats, Ints32
from geo.network.edge_grid import EdgeGrid

SUBSTANCE_M = 1000.0
"""A piece with so many metres of street is kept wherever it lies: it is about what one walks in the
quarter of an hour that most analyses ask about, so people there may live, work and find a station
without leaving it."""
CRUMB_M = 100.0
"""A shorter piece is left out only if no part of it lies farther than this from a piece of substance:
then a gap in the drawing is likelier than water or a wall, and nobody is moved farther. A small
island or a hut's path up the mountain is farther away, and kept."""
NO_RETURN = -1
"""Stands for a piece where one cannot come back: a one-way street from one piece into another."""
NO_STREET = -2
"""Stands for a piece at what :func:`geo.network.turns.obey_turns` adds to the streets."""
_STEP_M = 20.0
"""How far apart the places are at which a short piece is held against the others."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces of a network, longest first.

    Attributes
    ----------
    of_segment : (m,) int32
        Piece of each segment, `NO_RETURN` and `NO_STREET` where it belongs to none.
    length_m : (p,) float64
        Metres of street in each piece, falling.
    """

    of_segment: Ints32
    length_m: Floats

    @classmethod
    def find(
        cls,
        n_nodes: int,
        ends: tuple[Ints32, Ints32],
        ways: tuple[Flags, Flags],
        length_m: Floats,
        streets: int,
    ) -> Pieces:
        """Find the pieces.

        Parameters
        ----------
        n_nodes : int
            Number of nodes.
        ends : (start, end)
            Nodes of each segment, (m,) int32 each.
        ways : (forward, back)
            Whether each may be used from start to end, and from end to start, (m,) bool each.
        length_m : (m,) float64
            Length of each.
        streets : int
            How many segments are streets; the lanes and connectors after them belong to no piece.
        """
        from scipy.sparse import coo_matrix  # noqa: PLC0415 - only compiling needs it
        from scipy.sparse.csgraph import connected_components  # noqa: PLC0415 - as above

        (start, end), (forward, back) = ends, ways
        tail = np.concatenate([start[forward], end[back]])
        head = np.concatenate([end[forward], start[back]])
        graph = coo_matrix((np.ones(len(tail), np.int8), (tail, head)), (n_nodes, n_nodes))
        _, part = connected_components(graph.tocsr(), directed=True, connection="strong")
        inside = part[start] == part[end]
        inside[streets:] = False
        parts, number = np.unique(part[start[inside]], return_inverse=True)
        total_m = np.bincount(number, length_m[inside], len(parts))
        rank = np.empty(len(parts), np.int32)
        rank[np.argsort(-total_m, kind="stable")] = np.arange(len(parts))
        of_segment = np.full(len(start), NO_RETURN, np.int32)
        of_segment[streets:] = NO_STREET
        of_segment[inside] = rank[number]
        return cls(of_segment, np.sort(total_m)[::-1].astype(np.float64))

    def among(self, chosen: Flags) -> Flags:
        """Return which segments belong to one of the `chosen` pieces, (p,) bool; (m,) bool."""
        if not len(chosen):
            return np.zeros(len(self.of_segment), np.bool_)
        inside: Flags = (self.of_segment >= 0) & chosen[np.maximum(self.of_segment, 0)]
        return inside

    def kept(self, shape_offset: NDArray[np.int64], xy_m: Floats) -> Flags:
        """Return which pieces are kept, (p,): the longest, those of substance, those far from them.

        Parameters
        ----------
        shape_offset, xy_m : (m + 1,) int64, (k, 2) float64
            Vertices of the segments in metres.
        """
        kept = self.length_m >= SUBSTANCE_M
        kept[:1] = True
        if kept.all():
            return kept
        piece = np.repeat(self.of_segment, np.diff(shape_offset))
        grid = EdgeGrid.build(shape_offset, xy_m, self.among(kept))
        short = (piece >= 0) & ~kept[piece]
        places, owner = _dense(xy_m, piece, short, shape_offset)
        street, _, _ = grid.snap(places, CRUMB_M)
        kept[owner[street < 0]] = True
        return kept


def _dense(
    xy_m: Floats, piece: Ints32, chosen: Flags, shape_offset: NDArray[np.int64]
) -> tuple[Floats, Ints32]:
    """Return places along the lines whose vertices are `chosen`, `_STEP_M` apart, and their pieces."""
    goes_on = chosen.copy()
    goes_on[shape_offset[1:] - 1] = False
    first = np.flatnonzero(goes_on)
    step = xy_m[first + 1] - xy_m[first]
    count = np.ceil(np.hypot(*step.T) / _STEP_M).astype(np.int64).clip(1)
    row = np.repeat(np.arange(len(first)), count)
    along = (np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)) / count[row]
    places = np.concatenate([xy_m[first[row]] + along[:, None] * step[row], xy_m[chosen]])
    return places, np.concatenate([piece[first[row]], piece[chosen]])
