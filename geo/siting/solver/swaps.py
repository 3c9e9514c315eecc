"""Compiled moves on a choice of candidates: take, give up, swap, and search on from a shaken one.

The swap is Teitz & Bart's (1968) vertex substitution, best improvement; the search around it is
iterated local search (Lourenço, Martin & Stützle 2003): a few sites give way to ones drawn by the
relaxation's shares, swaps settle the rest, and what is worse is undone. Ties go to the lower row
and the draws come from a seed, so the answer is the same on every machine.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geo.arrays import Flags, Floats

EPS = 1e-7
"""Workers, or units of a rule: less is rounding."""
_TRIES = 50
"""Chosen: draws for a site to shake before it stays."""
_SETTLED = 0.2
"""Shaken choices settled whole, not near the change alone: a share tried on the hard trial city."""
Index = NDArray[np.int32]
Row = int | np.integer
Draws = NDArray[np.uint64]
"""One number: where a search's sequence of draws (splitmix64) stands."""


class Tables(NamedTuple):
    """What does not change: who covers whom, what that is worth, and the rules.

    `of_candidate` and `of_demand` are row pointers into `demands` and `candidates`; `uses` (r, n),
    `low`, `high` (r,) are the rules; `of_clash` points into `clash`; `fixed` and `barred` (n,).
    """

    of_candidate: Index
    demands: Index
    of_demand: Index
    candidates: Index
    weight: Floats
    uses: Floats
    low: Floats
    high: Floats
    of_clash: Index
    clash: Index
    fixed: Flags
    barred: Flags


class ChoiceState(NamedTuple):
    """A choice: `chosen` (n,), how many cover each demand, each candidate's gain, the rules' use.

    `clashes` (n,) counts the chosen that exclude each candidate.
    """

    chosen: Flags
    times: NDArray[np.int64]
    gain: Floats
    used: Floats
    clashes: NDArray[np.int64]


@njit(cache=True, nogil=True)
def take(tables: Tables, state: ChoiceState, row: Row) -> None:
    """Choose `row`."""
    for k in range(tables.of_candidate[row], tables.of_candidate[row + 1]):
        demand = tables.demands[k]
        state.times[demand] += 1
        if state.times[demand] == 1:
            _credit(tables, state.gain, demand, -tables.weight[demand])
    _count(tables, state, row, 1)


@njit(cache=True, nogil=True)
def give_up(tables: Tables, state: ChoiceState, row: Row) -> None:
    """Drop chosen `row`."""
    for k in range(tables.of_candidate[row], tables.of_candidate[row + 1]):
        demand = tables.demands[k]
        state.times[demand] -= 1
        if state.times[demand] == 0:
            _credit(tables, state.gain, demand, tables.weight[demand])
    _count(tables, state, row, -1)


@njit(cache=True, nogil=True)
def _credit(tables: Tables, gain: Floats, demand: int, amount: float) -> None:
    for k in range(tables.of_demand[demand], tables.of_demand[demand + 1]):
        gain[tables.candidates[k]] += amount


@njit(cache=True, nogil=True)
def _count(tables: Tables, state: ChoiceState, row: Row, sign: int) -> None:
    state.chosen[row] = sign > 0
    for r in range(len(tables.low)):
        state.used[r] += sign * tables.uses[r, row]
    for k in range(tables.of_clash[row], tables.of_clash[row + 1]):
        state.clashes[tables.clash[k]] += sign


@njit(cache=True, nogil=True)
def may_take(tables: Tables, state: ChoiceState, row: Row) -> bool:
    """Tell whether `row` fits beside the chosen under maxima and conflicts."""
    if state.chosen[row] or tables.barred[row] or state.clashes[row] > 0:
        return False
    for r in range(len(tables.low)):
        if state.used[r] + tables.uses[r, row] > tables.high[r] + EPS:
            return False
    return True


@njit(cache=True, nogil=True)
def may_swap(tables: Tables, state: ChoiceState, out: Row, row: Row) -> bool:
    """Tell whether `row` may take chosen `out`'s place; no unmet minimum may get worse."""
    if state.chosen[row] or tables.barred[row]:
        return False
    for r in range(len(tables.low)):
        after = state.used[r] - tables.uses[r, out] + tables.uses[r, row]
        if after > tables.high[r] + EPS or after < min(tables.low[r], state.used[r]) - EPS:
            return False
    near = state.clashes[row]
    if near > 0:
        for k in range(tables.of_clash[out], tables.of_clash[out + 1]):
            if tables.clash[k] == row:
                near -= 1
    fits: bool = near == 0
    return fits


