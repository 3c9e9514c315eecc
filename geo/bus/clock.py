"""Clock times as people write them, HH:MM, and as minutes after midnight."""

from __future__ import annotations

_HOUR_MIN = 60


def clock_text(minutes: int) -> str:
    """Return minutes after midnight as HH:MM."""
    return f"{minutes // _HOUR_MIN:02d}:{minutes % _HOUR_MIN:02d}"


def clock_minutes(text: str) -> int | None:
    """Return HH:MM, H, or HH：MM as minutes after midnight; None where it is no such time."""
    hour, _, minute = text.strip().replace("：", ":").partition(":")
    if not (hour.isdigit() and (minute or "0").isdigit()) or int(minute or 0) >= _HOUR_MIN:
        return None
    return int(hour) * _HOUR_MIN + int(minute or 0)
