"""results.xlsx: the answers as sheets the office can sort, print and pass on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

import geopandas as gpd
import pandas as pd
import xlsxwriter

from geo.fields import about
from geo.layers.columns import layers_with
from geo.layers.roles import Role
from geo.summary.run import RunFacts, RunSummary
from geo.text import Language, Text
from maps.district_table import district_names
from maps.estimate_words import estimate_mark
from maps.records import check_layers
from maps.workbook.coverage_sheets import (
    capacity_sheet,
    equity_sheet,
    range_sheet,
    subdistrict_sheet,
    table_sheet,
    week_sheet,
)
from maps.workbook.layer_sheets import district_sheet, layer_sheet
from maps.workbook.rule_rows import rule_rows
from maps.workbook.sheet import Book, open_book
from maps.workbook.sheet_words import DEFINITIONS, SUMMARY_ROWS, TITLE

# Text stays text: a cell that begins with = + - @ must never become a formula or a link.
TEXT_STAYS_TEXT = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def write_workbook(
    path: Path,
    layers: Mapping[str, gpd.GeoDataFrame],
    summary: RunSummary,
    *,
    tables: Mapping[str, pd.DataFrame] | None = None,
    language: Language | str = Language.ZH,
    sample: bool = False,
    credit: Text | None = None,
) -> None:
    """Write the results as an Excel workbook.

    Parameters
    ----------
    path : Path
        The ``.xlsx`` file; written beside itself first and renamed, so a crash leaves no half.
    layers : Mapping[str, GeoDataFrame]
        Any of ``gaps, sites, actions, districts, workers, stations, yizhan, bus_stops, bus_routes``
        (columns of :mod:`geo.layers.columns`), EPSG:4326.
    summary : RunSummary
        The figures; the rules they were made by, and when, stand on the sheet 说明.
    tables : Mapping[str, DataFrame] | None
        ``coverage_hours`` and ``coverage_reach`` of :mod:`geo.coverage.tables`, where known.
    language : Language
        Of headers and sheet names.
    sample : bool
        Whether every sheet says 示例数据.
    credit : Text | None
        Whom every sheet names for the streets; None where they are invented.

    Raises
    ------
    CrsError
        If a layer is not in EPSG:4326.
    """
    check_layers(layers)
    partial = path.with_name(path.name + ".part")
    with xlsxwriter.Workbook(str(partial), TEXT_STAYS_TEXT) as workbook:
        workbook.set_properties({"title": TITLE.into(language), "author": "yizhan"})
        book = open_book(
            workbook,
            Language(language),
            sample=sample,
            credit=credit,
            estimate=estimate_mark(summary),
        )
        _about_sheet(book, summary.facts)
        _summary_sheet(book, summary)
        for layer in ("gaps", "sites", "actions"):
            layer_sheet(book, layer, layers)
        district_sheet(book, layers, summary)
        subdistrict_sheet(book, summary.coverage, district_names(layers))
        _coverage_sheets(book, summary, tables or {}, district_names(layers))
        further = layers_with(Role.MARKED, Role.IN_WORKBOOK)
        for layer in ("bus_stops", "bus_routes", *(name for name in further if name in layers)):
            layer_sheet(book, layer, layers)
    partial.replace(path)


def _coverage_sheets(
    book: Book,
    summary: RunSummary,
    tables: Mapping[str, pd.DataFrame],
    names: Mapping[str, str],
) -> None:
    week_sheet(book, summary.coverage)
    range_sheet(book, summary.coverage)
    equity_sheet(book, summary.coverage, names)
    capacity_sheet(book, summary.coverage, names)
    for name in ("coverage_hours", "coverage_reach"):
        table_sheet(book, name, tables.get(name), names)


def _about_sheet(book: Book, facts: RunFacts | None) -> None:
    sheet = book.sheet("about", landscape=False)
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 78)
    sheet.set_row(0, 30)
    book.write(sheet, 0, 0, (book.say(TITLE), "title"))
    top = book.ribbon(sheet, 1, 2) + 1
    made = datetime.now().astimezone() if facts is None else facts.made
    rows = [(book.say(Text("生成时间", "Made")), made.isoformat(timespec="minutes"))]
    if book.credit:
        rows.append((book.say(Text("数据来源", "Source")), book.say(book.credit)))
    if facts is not None:
        rows += rule_rows(facts.parameters, book.language)
    rows += [(book.say(term), book.say(meaning)) for term, meaning in DEFINITIONS]
    for row, (label, value) in enumerate(rows, start=top):
        book.write(sheet, row, 0, (label, "label"))
        book.write(sheet, row, 1, (value, "wrap"))


def _summary_sheet(book: Book, summary: RunSummary) -> None:
    sheet = book.sheet("summary", landscape=False)
    sheet.set_column(0, 0, 46)
    sheet.set_column(1, 1, 18)
    top = book.ribbon(sheet, 0, 2)
    book.header(sheet, top, [book.say(Text("指标", "Figure")), book.say(Text("数值", "Value"))])
    seconds = summary.facts.seconds if summary.facts else {}
    label = book.say(Text("用时（秒）", "Seconds"))
    figures = [
        *_figures(book, summary),
        *((f"{label} {step}", s, "exact") for step, s in seconds.items()),
    ]
    for row, (name, value, form) in enumerate(figures, start=top + 1):
        book.write(sheet, row, 0, (name, "text"))
        book.write(sheet, row, 1, (value, form))


def _figures(book: Book, summary: RunSummary) -> Iterator[tuple[str, float, str]]:
    """Yield the label, the value and the format of each figure that is known."""
    for step, name, form in SUMMARY_ROWS:
        part = getattr(summary, step) if step else summary
        value = None if part is None else getattr(part, name)
        if value is not None:
            words = about(type(part), name)
            yield book.say(words.text if form == "share" else words.label), value, form
