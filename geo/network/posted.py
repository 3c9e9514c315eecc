"""Numbers that OSM tags post on a street: speed, height, width, length and weight limits.

NaN stands for "no number": absent, ``none``, ``default``, or a zone such as ``CN:urban`` whose
speed is that of the street's class.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import numpy as np

_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_ZONE = re.compile(r"(?:[a-z]{2}:)?zone:?(\d+)$", re.IGNORECASE)
_CLOCK = re.compile(r"(\d+(?:\.\d+)?)(?:(?<=\d):(\d{2})(?::(\d{2}))?)?$")
_PERIOD = re.compile(r"P(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$")
_KMH_PER_MPH = 1.609344
"""By definition."""
_WALKING_KMH = 5.0
"""What ``maxspeed=walk`` means."""
_METRES = {"cm": 0.01, "'": 0.3048, "ft": 0.3048, "feet": 0.3048}
"""By definition."""
_TONNES = {"kg": 0.001, "lbs": 0.00045359237, "lb": 0.00045359237, "st": 0.90718474}
"""By definition."""
_METRES_PER_INCH = 0.0254
"""By definition."""


def posted_kmh(tags: Mapping[str, str]) -> float:
    """Return the posted speed of a way in km/h.

    Where each direction has its own limit (one way in a thousand), the lower one holds for both.
    """
    both = speed_kmh(tags.get("maxspeed"))
    if not np.isnan(both):
        return both
    sides = [speed_kmh(tags.get(f"maxspeed:{side}")) for side in ("forward", "backward")]
    return min((side for side in sides if not np.isnan(side)), default=both)


def speed_kmh(value: str | None) -> float:
    """Read a ``maxspeed`` value in km/h; of several (``90;70``) the lowest."""
    return min(
        (speed for part in (value or "").split(";") if not np.isnan(speed := _one_speed(part))),
        default=float("nan"),
    )


def _one_speed(value: str) -> float:
    text = value.strip()
    if text == "walk" or text.endswith("living_street"):
        return _WALKING_KMH
    if zone := _ZONE.match(text):
        return float(zone.group(1))
    if not text[:1].isdigit():
        return float("nan")
    speed = _first_number(text)
    return speed * _KMH_PER_MPH if "mph" in text else speed


def duration_s(value: str | None) -> float:
    """Return how long a way takes, as OSM's ``duration`` says: "25" minutes, "1:30", "PT1H30M".

    NaN where it says nothing or nothing that can be read.
    """
    text = (value or "").strip()
    if clock := _CLOCK.match(text):
        first, second, third = clock.groups()
        if second is None:
            return 60.0 * float(first) or float("nan")
        return 3600.0 * int(first) + 60.0 * int(second) + float(third or 0) or float("nan")
    if period := _PERIOD.match(text.upper()):
        days, hours, minutes, seconds = (float(part or 0) for part in period.groups())
        return 86400 * days + 3600 * hours + 60 * minutes + seconds or float("nan")
    return float("nan")


def limit_metres(tags: Mapping[str, str], *keys: str) -> float:
    """Return the lowest of the limits under `keys` in metres (also feet and inches)."""
    return _lowest(tags, keys, _metres)


def limit_tonnes(tags: Mapping[str, str], *keys: str) -> float:
    """Return the lowest of the limits under `keys` in tonnes (also kg, pounds, short tons)."""
    return _lowest(tags, keys, _tonnes)


def _lowest(tags: Mapping[str, str], keys: tuple[str, ...], read: Callable[[str], float]) -> float:
    limits = [read(tags[key]) for key in keys if key in tags]
    return min((limit for limit in limits if limit > 0), default=float("nan"))


def _metres(value: str) -> float:
    metres = _first_number(value) * _factor(value, _METRES)
    numbers = _NUMBER.findall(value)
    feet = "'" in value or "ft" in value
    return metres + float(numbers[1]) * _METRES_PER_INCH if feet and len(numbers) > 1 else metres


def _tonnes(value: str) -> float:
    return _first_number(value) * _factor(value, _TONNES)


def _first_number(value: str) -> float:
    number = _NUMBER.search(value)
    return float("nan") if number is None else float(number.group().replace(",", "."))


def _factor(value: str, units: Mapping[str, float]) -> float:
    return next((factor for unit, factor in units.items() if unit in value), 1.0)
