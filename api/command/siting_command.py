"""``site``: recommend where to open stations, and with ``--actions`` what else to do."""

from __future__ import annotations

import click

from api.analysis.plan_figures import NO_MONEY
from api.command.console import Console, Decorator, machine_option, project_option
from api.command.coverage_command import coverage_options, coverage_rule, run_parts
from api.command.rule_options import KeyAmount, RuleOptions
from geo.layers.vocabulary import Group
from geo.siting.models.model import ModelKind
from geo.study.form import rule_field
from geo.study.rules import ActionRules, Part, SitingRules, StudyRules
from geo.summary.run import RunSummary, done
from geo.summary.siting_figures import ObjectiveFigures, PhaseFigures, PricedRule
from geo.text import Language, Text
from maps.estimate_words import estimate_text
from maps.numbers import percent_at_most

_SITING, _ACTIONS = RuleOptions(SitingRules), RuleOptions(ActionRules)


def site_command(language: Language) -> click.Command:
    """Build ``yizhan site``."""

    @click.command("site")
    @_SITING.decorate(language)
    @_favour_option(language)
    @_actions_option(language)
    @_ACTIONS.decorate(language)
    @coverage_options(language)
    @project_option(language)
    @machine_option(language)
    @click.pass_context
    def site(
        context: click.Context,
        /,
        project: str,
        as_json: bool,  # noqa: FBT001
        actions: bool,  # noqa: FBT001
        **_: object,
    ) -> None:
        parameters = StudyRules(
            coverage=coverage_rule(context),
            siting=siting_rules(context),
            improve=action_rules(context),
        )
        parts: tuple[Part, ...] = ("site", "improve") if actions else ("site",)
        summary = run_parts(project, parameters, parts, language, as_json=as_json)
        texts = [siting_text(summary)] + ([improve_text(summary)] if actions else [])
        Console(language, as_json=as_json).answer(summary.to_json(), joined(texts))

    return site


def siting_rules(context: click.Context) -> SitingRules:
    """Read the rules of new sites out of a command's options."""
    given = _SITING.given(context)
    if "phases" in given:
        given = {**given, "phases": tuple(sorted(given["phases"]))}
    factors = dict(context.params["favour"])
    groups = {key: value for key, value in factors.items() if key in {*map(str, Group)}}
    districts = {key: value for key, value in factors.items() if key not in groups}
    return SitingRules(**given, group_weight=groups, district_weight=districts)


def action_rules(context: click.Context) -> ActionRules:
    """Read the rules of all actions out of a command's options; the budget is that of the sites."""
    budget_cny = _SITING.given(context).get("budget_cny")
    return ActionRules(**_ACTIONS.given(context), budget_cny=budget_cny)


def joined(texts: list[Text]) -> Text:
    """Put paragraphs beneath each other."""
    return Text("\n".join(text.zh for text in texts), "\n".join(text.en for text in texts))


def _favour_option(language: Language) -> Decorator:
    said = Text(
        "某群体或区市的职工按几倍计，如 courier=1.5、莱西市=2，可重复",
        "Count a group or district so many times, courier=1.5; may be repeated",
    )
    weights = rule_field(SitingRules, "district_weight")
    return click.option(
        "--favour",
        multiple=True,
        type=KeyAmount(weights.shape),
        metavar=KeyAmount.name,
        help=said.into(language),
    )


def _actions_option(language: Language) -> Decorator:
    said = Text(
        "同一笔资金在新建、延时、加装设施、扩容、迁址之间择优；价目写在 project.json 的 prices",
        "Weigh all kinds of action for the same money; prices are under prices in project.json",
    )
    return click.option("--actions", is_flag=True, help=said.into(language))


