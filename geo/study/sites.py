"""Recommended sites of a city under the planner's rules."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from geo.arrays import Floats
from geo.errors import MissingError
from geo.siting.models.model import ModelKind
from geo.siting.models.site_rules import SiteRules, equity_weight
from geo.siting.plan.brief import BriefPlan, brief_plan
from geo.siting.plan.planned_model import ModelChoice
from geo.siting.plan.recommend import recommend_sites
from geo.siting.plan.site_inputs import ExistingSupply, PresenceWeek, SiteInputs
from geo.siting.plan.siting_plan import SitingPlan
from geo.solving import Progress, silent
from geo.study.rules import SitingRules
from geo.study.siting_ground import SitingGround
from geo.text import Text

_STEP = Text("候选点服务范围", "Candidates' catchments")
_WIDE = 6
"""How many times the limit the p-centre looks beyond it."""
_EVERY_WAY = 400_000
"""Candidates times places that the p-centre looks at as far as anybody walks today. Chosen: there
every way of a small town is known, and what is proven is exact; of more it would take minutes."""


def recommend(
    ground: SitingGround,
    parameters: SitingRules,
    *,
    as_drafted: bool = False,
    seed: int = 0,
    progress: Progress = silent,
) -> SitingPlan:
    """Recommend sites that answer the gaps of the ground's coverage, by the coverage's own rule.

    With `as_drafted` they are those that :func:`choose` finds.
    """
    progress(_STEP, 0.0)
    given = site_inputs(ground)
    progress(_STEP, 1.0)
    return recommend_sites(
        given,
        rules=rules_of(ground, parameters),
        model=_model(ground, parameters),
        equity_weight=_weight(ground, parameters),
        best_start=not as_drafted,
        seed=seed,
        progress=progress,
    )


def choose(
    ground: SitingGround,
    parameters: SitingRules,
    *,
    ids: Sequence[str] | None = None,
    seed: int = 0,
    progress: Progress = silent,
) -> BriefPlan:
    """Choose sites as :func:`recommend` does, without what is told of them beyond numbers.

    With `ids`, the candidates of those ids are taken as chosen.

    Raises
    ------
    MissingError
        If one of `ids` is no candidate.
    """
    return brief_plan(
        site_inputs(ground),
        rules=rules_of(ground, parameters),
        model=_model(ground, parameters),
        equity_weight=_weight(ground, parameters),
        given_rows=None if ids is None else _rows_of(ground, ids),
        seed=seed,
        progress=progress,
    )


def _rows_of(ground: SitingGround, ids: Sequence[str]) -> NDArray[np.int64]:
    row = {str(one): number for number, one in enumerate(ground.candidates["id"])}
    for one in ids:
        if one not in row:
            raise MissingError(Text(f"没有候选点 {one}。", f"There is no candidate {one}."))
    return np.array([row[one] for one in ids], np.int64)


def rules_of(ground: SitingGround, parameters: SitingRules) -> SiteRules:
    """Return the rules by district code, where planners may have written names."""
    least, least_beneath = ground.by_level(parameters.district_minimum)
    most, most_beneath = ground.by_level(parameters.district_maximum)
    floor: int | dict[str, int] = parameters.minimum_per_district
    if least:
        floor = dict.fromkeys(ground.district_names, parameters.minimum_per_district) | least
    return SiteRules(
        count=parameters.count,
        budget_cny=parameters.budget_cny,
        district_minimum=floor,
        district_maximum=most,
        subdistrict_minimum=least_beneath,
        subdistrict_maximum=most_beneath,
        host_minimum={str(host): least for host, least in parameters.host_minimum.items()},
        host_maximum={str(host): most for host, most in parameters.host_maximum.items()},
        city_cny=parameters.city_cny,
        district_cny=ground.by_code(parameters.district_cny),
        city_share=parameters.city_share,
        spacing_m=parameters.spacing_m,
        phases=parameters.phases,
    )


def _model(ground: SitingGround, parameters: SitingRules) -> ModelChoice:
    centre = parameters.model is ModelKind.P_CENTRE
    horizon = _horizon(ground) if centre else 0.0
    return ModelChoice(
        kind=parameters.model,
        target=parameters.target,
        cheapest=parameters.cheapest,
        twice=parameters.twice,
        wide=ground.within(horizon) if centre else None,
        horizon=horizon,
    )


def _horizon(ground: SitingGround) -> float:
    """Return how far the p-centre looks, in the unit of the rule's limit."""
    coverage = ground.coverage
    limit, now = _WIDE * coverage.rule.limit, coverage.nearest_cost
    if len(ground.candidates) * len(now) > _EVERY_WAY:
        return limit
    return max(limit, float(now[np.isfinite(now)].max(initial=0.0)))


def site_inputs(ground: SitingGround) -> SiteInputs:
    """Return what siting knows of the ground's city."""
    return SiteInputs(
        candidates=ground.candidates,
        pairs=ground.pairs,
        demand=ground.demand,
        already_covered=ground.coverage.covered,
        nearest=ground.nearest_stations,
        district_names=ground.district_names,
        supply=_supply(ground),
    )


def _supply(ground: SitingGround) -> ExistingSupply:
    coverage = ground.coverage
    demand, rule = coverage.demand, coverage.rule
    times = np.bincount(coverage.pairs.point, minlength=len(demand))
    week = PresenceWeek(demand.active[demand.owner], coverage.open_hours, coverage.monday)
    seconds = rule.weight == "time_s"
    return ExistingSupply(rule.limit, seconds, coverage.nearest_cost, times, week)


def _weight(ground: SitingGround, parameters: SitingRules) -> Floats | None:
    groups = {str(group): factor for group, factor in parameters.group_weight.items()}
    districts = ground.by_code(parameters.district_weight)
    if not groups and not districts and not parameters.under_service:
        return None
    return equity_weight(
        ground.demand,
        ground.coverage.covered,
        group=groups,
        district=districts,
        under_service=parameters.under_service,
    )
