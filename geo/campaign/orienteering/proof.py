"""Proof for outings: no outing is worth more than this, by labels with a growing memory.

Labels run forward and backward in turn. A label remembers only those groups it has run whose
memory every errand since has kept (ng-routes, Baldacci, Mingozzi & Roberti, Operations Research
59, 2011), so labels relax the problem. Where the best of them run a group twice, the errands in
between start to remember it (decremental state space, Righini & Salani, Computers & Operations
Research 36, 2009). Each run prunes by the one before it, which tells for every errand and time
what the rest of the outing can still be worth; when no label can beat the outing in hand, that
outing is proven best.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geo.campaign.orienteering.outing import Outing, mirrored, turned, worth
from geo.solving import Stop, never

_TINY = 1e-6
_WORST = -1e18
_LEARNT_FROM = 50
"""Labels per run whose repeated groups are remembered from then on."""


class _Ahead(NamedTuple):
    """What an outing can still be worth; steps of errand i lie in first[i]:first[i + 1].

    Attributes
    ----------
    first : (m + 3,) int64
        First step of each errand.
    time : (n,) int64
        Beginning in the mirrored outing, ascending within an errand.
    worth : (n,) float64
        The most from the errand on, itself included, when that time is left.
    """

    first: NDArray[np.int64]
    time: NDArray[np.int64]
    worth: NDArray[np.float64]


class _Labels(NamedTuple):
    """Labels in the order made, with the last one kept of each errand."""

    errand: NDArray[np.int64]
    time: NDArray[np.int64]
    parent: NDArray[np.int64]
    worth: NDArray[np.float64]
    memory: NDArray[np.uint64]
    follows: NDArray[np.int64]
    is_kept: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Proof:
    """What is proven about an outing.

    Attributes
    ----------
    order : (k,) int64
        The best order known, start and end included.
    bound : float
        No order is worth more.
    is_closed : bool
        True when `order` is worth `bound`.
    """

    order: NDArray[np.int64]
    bound: float
    is_closed: bool


def prove(
    outing: Outing,
    order: NDArray[np.int64],
    *,
    max_labels: int,
    max_compared: int,
    stop: Stop = never,
) -> Proof:
    """Prove `order` best, better it, or bound what could be better.

    Parameters
    ----------
    outing : Outing
        What can be done.
    order : (k,) int64
        The best order known; the better it is, the fewer labels are made.
    max_labels, max_compared : int
        Labels in one run, and comparisons of labels over all runs.
    stop : Stop
        Asked between runs.
    """
    sides, turn = (outing, mirrored(outing)), turned(len(outing.prize))
    unit = _unit(outing)
    near = _own_memory(outing)
    ahead = _anything(outing)
    bound, left, run = room_bound(outing), max_compared, 0
    while bound > worth(outing, order) + unit - _TINY and left > 0 and not stop():
        side = sides[run % 2]
        beat = worth(outing, order) + unit - _TINY
        count, compared, labels = _run(side, near, ahead, beat, max_labels, left)
        if count < 0:
            return Proof(order, bound, is_closed=False)
        left -= compared
        paths = _paths(labels, count, len(turn) - 1)
        found = [path if run % 2 == 0 else turn[path[::-1]] for path in paths]
        bound = min(bound, max([worth(outing, order), *(worth(outing, path) for path in found)]))
        single = [path for path in found if not _learn(outing, near, path)]
        order = max([order, *single], key=lambda path: worth(outing, path))
        ahead = _steps(labels, count, turn)
        run += 1
    if bound <= worth(outing, order) + unit - _TINY:
        return Proof(order, worth(outing, order), is_closed=True)
    return Proof(order, bound, is_closed=False)


def room_bound(outing: Outing) -> float:
    """Return what prizes fit into the working time when each way costs the least it can.

    The relaxation of the knapsack (Dantzig 1957): an errand takes its time and half its
    shortest way in and out.
    """
    m = len(outing.prize) - 2
    ways = outing.travel.astype(np.float64).copy()
    np.fill_diagonal(ways, np.inf)
    into, out = ways[[*range(m), m]].min(axis=0), ways[:, [*range(m), m + 1]].min(axis=1)
    takes = outing.lasts[:m] + (into[:m] + out[:m]) / 2
    room = float(outing.closes[-1] - outing.opens[-2]) - (into[m + 1] + out[m]) / 2
    best_first = np.argsort(-outing.prize[:m] / np.maximum(takes, _TINY), kind="stable")
    used = np.cumsum(takes[best_first])
    part = np.clip(1 - (used - room) / np.maximum(takes[best_first], _TINY), 0.0, 1.0)
    return float((np.maximum(outing.prize[:m], 0.0)[best_first] * part).sum())


def _unit(outing: Outing) -> float:
    """Return the least by which two orders can differ in worth; tiny where prizes are broken."""
    whole = np.rint(outing.prize).astype(np.int64)
    if np.abs(whole - outing.prize).max() > 0:
        return 10 * _TINY
    return float(max(np.gcd.reduce(whole), 1))


def _own_memory(outing: Outing) -> NDArray[np.uint64]:
    """Return (m + 2, words) memory bits: every errand remembers its own group."""
    near = np.zeros((len(outing.prize), int(outing.group.max()) // 64 + 1), dtype=np.uint64)
    for errand, group in enumerate(outing.group.tolist()):
        _remember(near, errand, group)
    return near


def _remember(near: NDArray[np.uint64], errand: int, group: int) -> None:
    near[errand, group >> 6] |= np.uint64(1) << np.uint64(group & 63)


def _anything(outing: Outing) -> _Ahead:
    size = len(outing.prize)
    return _Ahead(np.arange(size + 1), np.full(size, -(1 << 60)), np.full(size, np.inf))


def _paths(labels: _Labels, count: int, end: int) -> list[NDArray[np.int64]]:
    """Return the orders of the best labels that reached the end."""
    done = np.flatnonzero((labels.errand[:count] == end) & labels.is_kept[:count])
    best = done[np.argsort(-labels.worth[done], kind="stable")][:_LEARNT_FROM]
    paths = []
    for label in best.tolist():
        path, at = [], label
        while at >= 0:
            path.append(int(labels.errand[at]))
            at = int(labels.parent[at])
        paths.append(np.array(path[::-1], dtype=np.int64))
    return paths


def _learn(outing: Outing, near: NDArray[np.uint64], path: NDArray[np.int64]) -> bool:
    """Let errands between two of one group remember it; return whether there were any."""
    last: dict[int, int] = {}
    repeats = False
    for at, group in enumerate(outing.group[path[1:-1]].tolist(), start=1):
        if group in last:
            repeats = True
            for between in path[last[group] + 1 : at].tolist():
                _remember(near, between, group)
        last[group] = at
    return repeats


def _steps(labels: _Labels, count: int, turn: NDArray[np.int64]) -> _Ahead:
    """Return what the labels of one direction tell the other."""
    kept = np.flatnonzero(labels.is_kept[:count])
    errand = turn[labels.errand[kept]]
    turns = np.lexsort((labels.time[kept], errand))
    kept, errand = kept[turns], errand[turns]
    first = np.searchsorted(errand, np.arange(len(turn) + 1)).astype(np.int64)
    most = labels.worth[kept]
    for low, high in pairwise(first):
        np.maximum.accumulate(most[low:high], out=most[low:high])
    return _Ahead(first, labels.time[kept], most)


@njit(cache=True, nogil=True)
def _rest_worth(outing: Outing, ahead: _Ahead, errand: int, begin: int) -> float:
    """Return what can still be had after `errand` when it begins at `begin`."""
    left = outing.closes[-1] - outing.lasts[errand] - begin
    low, high = ahead.first[errand], ahead.first[errand + 1]
    start = low
    while low < high:
        middle = (low + high) // 2
        if ahead.time[middle] <= left:
            low = middle + 1
        else:
            high = middle
    return ahead.worth[low - 1] - outing.prize[errand] if low > start else _WORST


@njit(cache=True, nogil=True)
def _run(
    outing: Outing,
    near: NDArray[np.uint64],
    ahead: _Ahead,
    beat: float,
    max_labels: int,
    max_compared: int,
) -> tuple[int, int, _Labels]:
    """Return labels made, comparisons made, and the labels; -1 labels where a limit was hit.

    Only labels that may become an order worth at least `beat` are made; they are taken in the
    order of time, so that every label that can dominate another is there before it.
    """
    start, end = len(outing.prize) - 2, len(outing.prize) - 1
    labels = _Labels(
        np.empty(max_labels, dtype=np.int64),
        np.empty(max_labels, dtype=np.int64),
        np.empty(max_labels, dtype=np.int64),
        np.empty(max_labels),
        np.empty((max_labels, near.shape[1]), dtype=np.uint64),
        np.empty(max_labels, dtype=np.int64),
        np.zeros(max_labels, dtype=np.bool_),
    )
    opening = outing.opens[start]
    waiting = np.full(outing.closes[end] - opening + 1, -1, dtype=np.int64)
    last_kept = np.full(len(outing.prize), -1, dtype=np.int64)
    labels.errand[0], labels.time[0], labels.parent[0] = start, opening, -1
    labels.worth[0], labels.memory[0], labels.follows[0] = 0.0, near[start], -1
    waiting[0], count, compared = 0, 1, 0
    for now in range(len(waiting)):
        label = waiting[now]
        while label >= 0:
            following, here = labels.follows[label], labels.errand[label]
            is_dominated, looked = _dominated(labels, label, last_kept[here])
            compared += looked
            if not is_dominated:
                labels.is_kept[label], labels.follows[label] = True, last_kept[here]
                last_kept[here] = label
                if here != end:
                    count = _extend(outing, near, ahead, beat, labels, label, count, waiting)
                if count < 0 or compared > max_compared:
                    return -1, compared, labels
            label = following
    return count, compared, labels


@njit(cache=True, nogil=True)
def _dominated(labels: _Labels, label: int, at: int) -> tuple[bool, int]:
    """Return whether a label kept before is as good, and how many were looked at."""
    looked = 0
    while at >= 0:
        looked += 1
        if labels.worth[at] >= labels.worth[label]:
            is_part = True
            for word in range(labels.memory.shape[1]):
                if labels.memory[at, word] & ~labels.memory[label, word]:
                    is_part = False
                    break
            if is_part:
                return True, looked
        at = labels.follows[at]
    return False, looked


@njit(cache=True, nogil=True)
def _extend(
    outing: Outing,
    near: NDArray[np.uint64],
    ahead: _Ahead,
    beat: float,
    labels: _Labels,
    label: int,
    count: int,
    waiting: NDArray[np.int64],
) -> int:
    """Add all labels that follow `label`; return how many there are now, -1 for too many."""
    here, size = labels.errand[label], len(outing.prize)
    closing = outing.closes[size - 1]
    leave, opening = labels.time[label] + outing.lasts[here], outing.opens[size - 2]
    for there in range(size):
        begin = max(leave + outing.travel[here, there], outing.opens[there])
        group = outing.group[there]
        word, bit = group >> 6, np.uint64(1) << np.uint64(group & 63)
        if there == size - 2 or begin > min(outing.closes[there], closing):
            continue
        if labels.memory[label, word] & bit:
            continue
        total = labels.worth[label] + outing.prize[there]
        if total + _rest_worth(outing, ahead, there, begin) < beat:
            continue
        if count >= len(labels.time):
            return -1
        labels.errand[count], labels.time[count], labels.parent[count] = there, begin, label
        labels.worth[count] = total
        labels.memory[count] = labels.memory[label] & near[there]
        labels.memory[count, word] |= bit
        labels.follows[count] = waiting[begin - opening]
        waiting[begin - opening] = count
        count += 1
    return count
