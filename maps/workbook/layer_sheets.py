"""The sheets of results.xlsx that hold a layer each, and the sheet of districts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import geopandas as gpd

from geo.layers.columns import LAYERS, Column
from geo.layers.vocabulary import Group, Setting
from geo.summary.run import RunSummary
from geo.text import Language, Text
from maps.district_table import DISTRICT_COLUMNS, district_names, district_table, district_total
from maps.hour_profile import busiest_words, profile_of
from maps.planner.gap_list import cures_text
from maps.records import cell, cell_text, has_rows, lonlat, mapping_of, read_word
from maps.workbook.sheet import Book, Entry, SheetColumn

_WIDTHS = {
    "text": 18,
    "integer": 11,
    "number": 12,
    "flag": 8,
    "date": 12,
    "time": 10,
    "hours": 22,
    "word": 14,
    "words": 30,
    "json": 34,
}
"""Width of a column in characters by what it holds."""
_FORMS = {"cost_cny": "money", "cost_per_worker_cny": "money", "robustness": "percent"}
_WIDE = {
    "name": 30,
    "address": 32,
    "reason_zh": 60,
    "reason_en": 60,
    "reading_zh": 80,
    "reading_en": 80,
    "cures": 60,
    "hours": 36,
    "detour_station_name": 28,
    "nearest_station_name": 28,
    "runner_up_name": 28,
    "what_zh": 30,
    "what_en": 30,
    "runner_up_zh": 40,
    "runner_up_en": 40,
    "gap_ids": 20,
}
"""Columns that hold more than their kind says."""

_DISTRICT_COLUMNS = tuple(
    SheetColumn(column.text, column.read, column.form) for column in DISTRICT_COLUMNS
)
_TOTAL_FORMS = {"text": "total_text", "share": "total_share"}


def layer_sheet(book: Book, layer: str, layers: Mapping[str, gpd.GeoDataFrame]) -> None:
    """Add a sheet with every column of `layer`, and the position of points."""
    sheet = book.sheet(layer)
    columns = _columns(layer, book.language)
    headers = [book.say(column.text) for column in columns]
    points = LAYERS[layer].geometry == ("Point",)
    if points:
        headers += [book.say(Text("经度", "Longitude")), book.say(Text("纬度", "Latitude"))]
    top = book.ribbon(sheet, 0, len(headers))
    book.header(sheet, top, headers)
    for place, column in enumerate(columns):
        sheet.set_column(place, place, _WIDE.get(column.name, _WIDTHS[column.dtype]))
    sheet.set_column(len(columns), len(columns) + 1, 12)
    if not has_rows(layers, layer):
        return
    rows = _entries(layers[layer], layer, columns, district_names(layers), book.language)
    for row, entries in enumerate(rows, start=top + 1):
        for place, entry in enumerate(entries):
            book.write(sheet, row, place, entry)
    sheet.autofilter(top, 0, top + len(rows), len(headers) - 1)


def _columns(layer: str, language: Language) -> list[Column]:
    hidden = "_en" if language == Language.ZH else "_zh"
    return [column for column in LAYERS[layer].columns if not column.name.endswith(hidden)]


def _entries(
    frame: gpd.GeoDataFrame,
    layer: str,
    columns: list[Column],
    names: Mapping[str, str],
    language: Language,
) -> list[list[Entry]]:
    filled = [
        [_entry(layer, column, value, names, language=language) for value in frame[column.name]]
        if column.name in frame.columns
        else [(None, "text")] * len(frame)
        for column in columns
    ]
    rows: list[list[Entry]] = [list(entries) for entries in zip(*filled, strict=True)]
    if LAYERS[layer].geometry == ("Point",):
        for row, (lon, lat) in zip(rows, lonlat(frame).tolist(), strict=True):
            row += [(lon, "degrees"), (lat, "degrees")]
    return rows


def _entry(
    layer: str, column: Column, value: object, names: Mapping[str, str], *, language: Language
) -> Entry:
    value = cell(value)
    if value is None:
        return None, "text"
    if column.dtype in {"integer", "number"} and isinstance(value, int | float):
        return value, _FORMS.get(column.name) or column.dtype
    if column.dtype == "date" and (day := _day(value)) is not None:
        return day, "date"
    if column.name == "district":
        return names.get(str(value), str(value)), "text"
    if column.dtype == "json":
        return _json_text(column, value, language), "text"
    return cell_text(layer, column.name, value, language), "text"


def _json_text(column: Column, value: object, language: Language) -> str:
    if column.name == "workers_by_hour":
        profile = profile_of(value, None)
        return "" if profile is None else busiest_words(profile).into(language)
    read = cures_text(value, language) if column.name == "cures" else None
    return read or _numbers_by_word(column, value, language)


def _numbers_by_word(column: Column, value: object, language: Language) -> str:
    words = Setting if "setting" in column.name else Group
    pairs = sorted(mapping_of(value).items(), key=lambda item: -item[1])
    joiner = "、" if language == Language.ZH else ", "
    return joiner.join(f"{read_word(words, key, language)} {number:,.0f}" for key, number in pairs)


def _day(value: object) -> date | None:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None


def district_sheet(book: Book, layers: Mapping[str, gpd.GeoDataFrame], summary: RunSummary) -> None:
    """Add the sheet of districts with a row of totals."""
    sheet = book.sheet("districts")
    top = book.ribbon(sheet, 0, len(_DISTRICT_COLUMNS))
    book.header(sheet, top, [book.say(column.text) for column in _DISTRICT_COLUMNS])
    sheet.set_column(0, len(_DISTRICT_COLUMNS) - 1, 15)
    if not has_rows(layers, "districts"):
        return
    rows = district_table(layers, summary)
    book.fill(sheet, top + 1, 0, _DISTRICT_COLUMNS, rows)
    total = district_total(rows, book.say(Text("合计", "Total")))
    for place, column in enumerate(_DISTRICT_COLUMNS):
        entry = column.read(total), _TOTAL_FORMS.get(column.form, "total")
        book.write(sheet, top + 1 + len(rows), place, entry)
