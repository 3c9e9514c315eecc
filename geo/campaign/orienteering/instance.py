"""Orienteering with time windows: which places to see before the working time is over, and when.

The front door to the core that also plans bus-days (:mod:`geo.campaign.orienteering.outing`), for places with
a fixed stay and a prize of their own. The published test beds of the field come in this form.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.campaign.orienteering.outing import Outing, nothing, worth
from geo.campaign.orienteering.proof import prove
from geo.campaign.orienteering.search import search
from geo.errors import BadInputError
from geo.solving import Progress, Stop, never, silent
from geo.text import Text

_SEARCHING = Text("搜索路线", "Searching for a route")
_PROVING = Text("证明上界", "Proving the bound")
_FEW = 64
"""So many places or fewer are searched alike long."""


@dataclass(frozen=True, slots=True, eq=False)
class Orienteering:
    """Places to see by one traveller; place 0 is where the tour starts and ends.

    Attributes
    ----------
    travel : (n, n) int64
        Time from row to column, in whole units of the instance.
    opens, closes : (n,) int64
        Earliest and latest time a stay begins; of place 0, the working time.
    stay : (n,) int64
        Time a stay takes, 0 at place 0.
    prize : (n,) float64
        What a stay is worth, 0 at place 0.
    name : str
        What people call the instance.
    """

    travel: NDArray[np.int64]
    opens: NDArray[np.int64]
    closes: NDArray[np.int64]
    stay: NDArray[np.int64]
    prize: NDArray[np.float64]
    name: str = ""

    def __post_init__(self) -> None:
        """Refuse shapes that do not fit, negative values and a start that is worth something."""
        n = len(self.prize)
        if n < 1 or self.travel.shape != (n, n) or {*self._lengths()} != {n}:
            raise _bad(Text(f"各数组长度不一致（{n} 个地点）", f"the arrays do not fit {n} places"))
        if min(self.travel.min(), self.stay.min(), self.prize.min()) < 0:
            raise _bad(Text("时间或得分为负", "a time or a prize is negative"))
        if self.stay[0] or self.prize[0] or self.closes[0] < self.opens[0]:
            what = "起点须无停留、无得分，且结束不早于开始"
            raise _bad(Text(what, "place 0 must have no stay or prize, and end after it starts"))

    def _lengths(self) -> tuple[int, ...]:
        return len(self.opens), len(self.closes), len(self.stay)


@dataclass(frozen=True, slots=True)
class Route:
    """The answer to an orienteering instance.

    Attributes
    ----------
    places : tuple[int, ...]
        In the order seen, without place 0.
    prize : float
        What they are worth.
    upper_bound : float
        No route is worth more.
    is_proven : bool
        True when this route is proven best.
    """

    places: tuple[int, ...]
    prize: float
    upper_bound: float
    is_proven: bool

    @property
    def gap(self) -> float:
        """Return the share of the upper bound that is not proven to be out of reach."""
        return (self.upper_bound - self.prize) / self.upper_bound if self.upper_bound > 0 else 0.0


@dataclass(frozen=True, slots=True)
class RouteEffort:
    """How hard to search; counted in steps, so that every machine gives the same route.

    Attributes
    ----------
    tries, more_tries : int
        Places tried in the first search and in each other one, over all iterations.
    heats : tuple[tuple[float, float], ...]
        Share of the dearest prize that a search may lose at its beginning and at its end; one
        search for each, a proof after the first and after the last.
    max_labels, max_compared : int
        Labels and comparisons of each proof.
    """

    tries: int = 4_000_000
    more_tries: int = 8_000_000
    heats: tuple[tuple[float, float], ...] = ((1.0, 0.01), (0.5, 0.03), (1.0, 0.02), (0.3, 0.01))
    max_labels: int = 2_000_000
    max_compared: int = 150_000_000


def plan_route(
    orienteering: Orienteering,
    *,
    seed: int = 0,
    stop: Stop = never,
    progress: Progress = silent,
    effort: RouteEffort | None = None,
) -> Route:
    """Return the best route found, with a proven bound.

    Parameters
    ----------
    orienteering : Orienteering
        The places.
    seed : int
        Of the search; the same seed gives the same route.
    stop, progress
        Asked, and told, between searches and proofs.
    effort : RouteEffort | None
        Limits of the search; None for the usual ones.
    """
    effort = effort or RouteEffort()
    outing = _outing(orienteering)
    best, bound = nothing(outing), float(outing.prize.sum())
    for number, (hot, cold) in enumerate(effort.heats):
        if stop():
            break
        progress(_SEARCHING, number / len(effort.heats))
        best = max(
            best,
            _searched(
                outing, seed + number, hot, cold, effort.more_tries if number else effort.tries
            ),
            key=lambda order: worth(outing, order),
        )
        if number in {0, len(effort.heats) - 1} and not stop():
            progress(_PROVING, number / len(effort.heats))
            proof = prove(
                outing, best, max_labels=effort.max_labels, max_compared=effort.max_compared,
                stop=stop,
            )  # fmt: skip
            best, bound = proof.order, min(bound, proof.bound)
            if proof.is_closed:
                break
    progress(_PROVING, 1.0)
    prize = worth(outing, best)
    places = tuple((best[1:-1] + 1).tolist())
    return Route(places, prize, bound, is_proven=bound <= prize)


def check_route(orienteering: Orienteering, route: Route) -> tuple[Text, ...]:
    """Return every rule `route` breaks, each as a sentence; written from the rules alone."""
    found: list[Text] = []
    time, at = int(orienteering.opens[0]), 0
    for place in (*route.places, 0):
        time = max(
            time + int(orienteering.stay[at] + orienteering.travel[at, place]),
            int(orienteering.opens[place]),
        )
        if time > orienteering.closes[place]:
            found.append(Text(f"到达 {place} 太晚。", f"Place {place} is reached too late."))
        at = place
    if len({0, *route.places}) != len(route.places) + 1:
        found.append(Text("有地点重复。", "A place is seen twice."))
    if abs(sum(float(orienteering.prize[p]) for p in route.places) - route.prize) > 1e-6:  # noqa: PLR2004  rounding
        found.append(Text("得分不符。", "The prizes do not add up."))
    if route.upper_bound < route.prize:
        found.append(Text("上界低于得分。", "The bound is below the prize."))
    return tuple(found)


def _searched(outing: Outing, seed: int, hot: float, cold: float, tries: int) -> NDArray[np.int64]:
    dearest = max(float(outing.prize.max()), 1e-9)
    iterations = max(tries // max(len(outing.prize), _FEW), 1)
    found: NDArray[np.int64] = search(
        outing, nothing(outing), iterations, seed, hot * dearest, cold * dearest
    )
    return found


def _outing(orienteering: Orienteering) -> Outing:
    """Return the places that can be seen at all as errands, place 0 as start and end."""
    n = len(orienteering.prize)
    turn = np.array([*range(1, n), 0, 0])
    closes = orienteering.closes[turn].astype(np.int64)
    closes[-2] = closes[-1]
    return Outing(
        np.ascontiguousarray(orienteering.travel[np.ix_(turn, turn)], dtype=np.int64),
        orienteering.opens[turn].astype(np.int64),
        closes,
        orienteering.stay[turn].astype(np.int64),
        orienteering.prize[turn].astype(np.float64),
        np.arange(n + 1),
    )


def _bad(why: Text) -> BadInputError:
    return BadInputError(
        Text(f"定向问题无效：{why.zh}。", f"The orienteering instance is not valid: {why.en}.")
    )
