"""What a day can still be worth at most: the relaxed completion values that prune labels.

Backward over time, without memory but never straight back to the place before (2-cycle
elimination, Christofides, Mingozzi & Toth 1981). The day's capacity is priced: for a price t of
room, exams are worth t less and the room left is worth t, which bounds the value for every t;
a handful of them is computed and the least is taken.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geo.bus.solver.duties import DutyGrid
from geo.bus.solver.timetable import arrival

WORST = -1e18
"""What no tour can do."""
ROOM_PRICES = np.array([0.0, 0.35, 0.6, 0.8, 0.93])
"""Prices of room, as shares of the dearest exam."""
FEW_ROOM_PRICES = np.array([0.0, 0.7])
"""The same where good tours are sought and nothing is proven: half the time."""


class Completion(NamedTuple):
    """Completion values for every room price r, time t and service s.

    Attributes
    ----------
    room : (r,) float64
        The prices of room.
    arrive, arrive_but : (r, t, s) float64
        Best value from arriving on; and best when the place gone to next is another than
        `arrive_next`.
    arrive_next : (r, t, s) int64
        The place the best goes to next, -1 for the depot.
    leave, leave_but, leave_next : (r, s, t)
        The same from leaving on.
    """

    room: NDArray[np.float64]
    arrive: NDArray[np.float64]
    arrive_but: NDArray[np.float64]
    arrive_next: NDArray[np.int64]
    leave: NDArray[np.float64]
    leave_but: NDArray[np.float64]
    leave_next: NDArray[np.int64]


@njit(cache=True, nogil=True)
def complete(
    clock: DutyGrid,
    reach: NDArray[np.float64],
    exam_price: NDArray[np.float64],
    visit_price: NDArray[np.float64],
    km_price: float,
    shares: NDArray[np.float64],
) -> Completion:
    """Return the completion values of a duty at these prices (see the module)."""
    m, times, n = len(reach), clock.shift_end + 1, len(shares)
    values = Completion(
        shares * exam_price.max(),
        np.full((n, times, m), WORST),
        np.full((n, times, m), WORST),
        np.full((n, times, m), -1, dtype=np.int64),
        np.full((n, m, times), WORST),
        np.full((n, m, times), WORST),
        np.full((n, m, times), -1, dtype=np.int64),
    )
    shortest = clock.setup + clock.stays[0] + clock.packdown
    begins = np.maximum(np.maximum(clock.opens, clock.exam_from - clock.setup), clock.shift_start)
    soonest = begins + shortest
    until = np.minimum(clock.exam_until + clock.packdown, clock.closes)
    latest = np.minimum(until, times - 1) - shortest
    for r in range(n):
        for time in range(times - 1, clock.shift_start - 1, -1):
            for here in range(m):
                if time <= latest[here]:
                    worth = max(exam_price[here] - values.room[r], 0.0)
                    _arrive(clock, reach, worth, visit_price[here], values, r, time, here)
            for here in range(m):
                if soonest[here] <= time <= until[here]:
                    _leave(clock, km_price, latest, values, r, time, here)
    return values


@njit(cache=True, nogil=True, inline="always")
def _arrive(
    clock: DutyGrid,
    reach: NDArray[np.float64],
    worth: float,
    charge: float,
    values: Completion,
    r: int,
    time: int,
    here: int,
) -> None:
    last = len(values.arrive[r]) - 1
    start = max(max(time, clock.opens[here]) + clock.setup, clock.exam_from[here])
    best, best_next, other = WORST, -1, WORST
    for stay in clock.stays:
        end = start + stay
        depart = end + clock.packdown
        if end > clock.exam_until[here] or depart > min(clock.closes[here], last):
            break
        gain = worth * min(clock.per_step * stay, reach[here]) - charge
        first, goes = gain + values.leave[r, here, depart], values.leave_next[r, here, depart]
        second = gain + values.leave_but[r, here, depart]
        if first > best:
            other = max(second, best if best_next != goes else other)
            best, best_next = first, goes
        elif goes != best_next:
            other = max(other, first)
        else:
            other = max(other, second)
        if clock.per_step * stay >= reach[here]:
            break
    values.arrive[r, time, here] = best
    values.arrive_next[r, time, here] = best_next
    values.arrive_but[r, time, here] = other


@njit(cache=True, nogil=True, inline="always")
def _leave(
    clock: DutyGrid,
    km_price: float,
    latest: NDArray[np.int64],
    values: Completion,
    r: int,
    time: int,
    here: int,
) -> None:
    last = len(values.arrive[r]) - 1
    best, best_next, other = WORST, -1, WORST
    if arrival(clock, time, clock.home[here]) <= last:
        best = -km_price * clock.home_km[here]
    own = clock.place[here]
    for there in range(len(clock.place)):
        at = arrival(clock, time, clock.between[here, there])
        if at > latest[there] or clock.place[there] == own:
            continue
        onward = values.arrive[r, at, there]
        if values.arrive_next[r, at, there] == own:
            onward = values.arrive_but[r, at, there]
        onward -= km_price * clock.between_km[here, there]
        if onward <= other:
            continue
        if onward > best:
            if best_next != clock.place[there]:
                other = best
            best, best_next = onward, clock.place[there]
        elif best_next != clock.place[there]:
            other = onward
    values.leave[r, here, time] = best
    values.leave_next[r, here, time] = best_next
    values.leave_but[r, here, time] = other


@njit(cache=True, nogil=True)
def onward(
    best: NDArray[np.float64],
    but: NDArray[np.float64],
    goes: NDArray[np.int64],
    room: NDArray[np.float64],
    came_from: int,
    left: float,
    used: float,
    lowest: float,
) -> float:
    """Return the least of the bounds over all room prices, for one time and service.

    Parameters
    ----------
    best, but, goes, room : (r,)
        A slice of a :class:`Completion`, and the prices of room.
    came_from : int
        The place before, which is not gone back to; -1 for none.
    left, used : float
        Room left and used in the day.
    lowest : float
        Price of the cheapest exam so far, which may be given up for a dearer one.
    """
    least = np.inf
    for r in range(len(room)):
        value = but[r] if goes[r] == came_from and came_from >= 0 else best[r]
        value += room[r] * left + max(room[r] - lowest, 0.0) * used
        least = min(least, value)
    return least
