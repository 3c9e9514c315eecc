"""Cells as text: values written as a person sees them, unseen characters settled once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta

from geo.text import Text

_SPACES = re.compile(
    "[\t\n\r\x0b\x0c\x1c-\x1f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+"
)
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ufffe\uffff\ud800-\udfff]"
)
_BREAKS = re.compile("[\t\n\r]")
_DIGITS_KEPT = 1e15
"""Excel keeps 15 digits; a larger number has lost its last ones."""
_PROTECTED = re.compile(r'="(.*)"')
_HOUR_S, _MINUTE_S = 3600, 60
"""Seconds."""
_POOLED = 10_000
"""Texts kept once for cells that repeat; more are seldom repeats."""


def clean(text: str) -> str:
    """Return `text` without control, bidi, zero-width and unpaired characters.

    Line breaks, tabs and spaces of other widths become one space: what is left can stand in any
    page, sheet, XML or log.
    """
    if text.isprintable():
        return text
    return _UNSEEN.sub("", _SPACES.sub(" ", text))


def has_unseen(text: str) -> bool:
    """Whether `text` holds characters that :func:`clean` takes out."""
    return not text.isprintable() and _UNSEEN.search(_BREAKS.sub("", text)) is not None


def unseen_text(count: int) -> tuple[Text, ...]:
    """Say how many cells held characters nobody sees."""
    if not count:
        return ()
    return (
        Text(
            f"去掉了 {count} 格里看不见的控制字符。",
            f"Unseen control characters were taken out of {count} cells.",
        ),
    )


def typed_text(text: str) -> str:
    """Return text without what protects it in Excel: ="0532" and '0532 are 0532."""
    if text[:1] == "=" and (found := _PROTECTED.fullmatch(text)):
        return found[1]
    return text[1:] if text[:1] == "'" and text[1:2].isdigit() else text


def value_text(value: object) -> str:  # noqa: PLR0911 - one line a type
    """Write a cell's value as a person sees it: 3 for 3.0, dates as ISO 8601, times as HH:MM.

    Whole numbers of more than 15 digits are written 1.2E+17: their last digits are lost.
    """
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        if value.is_integer() and abs(value) < _DIGITS_KEPT:
            return str(int(value))
        return f"{value:.14E}" if abs(value) >= _DIGITS_KEPT else repr(value)
    if isinstance(value, datetime):
        plain = value.replace(tzinfo=None)
        return plain.date().isoformat() if plain.time() == time.min else str(plain)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return _clock(
            value.hour * _HOUR_S + value.minute * _MINUTE_S + value.second + value.microsecond / 1e6
        )
    if isinstance(value, timedelta):
        return _clock(value.total_seconds())
    return str(value)


def row_texts(rows: Iterable[Sequence[object]]) -> Iterator[list[str]]:
    """Write rows of values as text, as :func:`value_text` does."""
    return held_once(
        [one if isinstance(one, str) else value_text(one) for one in row] for row in rows
    )


def held_once(rows: Iterable[list[str]]) -> Iterator[list[str]]:
    """Yield the rows with equal cells as one object in memory: most lists repeat most cells.

    So many different cells are remembered as fit into a few megabytes.
    """
    pool: dict[str, str] = {}
    known = pool.get
    full = False
    for row in rows:
        if not full:
            pool.update(zip(row, row, strict=True))
            full = len(pool) >= _POOLED
        yield list(map(known, row, row))


def _clock(seconds: float) -> str:
    minutes, rest_s = divmod(round(seconds), _MINUTE_S)
    clock = f"{minutes // 60:02d}:{minutes % 60:02d}"
    return f"{clock}:{rest_s:02d}" if rest_s else clock
