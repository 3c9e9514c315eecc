"""Directed arcs grouped by node, counted and placed in two passes without sorting."""

from __future__ import annotations

import numba
import numpy as np


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
