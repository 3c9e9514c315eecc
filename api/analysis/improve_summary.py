"""The improvement plan in figures, for ``summary.json``."""

from __future__ import annotations

import math
from typing import Any

from geo.siting.actions.plan import ImprovementPlan
from geo.study.rules import ActionRules
from geo.study.study import Study
from geo.text import Text

NO_MONEY = Text(
    "候选点没有费用，也没有给出预算：未比较综合措施。",
    "The candidates have no costs and no budget was given: actions were not compared.",
)


def improvement_summary(
    plan: ImprovementPlan,
    budget_cny: float | None,
    parameters: ActionRules,
    study: Study,
) -> dict[str, Any]:
    """Return the keys ``improve_*`` of the summary. Worker-hours are a week's."""
    gain, alone = plan.after - plan.before, plan.build_only
    return {
        "improve_budget_cny": budget_cny,
        "improve_hours_assumed": int(study.layer("candidates")["opening_hours"].isna().sum()),
        "improve_prices_are_examples": parameters.prices is None,
        "improve_hours_total": plan.total,
        "improve_hours_before": plan.before,
        "improve_hours_after": plan.after,
        "improve_upper_bound": plan.upper_bound,
        "improve_gap": plan.gap,
        "improve_cost_cny": None if math.isnan(plan.cost_cny) else plan.cost_cny,
        "improve_actions": len(plan.actions),
        "improve_needs": plan.needs.to_dict("records"),
        "improve_kinds": plan.kinds.to_dict("records"),
        "improve_by_district": plan.districts.to_dict("records"),
        "improve_gain": gain,
        "improve_build_only_gain": alone.gain,
        "improve_build_only_bound": alone.gain_bound,
        "improve_build_only_sites": alone.sites,
        "improve_more_than_building": gain - alone.gain_bound,
        "improve_binding": [
            {"rule": one.text.zh, "rule_en": one.text.en, "unit": one.unit, "gain": one.gain,
             "gain_bound": one.gain_bound} for one in plan.binding
        ],
    }  # fmt: skip
