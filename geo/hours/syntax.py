"""OSM ``opening_hours`` read into rules by a grammar, and rules written back.

The grammar (``osm.lark``) holds what :mod:`geo.hours.evaluate` answers exactly. Everything else
the OSM specification knows (sun times, open ends, school holidays, Easter, …) is refused with the
mend, and so is what people and programs read in two ways.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import cache, lru_cache
from typing import NoReturn

from lark import Lark, Token, Transformer, v_args
from lark.exceptions import LarkError, UnexpectedInput, VisitError

from geo.errors import BadInputError
from geo.hours.ambiguity import check_meaning
from geo.hours.opening_rules import (
    DAY_MIN,
    KEPT_TEXTS,
    LAST_DAY,
    DateSpan,
    Day,
    Days,
    Join,
    Numbers,
    Rule,
    Rules,
    State,
    from_day,
    from_year,
)
from geo.hours.writing import ALWAYS, MONTHS, WEEKDAYS, write_rules
from geo.text import Text

_LEAP_YEAR = 2000
"""Has a 29 February, for dates without a year."""
_LAST_HOUR, _LAST_WEEK, _LAST_PLACE = 48, 53, 5
"""The specification's limits: 48:00, week 53, the fifth weekday of a month."""
_MAX_LENGTH = 1000
"""Characters: OpenStreetMap allows 255; parsing stays within milliseconds."""


@lru_cache(maxsize=KEPT_TEXTS)
def read_rules(expression: str) -> Rules:
    """Read an OSM opening_hours text; each distinct text is read once.

    Raises
    ------
    BadInputError
        If it is not understood whole, cannot be evaluated exactly, or has two readings.
    """
    text = expression.strip()
    if not text or len(text) > _MAX_LENGTH:
        _refuse(text[:40], _UNREADABLE)
    try:
        rules: Rules = _ToRules().transform(_grammar().parse(text))
    except VisitError as error:
        if isinstance(error.orig_exc, BadInputError):
            _refuse(text, error.orig_exc.text)
        raise
    except UnexpectedInput as error:
        _refuse(text, _reason(text, error))
    except LarkError:
        _refuse(text, _UNREADABLE)
    clash = check_meaning(rules)
    if clash is not None:
        _refuse(text, clash)
    return rules


def check_hours(expression: str) -> str:
    """Return `expression` as written, without outer blanks, if it can be evaluated exactly.

    Raises
    ------
    BadInputError
        As :func:`read_rules`.
    """
    read_rules(expression)
    return expression.strip()


def hours_joined(before: str, added: str) -> str:
    """Return hours that hold whenever those of `before` or those of `added` do (OSM syntax).

    What `before` says of holidays still decides on holidays.

    Raises
    ------
    BadInputError
        If either cannot be read.
    """
    if ALWAYS in {before.strip(), added.strip()}:
        return ALWAYS
    old, new = read_rules(before), read_rules(added)
    place = len(old)
    while place > 1 and _only_beside(old[place - 1]):
        place -= 1
    every_day = Days(frozenset(range(7)))
    more = tuple(
        replace(rule, join=Join.ALSO, days=every_day if rule.every_day else rule.days)
        for rule in new
        if rule.state is State.OPEN
    )
    return write_rules((*old[:place], *more, *old[place:]))


def _only_beside(rule: Rule) -> bool:
    """Whether `rule` takes nothing from ordinary days: it is of holidays, or of other times."""
    return rule.join is Join.OTHERWISE or (rule.names_holidays and not rule.weekdays)


def _refuse(text: str, why: Text) -> NoReturn:
    raise BadInputError(Text(f"开放时间“{text}”：{why.zh}", f"Opening hours {text!r}: {why.en}"))


