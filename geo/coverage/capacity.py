"""Whether the stations in reach have room: the floating catchment family, and how full each is.

Supply is a station's capacity in visitors a day, demand the workers of a point. All methods run
over the pairs within the coverage's limit, sparse from end to end:

- ``2sfca`` (Luo & Wang 2003): a station's capacity over all workers in its catchment, summed over
  the stations in a worker's reach.
- ``e2sfca`` (Luo & Qi 2009): the same with weights that fall with the cost.
- ``3sfca`` (Wan, Zou & Sternberg 2012): before that, every worker's demand is parted among the
  stations in reach in proportion to those weights, so that nobody counts at several in full.
- ``raam`` (Saxon & Snow 2020): workers choose themselves, weighing the way against the crowd
  (:mod:`geo.coverage.rational_agents`); access is the capacity a head where they go.

Weights fall by zones, as a Gaussian or by gravity (:mod:`geo.coverage.access_model`).

Workers times access adds up to the capacity of the stations anyone can reach (``raam``: anyone
goes to), whatever the method.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from geo.arrays import Flags, Floats
from geo.coverage.access_model import Decay, RoomMethod, ZoneDecay
from geo.coverage.answer import Coverage
from geo.coverage.rational_agents import equilibrium
from geo.coverage.rule import VISITS_PER_WORKER_DAY
from geo.errors import BadInputError
from geo.reach.catchments import Catchments
from geo.text import Text


def floating_catchments(
    pairs: Catchments,
    supply: Floats,
    people: Floats,
    limit: float,
    *,
    method: RoomMethod = RoomMethod.ENHANCED,
    decay: Decay | None = None,
) -> tuple[Floats, Floats]:
    """Return the supply per head at each station, and within reach of each point.

    Parameters
    ----------
    pairs : Catchments
        Stations within `limit` of the points.
    supply : (s,) float64
        What each station offers; NaN where not stated, which counts as nothing.
    people : (n,) float64
        Those who ask at each point.
    limit : float
        Of the pairs, in their unit.
    method : RoomMethod
        Of the family: any but RATIONAL.
    decay : Decay | None
        Weights of ENHANCED and THREE_STEP, Luo & Qi's where None.

    Returns
    -------
    ratio : (s,) float64
        Supply per head; 0 where nobody is in the catchment.
    access : (n,) float64
        Supply per head within reach.

    Raises
    ------
    BadInputError
        If the method is none of the family.
    """
    weights = _weights(pairs, limit, method, decay or ZoneDecay())
    pressed = weights @ people
    offered = np.nan_to_num(supply, nan=0.0)
    ratio = np.divide(offered, pressed, out=np.zeros(len(supply)), where=pressed > 0)
    return ratio, np.asarray(weights.T @ ratio, np.float64)


def _weights(pairs: Catchments, limit: float, method: RoomMethod, decay: Decay) -> csr_matrix:
    """Return how much each point's people count at each station, (s, n) sparse."""
    if method not in {RoomMethod.TWO_STEP, RoomMethod.ENHANCED, RoomMethod.THREE_STEP}:
        raise BadInputError(
            Text(
                f"不认识的方法 {method}，请用 2sfca、e2sfca 或 3sfca。",
                f"Unknown method {method!r}: use 2sfca, e2sfca or 3sfca.",
            )
        )
    cost = pairs.cost.astype(np.float64)
    weight = np.ones(len(cost)) if method == RoomMethod.TWO_STEP else decay.of(cost, limit)
    if method == RoomMethod.THREE_STEP:
        weight = weight * _selection(pairs, weight)
    return csr_matrix((weight, (pairs.site, pairs.point)), (pairs.n_sites, pairs.n_points))


