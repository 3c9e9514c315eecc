"""Numbers as people type them: full-width digits, 万 and 百, and the units a column may name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from types import MappingProxyType

LARGEST = 1e9
"""No layer holds a larger number: there are not so many people, yuan of a site or square metres."""

_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|[+-]?\.\d+", re.ASCII)
_TIMES: Mapping[str, float] = MappingProxyType(
    {"": 1.0, "十": 10.0, "百": 100.0, "千": 1e3, "万": 1e4, "百万": 1e6, "千万": 1e7, "亿": 1e8}
)
"""What the words of a number multiply by."""
_PEOPLE = ("人", "名", "位", "个", "个人", "people", "persons")
_A_DAY = (
    "人/天",
    "人/日",
    "人次/天",
    "人次/日",
    "人/每天",
    "人次每天",
    "人次每日",
    "人次",
    "人",
    "visitors/day",
    "persons/day",
    "每天",
    "每日",
    "次/天",
    "次/日",
)
_YUAN = ("元", "人民币", "人民币元", "元人民币", "cny", "rmb", "yuan", "¥")
_AREA = ("平方米", "㎡", "m2", "m²", "平米")
UNITS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "workers": _PEOPLE,
        "women_35_59": _PEOPLE,
        "population": _PEOPLE,
        "capacity": _A_DAY,
        "cost_cny": _YUAN,
        "buses": ("辆", "台", "部"),
        "weight": (*_PEOPLE, *_AREA, "户"),
        "lon": ("度", "°", "十进制", "十进制度", "degree", "degrees", "deg"),
        "lat": ("度", "°", "十进制", "十进制度", "degree", "degrees", "deg"),
    }
)
"""Words that mean the column's own unit."""


def narrow(text: str) -> str:
    """Return `text` with half-width digits and signs and without space around it."""
    return unicodedata.normalize("NFKC", text).strip()


def number_of(text: str, units: Collection[str] = ()) -> float:
    """Read a number typed as text; NaN if it is none.

    Parameters
    ----------
    text : str
        Such as １２０, 1,200, 3.5万 or, with 人 among `units`, 120人. No exponents: they come from
        programs that have dropped digits.
    units : Collection[str]
        Words that may follow the number and change nothing.
    """
    if text.isascii() and text.replace(".", "", 1).isdigit():
        return float(text)
    if has_small_digits(text):
        return float("nan")
    plain = narrow(text)
    if "¥" in units:
        plain = plain.lstrip("¥ ")
    found = _NUMBER.match(plain)
    if found is None:
        return float("nan")
    rest = plain[found.end() :].strip()
    for unit in sorted(units, key=len, reverse=True):
        if unit and rest.endswith(unit):
            rest = rest.removesuffix(unit).strip()
            break
    if rest not in _TIMES or (rest and not units):
        return float("nan")
    return float(found[0].replace(",", "")) * _TIMES[rest]


def has_small_digits(text: str) -> bool:
    """Whether `text` has raised or fractional digits, which half-width writing makes plain: 5² is not 52."""
    return any(unicodedata.category(mark) == "No" for mark in text)


def unit_in(text: str) -> str:
    """Return what follows the number in a cell: 万元 of 9万元; empty where nothing does."""
    plain = narrow(text)
    found = _NUMBER.match(plain)
    return "" if found is None else plain[found.end() :].strip()


def times_of(word: str) -> float | None:
    """Return what 万, 百 or 千 multiply by; None if `word` is no such word."""
    return _TIMES.get(word)


def factor_of(field: str, unit: str) -> float | None:
    """Return what a number in `unit` is multiplied by to be in the column's own; None if unknown.

    万元, 百人 and the like are a multiple and a known unit.
    """
    own = UNITS.get(field, ())
    if unit in own:
        return 1.0
    for size in (2, 1):
        times = times_of(unit[:size]) if len(unit) >= size else None
        if times is not None and (unit[size:] == "" or unit[size:] in own):
            return times
    return None
