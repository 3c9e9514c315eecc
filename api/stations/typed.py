"""What people type, as it is looked up: without words around it, in the words of our layers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container

# "青岛市南区" is 青岛 + 市南区: a city is taken off only where a whole district follows it.
_CITY = re.compile(r"^(?:..省)?(?:..市(?=.{2,3}[区市县]))?(?=..)")
_COMMON_NAME = re.compile(r"^(?:青岛)?西海岸(?:新区)?"), "黄岛区"
"""A district that people call otherwise than its boundary's name."""
_WISH = re.compile(
    "厕所|卫生间|洗手间|充电|换电|喝水|饮水|热水|微波炉|热饭|休息|歇|空调|暖气|冰箱|洗澡|医药|急救"
    "|母婴|哺乳|法律|律师|心理|最近|驿站|wifi|toilet|water|charg|rest|nearest"
)
_NEAR = re.compile(r"^(?:我在)?(..+?)(?:的?(?:附近|旁边|对面|门口))?$")
_STOPS = (
    (re.compile(r"^地铁(?:[0-9一二三四五六七八九十]+号线)?(..+?)站?$"), r"\1地铁站"),
    (re.compile(r"(?<=.)地铁站?[a-z]?[0-9]?(?:出入|出|入)?口$"), "地铁站"),
    (re.compile(r"(?<=.)公交(?:车站|站台|站牌|车)$"), "公交站"),
)
"""How people name a stop, and how our layers do."""
_CODE = re.compile(
    r"(?P<before>编号|站号|海报)?(?P<letters>[a-z]*)0*(?P<number>[1-9][0-9]{0,7})"
    r"(?P<after>号?(?:驿站|站点|站)?)"
)
_JOINED = "与和跟及交"
_AT_CROSSING = re.compile(r"的?(?:十字|丁字)?(?:交叉路口|交叉口|交汇处|交汇口|路口|交口)$")


def folded(text: str) -> str:
    """Return `text` as it is compared: full-width as half-width, no case, no spaces or marks."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(mark for mark in plain if mark.isalnum())


def asked_for(query: str) -> str:
    """Return what is looked for in `query`, as it is compared."""
    text = folded(query)
    around = _NEAR.match(text)
    asked = _CITY.sub("", around[1] if around else text)
    asked = _COMMON_NAME[0].sub(_COMMON_NAME[1], asked)
    for said, ours in _STOPS:
        asked = said.sub(ours, asked)
    return asked


def is_wish(query: str) -> bool:
    """Tell whether `query` says what somebody needs, where a place is asked for."""
    return _WISH.search(folded(query)) is not None


def code_of(asked: str) -> tuple[str, int] | None:
    """Return letters and number of a sign's code typed without its zeros; None if it is none.

    A bare number counts only beside a word that says it is one.
    """
    found = _CODE.fullmatch(asked)
    if found is None or not (found["letters"] or found["before"] or found["after"]):
        return None
    return found["letters"], int(found["number"])


def two_streets(asked: str, streets: Container[str]) -> tuple[str, str] | None:
    """Return the two of the `streets` (folded) whose crossing is asked for; None if it is none."""
    text = _AT_CROSSING.sub("", asked)
    for cut in range(2, len(text) - 1):
        first, second = text[:cut], text[cut:]
        if first not in streets:
            continue
        for other in (second, second[1:] if second[0] in _JOINED else ""):
            if other in streets and other != first:
                return first, other
    return None
