"""The parse tree of Chinese opening hours as groups: these days, in this season, these times."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import NoReturn

from lark import Token, Transformer, Tree, v_args
from lark.exceptions import VisitError

from geo.errors import BadInputError
from geo.hours.chinese_clock import Pair, read_clock
from geo.hours.opening_rules import LAST_DAY, WEEK, DateSpan, Day, Days
from geo.hours.syntax import date_span, real_day, weekdays_between
from geo.text import Text

_DAY_NAMES = "一二三四五六日"
_MON_FRI = frozenset(range(5))
_SAT_SUN = frozenset({5, 6})
_MOST_OF_A_WEEK = 5
"""Days: from five on several times belong to each day."""
_SAID_OPEN = re.compile(r"开放|营业|服务|上班|办公|开门|接待")
_NUMBERS = {
    **{name: number + 1 for number, name in enumerate("一二三四五")},
    **{str(number): number for number in range(1, 6)},
}


class Act(StrEnum):
    """What a group says of its days."""

    OPEN = "open"
    ALSO = "also"
    CLOSED = "closed"
    NORMAL = "normal"
    ASK = "ask"
    BREAK = "break"
    EXTENDED = "extended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement.

    Attributes
    ----------
    times : tuple[Pair, ...]
        Opening spans as written; those of the break where `act` says so; the new end, twice, of
        hours that are extended.
    all_day : bool
        24小时 instead of times.
    rest : tuple[Pair, ...]
        Breaks within the times.
    season : bool
        Whether a season is named (夏季).
    days_first : bool
        Whether the days stand before the dates.
    listed_loosely : bool
        Whether blanks or commas part its days.
    vague : bool
        Whether its 节假日 may mean weekends too: 法定 is not said.
    begin, end : int
        Where it stands in the text.
    inside : bool
        Whether it stands in brackets.
    apart : tuple[Statement, ...]
        What brackets among its days say of others.
    """

    act: Act = Act.OPEN
    days: Days | None = None
    dates: tuple[DateSpan, ...] = ()
    times: tuple[Pair, ...] = ()
    all_day: bool = False
    rest: tuple[Pair, ...] = ()
    season: bool = False
    days_first: bool = False
    listed_loosely: bool = False
    vague: bool = False
    begin: int = 0
    end: int = 0
    inside: bool = False
    apart: tuple[Statement, ...] = ()


@dataclass(frozen=True, slots=True)
class Tail:
    """Days at the very end, after all times."""

    head: Statement
    including: bool


@dataclass(frozen=True, slots=True)
class _Days:
    days: Days
    begin: int
    end: int
    vague: bool = False


@dataclass(frozen=True, slots=True)
class _Inside:
    groups: tuple[Statement, ...] = ()
    head: Statement | None = None
    including: bool = False


@dataclass(slots=True)
class _Season:
    word: str
    dates: list[DateSpan] = field(default_factory=list)


def _wrong(zh: str, en: str) -> NoReturn:
    raise BadInputError(Text(zh, en))


def _day_number(name: str) -> int:
    mark = name[-1]
    if mark.isdigit():
        return int(mark) - 1
    return _DAY_NAMES.index("日" if mark == "天" else mark)


def days_of_word(word: str) -> Days:
    """Return the days a word such as 工作日 or 法定节假日 means."""
    word = word.removeprefix("正常").lstrip("每个").replace("七天", "7天")
    if word in {"非工作日", "休息日"}:
        return Days(_SAT_SUN, holidays=True)
    if word in {"工作日", "法定工作日", "平日"}:
        return Days(_MON_FRI)
    if word in {"双休日", "周末", "周六日"}:
        return Days(_SAT_SUN)
    if "全年" in word or "365" in word:
        return Days(WEEK, holidays=True)
    if word in {"天", "日", "天天", "全周", "周一-日"} or word[0] == "其" or "周7天" in word:
        return Days(WEEK)
    return Days(holidays=True)


