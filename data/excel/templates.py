"""Blank Excel templates with example rows, notes and drop-downs."""

from __future__ import annotations

from pathlib import Path

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from data.excel.excel_file import MOST_IN_A_NAME, new_workbook
from data.tables.record_rows import EXAMPLE_MARK
from geo.errors import BadInputError
from geo.layers.columns import Column, Layer
from geo.text import Language, Text

_ROWS = 5000
"""Rows with choices: more than a district has stations."""
LON = Column("lon", "number", Text("经度", "Longitude"), required=True)
LAT = Column("lat", "number", Text("纬度", "Latitude"), required=True)
YES, NO = Text("是", "yes"), Text("否", "no")
_EXAMPLES: dict[str, str] = {
    "id": f"{EXAMPLE_MARK}1",
    "name": "示例路社区党群服务中心驿站",
    "address": "示例路1号",
    "district": "市南区",
    "subdistrict": "示例街道",
    "opening_hours": "周一至周五 8:30-17:30",
    "active_hours": "每天 10:00-21:00",
    "phone": "0532-55500000",
    "operator": "示例街道总工会",
    "updated": "2026-10-31",
    "open_from": "09:00",
    "open_until": "17:30",
    "contact": "示例联系人",
}
_NOTES: dict[str, Text] = {
    "hours": Text("如：周一至周五 8:30-17:30；24小时", "Such as Mo-Fr 08:30-17:30 or 24/7"),
    "words": Text("多个设施用顿号或分号隔开", "Separate several with ;"),
    "word": Text("请从下拉列表中选择", "Choose from the list"),
    "date": Text("如 2026-10-31", "Such as 2026-10-31"),
    "time": Text("24 小时制，如 08:30", "24-hour clock, such as 08:30"),
    "integer": Text("只写整数", "Whole number"),
    "number": Text("只写数字", "Number"),
    "flag": Text("是 或 否", "Yes or no"),
}


def write_template(layer: Layer, path: Path, language: Language | str = Language.ZH) -> None:
    """Write a template for `layer`; its example row is recognised and skipped on import.

    Raises
    ------
    BadInputError
        If the layer is made of areas, which no table can hold.
    """
    if "Point" not in layer.geometry:
        raise BadInputError(
            Text(
                f"{layer.text.zh}是面图层，没有 Excel 模板：请用 GeoJSON、GeoPackage 或 Shapefile。",
                f"{layer.text.en} are areas; use GeoJSON, GeoPackage or Shapefile.",
            )
        )
    columns = (*layer.columns, LON, LAT)
    with new_workbook(path) as book:
        _fill_in(book, layer, columns, language)
        _explain(book, columns, language)


def _fill_in(
    book: xlsxwriter.Workbook, layer: Layer, columns: tuple[Column, ...], language: Language | str
) -> None:
    sheet = book.add_worksheet(layer.text.into(language)[:MOST_IN_A_NAME])
    plain = book.add_format({"bold": True, "bg_color": "#DCE9F5", "border": 1})
    must = book.add_format({"bold": True, "bg_color": "#FBE3D6", "border": 1})
    grey = book.add_format({"italic": True, "font_color": "#808080"})
    for number, column in enumerate(columns):
        star = "*" if column.required and column.name != "id" else ""
        sheet.write_string(0, number, star + column.text.into(language), must if star else plain)
        note = _NOTES.get(column.dtype)
        if note is not None:
            sheet.write_comment(0, number, note.into(language))
        sheet.write_string(1, number, _example(column, language), grey)
        if column.words is not None and column.dtype == "word":
            sheet.data_validation(
                2,
                number,
                _ROWS,
                number,
                {
                    "validate": "list",
                    "source": f"='{_CHOICES.into(language)}'!${_letter(number)}$2:"
                    f"${_letter(number)}${len(column.words) + 1}",
                },
            )
        elif column.dtype == "flag":
            choose_yes_or_no(sheet, number, 2, _ROWS, language)
    sheet.set_column(0, len(columns) - 1, 18)
    sheet.freeze_panes(1, 0)


def choose_yes_or_no(
    sheet: Worksheet, column: int, first_row: int, last_row: int, language: Language | str
) -> None:
    """Let the cells of a flag's column be chosen from a list."""
    yes_no = [text.into(language) for text in (YES, NO)]
    sheet.data_validation(
        first_row, column, last_row, column, {"validate": "list", "source": yes_no}
    )


_CHOICES = Text("可选值", "Choices")


def _explain(
    book: xlsxwriter.Workbook, columns: tuple[Column, ...], language: Language | str
) -> None:
    """List the closed sets, under the same letters as on the first sheet."""
    sheet = book.add_worksheet(_CHOICES.into(language))
    bold = book.add_format({"bold": True})
    for number, column in enumerate(columns):
        if column.words is None:
            continue
        sheet.write_string(0, number, column.text.into(language), bold)
        for row, word in enumerate(column.words, start=1):
            sheet.write_string(row, number, word.text.into(language))
    sheet.set_column(0, len(columns) - 1, 18)


def _letter(number: int) -> str:
    return chr(ord("A") + number) if number < 26 else "A" + chr(ord("A") + number - 26)  # noqa: PLR2004 - letters


def _example(column: Column, language: Language | str) -> str:
    if column.name in {"lon", "lat"}:
        return "120.3826" if column.name == "lon" else "36.0671"
    if column.words is not None:
        words = list(column.words)
        if column.dtype == "words":
            return "、".join(word.text.into(language) for word in words[:3])
        return words[0].text.into(language)
    if column.dtype == "flag":
        return NO.into(language)
    if column.dtype in {"integer", "number"}:
        return "50"
    return _EXAMPLES.get(column.name, "")
