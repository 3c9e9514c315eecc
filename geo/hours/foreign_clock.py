"""Times of day as phones and foreign programs write them, AM/PM and 9.00, made plain: 09:00.

What may as well be another time, or a date, is refused with both readings.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from geo.errors import BadInputError
from geo.hours.opening_rules import HOUR_MIN, LAST_DAY
from geo.text import Text

_NOON, _LAST_HOUR, _MONTHS = 12, 24, 12
"""Of the clock and the calendar."""
_MARK = re.compile(r"(?<![A-Za-z])([AaPp])\.?[Mm](?:\.(?!\d)|(?![A-Za-z]))")
_AFTER = re.compile(r"(?:\d|[点时])\s*$")
_BEFORE = re.compile(r"\s*[:：]?\s*\d")
_CLOCK = re.compile(
    r"(?<![\d:：.月])(\d{1,2})(?:[:：.](\d\d)|[点时](?!段))?\s*(?:([AaPp])\.?[Mm](?:\.(?!\d)|(?![A-Za-z])))?"
)
_DASH = re.compile(r"\s*(?:[-\u2010-\u2015\u2212~～〜—]|至|到)+\s*")
_TIME_BEFORE = re.compile(rf"\d[:：]\d\d{_DASH.pattern}$")
_TIME_AFTER = re.compile(rf"{_DASH.pattern}\d{{1,2}}[:：]\d\d")
_DOTTED = re.compile(r"(?<![\d.:：])(\d{1,2})[.．](\d{1,2})(?![\d.点时]|[:：]\d\d(?![\d:：]))")


def plain_clock(text: str) -> str:
    """Return `text` with AM, PM and dotted times and dates in the usual form.

    Raises
    ------
    BadInputError
        If two times, or a time and a date, may be meant; the text holds both.
    """
    return _without_dots(_without_marks(text))


def _without_marks(text: str) -> str:
    marks = list(_MARK.finditer(text))
    if not marks:
        return text
    if all(_BEFORE.match(text, one.end()) for one in marks) and not _AFTER.search(
        text[: marks[0].start()]
    ):
        return _MARK.sub(lambda one: "上午" if one[1] in "Aa" else "下午", text)
    if not all(_AFTER.search(text[: one.start()]) for one in marks):
        return text
    clocks = list(_CLOCK.finditer(text))
    told = [_on_24_hours(text, clocks, place) for place in range(len(clocks))]
    for clock, plain in reversed(list(zip(clocks, told, strict=True))):
        text = text[: clock.start()] + plain + text[clock.end() :]
    return text


def _on_24_hours(text: str, clocks: Sequence[re.Match[str]], place: int) -> str:
    """Return a time on the 24-hour clock, by its own mark or that of the end of its span."""
    clock = clocks[place]
    hour, minute, mark = int(clock[1]), int(clock[2] or 0), (clock[3] or "").lower()
    if not mark:
        if hour > _NOON or clock[1].startswith("0") or not (clock[2] or clock[0][-1] in "点时"):
            return clock[0]
        mark = _mark_of_end(text, clocks, place)
    if mark == "a" and hour == _NOON:
        raise _two(clock[0], "0:00", "12:00")
    if mark == "a" and hour > _NOON:
        raise BadInputError(
            Text(
                f"“{clock[0]}”既写了 {hour} 点又写了 AM，请改正。",
                f"{clock[0]!r} is on a 24-hour clock, yet says AM; mend it.",
            )
        )
    hour += _NOON if mark == "p" and hour < _NOON else 0
    return f"{hour:02d}:{minute:02d}"


def _mark_of_end(text: str, clocks: Sequence[re.Match[str]], place: int) -> str:
    """Return the mark that holds for a time that has none: 8:00-5:00PM begins in the morning."""
    clock, end = clocks[place], clocks[place + 1] if place + 1 < len(clocks) else None
    hour, minute = int(clock[1]), int(clock[2] or 0)
    between = "" if end is None else text[clock.end() : end.start()]
    if end is None or not end[3] or not _DASH.fullmatch(between):
        raise _two(clock[0], f"{hour:02d}:{minute:02d}", f"{hour % _NOON + _NOON}:{minute:02d}")
    if end[3] in "Aa" or hour == _NOON:
        return "p" if hour == _NOON else "a"
    if (hour, minute) < (int(end[1]) % _NOON, int(end[2] or 0)):
        raise _two(clock[0], f"{hour:02d}:{minute:02d}", f"{hour + _NOON}:{minute:02d}")
    return "a"


def _two(said: str, one: str, other: str) -> BadInputError:
    return BadInputError(
        Text(
            f"“{said.strip()}”是 {one} 还是 {other}？请按 24 小时制写。",
            f"{said.strip()!r}: {one} or {other}? Write times of a 24-hour clock.",
        )
    )


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two dotted numbers, or one alone, and what they may be."""

    found: tuple[re.Match[str], ...]
    is_time: bool
    is_date: bool


def _without_dots(text: str) -> str:
    pairs = _pairs(text)
    times = any(one.is_time and not one.is_date for one in pairs)
    dates = any(one.is_date and not one.is_time for one in pairs)
    for pair in reversed(pairs):
        if pair.is_time and pair.is_date and times == dates:
            raise _time_or_date(pair)
        as_time = pair.is_time and (times or not pair.is_date)
        for one in reversed(pair.found):
            if as_time or pair.is_date:
                plain = f"{one[1]}:{one[2]}" if as_time else f"{int(one[1])}月{int(one[2])}日"
                text = text[: one.start()] + plain + text[one.end() :]
    return text


def _pairs(text: str) -> list[_Pair]:
    """Return the dotted numbers of `text`, those of one span together."""
    found = list(_DOTTED.finditer(text))
    pairs: list[_Pair] = []
    while found:
        held = [found.pop(0)]
        if found and _DASH.fullmatch(text[held[0].end() : found[0].start()]):
            held.append(found.pop(0))
        beside = _TIME_BEFORE.search(text[: held[0].start()]) or _TIME_AFTER.match(
            text, held[-1].end()
        )
        pairs.append(
            _Pair(
                tuple(held),
                is_time=all(map(_may_be_time, held)),
                is_date=not beside and all(map(_may_be_date, held)),
            )
        )
    return pairs


def _may_be_time(one: re.Match[str]) -> bool:
    hour, minute = int(one[1]), int(one[2])
    return len(one[2]) > 1 and hour <= _LAST_HOUR and minute < HOUR_MIN


def _may_be_date(one: re.Match[str]) -> bool:
    return 1 <= int(one[1]) <= _MONTHS and 1 <= int(one[2]) <= LAST_DAY


def _time_or_date(pair: _Pair) -> BadInputError:
    times = "-".join(f"{one[1]}:{one[2]}" for one in pair.found)
    dates = "-".join(f"{int(one[1])}月{int(one[2])}日" for one in pair.found)
    said = "-".join(one[0] for one in pair.found)
    return BadInputError(
        Text(
            f"“{said}”是 {times} 还是 {dates}？请照此写明。",
            f"{said!r}: the time {times}, or the date {dates}? Write which.",
        )
    )
