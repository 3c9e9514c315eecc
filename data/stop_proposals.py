"""The list of places to look at before the bus may stand there: an Excel sheet staff fill in."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from geo.layers.columns import STOPS, Column
from geo.text import Language, Text

_LON, _LAT = Text("经度", "Longitude"), Text("纬度", "Latitude")
_KIND = Text("OSM 类别", "Kind in OSM")
_AREA = Text("面积（平方米）", "Area (m2)")
_NEAR = Text("附近职工（直线）", "Workers near (as the crow flies)")
_ASK = Text("待核实", "To verify")
_WHAT = Text(
    "大客车能否进出、停放和排队？谁管理？核实后把“禁停”改为“否”，再导入。",
    "Can a bus get in, stand and queue people? Who runs it? Then set Banned to no, and import.",
)
_SAMPLE = Text("示例数据", "Sample data")
_YES, _NO = Text("是", "yes"), Text("否", "no")
_BANNED = next(place for place, column in enumerate(STOPS.columns) if column.name == "banned")
_WIDE = 18


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
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with xlsxwriter.Workbook(str(draft)) as book:
            sheet = _sheet(book, len(stops) + len(places), language)
            _write_stops(sheet, stops, language)
            note = _WHAT.into(language) + (f"（{_SAMPLE.into(language)}）" if sample else "")
            look = book.add_format({"bg_color": "#FFF2CC", "text_wrap": True})
            _write_places(sheet, len(stops) + 1, places, (note, look), language)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _sheet(book: xlsxwriter.Workbook, n_rows: int, language: Language | str) -> Worksheet:
    sheet: Worksheet = book.add_worksheet(STOPS.text.into(language)[:31])
    bold = book.add_format({"bold": True, "bg_color": "#DCE9F5", "border": 1, "text_wrap": True})
    texts = [*(column.text for column in STOPS.columns), _LON, _LAT, _KIND, _AREA, _NEAR, _ASK]
    for place, text in enumerate(texts):
        sheet.write_string(0, place, text.into(language), bold)
        if text == STOPS.columns[_BANNED].text:
            choice = [yes_no.into(language) for yes_no in (_YES, _NO)]
            sheet.data_validation(
                1, place, max(1, n_rows), place, {"validate": "list", "source": choice}
            )
    sheet.set_column(0, len(texts) - 2, _WIDE)
    sheet.set_column(len(texts) - 1, len(texts) - 1, 3 * _WIDE)
    sheet.freeze_panes(1, 2)
    return sheet


def _write_stops(sheet: Worksheet, stops: gpd.GeoDataFrame, language: Language | str) -> None:
    for number, row in enumerate(stops.to_dict("records"), start=1):
        for place, column in enumerate(STOPS.columns):
            sheet.write_string(number, place, _told(column, row.get(column.name), language))
        _write_at(sheet, number, row["geometry"])


def _write_places(
    sheet: Worksheet,
    first: int,
    places: gpd.GeoDataFrame,
    note: tuple[str, Format],
    language: Language | str,
) -> None:
    after = len(STOPS.columns) + 2
    for number, row in enumerate(places.to_dict("records"), start=first):
        row |= {"banned": True, "must_visit": False}
        for place, column in enumerate(STOPS.columns):
            sheet.write_string(number, place, _told(column, row.get(column.name), language))
        _write_at(sheet, number, row["geometry"])
        sheet.write_string(number, after, row["kind"].into(language))
        if np.isfinite(row["area_m2"]):
            sheet.write_number(number, after + 1, round(row["area_m2"]))
        sheet.write_number(number, after + 2, round(row["workers_near"]))
        sheet.write_string(number, after + 3, *note)


def _write_at(sheet: Worksheet, number: int, at: shapely.Point) -> None:
    sheet.write_number(number, len(STOPS.columns), round(at.x, 6))
    sheet.write_number(number, len(STOPS.columns) + 1, round(at.y, 6))


def _told(column: Column, value: Any, language: Language | str) -> str:  # noqa: ANN401 - a cell
    """Return a cell as people write it: 是 or 否, a word of the vocabulary, or its text."""
    if value is None or pd.isna(value):
        return ""
    if column.dtype == "flag":
        return (_YES if value else _NO).into(language)
    if column.words is not None:
        return next((word.text.into(language) for word in column.words if word == value), "")
    return str(value)
