"""Opening hours as rules, before any date is asked: what each says and on which days it holds.

Minutes count from the midnight on which a span's day begins; one that runs past midnight ends
after minute 1440 and belongs to the day it began. Weekdays are 0 (Monday) to 6.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

HOUR_MIN, DAY_MIN, HOURS_A_DAY, DAYS_A_WEEK = 60, 1440, 24, 7
"""What every reader of hours counts in."""
EVENING_MIN = 18 * 60
"""From when on hours that go past midnight are those of an evening."""
SUNDAY = 6
"""As :meth:`datetime.date.weekday` counts."""
KEPT_TEXTS = 2**14
"""Texts kept read by each reader: the hours of a city differ in some thousand ways."""
WEEK = frozenset(range(7))
LAST_DAY = 31
"""Of any month."""
_FAR = 9999
"""A year that stands for "from then on"."""

Spans = tuple[tuple[int, int], ...]
ALL_DAY: Spans = ((0, DAY_MIN),)


class State(StrEnum):
    """What a rule says of the times it names."""

    OPEN = "open"
    OFF = "off"
    UNKNOWN = "unknown"


class Join(StrEnum):
    """What a rule does to those before it."""

    INSTEAD = ";"
    """On its days it replaces them."""
    ALSO = ","
    """It comes on top of them."""
    OTHERWISE = "||"
    """It says what holds where they do not."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the calendar: every year's if `year` is None."""

    year: int | None
    month: int
    day: int


@dataclass(frozen=True, slots=True)
class DateSpan:
    """Dates from `first` to `last`, both included; without years it may run over New Year.

    Whole months begin on day 1 and end on day 31.
    """

    first: Day
    last: Day

    def holds(self, day: date) -> bool:
        """Whether `day` lies in it."""
        own = (day.month, day.day)
        first, last = (self.first.month, self.first.day), (self.last.month, self.last.day)
        if self.first.year is not None and self.last.year is not None:
            return (self.first.year, *first) <= (day.year, *own) <= (self.last.year, *last)
        return first <= own <= last if first <= last else own >= first or own <= last


@dataclass(frozen=True, slots=True)
class Numbers:
    """Years, or weeks of the year (ISO 8601), from `first` to `last` in steps."""

    first: int
    last: int
    step: int = 1

    def holds(self, number: int) -> bool:
        """Whether `number` is one of them."""
        return self.first <= number <= self.last and (number - self.first) % self.step == 0


def from_year(first: int) -> Numbers:
    """Return `first` and all years after it."""
    return Numbers(first, _FAR)


def from_day(first: Day) -> DateSpan:
    """Return `first` (of a stated year) and all days after it."""
    return DateSpan(first, Day(_FAR, 12, LAST_DAY))


def endless(span: Numbers | DateSpan) -> bool:
    """Whether it has no last year."""
    return (span.last if isinstance(span, Numbers) else span.last.year) == _FAR


@dataclass(frozen=True, slots=True)
class Days:
    """Days of the week on which a rule holds.

    Attributes
    ----------
    weekdays : frozenset[int]
        Days of every week.
    nth : tuple[tuple[int, tuple[int, ...]], ...]
        Weekdays by their place in the month: 1 is the first, -1 the last.
    holidays : bool
        Public holidays too (``PH``).
    only_holidays : bool
        `weekdays` mean public holidays that fall on them (``PH Mo-Fr``).
    """

    weekdays: frozenset[int] = frozenset()
    nth: tuple[tuple[int, tuple[int, ...]], ...] = ()
    holidays: bool = False
    only_holidays: bool = False

    def __or__(self, other: Days) -> Days:
        """Return the days of both."""
        return Days(
            self.weekdays | other.weekdays, self.nth + other.nth, self.holidays or other.holidays
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule of an opening_hours text; empty selectors hold on every day.

    Attributes
    ----------
    spans : Spans
        Minutes; empty for a rule that speaks of the whole day.
    """

    state: State = State.OPEN
    spans: Spans = ()
    days: Days | None = None
    dates: tuple[DateSpan, ...] = ()
    years: tuple[Numbers, ...] = ()
    weeks: tuple[Numbers, ...] = ()
    join: Join = Join.INSTEAD
    comment: str = ""

    @property
    def every_day(self) -> bool:
        """Whether it selects no days at all."""
        return self.days is None and not self.dated

    @property
    def dated(self) -> bool:
        """Whether it holds for a part of the year, or of all years, only."""
        return bool(self.dates or self.years or self.weeks)

    @property
    def weekdays(self) -> frozenset[int]:
        """The weekdays on which it may hold on an ordinary day."""
        if self.days is None:
            return WEEK
        if self.days.only_holidays:
            return frozenset()
        return self.days.weekdays | {weekday for weekday, _ in self.days.nth}

    @property
    def names_holidays(self) -> bool:
        """Whether it says what holds on public holidays (``PH``)."""
        return self.days is not None and (self.days.holidays or self.days.only_holidays)

    @property
    def always(self) -> bool:
        """Whether it is ``24/7``."""
        return self.every_day and self.state is State.OPEN and self.spans == ALL_DAY

    @property
    def past_midnight(self) -> int:
        """Minutes of the next day into which it opens; 0 if it does not."""
        if self.state is not State.OPEN:
            return 0
        return max((end - DAY_MIN for _, end in self.spans if end > DAY_MIN), default=0)

    def in_season(self, day: date) -> bool:
        """Whether its years, dates and weeks hold on `day`."""
        return (
            (not self.years or any(span.holds(day.year) for span in self.years))
            and (not self.dates or any(span.holds(day) for span in self.dates))
            and (not self.weeks or any(span.holds(day.isocalendar().week) for span in self.weeks))
        )


Rules = tuple[Rule, ...]


def union(spans: Iterable[tuple[int, int]]) -> Spans:
    """Return `spans` in order, touching and overlapping ones made one."""
    merged: list[tuple[int, int]] = []
    for begin, end in sorted(spans):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return tuple(merged)


def without(spans: Spans, holes: Spans) -> Spans:
    """Return what is left of `spans` outside `holes`."""
    left = list(spans)
    for hole_begin, hole_end in holes:
        left = [
            piece
            for begin, end in left
            for piece in ((begin, min(end, hole_begin)), (max(begin, hole_end), end))
            if piece[0] < piece[1]
        ]
    return tuple(left)
