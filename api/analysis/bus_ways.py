"""The ways buses drive, for drawing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo.campaign.layers import LonLat
from geo.network.street_network import StreetNetwork
from geo.reach.route import route


class Ways:
    """Finds the way between two places, each pair once."""

    def __init__(self, network: StreetNetwork) -> None:
        self._network = network
        self._known: dict[tuple[LonLat, LonLat], NDArray[np.float64]] = {}

    def __call__(self, origin: LonLat, destination: LonLat) -> NDArray[np.float64]:
        """Return the (k, 2) lon/lat vertices of the fastest way."""
        pair = origin, destination
        if pair not in self._known:
            self._known[pair] = route(self._network, [origin], [destination]).lonlat
        return self._known[pair]
