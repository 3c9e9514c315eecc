"""Dijkstra searches on compressed sparse rows, compiled with numba.

The heap is four-ary on three parallel arrays (cost, node, tag). Costs are in the unit of the
weights given: metres or seconds. Unreached is inf, never the limit. Chosen over scipy's
``csgraph.dijkstra`` because it stops at a limit without allocating a row per source, keeps k
labels per node and meets points along edges; ``tests/benchmarks/reach.py`` has the comparison.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


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
def _grown(array, size):
    larger = np.empty(size, array.dtype)
    larger[: len(array)] = array
    return larger


@numba.njit(cache=True, nogil=True)
def label_nodes(indptr, head, weight, seed_node, seed_cost, seed_site, k, limit):
    """Label every node with its k cheapest sites.

    Returns (n, k) int32 sites, -1 where there are fewer, and their (n, k) float64 costs.
    """
    n = len(indptr) - 1
    site = np.full((n, k), -1, np.int32)
    cost = np.full((n, k), np.inf)
    count = np.zeros(n, np.int32)
    room = len(seed_node) + 4096
    hc, hn, ht = np.empty(room), np.empty(room, np.int32), np.empty(room, np.int32)
    size = 0
    for s in range(len(seed_node)):
        size = _push(hc, hn, ht, size, seed_cost[s], seed_node[s], seed_site[s])
    while size > 0:
        c, v, t = hc[0], hn[0], ht[0]
        size = _pop(hc, hn, ht, size)
        if c > limit:
            break
        known = count[v] == k
        for j in range(count[v]):
            known = known or site[v, j] == t
        if known:
            continue
        site[v, count[v]] = t
        cost[v, count[v]] = c
        count[v] += 1
        if size + indptr[v + 1] - indptr[v] > room:
            room *= 2
            hc, hn, ht = _grown(hc, room), _grown(hn, room), _grown(ht, room)
        for a in range(indptr[v], indptr[v + 1]):
            if count[head[a]] < k:
                size = _push(hc, hn, ht, size, c + weight[a], head[a], t)
    return site, cost


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


@numba.njit(cache=True, nogil=True)
def bounded_pairs(
    indptr, head, weight,
    seed_ptr, seed_node, seed_cost,
    door_ptr, door_point, door_cost,
    limit,
):  # fmt: skip
    """Find every (site, point) pair within `limit`.

    Site s starts at its seeds ``seed_ptr[s]:seed_ptr[s + 1]``; a point is entered through the
    doors of the nodes ``door_ptr[v]:door_ptr[v + 1]``. A seed or door of cost inf is ignored.
    Returns site, point and cost of each pair, by site, points in the order first met.
    """
    n, n_sites = len(indptr) - 1, len(seed_ptr) - 1
    n_points = 0
    for d in range(len(door_point)):
        n_points = max(n_points, door_point[d] + 1)
    cost = np.full(n, np.inf)
    touched = np.empty(n, np.int32)
    place = np.full(n_points, -1, np.int64)
    room, pairs = 1024, 1 << 16
    hc, hn, ht = np.empty(room), np.empty(room, np.int32), np.empty(room, np.int32)
    out_site, out_point = np.empty(pairs, np.int32), np.empty(pairs, np.int32)
    out_cost = np.empty(pairs, np.float64)
    found = 0
    for s in range(n_sites):
        size, n_touched, first = 0, 0, found
        for i in range(seed_ptr[s], seed_ptr[s + 1]):
            v = seed_node[i]
            if seed_cost[i] <= limit and seed_cost[i] < cost[v]:
                if cost[v] == np.inf:
                    touched[n_touched] = v
                    n_touched += 1
                cost[v] = seed_cost[i]
                size = _push(hc, hn, ht, size, seed_cost[i], v, 0)
        while size > 0:
            c, v = hc[0], hn[0]
            size = _pop(hc, hn, ht, size)
            if c > cost[v]:
                continue
            for d in range(door_ptr[v], door_ptr[v + 1]):
                total = c + door_cost[d]
                if total <= limit:
                    p = door_point[d]
                    if place[p] >= first:
                        out_cost[place[p]] = min(out_cost[place[p]], total)
                        continue
                    if found == pairs:
                        pairs *= 2
                        out_site, out_point = _grown(out_site, pairs), _grown(out_point, pairs)
                        out_cost = _grown(out_cost, pairs)
                    place[p] = found
                    out_site[found], out_point[found], out_cost[found] = s, p, total
                    found += 1
            if size + indptr[v + 1] - indptr[v] > room:
                room *= 2
                hc, hn, ht = _grown(hc, room), _grown(hn, room), _grown(ht, room)
            for a in range(indptr[v], indptr[v + 1]):
                u, reached = head[a], c + weight[a]
                if reached < cost[u] and reached <= limit:
                    if cost[u] == np.inf:
                        touched[n_touched] = u
                        n_touched += 1
                    cost[u] = reached
                    size = _push(hc, hn, ht, size, reached, u, 0)
        for i in range(n_touched):
            cost[touched[i]] = np.inf
    return out_site[:found].copy(), out_point[:found].copy(), out_cost[:found].copy()
