"""The rational agent access model: workers weigh the way against the crowd (Saxon & Snow 2020).

Annals of the American Association of Geographers 110. Where ``x_ij`` workers of point i go to
station j, each of them has the cost

    c_ij = way_ij / tau + sum_i x_ij / (rho S_j)

in multiples of the mean crowd: rho is all demand over all supply. Nobody gains by changing: a
user equilibrium (Wardrop 1952), which is the least of the convex function

    sum_ij (way_ij / tau) x_ij + sum_j (sum_i x_ij)^2 / (2 rho S_j)     (Beckmann et al. 1956)

One point after the other is parted at best among its stations, all others held; that only
lowers the function. Saxon and Snow move whole workers for 150 rounds; here parts of workers move
until what anybody could still gain is below a ten-millionth of all cost.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from geo.arrays import Floats, Ints
from geo.reach.catchments import Catchments

_SWEEPS = 5_000
"""Enough for 100,000 points to come within 1e-9, in half a minute; _CLOSED takes them 2.5 s."""
_CLOSED = 1e-7
"""Relative gap: in tables this is the last digit shown, and _MOST_STEPS says what it costs."""


@dataclass(frozen=True, slots=True, eq=False)
class Equilibrium:
    """Where everybody goes.

    Attributes
    ----------
    share : (p,) float64
        Part of each pair's point that goes to its station, in the order of the pairs; adds up to
        1 at every point with people and a station that takes any.
    cost : (n,) float64
        What a worker of each point bears, way and crowd, in mean crowds; NaN where nobody goes.
    gap : float
        What all could still gain by changing, over all cost.
    """

    share: Floats
    cost: Floats
    gap: float


def equilibrium(pairs: Catchments, supply: Floats, people: Floats, tau: float) -> Equilibrium:
    """Part the `people` of every point among the stations in reach so that nobody gains by changing.

    Parameters
    ----------
    pairs : Catchments
        Stations within reach of the points.
    supply : (s,) float64
        What each station offers; 0 takes nobody, inf is never crowded.
    people : (n,) float64
        Those who ask at each point.
    tau : float
        The way that weighs as much as the mean crowd, in the unit of the pairs.
    """
    stated = supply[np.isfinite(supply)].sum()
    rho = people.sum() / stated if stated > 0 else 1.0
    order = pairs.by_point()
    order = order[supply[pairs.site[order]] > 0]
    begin = np.searchsorted(pairs.point[order], np.arange(pairs.n_points + 1))
    site = pairs.site[order].astype(np.int64)
    way = pairs.cost[order].astype(np.float64) / tau
    gone, load = np.zeros(len(order)), np.zeros(pairs.n_sites)
    room, cost = rho * np.asarray(supply, np.float64), np.full(pairs.n_points, np.nan)
    gap = np.inf
    for _ in range(_SWEEPS):
        _sweep(begin, site, way, room, people, gone, load)
        gap = _left_to_gain(begin, site, way, room, people, gone, load, cost)
        if gap <= _CLOSED:
            break
    asked = people[pairs.point[order]]
    share = np.zeros(len(pairs.point))
    share[order] = np.divide(gone, asked, out=np.zeros(len(gone)), where=asked > 0)
    return Equilibrium(share, cost, float(gap))


@njit(cache=True, nogil=True)
def _sweep(
    begin: Ints, site: Ints, way: Floats, room: Floats, people: Floats, gone: Floats, load: Floats
) -> None:
    """Part every point's people anew, all others held where they are."""
    for i in range(len(people)):
        first, last = begin[i], begin[i + 1]
        if first == last or people[i] <= 0:
            continue
        at = site[first:last]
        for k in range(first, last):
            load[site[k]] -= gone[k]
        gone[first:last] = _parted(way[first:last] + load[at] / room[at], room[at], people[i])
        for k in range(first, last):
            load[site[k]] += gone[k]


@njit(cache=True, nogil=True)
def _parted(least: Floats, room: Floats, people: float) -> Floats:
    """Part `people` so that all stations in use cost the same and no other costs less.

    `least` is what the first of them would pay at each station; every further one adds
    ``1 / room``. The stations of least cost are filled up to one level, or to that of a station
    that is never crowded (room inf), where the rest go.
    """
    level, wide, weighted, open_end = np.inf, 0.0, 0.0, -1
    for k in np.argsort(least, kind="mergesort"):
        if least[k] >= level:
            break
        if np.isinf(room[k]):
            level, open_end = least[k], k
            break
        wide += room[k]
        weighted += room[k] * least[k]
        level = (people + weighted) / wide
    going = np.zeros(len(least))
    for k in range(len(least)):
        if least[k] < level:
            going[k] = room[k] * (level - least[k])
    if open_end >= 0:
        going[open_end] = max(people - going.sum(), 0.0)
    return going


@njit(cache=True, nogil=True)
def _left_to_gain(
    begin: Ints,
    site: Ints,
    way: Floats,
    room: Floats,
    people: Floats,
    gone: Floats,
    load: Floats,
    cost: Floats,
) -> float:
    """Fill the mean cost of every point; return what changing could save over all cost."""
    saved = 0.0
    total = 0.0
    for i in range(len(people)):
        first, last = begin[i], begin[i + 1]
        if first == last or people[i] <= 0:
            continue
        least, spent = np.inf, 0.0
        for k in range(first, last):
            now = way[k] + load[site[k]] / room[site[k]]
            least = min(least, now)
            spent += gone[k] * now
        cost[i] = spent / people[i]
        saved += spent - people[i] * least
        total += spent
    return saved / total if total > 0 else 0.0
