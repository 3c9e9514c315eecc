"""Which points lie together along streets, and which gap a point lies in.

Clusters are single-linkage under the street metric: two points are linked when the way between
them, both access legs included, is at most a given length; a cluster is what links connect.
Instead of all pairs, every street node is given to its nearest point, and only points whose streets
meet are compared: the minimum spanning tree of all pairs lies within those links (Mehlhorn 1988, "A
faster approximation algorithm for the Steiner problem in graphs"), so the clusters are exact, in
the time of one search.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_matrix

from geo.arrays import (
    Flags,
    Floats,
    Ints32,
    Shapes,
)
from geo.layers.vocabulary import Cause
from geo.network.street_network import Snapped, StreetNetwork
from geo.reach.kernels.searching import search

_NAMED = 5
"""Gaps a place is said to close: as many as a committee reads."""


def street_clusters(
    network: StreetNetwork, points: Snapped, kind: NDArray[np.int64], link_m: float
) -> Ints32:
    """Give points of one kind that streets connect the same number, (n,).

    Parameters
    ----------
    network : StreetNetwork
        One mode's streets; one-way streets join in both directions.
    points : Snapped
        Points on them. Those off every street are joined by straight distance.
    kind : (n,) int
        Only points of the same kind are joined.
    link_m : float
        The longest way between linked points, metres (``<=``).
    """
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415 - see _off_street_links

    ways = _Ways.build(network, points)
    parts = [_off_street_links(network, points, kind, link_m)]
    for one in np.unique(kind):
        chosen = np.flatnonzero((kind == one) & points.reachable)
        if len(chosen):
            parts.append(ways.links(chosen, points.access_m, link_m))
    first, second = np.concatenate(parts, axis=1)
    size = (len(points), len(points))
    graph = coo_matrix((np.ones(len(first), np.int8), (first, second)), size)
    numbers: Ints32 = connected_components(graph, directed=False)[1]
    return numbers


@dataclass(frozen=True, slots=True)
class _Ways:
    """The streets as an undirected graph with a node of its own for every point.

    Attributes
    ----------
    tail, head : (e,) int32
        Ends of every piece of street.
    length_m : (e,) float64
        Its length.
    place : (n,) int32
        Node of each point, -1 where it is on no street.
    n_nodes : int
        How many nodes there are.
    """

    tail: Ints32
    head: Ints32
    length_m: Floats
    place: Ints32
    n_nodes: int

    @classmethod
    def build(cls, network: StreetNetwork, points: Snapped) -> _Ways:
        """Cut every segment at the points on it."""
        rows = np.flatnonzero(points.reachable)
        rows = rows[np.lexsort((points.fraction[rows], points.segment[rows]))]
        segment, at = points.segment[rows], points.fraction[rows]
        node = network.n_nodes + np.arange(len(rows))
        opens = np.ones(len(rows), np.bool_)
        opens[1:] = segment[1:] != segment[:-1]
        closes = np.append(opens[1:], True)[: len(rows)]
        before = np.where(opens, network.start[segment], node - 1)
        came_m = np.where(opens, 0.0, np.append(0.0, at[:-1])[: len(rows)])
        # Also those nobody is snapped onto: the lanes of junctions with banned turns.
        whole = network.forward | network.back
        whole[segment] = False
        tail = [network.start[whole], before, node[closes]]
        head = [network.end[whole], node, network.end[segment[closes]]]
        length_m = [
            network.length_m[whole],
            (at - came_m) * network.length_m[segment],
            (1 - at[closes]) * network.length_m[segment[closes]],
        ]
        place = np.full(len(points), -1, np.int32)
        place[rows] = node
        return cls(
            np.concatenate(tail).astype(np.int32),
            np.concatenate(head).astype(np.int32),
            np.concatenate(length_m),
            place,
            network.n_nodes + len(rows),
        )

    def links(self, chosen: NDArray[np.intp], access_m: Floats, link_m: float) -> Ints32:
        """Return (2, l) pairs among the points `chosen` that are linked."""
        both = np.concatenate([self.tail, self.head])
        order = np.argsort(both, kind="stable")
        indptr = np.zeros(self.n_nodes + 1, np.int64)
        np.cumsum(np.bincount(both, minlength=self.n_nodes), out=indptr[1:])
        head = np.concatenate([self.head, self.tail])[order]
        length_m = np.concatenate([self.length_m, self.length_m])[order]
        start = self.place[chosen]
        cost, _, parent = search(
            indptr, head, length_m, length_m, start, access_m[chosen], np.zeros(len(start)), link_m
        )
        nearest = np.full(self.n_nodes, -1, np.int32)
        nearest[start] = chosen
        owner = nearest[_roots(np.where(parent >= 0, both[order][parent], np.arange(self.n_nodes)))]
        # Where streets of two points meet, and where a point stands on the street of another.
        first = np.concatenate([owner[self.tail], chosen.astype(np.int32)])
        second = np.concatenate([owner[self.head], owner[self.place[chosen]]])
        way_m = np.concatenate(
            [
                cost[self.tail] + self.length_m + cost[self.head],
                access_m[chosen] + cost[self.place[chosen]],
            ]
        )
        linked = (first >= 0) & (second >= 0) & (first != second) & (way_m <= link_m)
        return np.stack([first[linked], second[linked]])


def _roots(up: NDArray[np.int64]) -> NDArray[np.int64]:
    """Follow everyone's predecessor to where it began, (n,); who has none is its own."""
    further = up[up]
    while not np.array_equal(further, up):
        up, further = further, further[further]
    return up


