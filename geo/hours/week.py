"""Hours of the week in words: for people in Chinese and English, and as OSM opening hours."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from geo.arrays import Flags
from geo.hours.opening_rules import Days, Rule, Rules, Spans, State
from geo.hours.words import rules_text
from geo.hours.writing import ALWAYS, write_rules
from geo.text import Text

_SMALL_SHARE = 0.1
"""Chosen: an hour of less than a tenth of the busiest is left out of "when"."""


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
    """Say which hours of the week are meant, (168,) bool, Monday 00:00 first; "" for none."""
    if hours.all():
        return Text("全天", "all day, every day")
    rules = _rules(hours)
    return rules_text(rules) if rules else Text("", "")


def osm_hours(hours: Flags) -> str:
    """Return whole hours of the week, (168,) bool, as an OSM opening_hours expression.

    An hour past midnight is written under its own day; no hours at all are "off".
    """
    if hours.all():
        return ALWAYS
    return write_rules(_rules(hours) or (Rule(state=State.OFF),))


def _rules(hours: Flags) -> Rules:
    """Return a rule for every run of neighbouring days with the same hours, if any."""
    spans = [_spans(day.tobytes()) for day in hours.reshape(7, 24)]
    changes = [0, *(day for day in range(1, 7) if spans[day] != spans[day - 1]), 7]
    return tuple(
        Rule(spans=spans[first], days=Days(frozenset(range(first, after))))
        for first, after in pairwise(changes)
        if spans[first]
    )


@lru_cache(maxsize=8192)
def _spans(day: bytes) -> Spans:
    """Return the spans, in minutes, of a day's 24 hours, given as 24 bytes of 0 or 1."""
    marks = (0, *day, 0)
    edges = [60 * hour for hour in range(25) if marks[hour] != marks[hour + 1]]
    return tuple(zip(edges[::2], edges[1::2], strict=True))
