"""Sites that add nobody: left out where nothing asks for them, and else told with their price.

A minimum (of a district, of a kind of host) or a mark as fixed may put a site into a plan that
covers nobody new. Such a site says which rule that was, among its equals the one is taken that
serves most worker-hours, and the rule says what it costs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from geo.arrays import Flags, Floats
from geo.siting.models.covering_problem import CoveringProblem
from geo.siting.models.site_rules import costs_of
from geo.siting.plan.site_inputs import SiteInputs
from geo.siting.plan.site_layer import OpenHours
from geo.siting.plan.siting_plan import RulePrice
from geo.siting.solver.lagrangian import Multipliers
from geo.siting.solver.local_search import (
    FEW_ROUNDS,
    CandidateSet,
    chosen_from,
    greedy,
    swap_while_better,
)
from geo.siting.solver.reduction import aggregate
from geo.siting.solver.relaxation import best_multipliers
from geo.solving import StoppingCriterion, never
from geo.text import Text

Rows = NDArray[np.int64]
_NOBODY = 1e-9
"""Part of all weight that counts as none: what sums of floats are off."""
FIXED = Text("标为必选", "marked as fixed")


def idle_rows(problem: CoveringProblem, ranked: Sequence[int]) -> list[int]:
    """Return those of the `ranked` rows that add nothing to the ones before them."""
    choice, idle = CandidateSet(problem), []
    least = _least(problem)
    for row in ranked:
        if choice.gain[row] <= least:
            idle.append(int(row))
        choice.add(int(row))
    return idle


def without_needless(problem: CoveringProblem, ranked: Rows) -> Flags:
    """Return (k,) which of the `ranked` rows stay: all but those idle that no rule asks for."""
    chosen = np.isin(np.arange(problem.n_candidates), ranked)
    stays = np.ones(len(ranked), np.bool_)
    for row in reversed(idle_rows(problem, ranked.tolist())):
        fewer = chosen.copy()
        fewer[row] = False
        if not problem.broken(fewer):
            chosen = fewer
            stays[ranked == row] = False
    return stays


def better_by_hours(problem: CoveringProblem, given: SiteInputs, ranked: Rows) -> Rows:
    """Return `ranked` with each idle row, unless fixed, in favour of the best of its equals.

    Equals may take its place under the rules without loss. The best serves most worker-hours a
    week beside all others, then has most workers in reach, then costs least.
    """
    idle = [row for row in idle_rows(problem, ranked.tolist()) if not problem.forced[row]]
    if not idle:
        return ranked
    hours, rows = OpenHours(given), ranked.copy()
    for row in ranked.tolist():
        if row not in idle:
            hours.open(row)
    choice = chosen_from(problem, np.isin(np.arange(problem.n_candidates), ranked))
    reach, cost, least = problem.covers @ given.workers, costs_of(given.candidates), _least(problem)
    for row in idle:
        equal = [row, *np.flatnonzero(choice.swap_values(row) >= -least).tolist()]
        worth = [
            (hours.gained(one) or 0.0, float(reach[one]), -_or_most(cost[one])) for one in equal
        ]
        best = equal[max(range(len(equal)), key=lambda k: worth[k])]
        hours.open(best)
        if best != row:
            choice.drop(row)
            choice.add(best)
            rows[rows == row] = best
    return rows


def held_by_rules(problem: CoveringProblem, ranked: Rows) -> Mapping[int, tuple[Text, ...]]:
    """Return for each idle row the rules that break without it."""
    chosen = np.isin(np.arange(problem.n_candidates), ranked)
    held: dict[int, tuple[Text, ...]] = {}
    for row in idle_rows(problem, ranked.tolist()):
        fewer = chosen.copy()
        fewer[row] = False
        broken = replace(problem, forced=problem.forced & fewer).broken(fewer)
        held[row] = ((FIXED,) if problem.forced[row] else ()) + broken
    return {row: texts for row, texts in held.items() if texts}


def rule_prices(
    problem: CoveringProblem,
    chosen: Flags,
    held: Mapping[int, tuple[Text, ...]],
    cost: Floats,
    prices: Multipliers | None,
    *,
    iterations: int = 400,
    stop: StoppingCriterion = never,
) -> tuple[RulePrice, ...]:
    """Price each rule of `held`: what it spends, and what the plan would cover without it.

    `prices` are those of the plan's own proof; None where it does not seek workers covered.
    """
    found = []
    for text in dict.fromkeys(text for texts in held.values() for text in texts):
        rows = [row for row, texts in held.items() if text in texts]
        spent = float(cost[rows].sum())
        gain = _gain_without(problem, chosen, text, rows, prices, iterations, stop)
        known = None if np.isnan(spent) else spent
        found.append(RulePrice(text, len(rows), known, *(gain or (None, None))))
    return tuple(found)


def _gain_without(
    problem: CoveringProblem,
    chosen: Flags,
    text: Text,
    rows: Sequence[int],
    prices: Multipliers | None,
    iterations: int,
    stop: StoppingCriterion,
) -> tuple[float, float] | None:
    if prices is None or stop():
        return None
    forced = problem.forced & ~np.isin(
        np.arange(problem.n_candidates), rows if text == FIXED else []
    )
    rules = tuple(
        replace(rule, low=-np.inf) if rule.text == text else rule for rule in problem.rules
    )
    looser = aggregate(replace(problem, rules=rules, forced=forced))
    value = problem.value(chosen)
    better = swap_while_better(
        greedy(chosen_from(looser, chosen)), rounds=FEW_ROUNDS, stop=stop
    ).value
    proof = best_multipliers(looser, better, iterations=iterations, stop=stop)
    gain = max(better - value, 0.0)
    return gain, max(proof.bound - value, gain)


def why_fewer(problem: CoveringProblem, chosen: Flags, count: int, brings: Text) -> Text | None:
    """Say why fewer than `count` sites are in the plan; None if there are as many.

    Parameters
    ----------
    brings : Text
        What a further site would do, said as "cover one more worker".
    """
    size = int(chosen.sum())
    if size >= count:
        return None
    choice = chosen_from(problem, chosen)
    free = ~problem.forbidden & ~chosen
    useful = free & (choice.gain > _least(problem))
    if not free.any():
        return Text(
            f"要求 {count} 处，只推荐 {size} 处：可选的候选点只有 {size} 个；要更多请补充候选点。",
            f"{count} sites were asked for, {size} are recommended: there are no more candidates "
            "allowed; add some for more.",
        )
    if not useful.any():
        rest = int(free.sum())
        return Text(
            f"要求 {count} 处，{size} 处已够：其余 {rest} 个候选点一个也不能{brings.zh}；"
            "要更多请补充别处的候选点。",
            f"{count} sites were asked for, {size} suffice: none of the other {rest} candidates "
            f"would {brings.en}; for more, add candidates elsewhere.",
        )
    return _blocked(problem, choice, useful, size, count, brings)


def _blocked(
    problem: CoveringProblem,
    choice: CandidateSet,
    useful: Flags,
    size: int,
    count: int,
    brings: Text,
) -> Text:
    texts = [
        rule.text
        for rule in problem.rules
        if (rule.coefficient[useful] + rule.coefficient[choice.chosen].sum() > rule.high).any()
    ]
    if (choice.state.clashes[useful] > 0).any():
        texts.append(problem.conflict_text)
    number = int(useful.sum())
    if not texts:
        return Text(
            f"要求 {count} 处，只推荐 {size} 处：计算提前结束，另有 {number} 个候选点还能{brings.zh}；"
            "请延长计算时间。",
            f"{count} sites were asked for, {size} are recommended: the search ended early and "
            f"{number} more candidates would {brings.en}; allow more time.",
        )
    return Text(
        f"要求 {count} 处，只推荐 {size} 处：还能{brings.zh}的 {number} 个候选点都受这些要求限制："
        + "；".join(text.zh for text in texts)
        + "。",
        f"{count} sites were asked for, {size} are recommended: the {number} candidates that would "
        f"{brings.en} are all kept out by: " + "; ".join(text.en for text in texts) + ".",
    )


def _least(problem: CoveringProblem) -> float:
    return _NOBODY * max(1.0, float(problem.weight.sum()))


def _or_most(cost: float) -> float:
    return float(cost) if np.isfinite(cost) else np.inf