@njit(cache=True, nogil=True)
def addable(tables: Tables, state: ChoiceState) -> Flags:
    """Return (n,) which candidates :func:`may_take` lets in."""
    return np.array([may_take(tables, state, row) for row in range(len(state.gain))], np.bool_)


@njit(cache=True, nogil=True)
def replaceable(tables: Tables, state: ChoiceState, out: Row) -> Flags:
    """Return (n,) which candidates :func:`may_swap` lets into chosen `out`'s place."""
    return np.array([may_swap(tables, state, out, row) for row in range(len(state.gain))], np.bool_)


@njit(cache=True, nogil=True)
def lost(tables: Tables, state: ChoiceState, row: Row, regained: Floats, sign: float) -> float:
    """Return what chosen `row` alone covers; add it, times `sign`, to all who could regain it."""
    total = 0.0
    for k in range(tables.of_candidate[row], tables.of_candidate[row + 1]):
        demand = tables.demands[k]
        if state.times[demand] == 1:
            total += tables.weight[demand]
            _credit(tables, regained, demand, sign * tables.weight[demand])
    return total


@njit(cache=True, nogil=True)
def best_swap(tables: Tables, state: ChoiceState, out: Row, regained: Floats) -> tuple[int, float]:
    """Return the best candidate in chosen `out`'s place and what covering gains; -1 if none."""
    for row in range(len(regained)):
        regained[row] = 0.0
    loss = lost(tables, state, out, regained, 1.0)
    best, most = -1, -np.inf
    for row in range(len(state.gain)):
        worth = state.gain[row] + regained[row]
        if worth > most and may_swap(tables, state, out, row):
            best, most = row, worth
    return best, most - loss


@njit(cache=True, nogil=True)
def _loose(chosen: Flags, near: Flags, fixed: Flags) -> NDArray[np.int64]:
    """Return the chosen marked `near` that may go; a loop, since arrays of it take long to compile."""
    rows, count = np.empty(len(chosen), np.int64), 0
    for row in range(len(chosen)):
        if chosen[row] and near[row] and not fixed[row]:
            rows[count] = row
            count += 1
    return rows[:count]


@njit(cache=True, nogil=True)
def swap_through(
    tables: Tables, state: ChoiceState, near: Flags, least: float, regained: Floats
) -> bool:
    """Swap the chosen marked `near`, in turn, where that gains `least`; tell whether any did.

    Marks are taken off as they are looked at, and set on all that a swap touches.
    """
    improved = False
    for out in _loose(state.chosen, near, tables.fixed):
        near[out] = False
        best, change = best_swap(tables, state, out, regained)
        if change > least:
            give_up(tables, state, out)
            take(tables, state, best)
            _touch(tables, state, out, near)
            _touch(tables, state, best, near)
            improved = True
    return improved


@njit(cache=True, nogil=True)
def _alone(tables: Tables, state: ChoiceState, row: Row) -> float:
    total = 0.0
    for k in range(tables.of_candidate[row], tables.of_candidate[row + 1]):
        if state.times[tables.demands[k]] == 1:
            total += tables.weight[tables.demands[k]]
    return total


@njit(cache=True, nogil=True)
def _top_gain(state: ChoiceState) -> float:
    top = 0.0
    for row in range(len(state.gain)):
        if not state.chosen[row]:
            top = max(top, state.gain[row])
    return top


@njit(cache=True, nogil=True)
def _exchange_through(tables: Tables, state: ChoiceState, near: Flags, least: float) -> bool:
    """Exchange each chosen, in turn, for the best gain elsewhere; tell whether any did."""
    improved, top = False, _top_gain(state)
    for out in np.flatnonzero(state.chosen & ~tables.fixed):
        most = _alone(tables, state, out) + least
        if top <= most:
            continue
        best = -1
        for row in range(len(state.gain)):
            if state.gain[row] > most and may_swap(tables, state, out, row):
                best, most = row, state.gain[row]
        if best >= 0:
            give_up(tables, state, out)
            take(tables, state, best)
            _touch(tables, state, out, near)
            _touch(tables, state, best, near)
            improved, top = True, _top_gain(state)
    return improved


