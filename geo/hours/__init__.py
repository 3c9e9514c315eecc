"""When a place is open: OSM ``opening_hours`` on real dates, with China's holidays, and in words.

A text is read once (:mod:`geo.hours.syntax`, or :mod:`geo.hours.chinese` for what people write)
into rules (:mod:`geo.hours.opening_rules`); one evaluator (:mod:`geo.hours.evaluate`) answers every
question from them, and one renderer (:mod:`geo.hours.words`) says them to people. What cannot be
evaluated exactly is refused where it comes in; an unknown state is never open.
"""

from geo.hours.chinese import from_chinese
from geo.hours.evaluate import (
    HOURS_A_WEEK,
    SHANGHAI,
    days_mask,
    is_open,
    next_change,
    open_in_week,
    week_mask,
    week_minutes,
)
from geo.hours.syntax import check_hours, hours_joined
from geo.hours.words import hours_text
from geo.hours.writing import ALWAYS

__all__ = [
    "ALWAYS",
    "HOURS_A_WEEK",
    "SHANGHAI",
    "check_hours",
    "days_mask",
    "from_chinese",
    "hours_joined",
    "hours_text",
    "is_open",
    "next_change",
    "open_in_week",
    "week_mask",
    "week_minutes",
]
