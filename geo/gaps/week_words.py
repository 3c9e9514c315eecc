"""Hours of the week in words: for people in Chinese and English, and as OSM opening hours."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.text import Text

Flags = NDArray[np.bool_]
_Spans = tuple[tuple[int, int], ...]

_ZH = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
_OSM = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_SMALL_SHARE = 0.1


def main_hours(by_hour: ArrayLike) -> Flags:
    """Return which hours hold more than a tenth of the worst hour's amount, (168,)."""
    amounts = np.asarray(by_hour, np.float64)
    chosen: Flags = amounts > _SMALL_SHARE * amounts.max(initial=0.0)
    return chosen


def describe_hours(by_hour: ArrayLike) -> str:
    """Say in Chinese when demand goes unserved: hours above a tenth of the worst, by day.

    Parameters
    ----------
    by_hour : (168,) float64
        Workers unserved in each hour of the week, Monday 00:00 first.
    """
    return week_text(main_hours(by_hour)).zh


def week_text(hours: Flags) -> Text:
    """Say which hours of the week are meant, (168,) bool, Monday 00:00 first."""
    if hours.all():
        return Text("全天", "all day, every day")
    zh, en = [], []
    for first, last, spans in _runs(hours):
        every = (first, last) == (0, 6)
        days = _ZH[first] if first == last else f"{_ZH[first]}至{_ZH[last]}"
        told = [f"{begin}:00–{end}:00" for begin, end in spans]
        zh.append(f"{'每天' if every else days} {'、'.join(told)}")
        en.append(f"{'daily' if every else _osm_days(first, last)} {', '.join(told)}")
    return Text("；".join(zh), "; ".join(en))


def osm_hours(hours: Flags) -> str:
    """Return whole hours of the week, (168,) bool, as an OSM opening_hours expression.

    An hour past midnight is written under its own day; no hours at all are "off".
    """
    if hours.all():
        return "24/7"
    rules = [
        f"{_osm_days(first, last)} "
        + ",".join(f"{begin:02d}:00-{end:02d}:00" for begin, end in spans)
        for first, last, spans in _runs(hours)
    ]
    return "; ".join(rules) or "off"


def _osm_days(first: int, last: int) -> str:
    return _OSM[first] if first == last else f"{_OSM[first]}-{_OSM[last]}"


def _runs(hours: Flags) -> list[tuple[int, int, _Spans]]:
    """Return (first day, last day, spans) of neighbouring days with the same hours, if any."""
    spans = [_spans(day.tobytes()) for day in hours.reshape(7, 24)]
    changes = [0, *(day for day in range(1, 7) if spans[day] != spans[day - 1]), 7]
    runs = [(a, b - 1, spans[a]) for a, b in pairwise(changes)]
    return [run for run in runs if run[2]]


@lru_cache(maxsize=8192)
def _spans(day: bytes) -> _Spans:
    """Return the spans of a day's 24 hours, given as 24 bytes of 0 or 1."""
    marks = (0, *day, 0)
    edges = [hour for hour in range(25) if marks[hour] != marks[hour + 1]]
    return tuple(zip(edges[::2], edges[1::2], strict=True))
