"""Snapped points on their streets: the two ends and what each costs, and the way along."""

from __future__ import annotations

import numba
import numpy as np


@numba.njit(cache=True, nogil=True)
def usable(fraction, to_start, to_end):
    """Tell whether a point's street is used by its start, and by its end.

    A point exactly at a junction stands on it, whichever way its own street runs, and whoever goes
    to the other end passes that junction anyway.
    """
    return (
        fraction == 0 or (to_start and fraction < 1),
        fraction == 1 or (to_end and fraction > 0),
    )


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
        by_start, by_end = usable(fraction[p], to_start[s], to_end[s])
        if by_start:
            cost[p, 0] = fraction[p] * whole[s] + access[p]
        if by_end:
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
def doors(segment, fraction, start, end, to_start, to_end, n_nodes):
    """Group points by the nodes at the usable ends of their streets, as in :func:`ends`.

    Returns where each node's points begin, (n_nodes + 1,) int32, and the points; those of a node
    rise.
    """
    begin = np.zeros(n_nodes + 2, np.int32)
    for p in range(len(segment)):
        s = segment[p]
        if s >= 0:
            by_start, by_end = usable(fraction[p], to_start[s], to_end[s])
            begin[start[s] + 2] += by_start
            begin[end[s] + 2] += by_end
    for v in range(n_nodes):
        begin[v + 2] += begin[v + 1]
    point = np.empty(begin[n_nodes + 1], np.int32)
    for p in range(len(segment)):
        s = segment[p]
        if s >= 0:
            by_start, by_end = usable(fraction[p], to_start[s], to_end[s])
            if by_start:
                point[begin[start[s] + 1]] = p
                begin[start[s] + 1] += 1
            if by_end:
                point[begin[end[s] + 1]] = p
                begin[end[s] + 1] += 1
    return begin[: n_nodes + 1], point
