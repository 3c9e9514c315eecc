"""Units that headers and cells may name, by column, and what brings them to the column's own."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from data.typed_numbers import times_of

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
