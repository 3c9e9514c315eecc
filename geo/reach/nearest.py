"""The k nearest sites of many points, exact."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.network.street_network import Snapped, StreetNetwork
from geo.reach.ends import leaving, same_edge
from geo.reach.labels import SiteLabels

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Nearest:
    """The nearest sites of n points.

    Attributes
    ----------
    site : (n, k) int32
        Row of the site, cheapest first; -1 where there are fewer than k.
    cost : (n, k) float64
        Metres or seconds as asked, access legs included; inf where there is no site.
    """

    site: Ints
    cost: Floats


def nearest(
    network: StreetNetwork,
    points: Snapped,
    sites: Snapped,
    *,
    k: int = 1,
    limit: float = np.inf,
    weight: str = "distance_m",
) -> Nearest:
    """Find each point's `k` nearest sites within `limit`, travelling from point to site.

    Every node is labelled with its k nearest sites in one search against the direction of
    travel; a point takes the best of the labels at the ends of its edge and of the sites on the
    edge itself.
    """
    labels = SiteLabels.build(network, sites, k=k, weight=weight, limit=limit)
    ends = leaving(network, points, weight)
    site = labels.site[ends.node].reshape(len(points), -1)
    cost = (labels.cost[ends.node] + ends.cost[:, :, None]).reshape(len(points), -1)
    direct = same_edge(network, points, sites, weight)
    row = np.concatenate([np.repeat(np.arange(len(points)), 2 * k), direct.origin])
    found = np.concatenate([site.ravel(), direct.destination])
    total = np.concatenate([cost.ravel(), direct.cost])
    return _ranked(row, found, total, len(points), k, limit)


def _ranked(
    row: NDArray[np.intp], site: Ints, cost: Floats, n: int, k: int, limit: float
) -> Nearest:
    """Keep the k cheapest distinct sites of every row."""
    keep = (site >= 0) & (cost <= limit)
    row, site, cost = row[keep], site[keep], cost[keep]
    order = np.lexsort((cost, site, row))
    row, site, cost = row[order], site[order], cost[order]
    first = np.ones(len(row), np.bool_)
    first[1:] = (row[1:] != row[:-1]) | (site[1:] != site[:-1])
    row, site, cost = row[first], site[first], cost[first]
    order = np.lexsort((site, cost, row))
    row, site, cost = row[order], site[order], cost[order]
    rank = np.arange(len(row)) - np.searchsorted(row, row, "left")
    answer = Nearest(np.full((n, k), -1, np.int32), np.full((n, k), np.inf))
    kept = rank < k
    answer.site[row[kept], rank[kept]] = site[kept]
    answer.cost[row[kept], rank[kept]] = cost[kept]
    return answer
