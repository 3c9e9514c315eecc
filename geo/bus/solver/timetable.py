"""When a drive arrives, or must leave, on a duty's clock: what compiled kernels ask."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geo.bus.solver.duties import NEVER, DutyGrid


@njit(cache=True, nogil=True, inline="always")
def arrival(clock: DutyGrid, depart: int, drive: int) -> int:
    """Return the clock step at which a drive of `drive` free steps arrives; NEVER beyond the day."""
    if len(clock.arrives) == 0:
        return depart + drive
    if depart >= clock.arrives.shape[0] or drive >= clock.arrives.shape[1]:
        return NEVER
    return int(clock.arrives[depart, drive])


@njit(cache=True, nogil=True, inline="always")
def departure(clock: DutyGrid, arrive: int, drive: int) -> int:
    """Return the last clock step at which to leave to be there at `arrive`."""
    if len(clock.arrives) == 0:
        return arrive - drive
    return int(clock.leaves[min(arrive, clock.leaves.shape[0] - 1), drive])


LEAVE, BACK = 0, 1
"""Positions in the first row of a timetable."""
ARRIVE, START, END, DEPART, REST_AT = 0, 1, 2, 3, 4
"""Positions in a visit's row of a timetable; REST_AT is -1 where no rest is taken."""
_LATE = -2
"""Stands for a tour that leaves so late that no rest is due."""


@njit(cache=True, nogil=True)
def timetable(
    clock: DutyGrid, order: NDArray[np.int64], stays: NDArray[np.int64]
) -> tuple[bool, NDArray[np.int64]]:
    """Return whether the visits fit, and the earliest timetable in clock steps.

    Parameters
    ----------
    clock : DutyGrid
        The duty.
    order, stays : (n,) int64
        Services (of the duty) in order, exam steps at each.

    Returns
    -------
    tuple[bool, (n + 1, 5) int64]
        Row 0 holds leave and back; row i + 1 arrive, start, end, depart, rest begin.
    """
    table = np.full((len(order) + 1, 5), -1, dtype=np.int64)
    if clock.rest == 0:
        # A bare -1 is a type of its own to the compiler, which would compile all of it twice.
        return _with_rest(clock, order, stays, np.int64(-1), table), table
    best = np.int64(1) << 40
    found = False
    kept = table.copy()
    for rest_at in range(_LATE, 2 * len(order)):
        if _with_rest(clock, order, stays, rest_at, table) and table[0, BACK] < best:
            best = table[0, BACK]
            kept = table.copy()  # As a slice set to an array, it would take 3 s to compile.
            found = True
    return found, kept


@njit(cache=True, nogil=True)
def _with_rest(  # noqa: C901, PLR0912  one compiled pass
    clock: DutyGrid,
    order: NDArray[np.int64],
    stays: NDArray[np.int64],
    rest_at: int | np.int64,
    table: NDArray[np.int64],
) -> bool:
    """Fill `table`; rest before set-up (2k) or during the exams (2k + 1) of visit k.

    -1 rests nowhere; _LATE leaves so late that no rest is due.
    """
    for row in range(len(table)):
        for column in range(table.shape[1]):
            table[row, column] = -1
    time = clock.shift_start
    for k in range(len(order)):
        here = order[k]
        if k == 0:
            arrive = max(arrival(clock, time, clock.out[here]), clock.opens[here])
            arrive = max(arrive, clock.exam_from[here] - clock.setup)
            if rest_at == _LATE:
                arrive = max(arrive, arrival(clock, clock.rest_until, clock.out[here]))
            table[0, LEAVE] = departure(clock, arrive, clock.out[here])
        else:
            drive = clock.between[order[k - 1], here]
            arrive = max(arrival(clock, time, drive), clock.opens[here])
        ready = arrive
        if rest_at == 2 * k:
            table[k + 1, REST_AT] = max(arrive, clock.rest_from)
            if table[k + 1, REST_AT] > clock.rest_until:
                return False
            ready = table[k + 1, REST_AT] + clock.rest
        start = max(ready + clock.setup, clock.exam_from[here])
        end = start + stays[k]
        if rest_at == 2 * k + 1:
            table[k + 1, REST_AT] = max(start, clock.rest_from)
            if table[k + 1, REST_AT] > min(clock.rest_until, end):
                return False
            end += clock.rest
        time = end + clock.packdown
        if end > clock.exam_until[here] or time > clock.closes[here]:
            return False
        table[k + 1, ARRIVE] = arrive
        table[k + 1, START] = start
        table[k + 1, END] = end
        table[k + 1, DEPART] = time
    table[0, BACK] = arrival(clock, time, clock.home[order[-1]])
    if table[0, BACK] > clock.shift_end:
        return False
    if clock.rest == 0 or rest_at >= 0:
        return True
    return bool(table[0, LEAVE] >= clock.rest_until or table[0, BACK] <= clock.rest_until)
