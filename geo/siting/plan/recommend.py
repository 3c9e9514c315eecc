"""The planner's question: which sites to open next, and why (layers in, layers out)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.arrays import Flags, Floats
from geo.crs import STORAGE_CRS
from geo.errors import BadInputError, CrsError
from geo.reach.catchments import Catchments
from geo.siting.models.model import Model, ModelKind
from geo.siting.models.problem import CoveringProblem, covering_matrix
from geo.siting.models.rule import (
    LinearRule,
    count_rule,
    money_rule,
)
from geo.siting.models.site_rules import (
    SiteRules,
    costs_of,
    flags_of,
    site_conflicts,
    site_rules,
    words_of,
    xy_m_of,
)
from geo.siting.plan.answer import Binding, Objective, SitingAnswer, SitingPlan
from geo.siting.plan.as_good import cheapest_as_good
from geo.siting.plan.curve import marginal_curve
from geo.siting.plan.idle import (
    better_by_hours,
    held_by_rules,
    rule_prices,
    why_fewer,
    without_needless,
)
from geo.siting.plan.phases import Staged, staged
from geo.siting.plan.planned_model import ModelChoice, ModelData, solve_choice
from geo.siting.plan.reasons import reasons
from geo.siting.plan.sensitivity import binding_rules, share_chosen
from geo.siting.plan.site_layer import PresenceWeek, SiteInputs, districts_table, sites_layer
from geo.siting.solver.covering import CoveringAnswer, Effort
from geo.siting.solver.front import ModelAnswer
from geo.siting.solver.reduction import aggregate
from geo.siting.solver.relaxation import best_multipliers
from geo.solving import Progress, StoppingCriterion, never, silent
from geo.text import Text

WEIGHED_MODELS = {
    ModelKind.MCLP,
    ModelKind.GRADUAL,
    ModelKind.P_MEDIAN,
    ModelKind.BACKUP,
    ModelKind.P_DISPERSION,
}
"""Models that take a factor on each demand's workers."""


@dataclass(frozen=True, slots=True, eq=False)
class ExistingSupply:
    """What existing stations give each demand row beyond plain cover, for models that ask.

    Attributes
    ----------
    limit : float
        Of the coverage rule, in the unit of the catchments' costs.
    in_seconds : bool
        Whether that is seconds.
    way : (m,) float64 | None
        Way to the nearest existing station; inf where there is none.
    times : (m,) int64 | None
        Stations in reach.
    week : PresenceWeek | None
        Hours, for worker-hours.
    """

    limit: float = 900.0
    in_seconds: bool = True
    way: Floats | None = None
    times: NDArray[np.int64] | None = None
    week: PresenceWeek | None = None


