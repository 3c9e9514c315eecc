"""Arterials and ring roads: laid along streets that are there, widened and named as one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

from data.sample.making.centres import Centres
from data.sample.making.street_draft import StreetDraft
from data.sample.making.towns import Town
from geo.arrays import Floats, Ints

_COST = {"trunk": 0.55, "primary": 0.6, "secondary": 0.65, "tertiary": 0.85, "unclassified": 1.0}
"""Cost of a metre by class: an arterial keeps to straight, larger streets where it can."""
_OTHER_COST = 1.35
"""Of a metre of any other street: arterials keep to what is large already."""
_ORDER = ("trunk", "primary", "secondary", "tertiary")
_WORST_DETOUR = 1.6
"""Times the straight distance; an arterial that would wind more is not laid."""
_LEAST_RING_M = 4700.0
"""Smaller towns have no ring road."""
_RING_AT, _RING_CORNERS = 0.66, 12
"""Of the town's radius, and corners of the ring."""


class _Ways:
    """Cheapest ways over the streets drawn so far, for widening them."""

    def __init__(self, draft: StreetDraft) -> None:
        self._draft = draft
        self.xy_m = draft.nodes()
        self._edge: dict[tuple[int, int], int] = {}
        for row, (start, end, *_rest) in enumerate(draft.edges):
            self._edge.setdefault((min(start, end), max(start, end)), row)
        ends = np.array(list(self._edge))
        kinds = [dict(draft.edges[row][3])["highway"] for row in self._edge.values()]
        length_m = np.hypot(*(self.xy_m[ends[:, 0]] - self.xy_m[ends[:, 1]]).T)
        cost = length_m * [_COST.get(kind, _OTHER_COST) for kind in kinds]
        open_to_cars = np.array([kind != "track" for kind in kinds])
        n = len(self.xy_m)
        ends, cost = ends[open_to_cars], cost[open_to_cars]
        self._graph = csr_array((cost, (ends[:, 0], ends[:, 1])), shape=(n, n))
        self.joined = np.unique(ends)

    def between(self, start: int, ends: Sequence[int]) -> list[list[int]]:
        """Return the cheapest way from `start` to each of `ends`, empty where it winds too much."""
        gap_m = np.hypot(*(self.xy_m[list(ends)] - self.xy_m[start]).T)
        _, before = dijkstra(
            self._graph,
            directed=False,
            indices=start,
            limit=float(gap_m.max()) * _WORST_DETOUR,
            return_predecessors=True,
        )
        ways = [_traced(before, start, end) for end in ends]
        return [
            way if self._length_m(way) <= _WORST_DETOUR * straight_m else []
            for way, straight_m in zip(ways, gap_m.tolist(), strict=True)
        ]

    def _length_m(self, way: list[int]) -> float:
        return float(np.hypot(*np.diff(self.xy_m[way], axis=0).T).sum()) if way else 0.0

    def widen(self, way: list[int], kind: str, name: str) -> None:
        """Make the streets of a way at least of `kind`, both ways, and call them `name`."""
        for here, there in pairwise(way):
            row = self._edge[min(here, there), max(here, there)]
            start, end, _, tags, inner = self._draft.edges[row]
            held = dict(tags)["highway"]
            wider = min(kind, held, key=_rank)
            self._draft.edges[row] = (start, end, name, (("highway", wider),), inner)


def _rank(kind: str) -> int:
    return _ORDER.index(kind) if kind in _ORDER else len(_ORDER)


def _traced(before: NDArray[np.int32], start: int, end: int) -> list[int]:
    way = [end]
    while way[-1] != start:
        if before[way[-1]] < 0:
            return []
        way.append(int(before[way[-1]]))
    return way[::-1]


def lay_arterials(draft: StreetDraft, centres: Centres, names: Iterable[str]) -> None:
    """Join the subdistricts' centres as planned: trunk between cores, primary and secondary."""
    ways = _Ways(draft)
    _, near = cKDTree(ways.xy_m[ways.joined]).query(centres.xy_m)
    node = ways.joined[near]
    taken = iter(names)
    for start in np.unique(centres.pairs[:, 0]).tolist():
        others = centres.pairs[centres.pairs[:, 0] == start, 1].tolist()
        laid = ways.between(int(node[start]), node[others].tolist())
        for other, way in zip(others, laid, strict=True):
            if len(way) > 1:
                kind = _kind(centres, start, other)
                ways.widen(way, kind, next(taken, "") + _WORD[kind])


_WORD = {"trunk": "大道", "primary": "大道", "secondary": "路"}


def _kind(centres: Centres, one: int, other: int) -> str:
    urban = int(centres.urban[one]) + int(centres.urban[other])
    far = float(np.hypot(*(centres.xy_m[one] - centres.xy_m[other]))) > 5000
    return ("secondary", "primary", "trunk" if far else "primary")[urban]


def lay_rings(draft: StreetDraft, towns: Sequence[Town], members: Sequence[Ints]) -> None:
    """Lay a ring road around every large core."""
    ways = _Ways(draft)
    for town, nodes in zip(towns, members, strict=True):
        if town.rank == 0 and town.radius_m >= _LEAST_RING_M:
            corners = _ring(town, ways.xy_m, nodes)
            for here, there in pairwise(corners):
                for way in ways.between(here, [there]):
                    ways.widen(way, "primary", f"{town.name}示例环路")


def _ring(town: Town, xy_m: Floats, nodes: Ints) -> list[int]:
    """Return the corners of a ring, closed; none where the core does not reach so far."""
    angle = np.linspace(0, 2 * np.pi, _RING_CORNERS + 1) + town.angle
    wanted = np.array([town.x_m, town.y_m]) + _RING_AT * town.radius_m * np.column_stack(
        [np.cos(angle), np.sin(angle)]
    )
    gap_m, near = cKDTree(xy_m[nodes]).query(wanted)
    there = np.asarray(gap_m) < 4 * town.block_m
    corners: list[int] = nodes[np.asarray(near)[there]].tolist()
    return corners
