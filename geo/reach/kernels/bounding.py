"""Bounded searches from many sites, over a queue of buckets that never needs sorting.

Buckets are lists of nodes a few streets wide (Dial 1969); a node improved within its bucket is
simply looked at again, so costs are exact whatever the width. What a search finds is marked in a
bitmap and read from it in rising order, so nothing is sorted there either. Chosen
over scipy's ``dijkstra`` with a limit, which fills a row of all nodes for every site (12 times as
long on the sample's streets, 6 to 7 times on 219,000 real nodes, and more memory), over a binary
heap (twice as long as buckets) and over pandana's ``nodes_in_range`` (40 to 50 times as long, 12 to
20 times the memory): ``tests/benchmarks/reach.py``.
"""

from __future__ import annotations

import numba
import numpy as np

from geo.reach.kernels.ending import along, usable

_NONE = np.int32(-1)
"""No node."""
_ONE = np.uint64(1)
_SEQUENCE, _SHIFT = np.uint64(0x03F79D71B4CB0A89), np.uint64(58)
_PLACES = np.argsort([(int(_SEQUENCE) << place) % (1 << 64) >> 58 for place in range(64)])
"""Which bit is the lowest, by the top six bits of that bit times a de Bruijn sequence."""
_LEAST = 1e-300
"""What a way of no cost counts as, so that a cost of 0 can mean "not reached"."""


@numba.njit(cache=True, nogil=True)
def _spread(arcs, seed_node, seed_cost, limit, pace, cost, touched, bucket, queue):
    """Search outward from seeds and return how many nodes were reached, and the queue.

    `cost` (n,) must be 0, which is "not reached", and `bucket` -1 throughout; `cost` of the nodes
    ``touched[:reached]`` is set, `bucket` is left as it was. `pace` is the number of buckets a unit
    of cost; there must be one for the dearest way.
    """
    indptr, head, segment, weight = arcs
    size, reached = 0, 0
    for s in range(len(seed_node)):
        v, c = np.uint32(seed_node[s]), max(seed_cost[s], _LEAST)
        if c <= limit and (c < cost[v] or cost[v] == 0):
            touched[reached] = v
            reached += cost[v] == 0
            cost[v] = c
            at = int(c * pace)
            queue[size, 0], queue[size, 1] = v, bucket[at]
            bucket[at] = size
            size += 1
    for at in range(len(bucket)):
        while bucket[at] >= 0:
            v, bucket[at] = np.uint32(queue[bucket[at], 0]), queue[bucket[at], 1]
            c = cost[v]
            if int(c * pace) != at:
                continue
            if size + indptr[v + 1] - indptr[v] > len(queue):
                larger = np.empty((2 * len(queue) + indptr[v + 1] - indptr[v], 2), np.int32)
                # One by one: for a slice numba compiles the words of its refusal too, for seconds.
                for row in range(size):
                    larger[row, 0], larger[row, 1] = queue[row, 0], queue[row, 1]
                queue = larger
            for a in range(indptr[v], indptr[v + 1]):
                came, u, total = v, head[a], c + weight[segment[a]]
                while total <= limit and (total < cost[u] or cost[u] == 0):
                    touched[reached] = u
                    reached += cost[u] == 0
                    cost[u] = total
                    # Where a street only goes on, it is followed at once.
                    b, ways = indptr[u], indptr[u + 1] - indptr[u]
                    if ways > 2 or (ways == 2 and head[b] != came and head[b + 1] != came):
                        to = int(total * pace)
                        queue[size, 0], queue[size, 1] = u, bucket[to]
                        bucket[to] = size
                        size += 1
                        break
                    if ways and head[b] == came:
                        b, ways = b + np.uint32(1), ways - np.uint32(1)
                    if not ways:
                        break
                    came, u, total = u, head[b], total + weight[segment[b]]
    return reached, queue


@numba.njit(cache=True, nogil=True)
def _mark(number, bits, tops):
    """Mark a number in `bits`, and its word of 64 bits in `tops`."""
    word = number >> 6
    bits[word] |= _ONE << np.uint64(number & 63)
    tops[word >> 6] |= _ONE << np.uint64(word & 63)


@numba.njit(cache=True, nogil=True)
def _lowest(word):
    """Return the place of the lowest bit set (Leiserson, Prokop & Randall 1998)."""
    return _PLACES[((word & (~word + _ONE)) * _SEQUENCE) >> _SHIFT]


