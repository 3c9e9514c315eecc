"""The figures of the plan of all actions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.analysis.siting_figures import binding_figures
from geo.study.rules import ActionRules
from geo.summary.actions import ActionFigures, ActionKind, DistrictActions, NeedFigures
from geo.summary.figures import rows_of
from geo.text import Text

if TYPE_CHECKING:
    from geo.siting.actions.plan import ActionPlan
    from geo.study.study import Study

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
