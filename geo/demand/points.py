"""Worker concentrations as demand points: places with a weight, areas spread over their streets."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np

from geo.arrays import Flags, Floats, Ints32
from geo.demand.spreading import spread
from geo.errors import BadInputError
from geo.hours import HOURS_A_WEEK, week_mask
from geo.network.street_network import Snapped, StreetNetwork
from geo.text import Text

_AT_ONCE = 1024
"""Points whose hours are added up at once: as numbers they stay in the processor's cache."""


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
    owner: Ints32
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


def workers_by_hour(workers: Floats, *hours: Flags) -> Floats:
    """Return the workers at each hour of the week at which all of `hours` hold, (168,).

    Parameters
    ----------
    workers : (n,) float64
        At each point.
    hours : (n, 168) bool
        Which hours hold for each point.
    """
    total = np.zeros(HOURS_A_WEEK)
    for first in range(0, len(workers), _AT_ONCE):
        some = slice(first, first + _AT_ONCE)
        held = np.logical_and.reduce([one[some] for one in hours])
        total += workers[some] @ held.astype(np.float64)
    return total


def make_demand(
    network: StreetNetwork, workers: gpd.GeoDataFrame, *, weights: gpd.GeoDataFrame | None = None
) -> Demand:
    """Turn concentrations (WORKERS columns, EPSG:4326) into demand points on `network`.

    A polygon, such as an H3 cell, is spread over the street nodes inside it by street length, or
    by `weights` where they lie in it (WEIGHTS columns, EPSG:4326); one without nodes, like a
    point, stays in one place. Concentrations without hours count around the clock.

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
    placed = spread(network, workers.geometry.to_numpy(), weights)
    active = np.array([_active(hours) for hours in workers["active_hours"]], np.bool_).reshape(
        -1, HOURS_A_WEEK
    )
    people = counts[placed.owner] * placed.share
    return Demand(placed.lonlat, people, placed.owner, active, network.snap(placed.lonlat))


def _active(hours: object) -> Flags:
    return week_mask(hours) if isinstance(hours, str) and hours else np.ones(HOURS_A_WEEK, bool)
