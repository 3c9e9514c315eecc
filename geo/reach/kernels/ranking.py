"""A short list of sites by rising cost, kept in two rows; ties go to the lower site number."""

from __future__ import annotations

import numba


@numba.njit(cache=True, nogil=True)
def insert(sites, costs, site, cost):
    """Put a site into its place, or leave the list as it is; unused places are -1 and inf."""
    last = len(sites) - 1
    if not (cost < costs[last] or (cost == costs[last] and site < sites[last])):
        return
    at = last
    for j in range(last + 1):
        if sites[j] == site:
            if cost >= costs[j]:
                return
            at = j
            break
    while at > 0 and (cost < costs[at - 1] or (cost == costs[at - 1] and site < sites[at - 1])):
        sites[at], costs[at] = sites[at - 1], costs[at - 1]
        at -= 1
    sites[at], costs[at] = site, cost
