"""Evidence of a datum nobody stated: points that lie beside the streets by one constant step."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from data.datum import Datum, to_wgs84
from data.problem import Problem
from geo.network.street_network import StreetNetwork
from geo.text import Text

LEAST_POINTS = 20
"""Fewer points say nothing."""

_LOOKED_AT = 400
_NEAR_M = 60.0
_TIMES = 2.0
_LIMIT_M = 1000.0


def datum_by_streets(points: gpd.GeoSeries, datum: Datum, network: StreetNetwork) -> Problem | None:
    """Suspect that points taken for WGS-84 are in another datum, by how far streets lie from them.

    Doors lie within tens of metres of a street; moved by the step of a datum, about 500 m, they do
    not. Asked are as many as 400 points; told is a datum in which half of them lie within 60 m of
    a street and at most half as far as in WGS-84.

    Parameters
    ----------
    points : GeoSeries
        Places as read (EPSG:4326); areas are passed over.
    datum : Datum
        What they were read in: only WGS-84, the default, is doubted.
    network : StreetNetwork
        Streets on foot.
    """
    shapes = points.to_numpy()
    lonlat = shapely.get_coordinates(shapes[shapely.get_type_id(shapes) == 0])
    if datum is not Datum.WGS84 or len(lonlat) < LEAST_POINTS:
        return None
    some = lonlat[:: max(1, len(lonlat) // _LOOKED_AT)]
    off_m = {one: _median_m(to_wgs84(some, one), network) for one in Datum}
    best = min(off_m, key=lambda one: off_m[one])
    if best is datum or off_m[best] > _NEAR_M or off_m[best] * _TIMES > off_m[datum]:
        return None
    far = "1,000 米以上" if off_m[datum] >= _LIMIT_M else f"{off_m[datum]:.0f} 米"
    far_en = "over 1,000 m" if off_m[datum] >= _LIMIT_M else f"{off_m[datum]:.0f} m"
    return Problem(
        0, "坐标系", str(datum),
        Text(f"各点离最近的路一般有{far}，按 {best} 换算后只有 {off_m[best]:.0f} 米，像是 {best} 坐标。",
             f"Points lie {far_en} from the nearest street, but {off_m[best]:.0f} m if they are in "
             f"{best}."),
        Text(f"请核对；若是请加 --datum {best} 重新导入。", f"Check it; if so add --datum {best}."),
    )  # fmt: skip


def _median_m(lonlat: NDArray[np.float64], network: StreetNetwork) -> float:
    """Return how far the middle point lies from a street, at most _LIMIT_M."""
    access_m = network.snap(lonlat, limit_m=_LIMIT_M).access_m
    return float(np.median(np.minimum(access_m, _LIMIT_M)))
