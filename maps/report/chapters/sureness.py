"""How sure the figures are: what is proven, what moves them, and what rests on estimates."""

from __future__ import annotations

from collections.abc import Iterator

from geo.text import Text
from maps.estimate_words import estimate_text
from maps.numbers import count, percent, percent_at_most
from maps.report.content import Block, PaperTable, TableColumn, ValueKind
from maps.report.subject import Confirmed, Subject

_ASSUMPTIONS = {
    "limit": Text("时间或距离上限", "Limit"),
    "speed": Text("速度", "Speed"),
    "workers": Text("职工人数", "Workers"),
}
OFTEN = 0.8
"""A site chosen in so many of the runs stands whatever the counts."""


_NONE = 1e-6
"""Half a worker of half a million: what rounding of floats leaves of no gap."""


def how_near(gap: float) -> Text:
    """Say how far the plan can be from the best."""
    if gap < _NONE:
        return Text("本方案已证明为最优", "this plan is proven to be the best")
    return Text(
        f"本方案与最优相差不超过 {percent_at_most(gap)}",
        f"this plan is at most {percent_at_most(gap)} from the best",
    )


def sureness(subject: Subject) -> Iterator[Block]:
    """Yield the chapter 把握."""
    plan, seen, unit = subject.plan, subject.seen, subject.unit
    yield Text(
        f"已证明：同样条件下任何方案至多覆盖 {count(plan.upper_bound)} {unit.zh}；本方案覆盖 "
        f"{count(plan.covered_after)}，{how_near(plan.gap).zh}。",
        f"Proven: under the same rules no plan covers more than {count(plan.upper_bound)} {unit.en}; "
        f"this one covers {count(plan.covered_after)}; {how_near(plan.gap).en}.",
    )
    (low, high), (early, late) = seen.range.workers, seen.range.worker_hours
    yield Text(
        f"现状覆盖率的可信范围：职工 {percent(low)} 至 {percent(high)}，工时 {percent(early)} 至 "
        f"{percent(late)}。",
        f"Range of today's shares: workers {percent(low)} to {percent(high)}, worker-hours "
        f"{percent(early)} to {percent(late)}.",
    )
    yield from _robustness(subject)
    if seen.range.rows:
        yield PaperTable(
            key="ranges",
            caption=Text("逐项假设变动时的覆盖率", "Shares covered when an assumption is off"),
            columns=(
                TableColumn(Text("假设", "Assumption"), wide=1.4),
                TableColumn(Text("变动", "Change")),
                TableColumn(Text("职工覆盖率", "Share of workers"), ValueKind.SHARE),
                TableColumn(Text("工时覆盖率", "Share of hours"), ValueKind.SHARE),
            ),
            rows=tuple(
                (
                    _ASSUMPTIONS.get(one.assumption, Text(one.assumption, one.assumption)),
                    f"{one.change:+.0%}",
                    one.workers,
                    one.worker_hours,
                )
                for one in seen.range.rows
            ),
        )
    rests = estimate_text(subject.summary, subject.names)
    if rests:
        yield rests
    if subject.confirmed is not None:
        yield _hours_confirmed(subject.confirmed)
    yield unconfirmed(subject)


def _hours_confirmed(known: Confirmed) -> Text:
    """Say how much of today's coverage rests on hours that nobody confirmed of late."""
    if not known.unconfirmed:
        return Text(
            f"{count(known.stations)} 个站点的开放时间都在 {known.days} 天内核实过。",
            f"The hours of all {count(known.stations)} stations were confirmed within {known.days} "
            "days.",
        )
    return Text(
        f"{count(known.stations)} 个站点中，{count(known.unconfirmed)} 个的开放时间已超过 "
        f"{known.days} 天没有核实：现状覆盖中 {percent(known.workers)} 的职工、"
        f"{percent(known.worker_hours)} 的工时靠这些站点。",
        f"Of {count(known.stations)} stations the hours of {count(known.unconfirmed)} were not "
        f"confirmed within {known.days} days: {percent(known.workers)} of the workers covered and "
        f"{percent(known.worker_hours)} of the hours served rest on them.",
    )


def _robustness(subject: Subject) -> Iterator[Block]:
    kept = [one for one in subject.plan.robustness if one is not None]
    if not kept:
        return
    often = sum(one >= OFTEN for one in kept)
    yield Text(
        f"人数有 ±20% 误差的试算中，{len(kept)} 处里有 {often} 处在至少八成试算中仍入选。",
        f"With demand off by ±20 %, {often} of {len(kept)} sites are chosen in at least four runs "
        "of five.",
    )
    bands = (
        ("100%", 1.0, 1.01),
        ("80%–99%", OFTEN, 1.0),
        ("50%–79%", 0.5, OFTEN),
        ("<50%", -1, 0.5),
    )
    yield PaperTable(
        key="robustness",
        caption=Text("人数有误差时仍入选的站点", "Sites chosen again with demand off"),
        columns=(
            TableColumn(Text("仍入选的试算", "Runs that choose it")),
            TableColumn(Text("站点", "Sites"), ValueKind.COUNT, adds=True),
        ),
        rows=tuple((name, sum(low <= one < high for one in kept)) for name, low, high in bands),
    )


def unconfirmed(subject: Subject) -> Text:
    """Say how many of the sites nobody has confirmed on the spot."""
    sites = subject.sites
    column = sites["verification"] if "verification" in sites.columns else None
    confirmed = 0 if column is None else int((column.astype("string") == "verified").sum())
    number = len(sites) - confirmed
    return Text(
        f"推荐站点由程序按数据选出，其中 {count(number)} 处尚未现场核实；立项前请逐一踏勘。",
        f"Sites are chosen from data; {count(number)} have not been confirmed on the spot. Visit each "
        "before deciding.",
    )
