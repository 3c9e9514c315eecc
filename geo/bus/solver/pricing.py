"""Pricing: the tours of a duty that are worth most at the master's prices, exactly.

Labels are extended visit by visit (forward, earliest times) and dominated by time, people, value,
rest and memory; the memory is that of ng-routes (Baldacci, Mingozzi & Roberti 2011): a place may
only be seen again after leaving its neighbourhood, which for a bus-day's few visits practically
means never. Completion values (:mod:`geo.bus.solver.completion`) prune every label that cannot
beat the threshold, so that what is returned is complete.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.bus.solver.completion import complete
from geo.bus.solver.duties import Duty
from geo.bus.solver.greedy import make_tour
from geo.bus.solver.label_setting import TINY, Labels, grow_labels
from geo.bus.solver.services import Tour

_NEIGHBOURS = 24
"""Of a stop in ng-routes (Baldacci, Mingozzi & Roberti 2011); chosen: longer cycles outlast a day."""


@dataclass(frozen=True, slots=True, eq=False)
class Fines:
    """What a tour is charged for every two visits among a few stops.

    A tour that visits fewer of the stops is never fined more, so that none of those dropped for
    another, which visits no stop that they do not, would have been worth more after the fines.

    Attributes
    ----------
    within : (m, f) int8
        1 where a service of the duty is at one of the stops of a fine, else 0.
    price : (f,) float64
        Of each fine, not negative.
    """

    within: NDArray[np.int8]
    price: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PricedTours:
    """What pricing a duty gave.

    Attributes
    ----------
    tours : tuple[Tour, ...]
        Best first.
    best : float
        No tour of the duty is worth more (before the price of its bus-day).
    complete : bool
        False when the label limit was hit and `best` is the relaxed completion value.
    labels : int
        Labels made.
    """

    tours: tuple[Tour, ...]
    best: float
    complete: bool
    labels: int


def neighbourhoods(
    duty: Duty, n_places: int, *, near: int = _NEIGHBOURS, unforgotten: Sequence[int] = ()
) -> NDArray[np.int8]:
    """Return (m, n_places) the memory bit of each place at each service, -1 where forgotten.

    Remembered are the place itself, its `near` neighbours, and everywhere those `unforgotten`.
    """
    clock = duty.clock
    bits = np.full((len(clock.place), n_places), -1, dtype=np.int8)
    nearness = np.minimum(clock.between, clock.between.T)
    for here in range(len(clock.place)):
        places: list[int] = [int(clock.place[here])]
        for other in np.argsort(nearness[here], kind="stable"):
            place = int(clock.place[other])
            if place not in places:
                places.append(place)
            if len(places) > near:
                break
        bits[here, places] = np.arange(len(places), dtype=np.int8)
    bits[:, list(unforgotten)] = np.arange(near + 1, near + 1 + len(unforgotten), dtype=np.int8)
    return bits


def price_tours(
    number: int,
    duty: Duty,
    memory: NDArray[np.int8],
    reach: NDArray[np.float64],
    exam_price: NDArray[np.float64],
    visit_price: NDArray[np.float64],
    *,
    km_price: float,
    threshold: float,
    share: float,
    max_labels: int,
    room_prices: NDArray[np.float64],
    max_tours: int = 40,
    fines: Fines | None = None,
) -> PricedTours:
    """Return the tours of `duty` worth more than `threshold`, and what none is worth more than.

    Parameters
    ----------
    number, duty, memory
        The duty, its index and its :func:`neighbourhoods`.
    reach, exam_price, visit_price : (m,) float64
        People in reach, value of an exam, charge of a visit; over the duty's services.
    km_price : float
        Charge of a kilometre.
    threshold : float
        The price of a bus-day: tours must beat it.
    share : float
        Labels must promise this share of the way from `threshold` to the relaxed best; 0 finds
        everything, more finds the best sooner.
    max_labels, max_tours : int
        Labels made, and tours returned, at most.
    room_prices : (r,) float64
        As :class:`Completion` has them; more of them bound more tightly.
    fines : Fines | None
        What tours are charged on top; their stops must be unforgotten in `memory`.
    """
    ahead = complete(duty.clock, reach, exam_price, visit_price, km_price, room_prices)
    labels = grow_labels(
        duty.clock,
        memory,
        reach,
        exam_price,
        visit_price,
        km_price,
        threshold,
        share,
        max_labels,
        ahead,
    )
    finals, worth = _worth_it(labels, threshold, fines)
    best = max(labels.cutoff, float(worth[0]) if finals.size else labels.cutoff)
    tours = _decode(number, duty, reach, exam_price, labels, finals, max_tours)
    if not labels.is_complete:
        best = max(labels.relaxed, best)
    return PricedTours(tours, best, bool(labels.is_complete), labels.made)


def _worth_it(
    labels: Labels, threshold: float, fines: Fines | None
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the last labels of the tours worth more than `threshold`, best first, and that worth."""
    whole = labels.tree["whole"][: labels.made]
    finals = np.flatnonzero(whole > threshold + TINY)
    worth = whole[finals]
    if fines is not None:
        worth = worth - _fined(labels.tree, finals, fines)
    order = np.argsort(-worth, kind="stable")
    order = order[worth[order] > threshold + TINY]
    return finals[order], worth[order]


def _fined(tree: NDArray[np.void], finals: NDArray[np.int64], fines: Fines) -> NDArray[np.float64]:
    """Return (f,) what the tours that end with the labels `finals` are fined."""
    seen = np.zeros((len(finals), fines.within.shape[1]), dtype=np.int8)
    at = finals
    while (on := at >= 0).any():
        seen[on] += fines.within[tree["service"][at[on]]]
        at = np.where(on, tree["parent"][at], -1)
    charged: NDArray[np.float64] = (seen // 2) @ fines.price
    return charged


def _decode(
    number: int,
    duty: Duty,
    reach: NDArray[np.float64],
    exam_price: NDArray[np.float64],
    labels: Labels,
    finals: NDArray[np.int64],
    max_tours: int,
) -> tuple[Tour, ...]:
    tours: list[Tour] = []
    uses = np.zeros(len(reach), dtype=np.int64)
    allowed = max(2, max_tours // 4)
    for final in finals.tolist():
        order: list[int] = []
        stays: list[int] = []
        at = final
        while at >= 0:
            order.append(int(labels.tree["service"][at]))
            stays.append(int(labels.tree["stay"][at]))
            at = int(labels.tree["parent"][at])
        if (uses[order] >= allowed).any():
            continue
        uses[order] += 1
        forward = np.array(order[::-1], dtype=np.int64)
        lengths = np.array(stays[::-1], dtype=np.int64)
        tours.append(make_tour(number, duty, forward, lengths, reach, exam_price))
        if len(tours) >= max_tours:
            break
    return tuple(tours)
