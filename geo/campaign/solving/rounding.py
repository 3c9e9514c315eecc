"""From the LP's fractions to whole tours: dive with fresh columns, then mend part by part.

Diving drives the most favoured tour once more, prices again under what is held, and goes on
(Sadykov et al., INFORMS Journal on Computing 31, 2019). Mending frees some bus-days at a time
and solves the small MIP that is left, which takes a fraction of a second where the whole one
takes minutes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo.campaign.solving.generation import Pricer
from geo.campaign.solving.master import Master
from geo.solving import Stop

_TINY = 1e-6
_SHARE = 0.25
"""How picky pricing is while diving; as in the rounds of column generation."""
_FREED = (12, 13, 14, 15, 16)
"""Bus-days decided anew at a time, more of them when fewer no longer help."""
_PATIENCE = 8
"""Mends without success before more bus-days are freed; after the most, the plan stands."""
_NODES = 50
_SAFETY_S = 10.0


def whole_tours(
    master: Master,
    pricer: Pricer,
    *,
    enough: float,
    mends: int,
    seed: int,
    stop: Stop,
) -> NDArray[np.int64]:
    """Return (r,) how often each tour of `master` is driven, in whole numbers.

    Parameters
    ----------
    master, pricer
        The master problem, its LP closed or nearly so, and who prices for it.
    enough : float
        Objective at which to be content.
    mends, seed : int
        Parts mended at most, and the seed that picks them.
    stop : Stop
        Asked between steps; without pricing the dive then ends in a moment.
    """
    counts = _dive(master, pricer, stop)
    best = master.objective()
    rng = np.random.default_rng(seed)
    failed = 0
    for _ in range(mends):
        if best >= enough or failed >= _PATIENCE * len(_FREED) or stop():
            break
        tried = _mended(master, counts, _FREED[failed // _PATIENCE], rng)
        failed += 1
        if master.objective() > best + _TINY:
            counts, best, failed = tried, master.objective(), 0
        elif counts.sum() <= _FREED[0]:
            break
    master.release()
    return counts


def _dive(master: Master, pricer: Pricer, stop: Stop) -> NDArray[np.int64]:
    """Hold tour after tour until the LP is whole; what is held always fits (all rows are whole)."""
    held = np.zeros(len(master.tours), dtype=np.int64)
    master.hold(held)
    while True:
        prices = master.solve()
        if held.any() and not stop():
            found = pricer.price(prices, km_price=master.km_weight, share=_SHARE)
            for tour in (tour for one in found for tour in one.tours):
                master.add(tour)
            held = np.concatenate([held, np.zeros(len(master.tours) - len(held), dtype=np.int64)])
            master.hold(held)
            master.solve()
        weights = master.weights()
        held = np.maximum(held, np.floor(weights + _TINY).astype(np.int64))
        part = weights - held
        if not part.size or part.max() < _TINY:
            return held
        held[int(np.argmax(part))] += 1
        master.hold(held)


def _mended(
    master: Master, counts: NDArray[np.int64], freed: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    driven = np.repeat(np.arange(len(counts)), counts)
    held = counts.copy()
    np.subtract.at(held, rng.choice(driven, min(freed, len(driven)), replace=False), 1)
    master.hold(held)
    return master.choose(counts, nodes=_NODES, limit_s=_SAFETY_S, tolerance=1e-4)
