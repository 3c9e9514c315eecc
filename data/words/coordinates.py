"""Coordinates as people write them: decimal degrees, degrees-minutes-seconds, both in one cell."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress

import numpy as np

from data.words.typed_numbers import has_small_digits, narrow, number_of
from geo.arrays import Floats

_NAN = float("nan")
_PLAIN = frozenset("0123456789.")
"""Most columns hold nothing else, and are read whole."""
_DMS = re.compile(
    r"(\d{1,3}) ?[°度˚º] ?(?:(\d{1,2}(?:\.\d+)?) ?['′’‘分´](?: ?(\d{1,2}(?:\.\d+)?) ?(?:[\"″”“秒]|''|′′|’’)?)?)?"
)
_COLONS = re.compile(r"(\d{1,3}):(\d{1,2}):(\d{1,2}(?:\.\d+)?)")
_WKT = re.compile(r"point ?z? ?\(([^()]*)\)", re.IGNORECASE)
_EAST = re.compile(r"东经|经度|lo?ng?(?:itude)?|[eE](?![a-zA-Z])", re.IGNORECASE)
_NORTH = re.compile(r"北纬|纬度|lat(?:itude)?|[nN](?![a-zA-Z])", re.IGNORECASE)
_BETWEEN = re.compile(r"[,;/|、 ]+")
_SIXTY = 60.0
"""Minutes of a degree, seconds of a minute."""
_MOST_LAT, _MOST_LON = 90.0, 180.0
"""Degrees go no farther."""


def degrees_of(text: str) -> float:
    """Read one coordinate in degrees; NaN if it is none.

    120.3826, 120.3826°, 120°22′57.4″, 120度22分57秒, 120:22:57, E120.3826 and 东经120.3826° are read;
    west and south are not written in China and are no coordinate here.
    """
    value = number_of(text)
    if value == value:  # noqa: PLR0124 - NaN
        return value
    if has_small_digits(text):
        return _NAN
    plain = narrow(text)
    bare = _NORTH.sub("", _EAST.sub("", plain)).strip(" :=")
    found = _DMS.fullmatch(bare) or _COLONS.fullmatch(bare)
    if found is not None:
        degrees, minutes, seconds = (float(part or 0) for part in found.groups())
        whole_minutes = not seconds or minutes.is_integer()
        if minutes < _SIXTY and seconds < _SIXTY and whole_minutes:
            return degrees + minutes / _SIXTY + seconds / _SIXTY**2
        return _NAN
    return number_of(bare.rstrip("°度 "))


def pair_of(text: str) -> tuple[float, float]:
    """Read longitude and latitude written in one cell; NaN, NaN if they cannot be told apart.

    In China the larger number is the longitude, whichever comes first.
    """
    plain = narrow(text).replace("，", ",").replace("；", ";")
    wkt = _WKT.fullmatch(plain)
    plain = (wkt[1] if wkt else plain).strip("()[]{} ")
    parts = [part for part in re.split(r"[,;/|、]+", plain) if part.strip()]
    if len(parts) != 2:  # noqa: PLR2004 - a pair
        spaced = [part for part in _BETWEEN.split(plain) if part]
        parts = spaced if len(spaced) == 2 else _cut_before_latitude(plain)  # noqa: PLR2004
    if len(parts) != 2:  # noqa: PLR2004
        return _NAN, _NAN
    first, second = (degrees_of(part.strip(" :：=")) for part in parts)
    if _MOST_LAT < first <= _MOST_LON and second <= _MOST_LAT:
        return first, second
    if _MOST_LAT < second <= _MOST_LON and first <= _MOST_LAT:
        return second, first
    return _NAN, _NAN


def _cut_before_latitude(text: str) -> list[str]:
    """Cut 东经120.38°北纬36.07° between the two."""
    found = re.search(r"北纬|纬度|[nN]", text)
    east = re.search(r"东经|经度|[eE]", text)
    if found is None or east is None:
        return []
    later = max(found.start(), east.start())
    return [text[:later], text[later:]] if later else []


def degrees_in(texts: Sequence[str]) -> Floats:
    """Read a column of coordinates, (n,) degrees, NaN where a cell is none."""
    if _PLAIN.issuperset("".join(texts)):
        with suppress(ValueError):
            return np.array(list(map(float, texts)), np.float64)
    return np.array([degrees_of(text) for text in texts], np.float64)


def pairs_in(texts: Sequence[str]) -> Floats:
    """Read a column of pairs, (n, 2) lon/lat degrees, NaN where a cell is none."""
    return np.array([pair_of(text) for text in texts], np.float64).reshape(-1, 2)
