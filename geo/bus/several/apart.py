"""Several campaigns planned one after another: each takes the first free bus-days of the calendar.

So offices plan without a door for all of them at once. It is what a joint plan is compared with, and
what is taken where the joint plan is no better.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from geo.bus.planned.campaign_plan import CampaignPlan
from geo.errors import InfeasibleError

Owners = NDArray[np.bool_]
"""(c, b): whether a bus-day, in order of the calendar, is a campaign's."""
_FEW = 2
"""Up to so many campaigns every order is tried, beyond it the given one and its reverse."""


def in_turn(usable: Owners, promised: Sequence[int], order: Sequence[int]) -> Owners:
    """Share the bus-days out in `order`, the first in the calendar first.

    Parameters
    ----------
    usable : (c, b) bool
        Whether a campaign runs on a bus-day at all.
    promised : Sequence[int]
        Bus-days each has at least: so many are left for those who come later.
    order : Sequence[int]
        Who takes first.
    """
    own = np.zeros_like(usable)
    for turn, number in enumerate(order):
        free = np.flatnonzero(usable[number] & ~own.any(axis=0))
        later = sum(promised[one] for one in order[turn + 1 :])
        most = max(promised[number], int((~own.any(axis=0)).sum()) - later)
        own[number, free[:most]] = True
    return own


def orders(count: int) -> list[tuple[int, ...]]:
    """Return the orders that are tried."""
    first = tuple(range(count))
    return list(permutations(first)) if count <= _FEW else [first, first[::-1]]


def best_in_turn(
    usable: Owners,
    promised: Sequence[int],
    plan: Callable[[Owners], tuple[CampaignPlan, ...]],
    worth: Callable[[Sequence[CampaignPlan]], float],
) -> tuple[Owners, tuple[CampaignPlan, ...]] | None:
    """Return the best of the orders with its plans; None where none leaves everybody a bus.

    Parameters
    ----------
    usable, promised
        As in :func:`in_turn`.
    plan : Callable
        Plans every campaign on its own bus-days; raises InfeasibleError where one cannot be.
    worth : Callable
        What such plans are worth.
    """
    found: list[tuple[Owners, tuple[CampaignPlan, ...]]] = []
    seen: set[bytes] = set()
    for order in orders(len(promised)):
        own = in_turn(usable, promised, order)
        if own.tobytes() in seen:
            continue
        seen.add(own.tobytes())
        try:
            found.append((own, plan(own)))
        except InfeasibleError:
            continue
    return max(found, key=lambda one: worth(one[1]), default=None)
