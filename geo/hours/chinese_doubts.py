"""What a Chinese phrase may mean in two ways: refused before rules are made of it, with the mend."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NoReturn

from geo.errors import BadInputError
from geo.holidays import SATURDAY
from geo.hours.chinese_tree import Act, Statement
from geo.hours.opening_rules import SUNDAY, WEEK, DateSpan, Days
from geo.text import Text

_LONG_DAYS = 14
"""Chosen: a span of dates longer than two weeks is a season, a shorter one a holiday."""
_HALF_DAY_MIN = 13 * 60
"""Hours that all end by 13:00 may be meant for the afternoon as well."""


def check_doubts(groups: list[Statement], text: str) -> None:
    """Raise BadInputError if the groups of `text` can be read in two ways."""
    _check_seasons(groups)
    _check_first_days(groups, text)
    _check_order(groups)
    _check_vague_words(groups, text)
    _check_all_day(groups, text)


def _wrong(zh: str, en: str) -> NoReturn:
    raise BadInputError(Text(zh, en))


def _check_seasons(groups: list[Statement]) -> None:
    if any(group.season and not group.dates for group in groups):
        _wrong(
            "写了季节但没有写从几月到几月，请写明，如“5月至9月 8:00-18:00；10月至次年4月 8:30-17:30”。",
            "seasons without dates; write them: May-Sep 08:00-18:00; Oct-Apr 08:30-17:30.",
        )


def _check_first_days(groups: list[Statement], text: str) -> None:
    """Refuse “8:00-17:00 周一至周五，节假日休息”, where the first times may hold on other days."""
    first = groups[0]
    if first.days is not None or first.act is not Act.OPEN or len(groups) < 2:  # noqa: PLR2004
        return
    second = next((group for group in groups[1:] if not group.inside), None)
    if second is None or second.days is None or not second.listed_loosely:
        return
    if not re.search(r"[,;。()]", text[first.end : second.begin]):
        _wrong(
            "日子写在时间后面又跟着别的日子，分不清哪些日子是哪段时间。请把日子写在时间前面。",
            "it is not clear which days the first times hold on; write days before their times.",
        )


def _check_order(groups: list[Statement]) -> None:
    """Refuse times without days after words about certain days, where they may mean those."""
    opened = [place for place, group in enumerate(groups) if group.act is Act.OPEN]
    for place in opened:
        group = groups[place]
        if group.days is None and not group.dates and not group.inside:
            before = groups[:place]
            if place != opened[0] or any(other.act is not Act.CLOSED for other in before):
                _wrong(
                    "有一段时间没有写是哪几天，请在时间前写明。",
                    "some times do not say which days they hold on; write the days before them.",
                )
    first = opened[0] if opened else len(groups)
    if any(group.act is Act.NORMAL for group in groups[:first]):
        _wrong(
            "“正常开放”写在时间前面，分不清是哪几天，请写成“周一至周五 8:30-17:30”。",
            "days open as usual before any times; write the days with their times.",
        )
    _check_months_alone(groups, opened)
    base = groups[first].days if opened and not groups[first].dates else None
    if base is None or base.weekdays == WEEK:
        return
    for place in opened[1:]:
        group = groups[place]
        if group.days is None and _length_days(group.dates) > _LONG_DAYS:
            _wrong(
                "这几个月的时间是每天都用，还是只用于前面写的那几天？请写明，如“7月至8月 周一至周五 8:00-20:00”。",
                "do the hours of those months hold every day, or on the days named before? Write "
                "the days.",
            )


def _check_months_alone(groups: list[Statement], opened: list[int]) -> None:
    """Refuse “8:00-18:00，周一闭馆，7月-8月 8:00-20:00”, where Mondays of those months may be either."""
    if not opened or groups[opened[0]].dates:
        return
    apart = any(
        group.days is not None and not group.dates
        for group in groups
        if group is not groups[opened[0]]
    )
    months = [groups[place] for place in opened[1:] if groups[place].days is None]
    if apart and any(_length_days(group.dates) > _LONG_DAYS for group in months):
        _wrong(
            "前面另写了有的日子休息或时间不同，这几个月里也一样吗？请写明这几个月是哪几天，如“7月至8月 周二至周日 "
            "8:00-20:00”。",
            "some days are closed or have other hours: in those months too? Write which days the "
            "months' hours hold on.",
        )


def _length_days(spans: Sequence[DateSpan]) -> int:
    """Return about how many days of a year `spans` hold."""
    return sum(
        (30 * (span.last.month - span.first.month) + span.last.day - span.first.day) % 360 + 1
        for span in spans
    )


def _check_vague_words(groups: list[Statement], text: str) -> None:
    """Refuse 节假日 and 其余 where they may mean days of another kind."""
    opened = [group for group in groups if group.act is Act.OPEN]
    named = [group.days for group in opened if group.days is not None]
    weekdays = frozenset[int]().union(*(days.weekdays for days in named))
    for group in opened:
        holidays = group.days is not None and only_holidays(group.days)
        if holidays and group.vague and named and weekdays and not weekdays >= {SATURDAY, SUNDAY}:
            _wrong(
                "“节假日”包括周末吗？包括请写“周末及法定节假日 9:00-17:00”，"
                "不包括请写“法定节假日 9:00-17:00”。",
                "do these holidays hold weekends too? Write 周末及法定节假日, or 法定节假日 alone.",
            )
    if re.search("其[余他它]", text) and any(group.dates for group in groups):
        _wrong(
            "“其余”是其余的日子还是其余的月份？请写明是几月或周几。",
            "'the rest': of the days or of the months? Write which.",
        )


def _check_all_day(groups: list[Statement], text: str) -> None:
    """Refuse “周一至周五全天，周六上午 9:00-12:00”, where 全天 may be the whole working day."""
    timed = any(
        group.act is Act.OPEN
        and group.times
        and all(begin.plain < end.plain <= _HALF_DAY_MIN for begin, end in group.times)
        for group in groups
    )
    vague = [group for group in groups if group.all_day and text[: group.end].endswith("全天")]
    if timed and vague:
        _wrong(
            "“全天”是 24 小时，还是整个上班时间？请写“24小时”，或写明几点到几点。",
            "'all day': around the clock, or the whole working day? Write 24小时, or the times.",
        )


def only_holidays(days: Days) -> bool:
    """Whether `days` are public holidays and nothing else."""
    return days.holidays and not days.weekdays and not days.nth
