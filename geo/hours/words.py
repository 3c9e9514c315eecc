"""Opening hours in words that people read, in Chinese and English: the one renderer.

The Chinese can be read back by :func:`geo.hours.chinese.from_chinese` where the grammar there
knows its parts, and gives the same week.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from geo.hours.opening_rules import (
    ALL_DAY,
    DAY_MIN,
    HOUR_MIN,
    KEPT_TEXTS,
    LAST_DAY,
    WEEK,
    DateSpan,
    Days,
    Join,
    Numbers,
    Rule,
    Rules,
    State,
    endless,
)
from geo.hours.syntax import read_rules
from geo.hours.writing import MONTHS, weekday_runs
from geo.text import Text

_ZH = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_NOON_MIN, _DAWN_MIN = 13 * 60, 6 * 60
"""Who reads 5:00-9:00 alone may take it for the afternoon; such early hours are written 05:00."""
_PLACES = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", -1: "last"}


@lru_cache(maxsize=KEPT_TEXTS)
def hours_text(expression: str) -> Text:
    """Return OSM opening_hours as people say them: 周一至周五 8:30–17:30；周六 9:00–12:00.

    Raises
    ------
    BadInputError
        If the expression cannot be read.
    """
    return rules_text(read_rules(expression))


def rules_text(rules: Rules) -> Text:
    """Return rules in words, as :func:`hours_text` does."""
    if len(rules) == 1 and rules[0].always:
        return Text("24小时", "24 hours")
    rules = _days_once(rules)
    told = [_rule_text(rule, rules[:place]) for place, rule in enumerate(rules)]
    return Text("；".join(text.zh for text in told), "; ".join(text.en for text in told))


def _days_once(rules: Rules) -> Rules:
    """Return `rules`, each day of the week left out where a later rule replaces it."""
    told = []
    for place, rule in enumerate(rules):
        if rule.dated or (rule.days is not None and rule.days.only_holidays):
            told.append(rule)
            continue
        taken = frozenset[int]().union(
            *(
                later.days.weekdays
                for later in rules[place + 1 :]
                if later.join is Join.INSTEAD
                and not later.dated
                and not (later.state is not State.OPEN and later.spans)
                and later.days is not None
                and not later.days.only_holidays
            )
        )
        if not taken & rule.weekdays:
            told.append(rule)
            continue
        days = rule.days if rule.days is not None else Days(WEEK)
        left = replace(days, weekdays=days.weekdays - taken)
        if left.weekdays or left.nth or left.holidays:
            told.append(replace(rule, days=left))
    return tuple(told)


def _rule_text(rule: Rule, before: Rules) -> Text:
    """Return one rule in words; that it comes on top is said where those `before` share a day."""
    when = [_seasons(rule), days_text(rule.days) if rule.days is not None else Text("", "")]
    if (
        not any(text.zh for text in when)
        and rule.state is State.OPEN
        and rule.spans not in {(), ALL_DAY}
    ):
        when = [Text("每天", "daily")]
    said = _said(rule)
    on_top = rule.join is Join.ALSO and rule.state is State.OPEN
    if on_top and any(rule.weekdays & other.weekdays for other in before):
        said = Text(f"另加开 {said.zh}", f"also {said.en}")
    if rule.join is Join.OTHERWISE:
        when = [Text("其他时间", "otherwise"), *when]
    parts = [text for text in (*when, said) if text.zh]
    return Text(" ".join(text.zh for text in parts), " ".join(text.en for text in parts))


def _said(rule: Rule) -> Text:
    spans = spans_text(rule.spans)
    if rule.state is State.OPEN:
        return spans if rule.spans not in {(), ALL_DAY} else Text("24小时", "24 hours")
    word = Text("休息", "closed")
    if rule.state is State.UNKNOWN:
        note = rule.comment or "需预约"
        word = Text(note, rule.comment or "ask first")
    if not rule.spans:
        return word
    return Text(f"{spans.zh} {word.zh}", f"{spans.en} {word.en}")


def spans_text(spans: tuple[tuple[int, int], ...]) -> Text:
    """Return spans of minutes: 8:00–12:00、22:00–次日6:00."""
    told = [_span_text(begin, end) for begin, end in spans]
    return Text("、".join(text.zh for text in told), ", ".join(text.en for text in told))


def _span_text(begin: int, end: int) -> Text:
    # A lone early span needs its zero: 5:00–9:00 might be the afternoon's.
    start = _clock(begin, padded=HOUR_MIN <= begin < _DAWN_MIN and end < _NOON_MIN)
    if end <= DAY_MIN:
        return Text(f"{start}–{_clock(end)}", f"{start}–{_clock(end)}")
    close = _clock(end - DAY_MIN)
    return Text(f"{start}–次日{close}", f"{start}–{close} next day")


def _clock(minute: int, *, padded: bool = False) -> str:
    hour = minute // HOUR_MIN
    return f"{hour:02d}:{minute % HOUR_MIN:02d}" if padded else f"{hour}:{minute % HOUR_MIN:02d}"


def days_text(days: Days) -> Text:
    """Return days of the week and holidays: 周一至周五、法定节假日."""
    zh, en = [], []
    if days.weekdays == WEEK and not days.only_holidays:
        zh, en = ["每天"], ["daily"]
    else:
        for first, last in weekday_runs(days.weekdays):
            zh.append(_ZH[first] if first == last else f"{_ZH[first]}至{_ZH[last]}")
            en.append(_EN[first] if first == last else f"{_EN[first]}–{_EN[last]}")
    if days.only_holidays:
        return Text(f"{'、'.join(zh)}的法定节假日", f"public holidays on {', '.join(en)}")
    for weekday, places in days.nth:
        zh += [f"每月{_place_zh(place)}{_ZH[weekday]}" for place in places]
        en += [f"{_place_en(place)} {_EN[weekday]} of the month" for place in places]
    if days.holidays:
        zh.append("法定节假日")
        en.append("public holidays")
    return Text("、".join(zh), ", ".join(en))


def _place_zh(place: int) -> str:
    if place > 0:
        return f"第{'一二三四五'[place - 1]}个"
    return "最后一个" if place == -1 else f"倒数第{'一二三四五'[-place - 1]}个"


def _place_en(place: int) -> str:
    return _PLACES.get(place) or f"{_PLACES[-place]} last"


def _seasons(rule: Rule) -> Text:
    told = [
        *(_numbers_text(span, "{}年", "{}") for span in rule.years),
        *(_dates_text(span) for span in rule.dates),
        *(_numbers_text(span, "第{}周", "week {}") for span in rule.weeks),
    ]
    return Text("、".join(text.zh for text in told), ", ".join(text.en for text in told))


def _numbers_text(span: Numbers, zh: str, en: str) -> Text:
    first, last = span.first, span.last
    if endless(span):
        return Text(f"{zh.format(first)}起", f"from {en.format(first)}")
    if first == last:
        return Text(zh.format(first), en.format(first))
    step = Text(f"（每{span.step}个）", f" (every {span.step})") if span.step > 1 else Text("", "")
    return Text(
        f"{zh.format(first)}至{zh.format(last)}{step.zh}",
        f"{en.format(first)} to {en.format(last)}{step.en}",
    )


def _dates_text(span: DateSpan) -> Text:
    first, last = span.first, span.last
    year = f"{first.year}年" if first.year is not None else ""
    last_year = f"{last.year}年" if last.year is not None else ""
    en_year = f" {first.year}" if first.year is not None else ""
    en_last = f" {last.year}" if last.year is not None else ""
    over = "次年" if (last.month, last.day) < (first.month, first.day) and not year else ""
    if endless(span):
        return Text(
            f"{year}{first.month}月{first.day}日起",
            f"from {first.day} {_month(first.month)}{en_year}",
        )
    if first.day == 1 and last.day == LAST_DAY:
        if (first.year, first.month) == (last.year, last.month):
            return Text(f"{year}{first.month}月", f"{_month(first.month)}{en_year}")
        return Text(
            f"{year}{first.month}月至{last_year}{over}{last.month}月",
            f"{_month(first.month)}{en_year} to {_month(last.month)}{en_last}",
        )
    begin = Text(
        f"{year}{first.month}月{first.day}日", f"{first.day} {_month(first.month)}{en_year}"
    )
    if first == last:
        return begin
    return Text(
        f"{begin.zh}至{last_year}{over}{last.month}月{last.day}日",
        f"{begin.en} to {last.day} {_month(last.month)}{en_last}",
    )


def _month(month: int) -> str:
    return MONTHS[month - 1]
