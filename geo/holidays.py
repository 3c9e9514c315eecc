"""China's working days: public holidays with make-up working days (调休).

The State Council announces them year by year, usually in November for the next year. The dates
come from the maintained package ``chinesecalendar``; a year it does not know raises, and nobody
guesses.
"""

from __future__ import annotations

from datetime import date, timedelta
from enum import Enum
from functools import lru_cache

import chinese_calendar

from geo.errors import CalendarError
from geo.text import Text

SATURDAY = 5


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
