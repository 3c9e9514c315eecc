"""How far one gets within a time or a distance, as areas that follow the streets.

An area is every street travelled in time, widened to either side by what is left of the limit for
walking off it, at most `width_m`; so it thins out where the limit runs out, and blocks too deep to
reach from their streets stay holes. Convex hulls and alpha shapes, which packages offer for this,
cover rivers and rail yards that nobody crosses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry as Shape

from geo.arrays import Floats
from geo.crs import STORAGE_CRS
from geo.errors import BadInputError
from geo.network.street_network import Snapped, StreetNetwork
from geo.reach.ends import access_cost, arriving, leaving
from geo.reach.kernels.searching import search
from geo.reach.route import part, shares, vertices_of
from geo.text import Text

LEAST_MINUTES, MOST_MINUTES = 1, 60
"""Limits that may be asked for: within a minute is one's own street, beyond an hour the whole city."""
_LEAST_M = 1.0
"""Half the width of a street at the very end of the limit."""
_SAME_PLACE_M = 0.01
"""Ends nearer than this are one."""
_BEND_M = 250.0
"""A line in metres is not quite one in degrees; over this length it is to a millimetre."""
_CIRCLE = np.exp(2j * np.pi * np.arange(24) / 24)


@dataclass(frozen=True, slots=True)
class Isochrones:
    """Areas within limits, by point, then by rising limit.

    Attributes
    ----------
    point : (r,) int32
        Row of the point.
    limit : (r,) float64
        Metres or seconds as asked.
    area : (r,) object
        Polygons or multipolygons (EPSG:4326); empty where nothing is within the limit. Of one
        point each lies inside the next.
    """

    point: NDArray[np.int32]
    limit: Floats
    area: NDArray[np.object_]

    def frame(self) -> gpd.GeoDataFrame:
        """Return the areas as a table: point, limit, geometry (EPSG:4326)."""
        columns = {"point": self.point, "limit": self.limit}
        return gpd.GeoDataFrame(columns, geometry=list(self.area), crs=STORAGE_CRS)


def isochrones(
    network: StreetNetwork,
    points: Snapped,
    breaks: Sequence[float],
    *,
    weight: str = "time_s",
    towards: bool = False,
    width_m: float = 40.0,
) -> Isochrones:
    """Draw how far one gets from each of `points` within each of `breaks`.

    A node of the network lies in an area if and only if it is within the limit (``<=``); where
    nodes lie within a centimetre of each other, if one of them is.

    Parameters
    ----------
    network : StreetNetwork
        One mode's streets.
    points : Snapped
        Where one sets out, snapped on `network`; one that is unreachable has empty areas.
    breaks : sequence of float
        Limits: seconds with weight "time_s", metres with "distance_m".
    towards : bool
        Draw from where one gets to the points instead; the same where streets are two-way.
    width_m : float
        Farthest to either side of a street.

    Raises
    ------
    BadInputError
        If a break is not positive.
    """
    limits = np.unique(np.asarray(breaks, np.float64))
    if len(limits) == 0 or not (np.isfinite(limits) & (limits > 0)).all():
        raise BadInputError(
            Text(f"时限 {list(breaks)} 应为正数。", f"Limits {list(breaks)} must be positive.")
        )
    pace = 1.0 if weight == "distance_m" else network.walk_m_s
    draw = _Drawing(network, weight, towards, pace, width_m)
    area = np.concatenate(
        [draw.areas(points.take(np.array([row])), limits) for row in range(len(points))]
        or [np.empty(0, np.object_)]
    )
    point = np.repeat(np.arange(len(points), dtype=np.int32), len(limits))
    return Isochrones(point, np.tile(limits, len(points)), area)


@dataclass(frozen=True)
class _Stretches:
    """Parts of segments along which what is left of the limit falls evenly.

    Attributes
    ----------
    segment : (s,) int
    begin, end : (s,) float64
        Positions along the segment, `begin` where more is left.
    left, left_at_end : (s,) float64
        What is left of the limit at either.
    """

    segment: NDArray[np.intp]
    begin: Floats
    end: Floats
    left: Floats
    left_at_end: Floats


