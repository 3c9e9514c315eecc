"""What an old Excel sheet (.xls) shows that its values do not tell: errors, uncomputed formulas, hidden rows."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from pathlib import Path

import xlrd
from xlrd.compdoc import CompDoc

from data.tables.sheet_marks import NEVER_COMPUTED, SheetMarks, error_text

_BEGIN, _END, _SHEET, _FORMULA = 0x809, 0x0A, 0x85, 0x06
"""Kinds of records ([MS-XLS])."""
_EMPTY_RESULT = b"\x03\x00\x00\x00\x00\x00\xff\xff"
"""What a formula shows that shows nothing: a text without a letter, or that it was never computed."""
_RESULT, _RULE = slice(6, 14), slice(22, None)
_NO_LETTER = b"\x17\x00"
"""In a formula: a text without a letter."""
_WIDE = 0x01
"""The bit that says two bytes a character."""


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
                marks.faults[row, column] = error_text(xlrd.error_text_from_code.get(code, "#"))
    marks.hidden_rows = sum(
        bool(info.hidden) for row, info in cells.rowinfo_map.items() if row < cells.nrows
    )
    marks.hidden_columns = {
        column for column, info in cells.colinfo_map.items() if info.hidden and column < cells.ncols
    }
    marks.faults.update(dict.fromkeys(_never_computed(path, sheet), NEVER_COMPUTED))
    return marks


def _never_computed(path: Path, sheet: str) -> list[tuple[int, int]]:
    """Return the cells of formulas that programs wrote and no Excel computed.

    They look like formulas whose result is a text without a letter. Where another formula of the
    sheet has a result, or the formula itself speaks of such a text, that is what they are.
    """
    try:
        with Path(os.devnull).open("w") as silent:
            raw, start, size = CompDoc(path.read_bytes(), logfile=silent).locate_named_stream(
                "Workbook"
            )
        stream = bytes(raw[start : start + size])
        formulas = [held for kind, held in _records_of(stream, sheet) if kind == _FORMULA]
    except (struct.error, IndexError, TypeError):
        return []  # an older kind of file, or a broken one, which its reader refuses
    shown = [held[_RESULT] != _EMPTY_RESULT for held in formulas]
    if any(shown):
        return []
    return [struct.unpack_from("<HH", held) for held in formulas if _NO_LETTER not in held[_RULE]]


def _records_of(stream: bytes, sheet: str) -> Iterator[tuple[int, bytes]]:
    """Yield types and contents of the records of the sheet called `sheet`."""
    for kind, held in _records(stream, 0):
        if kind == _SHEET and _name(held) == sheet:
            yield from _records(stream, struct.unpack_from("<I", held)[0])
            return


def _name(held: bytes) -> str:
    letters, wide = held[6], held[7] & _WIDE
    return held[8 : 8 + letters * (1 + wide)].decode("utf-16-le" if wide else "latin-1", "replace")


def _records(stream: bytes, place: int) -> Iterator[tuple[int, bytes]]:
    """Yield records from `place` to the end of the part that begins there; charts lie within."""
    depth = 0
    while True:
        kind, size = struct.unpack_from("<HH", stream, place)
        depth += (kind == _BEGIN) - (kind == _END)
        yield kind, stream[place + 4 : place + 4 + size]
        place += 4 + size
        if depth <= 0:
            return
