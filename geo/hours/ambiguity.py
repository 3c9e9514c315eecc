"""Rules that people and programs read in two ways: refused where hours come in, with the mend.

OSM's ``;`` replaces the whole day, which few who write it know; each check below names one way
in which that, or the order of the rules, is read apart.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from geo.hours.opening_rules import ALL_DAY, SUNDAY, Join, Rule, Rules, State, without
from geo.hours.writing import write_rules
from geo.text import Text


def check_meaning(rules: Rules) -> Text | None:
    """Return why `rules` cannot be taken at their word, None if they can."""
    for place, rule in enumerate(rules):
        before = rules[:place]
        found = _fallback(rules, place) or (before and _pair(before, rule)) or None
        if found is None and rule.state is State.OFF and rule.spans and not before:
            found = _NOTHING_TO_CLOSE
        if found:
            return found
    return None


def _pair(before: Rules, rule: Rule) -> Text | None:
    """Return what is wrong with `rule` after those `before` it."""
    if rule.state is not State.OPEN and rule.spans:
        return _NIGHT_HOLE if any(earlier.past_midnight for earlier in before) else None
    if rule.join is not Join.INSTEAD:
        return None
    if rule.every_day:
        return _no_days(rule)
    for earlier in before:
        if _holidays_first(earlier, rule):
            return _HOLIDAYS_LAST
        if _cuts_night(earlier, rule):
            return _night(earlier, rule)
    return None


def _fallback(rules: Rules, place: int) -> Text | None:
    rule = rules[place]
    if rule.join is Join.OTHERWISE and rule.state is State.OPEN:
        return Text(
            "“||”后面不能再写开放时间，请用分号分开各天。",
            "times after '||' are not supported; write each day's hours with ';'.",
        )
    if place and rules[place - 1].join is Join.OTHERWISE and rule.join is not Join.OTHERWISE:
        return Text("“||”须写在最后。", "'||' must come last.")
    return None


_NOTHING_TO_CLOSE = Text(
    "只写了关门的时段，没有写开放时间，请补写。",
    "says when it is closed but not when it is open; write that first.",
)
_NIGHT_HOLE = Text(
    "开放时间过午夜，又另写了关门的时段：请把各段开放时间逐段写出。",
    "hours run past midnight and a part of them is closed: write each open span instead.",
)
_HOLIDAYS_LAST = Text(
    "PH（法定节假日）写在前面，后面又写了周日或每天的时间，节假日按哪个算？请把 PH 写到最后。",
    "PH stands before hours that hold on Sundays or every day: which holds on a holiday? "
    "Write the PH rule last.",
)


def _no_days(rule: Rule) -> Text:
    said = "这段时间" if rule.state is State.OPEN else "这句话"
    return Text(
        f"分号后面{said}没有写是哪几天：是与前面相同的日子，还是改为每天？"
        "相同的日子请用逗号接着写（08:00-12:00,13:00-17:00），每天请写 Mo-Su。",
        "after ';' no days are named: the same days as before, or every day instead? Go on with "
        "a comma (08:00-12:00,13:00-17:00) or write Mo-Su.",
    )


def _holidays_first(earlier: Rule, rule: Rule) -> bool:
    return (
        earlier.names_holidays
        and rule.days is not None
        and not rule.names_holidays
        and SUNDAY in rule.weekdays
        and seasons_meet(earlier, rule)
    )


def _cuts_night(earlier: Rule, rule: Rule) -> bool:
    """Whether `rule` replaces a day into which a night of `earlier` runs, and cuts it short."""
    late = earlier.past_midnight
    if not late or rule.days is None or not rule.weekdays or not seasons_meet(earlier, rule):
        return False
    kept = (rule.spans or ALL_DAY) if rule.state is State.OPEN else ()
    if not without(((0, late),), kept):
        return False
    nights = earlier.weekdays - rule.weekdays
    return any((night + 1) % 7 in rule.weekdays for night in nights)


def _night(earlier: Rule, rule: Rule) -> Text:
    """Return the two readings of a night cut short."""
    if rule.state is State.OPEN and not earlier.weekdays & rule.weekdays:
        first = replace(earlier, join=Join.INSTEAD)
        apart = write_rules((first, replace(rule, join=Join.ALSO)))
        return Text(
            f"过午夜的时段遇到分号后的另一天：夜里开到几点？到次日算数请用逗号：{apart}。",
            f"a night runs into a day that ';' gives other hours: does it run its course? If so "
            f"write a comma: {apart}.",
        )
    return Text(
        "过午夜的时段遇到分号后的另一天：夜里开到几点？请把各天分开写，并用逗号代替分号。",
        "a night runs into a day that ';' gives other hours: does it run its course? Write each "
        "day once, with commas instead of ';'.",
    )


def seasons_meet(one: Rule, other: Rule) -> bool:
    """Whether there is a day of the year on which both may hold, whatever the year."""
    if not (one.dated and other.dated):
        return True
    start = date(2024, 1, 1)
    days = [start + timedelta(days=step) for step in range(366)]
    return any(_in_dates(one, day) and _in_dates(other, day) for day in days)


def _in_dates(rule: Rule, day: date) -> bool:
    if not rule.dates:
        return True
    return any(
        span.first.year != span.last.year
        or replace(
            span, first=replace(span.first, year=None), last=replace(span.last, year=None)
        ).holds(day)
        for span in rule.dates
    )
