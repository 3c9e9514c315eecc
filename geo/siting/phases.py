"""The order to build in: the first phase is the best there is that still extends to a best plan.

What is claimed of each phase, and proven: its sites cover the most of any so many among the plan's
(solved exactly); no choice of so many sites at all, whatever it extends to, covers more than
``bound``. Where both meet, the phase is the best start of any plan. Where they do not, the best
so many sites are found and the whole plan is solved again with them forced: if that is as good as
the plan, it takes its place, and the claim is proven after all; if not, a better first phase
would cost the whole plan something, and ``gap`` says how much better it could be at most.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from geo.errors import InfeasibleError
from geo.siting.plan import PhaseClaim
from geo.siting.problem import CoveringProblem
from geo.siting.ranking import ranked
from geo.siting.rule import Flags, Rule, count_rule
from geo.siting.solve import CoveringAnswer, Effort, solve_covering
from geo.solving import Stop, never

_SAME = 1e-9


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
    keep: bool = False,
    seed: int = 0,
    stop: Stop = never,
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
    keep : bool
        Whether the plan must stay as it is, chosen by another measure than these weights.
    """
    size = int(chosen.sum())
    ends = sorted({end for end in phases if 0 < end < size})
    best = [_best_start(problem, end, seed, stop) for end in ends]
    if ends and not keep:
        chosen = _restarted(problem, chosen, ends[0], best[0], seed, stop)
    rows, phase = ranked(problem, chosen, phases, seed=seed, stop=stop)
    claims = []
    for end, start in zip(ends, best, strict=True):
        covered = problem.value(np.isin(np.arange(len(chosen)), rows[:end]))
        bound = max(start.upper_bound, covered)
        claims.append(PhaseClaim(end, covered, bound, (bound - covered) / bound if bound else 0.0))
    return Staged(chosen, rows, phase, tuple(claims))


def _best_start(problem: CoveringProblem, count: int, seed: int, stop: Stop) -> CoveringAnswer:
    """Choose `count` sites by the rules' maxima alone: minima are for the whole plan to meet."""
    rules = [replace(rule, low=-np.inf) for rule in problem.rules if np.isfinite(rule.high)]
    part = replace(
        problem,
        rules=(*_but_count(rules), count_rule(problem.n_candidates, count)),
        forced=np.zeros_like(problem.forced),
    )
    return solve_covering(part, seed=seed, effort=Effort(iterations=400), stop=stop)


def _but_count(rules: Sequence[Rule]) -> list[Rule]:
    return [rule for rule in rules if not bool(np.all(rule.coefficient == 1.0))]


def _restarted(
    problem: CoveringProblem,
    chosen: Flags,
    count: int,
    start: CoveringAnswer,
    seed: int,
    stop: Stop,
) -> Flags:
    """Return a plan as good as `chosen` that holds the best start, or `chosen` itself."""
    value = problem.value(chosen)
    inside, _ = ranked(problem, chosen, (count,), seed=seed, stop=stop)
    held = problem.value(np.isin(np.arange(len(chosen)), inside[:count]))
    if held >= start.value * (1 - _SAME) or stop():
        return chosen
    forced = problem.forced | start.chosen
    try:
        other = solve_covering(replace(problem, forced=forced), seed=seed, stop=stop)
    except InfeasibleError:
        return chosen
    return other.chosen if other.value >= value * (1 - _SAME) else chosen
