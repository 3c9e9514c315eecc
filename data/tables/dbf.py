"""The encoding of a .dbf: as its .cpg says, else judged from its bytes as for delimited text."""

from __future__ import annotations

import codecs
import glob
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from data.tables.delimited import decoded
from data.words.settling import choose_encoding
from geo.errors import BrokenFileError
from geo.text import Text

_HEADER, _FIELD, _NAME, _END = 32, 32, 11, 0x0D
"""Bytes of a header, a field, a field's name; the byte that ends the fields (dBASE III)."""
_RECORDS = 4_000_000
"""Bytes looked at: enough to tell the encoding."""
_CODE_PAGE_BYTE = 29
"""Where the header says the code page (dBASE III)."""
_CHINESE_PAGE = 0x4D
"""Code page 936."""


def dbf_encoding(shape_file: Path, told: str | None) -> tuple[str, Text]:
    """Return the encoding of the .dbf beside `shape_file`, and how it was decided.

    Raises
    ------
    BrokenFileError
        If its text is in neither the stated nor a known encoding.
    """
    raw = _text_bytes(_beside(shape_file, ".dbf"))
    if told is not None:
        decoded(raw, shape_file.name, told)
        return told, Text(f"按所选的 {told}", f"{told}, as chosen")
    stated = _stated(shape_file)
    if stated is not None:
        try:
            raw.decode(stated)
        except UnicodeDecodeError as error:
            mend = choose_encoding()
            raise BrokenFileError(
                Text(
                    f"{shape_file.name}：.cpg 写的是 {stated}，内容却不是；请{mend.zh}（常见为 gb18030）。",
                    f"{shape_file.name}: the .cpg says {stated}, but the text is not; {mend.en} "
                    "(gb18030 is usual).",
                )
            ) from error
        return stated, Text(f"按 .cpg 所写的 {stated}", f"{stated}, as the .cpg says")
    _, used = decoded(raw, shape_file.name, None)
    return used, Text(f"没有 .cpg，按内容判断为 {used}", f"{used}, judged from the text (no .cpg)")


def _beside(shape_file: Path, suffix: str) -> Path:
    for one in (suffix, suffix.upper()):
        path = shape_file.with_suffix(one)
        if path.exists():
            return path
    return shape_file.with_suffix(suffix)


def _stated(shape_file: Path) -> str | None:
    path = _beside(shape_file, ".cpg")
    if path.exists():
        word = path.read_text("ascii", "replace").strip().lower()
        word = {
            "936": "gb18030",
            "gbk": "gb18030",
            "gb2312": "gb18030",
            "utf8": "utf-8",
            "65001": "utf-8",
        }.get(word.removeprefix("cp"), word)
        try:
            "".encode(word)  # refuses codecs that are for no text
            return codecs.lookup(word).name
        except (LookupError, ValueError):
            return None
    dbf = _beside(shape_file, ".dbf")
    head = dbf.read_bytes()[:_HEADER] if dbf.exists() else b""
    return "gb18030" if len(head) == _HEADER and head[_CODE_PAGE_BYTE] == _CHINESE_PAGE else None


def _text_bytes(path: Path) -> bytes:
    """Return the names of the fields and the cells of a .dbf as one run of bytes."""
    if not path.exists():
        return b""
    raw = path.read_bytes()[:_RECORDS]
    if len(raw) < _HEADER:
        return b""
    header, record = int.from_bytes(raw[8:10], "little"), int.from_bytes(raw[10:12], "little")
    fields, sizes = [], []
    place = _HEADER
    while place + _FIELD <= min(header, len(raw)) and raw[place] != _END:
        fields.append(_whole_name(raw[place : place + _NAME].split(b"\0")[0]))
        sizes.append(raw[place + 16])
        place += _FIELD
    cells = []
    for start in range(header, len(raw) - record + 1, max(record, 1)):
        at = start + 1
        for size in sizes:
            # A cell cut in the middle of a character ends in half of one: leave that to the map reader.
            cells.append(raw[at : at + size].split(b"\0")[0].rstrip())
            at += size
    return b"\n".join([*fields, *(_whole(cell) for cell in cells)])


@contextmanager
def whole_names(shape_file: Path, encoding: str) -> Iterator[Path]:
    """Yield the shapefile, or a copy of it where a field's name ends in half a character.

    The format cuts names at ten bytes wherever that falls, and its reader stumbles over the rest.
    """
    dbf = _beside(shape_file, ".dbf")
    raw = bytearray(dbf.read_bytes())
    place, changed = _HEADER, False
    while place + _FIELD <= len(raw) and raw[place] != _END:
        name = bytes(raw[place : place + _NAME]).split(b"\0")[0]
        whole = _cut_to(name, encoding)
        changed |= whole != name
        raw[place : place + _NAME] = whole.ljust(_NAME, b"\0")
        place += _FIELD
    if not changed:
        yield shape_file
        return
    with TemporaryDirectory(prefix="yizhan-shapefile-") as folder:
        for part in shape_file.parent.glob(f"{glob.escape(shape_file.stem)}.*"):
            if part.is_file():
                shutil.copy(part, folder)
        (Path(folder) / dbf.name).write_bytes(raw)
        yield Path(folder) / shape_file.name


def _cut_to(name: bytes, encoding: str) -> bytes:
    """Return as much of a name as is text in `encoding`."""
    for cut in range(min(4, len(name))):
        try:
            name[: len(name) - cut].decode(encoding)
        except UnicodeDecodeError:
            continue
        return name[: len(name) - cut]
    return name


def _whole_name(name: bytes) -> bytes:
    """Drop the half of a character that a name of full length may end in, in either encoding."""
    if len(name) < _NAME - 1:
        return name
    cut = _cut_to(name, "utf-8")
    return cut if cut != name else _cut_to(name, "gb18030")


def _whole(cell: bytes) -> bytes:
    """Drop the half of a UTF-8 character that a full cell may end in."""
    for cut in range(4):
        part = cell[: len(cell) - cut]
        try:
            part.decode("utf-8")
        except UnicodeDecodeError:
            continue
        return part
    return cell
