"""Travel time and distance between many places, for ordering a bus's stops."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.network.street_network import Snapped, StreetNetwork
from geo.reach.climbs import Climbs
from geo.reach.ends import same_edge
from geo.solving import Progress, silent
from geo.text import Text

Floats = NDArray[np.float64]
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
