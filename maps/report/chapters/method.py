"""The method in plain words, the terms, and where the data come from."""

from __future__ import annotations

import re
from collections.abc import Iterator

from geo.layers.columns import LAYERS
from geo.text import Text
from maps.numbers import count
from maps.report.content import Block, Heading, PaperTable, TableColumn
from maps.report.subject import Stands, Subject
from maps.workbook.rule_rows import rule_rows
from maps.workbook.sheet_words import DEFINITIONS, SAMPLE

_NOT_FOR_PAPER = frozenset({"坐标", "负荷、可用能力、接待不下"})
_ELSEWHERE = re.compile(r"^大蓬车|^Bus|[{\[]")
"""Rules of the bus, and lists a page has no room for; what is settled by hand is said in words."""


def method(subject: Subject) -> Iterator[Block]:
    """Yield the chapter 方法."""
    limit = _limit(subject)
    yield Text(
        f"第一步，量路。每个职工聚集点沿真实道路走到最近的站点要多久，逐一算出；{limit.zh}以内算“覆盖”。"
        "隔着河、铁路、封闭道路而要绕行的，按绕行的路算，不用直线距离。",
        f"First, streets are measured: how long each concentration of workers takes to the nearest "
        f"station on real streets. Within {limit.en} counts as covered. Detours count as detours.",
    )
    yield Text(
        "第二步，看时间。职工在岗的每个小时，附近有站且开着门，才算服务到；夜里关门的站，夜里不算。",
        "Second, time: an hour of a worker counts as served only while a station in reach is open.",
    )
    yield Text(
        "第三步，选点。在全部候选点里，找出同样数量（或同样费用）下新增覆盖职工最多的一组；每名职工只计一次。"
        "先建哪些、后建哪些，也按新增覆盖的多少排。",
        "Third, the choice: among all candidates the set that newly covers most workers for its "
        "number or cost, each worker counted once; what adds most is built first.",
    )
    yield Text(
        "第四步，证明。程序同时算出“任何方案都不可能超过”的数（上界）。方案与上界的差距就是最多还能好多少。",
        "Fourth, proof: a number that no plan can exceed is computed too. The gap to it is all that "
        "could be better.",
    )
    yield Text(
        "第五步，找薄弱处。把时间上限、步速、人数各自调高调低再算一遍，看结论变不变；逐个站点看“没有它会怎样”、"
        "“换成旁边的会怎样”。",
        "Fifth, doubt: limit, speed and counts are moved up and down; each site is taken out, and "
        "replaced by its runner-up.",
    )
    yield Heading(Text("名词", "Terms"))
    for term, says in DEFINITIONS:
        if term.zh not in _NOT_FOR_PAPER:
            yield Text(f"{term.zh}：{says.zh}", f"{term.en}: {says.en}")


def _limit(subject: Subject) -> Text:
    rule = subject.rules.coverage
    if rule.limit_m is not None:
        return Text(f"{count(rule.limit_m)} 米", f"{count(rule.limit_m)} m")
    minutes = f"{(rule.limit_s or 0) / 60:g}"
    mode = rule.mode.text
    return Text(f"{mode.zh} {minutes} 分钟", f"{minutes} minutes ({mode.en})")


def by_hand(subject: Subject) -> Iterator[Block]:
    """Say how many sites were settled by hand."""
    pins = subject.rules.siting.pins
    if not pins.is_empty:
        yield Text(
            f"人工设定：锁定 {len(pins.locked)} 处、排除 {len(pins.forbidden)} 处、新增 "
            f"{len(pins.added)} 处、移位 {len(pins.moved)} 处。",
            f"Settled by hand: {len(pins.locked)} kept, {len(pins.forbidden)} excluded, "
            f"{len(pins.added)} added, {len(pins.moved)} moved.",
        )


def rules_table(subject: Subject) -> PaperTable:
    """Return the rules the plan was made by, those that read as words."""
    rows = rule_rows(subject.rules, subject.language)
    return PaperTable(
        key="rules",
        caption=Text("本次测算的规则", "The rules of this run"),
        columns=(
            TableColumn(Text("规则", "Rule"), wide=1.5),
            TableColumn(Text("取值", "Value"), wide=2.0),
        ),
        rows=tuple((name, value) for name, value in rows if not _ELSEWHERE.search(name + value)),
    )


def _which_plan(subject: Subject) -> Iterator[Block]:
    """Say which plan this is, and whether it holds."""
    told = subject.summary.draft
    name = subject.called
    if name is None:
        return
    if subject.stands is Stands.DRAFT:
        yield Text(
            f"本报告写的是草案“{name}”，尚未发布；公众看到的仍是已发布的方案。",
            f"This is about the draft {name}, which is not published.",
        )
        return
    day = f"{told.published:%Y-%m-%d}" if told and told.published else ""
    who = (told.who if told else None) or ""
    former = subject.stands is Stands.FORMER
    gone, gone_en = ("，现已由别的方案代替", "; another plan holds now") if former else ("", "")
    yield Text(
        f"本报告写的是{day and f' {day} '}发布的方案“{name}”{who and f'（发布人：{who}）'}{gone}。",
        f"This is about the plan {name}, published{day and f' {day}'}{who and f' by {who}'}{gone_en}.",
    )


def sources(subject: Subject) -> Iterator[Block]:
    """Yield the chapter 数据来源与局限."""
    seen = subject.seen
    if subject.sample:
        yield SAMPLE
    yield from _which_plan(subject)
    if subject.credit:
        credit = subject.credit
        yield Text(f"道路数据：{credit.zh}", f"Streets: {credit.en}")
    facts = subject.summary.facts
    if facts:
        held = [(name, number) for name, number in facts.versions.items() if number]
        words = [(LAYERS[name].text, number) for name, number in held if name in LAYERS]
        yield Text(
            "图层版本：" + "；".join(f"{word.zh}第 {number} 版" for word, number in words) + "。",
            "Layers: " + "; ".join(f"{word.en} version {number}" for word, number in words) + ".",
        )
    yield Text(
        f"未填开放时间的站点 {count(seen.stations_without_hours)} 个，一律按不开门计，涉及 "
        f"{count(seen.worker_hours_unsure)} 工时；附近没有道路的职工 "
        f"{count(seen.unreachable_workers)}；道路与站点不相通的职工 {count(seen.cut_off_workers)}。",
        f"{count(seen.stations_without_hours)} stations state no hours and count as closed, which "
        f"concerns {count(seen.worker_hours_unsure)} worker-hours; workers with no street near: "
        f"{count(seen.unreachable_workers)}; workers cut off from every station: "
        f"{count(seen.cut_off_workers)}.",
    )
    yield from subject.plan.remarks
    yield from by_hand(subject)
    yield rules_table(subject)
