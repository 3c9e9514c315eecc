"""The labels of a duty: tours grown visit by visit, the worse ones dropped (label setting).

Compiled. Everything a visit needs beyond the grid's arrays is handed on in tuples of plain numbers:
they live in registers, where every array passed on would have its references counted.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geo.bus.solver.completion import WORST, Completion, onward
from geo.bus.solver.duties import NEVER, DutyGrid
from geo.bus.solver.timetable import arrival, departure

TINY = 1e-7
"""Values and people nearer than this are the same."""
_LABEL = np.dtype(
    [
        ("service", np.int64),
        ("stay", np.int64),
        ("parent", np.int64),
        ("depart", np.int64),
        ("people", np.float64),
        ("cheapest", np.float64),
        ("value", np.float64),
        ("whole", np.float64),
        ("memory", np.uint64),
        ("follows", np.int64),
        ("is_rested", np.bool_),
        ("is_dead", np.bool_),
    ],
    align=True,
)
"""A tour so far: its last visit, its exams in clock steps, the label before (-1 for none); when the
bus leaves, people examined, the price of the cheapest exam, what it is worth, and what if it ends
here; its memory; the label made before it at the same service (-1 for none); whether the rest was
taken, and whether a label made later is as good."""
_NONE: int = np.int64(-1)  # type: ignore[assignment]
"""No label, no place; a bare -1 is a type of its own to the compiler."""
_AS_IT_IS, _REST_BEFORE, _REST_LATER = 0, 1, 2
"""Where the rest falls: nowhere, before set-up (at the first visit: leave too late to need one), or
during or right after the exams."""


class Labels(NamedTuple):
    """The labels of a duty; a NamedTuple, because a compiled kernel returns it.

    Attributes
    ----------
    tree : (n,) records
        ``service``, ``stay``, ``parent`` and ``whole`` of each; room past `made`.
    made : int
        Labels made.
    relaxed : float
        No tour is worth more, by the completion values alone.
    cutoff : float
        Every tour worth more than this was found.
    is_complete : bool
        False when the label limit was hit.
    """

    tree: NDArray[np.void]
    made: int
    relaxed: float
    cutoff: float
    is_complete: bool


class _Day(NamedTuple):
    """The numbers of a duty that every visit asks for; `dearest` is the price of the dearest exam."""

    last: int
    setup: int
    packdown: int
    rest: int
    rest_from: int
    rest_until: int
    per_step: float
    per_day: float
    dearest: float


class _Service(NamedTuple):
    """A service at the master's prices; `charge` is what a visit of it is charged."""

    number: int
    exam_from: int
    exam_until: int
    closes: int
    reach: float
    price: float
    charge: float


class _Coming(NamedTuple):
    """A label gone on to a service: when it is there, when rested, and what it brings along."""

    parent: int
    arrive: int
    rested_by: int
    base: float
    people: float
    cheapest: float
    memory: np.uint64
    came_from: int
    is_rested: bool


class _Visited(NamedTuple):
    """The same after the visit."""

    depart: int
    people: float
    cheapest: float
    value: float
    memory: np.uint64
    is_rested: bool


@njit(cache=True, nogil=True)
def grow_labels(  # noqa: C901  the hot loop stays in one piece
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
) -> Labels:
    """Return the labels of a duty, layer by layer of as many visits.

    Parameters as of :func:`geo.bus.solver.pricing.price_tours`, with the completion values `ahead`.
    """
    relaxed = _relaxed(clock, ahead, km_price)
    cutoff = threshold + (max(share * (relaxed - threshold), 0.0) + TINY)
    day = _day(clock, exam_price.max())
    tree = np.empty(max_labels, _LABEL)
    head = np.full(len(reach), -1, dtype=np.int64)
    first, until, count = -1, 0, 0
    for _ in range(clock.max_visits):
        for label in range(first, until):
            if label >= 0 and tree[label].is_dead:
                continue
            for there in range(len(reach)):
                if label < 0:
                    coming = _from_depot(clock, memory, km_price, there)
                else:
                    # In line: called, it would count references for each of millions of pairs.
                    before = tree[label]
                    here = before.service
                    arrive = arrival(clock, before.depart, clock.between[here, there])
                    if arrive > day.last:
                        continue
                    bit = memory[here, clock.place[there]]
                    if bit >= 0 and (before.memory >> np.uint64(bit)) & np.uint64(1):
                        continue
                    base = before.value - km_price * clock.between_km[here, there]
                    bound = onward(
                        ahead.arrive[:, arrive, there],
                        ahead.arrive_but[:, arrive, there],
                        ahead.arrive_next[:, arrive, there],
                        ahead.room,
                        clock.place[here],
                        day.per_day - before.people,
                        before.people,
                        before.cheapest,
                    )
                    if base + bound <= cutoff:
                        continue
                    carried = _carried(memory, clock.place, before.memory, here, there)
                    arrive = max(arrive, clock.opens[there])
                    coming = _from_stop(
                        day, before, label, arrive, base, carried, clock.place[here]
                    )
                service = _Service(
                    there,
                    clock.exam_from[there],
                    clock.exam_until[there],
                    clock.closes[there],
                    reach[there],
                    exam_price[there],
                    visit_price[there],
                )
                if coming.arrive > day.last or _is_in_vain(day, service, coming):
                    continue
                count = _visit(
                    ahead.leave,
                    ahead.leave_but,
                    ahead.leave_next,
                    ahead.room,
                    clock.stays,
                    day,
                    service,
                    coming,
                    cutoff,
                    tree,
                    head,
                    until,
                    count,
                )
                if count > max_labels:
                    _come_home(clock, km_price, tree)
                    return Labels(tree, max_labels, relaxed, cutoff, False)  # noqa: FBT003
        first, until = until, count
    _come_home(clock, km_price, tree[:count])
    return Labels(tree, count, relaxed, cutoff, True)  # noqa: FBT003


