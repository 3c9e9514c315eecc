"""Elimination of nodes in the order of their numbers, the costs of its arcs, and arcs by node.

Customizable contraction hierarchies (Dibbelt, Strasser & Wagner 2016): the shape depends on the
streets only, any weights are then worked in by looking at every lower triangle once.
"""

from __future__ import annotations

import numba
import numpy as np


@numba.njit(cache=True, nogil=True)
def eliminate(indptr, head):
    """Return, for every node, its higher neighbours when all lower nodes are eliminated.

    ``upper[first[v]:first[v + 1]]`` rises; the first of them is the parent in the elimination
    tree, and all of them are ancestors there.
    """
    n = len(indptr) - 1
    first = np.zeros(n + 1, np.int64)
    room = 4 * len(head) + n + 16
    upper = np.empty(room, np.int32)
    child, sibling = np.full(n, -1, np.int32), np.full(n, -1, np.int32)
    seen = np.full(n, -1, np.int32)
    size = 0
    for v in range(n):
        begin = size
        if size + n - v > room:
            room *= 2
            larger = np.empty(room, np.int32)
            for number in range(size):
                larger[number] = upper[number]
            upper = larger
        for a in range(indptr[v], indptr[v + 1]):
            u = head[a]
            if u > v and seen[u] != v:
                seen[u] = v
                upper[size] = u
                size += 1
        below = child[v]
        while below >= 0:
            for a in range(first[below], first[below + 1]):
                u = upper[a]
                if u > v and seen[u] != v:
                    seen[u] = v
                    upper[size] = u
                    size += 1
            below = sibling[below]
        upper[begin:size].sort()
        first[v + 1] = size
        if size > begin:
            parent = upper[begin]
            sibling[v] = child[parent]
            child[parent] = v
    return first, upper[:size].copy()


@numba.njit(cache=True, nogil=True)
def depths(first, upper):
    """Return how many ancestors each node has in the elimination tree, (n,) int32."""
    n = len(first) - 1
    depth = np.zeros(n, np.int32)
    for v in range(n - 1, -1, -1):
        if first[v + 1] > first[v]:
            depth[v] = depth[upper[first[v]]] + 1
    return depth


@numba.njit(cache=True, nogil=True)
def _arc(first, upper, low, high):
    begin, stop = first[low], first[low + 1]
    while stop - begin > 1:
        middle = (begin + stop) // 2
        if upper[middle] <= high:
            begin = middle
        else:
            stop = middle
    return begin


@numba.njit(cache=True, nogil=True)
def customise(first, upper, start, end, forward, back, cost, other):
    """Return the cost of every arc of the hierarchy, up and down, and the other measure of it.

    Parameters
    ----------
    first, upper : arrays
        What :func:`eliminate` returned.
    start, end, forward, back : (m,) arrays
        The streets' ends and whether they may be used from start to end, and back.
    cost, other : (m,) float64
        What is made least, and what is counted along the way.

    Returns
    -------
    up_cost, down_cost, up_other, down_other : (arcs,) float64
        Up is from the lower node to the higher one; inf where there is no way.
    """
    n, arcs = len(first) - 1, len(upper)
    up, down = np.full(arcs, np.inf), np.full(arcs, np.inf)
    up_other, down_other = np.full(arcs, np.inf), np.full(arcs, np.inf)
    for s in range(len(start)):
        v, u = start[s], end[s]
        if v == u:
            continue
        a = _arc(first, upper, min(v, u), max(v, u))
        rises, falls = (forward[s], back[s]) if v < u else (back[s], forward[s])
        if rises and cost[s] < up[a]:
            up[a], up_other[a] = cost[s], other[s]
        if falls and cost[s] < down[a]:
            down[a], down_other[a] = cost[s], other[s]
    begin, tail, arc = _from_below(first, upper)
    place = np.zeros(n, np.int64)
    for v in range(n):
        for a in range(first[v], first[v + 1]):
            place[upper[a]] = a
        for below in range(begin[v], begin[v + 1]):
            low, stop = arc[below], first[tail[below] + 1]
            rise, fall = up[low], down[low]
            for high in range(low + 1, stop):
                a = place[upper[high]]
                if fall + up[high] < up[a]:
                    up[a], up_other[a] = fall + up[high], down_other[low] + up_other[high]
                if down[high] + rise < down[a]:
                    down[a], down_other[a] = down[high] + rise, down_other[high] + up_other[low]
    return up, down, up_other, down_other


@numba.njit(cache=True, nogil=True)
def _from_below(first, upper):
    """Group the arcs by their higher node: where each begins, its lower node and its number."""
    n, arcs = len(first) - 1, len(upper)
    begin = np.zeros(n + 2, np.int64)
    for a in range(arcs):
        begin[upper[a] + 2] += 1
    for v in range(n):
        begin[v + 2] += begin[v + 1]
    tail, arc = np.empty(arcs, np.int32), np.empty(arcs, np.int32)
    for v in range(n):
        for a in range(first[v], first[v + 1]):
            at = begin[upper[a] + 1]
            tail[at], arc[at] = v, a
            begin[upper[a] + 1] += 1
    return begin[: n + 1], tail, arc


@numba.njit(cache=True, nogil=True)
def group_arcs(start, end, forward, back, n_nodes, reverse):
    """Return where each node's arcs begin, the nodes they lead to and their segments.

    Arcs leave the node they are grouped by, or arrive at it when `reverse`; those along a segment
    come before those against any.
    """
    begin = np.zeros(n_nodes + 2, np.int32)
    for s in range(len(start)):
        tail, head = (end[s], start[s]) if reverse else (start[s], end[s])
        begin[tail + 2] += forward[s]
        begin[head + 2] += back[s]
    for v in range(n_nodes):
        begin[v + 2] += begin[v + 1]
    to, segment = np.empty(begin[n_nodes + 1], np.int32), np.empty(begin[n_nodes + 1], np.int32)
    for against in range(2):
        for s in range(len(start)):
            if not (back[s] if against else forward[s]):
                continue
            swap = reverse != (against == 1)
            tail, head = (end[s], start[s]) if swap else (start[s], end[s])
            at = begin[tail + 1]
            to[at], segment[at] = head, s
            begin[tail + 1] += 1
    return begin[: n_nodes + 1], to, segment
