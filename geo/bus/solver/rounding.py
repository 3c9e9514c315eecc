"""From the LP's fractions to whole tours: dive with fresh columns, then mend part by part.

Diving drives the most favoured tour once more, prices again under what is held, and goes on
(Sadykov et al., INFORMS Journal on Computing 31, 2019). Mending frees some bus-days at a time that
call near one another (Shaw 1998) and solves the small MIP that is left, two of them side by side.
Where that ends at some distance from the LP, it goes on with more tours than the LP needs: all that
miss the price of their bus-day by little (Baldacci, Christofides & Mingozzi 2008 so prove; here it
is to find).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
from numpy.typing import NDArray

from geo.bus.solver.generation import Pricer
from geo.bus.solver.master import MISSED_WEIGHT, Master
from geo.bus.solver.parts import Decided, Parts, best_of_each
from geo.bus.solver.services import Tour
from geo.solving import StoppingCriterion

_TINY = 1e-6
"""The solver's integrality tolerance."""
_SHARE = 0.5
"""How picky pricing is for diving; as in the rounds of column generation."""
_AT_ONCE = 2
"""Parts decided side by side, on a core each."""
_FREED = (12, 15, 18)
"""Bus-days decided anew in a part, more of them when fewer no longer help."""
_SLACK = 2.0
"""Times its share of the distance to the LP that a tour of a better plan may miss its price by."""
_PATIENCE = 4
"""Mends without gain before more bus-days are freed; after the most, the plan stands. Where the
plan is good enough already it stands after the first of these: they still save driving."""
_HASTE = 2
"""The same while only the LP's own tours are chosen from and more can be had."""
_GAIN = 0.1
"""Workers that a mend must be worth for more of the same kind."""
_BLURS = (3.0, 1e9)
"""By up to what nearness is multiplied at random: neighbours, and every other time anybody."""


def whole_tours(
    master: Master,
    pricer: Pricer,
    between_s: NDArray[np.float64],
    *,
    enough: float,
    mends: int,
    seed: int,
    stop: StoppingCriterion,
    begin: NDArray[np.int64] | None = None,
    is_thorough: bool = True,
) -> NDArray[np.int64]:
    """Return (r,) how often each tour of `master` is driven, in whole numbers.

    Parameters
    ----------
    master, pricer
        The master problem, its LP closed or nearly so, and who prices for it.
    between_s : (p, p) float64
        Drive times between stops, seconds.
    enough : float
        Objective at which to be content.
    mends, seed : int
        Times parts are mended at most, and the seed that picks them.
    stop : StoppingCriterion
        Asked between steps; without pricing the dive then ends in a moment.
    begin : (k,) int64 | None
        How often each of the first tours is driven in a plan to mend; None: in none.
    is_thorough : bool
        Whether more tours than the LP needs are sought where its own do not lead to `enough`.
    """
    held = np.zeros(len(master.tours), dtype=np.int64)
    if begin is not None:
        held[: len(begin)] = begin
    counts = _dive(master, pricer, held, enough, stop)
    master.release()
    if not mends or not counts.any():
        return counts
    driven = [master.tours[number] for number in np.repeat(np.arange(len(counts)), counts)]
    mending = _Mending(master, best_of_each(master.tours, pricer.duties), driven, between_s, seed)
    if not is_thorough:
        mending.mend(_FREED, _PATIENCE * len(_FREED), enough, mends, stop)
        return mending.counts()
    mending.mend(_FREED[:1], _HASTE, enough, mends, stop)
    if mending.plan.value < enough and not stop():
        tours = best_of_each(_with_nearly_worth_it(master, pricer, mending.plan), pricer.duties)
        mending = _Mending(master, tours, mending.driven, between_s, seed)
        mending.mend(_FREED, _PATIENCE * len(_FREED), enough, mends, stop)
    return mending.counts()


def _with_nearly_worth_it(master: Master, pricer: Pricer, plan: Decided) -> list[Tour]:
    """Return the tours of `master`, and those of which a plan much better than `plan` is made.

    In any plan the tours miss the price of their bus-days by its distance to the LP, together.
    """
    prices = master.solve()
    short = prices.objective - plan.value - MISSED_WEIGHT * float(plan.missed.sum())
    slack = _SLACK * max(short, 0.0) / int(plan.counts.sum())
    near = pricer.nearly_worth_it(prices, km_price=master.km_weight, slack=slack)
    return [*master.tours, *near]