def recommend_sites(
    candidates: gpd.GeoDataFrame,
    pairs: Catchments,
    demand: pd.DataFrame,
    already_covered: Flags,
    nearest: pd.DataFrame,
    *,
    rules: SiteRules | None = None,
    model: ModelChoice | None = None,
    standing: ExistingSupply | None = None,
    district_names: Mapping[str, Text] | None = None,
    equity_weight: Floats | None = None,
    best_start: bool = True,
    robustness_runs: int = 20,
    extra_rules: Sequence[LinearRule] = (),
    seed: int = 0,
    effort: Effort | None = None,
    stop: StoppingCriterion = never,
    progress: Progress = silent,
) -> SitingPlan:
    """Choose candidates within the rules by the model asked for, with proof and reasons.

    Parameters
    ----------
    candidates : GeoDataFrame
        The layer ``candidates`` (n rows, points, EPSG:4326); ``fixed``, ``forbidden`` and
        ``exclusive`` count.
    pairs : Catchments
        Candidate (``site``) to demand row (``point``) within reach, sparse.
    demand : DataFrame
        m rows in the order of ``pairs.point``: ``workers``, and ``group``, ``setting``,
        ``district``, ``gap_id`` where known.
    already_covered : (m,) bool
        Demand that existing stations cover.
    nearest : DataFrame
        n rows in the candidates' order: ``nearest_station_id``, ``nearest_station_name``,
        ``nearest_m``.
    rules : SiteRules | None
        Counts, money, districts, hosts, spacing, phases.
    model : ModelChoice | None
        What is sought; the most workers covered when None.
    standing : ExistingSupply | None
        What some models, and worker-hours, need to know of existing stations.
    district_names : Mapping[str, Text] | None
        What people call the districts.
    equity_weight : (m,) float64 | None
        Factor on each demand's workers while choosing (:mod:`geo.siting.models.site_rules`); all figures
        shown stay workers, the bound too. Models with targets or capacities take no factor.
    best_start : bool
        Whether, among plans as good, the one is sought whose first phases cover the most; a draft,
        and what is published of it, stays the plan found first.
    robustness_runs : int
        Trials with demand off by ±20 %; 0 for none.
    extra_rules : Sequence[LinearRule]
        Anything else linear.

    Raises
    ------
    InfeasibleError
        The rules contradict each other; the text names them.
    BadInputError
        Lengths or values do not fit.
    """
    check_fits(candidates, pairs, demand, already_covered, nearest)
    model, known = model or ModelChoice(), standing or ExistingSupply()
    given = SiteInputs(
        candidates=candidates,
        pairs=pairs,
        demand=demand,
        already=already_covered,
        nearest=nearest,
        names=district_names or {},
        week=known.week,
    )
    asked = rules or SiteRules()
    if model.kind.seeks_fewest:
        asked = replace(asked, count=None)
    factor = equity_weight if model.kind in WEIGHED_MODELS else None
    problem = covering_asked(given, asked, factor, extra_rules)
    decided = decide(
        given,
        problem,
        model,
        known,
        factor,
        asked.phases,
        best_start=best_start,
        seed=seed,
        effort=effort,
        stop=stop,
        progress=progress,
    )
    found, solved, told, order = decided.found, decided.solved, decided.told, decided.order
    same, measure = decided.same, decided.measure
    held: Mapping[int, tuple[Text, ...]] = (
        {} if measure is None else held_by_rules(measure, order.rows)
    )
    progress(Text("检验稳健性", "Testing robustness"), 0.8)
    plain = solved.is_plain and model.kind.counts_cover
    share = _robust(solved, order, robustness_runs if plain else 0, seed, stop)
    progress(Text("说明理由", "Giving reasons"), 0.9)
    before = float(given.workers[already_covered].sum())
    bound = before + (found.bound if same else _bound(told, order.chosen, model, stop))
    answer = _answer(
        model,
        found,
        order,
        share,
        before,
        before + told.value(order.chosen),
        bound,
        _binding(solved, found, stop=stop),
    )
    answer = replace(
        answer,
        rule_prices=rule_prices(
            told,
            order.chosen,
            held,
            costs_of(candidates),
            found.prices if same else None,
            stop=stop,
        ),
        fewer=_fewer(model, measure, order, asked),
        left_out=_left_out(given, model, problem),
    )
    return SitingPlan(
        answer,
        sites_layer(given, reasons(told, order.rows.tolist()), answer, held),
        marginal_curve(told, order.rows.tolist(), before, stop=stop),
        districts_table(given, told.covered(order.chosen), order.rows),
    )


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Decided:
    """Which sites open, and in what order: all that a plan settles.

    Attributes
    ----------
    found : ModelAnswer
        What the solver proved.
    solved : Model
        What it solved.
    told : CoveringProblem
        The same in plain workers, as everything is told whatever the plan was chosen by.
    same : bool
        Whether the plan was chosen by just those.
    measure : CoveringProblem | None
        The covering a site that adds nothing adds nothing to; None where covering is not all.
    order : Staged
        The sites.
    """

    found: ModelAnswer
    solved: Model
    told: CoveringProblem
    same: bool
    measure: CoveringProblem | None
    order: Staged


