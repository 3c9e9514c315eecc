"""One mode's streets as a directed graph on flat arrays, and points snapped onto its edges.

All arrays may be memory-mapped: nothing here writes to them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pyproj import Transformer

from geo.arrays import Flags, Floats, Ints32, seal
from geo.crs import STORAGE_CRS, transformer
from geo.errors import BadInputError
from geo.layers.vocabulary import Mode
from geo.network.edge_grid import EdgeGrid
from geo.network.kernels.hierarchy import group_arcs
from geo.network.pieces import CRUMB_M, NO_STREET
from geo.network.prepared import Prepared
from geo.network.speeds import WALK_KMH
from geo.network.street_hierarchy import ArcCosts, Hierarchy
from geo.text import Text


@dataclass(frozen=True, slots=True)
class Snapped:
    """Points put onto the nearest street of any piece that is kept.

    Attributes
    ----------
    lonlat : (n, 2) float64
        The points themselves (EPSG:4326).
    segment : (n,) int32
        Segment of the network each point lies on, -1 where none is within the limit.
    fraction : (n,) float64
        Position along the segment: 0 at its start, 1 at its end.
    access_m : (n,) float64
        Straight leg from the point to the street in metres; inf where unreachable.
    """

    lonlat: Floats
    segment: Ints32
    fraction: Floats
    access_m: Floats

    @property
    def reachable(self) -> Flags:
        """Whether each point has a usable street within the limit, (n,) bool."""
        return self.segment >= 0

    def __len__(self) -> int:
        """Return the number of points."""
        return len(self.segment)

    def take(self, rows: NDArray[np.intp] | Flags) -> Snapped:
        """Return the points at `rows` (indices or a mask)."""
        return Snapped(
            self.lonlat[rows], self.segment[rows], self.fraction[rows], self.access_m[rows]
        )


class PlaceOnStreet(NamedTuple):
    """One point put onto the nearest street, in plain numbers: what a live question needs.

    Attributes
    ----------
    x_m, y_m : float
        The point itself in metres, `metric_crs` of the network.
    segment : int
        Segment of the network the point lies on, -1 where none is within the limit.
    fraction : float
        Position along the segment: 0 at its start, 1 at its end.
    access_m : float
        Straight leg from the point to the street in metres; inf where unreachable.
    """

    x_m: float
    y_m: float
    segment: int
    fraction: float
    access_m: float


@dataclass(frozen=True, kw_only=True)
class StreetNetwork:
    """The streets one mode may use.

    Attributes
    ----------
    mode : Mode
        Whose streets these are.
    metric_crs : str
        CRS used to find the nearest street (EPSG:4549 around Qingdao).
    node_lonlat : (n, 2) float64
        Nodes (EPSG:4326).
    start, end : (m,) int32
        Nodes of each segment.
    forward, back : (m,) bool
        Whether the segment may be used from start to end, and from end to start.
    length_m, time_s : (m,) float64
        Geodesic length on WGS-84 and travel time.
    reachable : (m,) bool
        Whether points may be put on the segment: it belongs to a piece that is kept.
    piece : (m,) int32
        Connected piece of the segment, 0 for the longest; below 0 where it belongs to none (see
        :mod:`geo.network.pieces`).
    shape_offset, shape_lonlat : (m + 1,) int64, (k, 2) float64
        Vertices of each segment from start to end (EPSG:4326).
    name : (m,) int32
        Index into `names`, -1 where unnamed.
    highway : (m,) uint8
        Index into :data:`geo.network.segments.HIGHWAYS`.
    names : tuple[str, ...]
        Street names.
    walk_m_s : float
        Pace on foot of the leg between a point and the street, in metres a second, whoever goes.
    """

    mode: Mode
    metric_crs: str
    node_lonlat: Floats
    start: Ints32
    end: Ints32
    forward: Flags
    back: Flags
    length_m: Floats
    time_s: Floats
    reachable: Flags
    piece: Ints32
    shape_offset: NDArray[np.int64]
    shape_lonlat: Floats
    name: Ints32
    highway: NDArray[np.uint8]
    names: tuple[str, ...]
    walk_m_s: float = WALK_KMH / 3.6

    def __post_init__(self) -> None:
        """Seal the arrays, see :func:`geo.arrays.sealed`."""
        seal(self)

    @property
    def n_nodes(self) -> int:
        """Number of nodes."""
        return len(self.node_lonlat)

    @cached_property
    def _to_metric(self) -> Transformer:
        return transformer(STORAGE_CRS, self.metric_crs)

    def to_metres(self, lonlat: ArrayLike) -> Floats:
        """Project (n, 2) lon/lat (EPSG:4326) to x/y metres in `metric_crs`."""
        pairs = np.asarray(lonlat, np.float64).reshape(-1, 2)
        return np.column_stack(self._to_metric.transform(pairs[:, 0], pairs[:, 1]))

    def to_lonlat(self, xy_m: ArrayLike) -> Floats:
        """Unproject (n, 2) x/y metres in `metric_crs` to lon/lat (EPSG:4326)."""
        pairs = np.asarray(xy_m, np.float64).reshape(-1, 2)
        transform = self._to_metric.transform
        return np.column_stack(transform(pairs[:, 0], pairs[:, 1], direction="INVERSE"))

    @cached_property
    def node_xy_m(self) -> Floats:
        """Nodes in metres, (n, 2), `metric_crs`."""
        return self.to_metres(self.node_lonlat)

    @cached_property
    def shape_xy_m(self) -> Floats:
        """Vertices of all segments in metres, (k, 2), `metric_crs`."""
        return self.to_metres(self.shape_lonlat)

    @cached_property
    def edge_grid(self) -> EdgeGrid:
        """Finds the nearest of the reachable segments."""
        return EdgeGrid.build(self.shape_offset, self.shape_xy_m, self.reachable)

    @cached_property
    def piece_m(self) -> Floats:
        """Metres of street in each connected piece, (p,)."""
        inside = self.piece >= 0
        total_m: Floats = np.bincount(self.piece[inside], self.length_m[inside]).astype(np.float64)
        return total_m

    @cached_property
    def left_out(self) -> Flags:
        """Which streets can be used but belong to no piece that is kept, (m,) bool."""
        usable: Flags = (self.forward | self.back) & ~self.reachable & (self.piece > NO_STREET)
        return usable

    @cached_property
    def _left_out_grid(self) -> EdgeGrid | None:
        """Finds the nearest of the streets left out; None where there is none."""
        if not self.left_out.any():
            return None
        return EdgeGrid.build(self.shape_offset, self.shape_xy_m, self.left_out)

    def snap(self, lonlat: ArrayLike, *, limit_m: float = 1000.0) -> Snapped:
        """Put points on the nearest edge of any piece that is kept.

        Whose nearest street is left out is put on a kept one only if that is at most `CRUMB_M`
        farther away; else the point is unreachable.

        Parameters
        ----------
        lonlat : (n, 2) array
            Points (EPSG:4326).
        limit_m : float
            Longest access leg; a point farther from every reachable street is unreachable.

        Raises
        ------
        BadInputError
            If a coordinate is not finite or not a lon/lat.
        """
        points = np.asarray(lonlat, np.float64).reshape(-1, 2)
        _check_lonlat(points)
        xy_m = self.to_metres(points)
        segment, fraction, access_m = self.edge_grid.snap(xy_m, limit_m)
        moved = np.flatnonzero(access_m > CRUMB_M)
        if len(moved) and self._left_out_grid is not None:
            _, _, away_m = self._left_out_grid.snap(xy_m[moved], limit_m)
            lost = moved[away_m + CRUMB_M < access_m[moved]]
            segment[lost], fraction[lost], access_m[lost] = -1, 0.0, np.inf
        return Snapped(points, segment, fraction, access_m)

    def place(self, lon: float, lat: float, *, limit_m: float = 1000.0) -> PlaceOnStreet:
        """Put one point (EPSG:4326) on its street as :meth:`snap` does, at a tenth of the cost."""
        if not (abs(lon) <= _FARTHEST[0] and abs(lat) <= _FARTHEST[1]):
            _check_lonlat(np.array([[lon, lat]]))
        x_m, y_m = self._to_metric.transform(lon, lat)
        found = self.edge_grid.snap_one(x_m, y_m, limit_m)
        if found[2] > CRUMB_M and self._left_out_grid is not None:
            _, _, away_m = self._left_out_grid.snap_one(x_m, y_m, limit_m)
            if away_m + CRUMB_M < found[2]:
                found = -1, 0.0, np.inf
        return PlaceOnStreet(x_m, y_m, *found)

    def passed_over(self, places: Snapped) -> Ints32:
        """Return the street left out that is nearer to each place than the one it is on, else -1."""
        if self._left_out_grid is None:
            return np.full(len(places), -1, np.int32)
        farthest_m = float(places.access_m.max(initial=0.0, where=places.reachable)) or 1.0
        limit_m = farthest_m if places.reachable.all() else max(farthest_m, 1000.0)
        street, _, away_m = self._left_out_grid.snap(self.to_metres(places.lonlat), limit_m)
        return np.where(away_m < places.access_m, street, -1).astype(np.int32)

    def prepare(self) -> Prepared:
        """Return what is otherwise computed when first asked for, to be kept with the streets."""
        return Prepared.of(
            self.shape_xy_m, self.edge_grid, self.hierarchy, self.arc_costs("time_s")
        )

    def adopt(self, prepared: Prepared) -> StreetNetwork:
        """Use what was prepared for these very streets, and return them.

        A network made from this one by :func:`dataclasses.replace` computes its own.
        """
        self.__dict__.update(
            shape_xy_m=prepared.shape_xy_m,
            edge_grid=prepared.grid(self.shape_offset),
            hierarchy=prepared.hierarchy,
            _arc_costs={"time_s": prepared.time_s},
        )
        return self

    def weight(self, name: str) -> Floats:
        """Return the segments' `length_m` for "distance_m" and `time_s` for "time_s"."""
        if name not in {"distance_m", "time_s"}:
            raise BadInputError(
                Text(
                    f"不认识的计量方式 {name}，请用 distance_m 或 time_s。",
                    f"Unknown weight {name!r}: use distance_m or time_s.",
                )
            )
        return self.length_m if name == "distance_m" else self.time_s

    @cached_property
    def hierarchy(self) -> Hierarchy:
        """The hierarchy over the segments, whichever way they may be used."""
        return Hierarchy.build(self.n_nodes, self.start, self.end)

    def arc_costs(self, weight: str) -> ArcCosts:
        """Return the hierarchy's costs for "distance_m" or "time_s"; the other is counted along."""
        if weight not in self._arc_costs:
            self._arc_costs[weight] = self.hierarchy.costs(
                self.start,
                self.end,
                self.forward,
                self.back,
                self.weight(weight),
                self.weight(other_weight(weight)),
            )
        return self._arc_costs[weight]

    @cached_property
    def _arc_costs(self) -> dict[str, ArcCosts]:
        return {}

    @cached_property
    def outgoing(self) -> Arcs:
        """Arcs in the direction of travel, grouped by the node they leave."""
        return Arcs.build(self, reverse=False)

    @cached_property
    def incoming(self) -> Arcs:
        """Arcs against the direction of travel, grouped by the node they arrive at."""
        return Arcs.build(self, reverse=True)


