"""One budget, every kind of action: open, open longer, equip, enlarge, move.

The covering problem over worker-hours of :mod:`geo.siting.actions.action_problem`, by the same
solver and with the same certificate as sites, and beside it what new sites alone could do for the money.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.arrays import Flags
from geo.layers.vocabulary import Action
from geo.siting.actions.action_plan import ActionPlan, BuildOnly
from geo.siting.actions.action_problem import ActionProblem, action_problem
from geo.siting.actions.action_rules import ActionConstraints, ActionCosts
from geo.siting.actions.layer import ActionWords, actions_layer, by_kind
from geo.siting.actions.need import REST, Need
from geo.siting.actions.situation import Situation
from geo.siting.plan.sensitivity import binding_rules
from geo.siting.solver.covering import CoveringAnswer, Effort, solve_covering
from geo.solving import Progress, StoppingCriterion, never, silent
from geo.text import Text

ENOUGH = Effort(shakes=0, nodes=40, relative_gap=1e-4)
"""Money fits together in countless ways worth nearly the same: the last 0.01 % is not sought, and
the MIP comes that near in a second where the search takes minutes over so many rows and rules."""


def choose_actions(
    now: Situation,
    rules: ActionConstraints,
    costs: ActionCosts,
    *,
    needs: Sequence[Need] = (REST,),
    seed: int = 0,
    effort: Effort | None = None,
    stop: StoppingCriterion = never,
    progress: Progress = silent,
) -> ActionPlan:
    """Choose the actions that serve the most worker-hours for the money, with proof.

    Raises
    ------
    InfeasibleError
        The rules contradict each other; the text names them.
    BadInputError
        Lengths or values do not fit.
    """
    made, effort = action_problem(now, rules, costs, needs), effort or ENOUGH
    answer = solve_covering(made.problem, seed=seed, effort=effort, stop=stop, progress=progress)
    answer = made.without_idle(answer)
    progress(Text("对照：只新建", "For comparison: new sites alone"), 0.9)
    alone = _build_only(made, seed, effort, stop)
    people = made.hours.people
    told = ActionWords(
        stations=now.stations,
        candidates=now.candidates,
        demand=now.demand,
        nearest=now.nearest,
        actions=made.actions,
        point=made.people.point[people],
        people=people,
        workers=made.people.workers[people],
    )
    order = made.ranked(answer.chosen)
    layer = actions_layer(told, made.problem, order)
    money = list(range(made.n_bounds))
    return _plan(now, needs, made, answer, layer, alone, money, stop)


def _build_only(
    made: ActionProblem, seed: int, effort: Effort | None, stop: StoppingCriterion
) -> BuildOnly:
    """Solve again with nothing but new sites allowed, by the same rules."""
    other = np.array([possible.action is not Action.OPEN for possible in made.actions])
    problem = replace(
        made.problem,
        forbidden=made.problem.forbidden | (other & ~made.stays),
        forced=made.problem.forced | made.stays,
    )
    answer = solve_covering(problem, seed=seed, effort=effort, stop=stop)
    start = made.problem.value(made.stays)
    opened = np.flatnonzero(answer.chosen & ~made.stays)
    cost = sum(made.actions[row].cost_cny for row in opened)
    return BuildOnly(answer.value - start, answer.upper_bound - start, len(opened), float(cost))


def _plan(
    now: Situation,
    needs: Sequence[Need],
    made: ActionProblem,
    answer: CoveringAnswer,
    layer: gpd.GeoDataFrame,
    alone: BuildOnly,
    bounds: Sequence[int],
    stop: StoppingCriterion,
) -> ActionPlan:
    base = float(made.hours.standing.sum())
    before, after = made.before, base + made.problem.value(answer.chosen)
    bound = max(base + answer.upper_bound, after)
    room = bound - before
    return ActionPlan(
        actions=layer,
        total=float(made.hours.total.sum()),
        before=before,
        after=after,
        upper_bound=bound,
        gap=(bound - after) / room if room > 0 else 0.0,
        status=answer.status,
        cost_cny=float(sum(made.actions[row].cost_cny for row in np.flatnonzero(answer.chosen))),
        needs=_by_need(needs, made, answer.chosen),
        kinds=by_kind(layer),
        districts=_by_district(now, made, answer, layer),
        build_only=alone,
        binding=binding_rules(made.problem, answer, only=bounds, stop=stop),
        statistics=answer.statistics,
    )


def _by_need(needs: Sequence[Need], made: ActionProblem, chosen: Flags) -> pd.DataFrame:
    now, then = (
        made.hours.standing
        + np.bincount(
            made.hours.need, made.problem.weight * made.problem.covered(rows), minlength=len(needs)
        )
        for rows in (made.stays, chosen)
    )
    return pd.DataFrame(
        {
            "need_zh": [need.text.zh for need in needs],
            "need_en": [need.text.en for need in needs],
            "total": made.hours.total,
            "before": now,
            "after": then,
        }
    )


def _by_district(
    now: Situation, made: ActionProblem, answer: CoveringAnswer, layer: gpd.GeoDataFrame
) -> pd.DataFrame:
    """Add worker-hours not served yet, and served by the plan, up by where the workers are."""
    at: NDArray[np.object_] = now.demand["district"].fillna("").astype(str).to_numpy(object)
    where = at[made.people.point[made.hours.people]]
    weight = made.problem.weight
    table = pd.DataFrame(
        {
            "district": where,
            "unserved_before": weight * ~made.problem.covered(made.stays),
            "unserved_after": weight * ~made.problem.covered(answer.chosen),
        }
    )
    total: pd.DataFrame = table.groupby("district", as_index=False).sum()
    for column, values in (("actions", None), ("cost_cny", "cost_cny")):
        groups = layer.groupby(layer["district"].fillna("").astype(str))
        found = groups.size() if values is None else groups[values].sum()
        total[column] = total["district"].map(found).fillna(0.0)
    return total
