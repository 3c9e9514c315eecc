"""Figures as people read them."""

from __future__ import annotations

import math

from geo.text import Language

MISSING = "—"
_KILOMETRE_M = 1000
"""Metres of a kilometre; from there on lengths are told in them."""
_MINUTE_S = 60
"""Seconds of a minute."""


def _absent(value: object) -> bool:
    return not isinstance(value, int | float) or isinstance(value, bool) or math.isnan(value)


def never_minus_zero(value: float, digits: int = 0) -> float:
    """Return `value`, but 0 where it would read "-0" with so many decimals."""
    return 0.0 if value <= 0 and round(value, digits) == 0 else value


def count(value: object) -> str:
    """Return a whole number with thousands separators; a dash when missing."""
    return MISSING if _absent(value) else f"{round(float(value)):,}"  # type: ignore[arg-type]


def percent(value: object, digits: int = 1) -> str:
    """Return the share `value` (1 = all) in per cent."""
    return MISSING if _absent(value) else f"{100 * float(value):z.{digits}f}%"  # type: ignore[arg-type]


_EXACT = 1e-6
"""Of the last digit shown: what a sum of floats adds by itself is not rounded up."""


def percent_at_most(value: object, digits: int = 2) -> str:
    """Return the share `value` in per cent, rounded up: no more than that is what is proven."""
    if _absent(value):
        return MISSING
    unit = 10**digits
    return f"{math.ceil(100 * unit * float(value) - _EXACT) / unit:z.{digits}f}%"  # type: ignore[arg-type]


def index(value: object) -> str:
    """Return an index such as Gini's with two decimals; a dash when missing."""
    return MISSING if _absent(value) else f"{float(value):z.2f}"  # type: ignore[arg-type]


def share(part: object, whole: object, digits: int = 1) -> str:
    """Return `part` of `whole` in per cent; a dash when either is missing or `whole` is 0."""
    if _absent(part) or _absent(whole) or not whole:
        return MISSING
    return percent(float(part) / float(whole), digits)  # type: ignore[arg-type]


def distance(value_m: object, language: Language | str = Language.ZH) -> str:
    """Return a length in metres as walkers read it: 10 m steps, kilometres from 1,000 m."""
    if _absent(value_m) or math.isinf(float(value_m)):  # type: ignore[arg-type]
        return MISSING
    metres, kilometres = ("m", "km") if language == Language.EN else ("米", "公里")
    rounded = round(float(value_m) / 10) * 10  # type: ignore[arg-type]
    if rounded < _KILOMETRE_M:
        return f"{rounded:.0f} {metres}"
    return f"{rounded / _KILOMETRE_M:.1f} {kilometres}"


def duration(value_s: object, language: Language | str = Language.ZH) -> str:
    """Return seconds as whole minutes, at least one."""
    if _absent(value_s) or math.isinf(float(value_s)):  # type: ignore[arg-type]
        return MISSING
    minutes = max(1, round(float(value_s) / _MINUTE_S))  # type: ignore[arg-type]
    return f"{minutes} min" if language == Language.EN else f"{minutes} 分钟"
