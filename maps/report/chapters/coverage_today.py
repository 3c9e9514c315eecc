"""Where we stand: who is covered, when, in which district and group, how evenly, with what room."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from geo.layers.vocabulary import Group
from geo.summary.coverage import CoverageRow, EquityRow
from geo.text import Text
from maps.numbers import count, distance, index, percent, share
from maps.report.content import (
    Block,
    Chart,
    Form,
    Heading,
    PaperTable,
    Series,
    TableColumn,
    Value,
    ValueKind,
)
from maps.report.subject import OF_DISTRICT, Subject, of_district, table_by_district

_GROUPS = {one.value: one.text for one in Group}
_WORKERS = TableColumn(Text("职工", "Workers"), ValueKind.COUNT, adds=True)
_COVERED = TableColumn(Text("已覆盖", "Covered"), ValueKind.COUNT, adds=True)
_HOURS = TableColumn(Text("每周工时", "Worker-hours a week"), ValueKind.COUNT, adds=True)
_OPEN = TableColumn(
    Text("有站开门的工时", "Of them with an open station"), ValueKind.COUNT, adds=True
)
_WORST = 5
"""Subdistricts named in the text; the workbook has all."""


def coverage_today(subject: Subject) -> Iterator[Block]:
    """Yield the chapter 现状."""
    yield Text(f"以下人数的单位：{subject.unit.zh}。", f"Numbers of people are {subject.unit.en}.")
    yield Heading(Text("（一）区市与街道", "Districts and subdistricts"))
    yield districts_today(subject)
    yield from _worst_subdistricts(subject)
    yield Heading(Text("（二）群体", "Groups of workers"))
    yield group_table(subject)
    yield Heading(Text("（三）时段", "Hours of the week"), "hours")
    yield from _hours(subject)
    yield Heading(Text("（四）公平性", "Equity"), "equity")
    yield from _equity(subject)
    yield Heading(Text("（五）接待能力", "Room at the stations"))
    yield from _room(subject)


def _coverage_columns(first: Sequence[TableColumn]) -> tuple[TableColumn, ...]:
    at = len(first)
    return (
        *first,
        _WORKERS,
        _COVERED,
        TableColumn(Text("覆盖率", "Share"), ValueKind.SHARE, of=(at + 1, at)),
        _HOURS,
        _OPEN,
        TableColumn(Text("有站工时占比", "Share of hours"), ValueKind.SHARE, of=(at + 4, at + 3)),
    )


def _row(row: CoverageRow, first: Sequence[Value]) -> tuple[Value, ...]:
    return _cells(
        first, row.workers, row.workers_covered, row.worker_hours, row.worker_hours_covered
    )


def _cells(
    first: Sequence[Value], workers: float, covered: float, hours: float, opened: float
) -> tuple[Value, ...]:
    return (*first, workers, covered, _part(covered, workers), hours, opened, _part(opened, hours))


def _part(some: float, whole: float) -> float | None:
    return some / whole if whole else None


def districts_today(subject: Subject) -> PaperTable:
    """Return the districts as they are now."""
    rows = tuple(_row(row, of_district(subject, row.district)) for row in subject.seen.by_district)
    columns = _coverage_columns(OF_DISTRICT)
    caption = Text("各区市现状", "Districts today")
    return PaperTable(
        key="districts", caption=caption, columns=columns, rows=rows, paper=(1, 2, 3, 4, 5, 6, 7)
    )


def district_chart(subject: Subject) -> Chart:
    """Return the share of workers covered by district, now and with the sites."""
    rows = subject.plan.by_district
    return Chart(
        key="district_shares",
        caption=Text(
            "各区市职工覆盖率：现在与建成后", "Workers covered by district, now and with the sites"
        ),
        form=Form.BAR,
        categories=tuple(subject.district(row.district) for row in rows),
        series=(
            Series(Text("现在", "Now"), tuple(row.share_before for row in rows)),
            Series(Text("建成后", "With the sites"), tuple(row.share_after for row in rows)),
        ),
        kind=ValueKind.SHARE,
        axes=(Text("区市", "District"), Text("职工覆盖率", "Share of workers")),
        table="plan",
        columns=(1, 6, 7),
    )


def _worst_subdistricts(subject: Subject) -> Iterator[Block]:
    rows = [row for row in subject.seen.by_subdistrict if row.subdistrict and row.workers]
    if not rows:
        yield Text(
            "街道：图层里没有街道界线，本次未分街道统计。",
            "Subdistricts: the layers hold no borders of subdistricts, so none are told apart.",
        )
        return
    worst = sorted(rows, key=lambda row: row.workers_covered - row.workers)[:_WORST]
    told = [
        (subject.place(row.subdistrict), count(row.workers - row.workers_covered))
        for row in worst
        if row.workers > row.workers_covered
    ]
    none = sum(row.workers_covered <= 0 for row in rows)
    yield Text(
        f"{len(rows)} 个街道（镇）中，{none} 个没有职工被覆盖；未覆盖职工最多的是"
        f"{'、'.join(f'{name}（{left}）' for name, left in told) or '（无）'}。各街道见附录二。",
        f"Of {len(rows)} subdistricts {none} have nobody covered; most workers are left out in "
        f"{', '.join(f'{name} ({left})' for name, left in told) or 'none'}. All of them stand in "
        "appendix 2.",
    )


def subdistrict_table(subject: Subject) -> PaperTable | None:
    """Return the subdistricts as they are now; None where no borders of them are known."""
    rows = subject.seen.by_subdistrict
    if not rows:
        return None
    first = (*OF_DISTRICT, TableColumn(Text("街道", "Subdistrict"), wide=1.3))
    nowhere = Text("街道不详", "subdistrict unknown")
    return PaperTable(
        key="subdistricts",
        caption=Text("各街道现状", "Subdistricts today"),
        columns=_coverage_columns(first),
        rows=tuple(
            _row(
                row,
                (
                    *of_district(subject, row.district),
                    subject.place(row.subdistrict) or nowhere,
                ),
            )
            for row in rows
        ),
        paper=(1, 2, 3, 4, 5, 8),
    )


def group_table(subject: Subject) -> PaperTable:
    """Return the groups of workers as they are now."""
    sums: dict[str, list[float]] = {}
    for row in subject.seen.by_district_group:
        told = (row.workers, row.workers_covered, row.worker_hours, row.worker_hours_covered)
        held = sums.setdefault(row.group, [0.0] * 4)
        sums[row.group] = [a + b for a, b in zip(held, told, strict=True)]
    rows = tuple(
        _cells((_GROUPS.get(group, Text(group, group)),), *told)
        for group, told in sorted(sums.items(), key=lambda one: -one[1][0])
    )
    columns = _coverage_columns((TableColumn(Text("群体", "Group"), wide=1.5),))
    return PaperTable(
        key="groups", caption=Text("各群体现状", "Groups today"), columns=columns, rows=rows
    )


def district_groups(subject: Subject) -> PaperTable:
    """Return each group in each district as it is now."""
    first = (*OF_DISTRICT, TableColumn(Text("群体", "Group"), wide=1.5))
    rows = tuple(
        _row(
            row,
            (
                *of_district(subject, row.district),
                _GROUPS.get(row.group, Text(row.group, row.group)),
            ),
        )
        for row in subject.seen.by_district_group
    )
    caption = Text("各区市各群体现状", "Groups in districts today")
    return PaperTable(
        key="district_groups", caption=caption, columns=_coverage_columns(first), rows=rows
    )


def _hours(subject: Subject) -> Iterator[Block]:
    seen = subject.seen
    yield Text(
        f"按职工在岗时段计，每周 {count(seen.worker_hours_total)} 工时中，附近有站且开门的 "
        f"{count(seen.worker_hours_covered)} 工时，占 "
        f"{share(seen.worker_hours_covered, seen.worker_hours_total)}。",
        f"Of {count(seen.worker_hours_total)} worker-hours a week, "
        f"{count(seen.worker_hours_covered)} have an open station in reach: "
        f"{share(seen.worker_hours_covered, seen.worker_hours_total)}.",
    )
    yield hours_chart(subject)
    yield hours_table(subject)
    yield from _holiday(subject)


def _by_day(subject: Subject) -> tuple[np.ndarray, np.ndarray]:
    """Return (24, 2) mean workers there and covered, on weekdays and at weekends."""
    week = subject.seen.by_hour
    days = [np.array(one, dtype=np.float64).reshape(7, 24) for one in (week.present, week.covered)]
    both = [np.column_stack([one[:5].mean(axis=0), one[5:].mean(axis=0)]) for one in days]
    return both[0], both[1]


def hours_chart(subject: Subject) -> Chart:
    """Return the share of workers with an open station in reach, hour by hour."""
    present, covered = _by_day(subject)
    shares = np.divide(covered, present, out=np.zeros_like(covered), where=present > 0)
    return Chart(
        key="hours",
        caption=Text(
            "一天各时段：在岗职工中附近有站开门的占比", "Share with an open station, by hour"
        ),
        form=Form.LINE,
        categories=tuple(f"{hour}" for hour in range(24)),
        series=(
            Series(Text("周一至周五", "Monday to Friday"), tuple(shares[:, 0].tolist())),
            Series(Text("周六、周日", "Weekend"), tuple(shares[:, 1].tolist())),
        ),
        kind=ValueKind.SHARE,
        axes=(Text("时", "Hour"), Text("占比", "Share")),
        table="hours",
        columns=(0, 3, 6),
    )


def hours_table(subject: Subject) -> PaperTable:
    """Return workers there and covered at each hour of the day, means over the days."""
    present, covered = _by_day(subject)
    columns = [TableColumn(Text("时段", "Hour"))]
    for place, day in ((1, Text("周一至周五", "weekdays")), (4, Text("周末", "weekend"))):
        columns += [
            TableColumn(Text(f"{day.zh}在岗", f"There, {day.en}"), ValueKind.COUNT, adds=True),
            TableColumn(Text("其中有站开门", "With an open station"), ValueKind.COUNT, adds=True),
            TableColumn(Text("占比", "Share"), ValueKind.SHARE, of=(place + 1, place)),
        ]
    rows = []
    for hour in range(24):
        told: list[Value] = [f"{hour}:00–{hour + 1}:00"]
        for there, reached in zip(present[hour].tolist(), covered[hour].tolist(), strict=True):
            told += [there, reached, _part(reached, there)]
        rows.append(tuple(told))
    caption = Text("一天各时段（各日平均）", "Hour by hour (mean of the days)")
    note = Text(
        "合计为一天的工时：每小时在岗一名职工计一工时。", "Totals are the worker-hours of a day."
    )
    return PaperTable(
        key="hours", caption=caption, columns=tuple(columns), rows=tuple(rows), note=note
    )


def _holiday(subject: Subject) -> Iterator[Block]:
    week = subject.seen.holiday_week
    if week.monday and week.worker_hours_total and week.worker_hours_covered is not None:
        part = share(week.worker_hours_covered, week.worker_hours_total)
        yield Text(
            f"国庆当周（{week.monday:%Y-%m-%d} 起）该占比为 {part}。",
            f"In the week of National Day (from {week.monday:%Y-%m-%d}) it is {part}.",
        )


def _equity(subject: Subject) -> Iterator[Block]:
    even = subject.seen.equity
    far = distance(even.worst_tenth_from_m)
    far_en = distance(even.worst_tenth_from_m, "en")
    yield Text(
        f"工时覆盖的基尼系数 {index(even.gini)}（0 为人人相同）；最差十分之一职工的工时覆盖 "
        f"{percent(even.worst_tenth)}；{percent(even.unserved_share)} 的职工工时完全无站可去；"
        f"离站最远的十分之一职工，到最近站点至少 {far}。",
        f"Gini of the hours served: {index(even.gini)} (0: all alike); the worst-served tenth has "
        f"{percent(even.worst_tenth)}; {percent(even.unserved_share)} of the workers are never "
        f"served; for the farthest tenth the nearest station is at least {far_en} away.",
    )
    yield _evenness(
        "equity_districts",
        Text("各区市公平性", "Equity by district"),
        OF_DISTRICT,
        [(of_district(subject, row.district), row) for row in even.by_district],
        hidden=1,
    )
    yield _evenness(
        "equity_groups",
        Text("各群体公平性", "Equity by group"),
        (TableColumn(Text("群体", "Group"), wide=1.5),),
        [((_GROUPS.get(row.group, Text(row.group, row.group)),), row) for row in even.by_group],
        hidden=0,
    )


def _evenness(
    key: str,
    caption: Text,
    first: tuple[TableColumn, ...],
    rows: Sequence[tuple[tuple[Value, ...], EquityRow]],
    *,
    hidden: int,
) -> PaperTable:
    columns = (
        *first,
        _WORKERS,
        TableColumn(Text("人均工时覆盖", "Hours served, mean"), ValueKind.SHARE),
        TableColumn(Text("基尼系数", "Gini"), ValueKind.INDEX),
        TableColumn(Text("最差十分之一", "Worst tenth"), ValueKind.SHARE),
        TableColumn(
            Text("属全市最远十分之一", "In the farthest tenth"), ValueKind.COUNT, adds=True
        ),
    )
    cells = tuple(
        (*names, row.workers, row.mean, row.gini, row.worst_tenth, row.in_farthest_tenth)
        for names, row in rows
    )
    return PaperTable(
        key=key,
        caption=caption,
        columns=columns,
        rows=cells,
        paper=tuple(range(hidden, len(columns))),
    )


def _room(subject: Subject) -> Iterator[Block]:
    room = subject.seen.capacity
    yield Text(
        f"每天预计到站 {count(room.visits)} 人次，站点日接待能力合计 {count(room.capacity)} 人次；"
        f"{count(room.overloaded)} 个站点超负荷，{count(room.visits_without_room)} 人次接待不下；"
        f"{count(room.stations_unstated)} 个站点未填接待能力。",
        f"{count(room.visits)} visits a day are expected, for which there is room for "
        f"{count(room.capacity)}; {count(room.overloaded)} stations are overloaded and "
        f"{count(room.visits_without_room)} visits find no room; {count(room.stations_unstated)} "
        "stations state no capacity.",
    )
    yield table_by_district(
        subject,
        "room",
        Text("各区市接待能力", "Room by district"),
        (
            _WORKERS,
            TableColumn(Text("可用日接待能力", "Room within reach"), ValueKind.COUNT, adds=True),
            TableColumn(Text("每天接待不下", "Visits without room"), ValueKind.COUNT, adds=True),
        ),
        (
            (row.district, (row.workers, row.capacity, row.visits_without_room))
            for row in room.by_district
        ),
    )
