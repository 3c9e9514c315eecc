"""Reach between GeoDataFrames: tables in, tables out, rows named by their index.

A thin front for notebooks and scripts; the arrays of :mod:`geo.reach.labels` and its neighbours
are the core. Any CRS is taken, as long as the table says which.
"""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.crs import STORAGE_CRS
from geo.errors import BadInputError
from geo.network.street_network import Snapped, StreetNetwork
from geo.reach import catchments as arrays_catchments
from geo.reach import isochrones as arrays_isochrones
from geo.reach import labels
from geo.reach import matrix as arrays_matrix
from geo.text import Text


def snap(network: StreetNetwork, frame: gpd.GeoDataFrame, *, limit_m: float = 1000.0) -> Snapped:
    """Put a table's points on the streets.

    Raises
    ------
    BadInputError
        If the table names no CRS, or a row's geometry is missing or no point.
    """
    if frame.crs is None:
        raise BadInputError(
            Text("数据表没有坐标系（crs），请先 set_crs。", "The table has no CRS; set_crs first.")
        )
    bad = np.flatnonzero(shapely.get_type_id(frame.geometry.values) != shapely.GeometryType.POINT)
    if len(bad):
        label = frame.index[bad[0]]
        raise BadInputError(
            Text(
                f"第 {label} 行的几何不是点，请先取中心点。",
                f"Row {label} is no point; take its centre first.",
            )
        )
    places = frame.geometry.to_crs(STORAGE_CRS)
    return network.snap(np.column_stack([places.x, places.y]), limit_m=limit_m)


def nearest(
    network: StreetNetwork,
    points: gpd.GeoDataFrame,
    sites: gpd.GeoDataFrame,
    *,
    k: int = 1,
    limit: float = np.inf,
    weight: str = "distance_m",
) -> pd.DataFrame:
    """Return each point's `k` nearest sites: point, rank (from 1), site, and the weight.

    A point that reaches fewer has fewer rows.
    """
    found = labels.nearest(
        network, snap(network, points), snap(network, sites), k=k, limit=limit, weight=weight
    )
    row, rank = np.nonzero(found.site >= 0)
    return pd.DataFrame(
        {
            "point": points.index[row],
            "rank": rank + 1,
            "site": sites.index[found.site[row, rank]],
            weight: found.cost[row, rank],
        }
    )


def catchments(
    network: StreetNetwork,
    sites: gpd.GeoDataFrame,
    points: gpd.GeoDataFrame,
    limit: float,
    *,
    weight: str = "distance_m",
) -> pd.DataFrame:
    """Return every pair within `limit`: site, point, and the weight from the point to the site."""
    pairs = arrays_catchments.catchments(
        network, snap(network, sites), snap(network, points), limit, weight=weight
    )
    return pd.DataFrame(
        {
            "site": sites.index[pairs.site],
            "point": points.index[pairs.point],
            weight: pairs.cost,
        }
    )


def matrix(
    network: StreetNetwork, origins: gpd.GeoDataFrame, destinations: gpd.GeoDataFrame
) -> pd.DataFrame:
    """Return every pair's fastest way: origin, destination, distance_m, time_s (inf if none)."""
    table = arrays_matrix.matrix(network, snap(network, origins), snap(network, destinations))
    pairs = pd.MultiIndex.from_product(
        [origins.index, destinations.index], names=["origin", "destination"]
    )
    columns = {"distance_m": table.distance_m.ravel(), "time_s": table.time_s.ravel()}
    return pd.DataFrame(columns, index=pairs).reset_index()


def isochrones(
    network: StreetNetwork,
    points: gpd.GeoDataFrame,
    breaks: Sequence[float],
    *,
    weight: str = "time_s",
    towards: bool = False,
) -> gpd.GeoDataFrame:
    """Return the areas within `breaks` of each point: point, limit, geometry (EPSG:4326)."""
    found = arrays_isochrones.isochrones(
        network, snap(network, points), breaks, weight=weight, towards=towards
    )
    frame = found.frame()
    frame["point"] = points.index[found.point]
    return frame
