"""The planner's question: which sites to open next, and why (layers in, layers out)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from geo.arrays import Flags, Floats
from geo.siting.models.covering_problem import CoveringProblem
from geo.siting.models.linear_rule import LinearRule, count_rule
from geo.siting.models.model import Model, ModelKind
from geo.siting.models.site_rules import SiteRules, costs_of
from geo.siting.plan.decide import DecidedSites, SitesAsked, decide, sites_asked
from geo.siting.plan.idle import held_by_rules, rule_prices, why_fewer
from geo.siting.plan.marginal_curve import marginal_curve
from geo.siting.plan.phases import Staged
from geo.siting.plan.planned_model import ModelChoice
from geo.siting.plan.reasons import reasons
from geo.siting.plan.sensitivity import binding_rules, share_chosen
from geo.siting.plan.site_inputs import SiteInputs
from geo.siting.plan.site_layer import districts_table, sites_layer
from geo.siting.plan.siting_plan import Binding, Objective, SitingAnswer, SitingPlan
from geo.siting.solver.covering import CoveringAnswer, Effort
from geo.siting.solver.front import ModelAnswer
from geo.siting.solver.reduction import aggregate
from geo.siting.solver.relaxation import best_multipliers
from geo.solving import Progress, StoppingCriterion, never, silent
from geo.text import Text


def recommend_sites(
    given: SiteInputs,
    *,
    rules: SiteRules | None = None,
    model: ModelChoice | None = None,
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
    rules : SiteRules | None
        Counts, money, districts, hosts, spacing, phases.
    model : ModelChoice | None
        What is sought; the most workers covered when None.
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
    """
    asked = sites_asked(given, rules, model, equity_weight, extra_rules)
    decided = decide(
        asked, best_start=best_start, seed=seed, effort=effort, stop=stop, progress=progress
    )
    progress(Text("检验稳健性", "Testing robustness"), 0.8)
    share = _robust(decided, asked.model, robustness_runs, seed, stop)
    progress(Text("说明理由", "Giving reasons"), 0.9)
    return _explained(asked, decided, share, stop)


def _explained(
    asked: SitesAsked, decided: DecidedSites, share: Floats, stop: StoppingCriterion
) -> SitingPlan:
    """Tell the plan decided: its proof, the reasons of each site, the curve, the districts."""
    given, told, order, measure = asked.given, asked.told, decided.order, decided.measure
    held: Mapping[int, tuple[Text, ...]] = (
        {} if measure is None else held_by_rules(measure, order.rows)
    )
    before = float(given.workers[given.already_covered].sum())
    answer = replace(
        _answer(asked, decided, share, before, stop),
        rule_prices=rule_prices(
            told,
            order.chosen,
            held,
            costs_of(given.candidates),
            decided.found.prices if asked.is_told else None,
            stop=stop,
        ),
        fewer=_fewer(asked.model, measure, order, asked.rules),
        left_out=_left_out(given, asked.model, asked.problem),
    )
    return SitingPlan(
        answer,
        sites_layer(given, reasons(told, order.rows.tolist()), answer, held),
        marginal_curve(told, order.rows.tolist(), before, stop=stop),
        districts_table(given, told.covered(order.chosen), order.rows),
    )


def _answer(
    asked: SitesAsked, decided: DecidedSites, share: Floats, before: float, stop: StoppingCriterion
) -> SitingAnswer:
    found, order, model, told = decided.found, decided.order, asked.model, asked.told
    after = before + told.value(order.chosen)
    new = found.bound if asked.is_told else _bound(told, order.chosen, model, stop)
    bound = before + new
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
        binding=_binding(decided.solved, found, stop=stop),
        objective=Objective(
            str(model.kind),
            model.unit(in_seconds=asked.given.supply.in_seconds),
            found.value,
            found.bound,
            found.gap,
        ),
        phases=order.claims,
    )


def _left_out(given: SiteInputs, model: ModelChoice, problem: CoveringProblem) -> Text | None:
    """Say whom a model that speaks of all cannot serve, whatever it chooses."""
    if model.kind not in {ModelKind.LSCP, ModelKind.P_CENTRE}:
        return None
    pairs = model.wide if model.kind is ModelKind.P_CENTRE and model.wide else given.pairs
    reached = given.already_covered.copy()
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


def _robust(
    decided: DecidedSites, model: ModelChoice, runs: int, seed: int, stop: StoppingCriterion
) -> Floats:
    """Return how often each site is chosen when demand is off; known of plain covering alone."""
    solved, order = decided.solved, decided.order
    tried = runs if solved.is_plain and model.kind.counts_cover else 0
    share = share_chosen(solved.problem, order.chosen, runs=tried, seed=seed, stop=stop)
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
