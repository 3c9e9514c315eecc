"""The figures of the recommended sites."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from geo.siting.models.model import ModelKind
from geo.summary.figures import rows_of
from geo.summary.siting import (
    BindingRule,
    CurveFigures,
    DistrictSites,
    ObjectiveFigures,
    PhaseFigures,
    PricedRule,
    SitingFigures,
)

if TYPE_CHECKING:
    from geo.siting.plan.answer import Binding, Objective, RulePrice, SitingPlan


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
