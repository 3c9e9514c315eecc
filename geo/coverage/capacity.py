"""Whether the stations in reach have room: the floating catchment family, and how full each is.

Supply is a station's capacity in visitors a day, demand the workers of a point. All methods run
over the pairs within the coverage's limit, sparse from end to end:

- ``2sfca`` (Luo & Wang 2003): a station's capacity over all workers in its catchment, summed over
  the stations in a worker's reach.
- ``e2sfca`` (Luo & Qi 2009): the same with weights that fall with the cost.
- ``3sfca`` (Wan, Zou & Sternberg 2012): before that, every worker's demand is parted among the
  stations in reach in proportion to those weights, so that nobody counts at several in full.

Workers times access adds up to the capacity of the stations anyone can reach, whatever the method.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from geo.coverage.answer import Coverage
from geo.coverage.rule import VISITS_PER_WORKER_DAY
from geo.errors import BadInputError
from geo.reach.catchments import Catchments
from geo.text import Text

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

Method = Literal["2sfca", "e2sfca", "3sfca"]


@dataclass(frozen=True, slots=True)
class Decay:
    """Weights by zones of the limit; the defaults are the slow decay of Luo & Qi (2009).

    Attributes
    ----------
    shares : tuple[float, ...]
        Upper ends (``<=``) of the zones as shares of the limit, rising to 1.
    weights : tuple[float, ...]
        Weight of each zone, from 0 to 1.
    """

    shares: tuple[float, ...] = (1 / 3, 2 / 3, 1.0)
    weights: tuple[float, ...] = (1.0, 0.68, 0.22)

    def __post_init__(self) -> None:
        """Refuse zones that do not rise to the limit, or weights out of range."""
        ends, weights = np.array(self.shares), np.array(self.weights)
        sound = len(ends) == len(weights) > 0 and (np.diff(ends, prepend=0.0) > 0).all()
        if not sound or ends[-1] != 1 or weights.min() < 0 or weights.max() > 1:
            raise BadInputError(
                Text(
                    f"距离衰减 {self.shares}、{self.weights} 无效：分段须递增到 1，权重在 0 到 1。",
                    f"Decay {self.shares}, {self.weights}: zones must rise to 1, weights be 0 to 1",
                )
            )

    def of(self, cost: NDArray[np.floating], limit: float) -> Floats:
        """Return the weight of every cost (within `limit`)."""
        zone = np.searchsorted(limit * np.array(self.shares), cost, side="left")
        weights: Floats = np.array(self.weights)[np.minimum(zone, len(self.weights) - 1)]
        return weights


def floating_catchments(
    pairs: Catchments,
    supply: Floats,
    people: Floats,
    limit: float,
    *,
    method: Method = "e2sfca",
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
    method : Method
        Of the family.
    decay : Decay | None
        Weights for "e2sfca" and "3sfca", Luo & Qi's where None.

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
    weights = _weights(pairs, limit, method, decay or Decay())
    pressed = weights @ people
    offered = np.nan_to_num(supply, nan=0.0)
    ratio = np.divide(offered, pressed, out=np.zeros(len(supply)), where=pressed > 0)
    return ratio, np.asarray(weights.T @ ratio, np.float64)


def _weights(pairs: Catchments, limit: float, method: Method, decay: Decay) -> csr_matrix:
    """Return how much each point's people count at each station, (s, n) sparse."""
    if method not in get_args(Method):
        raise BadInputError(
            Text(
                f"不认识的方法 {method}，请用 2sfca、e2sfca 或 3sfca。",
                f"Unknown method {method!r}: use 2sfca, e2sfca or 3sfca.",
            )
        )
    cost = pairs.cost.astype(np.float64)
    weight = np.ones(len(cost)) if method == "2sfca" else decay.of(cost, limit)
    if method == "3sfca":
        weight = weight * _selection(pairs, weight)
    return csr_matrix((weight, (pairs.site, pairs.point)), (pairs.n_sites, pairs.n_points))


def _selection(pairs: Catchments, weight: Floats) -> Floats:
    """Return how likely each point's people choose each station in reach, (p,); adds up to 1."""
    total = np.bincount(pairs.point, weight, minlength=pairs.n_points)[pairs.point]
    return np.divide(weight, total, out=np.zeros(len(weight)), where=total > 0)


@dataclass(frozen=True, slots=True)
class Capacity:
    """How the capacity of the stations meets the workers in their reach.

    Attributes
    ----------
    method : Method
        Of the floating catchments.
    visits_per_worker : float
        Visits a worker makes a day.
    access : (n,) float64
        Visits a day the stations in reach can take, per worker.
    visits : (s,) float64
        Visits a day expected at each station, workers choosing among those in reach by the
        decay weights; they add up to the visits of all workers covered.
    load : (s,) float64
        Visits over capacity, above 1 where a station is overloaded; NaN where not stated.
    supply_ratio : (n,) float64
        Share of a worker's visits that find room: those at an overloaded station find it in
        the order they come. NaN where no station is in reach. A station that does not state its
        capacity is taken to have room, so that nobody is called unserved on a guess.
    """

    method: Method
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
    method: Method = "e2sfca",
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
    _, access = floating_catchments(pairs, supply, people, limit, method=method, decay=decay)
    share = _selection(pairs, (decay or Decay()).of(pairs.cost.astype(np.float64), limit))
    choosing = share * people[pairs.point] * visits_per_worker
    visits = np.bincount(pairs.site, choosing, minlength=pairs.n_sites).astype(np.float64)
    load = _load(visits, supply)
    return Capacity(method, visits_per_worker, access, visits, load, _room(pairs, share, load))


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
