"""The two reference systems used inside: EPSG:4326 to store, EPSG:4549 to measure.

EPSG:4549 is CGCS2000 / 3-degree Gauss-Kruger CM 120°E. Its official axis order is north, east;
every transformer here is built with ``always_xy=True``, so x is east and y is north. Web Mercator
(EPSG:3857) is never used for measuring: at Qingdao's latitude it is 23-26 % too long.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pyproj import Transformer

STORAGE_CRS = "EPSG:4326"
METRIC_CRS = "EPSG:4549"


@cache
def transformer(source: str, target: str) -> Transformer:
    """Return the transformer between two systems, x first; making one takes tens of milliseconds."""
    return Transformer.from_crs(source, target, always_xy=True)


def _transform(points: ArrayLike, source: str, target: str) -> NDArray[np.float64]:
    pairs = np.asarray(points, dtype=np.float64).reshape(-1, 2)
    first, second = transformer(source, target).transform(pairs[:, 0], pairs[:, 1])
    return np.column_stack([first, second])


def to_metres(lonlat: ArrayLike) -> NDArray[np.float64]:
    """Project (n, 2) lon/lat degrees (EPSG:4326) to (n, 2) x/y metres (EPSG:4549, x east)."""
    return _transform(lonlat, STORAGE_CRS, METRIC_CRS)


def to_lonlat(xy_m: ArrayLike) -> NDArray[np.float64]:
    """Unproject (n, 2) x/y metres (EPSG:4549, x east) to (n, 2) lon/lat degrees (EPSG:4326)."""
    return _transform(xy_m, METRIC_CRS, STORAGE_CRS)
