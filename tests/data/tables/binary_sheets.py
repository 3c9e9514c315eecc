"""Writes .xlsb workbooks, which no library of ours can, record by record."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_TYPES = (
    f'{_XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="bin" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/>'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    "</Types>"
)


def xlsb(
    rows: Sequence[Sequence[object]],
    *,
    errors: Collection[tuple[int, int]] = (),
    merges: Sequence[tuple[int, int, int, int]] = (),
    hidden: Collection[int] = (),
) -> Callable[[Path], Path]:
    """Return a writer of one sheet.

    Parameters
    ----------
    rows : Sequence[Sequence[object]]
        Texts, numbers and None.
    errors : Collection[tuple[int, int]]
        Cells (row, column from 0) that are #N/A.
    merges : Sequence[tuple[int, int, int, int]]
        First and last row, first and last column.
    hidden : Collection[int]
        Rows.
    """
    sheet = _record(129) + _record(148, struct.pack("<IIII", 0, len(rows) - 1, 0, 9)) + _record(145)
    for number, row in enumerate(rows):
        flags = 0x10 if number in hidden else 0
        sheet += _record(0, struct.pack("<IIHBBBI", number, 0, 300, 0, flags, 0, 0))
        for column, value in enumerate(row):
            sheet += _cell(column, "#" if (number, column) in errors else value)
    sheet += _record(146)
    if merges:
        sheet += _record(177, struct.pack("<I", len(merges)))
        sheet += b"".join(_record(176, struct.pack("<IIII", *merge)) for merge in merges)
        sheet += _record(178)
    sheet += _record(130)
    named = struct.pack("<II", 0, 1) + _text("rId1") + _text("名单")
    book = _record(131) + _record(143) + _record(156, named) + _record(144) + _record(132)

    def write(folder: Path) -> Path:
        with zipfile.ZipFile(folder / "s.xlsb", "w") as archive:
            archive.writestr("[Content_Types].xml", _TYPES)
            archive.writestr("_rels/.rels", _link("officeDocument", "xl/workbook.bin"))
            archive.writestr(
                "xl/_rels/workbook.bin.rels", _link("worksheet", "worksheets/sheet1.bin")
            )
            archive.writestr("xl/workbook.bin", book)
            archive.writestr("xl/worksheets/sheet1.bin", sheet)
        return folder / "s.xlsb"

    return write


def _cell(column: int, value: object) -> bytes:
    head = struct.pack("<II", column, 0)
    if value is None:
        return b""
    if value == "#":
        return _record(3, head + bytes([0x2A]))
    if isinstance(value, str):
        return _record(6, head + _text(value))
    return _record(5, head + struct.pack("<d", value))


def _link(kind: str, target: str) -> str:
    space = "http://schemas.openxmlformats.org"
    return (
        f'{_XML}<Relationships xmlns="{space}/package/2006/relationships"><Relationship Id="rId1" '
        f'Type="{space}/officeDocument/2006/relationships/{kind}" Target="{target}"/></Relationships>'
    )


def _text(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def _record(kind: int, held: bytes = b"") -> bytes:
    return _number(kind) + _number(len(held)) + held


def _number(number: int) -> bytes:
    """Write a number seven bits at a time, the lowest first."""
    written = b""
    while True:
        number, low = number >> 7, number & 0x7F
        written += bytes([low | (0x80 if number else 0)])
        if not number:
            return written
