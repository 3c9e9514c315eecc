"""The two ends of every snapped point's street, and what each costs."""

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
