"""When a place is open: OSM ``opening_hours`` read in Asia/Shanghai with China's real holidays.

Expressions are parsed by the ``opening-hours-py`` package. Its own Chinese calendar knows only
the first day of long holidays, so holidays are ours (:mod:`geo.holidays`): on a public holiday
a weekday counts as a Sunday, unless the expression has a ``PH`` rule, which then decides; on a
make-up working weekend the hours are those of an ordinary working day.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
import opening_hours
from numpy.typing import NDArray

from geo.errors import BadInputError, CalendarError
from geo.holidays import SATURDAY, DayKind, day_kind
from geo.text import Text

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOURS_A_WEEK = 168
ALWAYS = "24/7"

_MONDAY = date(2026, 6, 1)
_NATIONAL_DAY = date(2026, 10, 1)
_DAY = timedelta(days=1)
_MINUTE_S, _HALF_MIN, _HOUR_MIN, _DAY_MIN = 60, 30, 60, 1440
_SEARCH_DAYS = 16


@lru_cache(maxsize=8192)
def _parse(expression: str, country: str | None = None) -> opening_hours.OpeningHours:
    try:
        return opening_hours.OpeningHours(expression, country=country, auto_country=False,
                                          auto_timezone=False)  # fmt: skip
    except (opening_hours.ParserError, ValueError) as error:  # type: ignore[attr-defined]
        raise BadInputError(
            Text(
                f"看不懂开放时间“{expression}”：请写成 Mo-Fr 08:00-17:30、24/7，"
                "或“周一至周五 8:00-17:30”“24小时”。",
                f"Cannot read the opening hours {expression!r}: write Mo-Fr 08:00-17:30 or 24/7.",
            )
        ) from error


def check_hours(expression: str) -> str:
    """Return `expression` normalised; raise BadInputError if it is no OSM opening_hours."""
    if not expression.strip():
        _parse("no hours")
    return str(_parse(expression.strip()))


@lru_cache(maxsize=8192)
def _week(expression: str) -> bytes:
    hours = _parse(expression)
    start = datetime.combine(_MONDAY, time(0, 30))
    return bytes(hours.is_open(start + timedelta(hours=slot)) for slot in range(HOURS_A_WEEK))


def week_mask(expression: str) -> NDArray[np.bool_]:
    """Return which hours of an ordinary week a place is open, (168,) bool, Monday 00:00 first.

    An hour counts when the place is open at half past: 08:00-17:30 holds the hours 8 to 16.

    Raises
    ------
    BadInputError
        If the expression cannot be read.
    """
    return np.frombuffer(_week(expression), np.bool_)


def days_mask(expression: str, first: date, days: int) -> NDArray[np.bool_]:
    """Return which hours of real dates a place is open, (24 days,) bool, midnight of `first` on.

    Public holidays and make-up working days are those the State Council announced. An hour counts
    as in :func:`week_mask`; one over midnight belongs to the date on which the place opened.

    Raises
    ------
    BadInputError
        If the expression cannot be read.
    CalendarError
        If the answer depends on holidays of a year that are not announced.
    """
    slots = range(_HALF_MIN, _DAY_MIN, _HOUR_MIN)
    dates = (first + step * _DAY for step in range(days))
    return np.array([_open_at(expression, day, slot) for day in dates for slot in slots], np.bool_)


def is_open(expression: str, when: datetime) -> bool:
    """Whether a place is open at `when` (local if it carries no zone).

    Raises
    ------
    BadInputError
        If the expression cannot be read.
    CalendarError
        If the answer depends on holidays of a year that are not announced.
    """
    local = _local(when)
    return _open_at(expression, local.date(), _HOUR_MIN * local.hour + local.minute)


def next_change(expression: str, when: datetime) -> datetime | None:
    """Return when a place opens or closes next (Asia/Shanghai), None if never within 16 days.

    Raises as :func:`is_open`.
    """
    local = _local(when)
    if expression.strip() == ALWAYS:
        return None
    state = is_open(expression, local)
    for step in range(_SEARCH_DAYS):
        day = local.date() + step * _DAY
        for minute in _changes(expression, day):
            moment = datetime.combine(day, time(), SHANGHAI) + timedelta(minutes=minute)
            if moment > local and _open_at(expression, day, minute) != state:
                return moment
    return None


def _open_at(expression: str, day: date, minute: int) -> bool:
    """Whether an opening of `day`, or of the day before, holds `minute` of `day`."""
    return any(begin <= minute < end for begin, end in _openings(expression, day)) or any(
        minute + _DAY_MIN < end for _, end in _openings(expression, day - _DAY)
    )


def _changes(expression: str, day: date) -> list[int]:
    """Return the minutes of `day` at which a place may open or close, in order."""
    own = {minute for span in _openings(expression, day) for minute in span}
    left = {end - _DAY_MIN for _, end in _openings(expression, day - _DAY)}
    return sorted(minute for minute in own | left if 0 <= minute < _DAY_MIN)


def _openings(expression: str, day: date) -> tuple[tuple[int, int], ...]:
    """Return the openings that begin on the real date `day`, in minutes after its midnight."""
    country, stand_in = _stand_in(expression, day)
    return _openings_of(expression, country, stand_in)


@lru_cache(maxsize=65536)
def _openings_of(expression: str, country: str | None, day: date) -> tuple[tuple[int, int], ...]:
    """Return the openings that begin on `day` in an ordinary calendar.

    One that ends after midnight belongs to the day it began, so that the night before a holiday
    runs its course; one of more than a day is cut at every midnight.
    """
    midnight = datetime.combine(day, time())
    spans = []
    for begin, end, state, _ in _parse(expression, country).intervals(
        midnight - _DAY, midnight + 2 * _DAY
    ):
        if state != opening_hours.State.OPEN or not (begin < midnight + _DAY and end > midnight):
            continue
        if end - begin > _DAY:
            begin, end = max(begin, midnight), min(end, midnight + _DAY)  # noqa: PLW2901 - cut
        if begin >= midnight:
            spans.append((_minutes(begin - midnight), _minutes(end - midnight)))
    return tuple(spans)


def _minutes(span: timedelta) -> int:
    return int(span.total_seconds()) // _MINUTE_S


def _local(when: datetime) -> datetime:
    if when.tzinfo is None:
        return when.replace(tzinfo=SHANGHAI)
    return when.astimezone(SHANGHAI)


def _stand_in(expression: str, day: date) -> tuple[str | None, date]:
    """Return the calendar and the ordinary date whose hours hold on `day`."""
    if _same_every_day(expression):
        return None, day
    kind = day_kind(day)
    if kind is DayKind.HOLIDAY and "PH" in expression:
        return "CN", _NATIONAL_DAY
    if kind is DayKind.HOLIDAY:
        return None, _nearest(day, weekend=True)
    if kind is DayKind.MAKE_UP:
        return None, _nearest(day, weekend=False)
    return None, day


@lru_cache(maxsize=8192)
def _same_every_day(expression: str) -> bool:
    """Whether holidays cannot matter: no ``PH`` rule and seven equal days."""
    if "PH" in expression or "SH" in expression:
        return False
    days = week_mask(expression).reshape(7, 24)
    return bool((days == days[0]).all())


def _nearest(day: date, *, weekend: bool) -> date:
    """Return the Sunday, or the weekday, that lies nearest to `day`."""
    wanted = (SATURDAY + 1,) if weekend else range(SATURDAY)
    nearby = (day + sign * step * _DAY for step in range(8) for sign in (1, -1))
    return next(other for other in nearby if other.weekday() in wanted)


_WEEKDAYS = {"一": "Mo", "二": "Tu", "三": "We", "四": "Th", "五": "Fr", "六": "Sa",
             "日": "Su", "天": "Su"}  # fmt: skip
_DAY_NAME = r"(?:周|星期|礼拜)([一二三四五六日天])"
_SPAN = re.compile(_DAY_NAME + r"\s*(?:至|到|-|—|–|~|～)\s*(?:周|星期|礼拜)?([一二三四五六日天])")
_SINGLE = re.compile(_DAY_NAME)
_TIME = re.compile(r"(\d{1,2})[::点时](\d{2})?分?\s*(?:-|—|–|~|～|至|到)+\s*"
                   r"(?:次日|第二天|翌日)?(\d{1,2})[::点时](\d{2})?")  # fmt: skip
_ALWAYS = re.compile(r"24\s*(?:小时|h)|全天|全年无休|昼夜", re.IGNORECASE)


def from_chinese(words: str) -> str:
    """Turn hours as Chinese tables write them into OSM opening_hours.

    Understands days (周一至周五, 工作日, 周末, 每天, 节假日休息), several spans (上午…下午…),
    midnight spans (次日) and 24小时/全天. OSM syntax passes through, normalised.

    Raises
    ------
    BadInputError
        If anything in `words` is not understood: hours are never guessed.
    """
    text = words.strip().replace("：", ":").replace("，", ",").replace("；", ";")
    try:
        return check_hours(text)
    except BadInputError:
        pass
    parts = [part for part in re.split(r"[;。\n]", text) if part.strip()]
    rules = [_chinese_rule(part, words) for part in parts]
    return check_hours("; ".join(rules))


def _chinese_rule(part: str, words: str) -> str:
    rest = part
    if re.search(r"(节假日|法定假日|法定节假日)(休息|不开放|关闭|除外)", rest):
        rule = re.sub(r"[,,(（]?(法定)?(节假日|假日)(休息|不开放|关闭|除外)[)）]?", "", rest)
        return f"{_chinese_rule(rule, words)}; PH off" if rule.strip() else "PH off"
    days, rest = _chinese_days(rest)
    if _ALWAYS.search(rest):
        spans, rest = ["00:00-24:00"], _ALWAYS.sub("", rest)
    else:
        spans = [
            f"{int(begin):02d}:{begin_m or '00'}-{int(end):02d}:{end_m or '00'}"
            for begin, begin_m, end, end_m in _TIME.findall(rest)
        ]
        rest = _TIME.sub("", rest)
    leftover = re.sub(r"[\s,、:()（）及和]|上午|下午|早|晚|营业|开放|时间|夏季|冬季", "", rest)
    if not spans or leftover or "季" in part or ("下午" in part and _afternoon_clash(part)):
        _parse(words)
    return f"{days} {','.join(spans)}".strip() if days or spans != ["00:00-24:00"] else ALWAYS


def _afternoon_clash(part: str) -> bool:
    """Whether hours after 下午 are written on a 12-hour clock, which would be a guess."""
    after = part.split("下午", 1)[1]
    found = _TIME.search(after)
    return found is not None and int(found.group(1)) < 12  # noqa: PLR2004 - noon


def _chinese_days(part: str) -> tuple[str, str]:
    """Return the OSM day selector and what is left of the text."""
    for words, days in (("工作日", "Mo-Fr"), ("周末", "Sa-Su"), ("双休日", "Sa-Su")):
        if words in part:
            return days, part.replace(words, "")
    part = re.sub(r"每天|每日|天天|周一至周日|周一到周日", "", part)
    found = [f"{_WEEKDAYS[a]}-{_WEEKDAYS[b]}" for a, b in _SPAN.findall(part)]
    part = _SPAN.sub("", part)
    found += [_WEEKDAYS[day] for day in _SINGLE.findall(part)]
    return ",".join(found), _SINGLE.sub("", part)


__all__ = [
    "ALWAYS", "HOURS_A_WEEK", "SHANGHAI", "CalendarError", "check_hours", "days_mask",
    "from_chinese", "is_open", "next_change", "week_mask",
]  # fmt: skip
