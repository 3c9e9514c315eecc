"""Column generation: tours are added while any is worth more than its bus-day's price.

At any time the master's prices give a Lagrangian upper bound: all right-hand sides at their
prices plus, for every row of bus-days, their number times the best tour (Lübbecke & Desrosiers,
Operations Research 53, 2005). With the kilometre price set to zero it bounds the workers served
by any plan that keeps the floors. Once no tour is missing, rows that every plan keeps and the LP
does not are added to the master (:meth:`Master.couple`), and tours are sought again. Such a row
is let go where pricing keeps promising tours that are none (:meth:`Master.uncouple`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import NDArray

from geo.bus.solver.completion import FEW_ROOM_PRICES, ROOM_PRICES
from geo.bus.solver.duties import Duty, part_of
from geo.bus.solver.first_calls import with_first_calls
from geo.bus.solver.master import DualValues, Master
from geo.bus.solver.pricing import Fines, PricedTours, neighbourhoods, price_tours
from geo.bus.solver.services import Services, Tour
from geo.solving import StoppingCriterion

_THREADS = 2
"""A small machine has two cores; pricing hands the lock back."""
_MAX_LABELS = 1_000_000
"""Chosen: a bound on memory; what needs more is told as incomplete and proves nothing."""
_NEAR_LABELS, _NEAR_TOURS = 40_000, 10_000
"""Of a duty, where tours are sought that are not quite worth their bus-day's price."""
_FEW_NEIGHBOURS = 15
"""Remembered beside the stops of fines: enough for a day's three or four visits."""
MOST_UNFORGOTTEN = 63 - _FEW_NEIGHBOURS
"""Stops remembered everywhere at most: a memory has 64 bits, one for the stop itself."""
_SHARES = (0.5, 0.25, 0.1, 0.0)
"""How picky pricing is, round by round: only once nothing is found is it less so."""


@dataclass(slots=True)
class Pricer:
    """Prices every duty of a campaign, and counts what that cost."""

    services: Services
    duties: tuple[Duty, ...]
    n_stops: int
    labels: int = 0
    memory: tuple[NDArray[np.int8], ...] = field(init=False)

    def __post_init__(self) -> None:
        """Remember the neighbourhoods, which never change."""
        self.memory = tuple(neighbourhoods(duty, self.n_stops) for duty in self.duties)

    def price(
        self, prices: DualValues, *, km_price: float, share: float, is_proof: bool = True
    ) -> list[PricedTours]:
        """Return, for every duty, the tours that beat their bus-day's price.

        Unless it is a proof, services that are worth no visit by themselves, or whose stop the
        tours held use up, are left out, and nothing is told of the best of all tours.
        """
        return self._each(
            lambda number: self._price(number, prices, km_price, share, is_proof=is_proof)
        )

    def nearly_worth_it(self, prices: DualValues, *, km_price: float, slack: float) -> list[Tour]:
        """Return the tours that miss the price of their bus-day by no more than `slack`."""

        def within(number: int) -> PricedTours:
            duty = self.duties[number]
            return self._asked(number, duty, self.memory[number], prices)(
                km_price=km_price,
                threshold=float(prices.bus_day[duty.row]) - slack,
                share=0.0,
                max_labels=_NEAR_LABELS,
                max_tours=_NEAR_TOURS,
                room_prices=ROOM_PRICES,
            )

        return [tour for one in self._each(within) for tour in one.tours]

    def price_fined(
        self, prices: DualValues, fined: Sequence[Sequence[int]], fines: NDArray[np.float64]
    ) -> list[PricedTours]:
        """Return, for every duty, the tours that beat their bus-day's price after `fines`, (f,).

        Each is charged for every two visits among the stops `fined` by it; there must be no more
        than :data:`MOST_UNFORGOTTEN` such stops.
        """
        unforgotten = sorted({stop for stops in fined for stop in stops})

        def fine(number: int) -> PricedTours:
            duty = self.duties[number]
            at = self.services.stop[duty.service]
            within = np.array([np.isin(at, stops) for stops in fined], dtype=np.int8)
            memory = neighbourhoods(
                duty, self.n_stops, near=_FEW_NEIGHBOURS, unforgotten=unforgotten
            )
            return self._asked(number, duty, memory, prices)(
                km_price=0.0,
                threshold=float(prices.bus_day[duty.row]),
                share=0.0,
                max_labels=_MAX_LABELS,
                room_prices=ROOM_PRICES,
                fines=Fines(within.reshape(len(fined), len(at)).T, fines),
            )

        return self._each(fine)

    def _each(self, price: Callable[[int], PricedTours]) -> list[PricedTours]:
        """Return what `price` makes of each duty's number, and count its labels."""
        with ThreadPoolExecutor(_THREADS) as pool:
            found = list(pool.map(price, range(len(self.duties))))
        self.labels += sum(one.labels for one in found)
        return found

    def _asked(
        self, number: int, duty: Duty, memory: NDArray[np.int8], prices: DualValues
    ) -> partial[PricedTours]:
        """Return the pricing of `duty`, or of a part of it; how picky it is remains to be said."""
        wins: float | NDArray[np.float64] = 0.0
        if prices.first.any():
            duty, memory, wins = with_first_calls(duty, memory, prices.first[duty.service])
        return partial(
            price_tours,
            number,
            duty,
            memory,
            self.services.expected[duty.service],
            prices.exam[duty.service],
            prices.visit[duty.service] - wins,
        )

    def _price(
        self, number: int, prices: DualValues, km_price: float, share: float, *, is_proof: bool
    ) -> PricedTours:
        duty, memory = self.duties[number], self.memory[number]
        if not is_proof:
            kept = np.flatnonzero(self._worthwhile(duty, prices) & ~prices.closed[duty.service])
            if not kept.size:
                return PricedTours((), np.inf, complete=False, labels=0)
            duty, memory = part_of(duty, kept), memory[kept]
        return self._asked(number, duty, memory, prices)(
            km_price=km_price,
            threshold=float(prices.bus_day[duty.row]),
            share=share,
            max_labels=_MAX_LABELS,
            room_prices=ROOM_PRICES if is_proof else FEW_ROOM_PRICES,
        )

    def _worthwhile(self, duty: Duty, prices: DualValues) -> NDArray[np.bool_]:
        """Return (m,) which services of `duty` are worth more than a visit of theirs is charged."""
        most = np.minimum(self.services.expected, duty.clock.per_step * duty.clock.stays[-1])
        charge = prices.visit - prices.first.sum(axis=1)
        kept: NDArray[np.bool_] = (prices.exam * most > charge)[duty.service]
        return kept


