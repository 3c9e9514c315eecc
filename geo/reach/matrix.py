"""Travel time and distance between many places, for ordering a bus's stops."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.network.street_network import Snapped, StreetNetwork
from geo.reach.ends import arriving, leaving, same_edge
from geo.reach.searches import search
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
    """Search once from every origin, by time, and read off every destination."""
    arcs = network.outgoing
    arc_s, arc_m = network.time_s[arcs.segment], network.length_m[arcs.segment]
    out_s, out_m = leaving(network, origins, "time_s"), leaving(network, origins, "distance_m")
    in_s = arriving(network, destinations, "time_s")
    in_m = arriving(network, destinations, "distance_m")
    shape = (len(origins), len(destinations))
    answer = Matrix(np.full(shape, np.inf), np.full(shape, np.inf))
    for row in np.flatnonzero(origins.reachable):
        usable = np.isfinite(out_s.cost[row])
        cost_s, cost_m, _ = search(
            arcs.indptr, arcs.head, arc_s, arc_m,
            out_s.node[row][usable], out_s.cost[row][usable], out_m.cost[row][usable], np.inf,
        )  # fmt: skip
        total_s = cost_s[in_s.node] + in_s.cost
        total_m = cost_m[in_m.node] + in_m.cost
        best = total_s.argmin(axis=1)[:, None]
        answer.time_s[row] = np.take_along_axis(total_s, best, 1)[:, 0]
        answer.distance_m[row] = np.take_along_axis(total_m, best, 1)[:, 0]
        progress(_STEP, (row + 1) / len(origins))
    direct = same_edge(network, origins, destinations, "time_s")
    faster = direct.cost < answer.time_s[direct.origin, direct.destination]
    pair = direct.origin[faster], direct.destination[faster]
    answer.time_s[pair] = direct.cost[faster]
    answer.distance_m[pair] = direct.length_m[faster]
    return answer
