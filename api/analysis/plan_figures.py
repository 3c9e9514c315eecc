"""The figures of the recommended sites, and of the plan of all actions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from geo.siting.models.model import ModelKind
from geo.study.rules import ActionRules
from geo.summary.action_figures import ActionFigures, ActionKind, DistrictActions, NeedFigures
from geo.summary.figures import rows_of
from geo.summary.siting_figures import (
    BindingRule,
    CurveFigures,
    DistrictSites,
    ObjectiveFigures,
    PhaseFigures,
    PricedRule,
    SitingFigures,
)
from geo.text import Text

if TYPE_CHECKING:
    from geo.siting.actions.action_plan import ActionPlan
    from geo.siting.plan.siting_plan import Binding, Objective, RulePrice, SitingPlan
    from geo.study.study import Study


def siting_figures(plan: SitingPlan) -> SitingFigures:
    """Return what ``summary.json`` says of the recommended sites."""
    answer = plan.answer
    return SitingFigures(
        covered_after=answer.covered_after,
        sites=len(plan.sites),
        upper_bound=answer.upper_bound,
        gap=answer.gap,
        status=str(answer.status),
        cost_cny=plan.cost_cny,
        by_district=rows_of(DistrictSites, plan.districts),
        curve=CurveFigures.model_validate(plan.curve.to_dict("list")),
        robustness=tuple(plan.sites["robustness"].tolist()),
        fewer=answer.fewer.zh if answer.fewer else None,
        fewer_en=answer.fewer.en if answer.fewer else None,
        left_out=answer.left_out.zh if answer.left_out else None,
        left_out_en=answer.left_out.en if answer.left_out else None,
        rule_prices=tuple(_priced(one) for one in answer.rule_prices),
        binding=binding_figures(answer.binding),
        objective=_objective(answer.objective),
        phases=tuple(PhaseFigures(**asdict(claim)) for claim in answer.phases),
    )


def binding_figures(binding: Sequence[Binding]) -> tuple[BindingRule, ...]:
    """Return the rules that hold a plan back."""
    return tuple(
        BindingRule(
            rule=one.text.zh,
            rule_en=one.text.en,
            unit=one.unit,
            gain=one.gain,
            gain_bound=one.gain_bound,
        )
        for one in binding
    )


def _priced(one: RulePrice) -> PricedRule:
    return PricedRule(
        rule=one.text.zh,
        rule_en=one.text.en,
        sites=one.sites,
        cost_cny=one.cost_cny,
        gain=one.gain,
        gain_bound=one.gain_bound,
    )


def _objective(one: Objective) -> ObjectiveFigures:
    return ObjectiveFigures(
        model=ModelKind(one.model),
        unit=one.text.zh,
        unit_en=one.text.en,
        value=one.value,
        bound=one.bound,
        gap=one.gap,
    )


NO_MONEY = Text(
    "候选点没有费用，也没有给出预算：未比较综合措施。",
    "The candidates have no costs and no budget was given: actions were not compared.",
)


def action_figures(
    plan: ActionPlan, budget_cny: float | None, rules: ActionRules, study: Study
) -> ActionFigures:
    """Return what ``summary.json`` says of the plan of all actions."""
    gain, alone = plan.after - plan.before, plan.build_only
    return ActionFigures(
        budget_cny=budget_cny,
        hours_assumed=int(study.layer("candidates")["opening_hours"].isna().sum()),
        prices_are_examples=rules.prices is None,
        hours_total=plan.total,
        hours_before=plan.before,
        hours_after=plan.after,
        upper_bound=plan.upper_bound,
        gap=plan.gap,
        cost_cny=plan.cost_cny,
        actions=len(plan.actions),
        needs=rows_of(NeedFigures, plan.needs),
        kinds=rows_of(ActionKind, plan.kinds),
        by_district=rows_of(DistrictActions, plan.districts),
        gain=gain,
        build_only_gain=alone.gain,
        build_only_bound=alone.gain_bound,
        build_only_sites=alone.sites,
        more_than_building=gain - alone.gain_bound,
        binding=binding_figures(plan.binding),
    )
