"""Stations that look near on a map but are far by the streets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from geo.network.street_network import Snapped, StreetNetwork
from geo.reach.catchments import catchments

Floats = NDArray[np.float64]

_SEARCHED = 6.0
_DETOUR = 1.5


@dataclass(frozen=True, slots=True)
class Detours:
    """For each point, the station nearest in the air where the way to it is much longer.

    Attributes
    ----------
    station : (n,) int64
        Row of it, -1 where the nearest in the air is no detour.
    air_m, street_m : (n,) float64
        Straight and by street, metres; `street_m` is inf where the way is longer than six
        times the limit, or there is none.
    """

    station: NDArray[np.int64]
    air_m: Floats
    street_m: Floats


def detours(network: StreetNetwork, points: Snapped, stations: Snapped, limit_m: float) -> Detours:
    """Find points whose nearest station in the air is within `limit_m`, but not by street.

    The way must also be more than half as long again as the straight line: any way through a
    grid of streets is longer by up to 1.41.
    """
    answer = Detours(
        np.full(len(points), -1), np.full(len(points), np.inf), np.full(len(points), np.inf)
    )
    if not len(points) or not len(stations):
        return answer
    tree = cKDTree(network.to_metres(stations.lonlat))
    air_m, station = tree.query(network.to_metres(points.lonlat))
    near = np.flatnonzero(air_m <= limit_m)
    sites, column = np.unique(station[near], return_inverse=True)
    pairs = catchments(network, stations.take(sites), points.take(near), _SEARCHED * limit_m)
    street_m = np.full(len(near), np.inf)
    own = column[pairs.point] == pairs.site
    street_m[pairs.point[own]] = pairs.cost[own]
    far = street_m > np.maximum(limit_m, _DETOUR * air_m[near])
    rows = near[far]
    answer.station[rows], answer.air_m[rows] = station[rows], air_m[rows]
    answer.street_m[rows] = street_m[far]
    return answer
