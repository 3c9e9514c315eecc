"""Which stations might move, and where to: those least missed, to nearby premises that reach most.

A station that may move is either kept or moved, exactly one of the two; so it stands in the
problem as a choice, and what it serves today is no longer taken for granted.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from geo.reach.catchments import Catchments

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def least_missed(stations: Catchments, workers: Floats, count: int) -> Ints:
    """Return the `count` stations that fewest workers depend on alone, in row order.

    A worker depends on a station when no other that counts is in reach, hours aside.
    """
    times = np.bincount(stations.point, minlength=stations.n_points)
    alone = times[stations.point] == 1
    missed = np.bincount(
        stations.site[alone], workers[stations.point[alone]], minlength=stations.n_sites
    )
    return np.sort(np.argsort(missed, kind="stable")[:count])


def moves_to(
    movable: Sequence[int],
    station_xy_m: Floats,
    candidate_xy_m: Floats,
    reached: Floats,
    *,
    within_m: float,
    each: int,
) -> dict[int, list[int]]:
    """Return for each movable station the candidates it may move to.

    Parameters
    ----------
    station_xy_m, candidate_xy_m : (s, 2), (c, 2) float64
        EPSG:4549 metres.
    reached : (c,) float64
        Workers not covered yet that each candidate reaches; those that reach most are offered.
    within_m : float
        Straight-line limit (``<=``): a station stays in its neighbourhood.
    each : int
        At most so many per station.
    """
    from scipy.spatial import cKDTree  # noqa: PLC0415 (half a second nobody else needs)

    if not len(candidate_xy_m) or not len(movable):
        return {}
    near = cKDTree(candidate_xy_m).query_ball_point(station_xy_m[list(movable)], within_m)
    chosen = {}
    for row, found in zip(movable, near, strict=True):
        best = sorted((one for one in found if reached[one] > 0), key=lambda k: (-reached[k], k))
        if best:
            chosen[int(row)] = [int(one) for one in best[:each]]
    return chosen
