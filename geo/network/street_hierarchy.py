"""A hierarchy over the streets, in which every cheapest way first climbs, then descends.

Nodes are eliminated in the order of their numbers, which :func:`elimination_order` chose so that
the neighbours left behind stay few (George 1973); any weights are worked in afterwards in tens of
milliseconds (customizable contraction hierarchies, Dibbelt, Strasser & Wagner 2016). A search then
needs no queue: the ancestors of a node in the elimination tree, some 150 in a city of 90,000 nodes,
hold all it can climb to. So a sweep over all arcs labels a whole city, and two climbs that meet
answer one pair. Where streets are cut by a sqrt(n) separator, as on any map, arcs stay near ten a
node; a perfect 500 x 500 grid, the worst case, has 42.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.arrays import Flags, Floats, Ints32, seal
from geo.network.kernels.dissection import dissect
from geo.network.kernels.hierarchy import customise, depths, eliminate


def elimination_order(lonlat: Floats, start: Ints32, end: Ints32) -> Ints32:
    """Return the number each node should have, (n,) int32: separators after what they separate.

    Parameters
    ----------
    lonlat : (n, 2) float64
        Nodes, degrees; only their lie matters.
    start, end : (m,) int32
        Ends of the streets.
    """
    indptr, head = _neighbours(len(lonlat), start, end)
    x = lonlat[:, 0] * np.cos(np.radians(np.median(lonlat[:, 1])))
    rank: Ints32 = dissect(x, np.ascontiguousarray(lonlat[:, 1]), indptr, head)
    return rank


def _neighbours(n: int, start: Ints32, end: Ints32) -> tuple[NDArray[np.int64], Ints32]:
    tail, head = np.concatenate([start, end]), np.concatenate([end, start])
    indptr = np.zeros(n + 1, np.int64)
    np.cumsum(np.bincount(tail, minlength=n), out=indptr[1:])
    return indptr, head[np.argsort(tail, kind="stable")].astype(np.int32)


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """The shape of the hierarchy, the same for any weights.

    Attributes
    ----------
    first, upper : (n + 1,) int64, (a,) int32
        Each node's higher neighbours, rising; the first is its parent.
    depth : (n,) int32
        Number of ancestors of each node.
    """

    first: NDArray[np.int64]
    upper: Ints32
    depth: Ints32

    def __post_init__(self) -> None:
        """Seal the arrays, see :func:`geo.arrays.sealed`."""
        seal(self)

    @classmethod
    def build(cls, n_nodes: int, start: Ints32, end: Ints32) -> Hierarchy:
        """Eliminate the nodes of the streets from `start` to `end`, (m,) int32, one by one."""
        first, upper = eliminate(*_neighbours(n_nodes, start, end))
        return cls(first, upper, depths(first, upper))

    def costs(
        self, start: Ints32, end: Ints32, forward: Flags, back: Flags, cost: Floats, other: Floats
    ) -> ArcCosts:
        """Work in the streets' `cost` and the `other` measure counted along the way, (m,)."""
        return ArcCosts(*customise(self.first, self.upper, start, end, forward, back, cost, other))


@dataclass(frozen=True, slots=True)
class ArcCosts:
    """What the arcs of a hierarchy cost, (a,) float64 each; inf where there is no way.

    Attributes
    ----------
    up, down : float64
        From the lower node to the higher, and back; what is made least.
    up_other, down_other : float64
        The other measure along the same ways.
    """

    up: Floats
    down: Floats
    up_other: Floats
    down_other: Floats

    def __post_init__(self) -> None:
        """Seal the arrays, see :func:`geo.arrays.sealed`."""
        seal(self)
