"""Which day of the week a campaign's day is like, with make-up working days."""

from __future__ import annotations

from datetime import date

from geo.errors import CalendarError
from geo.holidays import SATURDAY, is_working_day


def pattern_weekday(day: date) -> int:
    """Return the weekday whose habits `day` follows: 0 Monday; a worked weekend is a Monday."""
    weekday = day.weekday()
    if weekday < SATURDAY:
        return weekday
    try:
        return 0 if is_working_day(day) else weekday
    except CalendarError:
        return weekday
