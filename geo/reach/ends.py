"""Where a snapped point meets the graph: the ends of its edge, and the way along it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.arrays import Floats, Ints32
from geo.network.street_network import Snapped, StreetNetwork
from geo.reach.kernels.ending import ends


@dataclass(frozen=True, slots=True)
class Ends:
    """The two ends of each point's edge as places to leave by or to arrive from.

    Attributes
    ----------
    node : (n, 2) int32
        Start and end node of the edge; 0 where the point is unreachable.
    cost : (n, 2) float64
        Cost between the point and that end, access leg included; inf where the direction of
        travel forbids it, and at the far end of a point that stands at the other.
    """

    node: Ints32
    cost: Floats

    def seeds(self) -> tuple[Ints32, Floats, Ints32]:
        """Return node, cost and point of every end that can be used."""
        owner = np.repeat(np.arange(len(self.node), dtype=np.int32), 2)
        usable = np.isfinite(self.cost).ravel()
        return self.node.ravel()[usable], self.cost.ravel()[usable], owner[usable]


def access_cost(network: StreetNetwork, snapped: Snapped, weight: str) -> Floats:
    """Return the access leg in metres ("distance_m") or seconds of walking ("time_s"), (n,)."""
    return snapped.access_m if weight == "distance_m" else snapped.access_m / network.walk_m_s


def leaving(network: StreetNetwork, points: Snapped, weight: str) -> Ends:
    """Return the ends by which travellers leave their edge."""
    return _ends(network, points, weight, to_start=network.back, to_end=network.forward)


def arriving(network: StreetNetwork, points: Snapped, weight: str) -> Ends:
    """Return the ends from which travellers arrive at points on an edge."""
    return _ends(network, points, weight, to_start=network.forward, to_end=network.back)


def _ends(
    network: StreetNetwork,
    points: Snapped,
    weight: str,
    *,
    to_start: NDArray[np.bool_],
    to_end: NDArray[np.bool_],
) -> Ends:
    return Ends(
        *ends(
            points.segment,
            points.fraction,
            access_cost(network, points, weight),
            network.start,
            network.end,
            to_start,
            to_end,
            network.weight(weight),
        )
    )


@dataclass(frozen=True, slots=True)
class SameEdge:
    """Pairs of a traveller and a destination on one edge, reached without leaving it.

    Attributes
    ----------
    origin, destination : (p,) int32
        Row of the traveller and of the destination.
    cost : (p,) float64
        Along the edge, both access legs included.
    length_m : (p,) float64
        The same pair's distance in metres.
    """

    origin: Ints32
    destination: Ints32
    cost: Floats
    length_m: Floats


def same_edge(
    network: StreetNetwork, origins: Snapped, destinations: Snapped, weight: str
) -> SameEdge:
    """Find the pairs that share an edge, in a direction that may be travelled."""
    order = np.argsort(destinations.segment, kind="stable")
    ordered = destinations.segment[order]
    low = np.searchsorted(ordered, origins.segment, "left")
    high = np.searchsorted(ordered, origins.segment, "right")
    count = np.where(origins.reachable, high - low, 0)
    origin = np.repeat(np.arange(len(origins)), count)
    step = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    destination = order[np.repeat(low, count) + step]
    segment = origins.segment[origin]
    ahead = destinations.fraction[destination] - origins.fraction[origin]
    allowed = np.where(ahead >= 0, network.forward[segment], network.back[segment]) | (ahead == 0)
    origin, destination, segment = origin[allowed], destination[allowed], segment[allowed]
    share = np.abs(ahead[allowed])

    def total(name: str) -> Floats:
        before, after = (access_cost(network, place, name) for place in (origins, destinations))
        along: Floats = share * network.weight(name)[segment] + before[origin] + after[destination]
        return along

    return SameEdge(
        origin.astype(np.int32), destination.astype(np.int32), total(weight), total("distance_m")
    )
