"""Which sites open, and in what order: a draft and what is published of it are decided here alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np

from geo.arrays import Floats
from geo.siting.models.covering_problem import CoveringProblem, covering_matrix
from geo.siting.models.linear_rule import LinearRule, money_rule
from geo.siting.models.model import Model, ModelKind
from geo.siting.models.site_rules import (
    SiteRules,
    costs_of,
    flags_of,
    site_conflicts,
    site_rules,
    words_of,
    xy_m_of,
)
from geo.siting.plan.as_good import cheapest_as_good
from geo.siting.plan.idle import better_by_hours, without_needless
from geo.siting.plan.phases import Staged, staged
from geo.siting.plan.planned_model import ModelChoice, ModelData, solve_choice
from geo.siting.plan.site_inputs import SiteInputs
from geo.siting.solver.covering import Effort
from geo.siting.solver.front import ModelAnswer
from geo.solving import Progress, StoppingCriterion, never, silent
from geo.text import Text

_WEIGHED_MODELS = {
    ModelKind.MCLP,
    ModelKind.GRADUAL,
    ModelKind.P_MEDIAN,
    ModelKind.BACKUP,
    ModelKind.P_DISPERSION,
}
"""Models that take a factor on each demand's workers."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SitesAsked:
    """A planner's question, ready for the solver.

    Attributes
    ----------
    given : SiteInputs
        What is known of the city.
    rules : SiteRules
        As they hold of the model: one that seeks the fewest sites takes no count.
    model : ModelChoice
        What is sought.
    factor : (m,) float64 | None
        On each demand's workers while choosing; None where the model takes none.
    problem : CoveringProblem
        Plain covering of what nobody covers yet, by the rules.
    """

    given: SiteInputs
    rules: SiteRules
    model: ModelChoice
    factor: Floats | None
    problem: CoveringProblem

    @property
    def told(self) -> CoveringProblem:
        """The problem in plain workers, as everything is told whatever a plan was chosen by."""
        return replace(self.problem, weight=self.given.uncovered)

    @property
    def is_told(self) -> bool:
        """Whether a plan is chosen by just those."""
        return self.model.kind is ModelKind.MCLP and self.factor is None


def sites_asked(
    given: SiteInputs,
    rules: SiteRules | None = None,
    model: ModelChoice | None = None,
    equity_weight: Floats | None = None,
    extra_rules: Sequence[LinearRule] = (),
) -> SitesAsked:
    """Make a planner's question ready for the solver."""
    model, rules = model or ModelChoice(), rules or SiteRules()
    if model.kind.seeks_fewest:
        rules = replace(rules, count=None)
    factor = equity_weight if model.kind in _WEIGHED_MODELS else None
    problem = covering_asked(given, rules, factor, extra_rules)
    return SitesAsked(given=given, rules=rules, model=model, factor=factor, problem=problem)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class DecidedSites:
    """Which sites open, and in what order: all that a plan settles.

    Attributes
    ----------
    found : ModelAnswer
        What the solver proved.
    solved : Model
        What it solved.
    measure : CoveringProblem | None
        The covering a site that adds nothing adds nothing to; None where covering is not all.
    order : Staged
        The sites.
    """

    found: ModelAnswer
    solved: Model
    measure: CoveringProblem | None
    order: Staged


def decide(
    asked: SitesAsked,
    *,
    best_start: bool,
    claims: bool = True,
    seed: int = 0,
    effort: Effort | None = None,
    stop: StoppingCriterion = never,
    progress: Progress = silent,
) -> DecidedSites:
    """Choose the sites.

    With `best_start`, of plans as good the one whose first phases cover the most. Without `claims`
    nothing is proven of the phases.
    """
    data = _model_data(asked.given, asked.factor)
    found, solved = solve_choice(
        asked.model, asked.problem, data, seed=seed, effort=effort, stop=stop, progress=progress
    )
    order = _ordered(asked, found, seed, stop, best_start=best_start, claims=claims)
    measure = _measure(asked, solved)
    if measure is not None:
        drop = not asked.model.kind.seeks_fewest
        order = _without_idle(asked.given, measure, order, drop=drop)
    return DecidedSites(found=found, solved=solved, measure=measure, order=order)