@njit(cache=True, nogil=True)
def _day(clock: DutyGrid, dearest: float) -> _Day:
    return _Day(
        clock.shift_end,
        clock.setup,
        clock.packdown,
        clock.rest,
        clock.rest_from,
        clock.rest_until,
        clock.per_step,
        clock.per_day,
        dearest,
    )


@njit(cache=True, nogil=True, inline="always")
def _from_depot(clock: DutyGrid, memory: NDArray[np.int8], km_price: float, there: int) -> _Coming:
    """Return the label that begins with `there`."""
    arrive = max(arrival(clock, clock.shift_start, clock.out[there]), clock.opens[there])
    arrive = max(arrive, clock.exam_from[there] - clock.setup)
    return _Coming(
        _NONE,
        arrive,
        max(arrive, arrival(clock, clock.rest_until, clock.out[there])),
        -km_price * clock.out_km[there],
        0.0,
        np.inf,
        np.uint64(1) << np.uint64(memory[there, clock.place[there]]),
        _NONE,
        clock.rest == 0 or departure(clock, arrive, clock.out[there]) >= clock.rest_until,
    )


@njit(cache=True, nogil=True, inline="always")
def _from_stop(
    day: _Day,
    before: Any,  # noqa: ANN401  a compiled record
    label: int,
    arrive: int,
    base: float,
    carried: np.uint64,
    came_from: int,
) -> _Coming:
    """Return `label`, the record `before`, gone on."""
    begin = max(arrive, day.rest_from)
    return _Coming(
        label,
        arrive,
        NEVER if begin > day.rest_until else begin + day.rest,
        base,
        before.people,
        before.cheapest,
        carried,
        came_from,
        day.rest == 0 or before.is_rested,
    )


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


@njit(cache=True, nogil=True, inline="always")
def _is_in_vain(day: _Day, service: _Service, coming: _Coming) -> bool:
    """Return whether the day is full and nobody there is worth giving up another's exam."""
    is_full = coming.people >= day.per_day - TINY
    return is_full and service.price <= coming.cheapest and service.charge >= 0.0


@njit(cache=True, nogil=True, inline="always")
def _visit(
    leave: NDArray[np.float64],
    leave_but: NDArray[np.float64],
    leave_next: NDArray[np.int64],
    room: NDArray[np.float64],
    stays: NDArray[np.int64],
    day: _Day,
    service: _Service,
    coming: _Coming,
    cutoff: float,
    tree: NDArray[np.void],
    head: NDArray[np.int64],
    layer_end: int,
    count: int,
) -> int:
    """Add the visits of `service` worth adding, of every length, with the rest wherever it may fall.

    Takes the arrays of :class:`Completion` one by one: the fewer are handed on, the less is counted.
    Returns how many labels there are then; one more than there is room for where it is too small.
    """
    there, per_day = service.number, day.per_day
    for how in range(_REST_BEFORE if coming.is_rested else _REST_LATER + 1):
        ready = coming.rested_by if how == _REST_BEFORE else coming.arrive
        start = max(ready + day.setup, service.exam_from)
        is_rested = coming.is_rested or how != _AS_IT_IS
        latest = day.last if is_rested else min(day.last, day.rest_until)
        for stay in stays:
            depart = _departs(day, service, start, stay, how)
            if depart > latest:
                break
            if depart < 0:
                continue
            visited = _after(day, service, coming, stay, depart, is_rested)
            bound = onward(
                leave[:, there, depart],
                leave_but[:, there, depart],
                leave_next[:, there, depart],
                room,
                coming.came_from,
                per_day - visited.people,
                visited.people,
                visited.cheapest,
            )
            if visited.value + bound > cutoff:
                if count >= len(tree):
                    return len(tree) + 1
                if not _is_dominated(day, visited, tree, head, there, layer_end):
                    _keep(tree[count], visited, stay, there, coming.parent, head[there])
                    head[there] = count
                    count += 1
            if day.per_step * stay >= service.reach - TINY:
                break
    return count


