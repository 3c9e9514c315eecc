"""Times of day as people write them in Chinese, and which of two clocks they mean."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from geo.errors import BadInputError
from geo.hours.opening_rules import DAY_MIN, HOUR_MIN, Spans
from geo.text import Text

_NOON, _EVENING, _DAWN, _LAST_HOUR = 12, 18, 6, 24
"""Hours of the day: what 下午, 晚上 and 凌晨 shift, and the last that a clock shows."""
_TIME = re.compile(
    r"(?P<next>次日|第二天|翌日|隔日)?\s*"
    r"(?P<part>凌晨|清晨|早晨|早上|早间|早|上午|中午|午间|下午|傍晚|晚上|晚间|晚|夜间|夜里)?[:\s]*"
    r"(?P<hour>\d{1,2})(?::(?P<minute>\d\d)|[点时](?:(?P<word>半|一刻|三刻)|(?P<said>\d{1,2}))?)?"
)
_WORDS = {"半": 30, "一刻": 15, "三刻": 45}
"""Minutes that words name."""
_MORNING = {"凌晨", "清晨", "早晨", "早上", "早间", "早", "上午"}
_NOONTIME = {"中午", "午间"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """A time of day as written.

    Attributes
    ----------
    text : str
        The words.
    hour, minute : int
        As written, the hour on whichever clock.
    part : str
        The part of the day named before it (上午, 晚), "" if none.
    next_day : bool
        Whether it is said to be the next day's (次日).
    padded : bool
        Whether the hour has a leading zero, as on a 24-hour clock.
    """

    text: str
    hour: int
    minute: int
    part: str
    next_day: bool
    padded: bool

    @property
    def plain(self) -> int:
        """Minutes after midnight if the hour is of a 24-hour clock."""
        return HOUR_MIN * self.hour + self.minute

    def within(self, part: str) -> int | None:
        """Return the minutes if `part` of the day is meant, None if there is no such time."""
        hour = self.hour
        if not part or hour > _NOON:
            fits = not part or part not in _MORNING
            return self.plain if fits else None
        if part in _MORNING:
            return self.plain
        if part in _NOONTIME:
            return self.plain if hour > _NOON - 3 else self.plain + DAY_MIN // 2
        if part == "下午":
            return self.plain + (DAY_MIN // 2 if hour < _NOON else 0)
        return self.plain + DAY_MIN // 2 if hour >= _EVENING - _NOON - 1 else None


Pair = tuple[Clock, Clock]


def read_clock(token: str) -> Clock:
    """Read a time token; raise BadInputError if the clock has no such time."""
    found = _TIME.match(token)
    if found is None:  # pragma: no cover - the grammar lets nothing else through
        raise BadInputError(_no_time(token))
    hour = int(found["hour"])
    minute = _WORDS.get(found["word"] or "", int(found["minute"] or found["said"] or 0))
    if hour > _LAST_HOUR or minute >= HOUR_MIN or (hour == _LAST_HOUR and minute):
        raise BadInputError(_no_time(token))
    return Clock(
        text=token.strip(),
        hour=hour,
        minute=minute,
        part=found["part"] or "",
        next_day=bool(found["next"]),
        padded=found["hour"].startswith("0") and len(found["hour"]) > 1,
    )


def _no_time(token: str) -> Text:
    return Text(f"没有“{token}”这个时刻，请改正。", f"{token!r} is no time of day; mend it.")


def on_24_hours(pairs: Iterable[Pair]) -> bool:
    """Whether some time shows that a 24-hour clock, or a part of the day, is written."""
    clocks = [clock for pair in pairs for clock in pair]
    return any(clock.hour > _NOON or clock.padded or clock.part for clock in clocks)


def read_spans(pairs: Sequence[Pair], *, sure: bool) -> Spans:
    """Return the spans in minutes; raise BadInputError where two clocks are possible.

    Parameters
    ----------
    pairs : Sequence[Pair]
        Opening and closing times of one day.
    sure : bool
        Whether the whole text shows that it is on a 24-hour clock.
    """
    spans = tuple(_span(begin, end, sure=sure) for begin, end in pairs)
    for place in range(1, len(spans)):
        if spans[place][0] < spans[place - 1][1]:
            raise _two_clocks(*pairs[place])
    return spans


def _span(begin: Clock, end: Clock, *, sure: bool) -> tuple[int, int]:
    first = begin.within(begin.part)
    if first is None or begin.next_day or first >= DAY_MIN:
        raise _two_clocks(begin, end)
    early = not begin.padded and not begin.part and 0 < begin.hour < _DAWN
    if early and not sure:
        raise _two_clocks(begin, end)
    return first, _end(begin, first, end)


def _end(begin: Clock, first: int, end: Clock) -> int:
    """Return when a span that begins at minute `first` ends."""
    evening = first >= _EVENING * HOUR_MIN
    if end.next_day:
        last = end.within(end.part)
        return _checked(begin, first, end, None if last is None else last % DAY_MIN + DAY_MIN)
    if end.hour == 0:
        return _checked(begin, first, end, end.plain + DAY_MIN)
    if end.part:
        last = end.within(end.part)
        night = end.part == "凌晨" or (evening and end.part in _MORNING)
        if last is not None and last <= first and night:
            last += DAY_MIN
        return _checked(begin, first, end, last)
    if begin.part and begin.part not in _MORNING and end.hour <= _NOON:
        last = end.plain + DAY_MIN // 2
        if first < last <= DAY_MIN:
            # 晚上18:00-9:00 is on a 24-hour clock, or half on it.
            return _checked(begin, first, end, None if evening and begin.hour > _NOON else last)
    last = end.plain
    if last < first and evening and end.hour <= _NOON:
        last += DAY_MIN
    return _checked(begin, first, end, last)


def _checked(begin: Clock, first: int, end: Clock, last: int | None) -> int:
    if last is None or not first < last <= first + DAY_MIN:
        raise _two_clocks(begin, end)
    return last


def _two_clocks(begin: Clock, end: Clock) -> BadInputError:
    """Return the refusal that asks which clock is meant, with both readings."""
    said = f"{begin.text}-{end.text}"
    day = f"{_told(_later(begin))}-{_told(_later(end))}"
    if begin.plain > end.plain:
        day = f"{_told(begin.plain)}-{_told(_later(end))}"
        night = f"{_told(begin.plain)}-次日{_told(end.plain)}"
    else:
        night = f"{begin.plain // 60:02d}:{begin.minute:02d}-{end.plain // 60:02d}:{end.minute:02d}"
    return BadInputError(
        Text(
            f"“{said}”是 12 小时制还是 24 小时制？指 {day} 还是 {night}，请照此写明。",
            f"{said!r} may be on a 12-hour or a 24-hour clock: write {day} or {night}.",
        )
    )


def _later(clock: Clock) -> int:
    return clock.plain + (DAY_MIN // 2 if clock.hour < _NOON else 0)


def _told(minute: int) -> str:
    return f"{minute // HOUR_MIN}:{minute % HOUR_MIN:02d}"
