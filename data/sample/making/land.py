"""Where the invented city may be built: real land, less the heights and the shore."""

from __future__ import annotations

import geopandas as gpd
import shapely

from geo.crs import METRIC_CRS, to_metres
from geo.layers.districts import districts_only

_SHORE_M = 20.0
_BEACH_M = 90.0
_MOUNTAINS = (
    (120.620, 36.185, 7500.0),
    (120.560, 36.150, 3600.0),
    (120.095, 35.925, 3600.0),
    (119.930, 36.020, 3800.0),
    (119.920, 36.960, 5200.0),
    (120.480, 36.140, 2000.0),
)
"""Lon, lat and radius in metres of heights where nothing is built (Laoshan and others)."""


def metres(lon: float, lat: float) -> tuple[float, float]:
    """Return one place in metres (EPSG:4549)."""
    x_m, y_m = to_metres([[lon, lat]])[0]
    return float(x_m), float(y_m)


def mountains() -> shapely.Geometry:
    """Return the heights to keep empty (EPSG:4549)."""
    rings = [shapely.Point(*metres(lon, lat)).buffer(radius_m) for lon, lat, radius_m in _MOUNTAINS]
    return shapely.union_all(rings)


def dry_land(districts: gpd.GeoDataFrame) -> shapely.Geometry:
    """Return where a road may run (EPSG:4549): all land, a few metres inside the shore."""
    whole = districts_only(districts).to_crs(METRIC_CRS).geometry.to_numpy()
    return shapely.buffer(shapely.union_all(whole, grid_size=0.01), -_SHORE_M)


def buildable(districts: gpd.GeoDataFrame) -> shapely.Geometry:
    """Return land that is neither mountain nor beach (EPSG:4549)."""
    inland = shapely.buffer(dry_land(districts), _SHORE_M - _BEACH_M)
    return shapely.difference(inland, mountains())
