"""Opening hours as minutes of an ordinary week, for pages that tell the time themselves."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache

from geo.errors import YizhanError
from geo.hours import SHANGHAI, is_open, next_change

MINUTES_A_WEEK = 7 * 24 * 60

# A week with neither public holiday nor make-up working day, so that weekdays are what they say.
_MONDAY = datetime(2026, 6, 1, tzinfo=SHANGHAI)
_MINUTE = timedelta(minutes=1)


@lru_cache(maxsize=4096)
def open_week(expression: str) -> tuple[int, ...] | None:
    """Return when a place opens and closes in an ordinary week, None if its hours are unknown.

    Parameters
    ----------
    expression : str
        OSM ``opening_hours``; "" is unknown.

    Returns
    -------
    tuple[int, ...] | None
        Minutes after Monday 00:00 (Asia/Shanghai): opens, closes, opens, closes, …; ``(0, 10080)``
        is always open, ``()`` never. Hours that run over Sunday midnight are cut there.
    """
    if not expression.strip():
        return None
    try:
        return _changes(expression)
    except YizhanError:
        return None


def _changes(expression: str) -> tuple[int, ...]:
    end = _MONDAY + MINUTES_A_WEEK * _MINUTE
    moment: datetime | None = _MONDAY
    minutes = [0] if is_open(expression, _MONDAY) else []
    while moment is not None and (moment := next_change(expression, moment)) is not None:
        if moment >= end:
            break
        minutes.append((moment - _MONDAY) // _MINUTE)
    if len(minutes) % 2:
        minutes.append(MINUTES_A_WEEK)
    return tuple(minutes)
