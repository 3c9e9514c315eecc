"""The nearest sites of every node, kept ready: a live question is a snap and a merge."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.network.street_network import Snapped, StreetNetwork
from geo.reach.ends import arriving, leaving, same_edge
from geo.reach.searches import label_nodes, search

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class SiteLabels:
    """For every node its k cheapest sites, searched against the direction of travel.

    Attributes
    ----------
    network : StreetNetwork
        The streets.
    sites : Snapped
        The destinations, snapped on `network`.
    weight : str
        "distance_m" or "time_s".
    site, cost : (n, k) int32, (n, k) float64
        Sites by rising cost, -1 and inf where there are fewer.
    """

    network: StreetNetwork
    sites: Snapped
    weight: str
    site: Ints
    cost: Floats

    @classmethod
    def build(
        cls,
        network: StreetNetwork,
        sites: Snapped,
        *,
        k: int = 10,
        weight: str = "distance_m",
        limit: float = np.inf,
    ) -> SiteLabels:
        """Label all nodes with their `k` nearest sites within `limit`."""
        arcs = network.incoming
        node, cost, owner = arriving(network, sites, weight).seeds()
        site, label_cost = label_nodes(
            arcs.indptr, arcs.head, network.weight(weight)[arcs.segment],
            node, cost, owner, k, limit,
        )  # fmt: skip
        return cls(network, sites, weight, site, label_cost)

    def nearest(
        self, lon: float, lat: float, *, k: int = 5, allowed: Flags | None = None,
        snap_limit_m: float = 1000.0,
    ) -> list[tuple[int, float]]:  # fmt: skip
        """Return the `k` nearest allowed sites of one point and their costs, cheapest first.

        Exact: where the labels cannot decide (too many of them are not allowed), the streets
        are searched instead. Empty where no street is within `snap_limit_m`.
        """
        point = self.network.snap([[lon, lat]], limit_m=snap_limit_m)
        if not point.reachable[0]:
            return []
        ends = leaving(self.network, point, self.weight)
        best, horizon = self._merge(point, ends.node[0], ends.cost[0], allowed)
        ranked = sorted(best.items(), key=lambda pair: (pair[1], pair[0]))[:k]
        if len(ranked) == k and ranked[-1][1] <= horizon:
            return ranked
        if horizon == np.inf:
            return ranked
        return self._searched(point, k, allowed)

    def _merge(
        self, point: Snapped, nodes: Ints, costs: Floats, allowed: Flags | None
    ) -> tuple[dict[int, float], float]:
        """Merge the labels of both ends; sites missing from them cost at least the horizon."""
        best: dict[int, float] = {}
        horizon = np.inf
        for node, extra in zip(nodes.tolist(), costs.tolist(), strict=True):
            if extra == np.inf:
                continue
            sites, labels = self.site[node].tolist(), self.cost[node].tolist()
            if sites[-1] >= 0:
                horizon = min(horizon, extra + labels[-1])
            for site, cost in zip(sites, labels, strict=True):
                if site >= 0 and (allowed is None or allowed[site]):
                    best[site] = min(best.get(site, np.inf), extra + cost)
        direct = same_edge(self.network, point, self.sites, self.weight)
        for site, cost in zip(direct.destination.tolist(), direct.cost.tolist(), strict=True):
            if allowed is None or allowed[site]:
                best[site] = min(best.get(site, np.inf), cost)
        return best, horizon

    def _searched(self, point: Snapped, k: int, allowed: Flags | None) -> list[tuple[int, float]]:
        """Answer by a search from the point over the whole network."""
        cost = costs_to_sites(self.network, point, self.sites, self.weight)
        if allowed is not None:
            cost = np.where(allowed, cost, np.inf)
        order = np.lexsort((np.arange(len(cost)), cost))[:k]
        return [(int(site), float(cost[site])) for site in order if np.isfinite(cost[site])]


def costs_to_sites(network: StreetNetwork, point: Snapped, sites: Snapped, weight: str) -> Floats:
    """Return the cost from one point to every site, (n,), inf where there is no way."""
    arcs = network.outgoing
    arc_weight = network.weight(weight)[arcs.segment]
    node, cost, _ = leaving(network, point, weight).seeds()
    reached, _, _ = search(arcs.indptr, arcs.head, arc_weight, arc_weight, node, cost, cost, np.inf)
    entry = arriving(network, sites, weight)
    total: Floats = (reached[entry.node] + entry.cost).min(axis=1)
    direct = same_edge(network, point, sites, weight)
    np.minimum.at(total, direct.destination, direct.cost)
    return total
