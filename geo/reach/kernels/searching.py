"""Dijkstra searches on compressed sparse rows, compiled with numba.

The heap is four-ary on three parallel arrays (cost, node, tag). Costs are in the unit of the
weights given: metres or seconds. Unreached is inf, never the limit. Kept for single bounded
searches that must know the way (routes, isochrones); what is asked of whole cities climbs the
hierarchy or spreads over buckets.
"""

from __future__ import annotations

import numba
import numpy as np


@numba.njit(cache=True, nogil=True)
def _push(cost, node, tag, size, c, v, t):
    i = size
    while i > 0:
        p = (i - 1) >> 2
        if cost[p] <= c:
            break
        cost[i] = cost[p]
        node[i] = node[p]
        tag[i] = tag[p]
        i = p
    cost[i] = c
    node[i] = v
    tag[i] = t
    return size + 1


@numba.njit(cache=True, nogil=True)
def _pop(cost, node, tag, size):
    size -= 1
    c, v, t = cost[size], node[size], tag[size]
    i = 0
    while True:
        first = 4 * i + 1
        if first >= size:
            break
        best = first
        for child in range(first + 1, min(first + 4, size)):
            if cost[child] < cost[best]:
                best = child
        if cost[best] >= c:
            break
        cost[i] = cost[best]
        node[i] = node[best]
        tag[i] = tag[best]
        i = best
    cost[i] = c
    node[i] = v
    tag[i] = t
    return size


@numba.njit(cache=True, nogil=True)
def search(indptr, head, weight, second, seed_node, seed_cost, seed_second, limit):
    """Search outward from seeds.

    Returns per node: cost, the second measure along the cheapest way, and the arc it was
    reached by (-1 at seeds and where unreached).
    """
    n = len(indptr) - 1
    cost, other = np.full(n, np.inf), np.full(n, np.inf)
    parent = np.full(n, -1, np.int64)
    done = np.zeros(n, np.bool_)
    room = len(head) + len(seed_node) + 1
    hc, hn, ht = np.empty(room), np.empty(room, np.int32), np.empty(room, np.int32)
    size = 0
    for s in range(len(seed_node)):
        if seed_cost[s] < cost[seed_node[s]]:
            cost[seed_node[s]] = seed_cost[s]
            other[seed_node[s]] = seed_second[s]
            size = _push(hc, hn, ht, size, seed_cost[s], seed_node[s], 0)
    while size > 0:
        c, v = hc[0], hn[0]
        size = _pop(hc, hn, ht, size)
        if done[v]:
            continue
        done[v] = True
        for a in range(indptr[v], indptr[v + 1]):
            u = head[a]
            reached = c + weight[a]
            if reached < cost[u] and reached <= limit:
                cost[u] = reached
                other[u] = other[v] + second[a]
                parent[u] = a
                size = _push(hc, hn, ht, size, reached, u, 0)
    return cost, other, parent
