"""What an old Excel sheet (.xls) shows that its values do not tell: errors, hidden rows and columns."""

from __future__ import annotations

import os
from pathlib import Path

import xlrd
from xlrd.compdoc import CompDoc

from data.tables.sheet_marks import SheetMarks, error_told


def check_compound(path: Path) -> None:
    """Refuse an .xls file whose chains of sectors are broken or run in a circle.

    The reader of values would follow such a chain for ever and fill the memory.

    Raises
    ------
    ValueError
        If it is so.
    """
    try:
        with Path(os.devnull).open("w") as silent:
            CompDoc(path.read_bytes(), logfile=silent)
    except Exception as error:  # on broken files the library raises errors of any kind
        raise ValueError(str(error)) from error


def xls_marks(path: Path, sheet: str) -> SheetMarks:
    """Search the sheet called `sheet` of an .xls file.

    Raises
    ------
    ValueError
        If the file cannot be read.
    """
    marks = SheetMarks()
    try:
        with Path(os.devnull).open("w") as silent:
            book = xlrd.open_workbook(path, formatting_info=True, on_demand=True, logfile=silent)
            cells = book.sheet_by_name(sheet)
    except Exception as error:  # on broken files the library raises errors of any kind
        raise ValueError(str(error)) from error
    for row in range(cells.nrows):
        for column, kind in enumerate(cells.row_types(row)):
            if kind == xlrd.XL_CELL_ERROR:
                code = cells.cell_value(row, column)
                marks.faults[row, column] = error_told(xlrd.error_text_from_code.get(code, "#"))
    marks.hidden_rows = sum(
        bool(info.hidden) for row, info in cells.rowinfo_map.items() if row < cells.nrows
    )
    marks.hidden_columns = {
        column for column, info in cells.colinfo_map.items() if info.hidden and column < cells.ncols
    }
    return marks
