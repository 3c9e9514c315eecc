"""Pricing: the tours of a duty that are worth most at the master's prices, exactly.

Labels are extended visit by visit (forward, earliest times) and dominated by time, people, value,
rest and memory; the memory is that of ng-routes (Baldacci, Mingozzi & Roberti 2011): a place may
only be seen again after leaving its neighbourhood, which for a bus-day's few visits practically
means never. Completion values (:mod:`geo.bus.solver.completion`) prune every label that cannot
beat the threshold, so that what is returned is complete.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geo.bus.solver.completion import WORST, Completion, complete, onward
from geo.bus.solver.duties import Duty, DutyGrid
from geo.bus.solver.greedy import make_tour
from geo.bus.solver.services import Tour
from geo.bus.solver.timetable import arrival, departure

_NEIGHBOURS = 24
_TINY = 1e-7


class _Labels(NamedTuple):
    """The labels of a duty: tours so far, each by the label before it.

    A NamedTuple, because a compiled kernel returns it.

    Attributes
    ----------
    service, stay, parent : (n,) int64
        The last visit, its exams in clock steps, the label before (-1 for none); room past `made`.
    whole : (n,) float64
        What the tour is worth if it ends here.
    made : int
        Labels made.
    relaxed : float
        No tour is worth more, by the completion values alone.
    cutoff : float
        Every tour worth more than this was found.
    is_complete : bool
        False when the label limit was hit.
    """

    service: NDArray[np.int64]
    stay: NDArray[np.int64]
    parent: NDArray[np.int64]
    whole: NDArray[np.float64]
    made: int
    relaxed: float
    cutoff: float
    is_complete: bool


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


def neighbourhoods(duty: Duty, n_places: int) -> NDArray[np.int8]:
    """Return (m, n_places) the memory bit of each place at each service, -1 where forgotten."""
    clock = duty.clock
    bits = np.full((len(clock.place), n_places), -1, dtype=np.int8)
    nearness = np.minimum(clock.between, clock.between.T)
    for here in range(len(clock.place)):
        places: list[int] = [int(clock.place[here])]
        for other in np.argsort(nearness[here], kind="stable"):
            place = int(clock.place[other])
            if place not in places:
                places.append(place)
            if len(places) > _NEIGHBOURS:
                break
        bits[here, places] = np.arange(len(places), dtype=np.int8)
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
    """
    ahead = complete(duty.clock, reach, exam_price, visit_price, km_price, room_prices)
    labels = _labels(
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
    whole = labels.whole[: labels.made]
    finals = np.flatnonzero(whole > threshold + _TINY)
    finals = finals[np.argsort(-whole[finals], kind="stable")]
    best = max(labels.cutoff, float(whole[finals[0]]) if finals.size else labels.cutoff)
    tours = _decode(number, duty, reach, exam_price, labels, finals, max_tours)
    if not labels.is_complete:
        best = max(labels.relaxed, best)
    return PricedTours(tours, best, bool(labels.is_complete), labels.made)


def _decode(
    number: int,
    duty: Duty,
    reach: NDArray[np.float64],
    exam_price: NDArray[np.float64],
    labels: _Labels,
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
            order.append(int(labels.service[at]))
            stays.append(int(labels.stay[at]))
            at = int(labels.parent[at])
        if (uses[order] >= allowed).any():
            continue
        uses[order] += 1
        forward = np.array(order[::-1], dtype=np.int64)
        lengths = np.array(stays[::-1], dtype=np.int64)
        tours.append(make_tour(number, duty, forward, lengths, reach, exam_price))
        if len(tours) >= max_tours:
            break
    return tuple(tours)


@njit(cache=True, nogil=True)
def _carried(
    memory: NDArray[np.int8], place: NDArray[np.int64], mask: np.uint64, here: int, there: int
) -> np.uint64:
    """Return the memory at `there` once a label with `mask` goes there from `here`."""
    carried = np.uint64(1) << np.uint64(memory[there, place[there]])
    if mask:
        for seen in range(memory.shape[1]):
            bit = memory[here, seen]
            if bit >= 0 and memory[there, seen] >= 0 and (mask >> np.uint64(bit)) & np.uint64(1):
                carried |= np.uint64(1) << np.uint64(memory[there, seen])
    return carried


@njit(cache=True, nogil=True)
def _labels(  # noqa: C901, PLR0912, PLR0915  one compiled label loop
    clock: DutyGrid,
    memory: NDArray[np.int8],
    reach: NDArray[np.float64],
    exam_price: NDArray[np.float64],
    visit_price: NDArray[np.float64],
    km_price: float,
    threshold: float,
    share: float,
    max_labels: int,
    ahead: Completion,
) -> _Labels:
    """Return the labels of a duty; see the module."""
    m, last = len(reach), clock.shift_end
    relaxed = _relaxed(clock, ahead, km_price)
    threshold += max(share * (relaxed - threshold), 0.0) + _TINY
    top_price = exam_price.max()
    node = np.empty(max_labels, dtype=np.int64)
    stay_of = np.empty(max_labels, dtype=np.int64)
    parent = np.empty(max_labels, dtype=np.int64)
    time = np.empty(max_labels, dtype=np.int64)
    people = np.empty(max_labels)
    cheapest = np.empty(max_labels)
    value = np.empty(max_labels)
    whole = np.empty(max_labels)
    rested = np.empty(max_labels, dtype=np.bool_)
    dead = np.zeros(max_labels, dtype=np.bool_)
    mask = np.empty(max_labels, dtype=np.uint64)
    follows = np.empty(max_labels, dtype=np.int64)
    head = np.full(m, -1, dtype=np.int64)
    count, layer_start, layer_end = 0, -1, 0
    depth = 0
    while depth < clock.max_visits and layer_start < layer_end:
        first = max(layer_start, 0)
        for label in range(first if depth else -1, layer_end if depth else 0):
            root = label < 0
            if not root and dead[label]:
                continue
            for there in range(m):
                if root:
                    arrive = arrival(clock, clock.shift_start, clock.out[there])
                    arrive = max(arrive, clock.opens[there])
                    arrive = max(arrive, clock.exam_from[there] - clock.setup)
                    base = -km_price * clock.out_km[there]
                    load, low = 0.0, np.inf
                    seen = np.uint64(1) << np.uint64(memory[there, clock.place[there]])
                    came_from = -1
                else:
                    here = node[label]
                    came_from = clock.place[here]
                    arrive = arrival(clock, time[label], clock.between[here, there])
                    if arrive > last:
                        continue
                    bit = memory[here, clock.place[there]]
                    if bit >= 0 and (mask[label] >> np.uint64(bit)) & np.uint64(1):
                        continue
                    base = value[label] - km_price * clock.between_km[here, there]
                    load, low = people[label], cheapest[label]
                    bound = onward(
                        ahead.arrive[:, arrive, there],
                        ahead.arrive_but[:, arrive, there],
                        ahead.arrive_next[:, arrive, there],
                        ahead.room,
                        clock.place[here],
                        clock.per_day - load,
                        load,
                        low,
                    )
                    if base + bound <= threshold:
                        continue
                    arrive = max(arrive, clock.opens[there])
                    seen = _carried(memory, clock.place, mask[label], here, there)
                if arrive > last:
                    continue
                price = exam_price[there]
                if load >= clock.per_day - _TINY and price <= low and visit_price[there] >= 0.0:
                    continue
                # 0 as it is, 1 rest before set-up (at the first: leave too late to need one),
                # 2 rest during or right after the exams.
                was_rested = clock.rest == 0 or (
                    departure(clock, arrive, clock.out[there]) >= clock.rest_until
                    if root
                    else rested[label]
                )
                for how in range(1 if was_rested else 3):
                    ready = arrive
                    if how == 1 and root:
                        ready = arrival(clock, clock.rest_until, clock.out[there])
                        ready = max(arrive, ready)
                    elif how == 1:
                        begin = max(arrive, clock.rest_from)
                        if begin > clock.rest_until:
                            continue
                        ready = begin + clock.rest
                    start = max(ready + clock.setup, clock.exam_from[there])
                    for stay in clock.stays:
                        end = start + stay
                        if how == 2:  # noqa: PLR2004  named above
                            begin = max(start, clock.rest_from)
                            if begin > clock.rest_until:
                                break
                            if begin > end:
                                continue
                            end += clock.rest
                        depart = end + clock.packdown
                        if end > clock.exam_until[there] or depart > clock.closes[there]:
                            break
                        if depart > last:
                            break
                        is_rested = was_rested or how > 0
                        if not is_rested and depart > clock.rest_until:
                            break
                        exams = min(clock.per_step * stay, reach[there])
                        worth = base + price * exams - visit_price[there]
                        # Beyond the day's capacity the cheapest exams of the day are given up.
                        lowest = min(low, price)
                        worth -= max(load + exams - clock.per_day, 0.0) * lowest
                        total = min(load + exams, clock.per_day)
                        is_all = exams >= reach[there] - _TINY
                        bound = onward(
                            ahead.leave[:, there, depart],
                            ahead.leave_but[:, there, depart],
                            ahead.leave_next[:, there, depart],
                            ahead.room,
                            came_from,
                            clock.per_day - total,
                            total,
                            lowest,
                        )
                        if worth + bound <= threshold:
                            if is_all:
                                break
                            continue
                        if count >= max_labels:
                            return _Labels(
                                node,
                                stay_of,
                                parent,
                                whole,
                                count,
                                relaxed,
                                threshold,
                                is_complete=False,
                            )
                        # Another label is as good when it is no later and its value makes up
                        # for the people it has already examined more.
                        at, before, is_dominated = head[there], -1, False
                        while at >= 0:
                            gap = people[at] - total
                            swap = cheapest[at] - lowest
                            most = clock.per_step * (last - depart) - clock.per_day
                            if (
                                time[at] <= depart
                                and (rested[at] or not is_rested)
                                and value[at]
                                - top_price * max(gap, 0.0)
                                - max(swap, 0.0) * max(people[at] + most, 0.0)
                                >= worth - _TINY
                                and mask[at] & ~seen == 0
                            ):
                                is_dominated = True
                                break
                            if (
                                depart <= time[at]
                                and (is_rested or not rested[at])
                                and worth
                                - top_price * max(-gap, 0.0)
                                - max(-swap, 0.0) * max(total + most, 0.0)
                                >= value[at] - _TINY
                                and seen & ~mask[at] == 0
                                and at >= layer_end
                            ):
                                dead[at] = True
                                if before < 0:
                                    head[there] = follows[at]
                                else:
                                    follows[before] = follows[at]
                                at = follows[at]
                                continue
                            before = at
                            at = follows[at]
                        if not is_dominated:
                            node[count] = there
                            stay_of[count] = stay
                            parent[count] = label
                            time[count] = depart
                            people[count] = total
                            cheapest[count] = lowest
                            value[count] = worth
                            rested[count] = is_rested
                            mask[count] = seen
                            back = arrival(clock, depart, clock.home[there])
                            is_home = back <= last and (is_rested or back <= clock.rest_until)
                            home = -km_price * clock.home_km[there]
                            whole[count] = worth + home if is_home else WORST
                            follows[count] = head[there]
                            head[there] = count
                            count += 1
                        if is_all:
                            break
        layer_start, layer_end = (layer_end if depth else 0), count
        depth += 1
    return _Labels(node, stay_of, parent, whole, count, relaxed, threshold, is_complete=True)


@njit(cache=True, nogil=True)
def _relaxed(clock: DutyGrid, ahead: Completion, km_price: float) -> float:
    """Return what no tour of the duty is worth more than, by the completion values alone."""
    most = 0.0
    for there in range(len(clock.place)):
        arrive = max(arrival(clock, clock.shift_start, clock.out[there]), clock.opens[there])
        arrive = max(arrive, clock.exam_from[there] - clock.setup)
        if arrive <= clock.shift_end:
            bound = onward(
                ahead.arrive[:, arrive, there],
                ahead.arrive_but[:, arrive, there],
                ahead.arrive_next[:, arrive, there],
                ahead.room,
                -1,
                clock.per_day,
                0.0,
                np.inf,
            )
            most = max(most, bound - km_price * clock.out_km[there])
    return most
