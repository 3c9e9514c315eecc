"""The decision report's chapters, from the typed figures of a run."""

from __future__ import annotations

from collections.abc import Iterator

from geo.text import Text
from maps.numbers import count, percent, share
from maps.report.chapters.coverage_today import (
    coverage_today,
    district_chart,
    district_groups,
    subdistrict_table,
)
from maps.report.chapters.lists import annexes, site_table
from maps.report.chapters.method import method, sources
from maps.report.chapters.proposal import beyond, curve_table, floors, proposal
from maps.report.chapters.sureness import OFTEN, how_near, sureness, unconfirmed
from maps.report.content import (
    Block,
    Chapter,
    Fact,
    Headline,
    Headlines,
    Picture,
    Report,
    ValueKind,
    yuan,
)
from maps.report.plain import short
from maps.report.subject import Subject, cost_of, cost_shares

TITLE = Text("职工服务站点规划决策报告", "Workers' stations: decision report")


def decision_report(subject: Subject, city_map: Picture | None = None) -> Report:
    """Return the report on the sites a run recommends.

    Parameters
    ----------
    subject : Subject
        The run.
    city_map : Picture | None
        The map of the whole city, for the chapter on the plan.

    Raises
    ------
    ValueError
        If coverage or siting has not been run.
    """
    plan = tuple(proposal(subject))
    if city_map is not None:
        plan = (plan[0], city_map, *plan[1:])
    chapters: tuple[Chapter, ...] = (
        Chapter(Text("一、摘要", "1  Summary"), tuple(_summary(subject)), "summary"),
        Chapter(Text("二、现状", "2  Where we stand"), tuple(coverage_today(subject)), "standing"),
        Chapter(Text("三、方案", "3  The plan"), plan, "plan"),
        Chapter(
            Text("四、同样的钱还能做什么", "4  What else the money does"),
            tuple(beyond(subject)),
            "beyond",
        ),
        Chapter(
            Text("五、各项要求的代价", "5  What each floor costs"),
            tuple(floors(subject)),
            "floors",
            new_page=False,
        ),
        Chapter(Text("六、把握有多大", "6  How sure"), tuple(sureness(subject)), "sure"),
        Chapter(Text("七、方法与名词", "7  Method and terms"), tuple(method(subject))),
        Chapter(
            Text("八、数据来源与局限", "8  Sources of data and their limits"),
            tuple(sources(subject)),
        ),
        Chapter(Text("附录一　全部推荐站点", "Appendix 1: all sites"), (site_table(subject),)),
    )
    streets = subdistrict_table(subject)
    if streets is not None:
        title = Text("附录二　各街道现状", "Appendix 2: subdistricts today")
        chapters = (*chapters, Chapter(title, (streets,)))
    return Report(
        title=TITLE,
        made=subject.made,
        mark=subject.mark,
        chapters=chapters,
        language=subject.language,
        annexes=(district_groups(subject), curve_table(subject), *annexes(subject)),
        source=source_line(subject),
        facts=facts(subject),
    )


def facts(subject: Subject) -> tuple[Fact, ...]:
    """Return the figures of the run, each with a table whose rows add up to it."""
    seen, plan, told = subject.seen, subject.plan, subject.summary.improve
    workers = Text("职工", "Workers")
    covered = Text("现已覆盖", "Covered now")
    cost = Text("建设费用（元）", "Cost (CNY)")
    return (
        *(
            Fact(workers, subject.workers, *at)
            for at in (("districts", 2), ("groups", 1), ("district_groups", 3), ("plan", 3))
        ),
        *(Fact(covered, seen.covered_before, *at) for at in (("districts", 3), ("groups", 2))),
        Fact(Text("每周工时", "Worker-hours"), seen.worker_hours_total, "districts", 5),
        Fact(
            Text("有站开门的工时", "With an open station"),
            seen.worker_hours_covered,
            "districts",
            6,
        ),
        Fact(Text("建成后覆盖", "Covered with the sites"), plan.covered_after, "plan", 5),
        *(
            Fact(Text("新建站点", "New sites"), plan.sites, *at)
            for at in (("plan", 2), ("phases", 1))
        ),
        *(
            Fact(Text("新增覆盖", "Newly covered"), plan.covered_after - seen.covered_before, *at)
            for at in (("phases", 2), ("phase_districts", 4), ("sites", 10))
        ),
        *(
            Fact(cost, plan.cost_cny, *at)
            for at in (("plan", 8), ("phases", 6), ("phase_districts", 5), ("sites", 16))
        ),
        Fact(Text("措施（项）", "Actions"), told.actions if told else None, "kinds", 1),
        Fact(
            Text("措施费用（元）", "Cost of the actions"),
            told.cost_cny if told else None,
            "kinds",
            3,
        ),
        Fact(
            Text("措施新增工时", "Worker-hours they add"), told.gain if told else None, "kinds", 2
        ),
    )


def source_line(subject: Subject) -> Text:
    """Return which plan it is and where data come from, in a line."""
    project = subject.summary.facts.project if subject.summary.facts else ""
    name = short(subject.called or "", 14)
    parts = [
        *([Text(f"方案：{name}", f"Plan: {name}")] if name else []),
        Text(f"数据：{project}，{subject.made}", f"Data: {project}, {subject.made}"),
        *([subject.credit] if subject.credit else []),
    ]
    return Text("；".join(one.zh for one in parts), "; ".join(one.en for one in parts))


