"""Actions of every kind for one budget, by the planner's own prices."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from geo.reach.catchments import Catchments, catchments
from geo.siting.actions.action_plan import ActionPlan
from geo.siting.actions.action_rules import (
    SAMPLE_COSTS,
    ActionConstraints,
    ActionCosts,
    HoursChoice,
)
from geo.siting.actions.choose import choose_actions
from geo.siting.actions.need import REST, Need
from geo.siting.actions.situation import Situation
from geo.solving import Progress, silent
from geo.study.rules import ActionRules, NeedRule, SitingRules
from geo.study.siting_ground import SitingGround, snapped
from geo.text import Text

_STEP = Text("比较各类措施", "Comparing actions")


def improve(
    ground: SitingGround,
    parameters: ActionRules,
    siting: SitingRules,
    *,
    budget_cny: float | None,
    seed: int = 0,
    progress: Progress = silent,
) -> ActionPlan:
    """Choose the actions that serve the most worker-hours for `budget_cny`.

    Spacing and budgets are those of the new sites.
    """
    progress(_STEP, 0.0)
    situation, costs = _situation(ground), prices(parameters)
    rules = ActionConstraints(
        budget_cny=budget_cny,
        counts=parameters.counts,
        city_cny=siting.city_cny,
        district_cny=ground.by_code(siting.district_cny),
        city_share=siting.city_share,
        spacing_m=siting.spacing_m,
        movable=parameters.movable,
        move_within_m=parameters.move_within_m,
        visits_per_worker_day=parameters.visits_per_worker_day or None,
    )
    rest = replace(REST, amenities=ground.coverage.rule.amenities)
    needs = (rest, *(_need(one) for one in parameters.needs))
    progress(_STEP, 1.0)
    return choose_actions(situation, rules, costs, needs=needs, seed=seed, progress=progress)


def _situation(ground: SitingGround) -> Situation:
    """Join stations and candidates into one list of places."""
    coverage, own = ground.coverage, ground.pairs
    stations, demand = coverage.stations, coverage.demand
    theirs = coverage.pairs
    if not coverage.equipped.all():
        there = snapped(ground.network, stations)
        rule = coverage.rule
        theirs = catchments(ground.network, there, demand.snapped, rule.limit, weight=rule.weight)
    places = Catchments(
        np.append(theirs.begin, theirs.begin[-1] + own.begin[1:]),
        np.append(theirs.point, own.point),
        np.append(theirs.cost, own.cost),
        own.n_points,
    )
    return Situation(
        stations=stations,
        candidates=ground.candidates,
        places=places,
        demand=ground.demand,
        active=demand.active[demand.owner],
        nearest=ground.nearest_stations,
        names=ground.district_names,
        monday=coverage.monday,
    )


def _need(given: NeedRule) -> Need:
    text = Text(given.name, given.name_en or given.name)
    return Need(text, given.amenities, given.hours, given.groups, given.worth)


def prices(parameters: ActionRules) -> ActionCosts:
    """Return the price list of the rules; what they do not state is the example's."""
    given = parameters.prices
    if given is None:
        return SAMPLE_COSTS
    stated: dict[str, Any] = {
        name: value
        for name, value in given.model_dump(exclude={"hours", "new_amenities"}).items()
        if value is not None
    }
    if given.hours is not None:
        stated["hours"] = tuple(
            HoursChoice(
                Text(one.name, one.name_en or one.name),
                one.added,
                one.fixed_cny,
                one.weekly_hour_cny,
            )
            for one in given.hours
        )
    if given.new_amenities is not None:
        stated["new_amenities"] = frozenset(map(str, given.new_amenities))
    return replace(SAMPLE_COSTS, **stated)
