"""What would cure a gap that closing times cause: which stations, which hours, for whom."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Extension:
    """Hours one station would have to open besides its own.

    Attributes
    ----------
    station : int
        Row of the station.
    hours : (168,) bool
        The hours to add, Monday 00:00 first.
    workers : float
        Workers it serves in hours when no station and no extension before it does.
    worker_hours : float
        Worker-hours a week it adds to the extensions before it.
    """

    station: int
    hours: Flags
    workers: float
    worker_hours: float


def extensions(reach: csr_matrix, unserved: Floats, workers: Floats) -> list[Extension]:
    """Choose stations to open longer until every hour within their reach is served.

    Greedy: each time the station that adds the most worker-hours; of equals the first. That
    serves everybody any choice can, with at most a factor 1 + ln of the worker-hours more
    stations than the fewest possible (Wolsey 1982, submodular set covering).

    Parameters
    ----------
    reach : (n, s) sparse
        Non-zero where a station is within the limit of a point.
    unserved : (n, 168) array
        Workers of each point not served in each hour.
    workers : (n,) array
        Workers of each point.
    """
    columns = np.unique(reach.indices)
    within = reach[:, columns].tocsc().astype(bool).astype(np.float64)
    left = unserved.copy()
    gains = np.asarray(within.T @ left.sum(axis=1))
    chosen: list[Extension] = []
    while len(columns) and gains.max() > 0:
        best = int(gains.argmax())
        points = within.indices[within.indptr[best] : within.indptr[best + 1]]
        added = left[points]
        served = added.sum(axis=1) > 0
        chosen.append(
            Extension(
                int(columns[best]), added.sum(axis=0) > 0,
                float(workers[points[served]].sum()), float(added.sum()),
            )
        )  # fmt: skip
        left[points] = 0.0
        gains = np.asarray(within.T @ left.sum(axis=1))
    return chosen
