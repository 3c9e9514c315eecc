"""Snapped points on their streets: the two ends and what each costs, and the way along."""

from __future__ import annotations

import numba
import numpy as np


@numba.njit(cache=True, nogil=True)
def ends(segment, fraction, access, start, end, to_start, to_end, whole):
    """Return node and cost of both ends of every point's street, (n, 2) int32 and float64.

    Parameters
    ----------
    segment, fraction, access : (n,) arrays
        The points' streets (-1 where unreachable), positions and legs in the unit of `whole`.
    start, end, to_start, to_end, whole : (m,) arrays
        The streets' ends, whether each may be used, and the cost of the whole street.
    """
    n = len(segment)
    node, cost = np.zeros((n, 2), np.int32), np.full((n, 2), np.inf)
    for p in range(n):
        s = segment[p]
        if s < 0:
            continue
        node[p, 0], node[p, 1] = start[s], end[s]
        # A point exactly at a junction stands on it, whichever way its own edge runs.
        if to_start[s] or fraction[p] == 0:
            cost[p, 0] = fraction[p] * whole[s] + access[p]
        if to_end[s] or fraction[p] == 1:
            cost[p, 1] = (1 - fraction[p]) * whole[s] + access[p]
    return node, cost


@numba.njit(cache=True, nogil=True)
def along(segment, place, p, sites, s, street):
    """Return what it costs from a point to a site along their common street; inf if forbidden.

    `place` and `sites` are (fraction, access) of points and sites, `street` (forward, back, whole).
    """
    ahead = sites[0][s] - place[0][p]
    if (ahead > 0 and not street[0][segment]) or (ahead < 0 and not street[1][segment]):
        return np.inf
    return abs(ahead) * street[2][segment] + place[1][p] + sites[1][s]


@numba.njit(cache=True, nogil=True)
def doors(node, cost, n_nodes):
    """Group the usable ends of points by their node.

    Returns where each node's doors begin, (n_nodes + 1,) int64, the points they lead to and what
    they cost; points of a node rise.
    """
    begin = np.zeros(n_nodes + 2, np.int64)
    for p in range(len(node)):
        for side in range(2):
            begin[node[p, side] + 2] += cost[p, side] < np.inf
    for v in range(n_nodes):
        begin[v + 2] += begin[v + 1]
    point, door_cost = np.empty(begin[n_nodes + 1], np.int32), np.empty(begin[n_nodes + 1])
    for p in range(len(node)):
        for side in range(2):
            if cost[p, side] < np.inf:
                at = begin[node[p, side] + 1]
                point[at], door_cost[at] = p, cost[p, side]
                begin[node[p, side] + 1] += 1
    return begin[: n_nodes + 1], point, door_cost
