"""The sheets of results.xlsx that say when, how surely, how evenly and with what room."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from geo.coverage.tables import WeekPart
from geo.layers.vocabulary import Group, Kind, Word
from geo.summary.coverage import CoverageFigures, DistrictEquity, GroupEquity, LoadedStation
from geo.text import Text
from maps.planner.coverage_block import (
    DAYS,
    HOURS_A_DAY,
    Named,
    RoomOfDistrict,
    assumption_ranges,
    named_districts,
    named_groups,
    supply_rows,
    week_cells,
)
from maps.records import cell, read_word
from maps.workbook.sheet import Book, Entry, SheetColumn

_MINUTE_S = 60
"""Seconds of a minute."""

_EQUITY: tuple[SheetColumn[Named[DistrictEquity] | Named[GroupEquity]], ...] = (
    SheetColumn(Text("区市或群体", "District or group"), lambda row: row.name, "text"),
    SheetColumn(Text("职工人数", "Workers"), lambda row: row.figures.workers),
    SheetColumn(Text("人均工时覆盖", "Hours served, mean"), lambda row: row.figures.mean, "share"),
    SheetColumn(Text("基尼系数", "Gini"), lambda row: row.figures.gini, "index"),
    SheetColumn(Text("泰尔指数", "Theil"), lambda row: row.figures.theil, "index"),
    SheetColumn(
        Text("最差十分之一的工时覆盖", "Worst-served tenth, mean"),
        lambda row: row.figures.worst_tenth,
        "share",
    ),
    SheetColumn(
        Text("属全市最远十分之一（人）", "Among the farthest tenth"),
        lambda row: row.figures.in_farthest_tenth,
    ),
)
_SUBDISTRICT = (
    (Text("区市", "District"), "text"),
    (Text("街道", "Subdistrict"), "text"),
    (Text("职工人数", "Workers"), "integer"),
    (Text("现已覆盖", "Covered now"), "integer"),
    (Text("附近无站人数", "Workers with none near"), "integer"),
    (Text("覆盖率", "Share covered"), "share"),
)
_LOAD: tuple[SheetColumn[Named[LoadedStation]], ...] = (
    SheetColumn(Text("站点", "Station"), lambda row: row.figures.name or "", "text"),
    SheetColumn(Text("区市", "District"), lambda row: row.name, "text"),
    SheetColumn(Text("日接待能力", "Capacity (visitors/day)"), lambda row: row.figures.capacity),
    SheetColumn(
        Text("预计每日人次", "Visits expected a day"), lambda row: row.figures.visits, "exact"
    ),
    SheetColumn(Text("负荷", "Load"), lambda row: row.figures.load, "share"),
)
_ROOM: tuple[SheetColumn[RoomOfDistrict], ...] = (
    SheetColumn(Text("区市", "District"), lambda row: row.name, "text"),
    SheetColumn(Text("职工人数", "Workers"), lambda row: row.figures.workers),
    SheetColumn(
        Text("可用日接待能力", "Capacity within reach (visitors/day)"),
        lambda row: row.figures.capacity,
        "exact",
    ),
    SheetColumn(
        Text("每千名职工可用能力", "Room a day per 1,000 workers"),
        lambda row: row.per_thousand,
        "exact",
    ),
    SheetColumn(
        Text("每天接待不下（人次）", "Visits without room"),
        lambda row: row.figures.visits_without_room,
        "exact",
    ),
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
    for row, one in enumerate(assumption_ranges(seen.range) if seen else (), start=top + 1):
        book.write(sheet, row, 0, (book.say(one.text), "text"))
        for column, value in enumerate((one.change, *one.workers, *one.worker_hours), start=1):
            book.write(sheet, row, column, (value, "share"))


def equity_sheet(book: Book, seen: CoverageFigures | None, names: Mapping[str, str]) -> None:
    """Add how evenly hours are served, by district and by group."""
    sheet = book.sheet("equity")
    rows: list[Named[DistrictEquity] | Named[GroupEquity]] = []
    if seen is not None:
        rows += named_districts(seen.equity.by_district, names)
        rows += named_groups(seen.equity.by_group, book.language)
    top = book.ribbon(sheet, 0, len(_EQUITY))
    book.header(sheet, top, [book.say(column.text) for column in _EQUITY])
    sheet.set_column(0, len(_EQUITY) - 1, 16)
    book.fill(sheet, top + 1, 0, _EQUITY, rows)


def capacity_sheet(book: Book, seen: CoverageFigures | None, names: Mapping[str, str]) -> None:
    """Add the most loaded stations and, beside them, room by district."""
    sheet = book.sheet("capacity")
    stations = named_districts(seen.capacity.stations, names) if seen else []
    districts = supply_rows(seen.capacity, names) if seen else []
    top = book.ribbon(sheet, 0, len(_LOAD) + len(_ROOM) + 1)
    loads, rooms = ([book.say(column.text) for column in some] for some in (_LOAD, _ROOM))
    headers = [*loads, "", *rooms]
    book.header(sheet, top, headers)
    sheet.set_column(0, len(headers) - 1, 15)
    book.fill(sheet, top + 1, 0, _LOAD, stations)
    book.fill(sheet, top + 1, len(_LOAD) + 1, _ROOM, districts)


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


def _figure(value: object) -> float | None:
    value = cell(value)
    return float(value) if isinstance(value, int | float) else None