def covering_asked(
    given: SiteInputs, rules: SiteRules, factor: Floats | None, extra: Sequence[LinearRule]
) -> CoveringProblem:
    """Write plain covering of what nobody covers yet, by the planner's rules."""
    candidates, pairs = given.candidates, given.pairs
    conflicts, clash = site_conflicts(candidates, rules.spacing_m)
    return CoveringProblem(
        covers=covering_matrix(pairs.site, pairs.point, pairs.n_sites, pairs.n_points),
        weight=np.where(given.already_covered, 0.0, _weighed(given, factor)),
        rules=(*site_rules(candidates, rules, given.district_names), *extra),
        conflicts=conflicts,
        forced=flags_of(candidates, "fixed"),
        forbidden=flags_of(candidates, "forbidden"),
        conflict_text=clash,
    )


def _model_data(given: SiteInputs, factor: Floats | None) -> ModelData:
    """Return what the models beyond plain covering read."""
    known = given.supply
    return ModelData(
        pairs=given.pairs,
        weight=_weighed(given, factor),
        already=given.already_covered,
        districts=words_of(given.demand, "district"),
        limit=known.limit,
        in_seconds=known.in_seconds,
        way_now=known.way,
        times_now=known.times,
        capacity=_capacities(given.candidates),
        cost=costs_of(given.candidates),
        names=given.district_names,
        xy_m=xy_m_of(given.candidates),
    )


def _weighed(given: SiteInputs, factor: Floats | None) -> Floats:
    return given.workers if factor is None else given.workers * np.asarray(factor, np.float64)


def _ordered(
    asked: SitesAsked,
    found: ModelAnswer,
    seed: int,
    stop: StoppingCriterion,
    *,
    best_start: bool,
    claims: bool,
) -> Staged:
    """Take the cheapest of the plans as good, then of those no dearer the one that starts best.

    A plan chosen by another measure than the workers it is told in stays as it is.
    """
    told, phases = asked.told, asked.rules.phases
    chosen, cost = found.chosen, costs_of(asked.given.candidates)
    if not asked.is_told or found.prices is None:
        return staged(told, chosen, phases, claims=claims, seed=seed, stop=stop)
    chosen = cheapest_as_good(told, chosen, cost, found.prices, seed=seed, stop=stop)
    if not best_start:
        return staged(told, chosen, phases, claims=claims, seed=seed, stop=stop)
    spent = float(cost[chosen].sum())
    if np.isfinite(cost).all():
        no_dearer = money_rule(Text("不比已定方案贵", "no dearer than the plan"), cost, spent)
        told = replace(told, rules=(*told.rules, no_dearer))
    return staged(told, chosen, phases, claims=claims, prices=found.prices, seed=seed, stop=stop)


def _measure(asked: SitesAsked, solved: Model) -> CoveringProblem | None:
    """Return the covering a site that adds nothing adds nothing to; None where covering is not all.

    A site may serve by its room, as a second one or by a shorter longest way.
    """
    if asked.model.kind.seeks_fewest:
        return asked.told
    return solved.problem if solved.is_plain and asked.model.kind.counts_cover else None


def _without_idle(
    given: SiteInputs, measure: CoveringProblem, order: Staged, *, drop: bool
) -> Staged:
    """Leave out sites that add nothing and that no rule asks for; take the best of the others."""
    rows, phase = order.rows, order.phase
    if drop:
        stays = without_needless(measure, rows)
        rows, phase = rows[stays], phase[stays]
    rows = better_by_hours(measure, given, rows)
    chosen = np.isin(np.arange(measure.n_candidates), rows)
    claims = tuple(claim for claim in order.claims if claim.count < len(rows))
    return Staged(chosen, rows, phase, claims)


def _capacities(candidates: gpd.GeoDataFrame) -> Floats:
    if "capacity" not in candidates:
        return np.full(len(candidates), np.inf)
    room: Floats = candidates["capacity"].to_numpy(np.float64, na_value=np.inf)
    return room