@njit(cache=True, nogil=True)
def fill(tables: Tables, state: ChoiceState) -> None:
    """Take the best gains while the rules allow."""
    while True:
        best, most = -1, EPS
        for row in range(len(state.gain)):
            if state.gain[row] > most and may_take(tables, state, row):
                best, most = row, state.gain[row]
        if best < 0:
            return
        take(tables, state, best)


@njit(cache=True, nogil=True)
def value_of(tables: Tables, state: ChoiceState) -> float:
    """Return the weight covered; -inf while a minimum is missed."""
    for r in range(len(tables.low)):
        if state.used[r] < tables.low[r] - EPS:
            return -np.inf
    total = 0.0
    for demand in range(len(state.times)):
        if state.times[demand] > 0:
            total += tables.weight[demand]
    return total


@njit(cache=True, nogil=True)
def _copy(target: ChoiceState, source: ChoiceState) -> None:
    target.chosen[:] = source.chosen
    target.times[:] = source.times
    target.gain[:] = source.gain
    target.used[:] = source.used
    target.clashes[:] = source.clashes


@njit(cache=True, nogil=True)
def _draw(draws: Draws) -> float:
    """Return the next number from 0 to below 1; splitmix64 (Steele, Lea & Flood 2014)."""
    draws[0] += np.uint64(0x9E3779B97F4A7C15)
    x = draws[0]
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return float((x ^ (x >> np.uint64(31))) >> np.uint64(11)) * 2.0**-53


@njit(cache=True, nogil=True)
def _touch(tables: Tables, state: ChoiceState, row: Row, near: Flags) -> None:
    """Mark the chosen that share demand with `row`, itself included."""
    for k in range(tables.of_candidate[row], tables.of_candidate[row + 1]):
        demand = tables.demands[k]
        for j in range(tables.of_demand[demand], tables.of_demand[demand + 1]):
            if state.chosen[tables.candidates[j]]:
                near[tables.candidates[j]] = True


@njit(cache=True, nogil=True)
def _shake(
    tables: Tables, state: ChoiceState, drawn: Floats, most: int, near: Flags, draws: Draws
) -> None:
    """Let at most `most` of the chosen give way to candidates drawn with odds heaped in `drawn`."""
    loose = np.flatnonzero(state.chosen & ~tables.fixed)
    if len(loose) == 0:
        return
    for _ in range(1 + int(_draw(draws) * most)):
        out = loose[int(_draw(draws) * len(loose))]
        if not state.chosen[out]:
            continue
        for _ in range(_TRIES):
            row = np.searchsorted(drawn, _draw(draws) * drawn[-1], side="right")
            if row < len(drawn) and may_swap(tables, state, out, row):
                give_up(tables, state, out)
                take(tables, state, row)
                _touch(tables, state, out, near)
                _touch(tables, state, row, near)
                break


@njit(cache=True, nogil=True)
def copied(state: ChoiceState) -> ChoiceState:
    """Return the same choice in arrays of its own."""
    return ChoiceState(
        state.chosen.copy(),
        state.times.copy(),
        state.gain.copy(),
        state.used.copy(),
        state.clashes.copy(),
    )


@njit(cache=True, nogil=True)
def shaken(
    tables: Tables,
    best: ChoiceState,
    here: ChoiceState,
    drawn: Floats,
    draws: Draws,
    times: int,
    most: int,
    slack: float,
) -> float:
    """Shake `here` `times` over, keeping in `best` what is better; return its value.

    A shaken choice worth up to `slack` less than the best is gone on from. Mostly only
    what is near a change is swapped anew, and plain exchanges look everywhere: that finds more in
    the same time than settling all each time, which mostly undoes the shake.
    """
    value = value_of(tables, best)
    regained, near = np.empty(len(best.gain)), np.zeros(len(best.gain), np.bool_)
    before = copied(here)
    for _ in range(times):
        _shake(tables, here, drawn, most, near, draws)
        if _draw(draws) < _SETTLED:
            near[:] = True
        while swap_through(tables, here, near, EPS, regained) or _exchange_through(
            tables, here, near, EPS
        ):
            pass
        fill(tables, here)
        reached = value_of(tables, here)
        if reached > value:
            value = reached
            _copy(best, here)
        if reached >= value - slack:
            _copy(before, here)
        else:
            _copy(here, before)
    return value
