"""Climbs from snapped points to the tops of the hierarchy, and where two of them meet.

The ends of a street are ancestor and descendant in the elimination tree, so all a point can climb
to is one chain of nodes. Chains are kept from the root down: chains of two points agree as far as
both can climb, and the cheapest way is the cheapest sum there.
"""

from __future__ import annotations

import numba
import numpy as np


@numba.njit(cache=True, nogil=True)
def climb(tree, arcs, node, cost, other):
    """Climb from every point.

    Parameters
    ----------
    tree : (first, upper, depth)
        The hierarchy.
    arcs : (cost, other)
        Of its arcs up (travelling away) or down (travelling here).
    node, cost, other : (n, 2) arrays
        Ends of each point's street and what they cost, inf where they cannot be used.

    Returns
    -------
    begin, chain, chain_cost, chain_other : (n + 1,) int64, (c,) int32, (c,) float64 twice
        Nodes from the root down, and what they cost.
    """
    first, upper, depth = tree
    arc_cost, arc_other = arcs
    n = len(node)
    begin = np.zeros(n + 1, np.int64)
    lowest = np.full(n, -1, np.int32)
    for p in range(n):
        for side in range(2):
            if cost[p, side] < np.inf and (lowest[p] < 0 or node[p, side] < lowest[p]):
                lowest[p] = node[p, side]
        begin[p + 1] = begin[p] + (depth[lowest[p]] + 1 if lowest[p] >= 0 else 0)
    chain = np.empty(begin[n], np.int32)
    chain_cost, chain_other = np.full(begin[n], np.inf), np.full(begin[n], np.inf)
    for p in range(n):
        root = begin[p]
        for side in range(2):
            at = root + depth[node[p, side]]
            if cost[p, side] < np.inf and cost[p, side] < chain_cost[at]:
                chain_cost[at], chain_other[at] = cost[p, side], other[p, side]
        v = lowest[p]
        for at in range(begin[p + 1] - 1, root - 1, -1):
            chain[at] = v
            here, along = chain_cost[at], chain_other[at]
            for a in range(first[v], first[v + 1]):
                above = root + depth[upper[a]]
                if here + arc_cost[a] < chain_cost[above]:
                    chain_cost[above] = here + arc_cost[a]
                    chain_other[above] = along + arc_other[a]
            if at > root:
                v = upper[first[v]]
    return begin, chain, chain_cost, chain_other


@numba.njit(cache=True, nogil=True)
def _shared(chain, low, high, other_chain, other_low, other_high):
    """Return how many nodes two chains share, from the root down."""
    least, most = 0, min(high - low, other_high - other_low)
    while least < most:
        middle = (least + most + 1) // 2
        if chain[low + middle - 1] == other_chain[other_low + middle - 1]:
            least = middle
        else:
            most = middle - 1
    return least


@numba.njit(cache=True, nogil=True)
def meet(away, p, here, q):
    """Return cost and other measure of the cheapest way from climb `p` of one to `q` of another.

    `away` and `here` are what :func:`climb` returned; inf where the climbs do not meet.
    """
    low, other_low = away[0][p], here[0][q]
    shared = _shared(away[1], low, away[0][p + 1], here[1], other_low, here[0][q + 1])
    best, at = np.inf, -1
    for j in range(shared):
        total = away[2][low + j] + here[2][other_low + j]
        if total < best:
            best, at = total, j
    if at < 0:
        return np.inf, np.inf
    return best, away[3][low + at] + here[3][other_low + at]


@numba.njit(cache=True, nogil=True)
def meet_row(away, p, here, rows):
    """Return cost and other measure from climb `p` to each of `rows`, (r,) float64 twice."""
    cost, other = np.empty(len(rows)), np.empty(len(rows))
    for j in range(len(rows)):
        cost[j], other[j] = meet(away, p, here, rows[j])
    return cost, other