_UNREADABLE = Text(
    "看不懂。请写成“周一至周五 8:00-17:30”“24小时”，或 Mo-Fr 08:00-17:30、24/7。",
    "cannot be read. Write Mo-Fr 08:00-17:30 or 24/7.",
)
_KNOWN_LIMITS: tuple[tuple[re.Pattern[str], Text], ...] = (
    (
        re.compile(r"sunrise|sunset|dawn|dusk", re.IGNORECASE),
        Text(
            "日出、日落的钟点天天不同，请按季节写明钟点，如 Apr-Sep 05:30-18:30; Oct-Mar 06:30-17:00。",
            "sun times differ from day to day; write clock times by season, such as "
            "Apr-Sep 05:30-18:30; Oct-Mar 06:30-17:00.",
        ),
    ),
    (
        re.compile(r"\d\s*\+"),
        Text(
            "“+”没有写明几点关门，请写明，如 17:00-22:00。",
            "'+' leaves the end open; write when it closes, such as 17:00-22:00.",
        ),
    ),
    (
        re.compile(r"\bSH\b"),
        Text(
            "SH（学校假期）没有全市统一的日期，请写明起止日期，如 Jul 10-Aug 31。",
            "SH (school holidays) has no dates here; write them, such as Jul 10-Aug 31.",
        ),
    ),
    (
        re.compile(r"\bPH\s*[-+]\s*\d"),
        Text(
            "“PH ±n day”（节假日前后几天）不支持，请写明日期。",
            "days before or after PH are not supported; write the dates.",
        ),
    ),
    (
        re.compile(r"easter", re.IGNORECASE),
        Text("不支持 easter，请写明日期。", "easter is not supported; write the dates."),
    ),
)


def _reason(text: str, error: UnexpectedInput) -> Text:
    for pattern, why in _KNOWN_LIMITS:
        if pattern.search(text):
            return why
    rest = text[error.pos_in_stream :] if error.pos_in_stream is not None else ""
    if not rest.strip():
        return _UNREADABLE
    return Text(
        f"从“{rest[:12]}”起看不懂。请写成“周一至周五 8:00-17:30”或 Mo-Fr 08:00-17:30。",
        f"cannot be read from {rest[:12]!r} on. Write it like Mo-Fr 08:00-17:30.",
    )


@cache
def _grammar() -> Lark:
    return Lark.open("osm.lark", rel_to=__file__, parser="lalr", maybe_placeholders=False)


def _wrong(zh: str, en: str) -> NoReturn:
    raise BadInputError(Text(zh, en))


def _weekday(token: str) -> int:
    return WEEKDAYS.index(token[:2].capitalize())


def _month(token: str) -> int:
    return MONTHS.index(token[:3].capitalize()) + 1


def weekdays_between(first: int, last: int) -> frozenset[int]:
    """Return the weekdays from `first` to `last`, over the weekend if need be."""
    return frozenset((first + step) % 7 for step in range((last - first) % 7 + 1))


def real_day(year: int | None, month: int, day: int) -> Day:
    """Return a day of the calendar; raise BadInputError if there is none."""
    try:
        date(year or _LEAP_YEAR, month, day)
    except ValueError:
        _wrong(
            f"没有 {month} 月 {day} 日这一天，请改正。", f"there is no day {month}-{day}; mend it."
        )
    return Day(year, month, day)


def date_span(first: Day, last: Day) -> DateSpan:
    """Return the dates from `first` to `last`; raise BadInputError if years leave it unclear."""
    if (first.year is None) != (last.year is None):
        _wrong(
            "起止日期只有一个写了年份，请两个都写或都不写。",
            "only one end of the dates has its year; write both or none.",
        )
    both = (first.year or 0, first.month, first.day), (last.year or 0, last.month, last.day)
    if first.year is not None and both[0] > both[1]:
        _wrong("截止日期早于起始日期，请改正。", "the dates end before they begin; mend them.")
    return DateSpan(first, last)


def _numbers(first: int, last: int, limit: int, step: int = 1) -> Numbers:
    if not 1 <= first <= last <= limit or not 1 <= step <= limit:
        _wrong(f"“{first}-{last}”超出范围，请改正。", f"{first}-{last} is out of range; mend it.")
    return Numbers(first, last, step)


def _minute(token: str) -> int:
    hour, minute = (int(part) for part in token.split(":"))
    if minute >= 60 or hour > _LAST_HOUR or (hour == _LAST_HOUR and minute):  # noqa: PLR2004
        _wrong(f"没有 {token} 这个时刻，请改正。", f"{token} is no time of day; mend it.")
    return 60 * hour + minute


