"""The rows that were not taken, as an Excel file to mend and send again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import xlsxwriter

from data.excel.excel_file import new_workbook
from data.reading.reading import Reading
from data.words.cell_problem import Problem
from geo.text import Language, Text

_LONGEST_CELL = 32_000
"""Excel takes 32,767 characters a cell."""


def write_rejects(source: Path, reading: Reading, language: Language = Language.ZH) -> Path:
    """Write the rejected rows beside the source as Excel, with what is wrong and the mend.

    Cells are written as text, so that nothing in them runs as a formula.
    """
    path = source.with_name(f"{source.stem}-退回.xlsx")
    heads = [
        Text("行号", "Row").into(language),
        Text("问题", "Problem").into(language),
        Text("修改建议", "Mend").into(language),
        *reading.rejects.columns,
    ]
    by_place: dict[tuple[str, int], list[Problem]] = defaultdict(list)
    for problem in reading.problems:
        by_place[problem.sheet, problem.row].append(problem)
    with new_workbook(path) as book:
        sheet = book.add_worksheet(Text("退回", "Rejects").into(language))
        sheet.write_row(0, 0, heads, book.add_format({"bold": True, "bg_color": "#f2f2f2"}))
        wrap = book.add_format({"text_wrap": True, "valign": "top"})
        cells = reading.rejects.to_numpy()
        for line, row in enumerate(reading.rejects.index.tolist(), start=1):
            place = reading.table.place(row)
            name = reading.table.row_name(row).into(language) if place[0] else place[1]
            _write_reject(
                sheet, wrap, line, name, cells[line - 1].tolist(), by_place[place], language
            )
        sheet.set_column(1, 2, 40)
        sheet.freeze_panes(1, 1)
    return path


def _write_reject(
    sheet: xlsxwriter.worksheet.Worksheet,
    wrap: object,
    line: int,
    name: int | str,
    cells: Sequence[object],
    problems: Sequence[Problem],
    language: Language,
) -> None:
    says = "\n".join(f"{one.column}：{one.text.into(language)}" for one in problems)
    mends = "\n".join(dict.fromkeys(one.mend.into(language) for one in problems))
    sheet.write(line, 0, name)
    sheet.write_string(line, 1, says[:_LONGEST_CELL], wrap)
    sheet.write_string(line, 2, mends[:_LONGEST_CELL], wrap)
    for column, value in enumerate(cells, start=3):
        sheet.write_string(line, column, str(value)[:_LONGEST_CELL])