@dataclass(frozen=True, slots=True)
class Generated:
    """How column generation went.

    Attributes
    ----------
    bound : float
        Upper bound on the objective over all plans (never below the LP's value).
    value : float
        The LP's value over the tours found.
    rounds : int
        Times all duties were priced.
    is_closed : bool
        True when no tour was left to add.
    """

    bound: float
    value: float
    rounds: int
    is_closed: bool


def generate(
    master: Master,
    pricer: Pricer,
    *,
    most: float,
    max_rounds: int,
    stop: StoppingCriterion,
    tolerance: float = 1e-3,
    is_nearly_closed: bool = False,
) -> Generated:
    """Add tours to `master` until the bound is met, and return it.

    Parameters
    ----------
    master, pricer
        The master problem, and who prices for it.
    most : float
        People nobody can serve more than (capacity, demand, quota).
    max_rounds, stop
        When to give up; the bound is valid all the same.
    tolerance : float
        Share of the bound by which the LP may stay below it.
    is_nearly_closed : bool
        Whether hardly any tour is missing, so that pricing need not begin picky.
    """
    level = len(_SHARES) - 1 if is_nearly_closed else 0
    bound, rounds = most, 0
    prices = master.solve()
    while rounds < max_rounds and not stop():
        if _is_met(prices, bound, tolerance):
            if not master.couple():
                break
            level, prices = 0, master.solve()
            continue
        rounds += 1
        added, value, found = _round(master, pricer, prices, share=_SHARES[level])
        bound = min(bound, value)
        if not added:
            is_stuck = level == len(_SHARES) - 1 and not _is_met(prices, bound, tolerance)
            if is_stuck and not master.uncouple(found):
                break
            level = min(level + 1, len(_SHARES) - 1)
        prices = master.solve()
    is_closed = _is_met(prices, bound, tolerance)
    return Generated(bound, prices.objective, rounds, is_closed)


def _is_met(prices: DualValues, bound: float, tolerance: float) -> bool:
    return bool(bound - prices.objective <= tolerance * abs(bound))


def _round(
    master: Master, pricer: Pricer, prices: DualValues, *, share: float
) -> tuple[int, float, list[Tour]]:
    added, plane, tours = _priced(master, pricer, prices, share=share)
    return added, plane.rest + float(plane.best @ master.bus_days()), tours


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """A bound for any number of bus-days: `rest`, and for each bus-day of row k `best[k]` more.

    `value` is the LP's, at the bus-days offered, over the tours known when it was solved.
    """

    rest: float
    best: NDArray[np.float64]
    value: float


def bounding_plane(master: Master, pricer: Pricer) -> Plane:
    """Return the bound at the prices of the LP over the tours known; adds what it finds."""
    return _priced(master, pricer, master.solve(), share=_SHARES[-1])[1]


def _priced(
    master: Master, pricer: Pricer, prices: DualValues, *, share: float
) -> tuple[int, Plane, list[Tour]]:
    """Return how many tours are new, the bound, and the tours."""
    best = prices.bus_day.copy()
    added = 0
    tours: list[Tour] = []
    for duty, found in zip(
        pricer.duties, pricer.price(prices, km_price=master.km_weight, share=share), strict=True
    ):
        best[duty.row] = max(best[duty.row], found.best)
        added += sum(master.add(tour) for tour in found.tours)
        tours += found.tours
    return added, Plane(prices.rest, best, prices.objective), tours
