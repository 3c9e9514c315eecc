"""From the LP's fractions to whole tours: dive with fresh columns, then mend part by part.

Diving drives the most favoured tour once more, prices again under what is held, and goes on
(Sadykov et al., INFORMS Journal on Computing 31, 2019). Mending frees some bus-days at a time that
call near one another (Shaw 1998), prices tours for the people the others leave, and solves the
small MIP that is left, which takes a fraction of a second where the whole one takes minutes.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from geo.bus.solver.generation import Pricer
from geo.bus.solver.master import Master
from geo.solving import StoppingCriterion

_TINY = 1e-6
_SHARE = 0.5
"""How picky pricing is for diving and mending; as in the rounds of column generation."""
_FREED = (12, 14, 16)
"""Bus-days decided anew at a time, more of them when fewer no longer help."""
_PATIENCE = 6
"""Mends without gain before more bus-days are freed; after the most, the plan stands. Where the
plan is good enough already it stands after the first of these: they still save driving."""
_GAIN = 0.1
"""Workers that a mend must be worth for more of the same kind."""
_BLURS = (3.0, 1e9)
"""By up to what nearness is multiplied at random: neighbours, and every other time anybody."""
_PRICED = 2
"""Times tours are priced for the freed bus-days."""
_NODES = 20
_SAFETY_S = 30.0


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
        Parts mended at most, and the seed that picks them.
    stop : StoppingCriterion
        Asked between steps; without pricing the dive then ends in a moment.
    begin : (k,) int64 | None
        How often each of the first tours is driven in a plan to mend; None: in none.
    """
    held = np.zeros(len(master.tours), dtype=np.int64)
    if begin is not None:
        held[: len(begin)] = begin
    counts = _dive(master, pricer, held, enough, stop)
    best, missed = master.objective(), master.missed()
    rng = np.random.default_rng(seed)
    failed = 0
    for _ in range(mends):
        patience = _PATIENCE if best >= enough else _PATIENCE * len(_FREED)
        if failed >= patience or not counts.any() or stop():
            break
        blur = _BLURS[failed % len(_BLURS)]
        most = _FREED[failed // _PATIENCE]
        start = master.stops_short(missed) if failed % len(_BLURS) == 0 else ()
        freed = _neighbours(master, counts, between_s, most, blur, rng, start)
        tried = _mended(master, pricer, counts - freed, best + _TINY)
        gain = master.objective() - best
        failed = 0 if gain > _GAIN else failed + 1
        if gain > _TINY:
            counts, best, missed = tried, master.objective(), master.missed()
        elif counts.sum() <= _FREED[0]:
            break
    master.release()
    return counts


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


def _neighbours(
    master: Master,
    counts: NDArray[np.int64],
    between_s: NDArray[np.float64],
    most: int,
    blur: float,
    rng: np.random.Generator,
    start: Sequence[int],
) -> NDArray[np.int64]:
    """Pick tours with the shortest drives from `start`; return their counts.

    Without a stop in `start`, from those of a tour driven already.
    """
    driven = np.repeat(np.arange(len(counts)), counts)
    calls = [master.stops(tour) for tour in driven.tolist()]
    anybody = calls[rng.integers(len(driven))]
    of = np.array(start, np.int32) if len(start) else anybody
    apart_s = np.array([between_s[np.ix_(of, other)].min() for other in calls])
    near = np.argsort(apart_s * rng.uniform(1.0, blur, len(driven)), kind="stable")
    return np.bincount(driven[near[:most]], minlength=len(counts))


def _mended(
    master: Master, pricer: Pricer, held: NDArray[np.int64], better_than: float
) -> NDArray[np.int64]:
    """Decide anew all bus-days that are not `held`, if any plan is worth more than `better_than`."""
    master.hold(held)
    for _ in range(_PRICED):
        held = _priced(master, pricer, held)
    return master.choose(
        held, better_than=better_than, nodes=_NODES, limit_s=_SAFETY_S, tolerance=1e-4
    )
