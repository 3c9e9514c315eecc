"""The one evaluator of opening hours: on real dates, in minutes, with China's real holidays.

On a public holiday a weekday counts as a Sunday, unless a ``PH`` rule holds on it, which then
decides; on a make-up working weekend the hours are those of the nearest ordinary working day
(Friday for a Saturday, Monday for a Sunday). A night belongs to the day it began: it runs its
course into a holiday, and a holiday's own night does not begin.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from geo.errors import CalendarError
from geo.holidays import SATURDAY, DayKind, day_kind, latest_announced_year
from geo.hours.opening_rules import (
    ALL_DAY,
    DAY_MIN,
    DAYS_A_WEEK,
    HOUR_MIN,
    HOURS_A_DAY,
    KEPT_TEXTS,
    SUNDAY,
    WEEK,
    Join,
    Rule,
    Rules,
    Spans,
    State,
    union,
    without,
)
from geo.hours.syntax import read_rules

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOURS_A_WEEK = 168
"""Monday 0:00 is the first."""

_DAY = timedelta(days=1)
_HALF_MIN = 30
"""An hour counts as open when it is at its half past."""
_SEARCH_DAYS = 16
"""Longer than the longest public holiday, so that the next opening is found."""
_SURE_SHARE = 0.9
"""Chosen: hours that hold in nine of ten weeks are those of the ordinary week."""
_KEPT_DAYS = 2**17
"""Days kept read: a year of some 350 different texts."""


def is_open(expression: str, when: datetime) -> bool:
    """Whether a place is surely open at `when` (local if it carries no zone).

    Raises
    ------
    BadInputError
        If the expression cannot be read.
    CalendarError
        If the answer depends on holidays of a year that are not announced.
    """
    local = _local(when)
    edges = _edges(expression, local.date())
    return bisect_right(edges, HOUR_MIN * local.hour + local.minute) % 2 == 1


def next_change(expression: str, when: datetime) -> datetime | None:
    """Return when a place opens or closes next (Asia/Shanghai), None if never within 16 days.

    Raises as :func:`is_open`.
    """
    local = _local(when)
    day = local.date()
    edges = _edges(expression, day)
    place = bisect_right(edges, HOUR_MIN * local.hour + local.minute)
    open_now = place % 2 == 1
    if place < len(edges) and edges[place] < DAY_MIN:
        return _moment(day, edges[place])
    return _later_change(expression, day, open_now=open_now)


def week_mask(expression: str) -> NDArray[np.bool_]:
    """Return which hours of an ordinary week a place is surely open, (168,) bool, Monday first.

    An ordinary week has neither holidays nor make-up days. An hour counts when the place is open
    at half past: 08:00-17:30 holds the hours 8 to 16. Where the text tells seasons or dates
    apart, an hour counts when it holds in all but a tenth of the year's weeks, so that summer
    hours are never taken for the whole year's.

    Raises
    ------
    BadInputError
        If the expression cannot be read.
    """
    return np.frombuffer(_week(expression), np.bool_)


def open_in_week(expression: str, monday: date | None) -> NDArray[np.bool_]:
    """Return the (168,) open hours of the week from `monday`; of an ordinary week for None.

    See :func:`days_mask` and :func:`week_mask`.
    """
    return week_mask(expression) if monday is None else days_mask(expression, monday, 7)


def days_mask(expression: str, first: date, days: int) -> NDArray[np.bool_]:
    """Return which hours of real dates a place is open, (24 days,) bool, midnight of `first` on.

    Public holidays and make-up working days are those the State Council announced. An hour counts
    when the place is open at half past.

    Raises
    ------
    BadInputError
        If the expression cannot be read.
    CalendarError
        If the answer depends on holidays of a year that are not announced.
    """
    mask = np.zeros((days, HOURS_A_DAY), np.bool_)
    for row in range(days):
        edges = _edges(expression, first + row * _DAY)
        _fill(mask[row], tuple(zip(edges[::2], edges[1::2], strict=True)))
    return mask.ravel()


@lru_cache(maxsize=KEPT_TEXTS)
def week_minutes(expression: str) -> tuple[int, ...] | None:
    """Return when a place opens and closes in an ordinary week, None where seasons differ.

    Minutes after Monday 00:00: opens, closes, opens, closes, …; ``(0, 10080)`` is always open,
    ``()`` never. Hours that run over Sunday midnight are cut there.

    Raises
    ------
    BadInputError
        If the expression cannot be read.
    """
    rules = read_rules(expression)
    if not _same_every_week(rules):
        return None
    days = [_spans_of(rules, _ordinary_day(weekday), DayKind.ORDINARY) for weekday in range(7)]
    spans = [
        (start + begin, start + end)
        for weekday in range(-1, 7)
        for start in [weekday * DAY_MIN]
        for begin, end in days[weekday]
    ]
    whole = 7 * DAY_MIN
    cut = [(max(begin, 0), min(end, whole)) for begin, end in spans if end > 0]
    return tuple(minute for span in union(cut) for minute in span)


@lru_cache(maxsize=_KEPT_DAYS)
def openings(expression: str, day: date) -> Spans:
    """Return the openings that begin on the real date `day`, in minutes after its midnight.

    Raises as :func:`is_open`.
    """
    rules = read_rules(expression)
    if _needs_no_calendar(expression):
        return _spans_of(rules, day, DayKind.ORDINARY)
    try:
        kind = day_kind(day)
    except CalendarError:
        possible = {_spans_of(rules, day, kind) for kind in _possible_kinds(day)}
        if len(possible) > 1:
            raise
        return possible.pop()
    return _spans_of(rules, day, kind)


@lru_cache(maxsize=_KEPT_DAYS)
def _edges(expression: str, day: date) -> tuple[int, ...]:
    """Return when a place opens and closes on `day`, in minutes; the night before included."""
    left = [(0, end - DAY_MIN) for _, end in openings(expression, day - _DAY) if end > DAY_MIN]
    spans = openings(expression, day)
    return tuple(minute for span in (union([*left, *spans]) if left else spans) for minute in span)


@lru_cache(maxsize=_KEPT_DAYS)
def _later_change(expression: str, day: date, *, open_now: bool) -> datetime | None:
    """Return the first change at or after the midnight that ends `day`."""
    if read_rules(expression)[0].always and len(read_rules(expression)) == 1:
        return None
    for step in range(1, _SEARCH_DAYS):
        later = day + step * _DAY
        edges = _edges(expression, later)
        if (bisect_right(edges, 0) % 2 == 1) != open_now:
            return _moment(later, 0)
        found = next((edge for edge in edges if 0 < edge < DAY_MIN), None)
        if found is not None:
            return _moment(later, found)
    return None


def _moment(day: date, minute: int) -> datetime:
    return datetime.combine(day, time(), SHANGHAI) + timedelta(minutes=minute)


def _local(when: datetime) -> datetime:
    if when.tzinfo is None:
        return when.replace(tzinfo=SHANGHAI)
    return when.astimezone(SHANGHAI)


def _spans_of(rules: Rules, day: date, kind: DayKind) -> Spans:
    """Return the openings that begin on `day` if it is of `kind`: the last rule that holds wins."""
    spans: Spans = ()
    ruled = False
    for rule in rules:
        # What holds otherwise is never open: the door lets only unknown and off through there.
        if rule.join is Join.OTHERWISE or not _holds(rule, day, kind):
            continue
        if kind is DayKind.HOLIDAY:
            if ruled and rule.days is not None and not rule.names_holidays:
                continue
            ruled |= rule.names_holidays
        spans = _after(rule, spans)
    return union(spans)


def _after(rule: Rule, spans: Spans) -> Spans:
    """Return what is open once `rule` has been said on top of `spans`."""
    if rule.state is State.OPEN:
        opened = rule.spans or ALL_DAY
        return opened if rule.join is Join.INSTEAD else (*spans, *opened)
    if rule.state is State.UNKNOWN and rule.join is Join.INSTEAD:
        return ()
    return without(spans, rule.spans) if rule.spans else ()


def _holds(rule: Rule, day: date, kind: DayKind) -> bool:
    if rule.dated and not rule.in_season(day):
        return False
    days = rule.days
    if days is None:
        return True
    if days.only_holidays:
        return kind is DayKind.HOLIDAY and day.weekday() in days.weekdays
    counted = _counted_weekday(day, kind)
    if counted in days.weekdays or (days.holidays and kind is DayKind.HOLIDAY):
        return True
    return counted == day.weekday() and any(
        counted == weekday and _place(day, place)
        for weekday, places in days.nth
        for place in places
    )


def _counted_weekday(day: date, kind: DayKind) -> int:
    """Return the weekday whose hours hold on `day`."""
    if kind is DayKind.HOLIDAY:
        return SUNDAY
    if kind is DayKind.MAKE_UP:
        return SATURDAY - 1 if day.weekday() == SATURDAY else 0
    return day.weekday()


def _place(day: date, place: int) -> bool:
    """Whether `day` is the `place`-th of its weekday in its month, from the end if negative."""
    if place > 0:
        return (day.day - 1) // DAYS_A_WEEK + 1 == place
    following = (day.replace(day=28) + 4 * _DAY).replace(day=1)
    return ((following - day).days - 1) // DAYS_A_WEEK + 1 == -place


def _possible_kinds(day: date) -> tuple[DayKind, ...]:
    weekend = day.weekday() >= SATURDAY
    return (DayKind.ORDINARY, DayKind.HOLIDAY, *((DayKind.MAKE_UP,) if weekend else ()))


@lru_cache(maxsize=KEPT_TEXTS)
def _needs_no_calendar(expression: str) -> bool:
    """Whether holidays and make-up days cannot matter: no rule tells days of the week apart."""
    return all(
        rule.days is None or (rule.days.weekdays == WEEK and not rule.names_holidays)
        for rule in read_rules(expression)
    )


def _same_every_week(rules: Rules) -> bool:
    return not any(rule.dated or (rule.days is not None and rule.days.nth) for rule in rules)


def _ordinary_day(weekday: int) -> date:
    """Return a date of `weekday`; which one is no matter to rules that are the same every week."""
    return date(1, 1, 1 + weekday)


@lru_cache(maxsize=KEPT_TEXTS)
def _week(expression: str) -> bytes:
    rules = read_rules(expression)
    if _same_every_week(rules):
        return _mask_of(rules, _ordinary_day(0)).tobytes()
    year = latest_announced_year()
    monday = date.fromisocalendar(year, 1, 1)
    last = date(year, 12, 28).isocalendar().week
    weeks = np.array([_mask_of(rules, monday + 7 * week * _DAY) for week in range(last)])
    surely: NDArray[np.bool_] = weeks.mean(axis=0) >= _SURE_SHARE
    return surely.tobytes()


def _mask_of(rules: Rules, monday: date) -> NDArray[np.bool_]:
    """Return the hours of the week of `monday`, all its days ordinary, and the night before it."""
    mask = np.zeros((8, HOURS_A_DAY), np.bool_)
    for row in range(8):
        # The night before the year 1 began is that of any Sunday.
        day = monday + (row - 1) * _DAY if row or monday.toordinal() > 1 else monday + 6 * _DAY
        spans = _spans_of(rules, day, DayKind.ORDINARY)
        _fill(mask.ravel()[row * HOURS_A_DAY :], spans)
    return mask[1:].ravel()


def _fill(hours: NDArray[np.bool_], spans: Spans) -> None:
    """Mark the hours, midnight first, at whose half past one of `spans` (minutes) is open."""
    for begin, end in spans:
        hours[(begin + _HALF_MIN - 1) // HOUR_MIN : (end + _HALF_MIN - 1) // HOUR_MIN] = True
