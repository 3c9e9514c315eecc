"""What an Excel sheet shows that its values do not tell: errors, uncomputed formulas, hidden rows.

Readers of values return such cells empty. The sheet's XML is searched in pieces, so that memory
does not follow its size.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from xml.etree import ElementTree as ET

from data.tables.raw_table import Merge
from geo.text import Text

_PIECE = 1 << 22
"""Bytes read at once: memory stays bounded."""
_CELL = re.compile(
    rb"<(?:\w+:)?c\b([^>]*?)(?:/>|>((?:(?!</(?:\w+:)?c>).)*)</(?:\w+:)?c>)", re.DOTALL
)
_ROW_HIDDEN = re.compile(rb"<(?:\w+:)?row\b[^>]*\bhidden=\"(?:1|true)\"")
_COLUMN_HIDDEN = re.compile(
    rb"<(?:\w+:)?col\b(?=[^>]*\bhidden=\"(?:1|true)\")(?=[^>]*\bmin=\"(\d+)\")(?=[^>]*\bmax=\"(\d+)\")"
)
_PLACE = re.compile(rb"\br=\"([A-Z]{1,3})(\d{1,7})\"")
_VALUE = re.compile(rb"<(?:\w+:)?v>[^<]|<(?:\w+:)?is>")
_SHOWN = re.compile(rb"<(?:\w+:)?v>([^<]*)<")
_RELATED = tuple(
    f"{{{space}/officeDocument{year}/relationships}}id"
    for space, year in (
        ("http://schemas.openxmlformats.org", "/2006"),
        ("http://purl.oclc.org/ooxml", ""),
    )
)
"""As usual, and in files saved as strict."""
_STYLE = re.compile(rb"\bs=\"(\d+)\"")
_ZEROS = re.compile(r"0{2,}")
_ROW = re.compile(rb"row [^>]*?\br=\"(\d{1,9})\"")
_FAR_COLUMN = re.compile(rb" r=\"([A-Z]{2,3})\d+\"[^>]*(?<!/)>")
_LETTERS = 26
"""Columns A to Z."""
_WIDE = 200
"""Columns looked at: Excel hides all to the right in one mark."""


@dataclass(kw_only=True)
class SheetMarks:
    """What a sheet's values do not tell.

    Attributes
    ----------
    faults : dict[tuple[int, int], Text]
        Cells (row, column from 0) with an error or a formula without a value.
    hidden_rows : int
        How many.
    hidden_columns : set[int]
        Which (from 0).
    merges : list[Merge] | None
        Merged ranges, where the reader of values does not tell them.
    padded : dict[tuple[int, int], int]
        Digits of cells whose number is shown with zeros before it (007).
    rows, columns : int
        How far its cells reach, as far as that is told; 0 where it is not.
    rows_held : int
        Rows that the file holds; those between them are empty.
    """

    faults: dict[tuple[int, int], Text] = field(default_factory=dict)
    hidden_rows: int = 0
    hidden_columns: set[int] = field(default_factory=set)
    merges: list[Merge] | None = None
    padded: dict[tuple[int, int], int] = field(default_factory=dict)
    rows: int = 0
    columns: int = 0
    rows_held: int = 0


def error_text(name: str) -> Text:
    """Say that a cell is the error called `name`."""
    return Text(f"单元格是错误值 {name}。", f"The cell is the error {name}.")


NEVER_COMPUTED = Text(
    "单元格是公式，文件里没有存它的结果。", "The cell is a formula without a stored value."
)


def xlsx_marks(path: Path, sheet: str) -> SheetMarks:
    """Search the sheet called `sheet` of an .xlsx file; nothing is found in other formats."""
    marks = SheetMarks()
    if not zipfile.is_zipfile(path):
        return marks
    with zipfile.ZipFile(path) as book:
        part = _part_of(book, sheet)
        if part is None:
            return marks
        padding = _padding_styles(book)
        with book.open(part) as stream:
            for piece in _pieces(stream):  # type: ignore[arg-type]
                _search(piece, marks)
                _reach(piece, marks)
                _search_padded(piece, padding, marks)
    return marks


def _part_of(book: zipfile.ZipFile, sheet: str) -> str | None:
    """Return the archive's member that holds the sheet."""
    names = set(book.namelist())
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        return None
    root = ET.fromstring(book.read("xl/workbook.xml"))  # noqa: S314 - expat expands no entities past its own limit
    wanted = next(
        (
            node.get(_RELATED[0], node.get(_RELATED[1]))
            for node in root.iter()
            if node.tag.endswith("}sheet") and node.get("name") == sheet
        ),
        None,
    )
    return linked_part(book, "xl/_rels/workbook.xml.rels", wanted)


