"""What holds the plan back, and how it stands if the head count is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from geo.arrays import Flags, Floats
from geo.siting.models.covering_problem import CoveringProblem
from geo.siting.models.linear_rule import (
    YUAN_A_UNIT,
    LinearRule,
)
from geo.siting.plan.siting_plan import Binding
from geo.siting.solver.covering import CoveringAnswer
from geo.siting.solver.local_search import FEW_ROUNDS, CandidateSet, greedy, swap_while_better
from geo.siting.solver.reduction import aggregate
from geo.siting.solver.relaxation import best_multipliers
from geo.solving import StoppingCriterion, never

_MONEY_SHARE = 0.01
"""What more money would bring is told for one per cent of it."""


def binding_rules(
    problem: CoveringProblem,
    answer: CoveringAnswer,
    *,
    only: Sequence[int] | None = None,
    iterations: int = 100,
    stop: StoppingCriterion = never,
) -> tuple[Binding, ...]:
    """Loosen each rule without room by one site (or 1 % of the money) and solve again.

    The gain found is what greedy and swaps reach from the plan, so a floor; the bound is the
    Lagrangian's, so a ceiling. `only` names the rules to ask about; all when None.
    """
    small = aggregate(problem)
    found = []
    for k, rule in enumerate(problem.rules):
        used = float(rule.coefficient[answer.chosen].sum())
        looser, unit = _loosened(rule, used)
        if looser is None or stop() or (only is not None and k not in only):
            continue
        part = replace(small, rules=(*small.rules[:k], looser, *small.rules[k + 1 :]))
        choice = CandidateSet(part)
        for row in np.flatnonzero(answer.chosen).tolist():
            choice.add(row)
        better = swap_while_better(greedy(choice), rounds=FEW_ROUNDS, stop=stop).value
        proof = best_multipliers(
            part, better, iterations=iterations, stop=stop, start=answer.prices
        )
        gain = max(better - answer.value, 0.0)
        found.append(
            Binding(
                rule.text,
                unit * (YUAN_A_UNIT if rule.money else 1.0),
                gain,
                max(proof.bound - answer.value, gain),
            )
        )
    return tuple(found)


def _loosened(rule: LinearRule, used: float) -> tuple[LinearRule | None, float]:
    unit = _MONEY_SHARE * rule.high if rule.money else 1.0
    if np.isfinite(rule.high) and used + unit > rule.high:
        return replace(rule, high=rule.high + unit), unit
    if np.isfinite(rule.low) and used - unit < rule.low and rule.low > 0:
        return replace(rule, low=max(0.0, rule.low - unit)), unit
    return None, unit


SWING = 0.2
"""Each demand is off by up to this share, up or down."""


def share_chosen(
    problem: CoveringProblem,
    chosen: Flags,
    *,
    runs: int = 20,
    seed: int = 0,
    stop: StoppingCriterion = never,
) -> Floats:
    """Return (n,) in what share of `runs` each candidate belongs to the plan.

    Each run draws every demand uniformly within ±20 % (all workers of a demand row together),
    and improves the plan by swaps until none helps: how much of it one would keep.
    """
    rng = np.random.default_rng(seed)
    size = len(problem.weight)
    drawn = (rng.uniform(1.0 - SWING, 1.0 + SWING, size) * problem.weight for _ in range(runs))
    share: Floats = share_kept(problem, chosen, drawn, stop=stop)
    return share


def share_kept(
    problem: CoveringProblem,
    chosen: Flags,
    weights: Iterable[Floats],
    *,
    stop: StoppingCriterion = never,
) -> Floats:
    """Return (n,) in what share of other demands each candidate belongs to the plan.

    Parameters
    ----------
    problem : CoveringProblem
        What was solved.
    chosen : (n,) bool
        The plan: under every demand it is improved by swaps until none helps.
    weights : Iterable[(m,) float64]
        The demands, one a run.
    """
    hits = np.zeros(problem.n_candidates)
    done = 0
    for weight in weights:
        if stop():
            break
        choice = CandidateSet(aggregate(replace(problem, weight=weight)))
        for row in np.flatnonzero(chosen).tolist():
            choice.add(row)
        hits += swap_while_better(choice, rounds=FEW_ROUNDS, stop=stop).chosen
        done += 1
    share: Floats = hits / done if done else np.full(problem.n_candidates, np.nan)
    return share
