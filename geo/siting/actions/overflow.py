"""Workers a full station turns away, as demand of their own.

A station receives its capacity a day; beyond that, the same share of everybody who comes to it as
to their nearest is turned away, unless another station in reach has room. Those turned away are
split at what one enlargement would take in, so that plain covering can tell what it brings (the
splitting of Berman, Krass & Drezner 2003). Who goes where is the closest assignment of capacitated
covering (Pirkul & Schilling 1991), before any action.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geo.arrays import Flags, Floats, Ints
from geo.reach.catchments import Catchments


@dataclass(frozen=True, slots=True, eq=False)
class DemandRows:
    """Workers at demand points; those a full station turns away are rows of their own.

    Attributes
    ----------
    point : (q,) int64
        Demand point.
    workers : (q,) float64
        Adds up to the workers of the points.
    full_at : (q,) int64
        Station that turns them away; -1 for the others.
    taken_in : (q,) bool
        Whether one enlargement of that station takes them in.
    """

    point: Ints
    workers: Floats
    full_at: Ints
    taken_in: Flags


def everyone_served(workers: Floats) -> DemandRows:
    """Return one row a point: no station is ever full."""
    n = len(workers)
    return DemandRows(np.arange(n), workers, np.full(n, -1), np.zeros(n, np.bool_))


def split_overflow(
    workers: Floats,
    pairs: Catchments,
    capacity: Floats,
    *,
    visits_per_worker_day: float,
    capacity_step: float,
) -> DemandRows:
    """Split off those who find every station in reach full.

    Parameters
    ----------
    workers : (n,) float64
        Workers at each demand point.
    pairs : Catchments
        Station (``site``) to demand point within reach, with the cost of the way.
    capacity : (s,) float64
        Visitors a day; inf where not known.
    visits_per_worker_day : float
        How often a worker comes by.
    capacity_step : float
        Visitors a day that one enlargement adds.
    """
    order = pairs.by_point()
    point, site = pairs.point[order], pairs.site[order]
    first = np.concatenate([[True], point[1:] != point[:-1]]) if len(point) else np.zeros(0, bool)
    nearest = np.full(len(workers), -1)
    nearest[point[first]] = site[first]
    near = nearest >= 0
    load = visits_per_worker_day * np.bincount(
        nearest[near], workers[near], minlength=pairs.n_sites
    ).astype(np.float64)
    full = load > capacity
    has_room = np.zeros(len(workers), np.bool_)
    has_room[pairs.point[~full[pairs.site]]] = True
    rows = np.flatnonzero(near & ~has_room)
    share = capacity[nearest[rows]] / load[nearest[rows]]
    later = np.minimum((capacity[nearest[rows]] + capacity_step) / load[nearest[rows]], 1.0)
    away, still = workers[rows] * (later - share), workers[rows] * (1.0 - later)
    kept = workers.copy()
    kept[rows] = workers[rows] * share
    n, k = len(workers), len(rows)
    people = DemandRows(
        np.concatenate([np.arange(n), rows, rows]),
        np.concatenate([kept, away, still]),
        np.concatenate([np.full(n, -1), nearest[rows], nearest[rows]]),
        np.concatenate([np.zeros(n, np.bool_), np.ones(k, np.bool_), np.zeros(k, np.bool_)]),
    )
    some = (people.workers > 0) | (np.arange(n + 2 * k) < n)
    return DemandRows(
        people.point[some], people.workers[some], people.full_at[some], people.taken_in[some]
    )
