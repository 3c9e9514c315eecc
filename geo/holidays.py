"""China's working days: public holidays with make-up working days (调休).

The State Council announces them year by year, usually in November for the next year. The dates
come from the maintained package ``chinesecalendar``; a year it does not know raises, and nobody
guesses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from functools import lru_cache

import chinese_calendar

from geo.errors import CalendarError
from geo.text import Text

SATURDAY = 5
"""As :meth:`datetime.date.weekday` counts."""
_A_WEEK = timedelta(days=7)
_NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
}


class DayKind(Enum):
    """What a date is to people with a weekly rhythm."""

    ORDINARY = "ordinary"
    HOLIDAY = "holiday"
    MAKE_UP = "make_up"


@lru_cache(maxsize=4096)
def day_kind(day: date) -> DayKind:
    """Tell an ordinary day from a public holiday and from a make-up working weekend.

    Raises
    ------
    CalendarError
        If the year's holidays have not been announced (or are not in the package yet).
    """
    try:
        works = chinese_calendar.is_workday(day)
        named = chinese_calendar.get_holiday_detail(day)[1] is not None
    except NotImplementedError:
        raise CalendarError(
            Text(
                f"{day.year} 年的放假安排尚未公布，无法判断 {day} 是否放假。",
                f"The public holidays of {day.year} are not announced; {day} cannot be judged.",
            )
        ) from None
    if day.weekday() >= SATURDAY:
        if works:
            return DayKind.MAKE_UP
        return DayKind.HOLIDAY if named else DayKind.ORDINARY
    return DayKind.ORDINARY if works else DayKind.HOLIDAY


def holiday_of(day: date) -> Text | None:
    """Return the holiday that `day` is free for or made up for; None on ordinary days.

    Years that are not announced have none.
    """
    try:
        name = chinese_calendar.get_holiday_detail(day)[1]
    except NotImplementedError:
        return None
    return None if name is None else Text(_NAMES.get(name, name), name)


@dataclass(frozen=True, slots=True)
class HolidayWeek:
    """A week that holidays make another than the ordinary one.

    Attributes
    ----------
    monday : date
        Its first day.
    text : Text
        What is special about it: which days are free, which are worked instead.
    """

    monday: date
    text: Text


def holiday_weeks(year: int) -> tuple[HolidayWeek, ...]:
    """Return the weeks of `year` with a public holiday or a make-up working day, in order.

    A year that is not announced has none.
    """
    first = date(year, 1, 1)
    monday = first - timedelta(days=first.weekday())
    found = []
    while monday.year <= year:
        days = [monday + timedelta(days=n) for n in range(7)]
        named = [(day, name) for day in days if (name := holiday_of(day)) is not None]
        if named:
            found.append(HolidayWeek(monday, _week_words(named)))
        monday += _A_WEEK
    return tuple(found)


def _week_words(named: Sequence[tuple[date, Text]]) -> Text:
    """Say which days are free, and which are worked instead."""
    zh, en = [], []
    for name in dict.fromkeys(name for _, name in named):
        free = [day for day, one in named if one == name and not is_working_day(day)]
        worked = [day for day, one in named if one == name and is_working_day(day)]
        told_zh = [f"{_span(free)} 放假"] if free else []
        told_en = [f"{_span(free)} off"] if free else []
        if worked:
            told_zh.append(f"{_span(worked)} 上班")
            told_en.append(f"{_span(worked)} worked")
        zh.append(f"{name.zh} {'，'.join(told_zh)}")
        en.append(f"{name.en}: {', '.join(told_en)}")
    return Text("；".join(zh), "; ".join(en))


def _span(days: Sequence[date]) -> str:
    first, last = days[0], days[-1]
    start = f"{first.month}/{first.day}"
    return start if first == last else f"{start}–{last.month}/{last.day}"


def latest_announced_year() -> int:
    """Return the last year whose public holidays the package knows."""
    return int(max(day.year for day in chinese_calendar.constants.holidays))


def is_working_day(day: date) -> bool:
    """Whether offices work on `day`; raises CalendarError as :func:`day_kind` does."""
    kind = day_kind(day)
    return kind is DayKind.MAKE_UP or (kind is DayKind.ORDINARY and day.weekday() < SATURDAY)


def working_days(first: date, count: int) -> tuple[date, ...]:
    """Return the next `count` working days from `first` on; raises CalendarError."""
    days: list[date] = []
    day = first
    while len(days) < count:
        if is_working_day(day):
            days.append(day)
        day += timedelta(days=1)
    return tuple(days)