def decide(
    given: SiteInputs,
    problem: CoveringProblem,
    model: ModelChoice,
    known: ExistingSupply,
    factor: Floats | None,
    phases: Sequence[int],
    *,
    best_start: bool,
    claims: bool = True,
    seed: int = 0,
    effort: Effort | None = None,
    stop: StoppingCriterion = never,
    progress: Progress = silent,
) -> Decided:
    """Choose the sites: a draft and what is published of it are decided here alike.

    With `best_start`, of plans as good the one whose first phases cover the most. Without `claims`
    nothing is proven of the phases.
    """
    data = model_data(given, known, factor)
    found, solved = solve_choice(
        model, problem, data, seed=seed, effort=effort, stop=stop, progress=progress
    )
    told = replace(problem, weight=np.where(given.already, 0.0, given.workers))
    same = model.kind is ModelKind.MCLP and factor is None
    order = _ordered(
        given, told, found, phases, seed, stop, same=same, best_start=best_start, claims=claims
    )
    measure = _measure(model, solved, told)
    if measure is not None:
        order = _without_idle(given, measure, order, drop=not model.kind.seeks_fewest)
    return Decided(found=found, solved=solved, told=told, same=same, measure=measure, order=order)


def covering_asked(
    given: SiteInputs, rules: SiteRules, factor: Floats | None, extra: Sequence[LinearRule]
) -> CoveringProblem:
    """Write plain covering of what nobody covers yet, by the planner's rules."""
    candidates, pairs = given.candidates, given.pairs
    conflicts, clash = site_conflicts(candidates, rules.spacing_m)
    return CoveringProblem(
        covers=covering_matrix(pairs.site, pairs.point, pairs.n_sites, pairs.n_points),
        weight=np.where(given.already, 0.0, _weighed(given, factor)),
        rules=(*site_rules(candidates, rules, given.names), *extra),
        conflicts=conflicts,
        forced=flags_of(candidates, "fixed"),
        forbidden=flags_of(candidates, "forbidden"),
        conflict_text=clash,
    )


def model_data(given: SiteInputs, known: ExistingSupply, factor: Floats | None) -> ModelData:
    """Return what the models beyond plain covering read."""
    return ModelData(
        pairs=given.pairs,
        weight=_weighed(given, factor),
        already=given.already,
        districts=words_of(given.demand, "district"),
        limit=known.limit,
        in_seconds=known.in_seconds,
        way_now=known.way,
        times_now=known.times,
        capacity=_capacities(given.candidates),
        cost=costs_of(given.candidates),
        names=given.names,
        xy_m=xy_m_of(given.candidates),
    )


def _weighed(given: SiteInputs, factor: Floats | None) -> Floats:
    return given.workers if factor is None else given.workers * np.asarray(factor, np.float64)


def _answer(
    model: ModelChoice,
    found: ModelAnswer,
    order: Staged,
    share: Floats,
    before: float,
    after: float,
    bound: float,
    binding: tuple[Binding, ...],
) -> SitingAnswer:
    return SitingAnswer(
        chosen=order.rows,
        phase=order.phase,
        covered_before=before,
        covered_after=after,
        upper_bound=bound,
        gap=(bound - after) / bound if bound > 0 else 0.0,
        gap_of_new=(bound - after) / (bound - before) if bound > before else 0.0,
        status=found.status,
        statistics=found.statistics,
        robustness=share,
        binding=binding,
        objective=Objective(str(model.kind), model.unit, found.value, found.bound, found.gap),
        phases=order.claims,
    )


def _ordered(
    given: SiteInputs,
    told: CoveringProblem,
    found: ModelAnswer,
    phases: Sequence[int],
    seed: int,
    stop: StoppingCriterion,
    *,
    same: bool,
    best_start: bool,
    claims: bool,
) -> Staged:
    """Take the cheapest of the plans as good, then of those no dearer the one that starts best.

    A plan chosen by another measure than the workers it is told in stays as it is.
    """
    chosen, cost = found.chosen, costs_of(given.candidates)
    if not same or found.prices is None:
        return staged(told, chosen, phases, claims=claims, seed=seed, stop=stop)
    chosen = cheapest_as_good(told, chosen, cost, found.prices, seed=seed, stop=stop)
    if not best_start:
        return staged(told, chosen, phases, claims=claims, seed=seed, stop=stop)
    spent = float(cost[chosen].sum())
    if np.isfinite(cost).all():
        no_dearer = money_rule(Text("不比已定方案贵", "no dearer than the plan"), cost, spent)
        told = replace(told, rules=(*told.rules, no_dearer))
    return staged(told, chosen, phases, claims=claims, prices=found.prices, seed=seed, stop=stop)


