"""When a drive arrives, or must leave, on a duty's clock: what compiled kernels ask."""

from __future__ import annotations

from numba import njit

from geo.bus.solver.duties import NEVER, Clock


@njit(cache=True, nogil=True, inline="always")
def arrival(clock: Clock, depart: int, drive: int) -> int:
    """Return the clock step at which a drive of `drive` free steps arrives; NEVER beyond the day."""
    if len(clock.arrives) == 0:
        return depart + drive
    if depart >= clock.arrives.shape[0] or drive >= clock.arrives.shape[1]:
        return NEVER
    return int(clock.arrives[depart, drive])


@njit(cache=True, nogil=True, inline="always")
def departure(clock: Clock, arrive: int, drive: int) -> int:
    """Return the last clock step at which to leave to be there at `arrive`."""
    if len(clock.arrives) == 0:
        return arrive - drive
    return int(clock.leaves[min(arrive, clock.leaves.shape[0] - 1), drive])
