"""Delimited text (CSV, TSV, TXT): encoding, separator and quotes settled before a row is read."""

from __future__ import annotations

import codecs
import csv
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from data.tables.cell_text import held_once
from data.tables.raw_table import RawTable
from data.words.settling import choose_encoding
from geo.errors import BadInputError, BrokenFileError
from geo.text import Text

SUFFIXES = (".csv", ".tsv", ".txt", ".tab")
"""Endings of delimited text."""
SEPARATORS = ",;\t|，；^~"
"""Separators looked for, the usual ones first."""
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_HEAD_LINES = 40
"""Lines: titles and notes stand above a header, seldom more than these."""
_SAMPLE = 1 << 16
"""Characters that tell the encoding and the separator."""
_BEGINNING = 1 << 20
"""Bytes: a megabyte holds the header of any table."""
_COMMON_SHARE = 0.85
"""Chosen: in the right encoding nearly all characters are common ones, in a wrong one they are not."""
_LEAST_CHARACTERS = 8
"""Fewer foreign characters tell nothing of the encoding."""
_ASCII = 128
"""Characters below are alike in every encoding."""
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_WORDS = {",": "逗号", ";": "分号", "\t": "制表符", "|": "竖线", "，": "中文逗号", "；": "中文分号"}

# A cell may be as long as the file; how long a text may be is the columns' business.
csv.field_size_limit(sys.maxsize)


@dataclass(frozen=True)
class Delimited:
    """A text file cut into rows.

    Attributes
    ----------
    table : RawTable
        Its rows.
    encoding, separator : str
        As used.
    """

    table: RawTable
    encoding: str
    separator: str

    @property
    def encoding_told(self) -> Text:
        """How the text was read."""
        return Text(f"按 {self.encoding} 编码读取", f"read as {self.encoding}")

    @property
    def separator_told(self) -> Text:
        """What separates the cells."""
        return Text(
            f"以{_WORDS.get(self.separator, self.separator)}分隔",
            f"separated by {self.separator!r}",
        )


def read_delimited(
    path: Path, name: str, encoding: str | None, matches: Callable[[Sequence[str]], int]
) -> Delimited:
    """Read a delimited file.

    Parameters
    ----------
    path : Path
        The file.
    name : str
        What its table is called.
    encoding : str | None
        As told; judged from the bytes when None.
    matches : Callable[[Sequence[str]], int]
        How many cells of a row are known headers: the separator is the one that shows most.

    Raises
    ------
    BrokenFileError
        If the bytes are in no known encoding.
    BadInputError
        If a quote is opened and never closed.
    """
    text, used = decoded(path.read_bytes(), path.name, encoding)
    told, text = _told_separator(text)
    separator = told or _separator(text, matches)
    rows, numbers = _rows(text, separator, path.name)
    shift = 1 if told else 0
    lines = [number + shift for number in numbers]
    return Delimited(RawTable(name=name, rows=rows, numbers=lines), used, separator)


@dataclass(frozen=True, slots=True)
class Beginning:
    """How a delimited file is cut, judged by its first megabyte.

    Attributes
    ----------
    encoding, separator : str
        As to be used.
    header_row : int
        Line of the headers, from 0.
    headers : tuple[str, ...]
        As written there.
    """

    encoding: str
    separator: str
    header_row: int
    headers: tuple[str, ...]


def look_at(path: Path, encoding: str | None, matches: Callable[[Sequence[str]], int]) -> Beginning:
    """Judge a file too large to be held by its beginning, as :func:`read_delimited` judges it whole.

    Raises
    ------
    BrokenFileError
        If the bytes are in no known encoding.
    """
    with path.open("rb") as file:
        raw = file.read(_BEGINNING)
    tried = (encoding,) if encoding is not None else _likely(raw)
    for one in tried:
        try:
            text = codecs.getincrementaldecoder(one)("strict").decode(raw)
        except (UnicodeDecodeError, LookupError):
            continue
        if one == "gb18030" and encoding is None and not _is_common(text):
            continue
        separator = _told_separator(text)[0] or _separator(text, matches)
        rows = list(csv.reader(text.splitlines()[:_HEAD_LINES], delimiter=separator))
        best = max(range(len(rows)), key=lambda row: matches(rows[row]), default=0)
        headers = tuple(cell.strip() for cell in rows[best]) if rows else ()
        return Beginning(one, separator, best, headers)
    raise _undecodable(path.name, tried)