@dataclass(frozen=True)
class _Drawing:
    """What the areas of all points share."""

    network: StreetNetwork
    weight: str
    towards: bool
    pace: float
    width_m: float

    @property
    def _flags(self) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Whether a segment is travelled on from its start, and from its end."""
        network = self.network
        if self.towards:
            return network.back, network.forward
        return network.forward, network.back

    def areas(self, point: Snapped, limits: Floats) -> NDArray[np.object_]:
        """Return one point's areas, smallest first."""
        answer = np.full(len(limits), shapely.Polygon(), np.object_)
        if not point.reachable[0]:
            return answer
        cost = self._costs(point, float(limits[-1]))
        streets: Shape = shapely.Polygon()
        for i, limit in enumerate(limits.tolist()):
            streets = shapely.union_all([streets, *self._tubes(point, cost, limit)])
            area = shapely.difference(streets, self._left_out(streets, cost, limit))
            dense = shapely.segmentize(area, _BEND_M)
            answer[i] = _valid(shapely.transform(dense, self.network.to_lonlat))
        return answer

    def _costs(self, point: Snapped, limit: float) -> Floats:
        """Return what every node costs, (n,), inf beyond the limit."""
        arcs = self.network.incoming if self.towards else self.network.outgoing
        ends = (arriving if self.towards else leaving)(self.network, point, self.weight)
        arc_weight = self.network.weight(self.weight)[arcs.segment]
        node, cost, _ = ends.seeds()
        reached, _, _ = search(
            arcs.indptr, arcs.head, arc_weight, arc_weight, node, cost, cost, limit
        )
        return np.where(reached <= limit, reached, np.inf)

    def _tubes(self, point: Snapped, cost: Floats, limit: float) -> list[Shape]:
        """Return the widened streets, in metres."""
        network, whole = self.network, self.network.weight(self.weight)
        near = np.flatnonzero(np.minimum(cost[network.start], cost[network.end]) <= limit)
        stretches = self._stretches(near, cost, limit)
        wide = self.width_m / self.pace
        full = (stretches.left_at_end >= wide) & (stretches.left >= wide)
        both = np.bincount(
            stretches.segment[full], np.abs(stretches.end - stretches.begin)[full], len(whole)
        )
        inside = np.flatnonzero(both >= 1 - 1e-12)
        rest = ~np.isin(stretches.segment, inside)
        first, size = network.shape_offset[inside], np.diff(network.shape_offset)[inside]
        number = np.repeat(np.arange(len(inside)), size)
        row = np.arange(size.sum()) + np.repeat(first - np.cumsum(size) + size, size)
        lines = shapely.linestrings(network.shape_xy_m[row], indices=number) if len(row) else []
        pieces = np.vstack(
            [np.empty((0, 6)), *self._pieces(stretches, rest), *self._own_street(point, limit)]
        )
        return [*shapely.buffer(lines, self.width_m, quad_segs=6), *_hulls(pieces)]

    def _stretches(self, segment: NDArray[np.intp], cost: Floats, limit: float) -> _Stretches:
        """Return what is travelled of `segment`, from either end up to where both meet."""
        network = self.network
        weight = np.maximum(network.weight(self.weight)[segment], 1e-12)
        ahead, against = (flags[segment] for flags in self._flags)
        left_start = np.where(ahead, limit - cost[network.start[segment]], -np.inf)
        left_end = np.where(against, limit - cost[network.end[segment]], -np.inf)
        with np.errstate(invalid="ignore"):
            meet = np.clip(
                np.nan_to_num(0.5 + (left_start - left_end) / (2 * weight), nan=0.5), 0, 1
            )
        from_start = np.minimum(meet, left_start / weight)
        from_end = np.maximum(meet, 1 - left_end / weight)
        go, come = left_start >= 0, left_end >= 0
        return _Stretches(
            np.concatenate([segment[go], segment[come]]),
            np.concatenate([np.zeros(go.sum()), np.ones(come.sum())]),
            np.concatenate([from_start[go], from_end[come]]),
            np.concatenate([left_start[go], left_end[come]]),
            np.concatenate(
                [
                    left_start[go] - from_start[go] * weight[go],
                    left_end[come] - (1 - from_end[come]) * weight[come],
                ]
            ),
        )

    def _pieces(self, stretches: _Stretches, chosen: NDArray[np.bool_]) -> list[Floats]:
        """Return straight pieces of the `chosen` stretches and their half widths.

        Rows are x, y, half width of one end and of the other, (p, 6) in metres.
        """
        rows = zip(
            stretches.segment[chosen].tolist(),
            stretches.begin[chosen].tolist(),
            stretches.end[chosen].tolist(),
            stretches.left[chosen].tolist(),
            stretches.left_at_end[chosen].tolist(),
            strict=True,
        )
        return [self._stretch(*row) for row in rows]

    def _stretch(
        self, segment: int, begin: float, end: float, left: float, left_at_end: float
    ) -> Floats:
        line = self.network.shape_xy_m[vertices_of(self.network, segment)]
        along = shares(line)
        inner = along[(along > min(begin, end)) & (along < max(begin, end))]
        narrowing = left - np.clip(self.width_m / self.pace, left_at_end, left)
        turn = begin + (end - begin) * narrowing / ((left - left_at_end) or 1.0)
        place = np.unique([begin, *inner, turn, end])
        if len(place) == 1:
            place = place.repeat(2)
        x, y = (np.interp(place, along, line[:, axis]) for axis in (0, 1))
        left_there = left - (left - left_at_end) * (place - begin) / ((end - begin) or 1.0)
        half = np.clip(left_there * self.pace, _LEAST_M, self.width_m)
        ends = np.column_stack([x, y, half])
        return np.hstack([ends[:-1], ends[1:]])

    def _own_street(self, point: Snapped, limit: float) -> list[Floats]:
        """Return the pieces from the point to its street and along it either way."""
        left = limit - float(access_cost(self.network, point, self.weight)[0])
        if left < 0:
            return []
        segment, at = int(point.segment[0]), float(point.fraction[0])
        whole = float(self.network.weight(self.weight)[segment])
        ahead, against = (bool(flags[segment]) for flags in self._flags)
        share = left / whole if whole > 0 else 1.0
        ways = [(min(1.0, at + share), ahead), (max(0.0, at - share), against)]
        pieces = [
            self._stretch(segment, at, stop, left, left - abs(stop - at) * whole)
            for stop, open_way in ways
            if open_way
        ]
        line = self.network.shape_xy_m[vertices_of(self.network, segment)]
        foot = part(line, shares(line), at, at)[0]
        here = self.network.to_metres(point.lonlat)[0]
        half = np.clip([limit * self.pace, left * self.pace], _LEAST_M, self.width_m)
        return [np.array([[*here, half[0], *foot, half[1]]]), *pieces]

    def _left_out(self, streets: Shape, cost: Floats, limit: float) -> Shape:
        """Return small circles round the nodes beyond the limit that the streets' width covers."""
        from scipy.spatial import KDTree  # noqa: PLC0415 - no worker's question needs it

        xy_m = self.network.node_xy_m
        beyond = np.flatnonzero(cost > limit)
        west, south, east, north = streets.bounds
        x, y = xy_m[beyond].T
        beyond = beyond[(x >= west) & (x <= east) & (y >= south) & (y <= north)]
        shapely.prepare(streets)
        beyond = beyond[shapely.intersects_xy(streets, *xy_m[beyond].T)]
        within = xy_m[cost <= limit]
        if len(beyond) == 0 or len(within) == 0:
            return shapely.MultiPoint(xy_m[beyond]).buffer(_LEAST_M)
        apart_m, _ = KDTree(within).query(xy_m[beyond])
        apart = apart_m > _SAME_PLACE_M
        circles = shapely.buffer(
            shapely.points(xy_m[beyond[apart]]), np.minimum(apart_m[apart] / 2, _LEAST_M)
        )
        return shapely.union_all(circles)


def _hulls(pieces: Floats) -> NDArray[np.object_]:
    """Return the hull of the circles at both ends of every piece, (p,)."""
    if len(pieces) == 0:
        return np.empty(0, np.object_)
    ends = pieces.reshape(-1, 2, 3)
    ring = np.column_stack([_CIRCLE.real, _CIRCLE.imag])
    corners = ends[:, :, None, :2] + ends[:, :, 2, None, None] * ring
    rows = np.repeat(np.arange(len(pieces)), 2 * len(ring))
    hulls: NDArray[np.object_] = shapely.convex_hull(
        shapely.multipoints(corners.reshape(-1, 2), indices=rows)
    )
    return hulls


def _valid(area: Shape) -> Shape:
    """Return the area as one valid polygon or multipolygon."""
    return area if area.is_valid else shapely.make_valid(area, method="structure")
