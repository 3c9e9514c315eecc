"""The reference systems used inside, and boxes of degrees: EPSG:4326 stores, EPSG:4549 measures.

EPSG:4549 is CGCS2000 / 3-degree Gauss-Kruger CM 120°E; places outside its zone are measured in
their UTM zone (:func:`metric_crs_of`). Its official axis order is north, east;
every transformer here is built with ``always_xy=True``, so x is east and y is north. Web Mercator
(EPSG:3857) is never used for measuring: at Qingdao's latitude it is 23-26 % too long.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from pyproj import Transformer

STORAGE_CRS = "EPSG:4326"
METRIC_CRS = "EPSG:4549"
_EQUAL_AREA_CRS = "EPSG:6933"
_ZONE_LON = (118.5, 121.5)
"""Where EPSG:4549 holds."""
Box = tuple[float, float, float, float]
"""West, south, east, north in degrees (EPSG:4326)."""
CHINA: Box = (73.0, 3.0, 136.0, 54.0)
"""The country with its seas, rounded outwards: what lies outside is no place of it."""
METRES_PER_DEGREE = 111_320.0
"""Of latitude, on a sphere of 6,378 km: for boxes and drawings, never to measure."""
_LEAST_COSINE = 0.1
"""Of latitude: towards the poles, beyond 84°, a box is no longer widened."""
MARGIN_M = 5_000.0
"""How far beyond the districts streets and maps reach unless told: who lives at the edge goes on."""


@cache
def transformer(source: str, target: str) -> Transformer:
    """Return the transformer between two systems, x first; making one takes tens of milliseconds."""
    return Transformer.from_crs(source, target, always_xy=True)


def _transform(points: ArrayLike, source: str, target: str) -> NDArray[np.float64]:
    pairs = np.asarray(points, dtype=np.float64).reshape(-1, 2)
    first, second = transformer(source, target).transform(pairs[:, 0], pairs[:, 1])
    return np.column_stack([first, second])


def metric_crs_of(lonlat: ArrayLike) -> str:
    """Return the system to measure in around the middle of (n, 2) lon/lat points (EPSG:4326).

    EPSG:4549 in its own zone, the UTM zone of the middle elsewhere.
    """
    pairs = np.asarray(lonlat, dtype=np.float64).reshape(-1, 2)
    if not len(pairs):
        return METRIC_CRS
    lon, lat = np.median(pairs, axis=0)
    if _ZONE_LON[0] <= lon <= _ZONE_LON[1]:
        return METRIC_CRS
    zone = int((lon + 180) // 6) % 60 + 1
    return f"EPSG:{(32600 if lat >= 0 else 32700) + zone}"


def square_metres(shapes: NDArray[np.object_]) -> NDArray[np.float64]:
    """Return the areas of (n,) geometries (EPSG:4326), anywhere on Earth.

    Measured in EPSG:6933 (EASE-Grid 2.0), which keeps areas on the ellipsoid.
    """
    flat = shapely.transform(shapes, lambda pairs: _transform(pairs, STORAGE_CRS, _EQUAL_AREA_CRS))
    areas: NDArray[np.float64] = shapely.area(flat)
    return areas


def to_metres(lonlat: ArrayLike, crs: str = METRIC_CRS) -> NDArray[np.float64]:
    """Project (n, 2) lon/lat degrees (EPSG:4326) to (n, 2) x/y metres, x east.

    In EPSG:4549, or in the system `crs` of :func:`metric_crs_of`.
    """
    return _transform(lonlat, STORAGE_CRS, crs)


def to_lonlat(xy_m: ArrayLike, crs: str = METRIC_CRS) -> NDArray[np.float64]:
    """Unproject (n, 2) x/y metres (EPSG:4549 or `crs`, x east) to (n, 2) lon/lat (EPSG:4326)."""
    return _transform(xy_m, crs, STORAGE_CRS)


def covering_box(places: Box, margin_m: float) -> Box:
    """Return the box around `places` widened by `margin_m` on every side."""
    west, south, east, north = places
    lat = margin_m / METRES_PER_DEGREE
    lon = lat / max(_LEAST_COSINE, np.cos(np.radians((south + north) / 2)))
    return west - lon, south - lat, east + lon, north + lat


def common_box(one: Box, other: Box) -> Box | None:
    """Return what two boxes have in common, None if nothing."""
    west, south, east, north = (*map(max, one[:2], other[:2]), *map(min, one[2:], other[2:]))
    return (west, south, east, north) if west < east and south < north else None