def siting_text(summary: RunSummary) -> Text:
    """Say the recommended sites of `summary` in one paragraph."""
    before, plan = done(summary.coverage).covered_before, done(summary.siting)
    after = plan.covered_after
    lines = [
        Text(
            f"选址：推荐 {plan.sites} 处，覆盖 {before:,.0f} → {after:,.0f} 名职工；"
            f"理论上限 {plan.upper_bound:,.0f}，差距不超过 {percent_at_most(plan.gap)}。",
            f"Siting: {plan.sites} sites, {before:,.0f} → {after:,.0f} workers covered; "
            f"no plan exceeds {plan.upper_bound:,.0f} (gap {percent_at_most(plan.gap)}).",
        )
    ]
    if plan.objective.model is not ModelKind.MCLP:
        lines.append(_objective_text(plan.objective))
    lines += plan.remarks
    lines += [rule_price_text(price) for price in plan.rule_prices]
    lines += [_phase_text(claim) for claim in plan.phases]
    rests = estimate_text(summary, {})
    return joined([*lines, rests] if rests else lines)


def _objective_text(sought: ObjectiveFigures) -> Text:
    kind, unit = sought.model.text, sought.text
    return Text(
        f"模型“{kind.zh}”：{unit.zh} {sought.value:,.1f}，已证明的界 {sought.bound:,.1f}，"
        f"差距不超过 {percent_at_most(sought.gap)}。",
        f"{kind.en}: {unit.en} {sought.value:,.1f}, proven bound {sought.bound:,.1f} "
        f"(gap {percent_at_most(sought.gap)}).",
    )


def _phase_text(claim: PhaseFigures) -> Text:
    count = claim.count
    return Text(
        f"前 {count} 处新增覆盖 {claim.covered:,.0f} 人；能接着建成同样好方案的任何 "
        f"{count} 处都不超过 {claim.bound:,.0f} 人（差距 {percent_at_most(claim.gap)}），"
        f"不顾后续的任何 {count} 处也不超过 {claim.free_bound:,.0f} 人。",
        f"The first {count} add {claim.covered:,.0f}; none that extend to a plan "
        f"as good add more than {claim.bound:,.0f} (gap {percent_at_most(claim.gap)}), and no "
        f"{count} sites at all more than {claim.free_bound:,.0f}.",
    )


def rule_price_text(price: PricedRule) -> Text:
    """Say which rule puts in sites that add nobody, and what it costs."""
    cost, gain, most = price.cost_cny, price.gain, price.gain_bound
    zh = f"要求“{price.rule}”使 {price.sites} 处入选而不新增覆盖职工"
    en = f'"{price.rule_en}" puts in {price.sites} sites that add nobody'
    if cost is not None:
        zh += f"，共花费 {cost:,.0f} 元"
        en += f", for CNY {cost:,.0f}"
    if gain is not None:
        zh += f"；取消它可多覆盖至少 {gain:,.0f} 人、至多 {most:,.0f} 人"
        en += f"; without it the plan covers {gain:,.0f} more at least, {most:,.0f} at most"
    return Text(zh + "。", en + ".")


def improve_text(summary: RunSummary) -> Text:
    """Say the plan of all actions of `summary` in one paragraph."""
    plan = summary.improve
    if plan is None:
        return NO_MONEY
    zh = "、".join(f"{one.action.text.zh} {one.count} 项" for one in plan.kinds)
    en = ", ".join(f"{one.action.text.en.lower()} {one.count}" for one in plan.kinds)
    gain, alone, more = plan.gain, plan.build_only_gain, plan.more_than_building
    share = more / alone if alone else 0.0
    examples = plan.prices_are_examples
    return Text(
        f"综合措施：同样 {plan.budget_cny or 0:,.0f} 元，{zh}；每周新增服务 {gain:,.0f} 人时"
        f"（差距不超过 {percent_at_most(plan.gap)}），比只新建（{alone:,.0f}）至少多 {more:z,.0f} 人时"
        f"（{share:+z.1%}）。" + ("费用按示例价目测算。" if examples else ""),
        f"Actions: for the same CNY {plan.budget_cny or 0:,.0f}, {en}; {gain:,.0f} more "
        f"worker-hours a week (gap {percent_at_most(plan.gap)}), at least {more:z,.0f} ({share:+z.1%}) "
        f"more than new sites alone ({alone:,.0f})." + (" Example prices." if examples else ""),
    )