class _ToRules(Transformer[Token, Rules]):
    """Turns the parse tree of ``osm.lark`` into rules."""

    def start(self, parts: list[Rule | Join]) -> Rules:
        """Join the rules; days without times are open all day, as OSM says."""
        rules = []
        joins = [Join.INSTEAD, *(part for part in parts if isinstance(part, Join))]
        found = [part for part in parts if isinstance(part, Rule)]
        for join, rule in zip(joins, found, strict=True):
            rules.append(replace(rule, join=join))
        return tuple(rules)

    def instead(self, _: object) -> Join:
        return Join.INSTEAD

    def also(self, _: object) -> Join:
        return Join.ALSO

    def otherwise(self, _: object) -> Join:
        return Join.OTHERWISE

    def always(self, _: object) -> Rule:
        return Rule(spans=((0, DAY_MIN),))

    def rule(self, parts: list[Rule]) -> Rule:
        if len(parts) == 1:
            return parts[0]
        chosen, said = parts
        return replace(chosen, state=said.state, spans=said.spans, comment=said.comment)

    def selectors(self, parts: list[Rule | Days]) -> Rule:
        rule = parts[0] if isinstance(parts[0], Rule) else Rule()
        days = parts[-1] if isinstance(parts[-1], Days) else None
        return replace(rule, days=days)

    def wide(self, parts: list[Rule]) -> Rule:
        rule = Rule()
        for part in parts:
            rule = replace(
                rule,
                years=rule.years or part.years,
                dates=rule.dates or part.dates,
                weeks=rule.weeks or part.weeks,
            )
        return rule

    def years(self, parts: list[Numbers]) -> Rule:
        return Rule(years=tuple(parts))

    @v_args(inline=True)
    def further_day(self, day: str) -> tuple[int, int]:
        return int(day), int(day)

    @v_args(inline=True)
    def further_days(self, first: str, last: str) -> tuple[int, int]:
        return int(first), int(last)

    def dates(self, parts: list[DateSpan | tuple[int, int]]) -> Rule:
        spans = _with_months(parts)
        if len({span.first.year is None for span in spans}) > 1:
            _wrong(
                "几个日期里有的写了年份有的没写，请都写或都不写。",
                "some of the dates have years and some have none; write all or none.",
            )
        return Rule(dates=tuple(spans))

    def weeks(self, parts: list[Numbers]) -> Rule:
        return Rule(weeks=tuple(parts))

    @v_args(inline=True)
    def year(self, year: str) -> Numbers:
        return Numbers(int(year), int(year))

    @v_args(inline=True)
    def years_between(self, first: str, last: str) -> Numbers:
        if int(first) > int(last):
            _wrong("截止年份早于起始年份，请改正。", "the years end before they begin; mend them.")
        return Numbers(int(first), int(last))

    @v_args(inline=True)
    def years_from(self, first: str) -> Numbers:
        return from_year(int(first))

    def month(self, parts: list[Token]) -> DateSpan:
        return self.months([*parts, *parts])

    def months(self, parts: list[Token]) -> DateSpan:
        (year, month), (last_year, last_month) = _dated(parts, 1)
        if year is not None and last_year is None:
            if last_month[0] < month[0]:
                _wrong(
                    "跨年的月份请写明两个年份，如 2026 Nov-2027 Feb。",
                    "months over New Year need both years: 2026 Nov-2027 Feb.",
                )
            last_year = year
        first = Day(year, month[0], 1)
        return date_span(first, Day(last_year, last_month[0], LAST_DAY))

    def one_day(self, parts: list[Token]) -> DateSpan:
        ((year, (month, day)),) = _dated(parts, 2)
        return DateSpan(real_day(year, month, day), real_day(year, month, day))

    def days_of_month(self, parts: list[Token]) -> DateSpan:
        ((year, (month, day)),) = _dated(parts[:-1], 2)
        last = int(parts[-1])
        if last < day:
            _wrong(
                f"“{day}-{last}”日的止日早于起日，跨月请写明月份。",
                f"days {day}-{last} end before they begin; over a month's end write both months.",
            )
        return DateSpan(real_day(year, month, day), real_day(year, month, last))

    def days_between(self, parts: list[Token]) -> DateSpan:
        (year, first), (last_year, last) = _dated(parts, 2)
        if year is not None and last_year is None and last >= first:
            last_year = year
        return date_span(real_day(year, *first), real_day(last_year, *last))

    def days_from(self, parts: list[Token]) -> DateSpan:
        ((year, (month, day)),) = _dated(parts, 2)
        return from_day(real_day(year, month, day))

    @v_args(inline=True)
    def week(self, number: str) -> Numbers:
        return _numbers(int(number), int(number), _LAST_WEEK)

    @v_args(inline=True)
    def weeks_between(self, first: str, last: str, step: str = "1") -> Numbers:
        return _numbers(int(first), int(last), _LAST_WEEK, int(step))

    def days(self, parts: list[Days]) -> Days:
        found = Days()
        for part in parts:
            found |= part
        return found

    def holidays(self, _: object) -> Days:
        return Days(holidays=True)

    def holidays_on(self, parts: list[Token | Days]) -> Days:
        days = self.days([part for part in parts if isinstance(part, Days)])
        if days.nth:
            _wrong("“PH”后面只能写星期几。", "PH can only be followed by days of the week.")
        return replace(days, only_holidays=True)

    @v_args(inline=True)
    def weekday(self, name: str) -> Days:
        return Days(frozenset({_weekday(name)}))

    @v_args(inline=True)
    def weekdays_between(self, first: str, last: str) -> Days:
        return Days(weekdays_between(_weekday(first), _weekday(last)))

    def weekday_of_month(self, parts: list[Token | tuple[int, ...]]) -> Days:
        places = tuple(place for part in parts[1:] for place in part if isinstance(place, int))
        return Days(nth=((_weekday(str(parts[0])), places),))

    @v_args(inline=True)
    def from_start(self, place: str) -> tuple[int, ...]:
        return (_numbers(int(place), int(place), _LAST_PLACE).first,)

    @v_args(inline=True)
    def from_end(self, place: str) -> tuple[int, ...]:
        return (-_numbers(int(place), int(place), _LAST_PLACE).first,)

    @v_args(inline=True)
    def places_between(self, first: str, last: str) -> tuple[int, ...]:
        span = _numbers(int(first), int(last), _LAST_PLACE)
        return tuple(range(span.first, span.last + 1))

    def body(self, parts: list[Token | Rule]) -> Rule:
        said = {part.type: str(part) for part in parts if isinstance(part, Token)}
        spans = parts[0].spans if isinstance(parts[0], Rule) else ()
        if spans and "COMMENT" in said and "STATE" not in said:
            _wrong(
                f"时间后面的说明 {said['COMMENT']}：是开放，还是要先询问？开放请在说明前写 open，"
                "要先询问请写 unknown。",
                f"times with the remark {said['COMMENT']}: open, or only on request? Write open "
                "or unknown before the remark.",
            )
        word = said.get("STATE", "unknown" if "COMMENT" in said else "open").lower()
        state = State.OFF if word == "closed" else State(word)
        if state is State.OPEN and not spans:
            spans = ((0, DAY_MIN),)
        return Rule(state=state, spans=spans, comment=said.get("COMMENT", "").strip('"'))

    def times(self, parts: list[tuple[int, int]]) -> Rule:
        return Rule(spans=tuple(parts))

    @v_args(inline=True)
    def span(self, begin: str, end: str) -> tuple[int, int]:
        first, last = _minute(begin), _minute(end)
        if first == last:
            _wrong(
                f"“{begin}-{end}”起止相同：全天请写 00:00-24:00。",
                f"{begin}-{end} begins when it ends; write 00:00-24:00 for all day.",
            )
        last += DAY_MIN if last < first else 0
        if first >= DAY_MIN or last - first > DAY_MIN:
            _wrong(f"“{begin}-{end}”超过一天，请改正。", f"{begin}-{end} is over a day; mend it.")
        return first, last