@njit(cache=True, nogil=True, inline="always")
def _departs(day: _Day, service: _Service, start: int, stay: int, how: int) -> int:
    """Return when the bus leaves; NEVER if too late, -1 if the stay is too short to rest in it."""
    end, is_late, is_short = start + stay, False, False
    if how == _REST_LATER:
        begin = max(start, day.rest_from)
        is_late, is_short = begin > day.rest_until, begin > end
        end += day.rest
    depart = end + day.packdown
    is_late = is_late or (not is_short and (end > service.exam_until or depart > service.closes))
    if is_late:
        return NEVER
    return -1 if is_short else depart


@njit(cache=True, nogil=True, inline="always")
def _after(
    day: _Day,
    service: _Service,
    coming: _Coming,
    stay: int,
    depart: int,
    is_rested: bool,  # noqa: FBT001  the compiler takes flags as they come
) -> _Visited:
    """Return the label after the visit; beyond the day's room its cheapest exams are given up."""
    exams = min(day.per_step * stay, service.reach)
    cheapest = min(coming.cheapest, service.price)
    value = coming.base + service.price * exams - service.charge
    value -= max(coming.people + exams - day.per_day, 0.0) * cheapest
    people = min(coming.people + exams, day.per_day)
    return _Visited(depart, people, cheapest, value, coming.memory, is_rested)


@njit(cache=True, nogil=True)
def _is_dominated(
    day: _Day,
    label: _Visited,
    tree: NDArray[np.void],
    head: NDArray[np.int64],
    there: int,
    layer_end: int,
) -> bool:
    """Return whether another label at `there` is as good; drop those of this layer that are no better.

    One is as good when it is no later and its value makes up for the people it has already
    examined more.
    """
    at, before = head[there], _NONE
    most = day.per_step * (day.last - label.depart) - day.per_day
    while at >= 0:
        other = tree[at]
        gap = other.people - label.people
        swap = other.cheapest - label.cheapest
        if (
            other.depart <= label.depart
            and (other.is_rested or not label.is_rested)
            and other.value
            - day.dearest * max(gap, 0.0)
            - max(swap, 0.0) * max(other.people + most, 0.0)
            >= label.value - TINY
            and other.memory & ~label.memory == 0
        ):
            return True
        if (
            at >= layer_end
            and label.depart <= other.depart
            and (label.is_rested or not other.is_rested)
            and label.value
            - day.dearest * max(-gap, 0.0)
            - max(-swap, 0.0) * max(label.people + most, 0.0)
            >= other.value - TINY
            and label.memory & ~other.memory == 0
        ):
            other.is_dead = True
            if before < 0:
                head[there] = other.follows
            else:
                tree[before].follows = other.follows
        else:
            before = at
        at = other.follows
    return False


@njit(cache=True, nogil=True, inline="always")
def _keep(
    made: Any,  # noqa: ANN401  a compiled record
    label: _Visited,
    stay: int,
    there: int,
    parent: int,
    follows: int,
) -> None:
    """Write `label` into the record `made`."""
    made.service, made.stay, made.parent, made.follows = there, stay, parent, follows
    made.depart, made.memory = label.depart, label.memory
    made.people, made.cheapest = label.people, label.cheapest
    made.value = label.value
    made.is_rested, made.is_dead = label.is_rested, False


@njit(cache=True, nogil=True)
def _come_home(clock: DutyGrid, km_price: float, tree: NDArray[np.void]) -> None:
    """Write into the labels what their tours are worth if they end there."""
    for made in tree:
        back = arrival(clock, made.depart, clock.home[made.service])
        is_rested = made.is_rested or back <= clock.rest_until
        is_home = is_rested and back <= clock.shift_end
        made.whole = made.value - km_price * clock.home_km[made.service] if is_home else WORST


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
