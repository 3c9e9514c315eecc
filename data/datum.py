"""The three coordinate systems of Chinese maps, converted at the edges and nowhere else.

WGS-84 is what GPS chips and OpenStreetMap speak (and, for this purpose, CGCS2000); GCJ-02 is
AMap's and Tencent's, BD-09 Baidu's. The conversion is that of the maintained package
``geocoordinates-rs``; its inverse is a fixed-point iteration good to well under a metre.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

import geocoordinates_ffi as china
import numpy as np
from numpy.typing import ArrayLike

from geo.arrays import Floats


class Datum(StrEnum):
    """A coordinate system files may be in."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    BD09 = "bd09"


def to_wgs84(lonlat: ArrayLike, datum: Datum) -> Floats:
    """Convert (n, 2) lon/lat degrees in `datum` to WGS-84 (EPSG:4326)."""
    if datum is Datum.GCJ02:
        return _each(
            lonlat, lambda lon, lat: china.gcj02_to_wgs84_refined(china.Gcj02(lat=lat, lon=lon))
        )
    if datum is Datum.BD09:
        return _each(
            lonlat, lambda lon, lat: china.bd09_to_wgs84_refined(china.Bd09(lat=lat, lon=lon))
        )
    return np.asarray(lonlat, np.float64).reshape(-1, 2)


def from_wgs84(lonlat: ArrayLike, datum: Datum) -> Floats:
    """Convert (n, 2) WGS-84 lon/lat degrees (EPSG:4326) to `datum`."""
    if datum is Datum.GCJ02:
        return _each(lonlat, lambda lon, lat: china.wgs84_to_gcj02(china.Wgs84(lat=lat, lon=lon)))
    if datum is Datum.BD09:
        return _each(lonlat, lambda lon, lat: china.wgs84_to_bd09(china.Wgs84(lat=lat, lon=lon)))
    return np.asarray(lonlat, np.float64).reshape(-1, 2)


def _each(lonlat: ArrayLike, convert: Callable[[float, float], object]) -> Floats:
    """Convert point by point; what is no position stays NaN, for the reader to report."""
    pairs = np.asarray(lonlat, np.float64).reshape(-1, 2)
    answer = np.full(pairs.shape, np.nan)
    for row, (lon, lat) in enumerate(pairs.tolist()):
        if abs(lon) <= 180 and abs(lat) <= 90:  # noqa: PLR2004 - degrees; False for NaN
            place = convert(lon, lat)
            answer[row] = place.lon, place.lat  # type: ignore[attr-defined]
    return answer