def _with_months(parts: Sequence[DateSpan | tuple[int, int]]) -> list[DateSpan]:
    """Give days that follow a date its month: Dec 24,25."""
    spans: list[DateSpan] = []
    for part in parts:
        if isinstance(part, DateSpan):
            spans.append(part)
            continue
        if not spans or (spans[-1].last.day == LAST_DAY and spans[-1].first.day == 1):
            _wrong("日期没有写月份，请写明。", "a day has no month; write it.")
        year, month = spans[-1].last.year, spans[-1].last.month
        first, last = real_day(year, month, part[0]), real_day(year, month, part[1])
        if not spans[-1].last.day < first.day <= last.day:
            _wrong("日期先后不对，请改正。", "the days are not in order; mend them.")
        spans.append(DateSpan(first, last))
    return spans


def _dated(parts: Sequence[Token], size: int) -> list[tuple[int | None, tuple[int, ...]]]:
    """Group tokens into (year, (month,)) or (year, (month, day))."""
    found: list[tuple[int | None, tuple[int, ...]]] = []
    year: int | None = None
    numbers: list[int] = []
    for part in parts:
        if part.type == "YEAR":
            year = int(part)
            continue
        numbers.append(_month(part) if part.type == "MONTH" else int(part))
        if len(numbers) == size:
            found.append((year, tuple(numbers)))
            year, numbers = None, []
    return found
