"""Good outings by ruin and recreate with simulated annealing.

A string of neighbouring errands is torn out and others are put back where they delay least
(slack induction by string removals, Christiaens & Vanden Berghe, Transportation Science 54,
2020, here for one vehicle whose errands are optional). Earliest and latest beginnings make every
insertion a check of constant time (Savelsbergh, ORSA Journal on Computing 4, 1992).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geo.campaign.orienteering.outing import Outing

_BLINK = 0.02
"""Share of positions overlooked at random, so that the cheapest place is not always taken."""
_TIES = 0.4
"""What saving a whole working time is worth: of outings of equal prize, the shorter has room."""
_TWICE = 0.3
"""Share of ruins that tear out two strings."""
_LONGEST = 12
"""Errands in a string torn out, at most."""
_FACES = 2.0**53
"""A roll is one of so many, as a share."""


class _Desk(NamedTuple):
    """Arrays the search works on, made once."""

    order: NDArray[np.int64]
    begins: NDArray[np.int64]
    latest: NDArray[np.int64]
    taken: NDArray[np.bool_]
    absent: NDArray[np.int64]
    keys: NDArray[np.float64]
    dice: NDArray[np.uint64]


@njit(cache=True, nogil=True)
def search(
    outing: Outing,
    first: NDArray[np.int64],
    iterations: int,
    seed: int,
    hot: float,
    cold: float,
) -> NDArray[np.int64]:
    """Return the best order found, start and end included; the same for the same arguments.

    Parameters
    ----------
    outing : Outing
        What can be done.
    first : (k,) int64
        The order the search sets out from.
    iterations, seed
        Ruins made, and where the dice start.
    hot, cold : float
        Prize that may be lost at the first and at the last iteration (with probability 1/e).
    """
    nodes = len(outing.prize)
    desk = _Desk(
        np.empty(nodes, dtype=np.int64),
        np.empty(nodes, dtype=np.int64),
        np.empty(nodes, dtype=np.int64),
        np.zeros(outing.group.max() + 1, dtype=np.bool_),
        np.empty(nodes, dtype=np.int64),
        np.empty(nodes),
        np.array([seed * 2 + 1], dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15),
    )
    current = first.copy()
    desk.order[: len(first)] = first
    _time(outing, desk, len(first))
    best, best_prize = first.copy(), _prize(outing, desk, len(first))
    value = best_prize - _length(outing, desk, len(first))
    heat, cooling = hot, (cold / hot) ** (1.0 / max(iterations, 1))
    for _ in range(iterations):
        heat *= cooling
        size = len(current)
        desk.order[:size] = current
        size = _recreate(outing, desk, _ruin(desk, size))
        prize = _prize(outing, desk, size)
        tried = prize - _length(outing, desk, size)
        if tried > value + heat * np.log(_roll(desk.dice)):
            value, current = tried, desk.order[:size].copy()
            if prize > best_prize:
                best, best_prize = current, prize
    return best


@njit(cache=True, nogil=True, inline="always")
def _roll(dice: NDArray[np.uint64]) -> float:
    """Return a number in (0, 1): xorshift64* (Vigna, ACM TOMS 42, 2016)."""
    x = dice[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    dice[0] = x
    mixed = x * np.uint64(0x2545F4914F6CDD1D)
    return (float(mixed >> np.uint64(11)) + 0.5) / _FACES


@njit(cache=True, nogil=True)
def _prize(outing: Outing, desk: _Desk, size: int) -> float:
    total = 0.0
    for k in range(1, size - 1):
        total += outing.prize[desk.order[k]]
    return total


@njit(cache=True, nogil=True)
def _length(outing: Outing, desk: _Desk, size: int) -> float:
    begin, end = outing.opens[-2], outing.closes[-1]
    return _TIES * float(desk.begins[size - 1] - begin) / float(max(end - begin, 1))


@njit(cache=True, nogil=True)
def _time(outing: Outing, desk: _Desk, size: int) -> None:
    """Fill the earliest and the latest beginnings of the first `size` errands in order."""
    order, begins, latest = desk.order, desk.begins, desk.latest
    begins[0] = outing.opens[order[0]]
    for k in range(1, size):
        before, here = order[k - 1], order[k]
        ready = begins[k - 1] + outing.lasts[before] + outing.travel[before, here]
        begins[k] = max(ready, outing.opens[here])
    latest[size - 1] = outing.closes[order[size - 1]]
    for k in range(size - 2, -1, -1):
        here, after = order[k], order[k + 1]
        must = latest[k + 1] - outing.travel[here, after] - outing.lasts[here]
        latest[k] = min(must, outing.closes[here])


@njit(cache=True, nogil=True)
def _ruin(desk: _Desk, size: int) -> int:
    """Tear out one or two strings of errands, sometimes sparing one of them; return the size."""
    for _ in range(1 + int(_roll(desk.dice) < _TWICE)):
        inner = size - 2
        if inner <= 0:
            break
        longest = min(inner, max(3, inner // 3), _LONGEST)
        length = 1 + int(_roll(desk.dice) * longest)
        at = 1 + int(_roll(desk.dice) * (inner - length + 1))
        spared = -1
        if length > 1 and _roll(desk.dice) < 0.5:  # noqa: PLR2004  a coin
            spared = at + int(_roll(desk.dice) * length)
        write = at
        for k in range(at, size):
            if k >= at + length or k == spared:
                desk.order[write] = desk.order[k]
                write += 1
        size = write
    return size


@njit(cache=True, nogil=True)
def _recreate(outing: Outing, desk: _Desk, size: int) -> int:
    """Insert absent errands one by one until none fits; return the size."""
    desk.taken[:] = False
    for k in range(1, size - 1):
        desk.taken[outing.group[desk.order[k]]] = True
    _time(outing, desk, size)
    count = _line_up(outing, desk, size)
    for t in np.argsort(desk.keys[:count]):
        errand = desk.absent[t]
        if desk.taken[outing.group[errand]]:
            continue
        at, _ = _cheapest(outing, desk, size, errand, _BLINK)
        if at > 0:
            for k in range(size, at, -1):
                desk.order[k] = desk.order[k - 1]
            desk.order[at] = errand
            desk.taken[outing.group[errand]] = True
            size += 1
            _time(outing, desk, size)
    return size


@njit(cache=True, nogil=True)
def _line_up(outing: Outing, desk: _Desk, size: int) -> int:
    """List absent errands with keys, least first: by chance, by prize, or by prize per delay."""
    how, count = int(_roll(desk.dice) * 4), 0
    for errand in range(len(outing.prize) - 2):
        if desk.taken[outing.group[errand]]:
            continue
        prize, chance = outing.prize[errand], _roll(desk.dice)
        if how == 0:
            key = chance
        elif how == 1:
            key = -prize * (0.5 + chance)
        else:
            at, delay = _cheapest(outing, desk, size, errand, 0.0)
            if at == 0:
                continue
            gain = prize if how == 2 else prize * prize  # noqa: PLR2004  the third of four ways
            key = -gain / max(delay, 1) * (0.7 + 0.6 * chance)
        desk.absent[count], desk.keys[count] = errand, key
        count += 1
    return count


@njit(cache=True, nogil=True, inline="always")
def _cheapest(outing: Outing, desk: _Desk, size: int, errand: int, blink: float) -> tuple[int, int]:
    """Return where `errand` delays least, and by how much; place 0 where it fits nowhere."""
    order, begins, latest, travel = desk.order, desk.begins, desk.latest, outing.travel
    opens, closes, lasts = outing.opens[errand], outing.closes[errand], outing.lasts[errand]
    least, best = np.iinfo(np.int64).max, 0
    for k in range(1, size):
        before, after = order[k - 1], order[k]
        free = begins[k - 1] + outing.lasts[before]
        if free > closes:
            break
        begin = max(free + travel[before, errand], opens)
        ready = begin + lasts + travel[errand, after]
        if begin > closes or ready > latest[k]:
            continue
        delay = ready - free - travel[before, after]
        if delay < least and (blink <= 0.0 or _roll(desk.dice) >= blink):
            least, best = delay, k
    return best, least