def decoded(raw: bytes, name: str, encoding: str | None) -> tuple[str, str]:
    """Decode strictly: as told, else by the byte-order mark, else UTF-8, else GB18030."""
    tried = (encoding,) if encoding is not None else _likely(raw)
    for one in tried:
        try:
            text = raw.decode(one)
        except (UnicodeDecodeError, LookupError):
            continue
        if one != "gb18030" or encoding is not None or _is_common(text):
            return text, one.removesuffix("-sig")
    raise _undecodable(name, tried)


def _undecodable(name: str, tried: Sequence[str]) -> BrokenFileError:
    mend = choose_encoding()
    return BrokenFileError(
        Text(
            f"{name}：不是 {'、'.join(tried)} 编码的文字；请另存为 UTF-8，或{mend.zh}。",
            f"{name}: is no text in {' or '.join(tried)}; save it as UTF-8 or {mend.en}.",
        )
    )


def _likely(raw: bytes) -> tuple[str, ...]:
    for mark, encoding in _BOMS:
        if raw.startswith(mark):
            return (encoding,)
    head = raw[:_SAMPLE]
    # Every other byte of ASCII in UTF-16 is zero, and no text in the other encodings has zeros.
    if head.count(0) * 5 > len(head):
        odd = head[1::2].count(0) >= head[::2].count(0)
        return ("utf-16-le" if odd else "utf-16-be",)
    return "utf-8", "gb18030"


def _is_common(text: str) -> bool:
    """Whether the Chinese of `text` is of everyday characters, as no other encoding shows."""
    foreign = [mark for mark in text[:_SAMPLE] if ord(mark) >= _ASCII]
    if len(foreign) < _LEAST_CHARACTERS:
        return True
    common = sum(_in_gb2312(mark) for mark in foreign)
    return common >= _COMMON_SHARE * len(foreign)


def _in_gb2312(mark: str) -> bool:
    try:
        mark.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _told_separator(text: str) -> tuple[str | None, str]:
    """Read Excel's own first line ``sep=;`` where there is one."""
    first = text[: len('"sep=x"\r')].partition("\n")[0]
    word = first.strip('\r"').lower()
    if not word.startswith("sep=") or len(word) != len("sep=x"):
        return None, text
    return word[4:], text.partition("\n")[2]


def _separator(text: str, matches: Callable[[Sequence[str]], int]) -> str:
    """Return the separator under which a row among the first shows most known headers."""
    head = text[:_SAMPLE].splitlines()[:_HEAD_LINES]

    def shown(separator: str) -> tuple[int, int]:
        rows = list(csv.reader(head, delimiter=separator))
        best = max(rows, key=matches, default=[])
        return matches(best), len(best)

    return max(SEPARATORS, key=shown)


def _rows(text: str, separator: str, name: str) -> tuple[list[list[str]], list[int]]:
    """Cut `text` into rows; return them and the line each begins on."""
    # Every system's line ends count and stay on their lines; str.splitlines knows stranger ones,
    # and a stream of text would hold it once more at four bytes a character.
    lines = (found[0] for found in _LINE.finditer(text))
    reader = csv.reader(lines, delimiter=separator, strict=True)
    rows: list[list[str]] = []
    numbers: list[int] = []
    begins = 1
    try:
        if '"' not in text:
            rows = list(held_once(reader))
            return rows, list(range(1, len(rows) + 1))
        for row in held_once(reader):
            if reader.line_num > begins:
                _refuse_swallowed(row, separator, begins, name)
            rows.append(row)
            numbers.append(begins)
            begins = reader.line_num + 1
    except csv.Error as error:
        raise _unclosed(name, begins) from error
    return rows, numbers


def _refuse_swallowed(row: list[str], separator: str, begins: int, name: str) -> None:
    """Refuse a cell that holds whole lines of other cells: its quote was never meant to reach them."""
    for cell in row:
        if "\n" in cell and any(
            line.count(separator) >= max(2, len(row) - 2) for line in cell.split("\n")[1:]
        ):
            raise _unclosed(name, begins)


def _unclosed(name: str, row: int) -> BadInputError:
    return BadInputError(
        Text(
            f'{name} 第 {row} 行：引号（"）打开后没有成对关闭，后面的行会被吞进同一格，整份未读。'
            "请删去或补上引号。",
            f"{name}, row {row}: a quote opens and is not closed in time, so that later rows would "
            "be swallowed. Close or delete it.",
        )
    )
