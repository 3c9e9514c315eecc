"""The order to open sites in: the first phase is the best that still extends to the whole plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from geo.siting.covering.local_search import Choice
from geo.siting.problem import CoveringProblem
from geo.siting.rule import Flags, count_rule
from geo.siting.solve import Effort, solve_covering
from geo.solving import Stop, never

Rows = NDArray[np.int64]


def ranked(
    problem: CoveringProblem,
    chosen: Flags,
    phases: Sequence[int],
    *,
    seed: int = 0,
    stop: Stop = never,
) -> tuple[Rows, Rows]:
    """Return the rows of `chosen` in rank order, and each one's phase from 1.

    The sites open after each of `phases` (cumulative counts) are, of all that many among the
    chosen, those that cover the most (solved exactly), given the phases before. Within a phase
    the site that adds most comes first. Ties go to the lower row. Other plans as good as the
    whole one may start better; this order keeps to the plan given.
    """
    ends = sorted({count for count in phases if 0 < count < int(chosen.sum())})
    done = np.zeros(len(chosen), np.bool_)
    rows: list[int] = []
    phase: list[int] = []
    for number, end in enumerate([*ends, int(chosen.sum())], start=1):
        target = chosen
        if end < int(chosen.sum()):
            target = _best_of(problem, chosen, done, end, seed=seed, stop=stop)
        new = by_gain(problem, rows, target & ~done)
        rows += new
        phase += [number] * len(new)
        done[new] = True
    return np.array(rows, np.int64), np.array(phase, np.int64)


def _best_of(
    problem: CoveringProblem, chosen: Flags, done: Flags, count: int, *, seed: int, stop: Stop
) -> Flags:
    """Return the `count` of `chosen`, `done` among them, that cover the most."""
    part = replace(
        problem,
        rules=(count_rule(problem.n_candidates, count),),
        conflicts=problem.conflicts[:0],
        forced=done,
        forbidden=~chosen,
    )
    best = solve_covering(part, seed=seed, effort=Effort(iterations=300), stop=stop).chosen.copy()
    spare = np.flatnonzero(chosen & ~best)[: count - int(best.sum())]
    best[spare] = True
    return best


def by_gain(problem: CoveringProblem, before: list[int], members: Flags) -> list[int]:
    """Return `members` in the order of what each adds after `before` and those ahead of it."""
    choice = Choice(replace(problem, rules=(), conflicts=problem.conflicts[:0]))
    for row in before:
        choice.add(row)
    left = members.copy()
    order = []
    while left.any():
        row = int(np.argmax(np.where(left, choice.gain, -np.inf)))
        choice.add(row)
        left[row] = False
        order.append(row)
    return order