@numba.njit(cache=True, nogil=True)
def bounded_pairs(
    arcs, ends, order, doors, points, sites, street, limit, width, buckets, node_cost, point, cost
):
    """Find the (site, point) pairs within `limit`, sites one by one in `order`, while there is room.

    Whatever is an index is given as uint32: what cannot be negative need not be looked at for
    counting from the end, which is a fifth of the time.

    Parameters
    ----------
    arcs : (indptr, head, segment, weight)
        Against the direction of travel; `weight` is that of the segments.
    ends : (node, cost), (s, 2) each
        Where each site's search begins; ends of cost inf are ignored.
    order : (r,) int
        Sites near each other follow one another, so that memory stays warm.
    doors : (begin, point)
        The points that are left by each node.
    points, sites : (fraction, access, segment)
        Their places.
    street : (forward, back, whole, start, end)
        The streets.
    limit, width, buckets : float, float, int
        In the unit of the weight, and how many buckets of what width the nodes queue in.
    node_cost : (n,) float64
        To work on; 0 before and after.
    point, cost : (room,) int32, (room,) float32
        Filled with the pairs, sites in `order`, points rising; room for at least all points.

    Returns
    -------
    count : (done,) int64
        Number of pairs of each of the sites that found room.
    """
    n_points, pace = len(points[2]), 1.0 / width
    touched, queue = np.empty(len(node_cost) + 1, np.uint32), np.empty((4096, 2), np.int32)
    bucket = np.full(buckets, _NONE)
    bits = np.zeros((n_points >> 6) + 1, np.uint64)
    tops = np.zeros((len(bits) >> 6) + 1, np.uint64)
    count = np.zeros(len(order), np.int64)
    highest, limit = _no_more(limit), max(limit, _LEAST)
    total = 0
    for done, s in enumerate(order):
        if total + n_points > len(point):
            return count[:done]
        reached, queue = _spread(
            arcs, ends[0][s], ends[1][s], limit, pace, node_cost, touched, bucket, queue
        )
        _mark_reached(touched[:reached], doors, bits, tops)
        _mark_street(sites[2][s], ends[0][s], doors, points[2], bits, tops)
        count[done] = _read(
            bits,
            tops,
            points,
            sites,
            s,
            street,
            node_cost,
            limit,
            highest,
            point[total:],
            cost[total:],
        )
        total += count[done]
        for v in touched[:reached]:
            node_cost[v] = 0
    return count


@numba.njit(cache=True, nogil=True)
def _mark_reached(nodes, doors, bits, tops):
    """Mark the points that are left by any of the nodes."""
    begin, point = doors
    for v in nodes:
        for d in range(begin[v], begin[v + 1]):
            _mark(point[d], bits, tops)


@numba.njit(cache=True, nogil=True)
def _mark_street(segment, nodes, doors, on, bits, tops):
    """Mark the points on a street, which are all left by one of its two nodes."""
    begin, point = doors
    for v in nodes:
        for d in range(begin[v], begin[v + 1]):
            if on[point[d]] == segment:
                _mark(point[d], bits, tops)


@numba.njit(cache=True, nogil=True)
def _read(bits, tops, points, sites, s, street, node_cost, limit, highest, point, cost):
    """Take all marks away, put down the points marked and their costs, and return how many."""
    fraction, access, on = points
    forward, back, whole, start, end = street
    total = 0
    for top in range(len(tops)):
        while tops[top]:
            word = (top << 6) + _lowest(tops[top])
            tops[top] &= tops[top] - _ONE
            left, bits[word] = bits[word], np.uint64(0)
            while left:
                p = (word << 6) + _lowest(left)
                left &= left - _ONE
                at = on[p]
                c = _by_ends(
                    fraction[p],
                    access[p],
                    whole[at],
                    back[at],
                    forward[at],
                    node_cost[start[at]],
                    node_cost[end[at]],
                )
                if at == sites[2][s]:
                    c = min(c, along(at, points, p, sites, s, street))
                if c <= limit and c < np.inf:
                    point[total], cost[total] = p, min(np.float32(c), highest)
                    total += 1
    return total


@numba.njit(cache=True, nogil=True)
def _by_ends(fraction, access, whole, to_start, to_end, at_start, at_end):
    """Return what it costs from a point by the cheaper end of its street; inf if by neither."""
    by_start, by_end = usable(fraction, to_start, to_end)
    cost = np.inf
    if by_start and at_start > 0:
        cost = at_start + (fraction * whole + access)
    if by_end and at_end > 0:
        cost = min(cost, at_end + ((1 - fraction) * whole + access))
    return cost


@numba.njit(cache=True, nogil=True)
def _no_more(limit):
    """Return the highest float32 that is not above `limit`."""
    nearest = np.float32(limit)
    return np.nextafter(nearest, np.float32(0)) if nearest > limit else nearest


@numba.njit(cache=True, nogil=True)
def put(rows, begin, piece, whole):
    """Copy what was found for the sites `rows`, one after the other, to where each begins."""
    at = 0
    for s in rows:
        size = begin[s + 1] - begin[s]
        for number in range(size):
            whole[begin[s] + number] = piece[at + number]
        at += size
