"""Nested dissection by straight cuts: an order of the nodes in which separators come last.

A cell of the city is cut along the straight line, of eight directions, that crosses the fewest
streets for the balance it gives; the ends of the crossed streets on one side separate the two
halves and are numbered after both (George 1973, with the cuts of Schild & Sommer 2015 drawn by a
sweep instead of a flow). Every cell keeps a contiguous range of numbers, so neighbours in the city
are neighbours in memory.
"""

from __future__ import annotations

import numba
import numpy as np

_DIRECTIONS = 8
"""Directions in which a cut is tried, 22.5° apart."""
_LEAF = 8
"""Nodes: smaller parts are not cut again."""
_LEAST_SHARE = 0.25
"""A cut leaves a quarter on either side at least (as inertial flow does), so parts shrink."""


@numba.njit(cache=True, nogil=True)
def _cut(x, y, indptr, head, cell, nodes, cos, sin):
    """Return the score (lower is better) and place of the best cut square to one direction."""
    low, high = np.inf, -np.inf
    for v in nodes:
        place = cos * x[v] + sin * y[v]
        low, high = min(low, place), max(high, place)
    if not high > low:
        return np.inf, 0.0
    bins = min(512, 4 * len(nodes))
    scale = (bins - 1) / (high - low)
    count, crossed = np.zeros(bins, np.int64), np.zeros(bins, np.int64)
    for v in nodes:
        at = int((cos * x[v] + sin * y[v] - low) * scale)
        count[at] += 1
        for a in range(indptr[v], indptr[v + 1]):
            u = head[a]
            if cell[u] == cell[v]:
                other = int((cos * x[u] + sin * y[u] - low) * scale)
                if other > at:
                    crossed[at] += 1
                    crossed[other] -= 1
    best, where = np.inf, 0.0
    left, open_streets = 0, 0
    for at in range(bins - 1):
        left += count[at]
        open_streets += crossed[at]
        share = min(left, len(nodes) - left) / len(nodes)
        if share >= _LEAST_SHARE:
            score = (open_streets + 0.1) / np.sqrt(share)
            if score < best:
                best, where = score, low + (at + 1) / scale
    return best, where


@numba.njit(cache=True, nogil=True)
def _split(x, y, indptr, head, cell, nodes, side):
    """Set `side` of a cell's nodes to 0 or 1, or to 2 on the separator; tell if it could be cut."""
    best, cos, sin, where = np.inf, 1.0, 0.0, 0.0
    for direction in range(_DIRECTIONS):
        angle = np.pi * direction / _DIRECTIONS
        score, place = _cut(x, y, indptr, head, cell, nodes, np.cos(angle), np.sin(angle))
        if score < best:
            best, cos, sin, where = score, np.cos(angle), np.sin(angle), place
    if best == np.inf:
        return False
    for v in nodes:
        side[v] = 0 if cos * x[v] + sin * y[v] < where else 1
    touching = np.zeros(2, np.int64)
    for v in nodes:
        touching[side[v]] += _touches(indptr, head, cell, side, v)
    chosen = 0 if touching[0] <= touching[1] else 1
    for v in nodes:
        if side[v] == chosen and _touches(indptr, head, cell, side, v):
            side[v] = 2
    return True


@numba.njit(cache=True, nogil=True)
def _touches(indptr, head, cell, side, v):
    """Tell whether a street leads from `v` to the other half of its cell."""
    for a in range(indptr[v], indptr[v + 1]):
        u = head[a]
        if cell[u] == cell[v] and side[u] == 1 - side[v]:
            return True
    return False


@numba.njit(cache=True, nogil=True)
def dissect(x, y, indptr, head):
    """Return each node's number in the order of elimination, (n,) int32.

    Parameters
    ----------
    x, y : (n,) float64
        Where the nodes lie, on a plane.
    indptr, head : (n + 1,) int64, (a,) int32
        The streets, both ways.
    """
    n = len(x)
    rank, cell, side = np.empty(n, np.int32), np.zeros(n, np.int32), np.zeros(n, np.int8)
    order = np.arange(n).astype(np.int32)
    waiting = [(0, n)]
    number, last = 0, n
    while len(waiting) > 0:
        first, stop = waiting.pop()
        nodes = order[first:stop].copy()
        number += 1
        cell[nodes] = number
        if len(nodes) <= _LEAF or not _split(x, y, indptr, head, cell, nodes, side):
            side[nodes] = 2
        at = first
        for part in range(2):
            begin = at
            for v in nodes:
                if side[v] == part:
                    order[at] = v
                    at += 1
            if at > begin:
                waiting.append((begin, at))
        for v in nodes:
            if side[v] == 2:
                last -= 1
                rank[v] = last
                cell[v] = 0
    return rank
