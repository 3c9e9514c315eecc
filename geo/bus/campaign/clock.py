"""Clock times as people write them, HH:MM, and which day of the week a bus's day is like."""

from __future__ import annotations

from datetime import date

from geo.errors import CalendarError
from geo.holidays import SATURDAY, is_working_day
from geo.hours.opening_rules import HOUR_MIN


def clock_text(minutes: int) -> str:
    """Return minutes after midnight as HH:MM."""
    return f"{minutes // HOUR_MIN:02d}:{minutes % HOUR_MIN:02d}"


def clock_minutes(text: str) -> int | None:
    """Return HH:MM, H, or HH：MM as minutes after midnight; None where it is no such time."""
    hour, _, minute = text.strip().replace("：", ":").partition(":")
    if not (hour.isdigit() and (minute or "0").isdigit()) or int(minute or 0) >= HOUR_MIN:
        return None
    return int(hour) * HOUR_MIN + int(minute or 0)


def pattern_weekday(day: date) -> int:
    """Return the weekday whose habits `day` follows: 0 Monday; a worked weekend is a Monday."""
    weekday = day.weekday()
    if weekday < SATURDAY:
        return weekday
    try:
        return 0 if is_working_day(day) else weekday
    except CalendarError:
        return weekday
