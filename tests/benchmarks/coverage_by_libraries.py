"""Coverage as one builds it from public libraries: pyproj, shapely's tree, scipy's Dijkstra, numpy.

From the same streets, stations and workers to the same answer: who has an open station within the
limit in each hour of the week. Like ours it searches once for all stations that keep the same
hours, so it is as clever as it is simple; how often stations are open is read for it.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from contender import pandana_network, scipy_graph
from scipy.sparse import bmat, csr_matrix
from scipy.sparse.csgraph import dijkstra

from geo.network.street_network import StreetNetwork

_SNAP_M = 1000.0


def by_scipy(
    network: StreetNetwork,
    stations: gpd.GeoDataFrame,
    workers: gpd.GeoDataFrame,
    masks: dict[str, np.ndarray],
    limit_s: float,
) -> tuple[float, np.ndarray]:
    """Return the worker-hours of a week that are covered, and the workers covered by hour, (168,).

    Parameters
    ----------
    network : StreetNetwork
        Streets on foot.
    stations, workers : GeoDataFrame
        Points (EPSG:4326) with ``opening_hours``; with ``workers`` and ``active_hours``.
    masks : dict[str, (168,) bool]
        Open hours of the week, by ``opening_hours`` and ``active_hours`` as they are written.
    limit_s : float
        Seconds on foot, door to door.
    """
    snap = _Snapping(network)
    points, places = snap.onto(workers), snap.onto(stations)
    graph, n = _with_stations(network, places), network.n_nodes
    hours = stations["opening_hours"].fillna("").to_numpy()
    classes = np.unique(hours[places.street >= 0])
    near = np.zeros((len(classes), len(workers)), np.int8)
    for row, words in enumerate(classes):
        sources = np.flatnonzero((hours == words) & (places.street >= 0))
        cost = dijkstra(graph, indices=n + sources, min_only=True, limit=limit_s)
        near[row] = _cost_of(network, points, places, sources, cost[:n]) <= limit_s
    return _by_hour(workers, classes, near, masks)


def by_pandana(
    network: StreetNetwork,
    stations: gpd.GeoDataFrame,
    workers: gpd.GeoDataFrame,
    masks: dict[str, np.ndarray],
    limit_s: float,
) -> tuple[float, np.ndarray]:
    """Return the same from pandana, which moves points to the nearest corner and walks from there."""
    city = pandana_network(network, "time_s")
    at, stand = (network.to_metres(_lonlat(frame)) for frame in (workers, stations))
    corner = city.get_node_ids(*map(pd.Series, at.T))
    hours = stations["opening_hours"].fillna("").to_numpy()
    classes = np.unique(hours)
    near = np.zeros((len(classes), len(workers)), np.int8)
    for row, words in enumerate(classes):
        city.set_pois("stations", limit_s, 1, *map(pd.Series, stand[hours == words].T))
        found = city.nearest_pois(limit_s, "stations")[1]
        near[row] = found.loc[corner].to_numpy() < limit_s
    return _by_hour(workers, classes, near, masks)


def _by_hour(
    workers: gpd.GeoDataFrame,
    classes: np.ndarray,
    near: np.ndarray,
    masks: dict[str, np.ndarray],
) -> tuple[float, np.ndarray]:
    """Return the worker-hours covered and the workers by hour, of who is near which class."""
    is_open = np.array([masks[words] for words in classes], np.int8)
    present = np.array([masks[words] for words in workers["active_hours"].fillna("")])
    served = (near.T @ is_open > 0) & present
    by_hour = workers["workers"].to_numpy(np.float64) @ served
    return float(by_hour.sum()), by_hour


def _lonlat(frame: gpd.GeoDataFrame) -> np.ndarray:
    return np.column_stack([frame.geometry.x, frame.geometry.y])


class _Snapping:
    """Puts points on the nearest street that is kept."""

    def __init__(self, network: StreetNetwork) -> None:
        self._network = network
        self._rows = np.flatnonzero(network.reachable)
        owner = np.repeat(np.arange(len(network.start)), np.diff(network.shape_offset))
        lines = shapely.linestrings(network.to_metres(network.shape_lonlat), indices=owner)
        self._lines = lines[self._rows]
        self._tree = shapely.STRtree(self._lines)

    def onto(self, frame: gpd.GeoDataFrame) -> _Places:
        points = shapely.points(self._network.to_metres(_lonlat(frame)))
        (row, line), away_m = self._tree.query_nearest(
            points, max_distance=_SNAP_M, return_distance=True, all_matches=False
        )
        street = np.full(len(points), -1)
        share, walk_s = np.zeros(len(points)), np.full(len(points), np.inf)
        street[row] = self._rows[line]
        share[row] = shapely.line_locate_point(self._lines[line], points[row], normalized=True)
        walk_s[row] = away_m / self._network.walk_m_s
        return _Places(street, share, walk_s)


class _Places:
    """Points on streets: the street, how far along it, and the seconds to it."""

    def __init__(self, street: np.ndarray, share: np.ndarray, walk_s: np.ndarray) -> None:
        self.street, self.share, self.walk_s = street, share, walk_s


def _with_stations(network: StreetNetwork, places: _Places) -> csr_matrix:
    """Return the streets against the travel, with a node more for each station."""
    rows = np.flatnonzero(places.street >= 0)
    street, share, walk_s = places.street[rows], places.share[rows], places.walk_s[rows]
    whole = network.time_s[street]
    to_start = np.where(network.forward[street], walk_s + share * whole, 0.0)
    to_end = np.where(network.back[street], walk_s + (1 - share) * whole, 0.0)
    ends = np.concatenate([network.start[street], network.end[street]])
    cost = np.concatenate([to_start, to_end])
    kept = cost > 0
    shape = (len(places.street), network.n_nodes)
    arcs = csr_matrix((cost[kept], (np.tile(rows, 2)[kept], ends[kept])), shape)
    corner = csr_matrix((len(places.street), len(places.street)))
    return bmat([[scipy_graph(network, weight="time_s"), None], [arcs, corner]], "csr")


def _cost_of(
    network: StreetNetwork,
    points: _Places,
    places: _Places,
    sources: np.ndarray,
    cost: np.ndarray,
) -> np.ndarray:
    """Return each point's seconds to the nearest of the stations `sources`, (n,)."""
    street, whole = points.street, network.time_s[points.street]
    by_start = cost[network.start[street]] + points.share * whole
    by_end = cost[network.end[street]] + (1 - points.share) * whole
    by_start[~network.back[street]] = np.inf
    by_end[~network.forward[street]] = np.inf
    best = np.minimum(by_start, by_end) + points.walk_s
    for source in sources:
        here = np.flatnonzero(street == places.street[source])
        along = (points.share[here] - places.share[source]) * whole[here]
        usable = np.where(along <= 0, network.forward[street[here]], network.back[street[here]])
        direct = np.abs(along) + points.walk_s[here] + places.walk_s[source]
        best[here[usable]] = np.minimum(best[here[usable]], direct[usable])
    return best
