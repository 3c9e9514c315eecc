"""Names from files as plain text: without what no file holds and what turns lines around."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape

_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_TURNING = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"[+-][\d,.]+%?\Z")


def printable(text: str) -> str:
    """Return `text` without characters XML cannot hold and without marks that reorder a line."""
    return _TURNING.sub("", _UNWRITABLE.sub("", text))


def svg_text(text: str) -> str:
    """Return `text` to stand in an SVG."""
    return escape(printable(text), {'"': "&quot;"})


def csv_cell(text: str) -> str:
    """Return `text` so that no spreadsheet takes it for a formula."""
    held = printable(text)
    return f"'{held}" if held.startswith(_FORMULA) and not _NUMBER.match(held) else held


def width_em(text: str) -> float:
    """Return about how wide `text` is, in its own size: a Chinese character is 1."""
    return sum(1.0 if ord(one) > 0x2E7F else 0.58 for one in text)  # noqa: PLR2004 - CJK begins


def short(text: str, room_em: float) -> str:
    """Return `text`, cut with a mark where it would not fit."""
    if width_em(text) <= room_em:
        return text
    kept = text
    while width_em(kept) > room_em - 1:
        kept = kept[:-1]
    return kept + "…"
