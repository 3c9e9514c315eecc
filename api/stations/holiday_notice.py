"""What a worker should know about a day: public holidays and make-up working days (调休)."""

from __future__ import annotations

from datetime import date

import chinese_calendar

from geo.text import Text

_SATURDAY = 5
_NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
}


def holiday_notice(day: date) -> Text | None:
    """Return what is special about `day`; None on ordinary days and in years not announced."""
    try:
        is_free, name = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        return None
    if name is None:
        return None
    chinese = _NAMES.get(name, name)
    if is_free:
        return Text(
            f"{day.month}月{day.day}日是{chinese}假期，开放时间可能有变，出发前请致电。",
            f"{day} is a public holiday ({name}): hours may differ, call before you go.",
        )
    if day.weekday() >= _SATURDAY:
        return Text(
            f"{day.month}月{day.day}日因{chinese}调休上班，开放时间可能按工作日，出发前请致电。",
            f"{day} is a working day in place of {name}: weekday hours may apply, call first.",
        )
    return None
