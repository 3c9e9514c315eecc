"""The list of places to look at before the bus may stand there: an Excel sheet staff fill in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from data.excel.excel_file import MOST_IN_A_NAME, new_workbook
from data.excel.templates import LAT, LON, NO, YES, choose_yes_or_no
from data.streets.source import StreetSource
from geo.layers.columns import STOPS, Column
from geo.text import Language, Text

_KIND = Text("OSM 类别", "Kind in OSM")
_AREA = Text("面积（平方米）", "Area (m2)")
_NEAR = Text("附近职工（直线）", "Workers near (as the crow flies)")
_ASK = Text("待核实", "To verify")
_WHAT = Text(
    "大客车能否进出、停放和排队？谁管理？核实后把“禁停”改为“否”，再导入。",
    "Can a bus get in, stand and queue people? Who runs it? Then set Banned to no, and import.",
)
_SAMPLE = Text("示例数据", "Sample data")
_BANNED = next(place for place, column in enumerate(STOPS.columns) if column.name == "banned")
_AFTER = len(STOPS.columns) + 2
"""The first column after the layer's own and the coordinates."""
_WIDE = 18
"""Characters: a column's width on the sheet."""


def write_stop_proposals(
    path: Path,
    places: gpd.GeoDataFrame,
    stops: gpd.GeoDataFrame,
    *,
    language: Language | str = Language.ZH,
    sample: bool = False,
) -> None:
    """Write a list that ``yizhan import stops`` reads once staff have verified it.

    It begins with the stops there are, since an import replaces the layer. Every new place is banned
    until somebody who has seen it says otherwise: a list imported unread sends no bus anywhere.

    Parameters
    ----------
    path : Path
        The ``.xlsx`` to write, whole or not at all.
    places : GeoDataFrame
        Points (EPSG:4326) with ``id, name, address, kind, area_m2`` and ``workers_near``.
    stops : GeoDataFrame
        The layer STOPS.
    language : Language
        Of headers and notes.
    sample : bool
        Whether every row says 示例数据.
    """
    with new_workbook(path) as book:
        sheet = _sheet(book, len(stops) + len(places), language)
        for number, row in enumerate(stops.to_dict("records"), start=1):
            _write_stop(sheet, number, row, language)
        note = _WHAT.into(language) + (f"（{_SAMPLE.into(language)}）" if sample else "")
        look = book.add_format({"bg_color": "#FFF2CC", "text_wrap": True})
        for number, row in enumerate(places.to_dict("records"), start=len(stops) + 1):
            _write_stop(sheet, number, row | {"banned": True, "must_visit": False}, language)
            _write_evidence(sheet, number, row, language)
            sheet.write_string(number, _AFTER + 3, note, look)


def _sheet(book: xlsxwriter.Workbook, n_rows: int, language: Language | str) -> Worksheet:
    sheet: Worksheet = book.add_worksheet(STOPS.text.into(language)[:MOST_IN_A_NAME])
    bold = book.add_format({"bold": True, "bg_color": "#DCE9F5", "border": 1, "text_wrap": True})
    texts = [*(column.text for column in (*STOPS.columns, LON, LAT)), _KIND, _AREA, _NEAR, _ASK]
    for place, text in enumerate(texts):
        sheet.write_string(0, place, text.into(language), bold)
    choose_yes_or_no(sheet, _BANNED, 1, max(1, n_rows), language)
    sheet.set_column(0, len(texts) - 2, _WIDE)
    sheet.set_column(len(texts) - 1, len(texts) - 1, 3 * _WIDE)
    sheet.freeze_panes(1, 2)
    credit = StreetSource.OPENSTREETMAP.credit
    if credit is not None:
        sheet.set_footer(f"&L&8{credit.into(language)}&C&P / &N")
    return sheet


def _write_stop(
    sheet: Worksheet, number: int, row: Mapping[str, Any], language: Language | str
) -> None:
    for place, column in enumerate(STOPS.columns):
        sheet.write_string(number, place, _told(column, row.get(column.name), language))
    sheet.write_number(number, _AFTER - 2, round(row["geometry"].x, 6))
    sheet.write_number(number, _AFTER - 1, round(row["geometry"].y, 6))


def _write_evidence(
    sheet: Worksheet, number: int, row: Mapping[str, Any], language: Language | str
) -> None:
    """Write what speaks for a place: its kind, its size where it has one, who is near."""
    sheet.write_string(number, _AFTER, row["kind"].into(language))
    if np.isfinite(row["area_m2"]):
        sheet.write_number(number, _AFTER + 1, round(row["area_m2"]))
    sheet.write_number(number, _AFTER + 2, round(row["workers_near"]))


def _told(column: Column, value: Any, language: Language | str) -> str:  # noqa: ANN401 - a cell
    """Return a cell as people write it: 是 or 否, a word of the vocabulary, or its text."""
    if value is None or pd.isna(value):
        return ""
    if column.dtype == "flag":
        return (YES if value else NO).into(language)
    if column.words is not None:
        return next((word.text.into(language) for word in column.words if word == value), "")
    return str(value)
