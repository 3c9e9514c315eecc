"""Greedy tours: always the insertion that serves most new people for its time, then 2-opt.

It starts the search with honest columns, and it is the yardstick in the benchmark.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geo.bus.solver.duties import Duty, DutyGrid
from geo.bus.solver.services import Services, Tour
from geo.bus.solver.timetable import BACK, timetable

_TINY = 1e-6
"""People: a gain below this is rounding."""


def greedy_tours(
    services: Services, duties: tuple[Duty, ...], visits_left: NDArray[np.int64]
) -> list[Tour]:
    """Return one tour for each bus-day, as many as serve anybody.

    Parameters
    ----------
    services, duties
        What there is to do.
    visits_left : (s,) int64
        How many visits each stop may still get.
    """
    people = np.array([group.expected for group in services.groups])
    left = visits_left.copy()
    free = {duty.row: duty.available for duty in duties}
    tours: list[Tour] = []
    while True:
        best = _best_tour(services, duties, free, people, left)
        if best is None:
            return tours
        tours.append(best)
        free[duties[best.duty].row] -= 1
        for service, exams in zip(best.services, best.exams, strict=True):
            left[services.stop[service]] -= 1
            take(services, people, service, exams)


def remaining(services: Services, people: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (m,) people each service would still reach."""
    total = np.zeros(len(services.stop))
    for group, count in zip(services.groups, people, strict=True):
        total[list(group.services)] += count
    return total


def take(services: Services, people: NDArray[np.float64], service: int, exams: float) -> None:
    """Serve up to `exams` people of `service`, those with fewest other chances first."""
    reached = [g for g, group in enumerate(services.groups) if service in group.services]
    for g in sorted(reached, key=lambda g: (len(services.groups[g].services), g)):
        served = min(people[g], exams)
        people[g] -= served
        exams -= served


def _best_tour(
    services: Services,
    duties: tuple[Duty, ...],
    free: dict[int, int],
    people: NDArray[np.float64],
    left: NDArray[np.int64],
) -> Tour | None:
    reach = remaining(services, people)
    reach[left[services.stop] <= 0] = 0.0
    best: Tour | None = None
    for number, duty in enumerate(duties):
        if free[duty.row] <= 0:
            continue
        order, stays = _insert_all(duty.clock, reach[duty.service])
        tour = make_tour(number, duty, order, stays, reach[duty.service])
        if tour.total > _TINY and (best is None or tour.total > best.total + _TINY):
            best = tour
    return best


def make_tour(
    number: int,
    duty: Duty,
    order: NDArray[np.int64],
    stays: NDArray[np.int64],
    reach: NDArray[np.float64],
    price: NDArray[np.float64] | None = None,
) -> Tour:
    """Return the tour of `duty` that makes the visits `order` with `stays` (clock steps).

    The day's capacity goes to the visits of the highest `price` first, else in order.
    """
    clock, room = duty.clock, duty.clock.per_day
    exams = np.zeros(len(order))
    first = range(len(order)) if price is None else np.argsort(-price[order], kind="stable")
    for k in first:
        exams[k] = min(clock.per_step * stays[k], reach[order[k]], room)
        room -= exams[k]
    return Tour(
        number,
        tuple(duty.service[order].tolist()),
        tuple(stays.tolist()),
        tuple(exams.round(6).tolist()),
        tour_km(clock, order),
    )


def tour_km(clock: DutyGrid, order: NDArray[np.int64]) -> float:
    """Return the kilometres of a tour from depot to depot."""
    if not len(order):
        return 0.0
    legs = clock.between_km[order[:-1], order[1:]].sum()
    return float(clock.out_km[order[0]] + legs + clock.home_km[order[-1]])


@njit(cache=True, nogil=True)
def _served(
    clock: DutyGrid, order: NDArray[np.int64], stays: NDArray[np.int64], reach: NDArray[np.float64]
) -> float:
    total = 0.0
    for k in range(len(order)):
        total += min(clock.per_step * stays[k], reach[order[k]])
    return min(total, clock.per_day)


@njit(cache=True, nogil=True)
def _insert_all(  # noqa: C901  one compiled loop nest
    clock: DutyGrid, reach: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Insert visits by people served per minute added, until none fits; 2-opt after each."""
    order = np.empty(0, dtype=np.int64)
    stays = np.empty(0, dtype=np.int64)
    while len(order) < clock.max_visits:
        served = _served(clock, order, stays, reach)
        back = clock.shift_start
        if len(order):
            back = timetable(clock, order, stays)[1][0, BACK]
        best, best_order, best_stays = 0.0, order, stays
        for new in range(len(reach)):
            if reach[new] <= 0.0 or _is_there(clock.place, order, new):
                continue
            for position in range(len(order) + 1):
                for stay in clock.stays:
                    tried = _inserted(order, position, new)
                    tried_stays = _inserted(stays, position, stay)
                    gain = _served(clock, tried, tried_stays, reach) - served
                    if gain <= _TINY:
                        continue
                    fits, table = timetable(clock, tried, tried_stays)
                    if not fits:
                        break
                    rate = gain / max(table[0, BACK] - back, 1) + 1e-6 * gain
                    if rate > best:
                        best, best_order, best_stays = rate, tried, tried_stays
        if best <= 0.0:
            break
        order, stays = _two_opt(clock, best_order, best_stays)
    return order, stays


@njit(cache=True, nogil=True)
def _is_there(place: NDArray[np.int64], order: NDArray[np.int64], new: int) -> bool:
    """Tell whether a visit of the tour stands where `new` would."""
    for visit in order:  # noqa: SIM110  compiled
        if place[visit] == place[new]:
            return True
    return False


@njit(cache=True, nogil=True)
def _inserted(values: NDArray[np.int64], position: int, value: int) -> NDArray[np.int64]:
    longer = np.empty(len(values) + 1, dtype=np.int64)
    # One by one: what numba compiles for a slice set to an array takes it a second.
    for k in range(position):
        longer[k] = values[k]
    longer[position] = value
    for k in range(position, len(values)):
        longer[k + 1] = values[k]
    return longer


@njit(cache=True, nogil=True)
def _reversed(values: NDArray[np.int64], first: int, last: int) -> NDArray[np.int64]:
    """Return a copy with the part from `first` to before `last` the other way round."""
    turned = values.copy()
    for k in range(first, last):
        turned[k] = values[first + last - 1 - k]
    return turned


@njit(cache=True, nogil=True)
def _two_opt(
    clock: DutyGrid, order: NDArray[np.int64], stays: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Reverse parts of the tour while that brings the bus back earlier."""
    back = timetable(clock, order, stays)[1][0, BACK]
    improved = True
    while improved:
        improved = False
        for i in range(len(order) - 1):
            for j in range(i + 2, len(order) + 1):
                tried, tried_stays = _reversed(order, i, j), _reversed(stays, i, j)
                fits, table = timetable(clock, tried, tried_stays)
                if fits and table[0, BACK] < back:
                    back = table[0, BACK]
                    order, stays = tried, tried_stays
                    improved = True
    return order, stays
