"""The sheets of results.xlsx that say when, how surely, how evenly and with what room."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from xlsxwriter.worksheet import Worksheet

from geo.coverage.tables import WeekPart
from geo.layers.vocabulary import Group, Kind, Word
from geo.summary.coverage import CoverageFigures
from geo.text import Text
from maps.planner.coverage_block import (
    DAYS,
    HOURS_A_DAY,
    named_districts,
    named_groups,
    range_rows,
    supply_rows,
    week_cells,
)
from maps.records import Record, cell, read_word
from maps.workbook.sheet import Book, Entry

_MINUTE_S = 60

_EQUITY = (
    ("workers", Text("职工人数", "Workers"), "integer"),
    ("mean", Text("人均工时覆盖", "Hours served, mean"), "share"),
    ("gini", Text("基尼系数", "Gini"), "index"),
    ("theil", Text("泰尔指数", "Theil"), "index"),
    ("worst_tenth", Text("最差十分之一的工时覆盖", "Worst-served tenth, mean"), "share"),
    ("in_farthest_tenth", Text("属全市最远十分之一（人）", "Among the farthest tenth"), "integer"),
)
_SUBDISTRICT = (
    (Text("区市", "District"), "text"),
    (Text("街道", "Subdistrict"), "text"),
    (Text("职工人数", "Workers"), "integer"),
    (Text("现已覆盖", "Covered now"), "integer"),
    (Text("附近无站人数", "Workers with none near"), "integer"),
    (Text("覆盖率", "Share covered"), "share"),
)
_LOAD = (
    ("name", Text("站点", "Station"), "text"),
    ("district_name", Text("区市", "District"), "text"),
    ("capacity", Text("日接待能力", "Capacity (visitors/day)"), "integer"),
    ("visits", Text("预计每日人次", "Visits expected a day"), "exact"),
    ("load", Text("负荷", "Load"), "share"),
)
_ROOM = (
    ("district_name", Text("区市", "District"), "text"),
    ("workers", Text("职工人数", "Workers"), "integer"),
    ("capacity", Text("可用日接待能力", "Capacity within reach (visitors/day)"), "exact"),
    ("per_thousand", Text("每千名职工可用能力", "Room a day per 1,000 workers"), "exact"),
    ("visits_without_room", Text("每天接待不下（人次）", "Visits without room"), "exact"),
)
_TABLE_HEADERS = {
    "district": Text("区市", "District"),
    "group": Text("群体", "Group"),
    "week_part": Text("时段", "Part of the week"),
    "kind": Text("站点类型", "Kind of station"),
    "worker_hours": Text("每周工时（人时）", "Worker-hours a week"),
    "worker_hours_covered": Text("其中已覆盖", "Of them covered"),
    "over": Text("超过（分钟）", "Over (min)"),
    "within": Text("不超过（分钟）", "Within (min)"),
    "workers": Text("职工人数", "Workers"),
}
_WORDS: Mapping[str, type[Word]] = {"group": Group, "week_part": WeekPart, "kind": Kind}


def week_sheet(book: Book, seen: CoverageFigures | None) -> None:
    """Add the share covered in every hour of the week, coloured from low to high."""
    sheet = book.sheet("coverage_week")
    top = book.ribbon(sheet, 0, HOURS_A_DAY + 1)
    hours = [f"{hour}:00" for hour in range(HOURS_A_DAY)]
    book.header(sheet, top, [book.say(Text("覆盖率", "Covered")), *hours])
    sheet.set_column(1, HOURS_A_DAY, 7)
    cells = week_cells(seen.by_hour) if seen else []
    for row, day in enumerate(DAYS if cells else (), start=top + 1):
        book.write(sheet, row, 0, (book.say(day), "label"))
    for one in cells:
        book.write(sheet, top + 1 + one.day, 1 + one.hour, (one.share, "share"))
    if cells:
        sheet.conditional_format(
            top + 1,
            1,
            top + len(DAYS),
            HOURS_A_DAY,
            {"type": "2_color_scale", "min_color": "#F8EFE4", "max_color": "#5B9BD5"},
        )


def subdistrict_sheet(book: Book, seen: CoverageFigures | None, names: Mapping[str, str]) -> None:
    """Add the coverage of every subdistrict, the most uncovered workers first; none without any."""
    if seen is None or not seen.by_subdistrict:
        return
    sheet = book.sheet("subdistricts")
    top = book.ribbon(sheet, 0, len(_SUBDISTRICT))
    book.header(sheet, top, [book.say(text) for text, _ in _SUBDISTRICT])
    sheet.set_column(0, len(_SUBDISTRICT) - 1, 16)
    rows = sorted(seen.by_subdistrict, key=lambda row: row.workers_covered - row.workers)
    for number, row in enumerate(rows, start=top + 1):
        values = (
            names.get(row.district, row.district),
            row.subdistrict or "—",
            row.workers,
            row.workers_covered,
            row.workers - row.workers_covered,
            row.workers_covered / row.workers if row.workers else None,
        )
        for place, (value, (_, form)) in enumerate(zip(values, _SUBDISTRICT, strict=True)):
            book.write(sheet, number, place, (value, form))


def range_sheet(book: Book, seen: CoverageFigures | None) -> None:
    """Add how the shares covered move with each assumption."""
    sheet = book.sheet("coverage_range", landscape=False)
    headers = (
        Text("假设", "Assumption"),
        Text("变动（±）", "Change (±)"),
        Text("职工覆盖率 低", "Workers, low"),
        Text("高", "high"),
        Text("工时覆盖率 低", "Worker-hours, low"),
        Text("高", "high"),
    )
    top = book.ribbon(sheet, 0, len(headers))
    book.header(sheet, top, [book.say(text) for text in headers])
    sheet.set_column(0, len(headers) - 1, 16)
    for place, one in enumerate(range_rows(seen.range) if seen else (), start=top + 1):
        values = [one["change"], *_pair(one["workers"]), *_pair(one["worker_hours"])]
        text = one["text"]
        book.write(sheet, place, 0, (book.say(text) if isinstance(text, Text) else "", "text"))
        for column, value in enumerate(values, start=1):
            book.write(sheet, place, column, (_figure(value), "share"))


def equity_sheet(book: Book, seen: CoverageFigures | None, names: Mapping[str, str]) -> None:
    """Add how evenly hours are served, by district and by group."""
    sheet = book.sheet("equity")
    records: list[Record] = []
    if seen is not None:
        equity = seen.equity
        records += [
            {**row, "of": row["district_name"]}
            for row in named_districts(equity.by_district, names)
        ]
        records += [
            {**row, "of": row["name"]} for row in named_groups(equity.by_group, book.language)
        ]
    columns = (("of", Text("区市或群体", "District or group"), "text"), *_EQUITY)
    top = book.ribbon(sheet, 0, len(columns))
    book.header(sheet, top, [book.say(text) for _, text, _ in columns])
    sheet.set_column(0, len(columns) - 1, 16)
    _fill(book, sheet, top + 1, 0, columns, records)


def capacity_sheet(book: Book, seen: CoverageFigures | None, names: Mapping[str, str]) -> None:
    """Add the most loaded stations and, beside them, room by district."""
    sheet = book.sheet("capacity")
    stations = named_districts(seen.capacity.stations, names) if seen else []
    districts = supply_rows(seen.capacity, names) if seen else []
    top = book.ribbon(sheet, 0, len(_LOAD) + len(_ROOM) + 1)
    blank = ("", Text("", ""), "text")
    headers = [book.say(text) for _, text, _ in (*_LOAD, blank, *_ROOM)]
    book.header(sheet, top, headers)
    sheet.set_column(0, len(headers) - 1, 15)
    _fill(book, sheet, top + 1, 0, _LOAD, stations)
    _fill(book, sheet, top + 1, len(_LOAD) + 1, _ROOM, districts)


def table_sheet(
    book: Book, name: str, table: pd.DataFrame | None, names: Mapping[str, str]
) -> None:
    """Add a coverage table, words read out and seconds as minutes."""
    sheet = book.sheet(name)
    if table is None:
        book.ribbon(sheet, 0, 1)
        return
    top = book.ribbon(sheet, 0, len(table.columns))
    book.header(sheet, top, [book.say(_TABLE_HEADERS[column]) for column in table.columns])
    sheet.set_column(0, len(table.columns) - 1, 18)
    for place, column in enumerate(table.columns):
        for row, value in enumerate(table[column].tolist(), start=top + 1):
            book.write(sheet, row, place, _table_entry(book, column, value, names))
    sheet.autofilter(top, 0, top + len(table), len(table.columns) - 1)


def _table_entry(book: Book, column: str, value: object, names: Mapping[str, str]) -> Entry:
    if column == "district":
        return names.get(str(value), str(value)), "text"
    if column in _WORDS:
        return read_word(_WORDS[column], value, book.language), "text"
    figure = _figure(value)
    if column in {"over", "within"} and isinstance(figure, float):
        return (figure / _MINUTE_S, "integer") if figure < float("inf") else (None, "integer")
    return figure, "integer"


def _fill(
    book: Book,
    sheet: Worksheet,
    top: int,
    left: int,
    columns: tuple[tuple[str, Text, str], ...],
    records: list[Record],
) -> None:
    for row, record in enumerate(records, start=top):
        for place, (key, _, form) in enumerate(columns, start=left):
            value = record.get(key)
            entry = str(value or "") if form == "text" else _figure(value)
            book.write(sheet, row, place, (entry, form))


def _pair(value: object) -> tuple[object, object]:
    return (value[0], value[1]) if isinstance(value, list) else (None, None)


def _figure(value: object) -> float | None:
    value = cell(value)
    return float(value) if isinstance(value, int | float) else None
