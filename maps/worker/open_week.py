"""Opening hours as minutes of an ordinary week, for pages that tell the time themselves."""

from __future__ import annotations

from geo.errors import YizhanError
from geo.hours import week_minutes


def open_week(expression: str) -> tuple[int, ...] | None:
    """Return when a place opens and closes in an ordinary week, None if that cannot be said.

    Parameters
    ----------
    expression : str
        OSM ``opening_hours``; "" is unknown.

    Returns
    -------
    tuple[int, ...] | None
        Minutes after Monday 00:00 (Asia/Shanghai): opens, closes, opens, closes, …; ``(0, 10080)``
        is always open, ``()`` never. Hours that run over Sunday midnight are cut there. None
        where the hours are unknown or differ by season.
    """
    if not expression.strip():
        return None
    try:
        return week_minutes(expression)
    except YizhanError:
        return None
