"""Which days a campaign runs on, with China's public holidays and make-up working days.

Holidays are announced by the State Council year by year, usually in November for the next one;
the announced years are those of the installed `chinesecalendar`.
"""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar

from geo.errors import CalendarError
from geo.text import Text

_SATURDAY = 5


def is_working_day(day: date) -> bool:
    """Return whether `day` is worked in China; raises CalendarError for years not announced."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError as error:
        raise CalendarError(
            Text(
                f"{day.year} 年的节假日安排尚未收录，无法判断 {day.isoformat()} 是否为工作日；"
                "请等国务院公布并更新 chinesecalendar，或直接给出活动日期。",
                f"Public holidays of {day.year} are not known yet, so {day.isoformat()} cannot be "
                "judged; update chinesecalendar once they are announced, or name the days.",
            )
        ) from error


def working_days(first: date, count: int) -> tuple[date, ...]:
    """Return the next `count` working days from `first` on (included when it is one)."""
    found: list[date] = []
    day = first
    while len(found) < count:
        if is_working_day(day):
            found.append(day)
        day += timedelta(days=1)
    return tuple(found)


def pattern_weekday(day: date) -> int:
    """Return the weekday whose habits `day` follows: 0 Monday; a worked weekend is a Monday."""
    weekday = day.weekday()
    if weekday < _SATURDAY:
        return weekday
    try:
        return 0 if is_working_day(day) else weekday
    except CalendarError:
        return weekday
