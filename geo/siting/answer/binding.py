"""Which rules hold the plan back, and what one more unit of each would bring."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from geo.siting.answer.plan import Binding
from geo.siting.covering.lagrangian import price
from geo.siting.covering.local_search import Choice, greedy, improve
from geo.siting.covering.reduction import aggregate
from geo.siting.problem import CoveringProblem
from geo.siting.rule import YUAN_A_UNIT, Rule
from geo.siting.solve import CoveringAnswer
from geo.solving import Stop, never

_MONEY_SHARE = 0.01


def binding_rules(
    problem: CoveringProblem,
    answer: CoveringAnswer,
    *,
    only: Sequence[int] | None = None,
    iterations: int = 100,
    stop: Stop = never,
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
        choice = Choice(part)
        for row in np.flatnonzero(answer.chosen).tolist():
            choice.add(row)
        better = improve(greedy(choice), rounds=5, stop=stop).value
        proof = price(part, better, iterations=iterations, stop=stop, start=answer.prices)
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


def _loosened(rule: Rule, used: float) -> tuple[Rule | None, float]:
    unit = _MONEY_SHARE * rule.high if rule.money else 1.0
    if np.isfinite(rule.high) and used + unit > rule.high:
        return replace(rule, high=rule.high + unit), unit
    if np.isfinite(rule.low) and used - unit < rule.low and rule.low > 0:
        return replace(rule, low=max(0.0, rule.low - unit)), unit
    return None, unit