def read_groups(tree: Tree[Token], text: str) -> tuple[list[Statement], Tail | None]:
    """Return the groups of the parse tree of `text`, and the days after them all, if any.

    Raises
    ------
    BadInputError
        If a part of it is no time, no date or cannot be told apart.
    """
    try:
        parts = _ToGroups(text).transform(tree)
    except VisitError as error:
        if isinstance(error.orig_exc, BadInputError):
            raise error.orig_exc from None
        raise
    groups = [part for part in parts if isinstance(part, Statement)]
    return groups, next((part for part in parts if isinstance(part, Tail)), None)


class _ToGroups(Transformer[Token, list[Statement | Tail]]):
    """Turns the parse tree of ``chinese.lark`` into a list of groups and a tail.

    Parameters
    ----------
    text : str
        What was parsed, to look at the gaps between days.
    """

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def start(self, parts: list[Sequence[Statement] | Tail]) -> list[Statement | Tail]:
        found: list[Statement | Tail] = []
        for part in parts:
            found += [part] if isinstance(part, Tail) else list(part)
        return found

    def days_only(self, parts: list[Statement]) -> list[Statement | Tail]:
        return [Tail(parts[0], including=False)]

    def tail(self, parts: list[Token | Statement]) -> Tail:
        head = parts[-1]
        assert isinstance(head, Statement)  # noqa: S101 - by the grammar
        return Tail(head, including=len(parts) > 1)

    def group(self, parts: list[Statement | _Inside]) -> list[Statement]:
        """Put the days before a body, and what is in brackets, to it."""
        told = [part for part in parts if isinstance(part, Statement)]
        body = told[-1]
        extra: list[Statement] = []
        if len(told) > 1:
            extra += told[0].apart
            body = self._with_head(body, told[0])
        for part in parts:
            if isinstance(part, _Inside):
                body = self._with_inside(body, part, extra)
        return [body, *extra]

    def _with_head(self, body: Statement, head: Statement) -> Statement:
        if body.act is Act.BREAK:
            _wrong(
                "午休时间前面写了日子，请把午休写在该日时间后的括号里。",
                "a break with days of its own; write it in brackets after their times.",
            )
        return replace(
            head,
            act=body.act,
            times=body.times,
            all_day=body.all_day,
            rest=body.rest,
            end=body.end,
            apart=(),
        )

    def _with_inside(self, body: Statement, inside: _Inside, extra: list[Statement]) -> Statement:
        if inside.head is not None:
            return _told_in_brackets(body, inside.head, including=inside.including)
        for group in inside.groups:
            if group.act is Act.BREAK:
                body = replace(body, rest=(*body.rest, *group.times))
            elif body.act is Act.CLOSED and self._text[group.begin : group.end].endswith("除外"):
                _wrong(
                    "“休息（……除外）”：除外的那些天是开放还是也休息？请写明，如“周一闭馆，法定节假日照常开放”。",
                    "closed, with days excepted: are those open or closed too? Write which.",
                )
            elif group.days is None and not group.dates and group.act is not Act.NORMAL:
                _wrong(
                    "括号里的话看不懂是哪几天，请写明。",
                    "the words in brackets do not say which days are meant.",
                )
            else:
                dates = group.dates or body.dates
                extra.append(replace(group, dates=dates, inside=True))
        return body

    def head(self, parts: list[_Days | list[DateSpan] | _Season | _Inside]) -> Statement:
        found: Days | None = None
        dates: list[DateSpan] = []
        extra: list[Statement] = []
        season, days_first, loose, begin, end = False, False, False, -1, 0
        for part in parts:
            if isinstance(part, _Days):
                between = self._text[end : part.begin] if found is not None else ""
                if _SAID_OPEN.search(between):
                    _wrong(
                        "有的日子只写了开放，没有写钟点，请补写。",
                        "some days are said to be open, but not at what times; write them.",
                    )
                loose |= bool(re.search(r"[\s,;。]", between))
                found = part.days if found is None else found | part.days
                begin, end = (part.begin if begin < 0 else begin), part.end
                days_first |= not dates and not season
            elif isinstance(part, _Season):
                season = True
            elif isinstance(part, list):
                dates += part
            elif part.head is not None:
                dates += part.head.dates
                if part.head.days is not None:
                    found = part.head.days if found is None else found | part.head.days
            else:
                if any(group.days is None and not group.dates for group in part.groups):
                    _wrong(
                        "括号里的话看不懂是哪几天，请写明。",
                        "the words in brackets do not say which days are meant.",
                    )
                extra += [replace(group, inside=True) for group in part.groups]
        return Statement(
            days=found,
            dates=tuple(dates),
            season=season,
            days_first=days_first,
            listed_loosely=loose,
            vague=any(isinstance(part, _Days) and part.vague for part in parts),
            begin=max(begin, 0),
            end=end,
            apart=tuple(extra),
        )

    def inside_groups(self, parts: list[list[Statement]]) -> _Inside:
        return _Inside(tuple(group for groups in parts for group in groups))

    def inside_head(self, parts: list[Token | Statement]) -> _Inside:
        head = parts[-1]
        return _Inside(head=head if isinstance(head, Statement) else None, including=len(parts) > 1)

    def _word(self, token: Token, days: Days) -> _Days:
        return _Days(days, token.start_pos or 0, token.end_pos or 0)

    @v_args(inline=True)
    def day_word(self, token: Token) -> _Days:
        vague = token in {"节假日", "节日", "假日"}
        return replace(self._word(token, days_of_word(token)), vague=vague)

    @v_args(inline=True)
    def weekday(self, token: Token) -> _Days:
        return self._word(token, Days(frozenset({_day_number(token)})))

    bare_day = weekday

    @v_args(inline=True)
    def weekdays_between(self, first: Token, last: Token) -> _Days:
        if last[-1].isdigit() and not 1 <= int(last.lstrip("每逢周")) <= 7:  # noqa: PLR2004
            _wrong(f"没有周{last}，请改正。", f"there is no weekday {last}; mend it.")
        days = Days(weekdays_between(_day_number(first), _day_number(last)))
        return _Days(days, first.start_pos or 0, last.end_pos or 0)

    bare_days_between = weekdays_between

    @v_args(inline=True)
    def weekday_of_month(self, token: Token) -> _Days:
        places = tuple(_NUMBERS[mark] for mark in token[:-2] if mark in _NUMBERS)
        places = (-1,) if "最后" in token else places
        return self._word(token, Days(nth=((_day_number(token), places),)))

    def months(self, parts: list[Token]) -> list[DateSpan]:
        year = _year(parts[-1])
        numbers = [_number(part) for part in parts]
        return [date_span(_first(year, month), _last(year, month)) for month in numbers]

    def months_between(self, parts: list[Token]) -> list[DateSpan]:
        first, last = parts[0], parts[-1]
        year, last_year = _years(parts)
        return [date_span(_first(year, _number(first)), _last(last_year, _number(last)))]

    @v_args(inline=True)
    def one_date(self, token: Token) -> list[DateSpan]:
        day = _day(token, _year(token))
        return [date_span(day, day)]

    def dates_between(self, parts: list[Token]) -> list[DateSpan]:
        year, last_year = _years(parts)
        return [date_span(_day(parts[0], year), _day(parts[-1], last_year))]

    def dates_in_month(self, parts: list[Token]) -> list[DateSpan]:
        words = f"{parts[0]}{parts[1]}日" if len(parts) > 2 else str(parts[0])  # noqa: PLR2004
        first = _day(words, _year(words))
        last = real_day(first.year, first.month, _number(parts[-1]))
        if last.day < first.day:
            _wrong(
                f"“{words}-{parts[-1]}”止日早于起日，请改正。", "the dates end before they begin."
            )
        return [date_span(first, last)]

    @v_args(inline=True)
    def season(self, word: Token) -> _Season:
        return _Season(str(word))

    @v_args(inline=True)
    def span(self, begin: Token, end: Token) -> tuple[Pair, int, int]:
        return (read_clock(begin), read_clock(end)), begin.start_pos or 0, end.end_pos or 0

    def spans(self, parts: list[tuple[Pair, int, int]]) -> Statement:
        return Statement(
            times=tuple(part[0] for part in parts), begin=parts[0][1], end=parts[-1][2]
        )

    def open(self, parts: list[Statement]) -> Statement:
        return parts[0]

    def open_with_break(self, parts: list[Statement | Token]) -> Statement:
        spans = parts[0]
        assert isinstance(spans, Statement)  # noqa: S101 - by the grammar
        if len(spans.times) == 1:
            return replace(spans, act=Act.BREAK)
        return replace(spans, times=spans.times[:-1], rest=spans.times[-1:])

    def lunch_break(self, parts: list[Statement | Token]) -> Statement:
        spans = [part for part in parts if isinstance(part, Statement)]
        if not spans:
            _wrong(
                "写了午休但没有写几点到几点，请写明，如“午休 12:00-13:30”。",
                "a lunch break without times; write them.",
            )
        return replace(spans[0], act=Act.BREAK)

    def all_day(self, parts: list[Token]) -> Statement:
        return Statement(all_day=True, begin=parts[0].start_pos or 0, end=parts[0].end_pos or 0)

    def _said(self, act: Act, token: Token) -> Statement:
        return Statement(act=act, begin=token.start_pos or 0, end=token.end_pos or 0)

    def closed(self, parts: list[Token]) -> Statement:
        return self._said(Act.CLOSED, parts[0])

    def normal(self, parts: list[Token]) -> Statement:
        return self._said(Act.NORMAL, parts[0])

    def ask(self, parts: list[Token]) -> Statement:
        return self._said(Act.ASK, parts[0])

    def also(self, parts: list[Statement | Token]) -> Statement:
        spans = parts[-1]
        assert isinstance(spans, Statement)  # noqa: S101 - by the grammar
        return replace(spans, act=Act.ALSO)

    def extended(self, parts: list[Token]) -> Statement:
        until = read_clock(parts[-1])
        return replace(self._said(Act.EXTENDED, parts[0]), times=((until, until),))

    def except_days(self, parts: list[Statement | Token]) -> Statement:
        head = next(part for part in parts if isinstance(part, Statement))
        return replace(head, act=Act.CLOSED)


