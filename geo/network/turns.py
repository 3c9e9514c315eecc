"""Banned turns, without turning the whole graph from nodes into edges.

A search goes from node to node, so a junction with a banned turn is taken apart: whoever arrives
by a street and whoever leaves by one gets a node of their own, and connectors of length zero join
the arrivals to the departures allowed. The last metres of a two-way street become two one-way
lanes there, for otherwise one could slip from departure to arrival and so around the ban; turning
round beyond the lanes stays possible. Only such junctions grow. In Helsinki 67 banned turns
change a quarter of the drive times between 100 places and lengthen them by 6 % on average
(``tests/benchmarks/streets.py``); expanding every edge, at more than twice the nodes, came within
0.4 % of the same times.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.arrays import Floats
from geo.network.pieces import NO_STREET
from geo.network.street_network import StreetNetwork

_LANE_M = 20.0
"""How far before a junction a banned turn takes hold: as long as a turning lane."""
_START, _END = 0, 1
"""Sides of a segment."""

End = tuple[int, int]


def obey_turns(network: StreetNetwork, banned: NDArray[np.int64]) -> StreetNetwork:
    """Return the network in which no `banned` turn can be made.

    Lanes and connectors come after the segments there were and are not marked `reachable`, so
    that no point is snapped onto one.

    Parameters
    ----------
    network : StreetNetwork
        Segments as they are.
    banned : (b, 4) int64
        Turns as (segment, end, segment, end), 0 for a start and 1 for an end.
    """
    if len(banned) == 0:
        return network
    draft = _Draft(old=network)
    ends = np.stack([network.start, network.end])
    ruled = np.unique(ends[banned[:, 1], banned[:, 0]])
    forbidden = {((row[0], row[1]), (row[2], row[3])) for row in banned.tolist()}
    meeting: dict[int, list[End]] = {node: [] for node in ruled.tolist()}
    for side, segment in np.argwhere(np.isin(ends, ruled)).tolist():
        meeting[int(ends[side, segment])].append((segment, side))
    for node, here in meeting.items():
        arrivals, departures = draft.separate(node, here)
        for one, origin in arrivals.items():
            for other, target in departures.items():
                if one != other and (one, other) not in forbidden:
                    draft.add(one[0], origin, target, draft.place(node).repeat(2, axis=0))
    return draft.network()


@dataclass(kw_only=True)
class _Draft:
    """A network while lanes and connectors are added to it."""

    old: StreetNetwork
    ends: NDArray[np.int32] = field(init=False)
    kept: Floats = field(init=False)
    """Part of each segment before and after which lanes begin, (2, m) from 0 to 1."""
    nodes: list[Floats] = field(default_factory=list)
    rows: list[tuple[int, int, int, float]] = field(default_factory=list)
    """Segment each new one is part of, its start, its end, and its share of the length."""
    shapes: list[Floats] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Begin with the segments as they are."""
        self.ends = np.stack([self.old.start, self.old.end])
        self.kept = np.tile([[0.0], [1.0]], len(self.old.start))

    def place(self, node: int) -> Floats:
        """Return a node's position, (1, 2) lon/lat."""
        return self.old.node_lonlat[node : node + 1]

    def separate(self, node: int, here: list[End]) -> tuple[dict[End, int], dict[End, int]]:
        """Give every end at `node` its own nodes; return those of arrivals and of departures."""
        arrivals, departures = {}, {}
        for segment, side in here:
            flags = self.old.back[segment], self.old.forward[segment]
            arrives, leaves = flags[side], flags[1 - side]
            if arrives:
                arrivals[segment, side] = self.new_node(self.place(node))
            if leaves:
                departures[segment, side] = self.new_node(self.place(node))
            if arrives and leaves:
                self.lanes(segment, side, arrivals[segment, side], departures[segment, side])
            else:
                only = arrivals if arrives else departures
                self.ends[side, segment] = only[segment, side]
        return arrivals, departures

    def lanes(self, segment: int, side: int, arrival: int, departure: int) -> None:
        """Make the last metres of a two-way segment two lanes."""
        share = min(1 / 3, _LANE_M / max(self.old.length_m[segment], 1e-9))
        self.kept[side, segment] = share if side == _START else 1 - share
        line = _part(self.shape(segment), *((0.0, share) if side == _START else (1 - share, 1.0)))
        inward = line[::-1] if side == _START else line
        fork = self.new_node(inward[:1])
        self.ends[side, segment] = fork
        self.add(segment, fork, arrival, inward, share)
        self.add(segment, departure, fork, inward[::-1], share)

    def new_node(self, place: Floats) -> int:
        """Add a node and return its number."""
        self.nodes.append(place)
        return self.old.n_nodes + len(self.nodes) - 1

    def add(self, segment: int, start: int, end: int, shape: Floats, share: float = 0.0) -> None:
        """Add a one-way piece of `segment`."""
        self.rows.append((segment, start, end, share))
        self.shapes.append(shape)

    def shape(self, segment: int) -> Floats:
        """Return a segment's vertices."""
        first, last = self.old.shape_offset[segment : segment + 2]
        return self.old.shape_lonlat[first:last]

    def network(self) -> StreetNetwork:
        """Return the network with everything added."""
        old = self.old
        segment, start, end, share = (np.array(column) for column in zip(*self.rows, strict=True))
        whole = self.kept[1] - self.kept[0]
        offset, shape = self._all_shapes()

        def longer(column: NDArray[Any], added: NDArray[Any]) -> NDArray[Any]:
            return np.concatenate([column, added.astype(column.dtype)])

        return replace(
            old,
            node_lonlat=np.vstack([old.node_lonlat, *self.nodes]),
            start=longer(self.ends[0], start),
            end=longer(self.ends[1], end),
            forward=longer(old.forward, np.ones(len(segment))),
            back=longer(old.back, np.zeros(len(segment))),
            length_m=longer(old.length_m * whole, old.length_m[segment] * share),
            time_s=longer(old.time_s * whole, old.time_s[segment] * share),
            reachable=longer(old.reachable, np.zeros(len(segment))),
            piece=longer(old.piece, np.full(len(segment), NO_STREET)),
            shape_offset=offset,
            shape_lonlat=shape,
            name=longer(old.name, old.name[segment]),
            highway=longer(old.highway, old.highway[segment]),
        )

    def _all_shapes(self) -> tuple[NDArray[np.int64], Floats]:
        """Return the vertices of all segments, those with lanes shortened."""
        cut = np.flatnonzero((self.kept[0] > 0) | (self.kept[1] < 1)).tolist()
        parts = [_part(self.shape(row), *self.kept[:, row]) for row in cut]
        sizes = np.diff(self.old.shape_offset)
        unchanged = np.ones(len(sizes), np.bool_)
        unchanged[cut] = False
        rest = self.old.shape_lonlat[np.repeat(unchanged, sizes)]
        sizes[cut] = [len(part) for part in parts]
        offset = np.concatenate([[0], np.cumsum([*sizes, *map(len, self.shapes)])]).astype(np.int64)
        shape = np.empty((offset[len(sizes)], 2))
        shape[np.repeat(unchanged, sizes)] = rest
        if cut:
            shape[np.repeat(~unchanged, sizes)] = np.vstack(parts)
        return offset, np.vstack([shape, *self.shapes])


def _part(line: Floats, begin: float, end: float) -> Floats:
    """Cut a line between two shares of its length; on a map of this size degrees are flat."""
    scale = np.array([np.cos(np.radians(line[0, 1])), 1.0])
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*(np.diff(line, axis=0) * scale).T))])
    along /= along[-1] or 1.0
    inner = line[(along > begin) & (along < end)]
    tips = np.column_stack([np.interp([begin, end], along, line[:, axis]) for axis in (0, 1)])
    return np.vstack([tips[:1], inner, tips[1:]])
