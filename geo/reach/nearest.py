"""The k nearest sites of many points, exact."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.network.street_network import Snapped, StreetNetwork
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

    Every node is labelled with its k nearest sites in two sweeps over the hierarchy; a point takes
    the best of the labels at the ends of its edge and of the sites on the edge itself. Sites
    equally near come by their rows.
    """
    labels = SiteLabels.build(network, sites, k=k, weight=weight)
    site, cost = labels.of_points(points, k)
    if limit < np.inf:
        site[cost > limit], cost[cost > limit] = -1, np.inf
    return Nearest(site, cost)
