"""Column generation: tours are added while any is worth more than its bus-day's price.

At any time the master's prices give a Lagrangian upper bound: all right-hand sides at their
prices plus, for every row of bus-days, their number times the best tour (Lübbecke & Desrosiers,
Operations Research 53, 2005). With the kilometre price set to zero it bounds the workers served
by any plan that keeps the floors.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from geo.campaign.duties import Duty
from geo.campaign.master import Master, Prices
from geo.campaign.pricing import Found, neighbourhoods, price_tours
from geo.campaign.services import Services
from geo.solving import Stop

_QUICK_LABELS = 4_000
_ALL_LABELS = 1_500_000
_TINY = 1e-6


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
        self, number: int, prices: Prices, *, km_price: float, quick: bool, discount: float = 1.0
    ) -> Found:
        """Return the tours of duty `number` that beat their bus-day's price."""
        duty = self.duties[number]
        found = price_tours(
            number,
            duty,
            self.memory[number],
            self.services.expected[duty.service],
            prices.exam[duty.service],
            prices.visit[self.services.stop[duty.service]],
            km_price=km_price,
            threshold=float(prices.bus_day[duty.row]) * discount,
            max_labels=_QUICK_LABELS if quick else _ALL_LABELS,
        )
        self.labels += found.labels
        return found


@dataclass(frozen=True, slots=True)
class Generated:
    """How column generation went.

    Attributes
    ----------
    bound : float
        Upper bound on the objective over all plans (never below the LP's value).
    served_bound : float
        Upper bound on the workers served.
    rounds : int
        Times all duties were priced.
    is_closed : bool
        True when no tour was left to add.
    """

    bound: float
    served_bound: float
    rounds: int
    is_closed: bool


def generate(master: Master, pricer: Pricer, *, max_rounds: int, stop: Stop) -> Generated:
    """Add tours to `master` until none is worth adding, and return the bound."""
    km_price = master.km_weight
    bound, quick, rounds = np.inf, True, 0
    prices = master.solve()
    while rounds < max_rounds and not stop():
        rounds += 1
        added, value = _round(master, pricer, prices, km_price=km_price, quick=quick)
        bound = min(bound, value)
        if not added and not quick:
            break
        quick = bool(added) and quick
        prices = master.solve()
        if not quick and bound - prices.objective <= _TINY * max(1.0, bound):
            break
    served = min(
        served_bound(pricer, prices, master.bus_days()),
        bound if km_price == 0 else np.inf,
    )
    is_closed = bound - prices.objective <= 1e-4 * max(1.0, abs(bound))
    return Generated(bound, served, rounds, bool(is_closed))


def _round(
    master: Master, pricer: Pricer, prices: Prices, *, km_price: float, quick: bool
) -> tuple[int, float]:
    best = prices.bus_day.copy()
    added = 0
    for number, duty in enumerate(pricer.duties):
        found = pricer.price(number, prices, km_price=km_price, quick=quick)
        best[duty.row] = max(best[duty.row], found.best)
        added += sum(master.add(tour) for tour in found.tours)
    return added, prices.rest + float(best @ master.bus_days())


def served_bound(pricer: Pricer, prices: Prices, bus_days: NDArray[np.float64]) -> float:
    """Return an upper bound on the workers served by any plan, driving free of charge."""
    best = prices.bus_day.copy()
    for number, duty in enumerate(pricer.duties):
        found = pricer.price(number, prices, km_price=0.0, quick=False)
        best[duty.row] = max(best[duty.row], found.best)
    return prices.rest + float(best @ bus_days)
