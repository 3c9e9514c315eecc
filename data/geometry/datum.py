"""The three coordinate systems of Chinese maps, converted at the edges and nowhere else.

WGS-84 is what GPS chips and OpenStreetMap speak (and, for this purpose, CGCS2000); GCJ-02 is
AMap's and Tencent's, BD-09 Baidu's. GCJ-02 shifts a place by a polynomial with waves of the degrees
from 105° E, 35° N, stated in metres of an ellipsoid; BD-09 turns and widens GCJ-02 a little around
the origin. Both are known from publications only, so tests compare with a library of its own
authors, which has no build for Windows and is needed by nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from geo.arrays import Floats


class Datum(StrEnum):
    """A coordinate system files may be in."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    BD09 = "bd09"


_RADIUS_M, _ECCENTRICITY_SQUARED = 6378245.0, 0.00669342162296594323
"""The ellipsoid that GCJ-02 is stated on (Krasovsky 1940)."""
_CENTRE = np.array([105.0, 35.0])
_SHIFTED = np.array([[72.004, 0.8293], [137.8347, 55.8271]])
"""Places outside these corners (lon/lat) have no GCJ-02 of their own: they stay where they are."""
_BD09_OFFSET = np.array([0.0065, 0.006])
_BD09_WAVE = np.pi * 3000.0 / 180.0
_ROUNDS = 5
"""Of the inverse: each makes what is wrong some thousand times smaller."""


def to_wgs84(lonlat: ArrayLike, datum: Datum) -> Floats:
    """Convert (n, 2) lon/lat degrees in `datum` to WGS-84 (EPSG:4326); no position becomes NaN."""
    pairs = _positions(lonlat, datum)
    if datum is Datum.BD09:
        return _inverse(_bd09, pairs)
    return _inverse(_gcj02, pairs) if datum is Datum.GCJ02 else pairs


def from_wgs84(lonlat: ArrayLike, datum: Datum) -> Floats:
    """Convert (n, 2) WGS-84 lon/lat degrees (EPSG:4326) to `datum`; no position becomes NaN."""
    pairs = _positions(lonlat, datum)
    if datum is Datum.BD09:
        return _bd09(pairs)
    return _gcj02(pairs) if datum is Datum.GCJ02 else pairs


def to_gcj02(lonlat: ArrayLike) -> Floats:
    """Return (n, 2) lon/lat degrees, WGS-84, in GCJ-02: what Chinese map apps read."""
    return from_wgs84(lonlat, Datum.GCJ02)


def _positions(lonlat: ArrayLike, datum: Datum) -> Floats:
    pairs = np.asarray(lonlat, np.float64).reshape(-1, 2)
    if datum is Datum.WGS84:
        return pairs
    lon, lat = pairs.T
    there = (np.abs(lon) <= 180) & (np.abs(lat) <= 90)  # noqa: PLR2004 - degrees; False for NaN
    return np.where(there[:, None], pairs, np.nan)


def _inverse(convert: Callable[[Floats], Floats], wanted: Floats) -> Floats:
    """Return the places that `convert` takes to `wanted`: a shift changes little over itself."""
    found = wanted
    for _ in range(_ROUNDS):
        found = found - (convert(found) - wanted)
    return found


def _gcj02(pairs: Floats) -> Floats:
    """Return WGS-84 `pairs` in GCJ-02."""
    x, y = (pairs - _CENTRE).T
    both_m = _ripples(x)
    north_m = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * np.sqrt(np.abs(x))
    north_m += both_m + _hills(y, 160.0, 320.0)
    east_m = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * np.sqrt(np.abs(x))
    east_m += both_m + _hills(x, 150.0, 300.0)
    latitude = np.radians(pairs[:, 1])
    flat = 1.0 - _ECCENTRICITY_SQUARED * np.sin(latitude) ** 2
    along_lon_m = _RADIUS_M / np.sqrt(flat) * np.cos(latitude)
    along_lat_m = _RADIUS_M * (1.0 - _ECCENTRICITY_SQUARED) / flat**1.5
    shift = np.degrees(np.column_stack((east_m / along_lon_m, north_m / along_lat_m)))
    within = ((pairs >= _SHIFTED[0]) & (pairs <= _SHIFTED[1])).all(axis=1)
    return np.where(within[:, None], pairs + shift, pairs)


def _ripples(degrees: Floats) -> Floats:
    """Return the waves of a third of a degree and of one (metres)."""
    turned = 2.0 * np.pi * degrees
    shift_m: Floats = (20.0 * np.sin(3.0 * turned) + 20.0 * np.sin(turned)) * 2.0 / 3.0
    return shift_m


def _hills(degrees: Floats, middle_m: float, wide_m: float) -> Floats:
    """Return the waves of 2, 6, 24 and 60 degrees (metres)."""
    turned = np.pi * degrees
    near_m = 20.0 * np.sin(turned) + 40.0 * np.sin(turned / 3.0)
    far_m = middle_m * np.sin(turned / 12.0) + wide_m * np.sin(turned / 30.0)
    shift_m: Floats = (near_m + far_m) * (2.0 / 3.0)
    return shift_m


def _bd09(pairs: Floats) -> Floats:
    """Return WGS-84 `pairs` in BD-09."""
    x, y = _gcj02(pairs).T
    radius = np.hypot(x, y) + 0.00002 * np.sin(y * _BD09_WAVE)
    angle = np.arctan2(y, x) + 0.000003 * np.cos(x * _BD09_WAVE)
    turned = np.column_stack((np.cos(angle), np.sin(angle)))
    moved: Floats = radius[:, None] * turned + _BD09_OFFSET
    return moved
