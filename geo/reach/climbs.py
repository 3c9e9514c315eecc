"""What snapped points can climb to in the hierarchy, kept ready for pairs of them to meet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.arrays import Floats, Ints32
from geo.network.street_network import Snapped, StreetNetwork, other_weight
from geo.reach.ends import Ends, arriving, leaving
from geo.reach.kernels.climbing import climb, meet_row


@dataclass(frozen=True, slots=True)
class Climbs:
    """The chains of n points, from the root of the hierarchy down.

    Attributes
    ----------
    begin : (n + 1,) int64
        Where each point's chain begins; one that can go nowhere has none.
    node : (c,) int32
        Nodes of the chains.
    cost, other : (c,) float64
        The weight asked for between the point and the node, access leg included, and the other
        weight along the same way.
    """

    begin: NDArray[np.int64]
    node: Ints32
    cost: Floats
    other: Floats

    @classmethod
    def away(cls, network: StreetNetwork, points: Snapped, weight: str) -> Climbs:
        """Climb in the direction of travel, leaving `points`."""
        arcs = network.arc_costs(weight)
        return cls._made(network, points, weight, leaving, (arcs.up, arcs.up_other))

    @classmethod
    def here(cls, network: StreetNetwork, points: Snapped, weight: str) -> Climbs:
        """Climb against the direction of travel, towards those who arrive at `points`."""
        arcs = network.arc_costs(weight)
        return cls._made(network, points, weight, arriving, (arcs.down, arcs.down_other))

    @classmethod
    def _made(
        cls,
        network: StreetNetwork,
        points: Snapped,
        weight: str,
        ends_of: Callable[[StreetNetwork, Snapped, str], Ends],
        arcs: tuple[Floats, Floats],
    ) -> Climbs:
        ends, along = (ends_of(network, points, name) for name in (weight, other_weight(weight)))
        tree = network.hierarchy
        shape = tree.first, tree.upper, tree.depth
        return cls(*climb(shape, arcs, ends.node, ends.cost, along.cost))

    @property
    def arrays(self) -> tuple[NDArray[np.int64], Ints32, Floats, Floats]:
        """The four arrays, as the kernels take them."""
        return self.begin, self.node, self.cost, self.other

    def meet(self, row: int, here: Climbs, rows: NDArray[np.intp]) -> tuple[Floats, Floats]:
        """Return weight and other weight from one of these points to `rows` of `here`, (r,)."""
        cost, other = meet_row(self.arrays, row, here.arrays, rows)
        return cost, other
