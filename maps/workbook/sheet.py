"""An open workbook: its formats, and what every sheet of it has in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Generic, TypeVar

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from geo.json_shapes import JsonOptions
from geo.layers.columns import LAYERS
from geo.text import Language, Text
from maps.numbers import never_minus_zero
from maps.workbook.sheet_words import SAMPLE, SHEETS

Entry = tuple[str | float | date | None, str]
"""A cell's value and the name of its format."""

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class SheetColumn(Generic[R]):
    """A column of a table of records.

    Attributes
    ----------
    text : Text
        Its header.
    read : callable
        Takes a record and returns the cell's value.
    form : str
        The name of its format.
    """

    text: Text
    read: Callable[[R], str | float | None]
    form: str = "integer"


_MAX_TEXT = 32_767
"""Characters a cell of Excel takes."""
_MOST_IN_A_NAME = 31
"""Characters Excel takes in the name of a sheet."""
_A4 = 9
"""Excel's number of the paper."""

_FORMATS: Mapping[str, JsonOptions] = {
    "title": {"bold": True, "font_size": 16, "font_color": "#0F4C81"},
    "sample": {"bold": True, "font_color": "#2B1D00", "bg_color": "#F5B82E"},
    "header": {
        "bold": True,
        "font_color": "#FFFFFF",
        "bg_color": "#0F4C81",
        "text_wrap": True,
        "align": "center",
        "border": 1,
        "border_color": "#B9C7D6",
    },
    "text": {"text_wrap": True, "num_format": "@"},
    "integer": {"num_format": "#,##0"},
    "number": {"num_format": "#,##0"},
    "exact": {"num_format": "#,##0.0"},
    "money": {"num_format": "¥#,##0"},
    "share": {"num_format": "0.00%"},
    "percent": {"num_format": "0%"},
    "index": {"num_format": "0.000"},
    "degrees": {"num_format": "0.000000"},
    "date": {"num_format": "yyyy-mm-dd", "align": "center"},
    "total": {"bold": True, "num_format": "#,##0", "top": 1},
    "total_text": {"bold": True, "top": 1},
    "total_share": {"bold": True, "num_format": "0.00%", "top": 1},
    "label": {"font_color": "#55616E", "text_wrap": True, "valign": "top"},
    "wrap": {"text_wrap": True, "valign": "top"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """An open workbook with the formats and the language all its sheets share.

    Attributes
    ----------
    workbook : xlsxwriter.Workbook
        The open file.
    language : Language
        Of sheet names and headers.
    sample : bool
        Whether every sheet says 示例数据.
    formats : Mapping[str, Format]
        Cell formats by name.
    credit : Text | None
        Whom every sheet names for the streets.
    estimate : Text | None
        What every sheet says where figures rest on estimates.
    """

    workbook: xlsxwriter.Workbook
    language: Language
    sample: bool
    formats: Mapping[str, Format]
    credit: Text | None = None
    estimate: Text | None = None

    @property
    def mark(self) -> Text | None:
        """What stands on top of every sheet: that data are invented or estimated."""
        return SAMPLE if self.sample else self.estimate

    def say(self, text: Text) -> str:
        """Return `text` in the workbook's language."""
        return text.into(self.language)

    def sheet(self, key: str, *, landscape: bool = True) -> Worksheet:
        """Add the sheet `key`, set up to print on A4 and to say what is a sample."""
        title = SHEETS[key] if key in SHEETS else LAYERS[key].text
        sheet = self.workbook.add_worksheet(self.say(title)[:_MOST_IN_A_NAME])
        sheet.set_paper(_A4)
        if landscape:
            sheet.set_landscape()
        sheet.set_margins(left=0.5, right=0.5, top=0.7, bottom=0.6)
        sheet.fit_to_pages(1, 0)
        sheet.set_header("&L&A" + (f"&C{self.say(self.mark)}" if self.mark else "") + "&R&D")
        credit = self.say(self.credit) if self.credit else ""
        sheet.set_footer(f"&L&8{credit}&C&P / &N" if credit else "&C&P / &N")
        if self.mark:
            sheet.set_tab_color("#F5B82E")
        return sheet

    def ribbon(self, sheet: Worksheet, row: int, columns: int) -> int:
        """Write what data are (invented, estimated) over `columns` columns; return the next free row."""
        if self.mark is None:
            return row
        for column in range(columns):
            sheet.write_blank(row, column, None, self.formats["sample"])
        sheet.write_string(row, 0, self.say(self.mark), self.formats["sample"])
        return row + 1

    def header(self, sheet: Worksheet, row: int, headers: Sequence[str]) -> None:
        """Write column headers that stay in view and repeat on every printed page."""
        sheet.set_row(row, 32)
        for place, header in enumerate(headers):
            sheet.write_string(row, place, header, self.formats["header"])
        sheet.freeze_panes(row + 1, 0)
        sheet.repeat_rows(0, row)

    def fill(
        self,
        sheet: Worksheet,
        top: int,
        left: int,
        columns: Sequence[SheetColumn[R]],
        records: Sequence[R],
    ) -> None:
        """Write a row a record, from row `top` and column `left` on."""
        for row, record in enumerate(records, start=top):
            for place, column in enumerate(columns, start=left):
                self.write(sheet, row, place, (column.read(record), column.form))

    def write(self, sheet: Worksheet, row: int, column: int, entry: Entry) -> None:
        """Write one cell; text is always written as text, whatever character it begins with."""
        value, form = entry
        if value is None:
            return
        if isinstance(value, str):
            sheet.write_string(row, column, value[:_MAX_TEXT], self.formats[form])
        elif isinstance(value, date):
            sheet.write_datetime(row, column, value, self.formats[form])
        else:
            shown = never_minus_zero(value, _decimals(form))
            sheet.write_number(row, column, shown, self.formats[form])


@cache
def _decimals(form: str) -> int:
    """Return how many decimals of a number the format `form` shows."""
    shown = str(_FORMATS[form].get("num_format", ""))
    return len(shown.partition(".")[2].rstrip("%")) + 2 * shown.endswith("%")


def open_book(
    workbook: xlsxwriter.Workbook,
    language: Language,
    *,
    sample: bool,
    credit: Text | None = None,
    estimate: Text | None = None,
) -> Book:
    """Give `workbook` its formats."""
    base = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "vcenter"}
    formats = {name: workbook.add_format({**base, **more}) for name, more in _FORMATS.items()}
    return Book(
        workbook=workbook,
        language=language,
        sample=sample,
        formats=formats,
        credit=credit,
        estimate=estimate,
    )
