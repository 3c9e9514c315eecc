"""What an OpenDocument sheet (.ods) shows that its values do not tell: merged ranges, errors, hidden rows."""

from __future__ import annotations

import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

from data.tables.raw_table import Merge
from data.tables.sheet_marks import NEVER_COMPUTED, SheetMarks, error_text

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TYPES = (
    "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}value-type",
    "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}value-type",
)
_CELLS = frozenset({f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"})
_HIDDEN = frozenset({"collapse", "filter"})
_MOST_REPEATED = 200
"""Empty rows and columns to the sheet's end are one element repeated; so many may hold something."""


def ods_marks(path: Path, sheet: str) -> SheetMarks:
    """Search the sheet called `sheet` of an .ods file.

    Raises
    ------
    ValueError, SyntaxError, OSError, zipfile.BadZipFile
        If its XML cannot be read.
    """
    marks = SheetMarks(merges=[])
    with zipfile.ZipFile(path) as book, book.open("content.xml") as content:
        inside, row, column = False, 0, 0
        for event, node in ET.iterparse(content, events=("start", "end")):  # noqa: S314 - expat expands no entities past its own limit
            if node.tag == f"{_TABLE}table":
                inside = event == "start" and node.get(f"{_TABLE}name") == sheet
            elif event == "end" and inside:
                if node.tag == f"{_TABLE}table-column":
                    column = _column(node, column, marks)
                elif node.tag == f"{_TABLE}table-row":
                    row = _row(node, row, marks)
            if event == "end" and node.tag == f"{_TABLE}table-row":
                node.clear()
    return marks


def _times(node: ET.Element, what: str) -> int:
    return int(node.get(f"{_TABLE}number-{what}-repeated", "1"))


def _column(node: ET.Element, column: int, marks: SheetMarks) -> int:
    times = _times(node, "columns")
    if node.get(f"{_TABLE}visibility") in _HIDDEN and times <= _MOST_REPEATED:
        marks.hidden_columns.update(range(column, column + times))
    return column + times


def _row(node: ET.Element, row: int, marks: SheetMarks) -> int:
    """Look at one row, which may stand for several equal ones; return the number of the next."""
    times = _times(node, "rows")
    column, filled = 0, False
    for cell in node:
        if cell.tag not in _CELLS:
            continue
        repeated = _times(cell, "columns")
        if len(cell):
            filled = True
            marks.columns = max(marks.columns, column + 1)
        if times <= _MOST_REPEATED and repeated <= _MOST_REPEATED:
            _cell(cell, range(row, row + times), range(column, column + repeated), marks)
        column += repeated
    if filled:
        marks.rows = row + 1
        marks.rows_held += 1
    if filled and node.get(f"{_TABLE}visibility") in _HIDDEN:
        marks.hidden_rows += times
    return row + times


def _cell(cell: ET.Element, rows: range, columns: range, marks: SheetMarks) -> None:
    down, across = (
        int(cell.get(f"{_TABLE}number-{what}-spanned", "1")) for what in ("rows", "columns")
    )
    if marks.merges is not None and (down > 1 or across > 1):
        top, left = rows.start, columns.start
        marks.merges.append(Merge(top, left, top + down - 1, left + across - 1))
    kinds = [cell.get(one) for one in _TYPES]
    told = None
    if "error" in kinds:
        told = error_text("".join(cell.itertext()).strip() or "#")
    elif cell.get(f"{_TABLE}formula") is not None and kinds[0] is None and not len(cell):
        told = NEVER_COMPUTED
    if told is not None:
        marks.faults.update({(row, column): told for row in rows for column in columns})
