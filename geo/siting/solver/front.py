"""The one front of all siting models: a model in; the best choice, its bound and its gap out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from scipy.sparse import csr_matrix

from geo.arrays import Flags, Floats
from geo.errors import BadInputError, InfeasibleError
from geo.siting.models.linear_rule import count_rule
from geo.siting.models.model import Floor, Goal, Model
from geo.siting.solver.covering import CoveringAnswer, Effort, solve_covering
from geo.siting.solver.formulation import ProgramAnswer, solve_program
from geo.siting.solver.infeasibility import explain, explain_floors
from geo.siting.solver.lagrangian import Multipliers
from geo.siting.solver.p_centre import solve_p_centre
from geo.siting.solver.p_median import solve_p_median
from geo.solving import Progress, SolveStatus, StoppingCriterion, never, silent
from geo.text import Text

_CLOSED = 1e-9
"""Relative gap: a claim of the optimum is one of arithmetic, not of rounding."""
_TOLERANCE = 1e-7
"""Relative difference the program's own tolerances may leave."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ModelAnswer:
    """The best choice found, in the terms of the model's goal.

    Attributes
    ----------
    chosen : (n,) bool
        Keeps every rule and floor.
    value : float
        Covered weight (COVER), cost (SPEND), total or longest way (WAY, LONGEST_WAY).
    bound : float
        Certified: no choice covers more, costs less, or has a shorter way.
    gap : float
        ``|value - bound|`` over the larger of the two; 0 is a proof of optimality.
    status : SolveStatus
        Whether the gap is closed.
    prices : Multipliers | None
        Dual prices, of plain covering alone.
    statistics : Mapping[str, float]
        Of the solver.
    """

    chosen: Flags
    value: float
    bound: float
    gap: float
    status: SolveStatus
    prices: Multipliers | None = None
    statistics: Mapping[str, float] = field(default_factory=dict)


def solve_model(
    model: Model,
    *,
    seed: int = 0,
    effort: Effort | None = None,
    stop: StoppingCriterion = never,
    progress: Progress = silent,
) -> ModelAnswer:
    """Solve any model: plain covering by :mod:`geo.siting.solver.covering`, ways by their own, else by MIP.

    Raises
    ------
    InfeasibleError
        No choice keeps all rules and floors; the text names those that fight.
    """
    if model.goal is Goal.WAY and model.capacity is not None:
        return _within_room(model, seed, effort, stop, progress)
    if model.goal in {Goal.WAY, Goal.LONGEST_WAY}:
        return _by_ways(model, seed, stop)
    if model.is_plain:
        found = solve_covering(
            model.problem, seed=seed, effort=effort, stop=stop, progress=progress
        )
        return _told(found)
    progress(Text("精确求解", "Proving"), 0.2)
    nodes = (effort or Effort()).nodes
    program = solve_program(model, nodes=nodes, seed=seed, stop=stop)
    answer = _checked(model, program, seed)
    progress(Text("选址完成", "Sites chosen"), 1.0)
    return answer


def _told(found: CoveringAnswer) -> ModelAnswer:
    return ModelAnswer(
        chosen=found.chosen,
        value=found.value,
        bound=found.upper_bound,
        gap=found.gap,
        status=found.status,
        prices=found.prices,
        statistics=found.statistics,
    )


def _by_ways(model: Model, seed: int, stop: StoppingCriterion) -> ModelAnswer:
    problem = model.problem
    if model.ways is None or problem.rules or len(problem.conflicts):
        raise BadInputError(
            Text(
                "p-中位与 p-中心模型只接受站点数、必选与禁选，不接受其他约束。",
                "p-median and p-centre take a count, fixed and forbidden candidates, no other rules.",
            )
        )
    open_to = np.flatnonzero(~problem.forbidden)
    ways, forced = model.ways[:, open_to], problem.forced[open_to]
    part: Flags
    if model.goal is Goal.WAY:
        median = solve_p_median(ways, model.count, weight=problem.weight, forced=forced, stop=stop)
        part, value, bound, gap = median.chosen, median.cost, median.lower_bound, median.gap
    else:
        centre = solve_p_centre(ways, model.count, forced=forced, seed=seed, stop=stop)
        part, value, bound, gap = centre.chosen, centre.radius, centre.lower_bound, centre.gap
    chosen = np.zeros(problem.n_candidates, np.bool_)
    chosen[open_to] = part
    return ModelAnswer(chosen=chosen, value=value, bound=bound, gap=gap, status=status_of(gap))


def _within_room(
    model: Model, seed: int, effort: Effort | None, stop: StoppingCriterion, progress: Progress
) -> ModelAnswer:
    """Solve the capacitated p-median: all are served, most is saved of everyone's longest way."""
    problem, ways = model.problem, model.ways
    if ways is None:
        raise BadInputError(Text("该模型需要路程表。", "This model needs a table of ways."))
    longest: Floats = np.where(np.isfinite(ways), ways, 0.0).max(axis=1)
    site, point = problem.covers.nonzero()
    each = longest[point] - ways[point, site]
    saved = csr_matrix((each, (site, point)), shape=problem.covers.shape)
    asked, total = problem.weight > 0, float(problem.weight.sum())
    everyone = Floor(
        Text("全部需求都有站点接待", "all demand is served"), asked, total * (1 - 1e-9)
    )
    count = count_rule(problem.n_candidates, model.count)
    served = Model(
        problem=replace(problem, rules=(*problem.rules, count)),
        floors=(everyone,),
        capacity=model.capacity,
        saved=saved,
    )
    found = solve_model(served, seed=seed, effort=effort, stop=stop, progress=progress)
    whole = float(problem.weight @ longest)
    value, bound = whole - found.value, whole - found.bound
    gap = (value - bound) / value if value > 0 else 0.0
    return replace(found, value=value, bound=bound, gap=gap, status=status_of(gap))


def status_of(gap: float) -> SolveStatus:
    """Say how sure an answer with that gap is."""
    return SolveStatus.OPTIMAL if gap <= _CLOSED else SolveStatus.BOUNDED


def _checked(model: Model, found: ProgramAnswer, seed: int) -> ModelAnswer:
    """Turn what the program gave into an answer; say what fights when there is none."""
    if found.infeasible:
        explain(model.problem, seed=seed)
        explain_floors(model, seed=seed)
    if found.chosen is None:
        raise InfeasibleError(
            Text(
                "在限定的计算量内没有找到可行方案：请放宽约束或延长计算。",
                "No plan was found within the effort allowed: relax a rule or allow more.",
            )
        )
    chosen, value = found.chosen, found.value
    if model.goal is Goal.SPEND:
        value = float(chosen.sum() if model.cost is None else model.cost[chosen].sum())
    largest = max(abs(value), abs(found.bound))
    gap = abs(value - found.bound) / largest if largest > 0 else 0.0
    bound, gap = (value, 0.0) if gap <= _TOLERANCE else (found.bound, gap)
    statistics = {"nodes": float(max(0, found.nodes)), "pairs": float(model.problem.covers.nnz)}
    return ModelAnswer(
        chosen=chosen,
        value=value,
        bound=bound,
        gap=gap,
        status=status_of(gap),
        statistics=statistics,
    )
