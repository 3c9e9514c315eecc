"""Which rules fight when no choice keeps them all: found by taking them away one at a time.

The deletion filter of Chinneck & Dravnieks (1991, ORSA Journal on Computing 3): drop a rule; if
the rest is still impossible, it was not needed for the conflict and stays out. What is left is
an irreducible infeasible subset: without any one of its rules a choice exists.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_matrix, vstack

from geo.arrays import Flags
from geo.errors import InfeasibleError, SolverError
from geo.highs import Highs, Program
from geo.siting.models.covering_problem import CoveringProblem
from geo.siting.models.model import Goal, Model
from geo.siting.solver.formulation import solve_program
from geo.solving import never
from geo.text import Text

_NODES = 100_000
"""A ceiling: which rules exclude each other mostly shows at the root."""


@dataclass(frozen=True, slots=True)
class _Demand:
    """One thing a planner asked for: a rule, a floor, the forced, forbidden or conflicts."""

    kind: str
    text: Text
    index: int = 0


def explain(problem: CoveringProblem, *, seed: int = 0) -> Flags:
    """Return any (n,) choice that keeps all rules, or raise naming the rules that fight.

    Raises
    ------
    InfeasibleError
        The text lists an irreducible set of rules that contradict each other.
    """
    found = _feasible(problem, seed)
    if found is not None:
        return found
    asked = _demands(problem)
    fighting = _filtered(asked, lambda kept: _feasible(_only(problem, kept), seed) is None)
    raise _contradiction(fighting)


def explain_floors(model: Model, *, seed: int = 0) -> None:
    """Raise if no choice keeps the model's floors beside its rules, naming those that fight.

    Raises
    ------
    InfeasibleError
        As :func:`explain`, floors among the rules.
    """

    def impossible(kept: list[_Demand]) -> bool:
        floors = tuple(model.floors[one.index] for one in kept if one.kind == "floor")
        part = replace(model, problem=_only(model.problem, kept), floors=floors, goal=Goal.SPEND)
        return solve_program(part, nodes=_NODES, seed=seed, stop=never).infeasible

    asked = _demands(model.problem)
    asked += [_Demand("floor", floor.text, k) for k, floor in enumerate(model.floors)]
    if impossible(asked):
        raise _contradiction(_filtered(asked, impossible))


def _filtered(asked: list[_Demand], impossible: Callable[[list[_Demand]], bool]) -> list[_Demand]:
    """Drop whatever is not needed for the rest to stay impossible."""
    kept = asked
    for demand in asked:
        fewer = [one for one in kept if one != demand]
        if impossible(fewer):
            kept = fewer
    return kept


def _contradiction(fighting: list[_Demand]) -> InfeasibleError:
    if len(fighting) == 1:
        alone = fighting[0].text
        return InfeasibleError(
            Text(
                f"这项要求无法满足，请放宽：{alone.zh}。",
                f"This cannot be met; relax it: {alone.en}.",
            )
        )
    return InfeasibleError(
        Text(
            "这些要求互相矛盾，请放宽其中一项："
            + "；".join(one.text.zh for one in fighting)
            + "。",
            "These rules contradict each other; relax one: "
            + "; ".join(one.text.en for one in fighting)
            + ".",
        )
    )


def _demands(problem: CoveringProblem) -> list[_Demand]:
    demands = [
        _Demand("forced", Text(f"必选 {n} 个", f"{n} fixed candidates"))
        for n in [int(problem.forced.sum())]
        if n
    ]
    n_out = int(problem.forbidden.sum())
    if n_out:
        demands.append(_Demand("forbidden", Text(f"禁选 {n_out} 个", f"{n_out} forbidden")))
    if len(problem.conflicts):
        demands.append(_Demand("conflicts", problem.conflict_text))
    return demands + [_Demand("rule", rule.text, k) for k, rule in enumerate(problem.rules)]


def _only(problem: CoveringProblem, demands: list[_Demand]) -> CoveringProblem:
    kinds = {demand.kind for demand in demands}
    rules = tuple(problem.rules[demand.index] for demand in demands if demand.kind == "rule")
    nothing = np.zeros(problem.n_candidates, np.bool_)
    return replace(
        problem,
        rules=rules,
        forced=problem.forced if "forced" in kinds else nothing,
        forbidden=problem.forbidden if "forbidden" in kinds else nothing,
        conflicts=problem.conflicts if "conflicts" in kinds else problem.conflicts[:0],
    )


def _feasible(problem: CoveringProblem, seed: int) -> Flags | None:
    """Look for any choice that keeps the rules, coverage aside."""
    n, k = problem.n_candidates, len(problem.conflicts)
    ends = np.arange(k).repeat(2), problem.conflicts.ravel()
    pairs = csr_matrix((np.ones(2 * k), ends), shape=(k, n))
    rows = [csr_matrix(rule.coefficient) for rule in problem.rules]
    low = np.concatenate([[rule.low for rule in problem.rules], np.full(k, -np.inf)])
    high = np.concatenate([[rule.high for rule in problem.rules], np.ones(k)])
    if not len(low):
        return problem.forced
    highs = Highs(seed=seed, nodes=_NODES)
    highs.load(
        Program(
            matrix=vstack([*rows, pairs], "csr"),
            low=np.asarray(low, np.float64),
            high=np.asarray(high, np.float64),
            cost=np.zeros(n),
            upper=(~problem.forbidden).astype(np.float64),
            lower=problem.forced.astype(np.float64),
            n_integer=n,
        )
    )
    highs.run()
    if highs.is_infeasible:
        return None
    if not highs.has_answer:
        raise SolverError(
            Text(
                "在限定的计算量内判断不了这些要求能否同时满足：请减少或放宽要求。",
                "Whether all these rules can hold together was not settled within the effort "
                "allowed: drop or relax some.",
            )
        )
    chosen: Flags = highs.values > 0.5  # noqa: PLR2004 (rounding a 0/1)
    return chosen
