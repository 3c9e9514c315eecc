"""The order to build in: the first phase is the best there is that still extends to a best plan.

Among all plans worth as much as the one given, the one is sought whose first sites cover the most:
a covering problem again, in which every candidate may open early or late, the whole must cover no
less than the plan, and what the early ones cover counts on top. Candidates that no plan as good can
hold are left out first (by their reduced cost), so that it is small. Then the same for the
second phase, given the first, and so on.

What is claimed of each phase, and proven: ``bound`` – no first sites of any plan as good cover more
(given the phases before); ``free_bound`` – nor does any choice of so many sites under the same
maxima by more than that, whatever it extends to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack, vstack

from geo.arrays import Flags, Floats
from geo.siting.models.covering_problem import CoveringProblem
from geo.siting.models.linear_rule import (
    LinearRule,
    count_rule,
)
from geo.siting.models.model import Floor, Model
from geo.siting.plan.as_good import AS_GOOD, NODES, Held, held_by
from geo.siting.plan.siting_plan import PhaseClaim
from geo.siting.solver.covering import Effort, solve_covering
from geo.siting.solver.formulation import solve_program
from geo.siting.solver.lagrangian import Multipliers
from geo.siting.solver.local_search import CandidateSet
from geo.solving import StoppingCriterion, never
from geo.text import Text

_STEPS, _ORDER_STEPS = 400, 300
"""Primal-dual steps for the bound of a phase, and to order sites: chosen, as the whole plan is proven
before."""
_SAME = 1e-9
"""Relative: values nearer than this are one."""


@dataclass(frozen=True, slots=True, eq=False)
class Staged:
    """A plan in its order.

    Attributes
    ----------
    chosen : (n,) bool
        The plan; another one as good if that starts better.
    rows, phase : (k,) int64
        Its rows in rank order, and the phase of each from 1.
    claims : tuple[PhaseClaim, ...]
        What is proven of each phase but the last, which is the plan.
    """

    chosen: Flags
    rows: NDArray[np.int64]
    phase: NDArray[np.int64]
    claims: tuple[PhaseClaim, ...]


def staged(
    problem: CoveringProblem,
    chosen: Flags,
    phases: Sequence[int],
    *,
    claims: bool = True,
    prices: Multipliers | None = None,
    seed: int = 0,
    stop: StoppingCriterion = never,
) -> Staged:
    """Put `chosen` in order, phase by phase.

    Parameters
    ----------
    problem : CoveringProblem
        With the weights the phases are to be best by.
    chosen : (n,) bool
        A plan that keeps the rules.
    phases : Sequence[int]
        Cumulative counts; those not below the plan's size are ignored.
    claims : bool
        Whether to prove something of the phases.
    prices : Multipliers | None
        Of this very problem: they tell which candidates a plan as good can hold. Without them the
        plan stays as it is (it was chosen by another measure), and phases are its own best.
    """
    size = int(chosen.sum())
    ends = sorted({end for end in phases if 0 < end < size})
    done = np.zeros(len(chosen), np.bool_)
    bounds = []
    for end in ends:
        if prices is None or stop():
            break
        start = _start(problem, chosen, end, done, prices, seed, stop)
        if start is None:
            break
        chosen, done, bound = start
        bounds.append(bound)
    rows, phase = ranked(problem, chosen, ends, seed=seed, stop=stop)
    proven = [
        _claim(problem, rows[:end], bounds[k] if k < len(bounds) else np.inf, seed, stop)
        for k, end in enumerate(ends if claims else [])
    ]
    return Staged(chosen, rows, phase, tuple(proven))


def _claim(
    problem: CoveringProblem,
    rows: NDArray[np.int64],
    bound: float,
    seed: int,
    stop: StoppingCriterion,
) -> PhaseClaim:
    covered = problem.value(np.isin(np.arange(problem.n_candidates), rows))
    free = max(_free_bound(problem, len(rows), seed, stop), covered)
    bound = min(max(bound, covered), free)
    if bound - covered <= 4 * _SAME * max(1.0, problem.value(~problem.forbidden)):
        return PhaseClaim(len(rows), covered, covered, 0.0, free)
    return PhaseClaim(len(rows), covered, bound, (bound - covered) / bound, free)


def _free_bound(problem: CoveringProblem, count: int, seed: int, stop: StoppingCriterion) -> float:
    """Bound what `count` sites cover by the rules' maxima alone: minima are the whole plan's."""
    rules = [replace(rule, low=-np.inf) for rule in problem.rules if np.isfinite(rule.high)]
    part = replace(
        problem,
        rules=(*rules, count_rule(problem.n_candidates, count)),
        forced=np.zeros_like(problem.forced),
    )
    return solve_covering(part, seed=seed, effort=Effort(iterations=_STEPS), stop=stop).upper_bound


def _start(
    problem: CoveringProblem,
    chosen: Flags,
    count: int,
    done: Flags,
    prices: Multipliers,
    seed: int,
    stop: StoppingCriterion,
) -> tuple[Flags, Flags, float] | None:
    """Return a plan as good, its first `count` sites (`done` among them), and what bounds them.

    None where that is too large to solve or was not solved.
    """
    held = held_by(problem, chosen, prices)
    if held is None:
        return None
    model = _early_and_late(held, count, done)
    found = solve_program(model, nodes=NODES, seed=seed, stop=stop)
    if found.chosen is None:
        return None
    n = len(held.rows)
    early, late = found.chosen[:n], found.chosen[n:]
    plan, first = np.zeros_like(chosen), np.zeros_like(chosen)
    plan[held.rows[early | late]], first[held.rows[early]] = True, True
    return plan, first, found.bound - held.least


def _early_and_late(held: Held, count: int, done: Flags) -> Model:
    """Write the problem over the candidates held, each to open early, late or not at all."""
    problem, rows, n = held.small, held.rows, len(held.rows)
    table = problem.covers[rows]
    blank = csr_matrix(table.shape)
    whole = np.repeat([False, True], len(problem.weight))
    place = np.full(problem.n_candidates, -1)
    place[rows] = np.arange(n)
    inside = place[problem.conflicts[(place[problem.conflicts] >= 0).all(axis=1)]].reshape(-1, 2)
    first, second = inside[:, 0], inside[:, 1]
    clashes = [(first, second), (first, second + n), (first + n, second), (first + n, second + n)]
    clashes.append((np.arange(n), np.arange(n) + n))
    pairs = np.concatenate([np.column_stack(pair) for pair in clashes])
    doubled = CoveringProblem(
        covers=vstack([hstack([table, table]), hstack([blank, table])], "csr"),
        weight=np.tile(problem.weight, 2),
        rules=(*_twofold(problem, rows), _early_count(n, count), *_either(problem.forced[rows])),
        conflicts=pairs,
        forced=np.concatenate([done[rows], np.zeros(n, np.bool_)]),
    )
    return Model(problem=doubled, floors=(Floor(AS_GOOD, whole, held.least),))


def _twofold(problem: CoveringProblem, held: NDArray[np.int64]) -> list[LinearRule]:
    return [replace(rule, coefficient=np.tile(rule.coefficient[held], 2)) for rule in problem.rules]


def _early_count(n: int, count: int) -> LinearRule:
    early: Floats = np.repeat([1.0, 0.0], n)
    return LinearRule(Text(f"首批 {count} 个", f"the first {count}"), early, high=float(count))


def _either(forced: Flags) -> list[LinearRule]:
    """Ask of every fixed candidate to open early or late."""
    n, text = len(forced), Text("必选", "fixed")
    return [
        LinearRule(text, np.isin(np.arange(2 * n), [row, row + n]).astype(np.float64), low=1.0)
        for row in np.flatnonzero(forced).tolist()
    ]


Rows = NDArray[np.int64]


def ranked(
    problem: CoveringProblem,
    chosen: Flags,
    phases: Sequence[int],
    *,
    seed: int = 0,
    stop: StoppingCriterion = never,
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
    problem: CoveringProblem,
    chosen: Flags,
    done: Flags,
    count: int,
    *,
    seed: int,
    stop: StoppingCriterion,
) -> Flags:
    """Return the `count` of `chosen`, `done` among them, that cover the most."""
    part = replace(
        problem,
        rules=(count_rule(problem.n_candidates, count),),
        conflicts=problem.conflicts[:0],
        forced=done,
        forbidden=~chosen,
    )
    best = solve_covering(
        part, seed=seed, effort=Effort(iterations=_ORDER_STEPS), stop=stop
    ).chosen.copy()
    spare = np.flatnonzero(chosen & ~best)[: count - int(best.sum())]
    best[spare] = True
    return best


def by_gain(problem: CoveringProblem, before: list[int], members: Flags) -> list[int]:
    """Return `members` in the order of what each adds after `before` and those ahead of it."""
    choice = CandidateSet(replace(problem, rules=(), conflicts=problem.conflicts[:0]))
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
