"""Answers of one point or many from the labels at both ends of their street."""

from __future__ import annotations

import numba
import numpy as np

from geo.reach.kernels.climbing import climb, meet
from geo.reach.kernels.ending import along, ends
from geo.reach.kernels.labelling import follow, insert


@numba.njit(cache=True, nogil=True)
def rank_labels(node, cost, other, labels, allowed, best):
    """Merge the labels of a point's two ends into its list.

    `labels` is (site, cost, other) of all nodes, `best` the same of the point. Returns what a site
    that is in no label costs at least; inf if the labels name them all.
    """
    horizon = np.inf
    for side in range(2):
        if cost[side] == np.inf:
            continue
        v, k = node[side], labels[0].shape[1]
        for j in range(k):
            s = labels[0][v, j]
            if s < 0:
                break
            if allowed[s]:
                place = insert(best[0], best[1], s, cost[side] + labels[1][v, j])
                follow(best[2], place, other[side] + labels[2][v, j])
        if labels[0][v, k - 1] >= 0:
            horizon = min(horizon, cost[side] + labels[1][v, k - 1])
    return horizon


@numba.njit(cache=True, nogil=True)
def nearest_of_points(segment, place, node, cost, labels, on_street, sites, street, k):
    """Return the k cheapest sites of every point, (n, k) int32 and float64.

    Exact where the labels hold at least k sites a node. `on_street` is (begin (m + 1,), site).
    """
    n = len(segment)
    best_site, best_cost = np.full((n, k), -1, np.int32), np.full((n, k), np.inf)
    labels = labels[0], labels[1], labels[1]
    allowed, unused = np.ones(len(sites[0]), np.bool_), np.empty(k)
    for p in range(n):
        if segment[p] < 0:
            continue
        best = best_site[p], best_cost[p], unused
        rank_labels(node[p], cost[p], cost[p], labels, allowed, best)
        for j in range(on_street[0][segment[p]], on_street[0][segment[p] + 1]):
            s = on_street[1][j]
            total = along(segment[p], place, p, sites, s, street)
            if total < np.inf:
                insert(best[0], best[1], s, total)
    return best_site, best_cost


@numba.njit(cache=True, nogil=True)
def _by_air(air, s):
    """Return what a site costs at least."""
    x, y, there, pace = air
    return np.hypot(there[s, 0] - x, there[s, 1] - y) * pace


@numba.njit(cache=True, nogil=True)
def live(place, streets, labels, on_street, sites, tree, climbs, air, allowed, k):
    """Return the k cheapest allowed sites of one point: (k, 3) float64 of site, cost and other.

    Parameters
    ----------
    place : (segment, fraction, access, access_other)
        The point on its street, and its leg to it in both measures.
    streets : (start, end, forward, back, whole, whole_other)
        The streets' ends, directions, and what they cost in both measures.
    labels : (site, cost, other)
        Of every node, (n, k) each. They decide if the k-th is no dearer than what they leave out;
        otherwise the point's climb is met with that of every allowed site not too far away.
    on_street : (begin, site)
        The sites on every street.
    sites : pair of (fraction, access)
        The sites on their streets, in both measures.
    tree : (first, upper, depth, up, up_other)
        The hierarchy.
    climbs : tuple
        Those of the sites, see :func:`climb`.
    air : (x, y, there, pace)
        Where the point and the sites lie, in metres, and the least that a metre costs.
    """
    segment, fraction, access, access_other = place
    start, end, forward, back, whole, whole_other = streets
    point, at = np.full(1, segment, np.int32), np.full(1, fraction)
    legs, legs_other = np.full(1, access), np.full(1, access_other)
    node, cost = ends(point, at, legs, start, end, back, forward, whole)
    _, other = ends(point, at, legs_other, start, end, back, forward, whole_other)
    best = np.full(k, -1, np.int32), np.full(k, np.inf), np.full(k, np.inf)
    for j in range(on_street[0][segment], on_street[0][segment + 1]):
        s = on_street[1][j]
        if allowed[s]:
            total = along(segment, (at, legs), 0, sites[0], s, (forward, back, whole))
            if total < np.inf:
                total_other = along(
                    segment, (at, legs_other), 0, sites[1], s, (forward, back, whole_other)
                )
                follow(best[2], insert(best[0], best[1], s, total), total_other)
    horizon = rank_labels(node[0], cost[0], other[0], labels, allowed, best)
    if horizon < np.inf and not best[1][k - 1] <= horizon:
        away = climb(tree[:3], tree[3:], node, cost, other)
        for s in range(len(allowed)):
            if allowed[s] and _by_air(air, s) <= best[1][k - 1]:
                total, total_other = meet(away, 0, climbs, s)
                if total < np.inf:
                    follow(best[2], insert(best[0], best[1], np.int32(s), total), total_other)
    found = np.empty((k, 3))
    for j in range(k):
        found[j, 0], found[j, 1], found[j, 2] = best[0][j], best[1][j], best[2][j]
    return found
