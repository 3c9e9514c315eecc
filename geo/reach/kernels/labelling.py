"""Labels of all nodes in two sweeps over the hierarchy: up to the tops, and down again.

A cheapest way climbs and then descends, so after the first sweep every node knows the sites below
it, and after the second all (PHAST, Delling et al. 2011, with k labels a node). No queue is needed
and every arc is looked at twice, in the order it lies in memory. Chosen over scipy's ``dijkstra``
with ``min_only``, which needs 3.5 to 5 times as long and does not say which site it is, and over a
numba heap, which needed as long as scipy; 36 ns a node from 50,000 to 400,000 nodes
(``tests/benchmarks/reach.py``).
"""

from __future__ import annotations

import numba
import numpy as np


@numba.njit(cache=True, nogil=True)
def insert(sites, costs, site, cost):
    """Put a site into its place, or leave the list as it is; unused places are -1 and inf.

    Returns the place and the one that fell free for it, both -1 where nothing was changed; see
    :func:`follow`.
    """
    last = len(sites) - 1
    if not (cost < costs[last] or (cost == costs[last] and site < sites[last])):
        return -1, -1
    at = last
    for j in range(last + 1):
        if sites[j] == site:
            if cost >= costs[j]:
                return -1, -1
            at = j
            break
    free = at
    while at > 0 and (cost < costs[at - 1] or (cost == costs[at - 1] and site < sites[at - 1])):
        sites[at], costs[at] = sites[at - 1], costs[at - 1]
        at -= 1
    sites[at], costs[at] = site, cost
    return at, free


@numba.njit(cache=True, nogil=True)
def follow(others, place, other):
    """Put a site's other measure where :func:`insert` put the site."""
    at, free = place
    if at >= 0:
        for j in range(free, at, -1):
            others[j] = others[j - 1]
        others[at] = other


@numba.njit(cache=True, nogil=True)
def label_nearest(first, upper, up, down, seed_node, seed_cost, seed_site):
    """Label every node with its cheapest site, travelling from the node to the site.

    Returns (n,) int32 sites, -1 where none can be reached, and their (n,) float64 costs.
    """
    n = len(first) - 1
    site, cost = np.full(n, -1, np.int32), np.full(n, np.inf)
    for s in range(len(seed_node)):
        v = seed_node[s]
        if seed_cost[s] < cost[v]:
            site[v], cost[v] = seed_site[s], seed_cost[s]
    for v in range(n):
        for a in range(first[v], first[v + 1]):
            u = upper[a]
            if cost[v] + down[a] < cost[u]:
                site[u], cost[u] = site[v], cost[v] + down[a]
    for v in range(n - 1, -1, -1):
        for a in range(first[v], first[v + 1]):
            u = upper[a]
            if cost[u] + up[a] < cost[v]:
                site[v], cost[v] = site[u], cost[u] + up[a]
    return site, cost


@numba.njit(cache=True, nogil=True)
def label_several(first, upper, up, down, seed_node, seed_cost, seed_site, seed_other, k):
    """Label every node with its k cheapest sites, travelling from the node to them.

    `up` and `down` are pairs: the arcs' costs, and their other measure. Returns (n, k) int32 sites,
    -1 where there are fewer, their (n, k) float64 costs and the other measure of the same ways.
    """
    n = len(first) - 1
    site, cost = np.full((n, k), -1, np.int32), np.full((n, k), np.inf)
    other = np.full((n, k), np.inf)
    for s in range(len(seed_node)):
        v = seed_node[s]
        follow(other[v], insert(site[v], cost[v], seed_site[s], seed_cost[s]), seed_other[s])
    for v in range(n):
        if site[v, 0] >= 0:
            for a in range(first[v], first[v + 1]):
                _offer(site, cost, other, v, upper[a], down[0][a], down[1][a])
    n_sites = np.max(seed_site) + 1 if len(seed_site) else 0
    _descend(first, upper, up, site, cost, other, n_sites)
    return site, cost, other


@numba.njit(cache=True, nogil=True)
def _descend(first, upper, up, site, cost, other, n_sites):
    """Take over the labels of the nodes above, from the top down.

    Most of what is offered a node knows already: what it was offered last is kept by site.
    """
    offered_to, offered = np.full(n_sites, -1, np.int32), np.empty(n_sites)
    k = site.shape[1]
    for v in range(len(first) - 2, -1, -1):
        sites, costs = site[v], cost[v]
        for j in range(k):
            if sites[j] >= 0:
                offered_to[sites[j]], offered[sites[j]] = v, costs[j]
        for a in range(first[v], first[v + 1]):
            for j in range(k):
                s, total = site[upper[a], j], cost[upper[a], j] + up[0][a]
                if s < 0 or total > costs[k - 1]:
                    break
                if offered_to[s] != v or total < offered[s]:
                    offered_to[s], offered[s] = v, total
                    place = insert(sites, costs, s, total)
                    follow(other[v], place, other[upper[a], j] + up[1][a])


@numba.njit(cache=True, nogil=True)
def _offer(site, cost, other, giver, taker, extra, extra_other):
    """Offer the labels of one node to another that is `extra` away from it."""
    for j in range(site.shape[1]):
        total = cost[giver, j] + extra
        if site[giver, j] < 0 or total > cost[taker, -1]:
            return
        place = insert(site[taker], cost[taker], site[giver, j], total)
        follow(other[taker], place, other[giver, j] + extra_other)