def _selection(pairs: Catchments, weight: Floats) -> Floats:
    """Return how likely each point's people choose each station in reach, (p,); adds up to 1."""
    total = np.bincount(pairs.point, weight, minlength=pairs.n_points)[pairs.point]
    return np.divide(weight, total, out=np.zeros(len(weight)), where=total > 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """How the capacity of the stations meets the workers in their reach.

    Attributes
    ----------
    method : RoomMethod
        Of the access.
    visits_per_worker : float
        Visits a worker makes a day.
    access : (n,) float64
        Visits a day the stations in reach can take, per worker.
    visits : (s,) float64
        Visits a day expected at each station, workers choosing among those in reach by the
        decay weights (RATIONAL: where they go); they add up to the visits of all workers covered.
    load : (s,) float64
        Visits over capacity, above 1 where a station is overloaded; NaN where not stated.
    supply_ratio : (n,) float64
        Share of a worker's visits that find room: those at an overloaded station find it in
        the order they come. NaN where no station is in reach. A station that does not state its
        capacity is taken to have room, so that nobody is called unserved on a guess.
    """

    method: RoomMethod
    visits_per_worker: float
    access: Floats
    visits: Floats
    load: Floats
    supply_ratio: Floats

    @property
    def full(self) -> Flags:
        """Points of whose visits some find no room, (n,) bool."""
        return self.supply_ratio < 1

    @property
    def stations_unstated(self) -> int:
        """Stations that do not state their capacity."""
        return int(np.isnan(self.load).sum())


def measure_capacity(
    coverage: Coverage,
    *,
    visits_per_worker: float = VISITS_PER_WORKER_DAY,
    method: RoomMethod = RoomMethod.ENHANCED,
    decay: Decay | None = None,
) -> Capacity:
    """Measure room at the stations of `coverage` (column ``capacity``, visitors a day).

    Raises
    ------
    BadInputError
        If `visits_per_worker` is not positive, or the method is unknown.
    """
    if not 0 < visits_per_worker < np.inf:
        raise BadInputError(
            Text(
                f"每名职工每日到站次数 {visits_per_worker} 必须是正数。",
                f"Visits per worker and day {visits_per_worker} must be positive.",
            )
        )
    pairs, people = coverage.pairs, coverage.demand.workers
    supply = coverage.stations["capacity"].to_numpy(np.float64, na_value=np.nan)
    limit = coverage.rule.limit
    share = _selection(pairs, (decay or ZoneDecay()).of(pairs.cost.astype(np.float64), limit))
    if method == RoomMethod.RATIONAL:
        share = _rational(pairs, supply, people, limit, otherwise=share)
        access = _a_head(pairs, supply, people, share)
    else:
        _, access = floating_catchments(pairs, supply, people, limit, method=method, decay=decay)
    choosing = share * people[pairs.point] * visits_per_worker
    visits = np.bincount(pairs.site, choosing, minlength=pairs.n_sites).astype(np.float64)
    load = _load(visits, supply)
    return Capacity(
        method=method,
        visits_per_worker=visits_per_worker,
        access=access,
        visits=visits,
        load=load,
        supply_ratio=_room(pairs, share, load),
    )


def _rational(
    pairs: Catchments, supply: Floats, people: Floats, limit: float, *, otherwise: Floats
) -> Floats:
    """Return the part of each point's people that go to each station in reach, (p,).

    The limit's way weighs as much as the mean crowd. Who finds only stations that take nobody is
    parted `otherwise`; a station that does not state its capacity is never crowded.
    """
    found = equilibrium(pairs, np.nan_to_num(supply, nan=np.inf), people, limit)
    going = np.bincount(pairs.point, found.share, minlength=pairs.n_points)[pairs.point] > 0
    return np.where(going, found.share, otherwise)


def _a_head(pairs: Catchments, supply: Floats, people: Floats, share: Floats) -> Floats:
    """Return the supply a head at the stations each point's people go to, (n,)."""
    gone = np.bincount(pairs.site, share * people[pairs.point], minlength=pairs.n_sites)
    offered = np.nan_to_num(supply, nan=0.0)
    ratio = np.divide(offered, gone, out=np.zeros(len(supply)), where=gone > 0)
    each = share * ratio[pairs.site]
    return np.bincount(pairs.point, each, minlength=pairs.n_points).astype(np.float64)


def _room(pairs: Catchments, share: Floats, load: Floats) -> Floats:
    """Return the share of each point's visits that find room, NaN where nothing is in reach."""
    refused = 1 - 1 / np.maximum(np.nan_to_num(load, nan=0.0, posinf=np.inf), 1.0)
    room = np.full(pairs.n_points, np.nan)
    room[pairs.point] = 1.0
    np.subtract.at(room, pairs.point, share * refused[pairs.site])
    return room


def _load(visits: Floats, supply: Floats) -> Floats:
    """Return visits over supply; inf where nothing is supplied to visitors, NaN where unstated."""
    load = np.full(len(supply), np.nan)
    load[supply == 0] = np.where(visits[supply == 0] > 0, np.inf, 0.0)
    some = supply > 0
    load[some] = visits[some] / supply[some]
    return load