class _Mending:
    """A plan to drive some of `tours`, mended part by part from `driven` on."""

    def __init__(
        self,
        master: Master,
        tours: Sequence[Tour],
        driven: Sequence[Tour],
        between_s: NDArray[np.float64],
        seed: int,
    ) -> None:
        often = Counter(driven)
        self._tours = [*often, *(tour for tour in tours if tour not in often)]
        self._calls = [master.stops_of(tour) for tour in self._tours]
        self._master, self._between_s = master, between_s
        self._parts = Parts(master, self._tours, seed=seed)
        self._rng = np.random.default_rng(seed)
        self.plan = self._parts.valued(np.array([often[tour] for tour in self._tours]))

    @property
    def driven(self) -> list[Tour]:
        """What the plan drives."""
        counts = self.plan.counts
        return [self._tours[number] for number in np.repeat(np.arange(len(counts)), counts)]

    def counts(self) -> NDArray[np.int64]:
        """Return (r,) how often the plan drives each tour of the master problem."""
        numbers = [self._master.number_of(tour) for tour in self.driven]
        return np.bincount(numbers, minlength=len(self._master.tours))

    def mend(
        self,
        sizes: Sequence[int],
        patience: int,
        enough: float,
        mends: int,
        stop: StoppingCriterion,
    ) -> None:
        """Decide parts of `sizes` bus-days anew while that helps, `patience` being for failures."""
        failed = 0
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            for _ in range(mends):
                is_enough = self.plan.value >= enough
                if failed >= (_PATIENCE if is_enough else patience) or stop():
                    break
                freed = self._to_free(
                    self.plan, sizes[min(failed // _PATIENCE, len(sizes) - 1)], failed
                )
                decide = partial(self._parts.decide, better_than=self.plan.value + _TINY)
                tried = list(pool.map(decide, [self.plan.counts - part for part in freed]))
                found = [one for one in tried if one is not None]
                if not found and self.plan.counts.sum() <= sizes[0]:
                    break
                before, self.plan = self.plan, self._joined(self.plan, found)
                failed = 0 if self.plan.value > before.value + _GAIN else failed + 1

    def _joined(self, plan: Decided, found: Sequence[Decided]) -> Decided:
        """Return `plan` with all the changes of `found`, or the best of them if they clash."""
        best = max(found, key=lambda one: one.value, default=plan)
        if len(found) <= 1:
            return best
        changed = sum((one.counts - plan.counts for one in found), start=plan.counts)
        return max(best, self._parts.valued(changed), key=lambda one: one.value)

    def _to_free(self, plan: Decided, most: int, failed: int) -> list[NDArray[np.int64]]:
        """Return the parts to decide anew, (r,) counts each; no bus-day is in two of them."""
        blur = _BLURS[failed % len(_BLURS)]
        start = self._master.stops_short(plan.missed) if failed % len(_BLURS) == 0 else []
        left = plan.counts.copy()
        freed: list[NDArray[np.int64]] = []
        while left.any() and len(freed) < _AT_ONCE:
            freed.append(self._neighbours(left, most, blur, start))
            left -= freed[-1]
            start = []
        return freed

    def _neighbours(
        self, counts: NDArray[np.int64], most: int, blur: float, start: Sequence[int]
    ) -> NDArray[np.int64]:
        """Pick tours of `counts` with the shortest drives from `start`; return their counts.

        Without a stop in `start`, from those of a tour driven already.
        """
        driven = np.repeat(np.arange(len(counts)), counts)
        calls = [self._calls[tour] for tour in driven.tolist()]
        anybody = calls[self._rng.integers(len(driven))]
        of = np.array(start, np.int32) if len(start) else anybody
        apart_s = np.array([self._between_s[np.ix_(of, other)].min() for other in calls])
        near = np.argsort(apart_s * self._rng.uniform(1.0, blur, len(driven)), kind="stable")
        return np.bincount(driven[near[:most]], minlength=len(counts))


def _dive(
    master: Master,
    pricer: Pricer,
    held: NDArray[np.int64],
    enough: float,
    stop: StoppingCriterion,
) -> NDArray[np.int64]:
    """Hold tour after tour beside those `held` until the LP is whole; what is held always fits.

    Fresh tours are priced only where the LP over those known no longer is worth `enough`.
    """
    master.hold(held)
    while True:
        master.solve()
        if held.any() and master.objective() < enough and not stop():
            held = _priced(master, pricer, held)
            master.solve()
        weights = master.weights()
        held = np.maximum(held, np.floor(weights + _TINY).astype(np.int64))
        part = weights - held
        if not part.size or part.max() < _TINY:
            return held
        held[int(np.argmax(part))] += 1
        master.hold(held)


def _priced(master: Master, pricer: Pricer, held: NDArray[np.int64]) -> NDArray[np.int64]:
    """Add tours worth driving beside those `held`; return `held` over the longer list."""
    prices = master.solve()
    for found in pricer.price(prices, km_price=master.km_weight, share=_SHARE, is_proof=False):
        for tour in found.tours:
            master.add(tour)
    longer = np.pad(held, (0, len(master.tours) - len(held)))
    master.hold(longer)
    return longer
