"""Which of many places are worth asking about as stops: near many workers, and apart."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from geo.crs import to_metres

Floats = NDArray[np.float64]


def workers_around(places: Floats, people: Floats, workers: Floats, reach_m: float) -> Floats:
    """Return (n,) the workers within `reach_m` of each place as the crow flies.

    Never fewer than are reached on foot; the plan measures along streets.

    Parameters
    ----------
    places : (n, 2) float64
        Lon/lat degrees, EPSG:4326.
    people, workers : (c, 2), (c,) float64
        Where concentrations are (EPSG:4326), and how many work or live there.
    reach_m : float
        Metres.
    """
    if not len(places) or not len(people):
        return np.zeros(len(places))
    near = cKDTree(to_metres(people)).query_ball_point(to_metres(places), reach_m)
    return np.array([workers[rows].sum() for rows in near], dtype=np.float64)


def apart(
    places: Floats, worth: Floats, taken: Floats, *, least: float, apart_m: float
) -> NDArray[np.int64]:
    """Return the rows worth at least `least`, best first, none within `apart_m` of a better one.

    Parameters
    ----------
    places, worth : (n, 2), (n,) float64
        Lon/lat degrees (EPSG:4326), and what each is worth.
    taken : (t, 2) float64
        Places there are already: none of these is within `apart_m` either.
    least : float
        Worth at least.
    apart_m : float
        Metres, as the crow flies.
    """
    here = to_metres(places) if len(places) else np.empty((0, 2))
    order = [row for row in np.argsort(-worth, kind="stable").tolist() if worth[row] >= least]
    kept: list[int] = []
    held = to_metres(taken).tolist() if len(taken) else []
    for row in order:
        if all(np.hypot(*(here[row] - other)) >= apart_m for other in held):
            kept.append(row)
            held.append(here[row].tolist())
    return np.array(kept, dtype=np.int64)