def _measure(model: ModelChoice, solved: Model, told: CoveringProblem) -> CoveringProblem | None:
    """Return the covering a site that adds nothing adds nothing to; None where covering is not all.

    A site may serve by its room, as a second one or by a shorter longest way.
    """
    if model.kind.seeks_fewest:
        return told
    return solved.problem if solved.is_plain and model.kind.counts_cover else None


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


def _left_out(given: SiteInputs, model: ModelChoice, problem: CoveringProblem) -> Text | None:
    """Say whom a model that speaks of all cannot serve, whatever it chooses."""
    if model.kind not in {ModelKind.LSCP, ModelKind.P_CENTRE}:
        return None
    pairs = model.wide if model.kind is ModelKind.P_CENTRE and model.wide else given.pairs
    reached = given.already.copy()
    reached[pairs.point[~problem.forbidden[pairs.site]]] = True
    left = float(given.workers[~reached].sum())
    if left <= 0:
        return None
    return Text(
        f"可选的候选点都够不着的 {left:z,.0f} 名职工不在其内：已证明的只是对其余职工而言；"
        "要覆盖他们请补充候选点。",
        f"{left:z,.0f} workers whom no candidate allowed can reach are left out: what is proven "
        "holds for the others; add candidates to cover them.",
    )


def _fewer(
    model: ModelChoice, measure: CoveringProblem | None, order: Staged, asked: SiteRules
) -> Text | None:
    if measure is None or asked.count is None:
        return None
    covers = model.kind is ModelKind.MCLP
    brings = (
        Text("新增覆盖职工", "cover one more worker")
        if covers
        else Text("让方案更好", "make the plan better")
    )
    return why_fewer(measure, order.chosen, asked.count, brings)


def _robust(solved: Model, order: Staged, runs: int, seed: int, stop: StoppingCriterion) -> Floats:
    share = share_chosen(solved.problem, order.chosen, runs=runs, seed=seed, stop=stop)
    return share[order.rows]


def _bound(
    told: CoveringProblem, chosen: Flags, model: ModelChoice, stop: StoppingCriterion
) -> float:
    """Return what no choice by the same rules, or as small, covers, whatever was sought."""
    if model.kind.seeks_fewest:
        size = count_rule(told.n_candidates, int(chosen.sum()))
        told = replace(told, rules=(*told.rules, size))
    bound = best_multipliers(aggregate(told), told.value(chosen), iterations=300, stop=stop).bound
    return min(bound, told.value(~told.forbidden))


def _binding(solved: Model, found: ModelAnswer, *, stop: StoppingCriterion) -> tuple[Binding, ...]:
    if found.prices is None:
        return ()
    covering = CoveringAnswer(
        chosen=found.chosen,
        value=found.value,
        upper_bound=found.bound,
        gap=found.gap,
        status=found.status,
        prices=found.prices,
    )
    return binding_rules(solved.problem, covering, stop=stop)


def check_fits(
    candidates: gpd.GeoDataFrame,
    pairs: Catchments,
    demand: pd.DataFrame,
    already: Flags,
    nearest: pd.DataFrame,
) -> None:
    """Refuse what does not fit together."""
    if candidates.crs is None or candidates.crs.to_epsg() != int(STORAGE_CRS[5:]):
        raise CrsError(
            Text(
                "候选点图层须为 EPSG:4326。", "The candidates must be in EPSG:4326; reproject them."
            )
        )
    sizes = {
        "candidates": (len(candidates), pairs.n_sites),
        "demand": (len(demand), pairs.n_points),
        "already_covered": (len(already), pairs.n_points),
        "nearest": (len(nearest), pairs.n_sites),
    }
    for name, (have, need) in sizes.items():
        if have != need:
            raise BadInputError(
                Text(
                    f"{name} 有 {have} 行，应有 {need} 行。",
                    f"{name} has {have} rows where {need} are needed.",
                )
            )


def _capacities(candidates: gpd.GeoDataFrame) -> Floats:
    if "capacity" not in candidates:
        return np.full(len(candidates), np.inf)
    room: Floats = candidates["capacity"].to_numpy(np.float64, na_value=np.inf)
    return room