def headlines(subject: Subject) -> tuple[Headline, ...]:
    """Return the figures a leader takes home."""
    plan, seen, unit = subject.plan, subject.seen, subject.unit
    cost = cost_of(subject.sites)
    city, district = cost_shares(cost, subject.city_share)
    total = subject.workers
    low, high = seen.range.workers
    now = Text(
        f"{count(seen.covered_before)} / {count(total)} {unit.zh}",
        f"{count(seen.covered_before)} of {count(total)} {unit.en}",
    )
    then = Text(f"{count(plan.covered_after)} {unit.zh}", f"{count(plan.covered_after)} {unit.en}")
    payers = Text(
        f"市级 {yuan(city).zh}，区市 {yuan(district).zh}",
        f"city {yuan(city).en}, districts {yuan(district).en}",
    )
    before = seen.covered_before / total if total else None
    after = plan.covered_after / total if total else None
    told = seen.worker_hours_covered / seen.worker_hours_total if seen.worker_hours_total else None
    return (
        Headline(Text("现在覆盖", "Covered now"), before, ValueKind.SHARE, now),
        Headline(Text("建成后覆盖", "Covered with the sites"), after, ValueKind.SHARE, then),
        Headline(
            Text("新建站点", "New sites"),
            plan.sites,
            ValueKind.COUNT,
            Text(
                f"新增覆盖 {count(plan.covered_after - seen.covered_before)} {unit.zh}",
                f"{count(plan.covered_after - seen.covered_before)} {unit.en} newly covered",
            ),
        ),
        Headline(Text("建设费用（元）", "Cost (CNY)"), cost, ValueKind.YUAN, payers),
        Headline(
            Text("有站开门的工时", "Hours with an open station"),
            told,
            ValueKind.SHARE,
            Text("现在，按职工在岗时段计", "now, of the hours workers are there"),
        ),
        Headline(
            Text("现状可信范围", "Range of today's share"),
            f"{percent(low)}–{percent(high)}",
            ValueKind.TEXT,
            how_near(plan.gap),
        ),
    )


def _summary(subject: Subject) -> Iterator[Block]:
    plan, seen, unit, total = subject.plan, subject.seen, subject.unit, subject.workers
    yield Headlines(headlines(subject))
    yield Text(
        f"现状：全部 {count(total)} {unit.zh}中，{count(seen.covered_before)} {unit.zh}"
        f"（{share(seen.covered_before, total)}）在限定范围内有站点；按活动时段计，有站开门的工时占 "
        f"{share(seen.worker_hours_covered, seen.worker_hours_total)}；缺口 {count(seen.gaps)} 处。",
        f"Today {count(seen.covered_before)} of {count(total)} {unit.en} "
        f"({share(seen.covered_before, total)}) have a station within the limit; one is open in "
        f"{share(seen.worker_hours_covered, seen.worker_hours_total)} of their hours; there are "
        f"{count(seen.gaps)} gaps.",
    )
    city, district = cost_shares(cost_of(subject.sites), subject.city_share)
    yield Text(
        f"建议：新建 {count(plan.sites)} 处，建成后覆盖 {count(plan.covered_after)} {unit.zh}"
        f"（{share(plan.covered_after, total)}）；建设费用 {yuan(plan.cost_cny).zh}，"
        f"市级 {yuan(city).zh}、区市 {yuan(district).zh}。",
        f"Proposed: {count(plan.sites)} new sites, which bring cover to {count(plan.covered_after)} "
        f"{unit.en} ({share(plan.covered_after, total)}), for {yuan(plan.cost_cny).en}: city "
        f"{yuan(city).en}, districts {yuan(district).en}.",
    )
    yield from _comparison(subject)
    near = how_near(plan.gap)
    yield Text(
        f"把握：已证明同样条件下任何方案至多覆盖 {count(plan.upper_bound)} {unit.zh}，"
        f"{near.zh}。{_standing_sites(subject).zh}",
        f"Proven: no plan under the same rules covers more than {count(plan.upper_bound)} {unit.en}; "
        f"{near.en}. {_standing_sites(subject).en}",
    )
    yield unconfirmed(subject)
    yield from plan.remarks
    yield _asked(subject)
    yield district_chart(subject)


def _asked(subject: Subject) -> Text:
    """Return what the meeting is asked to decide."""
    sites = subject.sites
    first = sites[
        sites["phase"].fillna(1).astype(int) == sites["phase"].fillna(1).astype(int).min()
    ]
    city, district = cost_shares(cost_of(first), subject.city_share)
    return Text(
        f"请会议审议：一、是否采纳这 {count(len(sites))} 处站点的方案；二、第一批 {count(len(first))} 处，"
        f"费用 {yuan(cost_of(first)).zh}（市级 {yuan(city).zh}、区市 {yuan(district).zh}）；"
        "三、由各区市组织逐点踏勘后动工。",
        f"To decide: (1) whether to adopt these {count(len(sites))} sites; (2) the first phase of "
        f"{count(len(first))} for {yuan(cost_of(first)).en} (city {yuan(city).en}, districts "
        f"{yuan(district).en}); (3) that the districts visit each site before work begins.",
    )


def _standing_sites(subject: Subject) -> Text:
    kept = [one for one in subject.plan.robustness if one is not None]
    if not kept:
        return Text("", "")
    often = sum(one >= OFTEN for one in kept)
    return Text(
        f"人数有误差时，{len(kept)} 处中 {often} 处仍站得住。",
        f"With the counts off, {often} of {len(kept)} sites still stand.",
    )


def _comparison(subject: Subject) -> Iterator[Text]:
    told = subject.summary.improve
    if told is None:
        return
    yield Text(
        f"比较：同一笔预算 {yuan(told.budget_cny).zh} 用于各类措施，每周新增 {count(told.gain)} 工时；"
        f"只新建每周新增 {count(told.build_only_gain)} 工时。",
        f"Compared: {yuan(told.budget_cny).en} on actions of all kinds adds {count(told.gain)} "
        f"worker-hours a week, on new sites alone {count(told.build_only_gain)}.",
    )
