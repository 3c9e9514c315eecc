"""Opening hours as Chinese offices write them, read by a grammar into OSM ``opening_hours``.

``chinese.lark`` parses the phrase, :mod:`geo.hours.chinese_tree` makes groups of it and
:mod:`geo.hours.chinese_rules` the rules. What is not understood whole, and what has two readings
(a 12-hour clock, 全年无休 without times, 单双休 without the week), is refused with the mend.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import NoReturn

from lark import Lark
from lark.exceptions import UnexpectedCharacters, UnexpectedInput

from geo.errors import BadInputError
from geo.hours.chinese_rules import opening_rules
from geo.hours.chinese_tree import read_groups
from geo.hours.foreign_clock import plain_clock
from geo.hours.opening_rules import DAY_MIN, EVENING_MIN, KEPT_TEXTS, Rules, State
from geo.hours.syntax import read_rules
from geo.hours.writing import write_rules
from geo.text import Text

_MAX_LENGTH = 500
"""Characters: a longer cell holds no hours; parsing stays within milliseconds."""
_HAN = re.compile(r"[\u4e00-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]{2}|24/7")
_QUOTED = re.compile(r'"[^"]*"')
_PAST_MIDNIGHT = re.compile(r"-(?:2[5-9]|3\d|4[0-8]):\d\d")
"""How the next day's hours are stored: 26:00 is 2:00."""
_ONE_DIGIT = re.compile(r"(?<![\d:])\d:\d\d")
_LONG_NAME = re.compile(
    r"Mon|Tue|Wed|Thu|Fri|Sat|Sun|Jan[a-z]|Feb[a-z]|Marc|Apri|June|July|Aug[a-z]|Sept|Oct[a-z]|Nov[a-z]|Dec[a-z]",
    re.IGNORECASE,
)
_INVISIBLE = re.compile(r"[\u200b-\u200f\u2060\ufeff]")
_DASHES = re.compile(r"\s*(?:[-\u2010-\u2015\u2212\u2500~\u301c—]|至|到)+\s*")
_DIGITS = {mark: value for value, mark in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_EARLY_TO_LATE = re.compile(
    r"[早朝]([\d一二三四五六七八九十]{1,2})[,、-]?晚([\d一二三四五六七八九十]{1,2})(?![\d:点时])"
)
_LEADING_BRACKETS = re.compile(r"(^|[;,。\n])\s*\(([^()]*)\)(?=\s*[\d上下早晚])")
_TIMES_IN_BRACKETS = re.compile(
    r"([\u4e00-\u9fff]:?)\s*\(([^()\u4e00-\u9fff]*\d:\d[^()\u4e00-\u9fff]*)\)"
)
_BREAK_AFTER = re.compile(r"(?<=[(,;])\s*([^(),;]*\d[^(),;]*)(?:午休|午间休息|中午休息)(?=[),;]|$)")
_SECONDS = re.compile(r"(?<![\d:])(\d{1,2}:\d\d):00(?![\d:])")
_LISTED = re.compile(
    r"[\u2460-\u2473]|(?:^|[\s,;，；。])(?:[(（]\d[)）]|\d[.、])(?=\s*[周每工法早上\u661f])|&"
)
_NUMBERED_DAYS = re.compile(r"(周[1-7]-[1-7]):(?=\d)")
_DAYS_BY_NUMBER = re.compile(r"(?<=周)[1-7](?:\s*[、,和及/]\s*[1-7](?![\d:点时月.-]))+")
_DATED_HOLIDAYS = re.compile(
    r"(?:暑期|寒期|暑假|寒假|春节|国庆|五一|元旦)(?:节|期间|假期)*\s*\(([^()]*\d月[^()]*)\)"
)
"""A named holiday with its dates in brackets: the dates say it all."""
_HAN_HOUR = re.compile(r"[零〇一二两三四五六七八九十]{1,3}(?=[点时](?!段))")
_HAN_MINUTE = re.compile(r"(?<=\d[点时])[零一二三四五六七八九十]{2,3}(?=分|[-,;。\s)]|$)")
_BARE_HOUR = re.compile(
    r"(?<![\d:点时月])(\d{1,2})-((?:次日|第二天|翌日)?\s*[一-龥]{0,2}\d{1,2}[点时])"
)


@lru_cache(maxsize=KEPT_TEXTS)
def from_chinese(words: str) -> str:
    """Turn hours as Chinese tables write them into OSM opening_hours.

    OSM syntax passes through as it is written. See the tests for what is understood.

    Raises
    ------
    BadInputError
        If anything in `words` is not understood or has two readings: hours are never guessed.
    """
    try:
        text = plain_clock(words.strip())
    except BadInputError as error:
        _refuse(words, error.text.zh, error.text.en)
    # A half-width semicolon between bare times is OSM's, which replaces; 12:00；13:00 is Chinese.
    plain = not _HAN.search(text) and (";" in text or _PAST_MIDNIGHT.search(text))
    if _LATIN.search(text) or plain:
        try:
            return _osm(text)
        except BadInputError:
            if not _HAN.search(_QUOTED.sub("", text)) and not re.search(r"\d\s*[hH]\b", text):
                raise
    return write_rules(_chinese(text, words))


def _osm(text: str) -> str:
    """Return `text` if it is OSM syntax, full-width signs made half-width only if need be."""
    try:
        rules = read_rules(text)
    except BadInputError:
        narrow = _DASHES.sub("-", unicodedata.normalize("NFKC", _INVISIBLE.sub("", text))).strip()
        try:
            text, rules = narrow, read_rules(narrow)
        except BadInputError:
            narrow = ""
        if not narrow:
            raise
    if any(rule.state is State.OPEN and not rule.spans for rule in rules):
        _refuse(
            text,
            "只写了日子，没有写钟点：是全天 24 小时，还是漏写了时间？请写成 Mo-Fr 08:00-17:30；"
            "全天请写 Mo-Fr 00:00-24:00。",
            "names days but no times: around the clock, or were the times left out? Write "
            "Mo-Fr 08:00-17:30, or Mo-Fr 00:00-24:00 for all day.",
        )
    if _ONE_DIGIT.search(text) and not _on_24_hours(rules):
        _refuse(
            text,
            "像是 12 小时制。请用 24 小时制写，小时写两位，如 08:30-17:30；到次日请写 22:00-06:00。",
            "looks like a 12-hour clock. Write two-digit hours of a 24-hour clock: 08:30-17:30.",
        )
    return write_rules(rules) if _LONG_NAME.search(_QUOTED.sub("", text)) else text


def _on_24_hours(rules: Rules) -> bool:
    """Whether every rule's times go on in order and only evenings run past midnight."""
    for rule in rules:
        starts = [begin for begin, _ in rule.spans]
        if starts != sorted(starts):
            return False
        if any(end > DAY_MIN and begin < EVENING_MIN for begin, end in rule.spans):
            return False
    return True


def _chinese(plain: str, words: str) -> Rules:
    """Read `plain`; `words` is how it was written."""
    text = _plain(plain)
    if not text or len(text) > _MAX_LENGTH:
        _refuse(words[:40], *_UNREADABLE)
    for pattern, why in _TOLD_APART:
        if pattern.search(text):
            _refuse(words, *why)
    try:
        rules = opening_rules(*read_groups(_grammar().parse(text), text), text)
        written = write_rules(rules)
        understood = read_rules(written) == rules
    except UnexpectedInput as error:
        _refuse(words, *_where(text, error))
    except BadInputError as error:
        _refuse(words, error.text.zh, error.text.en)
    if not understood:  # pragma: no cover - what is stored must be what was read
        _refuse(words, *_UNREADABLE)
    return rules


def _plain(words: str) -> str:
    """Return `words` with half-width signs, one kind of dash and hours in digits."""
    text = _LISTED.sub(";", _INVISIBLE.sub("", words))
    text = _SECONDS.sub(r"\1", unicodedata.normalize("NFKC", text)).strip(" ;.\"'“”")
    text = re.sub(r"[【\[〔]", "(", re.sub(r"[】\]〕]", ")", text))
    text = re.sub(r"星期|礼拜", "周", text)
    text = re.sub(r"(?<!单)双休(?!日)", "周末休息", text)
    text = _DAYS_BY_NUMBER.sub(lambda found: "、周".join(re.findall(r"\d", found[0])), text)
    text = _DATED_HOLIDAYS.sub(r"\1", text)
    text = _NUMBERED_DAYS.sub(r"\1 ", _DASHES.sub("-", text))
    text = _EARLY_TO_LATE.sub(r"早\1点-晚\2点", text)
    text = _BREAK_AFTER.sub(r"午休 \1", text)
    text = _LEADING_BRACKETS.sub(r"\1\2 ", text)
    text = _TIMES_IN_BRACKETS.sub(r"\1 \2", text)
    text = text.replace("二十四小时", "24小时")
    for numerals in (_HAN_HOUR, _HAN_MINUTE):
        text = numerals.sub(lambda found: str(_han_number(found[0])), text)
    return _BARE_HOUR.sub(r"\1点-\2", text)


def _han_number(marks: str) -> int:
    """Return 0 to 99 of Chinese numerals: 八, 十二, 二十四."""
    if "十" not in marks:
        return int("".join(str(_DIGITS[mark]) for mark in marks))
    tens, ones = marks.split("十", 1)
    return 10 * (_DIGITS[tens] if tens else 1) + (_DIGITS[ones] if ones else 0)


def _refuse(words: str, zh: str, en: str) -> NoReturn:
    said = words.strip()
    raise BadInputError(
        Text(f"看不懂开放时间“{said}”：{zh}", f"Cannot read the opening hours {said!r}: {en}")
    )


_UNREADABLE = (
    "请写成“周一至周五 8:00-17:30”“24小时”，或 Mo-Fr 08:00-17:30、24/7。",
    "write Mo-Fr 08:00-17:30 or 24/7.",
)
_TOLD_APART: tuple[tuple[re.Pattern[str], tuple[str, str]], ...] = (
    (
        re.compile(r"单双休|大小周|大小休|[单双]周|隔周"),
        (
            (
                "单双休没有写明哪一周休息：请写“每月第1、3个周六 9:00-12:00”，"
                "或按年历的单周写 week 01-53/2 Sa 09:00-12:00（双周 week 02-52/2）。"
            ),
            (
                "every other week, but not which: write Sa[1,3] 09:00-12:00 (first and third Saturday "
                "of the month) or week 01-53/2 Sa 09:00-12:00 (odd weeks of the year)."
            ),
        ),
    ),
    (
        re.compile(r"[一每]周(?:开放)?[1-6一二两三四五六]天"),
        (
            "没有写明是每周的哪几天，请写明，如“周一至周五 8:30-17:30”。",
            "so many days a week, but not which; write the days.",
        ),
    ),
    (
        re.compile(r"单休"),
        ("单休没有写明休哪一天，请写明，如“周日休息”。", "one day off a week, but not which."),
    ),
    (
        re.compile(r"日出|日落|天黑|天亮"),
        (
            "日出、日落的钟点天天不同，请按季节写明钟点，如“4月至9月 5:30-18:30；10月至次年3月 6:30-17:00”。",
            "sun times differ from day to day; write clock times by season.",
        ),
    ),
    (
        re.compile(r"春节|国庆|元旦|清明|五一|劳动节|端午|中秋|除夕|寒假|暑假|暑期|寒暑假|过年"),
        (
            "节日和假期每年的日期不同，请写明日期，如“2月16日至2月22日休息”，或写“法定节假日休息”。",
            "named holidays have no fixed dates here; write the dates, or 法定节假日 for all.",
        ),
    ),
    (
        re.compile(r"\([夏冬春秋][季天]?\)"),
        (
            "写了季节但没有写从几月到几月，请写明，如“5月至9月 8:00-18:00；10月至次年4月 8:30-17:30”。",
            "seasons without dates; write them: May-Sep 08:00-18:00; Oct-Apr 08:30-17:30.",
        ),
    ),
    (
        re.compile(r"(?<!无人)(?:值班|值守)(?!时间|[:\s]*(?:\d{1,2}[:点时]|[上早下中晚凌]))"),
        (
            "值班时接待劳动者吗、几点到几点？接待请写钟点，如“周六、周日 9:00-16:00”；不接待请写“休息”。",
            "on duty: may workers come in, and at what times? Write the times, or 休息 if not.",
        ),
    ),
    (
        re.compile(r"对公|对私|储蓄|自助(?:区|银行|机|设备)|窗口|业务"),
        (
            "几种业务的时间不同，请只写劳动者能进站休息的时间。",
            "hours of several services; write only when workers may come in and rest.",
        ),
    ),
    (
        re.compile(r"(?:午休|休息|休)\s*(?:\d+|半|一个半?|两)个?(?:小时|钟头|分钟)"),
        (
            "午休没有写几点到几点，请写明，如“8:30-17:30（午休 12:00-13:00）”。",
            "a break without times; write them, such as 8:30-17:30（午休 12:00-13:00）.",
        ),
    ),
    (
        re.compile(r"左右|大约|大概|约\d|以现场|另行|视情况|不定|灵活|弹性"),
        ("时间不确定，请写明几点到几点。", "the times are vague; write them."),
    ),
)


def _where(text: str, error: UnexpectedInput) -> tuple[str, str]:
    """Say what is not understood, or what is missing."""
    place = error.pos_in_stream
    rest = "" if place is None or place < 0 else text[place : place + 10]
    if isinstance(error, UnexpectedCharacters) or rest:
        return (
            f"从“{rest}”起看不懂。{_UNREADABLE[0]}",
            f"not understood from {rest!r} on; {_UNREADABLE[1]}",
        )
    return (f"话没有写完。{_UNREADABLE[0]}", f"it is not complete; {_UNREADABLE[1]}")


@cache
def _grammar() -> Lark:
    return Lark.open("chinese.lark", rel_to=__file__, parser="lalr", maybe_placeholders=False)
