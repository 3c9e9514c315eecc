"""Travel times and distances between many places, and how long the fastest ways from one are."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from geo.arrays import Floats
from geo.network.street_network import Snapped, StreetNetwork
from geo.reach.climbs import Climbs
from geo.reach.ends import same_edge
from geo.solving import Progress, silent
from geo.text import Text

_STEP = Text("计算行车时间", "Drive times")


@dataclass(frozen=True, slots=True)
class Matrix:
    """Fastest ways from every origin to every destination.

    Attributes
    ----------
    distance_m, time_s : (o, d) float64
        Length and duration of the fastest way, access legs included; inf where there is none.
        Not symmetric where streets are one-way.
    """

    distance_m: Floats
    time_s: Floats


def matrix(
    network: StreetNetwork,
    origins: Snapped,
    destinations: Snapped,
    *,
    progress: Progress = silent,
) -> Matrix:
    """Meet the climb of every origin with that of every destination, by time."""
    away = Climbs.away(network, origins, "time_s")
    here = Climbs.here(network, destinations, "time_s")
    shape = (len(origins), len(destinations))
    answer, rows = Matrix(np.empty(shape), np.empty(shape)), np.arange(len(destinations))
    for row in range(len(origins)):
        answer.time_s[row], answer.distance_m[row] = away.meet(row, here, rows)
        progress(_STEP, (row + 1) / len(origins))
    direct = same_edge(network, origins, destinations, "time_s")
    faster = direct.cost < answer.time_s[direct.origin, direct.destination]
    pair = direct.origin[faster], direct.destination[faster]
    answer.time_s[pair] = direct.cost[faster]
    answer.distance_m[pair] = direct.length_m[faster]
    return answer


_SLACK_S = 1e-6
"""Sums in another order differ by less."""


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
    def _here(self) -> Climbs:
        return Climbs.here(self._network, self._sites, "time_s")

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
            Ways that take longer are left out.

        Returns
        -------
        distance_m, time_s : (k,) float64
            Access legs included; inf where no way is within the limit.
        """
        network = self._network
        away = Climbs.away(network, point, "time_s")
        time_s, distance_m = away.meet(0, self._here, sites)
        direct = same_edge(network, point, self._sites.take(sites), "time_s")
        faster = direct.cost < time_s[direct.destination]
        time_s[direct.destination[faster]] = direct.cost[faster]
        distance_m[direct.destination[faster]] = direct.length_m[faster]
        late = time_s > limit_s + _SLACK_S
        distance_m[late], time_s[late] = np.inf, np.inf
        return distance_m, time_s
