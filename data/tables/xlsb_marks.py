"""What a binary Excel sheet (.xlsb) shows that its values do not tell: errors, merges, hidden rows.

The format is a run of records, each a type, a length and bytes (ECMA's twin, [MS-XLSB] of Microsoft).
"""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path

from data.tables.raw_table import Merge
from data.tables.sheet_marks import SheetMarks, error_text, linked_part

_ROW, _ERROR, _FORMULA_ERROR, _COLUMN, _SHEET, _MERGE = 0, 3, 11, 60, 156, 176
"""Kinds of records ([MS-XLSB])."""
_CELLS = range(1, 12)
_BLANK = 1
"""The kind of an empty cell ([MS-XLSB])."""
_HIDDEN_ROW = 0x10
"""The bit of a hidden row ([MS-XLSB])."""
_MORE = 0x80
"""The bit that says that a number goes on ([MS-XLSB])."""
_WIDE = 200
"""Columns looked at: Excel hides all to the right in one mark."""
_ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}


def xlsb_marks(path: Path, sheet: str) -> SheetMarks:
    """Search the sheet called `sheet` of an .xlsb file.

    Raises
    ------
    ValueError
        If a record is cut short.
    """
    marks = SheetMarks(merges=[])
    with zipfile.ZipFile(path) as book:
        try:
            part = _part_of(book, sheet)
            if part is None:
                raise ValueError(sheet)
            _search(book.read(part), marks)
        except (struct.error, IndexError) as error:
            raise ValueError(str(error)) from error
    return marks


def _search(raw: bytes, marks: SheetMarks) -> None:
    row = 0
    for kind, held in _records(raw):
        if kind in _CELLS and kind != _BLANK:
            marks.rows = max(marks.rows, row + 1)
            marks.columns = max(marks.columns, struct.unpack_from("<I", held)[0] + 1)
        if kind == _ROW:
            row = struct.unpack_from("<I", held)[0]
            marks.rows_held += 1
            marks.hidden_rows += bool(held[11] & _HIDDEN_ROW)
        elif kind in {_ERROR, _FORMULA_ERROR}:
            column = struct.unpack_from("<I", held)[0]
            marks.faults[row, column] = error_text(_ERRORS.get(held[8], "#"))
        elif kind == _COLUMN:
            first, last = struct.unpack_from("<II", held)
            if held[16] & 1:
                marks.hidden_columns.update(range(first, min(last + 1, _WIDE)))
        elif kind == _MERGE and marks.merges is not None:
            top, bottom, left, right = struct.unpack_from("<IIII", held)
            marks.merges.append(Merge(top, left, bottom, right))


def _part_of(book: zipfile.ZipFile, sheet: str) -> str | None:
    """Return the archive's member that holds the sheet."""
    names = set(book.namelist())
    if not {"xl/workbook.bin", "xl/_rels/workbook.bin.rels"} <= names:
        return None
    wanted = next(
        (
            link
            for kind, held in _records(book.read("xl/workbook.bin"))
            if kind == _SHEET
            for link, name in [_two_texts(held, 8)]
            if name == sheet
        ),
        None,
    )
    return linked_part(book, "xl/_rels/workbook.bin.rels", wanted)


def _two_texts(held: bytes, place: int) -> tuple[str, str]:
    texts = []
    for _ in range(2):
        size = 2 * struct.unpack_from("<I", held, place)[0]
        texts.append(held[place + 4 : place + 4 + size].decode("utf-16-le", "replace"))
        place += 4 + size
    return texts[0], texts[1]


def _records(raw: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield types and contents of records."""
    place = 0
    while place < len(raw):
        kind, place = _number(raw, place, 2)
        size, place = _number(raw, place, 4)
        yield kind, raw[place : place + size]
        place += size


def _number(raw: bytes, place: int, most: int) -> tuple[int, int]:
    """Return a number of up to `most` bytes, seven bits each, and where it ends."""
    number = 0
    for step in range(most):
        byte = raw[place + step]
        number |= (byte & ~_MORE) << 7 * step
        if not byte & _MORE:
            return number, place + step + 1
    return number, place + most
