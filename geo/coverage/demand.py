"""Worker concentrations as demand points: places with a weight, areas spread over their streets."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geo.errors import BadInputError
from geo.hours import HOURS_A_WEEK, week_mask
from geo.network.street_network import Snapped, StreetNetwork
from geo.text import Text

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Demand:
    """Points with workers on them.

    Attributes
    ----------
    lonlat : (n, 2) float64
        EPSG:4326.
    workers : (n,) float64
        Sums to the workers of the concentrations.
    owner : (n,) int32
        Row of the concentration a point belongs to.
    active : (c, 168) bool
        Hours of the week each concentration's workers are there (Monday 00:00 first).
    snapped : Snapped
        The points on the network.
    """

    lonlat: Floats
    workers: Floats
    owner: Ints
    active: Flags
    snapped: Snapped

    def __len__(self) -> int:
        """Return the number of points."""
        return len(self.workers)

    @property
    def active_hours(self) -> Floats:
        """Hours a week the workers of each point are there, (n,)."""
        hours: Floats = self.active.sum(axis=1)[self.owner].astype(np.float64)
        return hours

    def by_owner(self, amount: Floats) -> Floats:
        """Add an amount per point up to the concentrations, (c,)."""
        total: Floats = np.bincount(self.owner, amount, minlength=len(self.active)).astype(float)
        return total


def make_demand(network: StreetNetwork, workers: gpd.GeoDataFrame) -> Demand:
    """Turn concentrations (WORKERS columns, EPSG:4326) into demand points on `network`.

    A polygon is spread over the street nodes inside it, in equal parts; one without nodes, like
    a point, stays in one place. Concentrations without hours count around the clock.

    Raises
    ------
    BadInputError
        If a number of workers is negative or missing, or hours cannot be read.
    """
    counts = workers["workers"].to_numpy(np.float64, na_value=np.nan)
    if not (counts >= 0).all():
        row = int(np.flatnonzero(~(counts >= 0))[0])
        raise BadInputError(
            Text(
                f"聚集点 {workers['id'].iloc[row]} 的人数 {counts[row]} 无效，应为 0 或更多。",
                f"Concentration {workers['id'].iloc[row]} has {counts[row]} workers: give 0 up",
            )
        )
    lonlat, owner = _spread(network, workers.geometry.to_numpy())
    parts = np.bincount(owner, minlength=len(workers))
    active = np.array(
        [_active(hours) for hours in workers["active_hours"]], np.bool_
    ).reshape(-1, HOURS_A_WEEK)  # fmt: skip
    return Demand(lonlat, counts[owner] / parts[owner], owner, active, network.snap(lonlat))


def _active(hours: object) -> Flags:
    return week_mask(hours) if isinstance(hours, str) and hours else np.ones(HOURS_A_WEEK, bool)


def _spread(network: StreetNetwork, shapes: NDArray[np.object_]) -> tuple[Floats, Ints]:
    """Return points and the shape each belongs to, in the order of the shapes."""
    is_point = shapely.get_type_id(shapes) == shapely.GeometryType.POINT
    tree = shapely.STRtree(np.asarray(shapely.points(network.node_lonlat)))
    areas = np.flatnonzero(~is_point)
    area, node = tree.query(shapes[areas], predicate="contains")
    bare = np.setdiff1d(np.arange(len(areas)), area)
    centre = np.asarray(shapely.point_on_surface(shapes[np.concatenate(
        [np.flatnonzero(is_point), areas[bare]])]))  # fmt: skip
    owner = np.concatenate([np.flatnonzero(is_point), areas[bare], areas[area]])
    lonlat = np.vstack([shapely.get_coordinates(centre), network.node_lonlat[node]])
    order = np.argsort(owner, kind="stable")
    return lonlat[order], owner[order].astype(np.int32)
