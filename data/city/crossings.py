"""Candidates where an extract shows streets alone: crossings near which a host is to be found."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from geo.crs import STORAGE_CRS, metric_crs_of, to_metres
from geo.layers.columns import conform
from geo.layers.vocabulary import Host, Verification
from geo.network.segments import HIGHWAYS, Segments

_APART_M = 400.0
"""Chosen: candidates nearer than this would serve the same people."""
_STREETS = frozenset(
    {"primary", "secondary", "tertiary", "unclassified", "residential", "living_street"}
)
_WAYS_MEETING = 3
"""Two are a bend."""
_SOURCE = "由道路交叉口推定（文件里没有地点），附近有无场所可用尚不知道"


def crossings_of(segments: Segments) -> gpd.GeoDataFrame:
    """Return crossings of streets at least 400 m apart, the busiest first.

    Columns of the layer CANDIDATES (EPSG:4326); ``name`` and costs are still empty.
    """
    streets = np.isin(segments.highway, [HIGHWAYS.index(name) for name in _STREETS])
    meeting = np.bincount(
        np.concatenate([segments.start[streets], segments.end[streets]]),
        minlength=len(segments.node_lonlat),
    )
    nodes = np.flatnonzero(meeting >= _WAYS_MEETING)
    nodes = nodes[np.argsort(-meeting[nodes], kind="stable")]
    lonlat = np.asarray(segments.node_lonlat)[nodes]
    lonlat = lonlat[spaced(lonlat, _APART_M)]
    frame = gpd.GeoDataFrame(
        {
            "id": [f"crossing-{number + 1}" for number in range(len(lonlat))],
            "name": "",
            "host": str(Host.OTHER),
            "verification": str(Verification.UNVERIFIED),
            "source": _SOURCE,
        },
        geometry=gpd.points_from_xy(*lonlat.T),
        crs=STORAGE_CRS,
    )
    return conform(frame, "candidates")


def spaced(lonlat: NDArray[np.float64], apart_m: float) -> NDArray[np.intp]:
    """Return the rows kept when each keeps those after it at least `apart_m` away.

    Parameters
    ----------
    lonlat : (n, 2) float64
        EPSG:4326, the most wanted first.
    apart_m : float
        Metres, straight.
    """
    if not len(lonlat):
        return np.empty(0, np.intp)
    xy_m = to_metres(lonlat, metric_crs_of(lonlat))
    tree, free = cKDTree(xy_m), np.ones(len(xy_m), np.bool_)
    kept = []
    for row in range(len(xy_m)):
        if free[row]:
            kept.append(row)
            free[tree.query_ball_point(xy_m[row], apart_m)] = False
    return np.array(kept, np.intp)
