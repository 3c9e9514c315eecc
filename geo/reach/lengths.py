"""How long the fastest ways from one point are, for the few sites a person is shown."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from geo.network.street_network import Snapped, StreetNetwork
from geo.reach.ends import Ends, arriving, leaving, same_edge
from geo.reach.searches import search

Floats = NDArray[np.float64]

_SLACK_S = 1e-6


class WayLengths:
    """Gives metres to answers that were ranked by seconds.

    Parameters
    ----------
    network : StreetNetwork
        The streets.
    sites : Snapped
        The destinations, snapped on `network`.
    """

    def __init__(self, network: StreetNetwork, sites: Snapped) -> None:
        self._network = network
        self._sites = sites

    @cached_property
    def _arc_weights(self) -> tuple[Floats, Floats]:
        segment = self._network.outgoing.segment
        return self._network.time_s[segment], self._network.length_m[segment]

    @cached_property
    def _entries(self) -> tuple[Ends, Ends]:
        return (
            arriving(self._network, self._sites, "time_s"),
            arriving(self._network, self._sites, "distance_m"),
        )

    def measured(
        self, point: Snapped, sites: NDArray[np.intp], limit_s: float
    ) -> tuple[Floats, Floats]:
        """Return length in metres and time in seconds of the fastest way to each of `sites`.

        Parameters
        ----------
        point : Snapped
            One point.
        sites : (k,) int
            Rows of the sites given at construction.
        limit_s : float
            No way asked for takes longer; the search goes no further.

        Returns
        -------
        distance_m, time_s : (k,) float64
            Access legs included; inf where no way is within the limit.
        """
        network, arcs = self._network, self._network.outgoing
        out_s, out_m = leaving(network, point, "time_s"), leaving(network, point, "distance_m")
        usable = np.isfinite(out_s.cost[0])
        cost_s, cost_m, _ = search(
            arcs.indptr, arcs.head, *self._arc_weights,
            out_s.node[0][usable], out_s.cost[0][usable], out_m.cost[0][usable],
            limit_s + _SLACK_S,
        )  # fmt: skip
        in_s, in_m = self._entries
        total_s = cost_s[in_s.node[sites]] + in_s.cost[sites]
        total_m = cost_m[in_m.node[sites]] + in_m.cost[sites]
        best = total_s.argmin(axis=1)[:, None]
        time_s = np.take_along_axis(total_s, best, 1)[:, 0]
        distance_m = np.take_along_axis(total_m, best, 1)[:, 0]
        direct = same_edge(network, point, self._sites.take(sites), "time_s")
        faster = direct.cost < time_s[direct.destination]
        time_s[direct.destination[faster]] = direct.cost[faster]
        distance_m[direct.destination[faster]] = direct.length_m[faster]
        return distance_m, time_s
