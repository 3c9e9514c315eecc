"""Areas as places on their streets: by the length of street at each place, or by a weight layer.

Workers of an area stand along its streets. Each street node inside stands for the street that is
nearer to it than to the next node, half of every segment it ends; or, where a weight layer
(buildings, residents) says better, for the weight that lies nearest to it: dasymetric mapping,
Wright 1936, "A method of mapping densities of population".
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from geo.arrays import Floats, Ints32, Shapes
from geo.network.street_network import StreetNetwork


def whole(amounts: ArrayLike, total: int | None = None) -> NDArray[np.int64]:
    """Round amounts to integers that add up to `total` (largest remainders, Hamilton's method).

    Parameters
    ----------
    amounts : (n,) array
        Amounts of 0 or more.
    total : int | None
        What the integers add up to, less than n away from the sum of the amounts; None takes
        that sum rounded.

    Examples
    --------
    >>> whole([1.4, 1.4, 1.2]).tolist()
    [2, 1, 1]
    """
    values = np.asarray(amounts, np.float64)
    floors = np.floor(values)
    short = (round(float(values.sum())) if total is None else total) - int(floors.sum())
    answer = floors.astype(np.int64)
    order = np.argsort(floors - values, kind="stable")
    answer[order[: max(short, 0)]] += 1
    # A total rounded elsewhere may ask for less than the floors.
    answer[order[::-1][: max(-short, 0)]] -= 1
    return answer


_APART_M = 1e8
"""Farther than anything on Earth: keeps rows of one search from finding each other."""


@dataclass(frozen=True, slots=True)
class SpreadPlaces:
    """Shapes as places.

    Attributes
    ----------
    lonlat : (n, 2) float64
        Places (EPSG:4326), in the order of the shapes.
    owner : (n,) int32
        Row of the shape a place stands for.
    share : (n,) float64
        Part of the shape that is there; adds up to 1 for every shape.
    """

    lonlat: Floats
    owner: Ints32
    share: Floats


def spread(
    network: StreetNetwork, shapes: Shapes, weights: gpd.GeoDataFrame | None
) -> SpreadPlaces:
    """Spread areas over the street nodes inside them; points stay where they are.

    Parameters
    ----------
    network : StreetNetwork
        Streets; those not connected to the rest do not count.
    shapes : (s,) object
        Points and polygons (EPSG:4326). A polygon without street nodes becomes one place in it.
    weights : GeoDataFrame | None
        Points or polygons with a column `weight` (EPSG:4326). An area none of it touches is
        spread by street length.
    """
    areas = np.flatnonzero(shapely.get_type_id(shapes) != shapely.GeometryType.POINT)
    place = np.asarray(shapely.point_on_surface(shapes))
    parts = [_alone(np.setdiff1d(np.arange(len(shapes)), areas), place)]
    if len(areas):
        node, area, length_m = _nodes_inside(network, shapes[areas])
        lonlat = network.node_lonlat[node]
        by_street = SpreadPlaces(lonlat, areas[area].astype(np.int32), length_m)
        parts.append(by_street)
        if weights is not None and len(weights):
            by_weight = _by_weight(network, shapes, areas, by_street, weights)
            better = np.isin(by_street.owner, by_weight.owner)
            parts[1] = SpreadPlaces(lonlat[~better], by_street.owner[~better], length_m[~better])
            parts.append(by_weight)
        known = np.concatenate([part.owner for part in parts])
        parts.append(_alone(np.setdiff1d(areas, known), place))
    return _shared_out(parts, len(shapes))


def _alone(rows: NDArray[np.intp], place: Shapes) -> SpreadPlaces:
    return SpreadPlaces(
        shapely.get_coordinates(place[rows]), rows.astype(np.int32), np.ones(len(rows))
    )


def _shared_out(parts: list[SpreadPlaces], n_shapes: int) -> SpreadPlaces:
    """Join the parts in the order of the shapes, amounts as shares of each shape."""
    owner = np.concatenate([part.owner for part in parts])
    amount = np.concatenate([part.share for part in parts])
    order = np.argsort(owner, kind="stable")
    total = np.bincount(owner, amount, minlength=n_shapes)
    lonlat = np.vstack([part.lonlat for part in parts])
    return SpreadPlaces(lonlat[order], owner[order], (amount / total[owner])[order])


def _nodes_inside(
    network: StreetNetwork, areas: Shapes
) -> tuple[NDArray[np.intp], NDArray[np.intp], Floats]:
    """Return the usable nodes inside each area, the area, and the street each node stands for."""
    half_m = np.where(network.reachable, network.length_m / 2, 0.0)
    node_m = np.bincount(network.start, half_m, minlength=network.n_nodes)
    node_m += np.bincount(network.end, half_m, minlength=network.n_nodes)
    usable = np.flatnonzero(node_m > 0)
    tree = shapely.STRtree(np.asarray(shapely.points(network.node_lonlat[usable])))
    area, row = tree.query(areas, predicate="contains")
    node = usable[row]
    lon, lat = network.node_lonlat[node].T
    order = np.lexsort((lat, lon, area))  # however the nodes are numbered
    return node[order], area[order], node_m[node[order]]


def _by_weight(
    network: StreetNetwork,
    shapes: Shapes,
    areas: NDArray[np.intp],
    nodes: SpreadPlaces,
    weights: gpd.GeoDataFrame,
) -> SpreadPlaces:
    """Bring every weight inside an area to the nearest of the area's nodes, if it has any."""
    feature = weights.geometry.to_numpy()
    area, row = shapely.STRtree(feature).query(shapes[areas], predicate="intersects")
    owner = areas[area]
    inside = shapely.intersection(feature[row], shapes[owner])
    whole = shapely.area(feature[row])
    part = np.where(whole > 0, shapely.area(inside) / np.where(whole > 0, whole, 1.0), 1.0)
    amount = weights["weight"].to_numpy(np.float64, na_value=0.0)[row] * part
    kept = amount > 0
    owner, amount = owner[kept], amount[kept]
    from scipy.spatial import cKDTree  # noqa: PLC0415 - half a second nobody else needs

    lonlat = shapely.get_coordinates(shapely.point_on_surface(inside[kept]))
    if not len(owner) or not len(nodes.owner):
        return SpreadPlaces(lonlat, owner.astype(np.int32), amount)
    # The third axis keeps areas apart: the nearest node is always one of the same area.
    apart = [
        np.column_stack([network.to_metres(one), rows * _APART_M])
        for one, rows in ((nodes.lonlat, nodes.owner), (lonlat, owner))
    ]
    distance_m, nearest = cKDTree(apart[0]).query(apart[1])
    near = distance_m < _APART_M
    gathered = np.bincount(nearest[near], amount[near], minlength=len(nodes.owner))
    used = np.flatnonzero(gathered)
    return SpreadPlaces(
        np.vstack([nodes.lonlat[used], lonlat[~near]]),
        np.concatenate([nodes.owner[used], owner[~near]]).astype(np.int32),
        np.concatenate([gathered[used], amount[~near]]),
    )
