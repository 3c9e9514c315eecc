"""Bounded searches from many sites, over a queue of buckets that never needs sorting.

Buckets are lists of nodes a few streets wide (Dial 1969); a node improved within its bucket is
simply looked at again, so costs are exact whatever the width. Chosen over scipy's ``dijkstra``
with a limit, which fills a row of all nodes for every site (7 times as long on the sample's
streets, 4 to 5 times on 219,000 real nodes), over a binary heap (twice as long) and over pandana's
``nodes_in_range`` (27 times as long, and 5 to 7 times the memory).
"""

from __future__ import annotations

import numba
import numpy as np

from geo.reach.kernels.ending import along

_NONE = np.int32(-1)


@numba.njit(cache=True, nogil=True)
def grown(array, size):
    """Return a longer copy of `array`."""
    larger = np.empty(size, array.dtype)
    larger[: len(array)] = array
    return larger


@numba.njit(cache=True, nogil=True)
def spread(indptr, head, weight, seed_node, seed_cost, limit, pace, cost, touched, bucket, queue):
    """Search outward from seeds and return how many nodes were reached, and the queue.

    `cost` (n,) must be inf and `bucket` -1 throughout; `cost` of the nodes ``touched[:reached]``
    is set, `bucket` is left as it was. `pace` is the number of buckets a unit of cost;
    the last bucket takes all that is dearer.
    """
    size, reached, last = 0, 0, len(bucket) - 1
    for s in range(len(seed_node)):
        v, c = seed_node[s], seed_cost[s]
        if c <= limit and c < cost[v]:
            touched[reached] = v
            reached += cost[v] == np.inf
            cost[v] = c
            at = min(int(c * pace), last)
            queue[size, 0], queue[size, 1] = v, bucket[at]
            bucket[at] = size
            size += 1
    for at in range(len(bucket)):
        while bucket[at] >= 0:
            v, bucket[at] = queue[bucket[at], 0], queue[bucket[at], 1]
            c = cost[v]
            if min(int(c * pace), last) != at:
                continue
            if size + indptr[v + 1] - indptr[v] > len(queue):
                larger = np.empty((2 * len(queue) + indptr[v + 1] - indptr[v], 2), np.int32)
                larger[:size] = queue[:size]
                queue = larger
            for a in range(indptr[v], indptr[v + 1]):
                u, total = head[a], c + weight[a]
                if total <= limit and total < cost[u]:
                    touched[reached] = u
                    reached += cost[u] == np.inf
                    cost[u] = total
                    to = min(int(total * pace), last)
                    queue[size, 0], queue[size, 1] = u, bucket[to]
                    bucket[to] = size
                    size += 1
    return reached, queue


@numba.njit(cache=True, nogil=True)
def _sorted(found, spare, n, tens, units):
    """Sort ``found[:n]`` by two passes over the digits of its numbers, base ``len(units)``."""
    base = len(units)
    tens[:], units[:] = 0, 0
    for i in range(n):
        units[found[i] % base] += 1
        tens[found[i] // base] += 1
    before_units, before_tens = 0, 0
    for j in range(base):
        units[j], before_units = before_units, before_units + units[j]
        tens[j], before_tens = before_tens, before_tens + tens[j]
    for i in range(n):
        digit = found[i] % base
        spare[units[digit]] = found[i]
        units[digit] += 1
    for i in range(n):
        digit = spare[i] // base
        found[tens[digit]] = spare[i]
        tens[digit] += 1


@numba.njit(cache=True, nogil=True)
def bounded_pairs(
    arcs, seed_node, seed_cost, order, doors, points, sites, street, limit, width, buckets
):
    """Find every (site, point) pair within `limit`, sites one by one in `order`.

    Parameters
    ----------
    arcs : (indptr, head, weight)
        Against the direction of travel.
    seed_node, seed_cost : (s, 2) arrays
        Where each site's search begins; seeds of cost inf are ignored.
    order : (s,) int
        Sites near each other follow one another, so that memory stays warm.
    doors : (begin, point, cost)
        By which nodes points are entered.
    points, sites : (fraction, access, segment, by_segment), (fraction, access, segment)
        Their places, for those on one street; `by_segment` lists the points by rising segment.
    street : (forward, back, whole)
        The streets.

    Returns
    -------
    count, point, cost : (s,) int64, (p,) int32, (p,) float32
        Number of pairs of each site, and the pairs, sites in `order`, points rising.
    """
    indptr, head, weight = arcs
    door_ptr, door_point, door_cost = doors
    n, n_points, pace = len(indptr) - 1, len(points[0]), 1.0 / width
    cost, touched = np.full(n, np.inf), np.empty(n + 1, np.int32)
    bucket = np.full(buckets, _NONE)
    queue = np.empty((4096, 2), np.int32)
    point_cost = np.full(n_points, np.inf)
    found, spare = np.empty(n_points + 1, np.int32), np.empty(n_points + 1, np.int32)
    base = int(np.sqrt(n_points)) + 1
    units, tens = np.empty(base, np.int32), np.empty(base, np.int32)
    count = np.zeros(len(order), np.int64)
    out_point, out_cost = np.empty(1 << 16, np.int32), np.empty(1 << 16, np.float32)
    total = 0
    for s in order:
        reached, queue = spread(indptr, head, weight, seed_node[s], seed_cost[s], limit, pace,
                                cost, touched, bucket, queue)  # fmt: skip
        n_found = 0
        for i in range(reached):
            v = touched[i]
            c, cost[v] = cost[v], np.inf
            for d in range(door_ptr[v], door_ptr[v + 1]):
                p = door_point[d]
                found[n_found] = p
                n_found += point_cost[p] == np.inf
                point_cost[p] = min(point_cost[p], c + door_cost[d])
        for i in range(_first_on(points, sites[2][s]), n_points):
            p = points[3][i]
            if points[2][p] != sites[2][s] or sites[2][s] < 0:
                break
            c = along(sites[2][s], points, p, sites, s, street)
            if c < np.inf:
                found[n_found] = p
                n_found += point_cost[p] == np.inf
                point_cost[p] = min(point_cost[p], c)
        _sorted(found, spare, n_found, tens, units)
        if total + n_found + 1 > len(out_point):
            room = len(out_point) * 3 // 2 + n_found + 1
            out_point, out_cost = grown(out_point, room), grown(out_cost, room)
        begin = total
        for i in range(n_found):
            p = found[i]
            out_point[total], out_cost[total] = p, point_cost[p]
            total += point_cost[p] <= limit
            point_cost[p] = np.inf
        count[s] = total - begin
    return count, out_point[:total], out_cost[:total]


@numba.njit(cache=True, nogil=True)
def _first_on(points, segment):
    """Return where the points on a segment begin among those listed by segment."""
    low, high = 0, len(points[3])
    while low < high:
        middle = (low + high) // 2
        if points[2][points[3][middle]] < segment:
            low = middle + 1
        else:
            high = middle
    return low


@numba.njit(cache=True, nogil=True)
def in_turn(order, count, point, cost):
    """Put the pairs of :func:`bounded_pairs` in the order of their sites; also name the sites."""
    begin = np.zeros(len(count) + 1, np.int64)
    for s in range(len(count)):
        begin[s + 1] = begin[s] + count[s]
    site = np.empty(len(point), np.int32)
    new_point, new_cost = np.empty_like(point), np.empty_like(cost)
    at = 0
    for s in order:
        for i in range(begin[s], begin[s + 1]):
            site[i], new_point[i], new_cost[i] = s, point[at], cost[at]
            at += 1
    return site, new_point, new_cost