@dataclass(frozen=True, slots=True)
class Arcs:
    """Directed arcs in compressed sparse rows.

    Attributes
    ----------
    indptr : (n + 1,) int32
        Where each node's arcs begin.
    head : (a,) int32
        Node each arc leads to.
    segment : (a,) int32
        Segment each arc runs along.
    """

    indptr: Ints32
    head: Ints32
    segment: Ints32

    @classmethod
    def build(cls, network: StreetNetwork, *, reverse: bool) -> Arcs:
        """Group the network's arcs by tail node (by head node when `reverse`)."""
        return cls(
            *group_arcs(
                network.start, network.end, network.forward, network.back, network.n_nodes, reverse
            )
        )


def other_weight(weight: str) -> str:
    """Return "time_s" for "distance_m" and "distance_m" for "time_s"."""
    return "time_s" if weight == "distance_m" else "distance_m"


_FARTHEST = 180.0, 90.0
"""Longitude and latitude go no farther."""


def _check_lonlat(points: Floats) -> None:
    good = np.abs(points) <= _FARTHEST  # NaN is not
    if good.all():
        return
    row = int(np.flatnonzero(~good.all(axis=1))[0])
    value = tuple(points[row].tolist())
    raise BadInputError(
        Text(
            f"第 {row} 个点的坐标 {value} 不是经纬度：应先经度后纬度，单位为度。",
            f"Point {row} {value} is not lon/lat: give longitude first, in degrees.",
        )
    )