def linked_part(book: zipfile.ZipFile, links: str, wanted: str | None) -> str | None:
    """Return the archive's member that the link `wanted` of the member `links` leads to."""
    for link in ET.fromstring(book.read(links)):  # noqa: S314 - as above
        if link.get("Id") == wanted:
            target = str(link.get("Target"))
            part = (
                target.lstrip("/") if target.startswith("/") else str(PurePosixPath("xl", target))
            )
            return part if part in book.namelist() else None
    return None


def _pieces(stream: zipfile.ZipExtFile) -> Iterator[bytes]:
    """Cut the XML between rows."""
    rest = b""
    while chunk := stream.read(_PIECE):
        text = rest + chunk
        cut = text.rfind(b"row>") + len(b"row>")
        if cut < len(b"row>"):
            rest = text
            continue
        yield text[:cut]
        rest = text[cut:]
    yield rest


def _reach(piece: bytes, marks: SheetMarks) -> None:
    """Note how far cells with a value reach; columns up to Z are too few to matter."""
    marks.rows_held += piece.count(b"<row") or piece.count(b":row") // 2
    last = max(piece.rfind(end) for end in (b"</v>", b"</is>", b":v>", b":is>"))
    row = _ROW.match(piece, max(piece.rfind(b"row ", 0, max(last, 0)), 0))
    marks.rows = max(marks.rows, int(row[1]) if row else 0)
    wide = {_column(name) + 1 for name in set(_FAR_COLUMN.findall(piece))}
    marks.columns = max(marks.columns, *wide, _LETTERS)


def _padding_styles(book: zipfile.ZipFile) -> dict[bytes, int]:
    """Return the digits that styles of cells show at least, by the style's number: format 000."""
    if "xl/styles.xml" not in book.namelist():
        return {}
    root = ET.fromstring(book.read("xl/styles.xml"))  # noqa: S314 - as above
    digits = {
        node.get("numFmtId"): len(code)
        for node in root.iter()
        if node.tag.endswith("}numFmt") and _ZEROS.fullmatch(code := node.get("formatCode", ""))
    }
    cells = next((node for node in root if node.tag.endswith("}cellXfs")), None)
    return {
        str(number).encode(): digits[style.get("numFmtId")]
        for number, style in enumerate([] if cells is None else cells)
        if style.get("numFmtId") in digits
    }


def _search_padded(piece: bytes, padding: dict[bytes, int], marks: SheetMarks) -> None:
    if not padding:
        return
    for attributes, _ in _CELL.findall(piece):
        style, place = _STYLE.search(attributes), _PLACE.search(attributes)
        if style and place and style[1] in padding:
            marks.padded[int(place[2]) - 1, _column(place[1])] = padding[style[1]]


def _search(piece: bytes, marks: SheetMarks) -> None:
    if b"hidden=" in piece:
        marks.hidden_rows += len(_ROW_HIDDEN.findall(piece))
        for first, last in _COLUMN_HIDDEN.findall(piece):
            marks.hidden_columns.update(range(int(first) - 1, min(int(last), _WIDE)))
    if b't="e"' not in piece and b":f" not in piece and b"<f" not in piece:
        return
    for attributes, inside in _CELL.findall(piece):
        place = _PLACE.search(attributes)
        if place is None:
            continue
        where = int(place[2]) - 1, _column(place[1])
        if b't="e"' in attributes:
            shown = _SHOWN.search(inside)
            name = shown[1].decode("utf-8", "replace") if shown else "#"
            marks.faults[where] = error_text(name)
        elif (b"<f" in inside or b":f" in inside) and not _VALUE.search(inside):
            if b't="str"' in attributes and b"<v></v>" in inside:
                continue
            marks.faults[where] = NEVER_COMPUTED


def _column(name: bytes) -> int:
    number = 0
    for letter in name:
        number = number * 26 + letter - ord("A") + 1
    return number - 1
