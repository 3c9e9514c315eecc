"""The ways buses drive, for drawing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo.bus.layers import LonLat
from geo.errors import UnreachableError
from geo.network.street_network import StreetNetwork
from geo.reach.route import route


class Ways:
    """Finds the way between two places, each pair once.

    Parameters
    ----------
    network : StreetNetwork
        The streets.
    otherwise : Ways | None
        Who is asked where `network` has no way: a leg driven before its street was closed.
    """

    def __init__(self, network: StreetNetwork, *, otherwise: Ways | None = None) -> None:
        self._network = network
        self._otherwise = otherwise
        self._known: dict[tuple[LonLat, LonLat], NDArray[np.float64]] = {}

    def __call__(self, origin: LonLat, destination: LonLat) -> NDArray[np.float64]:
        """Return the (k, 2) lon/lat vertices of the fastest way, from door to door.

        A stop seldom lies on the street itself; what is driven from it to the street and back is
        drawn too, as it is counted in the distance.
        """
        pair = origin, destination
        if pair not in self._known:
            try:
                street = route(self._network, [origin], [destination]).lonlat
                self._known[pair] = np.vstack([origin, street, destination])
            except UnreachableError:
                if self._otherwise is None:
                    raise
                self._known[pair] = self._otherwise(origin, destination)
        return self._known[pair]