def _told_in_brackets(body: Statement, head: Statement, *, including: bool) -> Statement:
    """Return `body` with the days or dates that stand in brackets after it."""
    if head.days is not None:
        if len(body.times) > 1 and not including and len(head.days.weekdays) < _MOST_OF_A_WEEK:
            _wrong(
                "括号里的日子是只用于后一段时间，还是前面各段都用？请把日子写在时间前面。",
                "do the days in brackets hold for the last times only or for all? Write days before "
                "their times.",
            )
        if body.days is None and including:
            body = replace(body, days=Days(WEEK) | head.days)
        elif body.days is None:
            body = replace(body, days=head.days)
        elif including or head.days.weekdays == WEEK:
            body = replace(body, days=body.days | head.days)
        else:
            _wrong(
                "时间前后写了两次日子，请只写一次。", "days stand both before and after the times."
            )
    if head.dates:
        if body.dates:
            _wrong(
                "时间前后写了两次日期，请只写一次。", "dates stand both before and after the times."
            )
        body = replace(body, dates=head.dates)
    return replace(body, season=body.season or head.season)


def _number(token: str) -> int:
    return int(re.sub(r"^\d{4}年\s*", "", token).rstrip("月份日号"))


def _year(token: str) -> int | None:
    found = re.match(r"(\d{4})年", token)
    return int(found[1]) if found else None


def _years(parts: Sequence[Token]) -> tuple[int | None, int | None]:
    """Return the years of two ends; 次年 is the year after, the second may be left out."""
    year, last_year = _year(parts[0]), _year(parts[-1])
    if year is not None and last_year is None:
        last_year = year + 1 if len(parts) > 2 else year  # noqa: PLR2004 - 次年 stands between
    return year, last_year


def _first(year: int | None, month: int) -> Day:
    return real_day(year, month, 1) if 1 <= month <= 12 else _no_month(month)  # noqa: PLR2004


def _last(year: int | None, month: int) -> Day:
    return Day(year, month, LAST_DAY) if 1 <= month <= 12 else _no_month(month)  # noqa: PLR2004


def _no_month(month: int) -> NoReturn:
    _wrong(f"没有 {month} 月，请改正。", f"there is no month {month}; mend it.")


def _day(words: str, year: int | None) -> Day:
    found = re.search(r"(\d{1,2})月\s*(\d{1,2})", words)
    assert found is not None  # noqa: S101 - by the grammar
    return real_day(year, int(found[1]), int(found[2]))
