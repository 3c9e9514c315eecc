"""Which gap a demand point lies in, and which gaps a place would close."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geo.arrays import Flags, Floats
from geo.layers.vocabulary import Cause

_NAMED = 5


def gap_of_points(gaps: gpd.GeoDataFrame, lonlat: Floats, covered: Flags) -> NDArray[np.object_]:
    """Return the ``gap_id`` of each point, "" where it lies in none.

    Parameters
    ----------
    gaps : GeoDataFrame
        GAPS columns, EPSG:4326. A gap encloses its points.
    lonlat : (n, 2) float64
        Demand points, EPSG:4326.
    covered : (n,) bool
        Whether a station is in reach: such points belong to gaps "closed then" or "full" only.
    """
    found = np.full(len(lonlat), "", object)
    if not len(gaps):
        return found
    # The shapes asked with are prepared: a gap is for all its points, a point would be for each gap.
    tree = shapely.STRtree(np.asarray(shapely.points(lonlat)))
    gap, point = tree.query(gaps.geometry.to_numpy(), predicate="intersects")
    timed = gaps["cause"].isin([str(Cause.CLOSED_THEN), str(Cause.FULL)]).to_numpy()
    fits = timed[gap] == covered[point]
    # The worst gap comes first; where two of a kind overlap, a point is told of the worse.
    order = np.argsort(-gap[fits], kind="stable")
    ids = gaps["gap_id"].astype(str).to_numpy(object)
    found[point[fits][order]] = ids[gap[fits][order]]
    return found


def gaps_named(
    gap: NDArray[np.object_], points: NDArray[np.integer], amount: Floats
) -> Sequence[str]:
    """Return the gaps that `points` lie in, most of `amount` first, at most five."""
    total: dict[str, float] = {}
    for name, value in zip(gap[points].tolist(), amount.tolist(), strict=True):
        if name:
            total[name] = total.get(name, 0.0) + value
    return sorted(total, key=lambda name: (-total[name], name))[:_NAMED]
