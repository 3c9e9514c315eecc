"""``site``: recommend where to open stations, and with ``--actions`` what else to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click

from api.analysis.action_figures import NO_MONEY
from api.command.analyses import coverage_options, coverage_parameters, run_parts
from api.command.console import Console, machine_option, project_option
from api.command.options import Decorator, all_of
from geo.layers.vocabulary import Action, Group, Host, Word
from geo.siting.models.model import ModelKind
from geo.study.rules import ActionRules, Part, SitingRules, StudyRules
from geo.summary.run import RunSummary, done
from geo.summary.siting import ObjectiveFigures, PhaseFigures, PricedRule
from geo.text import Language, Text
from maps.estimate_words import estimate_text

T = TypeVar("T")

_PLAIN = SitingRules()
_POSITIVE = click.IntRange(min=1)
_MONEY = click.FloatRange(min=0, min_open=True)
_ABOUT = Text(
    "推荐新建站点；加 --actions 则同一笔资金在新建、延时、加装、扩容、迁址之间择优",
    "Recommend where to open stations; with --actions weigh all kinds of action for one budget",
)


def site_command(language: Language) -> click.Command:
    """Build ``yizhan site``."""

    @click.command("site", help=_ABOUT.into(language))
    @_model_options(language)
    @_bound_options(language)
    @_fairness_options(language)
    @_action_options(language)
    @coverage_options(language)
    @project_option(language)
    @machine_option(language)
    def site(project: str, as_json: bool, **options: Any) -> None:  # noqa: ANN401, FBT001
        parameters = StudyRules(
            coverage=coverage_parameters(options),
            siting=_siting(options),
            improve=_improving(options),
        )
        parts: tuple[Part, ...] = ("site", "improve") if options["actions"] else ("site",)
        summary = run_parts(project, parameters, parts, language, as_json=as_json)
        texts = [siting_text(summary)] + ([improve_text(summary)] if options["actions"] else [])
        Console(language, as_json=as_json).answer(summary.to_json(), joined(texts))

    return site


def joined(texts: list[Text]) -> Text:
    """Put paragraphs beneath each other."""
    return Text("\n".join(text.zh for text in texts), "\n".join(text.en for text in texts))


def _model_options(language: Language) -> Decorator:
    comma = Text("；", "; ").into(language)
    kinds = comma.join(f"{kind} {kind.text.into(language)}" for kind in ModelKind)
    say = Text("选址模型：", "What is sought: ").into(language)
    return all_of(
        click.option("--model", type=click.Choice([str(kind) for kind in ModelKind]),
                     default=str(_PLAIN.model), show_default=True, help=say + kinds),
        click.option("--target", type=click.FloatRange(0, 1), default=_PLAIN.target, show_default=True,
                     help=Text("partial、district 模型的目标覆盖率（0 到 1）",
                               "Share to reach, of partial and district").into(language)),
        click.option("--cheapest", is_flag=True, default=_PLAIN.cheapest,
                     help=Text("lscp、partial、district 模型求费用最省而非站点最少",
                               "Cheapest instead of fewest sites").into(language)),
        click.option("--twice", type=click.FloatRange(0, 1), default=_PLAIN.twice, show_default=True,
                     help=Text("backup 模型中第二个站点的分值（0 到 1）",
                               "Worth of a second cover, of backup").into(language)),
    )  # fmt: skip


def _bound_options(language: Language) -> Decorator:
    def pairs(name: str, key: str, zh: str, en: str) -> Decorator:
        return click.option(name, key, multiple=True, metavar="KEY=N",
                            help=Text(zh, en).into(language))  # fmt: skip

    return all_of(
        click.option("--count", type=_POSITIVE, default=_PLAIN.count, show_default=True,
                     help=Text("最多新建几个", "Most sites to open").into(language)),
        click.option("--budget", type=_MONEY, help=Text("预算（元）", "Budget in CNY").into(language)),
        click.option("--minimum", type=click.IntRange(min=0), show_default=True,
                     default=_PLAIN.minimum_per_district,
                     help=Text("每个区市至少几个", "Fewest in each district").into(language)),
        pairs("--at-least", "district_minimum", "某区市至少几个，如 平度市=5，可重复",
              "Fewest in one district, 370283=5; may be repeated"),
        pairs("--at-most", "district_maximum", "某区市最多几个，如 市南区=8，可重复",
              "Most in one district; may be repeated"),
        pairs("--host-at-least", "host_minimum", "某类依托单位至少几个，如 bank=10，可重复",
              "Fewest at one kind of host, bank=10; may be repeated"),
        pairs("--host-at-most", "host_maximum", "某类依托单位最多几个，如 bank=30，可重复",
              "Most at one kind of host; may be repeated"),
        click.option("--city-money", type=_MONEY,
                     help=Text("市级资金（元）；每处费用市与区按 --city-share 分担",
                               "The city's purse in CNY").into(language)),
        pairs("--district-money", "district_cny", "某区市资金（元），如 即墨区=300000，可重复",
              "One district's purse in CNY; may be repeated"),
        click.option("--city-share", type=click.FloatRange(0, 1), default=_PLAIN.city_share,
                     show_default=True,
                     help=Text("费用中市级承担的比例", "Share of costs the city pays").into(language)),
        click.option("--spacing", type=click.FloatRange(min=0), default=_PLAIN.spacing_m,
                     show_default=True,
                     help=Text("新站点之间的最小间距（米）",
                               "Least distance between new sites (m)").into(language)),
        click.option("--phase", "phases", type=_POSITIVE, multiple=True,
                     default=_PLAIN.phases, show_default=True,
                     help=Text("首批站点数，可重复",
                               "Size of a first phase; may be repeated").into(language)),
    )  # fmt: skip


def _fairness_options(language: Language) -> Decorator:
    return all_of(
        click.option("--favour", "favour", multiple=True, metavar="KEY=N",
                     help=Text("某群体或区市的职工按几倍计，如 courier=1.5、莱西市=2，可重复",
                               "Count a group or district so many times; may be repeated")
                     .into(language)),
        click.option("--under-service", type=click.FloatRange(min=0), default=_PLAIN.under_service,
                     show_default=True,
                     help=Text("覆盖率越低的区市权重越高：权重 1 + 该值 ×（1 − 覆盖率）",
                               "Weight districts 1 + this x (1 - share covered)").into(language)),
    )  # fmt: skip


def _action_options(language: Language) -> Decorator:
    return all_of(
        click.option("--actions", is_flag=True,
                     help=Text("同一笔资金在新建、延时、加装设施、扩容、迁址之间择优；价目写在 project.json 的 prices",
                               "Weigh all kinds of action for the same money; prices are under "
                               "prices in project.json").into(language)),
        click.option("--most", "counts", multiple=True, metavar="ACTION=N",
                     help=Text("某类措施最多几个，如 extend_hours=30，可重复",
                               "Most actions of a kind, extend_hours=30; may be repeated")
                     .into(language)),
        click.option("--movable", type=click.IntRange(min=0), default=ActionRules().movable,
                     show_default=True,
                     help=Text("最可替代的几个现有站点可以迁址",
                               "How many of the least missed stations may move").into(language)),
    )  # fmt: skip


def _siting(options: Mapping[str, Any]) -> SitingRules:
    factors = _pairs(options["favour"], float)
    groups = {key: value for key, value in factors.items() if key in {*map(str, Group)}}
    districts = {key: value for key, value in factors.items() if key not in groups}
    return SitingRules(
        model=ModelKind(options["model"]),
        target=options["target"],
        cheapest=options["cheapest"],
        twice=options["twice"],
        count=options["count"],
        budget_cny=options["budget"],
        city_cny=options["city_money"],
        district_cny=_pairs(options["district_cny"], float),
        city_share=options["city_share"],
        minimum_per_district=options["minimum"],
        district_minimum=_pairs(options["district_minimum"], int),
        district_maximum=_pairs(options["district_maximum"], int),
        host_minimum=_words(_pairs(options["host_minimum"], int), Host),
        host_maximum=_words(_pairs(options["host_maximum"], int), Host),
        spacing_m=options["spacing"],
        group_weight=_words(groups, Group),
        district_weight=districts,
        under_service=options["under_service"],
        phases=tuple(sorted(options["phases"])),
    )


def _improving(options: Mapping[str, Any]) -> ActionRules:
    return ActionRules(
        budget_cny=options["budget"],
        counts=_words(_pairs(options["counts"], int), Action),
        movable=options["movable"],
    )


def _pairs(given: tuple[str, ...], number: Callable[[str], T]) -> dict[str, T]:
    """Read ``KEY=N`` options; wrong usage when one is not."""
    found = {}
    for text in given:
        key, _, value = text.partition("=")
        try:
            found[key.strip()] = number(value)
        except ValueError as error:
            wording = Text(f"“{text}”应写成 名称=数", f'"{text}" should read KEY=NUMBER')
            raise click.BadParameter(wording.zh) from error
        if float(value) < 0:
            raise click.BadParameter(Text(f"“{text}”不能为负", f'"{text}" is negative').zh)
    return found


W = TypeVar("W", bound=Word)


def _words(given: Mapping[str, T], words: type[W]) -> dict[W, T]:
    """Read keys of a closed set; wrong usage when one is not in it."""
    known = {str(word): word for word in words}
    for key in given:
        if key not in known:
            told = "、".join(known)
            wording = Text(f"没有“{key}”；可写 {told}", f'There is no "{key}"; there are {told}')
            raise click.BadParameter(wording.zh)
    return {known[key]: value for key, value in given.items()}


def siting_text(summary: RunSummary) -> Text:
    """Say the recommended sites of `summary` in one paragraph."""
    before, plan = done(summary.coverage).covered_before, done(summary.siting)
    after = plan.covered_after
    lines = [
        Text(
            f"选址：推荐 {plan.sites} 处，覆盖 {before:,.0f} → {after:,.0f} 名职工；"
            f"理论上限 {plan.upper_bound:,.0f}，差距不超过 {plan.gap:.2%}。",
            f"Siting: {plan.sites} sites, {before:,.0f} → {after:,.0f} workers covered; "
            f"no plan exceeds {plan.upper_bound:,.0f} (gap {plan.gap:.2%}).",
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
        f"差距不超过 {sought.gap:.2%}。",
        f"{kind.en}: {unit.en} {sought.value:,.1f}, proven bound {sought.bound:,.1f} "
        f"(gap {sought.gap:.2%}).",
    )


def _phase_text(claim: PhaseFigures) -> Text:
    count = claim.count
    return Text(
        f"前 {count} 处新增覆盖 {claim.covered:,.0f} 人；能接着建成同样好方案的任何 "
        f"{count} 处都不超过 {claim.bound:,.0f} 人（差距 {claim.gap:.2%}），"
        f"不顾后续的任何 {count} 处也不超过 {claim.free_bound:,.0f} 人。",
        f"The first {count} add {claim.covered:,.0f}; none that extend to a plan "
        f"as good add more than {claim.bound:,.0f} (gap {claim.gap:.2%}), and no "
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
        f"（差距不超过 {plan.gap:.2%}），比只新建（{alone:,.0f}）至少多 {more:z,.0f} 人时"
        f"（{share:+z.1%}）。" + ("费用按示例价目测算。" if examples else ""),
        f"Actions: for the same CNY {plan.budget_cny or 0:,.0f}, {en}; {gain:,.0f} more "
        f"worker-hours a week (gap {plan.gap:.2%}), at least {more:z,.0f} ({share:+z.1%}) "
        f"more than new sites alone ({alone:,.0f})." + (" Example prices." if examples else ""),
    )