def _off_street_links(
    network: StreetNetwork, points: Snapped, kind: NDArray[np.int64], link_m: float
) -> Ints32:
    """Return (2, l) pairs of points off every street that lie near each other."""
    from scipy.spatial import cKDTree  # noqa: PLC0415 - half a second that known gaps need not

    rows = np.flatnonzero(~points.reachable)
    if not len(rows):
        return np.empty((2, 0), np.int32)
    pairs = cKDTree(network.to_metres(points.lonlat[rows])).query_pairs(
        link_m, output_type="ndarray"
    )
    first, second = rows[pairs[:, 0]], rows[pairs[:, 1]]
    same = kind[first] == kind[second]
    return np.stack([first[same], second[same]]).astype(np.int32)


_QUARTER_SEGMENTS = 4
"""Of a quarter circle of 300 m at most: no edge is off by more than 6 m."""
_SAME_PLACE_M = 1.0
"""Points nearer than this are one place on the map."""


def outlines(xy_m: Floats, label: NDArray[np.intp], n_groups: int, radius_m: float) -> Shapes:
    """Draw every group as the ground within `radius_m` of it and nearest to it, (n_groups,).

    Outlines of groups overlap only where they share a place; none reaches over a place that is
    in no group. Places within a metre count as one.

    Parameters
    ----------
    xy_m : (n, 2) float64
        All places in metres, also those in no group.
    label : (n,) int
        Group of each place, -1 for none.
    n_groups : int
        How many groups there are; each has at least one place.
    radius_m : float
        How far the ground reaches, metres.
    """
    _, first, place = np.unique(
        np.round(xy_m / _SAME_PLACE_M), axis=0, return_index=True, return_inverse=True
    )
    spots = xy_m[first]
    grouped = label >= 0
    pairs = np.unique(np.column_stack([label[grouped], place.ravel()[grouped]]), axis=0)
    discs: Shapes = np.asarray(
        shapely.buffer(shapely.points(spots), radius_m, quad_segs=_QUARTER_SEGMENTS)
    )
    cells = _nearest_ground(spots, 2 * radius_m)
    starts = np.searchsorted(pairs[:, 0], np.arange(n_groups + 1))
    mine = [pairs[starts[group] : starts[group + 1], 1] for group in range(n_groups)]
    near = [discs[rows[0]] if len(rows) == 1 else shapely.union_all(discs[rows]) for rows in mine]
    # Cells share their edges to the last digit, so joining them leaves no seam.
    own = [
        cells[rows[0]] if len(rows) == 1 else shapely.coverage_union_all(cells[rows])
        for rows in mine
    ]
    shapes: Shapes = np.asarray(shapely.intersection(np.array(own), np.array(near)), dtype=object)
    return shapes


def _nearest_ground(spots: Floats, margin_m: float) -> Shapes:
    """Return the ground nearest to each spot (its Voronoi cell), to a margin around all."""
    ground = shapely.box(*(spots.min(axis=0) - margin_m), *(spots.max(axis=0) + margin_m))
    if len(spots) == 1:
        return np.array([ground], dtype=object)
    cells = shapely.voronoi_polygons(shapely.multipoints(spots), extend_to=ground, ordered=True)
    return np.asarray(shapely.get_parts(cells), dtype=object)


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
