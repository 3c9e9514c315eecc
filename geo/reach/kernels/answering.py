"""Answers of one point or many from the labels at both ends of their street."""

from __future__ import annotations

import numba
import numpy as np

from geo.reach.kernels.climbing import climb, meet
from geo.reach.kernels.ending import along
from geo.reach.kernels.labelling import insert


@numba.njit(cache=True, nogil=True)
def rank_labels(node, cost, labels, allowed, best_site, best_cost):
    """Merge the labels of a point's two ends into its list.

    Returns what a site that is in no label costs at least; inf if the labels name them all.
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
                insert(best_site, best_cost, s, cost[side] + labels[1][v, j])
        if labels[0][v, k - 1] >= 0:
            horizon = min(horizon, cost[side] + labels[1][v, k - 1])
    return horizon


@numba.njit(cache=True, nogil=True)
def rank_street(segment, place, p, on_street, sites, street, allowed, best_site, best_cost):
    """Put the sites on the point's own street into its list.

    `on_street` is (begin (m + 1,), site).
    """
    for j in range(on_street[0][segment], on_street[0][segment + 1]):
        s = on_street[1][j]
        if allowed[s]:
            cost = along(segment, place, p, sites, s, street)
            if cost < np.inf:
                insert(best_site, best_cost, s, cost)


@numba.njit(cache=True, nogil=True)
def nearest_of_points(segment, place, node, cost, labels, on_street, sites, street, k):
    """Return the k cheapest sites of every point, (n, k) int32 and float64.

    Exact where the labels hold at least k sites a node.
    """
    n = len(segment)
    best_site, best_cost = np.full((n, k), -1, np.int32), np.full((n, k), np.inf)
    allowed = np.ones(len(sites[0]), np.bool_)
    for p in range(n):
        if segment[p] >= 0:
            rank_labels(node[p], cost[p], labels, allowed, best_site[p], best_cost[p])
            rank_street(
                segment[p], place, p, on_street, sites, street, allowed, best_site[p], best_cost[p]
            )
    return best_site, best_cost


@numba.njit(cache=True, nogil=True)
def _by_air(air, s):
    """Return what a site costs at least."""
    here, there, pace = air
    return np.hypot(there[s, 0] - here[0, 0], there[s, 1] - here[0, 1]) * pace


@numba.njit(cache=True, nogil=True)
def live(
    segment,
    places,
    node,
    cost,
    other,
    labels,
    on_street,
    sites,
    streets,
    tree,
    climbs,
    air,
    allowed,
    k,
):
    """Return the k cheapest allowed sites of one point, their costs and their other measure.

    `places`, `sites` and `streets` are pairs: for the cost, and for the other measure. `air` is
    where the point and the sites lie, in metres, and the least that a metre costs. The labels
    decide if the k-th is no dearer than what they leave out; otherwise the point's climb is met
    with that of every allowed site not too far away as the crow flies.
    """
    best_site, best_cost = np.full(k, -1, np.int32), np.full(k, np.inf)
    best_other = np.full(k, np.inf)
    street = segment[0]
    rank_street(
        street, places[0], 0, on_street, sites[0], streets[0], allowed, best_site, best_cost
    )
    horizon = rank_labels(node[0], cost[0], labels, allowed, best_site, best_cost)
    away = climb(tree[:3], tree[3:], node, cost, other)
    if horizon < np.inf and not best_cost[k - 1] <= horizon:
        for s in range(len(allowed)):
            if allowed[s] and _by_air(air, s) <= best_cost[k - 1]:
                total, _ = meet(away, 0, climbs, s)
                if total < np.inf:
                    insert(best_site, best_cost, np.int32(s), total)
    for j in range(k):
        s = best_site[j]
        if s >= 0:
            total, best_other[j] = meet(away, 0, climbs, s)
            if sites[0][2][s] == street and (
                along(street, places[0], 0, sites[0], s, streets[0]) <= total
            ):
                best_other[j] = along(street, places[1], 0, sites[1], s, streets[1])
    return best_site, best_cost, best_other
