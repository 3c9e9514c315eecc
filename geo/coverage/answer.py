"""The answer of a coverage analysis: who is served, where, when and by what."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.arrays import Flags, Floats
from geo.coverage.rule import CoverageRule, women_only
from geo.crs import STORAGE_CRS
from geo.demand.points import Demand
from geo.hours import HOURS_A_WEEK, days_mask, week_mask
from geo.hours.opening_rules import DAYS_A_WEEK
from geo.network.street_network import Snapped, StreetNetwork
from geo.reach.catchments import Catchments, catchments
from geo.reach.labels import Nearest, nearest

HORIZON = 1.2
"""Costs are known up to this many times the rule's limit, so that limits near it can be tried."""

_NEAREST = 3
"""Chosen: the nearest station, and two to go to when it is full or closed."""


@dataclass(frozen=True, repr=False, kw_only=True)
class Coverage:
    """The answer of :func:`geo.coverage.analyse.analyse_coverage`.

    Stations of one kind that keep the same hours form a class: coverage, hour by hour, follows
    from the nearest station of each class alone.

    Attributes
    ----------
    network : StreetNetwork
        The streets it was measured on.
    rule : CoverageRule
        What counted.
    demand : Demand
        The demand points the rule asks about.
    women : (n,) bool
        Which points hold women only (:mod:`geo.coverage.audience`).
    unstated_workers : float
        Workers whose number of women was needed but not stated.
    workers, stations : GeoDataFrame
        The layers analysed; `stations` holds those of a counting kind and status.
    equipped : (s,) bool
        Which of them also have the amenities asked for.
    places : Snapped
        The equipped stations on the network.
    class_hours : tuple[str, ...]
        Opening hours of each class of equipped stations, empty text where they are not stated.
    class_open : (c, 168) bool
        Hours of the week each class is surely open.
    class_cost : (c, n) float64
        Cost in the rule's weight from each point to the nearest station of each class that serves
        it; inf beyond :data:`HORIZON` limits.
    monday : date | None
        First day of the week measured; None is the ordinary week.
    """

    network: StreetNetwork
    rule: CoverageRule
    demand: Demand
    women: Flags
    unstated_workers: float
    workers: gpd.GeoDataFrame
    stations: gpd.GeoDataFrame
    equipped: Flags
    places: Snapped
    class_hours: tuple[str, ...]
    class_open: Flags
    class_cost: Floats
    monday: date | None = None

    @cached_property
    def covered(self) -> Flags:
        """Whether a counting station is within the limit, whatever its hours, (n,)."""
        return self.covered_within(1.0)

    @cached_property
    def open_hours(self) -> Flags:
        """Hours of the week a station within the limit is surely open, (n, 168)."""
        return self.open_within(1.0)

    @cached_property
    def hours_covered(self) -> Floats:
        """Active hours a week during which a station within the limit is open, (n,)."""
        return self.hours_covered_within(1.0)

    def covered_within(self, factor: float) -> Flags:
        """Return :attr:`covered` as it were with `factor` (at most HORIZON) times the limit."""
        within: Flags = np.logical_or.reduce(self.class_cost <= factor * self.rule.limit, axis=0)
        return within

    def open_within(self, factor: float) -> Flags:
        """Return :attr:`open_hours` as it were with `factor` (at most HORIZON) limits."""
        reach = (self.class_cost <= factor * self.rule.limit).astype(np.float32)
        answer: Flags = (reach.T @ self.class_open.astype(np.float32)) > 0
        return answer

    def hours_covered_within(self, factor: float) -> Floats:
        """Return :attr:`hours_covered` as it were with `factor` (at most HORIZON) limits."""
        active = self.demand.active[self.demand.owner]
        hours: Floats = (active & self.open_within(factor)).sum(axis=1).astype(np.float64)
        return hours

    @cached_property
    def nearest_within(self) -> Floats:
        """Cost of the nearest equipped station in the rule's weight, inf beyond HORIZON, (n,)."""
        cost: Floats = np.minimum.reduce(self.class_cost, axis=0, initial=np.inf)
        return cost

    @property
    def stations_without_hours(self) -> int:
        """Equipped stations whose opening hours are not stated: never surely open."""
        hours = self.stations["opening_hours"][self.equipped]
        return int(hours.isna().sum() + (hours == "").sum())

    @cached_property
    def worker_hours_unsure(self) -> float:
        """Worker-hours not surely covered, but in reach of a station without stated hours."""
        unstated = [not hours for hours in self.class_hours]
        near = (self.class_cost[unstated] <= self.rule.limit).any(axis=0)
        missed = self.demand.active_hours - self.hours_covered
        return float(self.demand.workers[near] @ missed[near])

    @cached_property
    def pairs(self) -> Catchments:
        """Every equipped station within the limit of every point it serves."""
        found = catchments(
            self.network, self.places, self.demand.snapped, self.rule.limit, weight=self.rule.weight
        )
        station = np.flatnonzero(self.equipped).astype(np.int32)[found.site]
        serves = ~women_only(self.stations)[station] | self.women[found.point]
        return Catchments.of_pairs(
            station[serves],
            found.point[serves],
            found.cost[serves],
            len(self.stations),
            len(self.demand),
        )

    @cached_property
    def by_time(self) -> Nearest:
        """The nearest equipped stations in seconds, (n, 3): rows of `stations`, best first."""
        return self._nearest("time_s")

    @cached_property
    def by_distance(self) -> Nearest:
        """The nearest equipped stations in metres, (n, 3): rows of `stations`, best first."""
        return self._nearest("distance_m")

    @property
    def alternatives(self) -> Nearest:
        """The nearest station and the next ones in the rule's weight, (n, 3), at any distance."""
        return self.by_distance if self.rule.weight == "distance_m" else self.by_time

    @property
    def nearest_station(self) -> NDArray[np.int32]:
        """Row of the nearest equipped station at any distance, (n,), -1 where there is none."""
        return self.alternatives.site[:, 0]

    @property
    def nearest_cost(self) -> Floats:
        """Cost of the nearest station in the rule's weight, (n,), inf where there is none."""
        return self.alternatives.cost[:, 0]

    @property
    def nearest_m(self) -> Floats:
        """Street metres to the station nearest by distance, (n,), inf where there is none."""
        return self.by_distance.cost[:, 0]

    def _nearest(self, weight: str) -> Nearest:
        closed_to_men = women_only(self.stations)[self.equipped]
        if self.women.all() or not closed_to_men.any():
            return self._nearest_of(np.ones(len(self.places), np.bool_), weight)
        for_women = self._nearest_of(np.ones(len(self.places), np.bool_), weight)
        for_others = self._nearest_of(~closed_to_men, weight)
        return Nearest(
            np.where(self.women[:, None], for_women.site, for_others.site),
            np.where(self.women[:, None], for_women.cost, for_others.cost),
        )

    def _nearest_of(self, some: Flags, weight: str) -> Nearest:
        found = nearest(
            self.network, self.demand.snapped, self.places.take(some), k=_NEAREST, weight=weight
        )
        rows = np.append(np.flatnonzero(self.equipped)[some], -1).astype(np.int32)
        return Nearest(rows[found.site], found.cost)

    @property
    def workers_total(self) -> float:
        """All workers asked about."""
        return float(self.demand.workers.sum())

    @property
    def workers_covered(self) -> float:
        """Workers with a counting station within the limit."""
        return float(self.demand.workers[self.covered].sum())

    @property
    def worker_hours_total(self) -> float:
        """Workers times the hours a week they are there."""
        return float(self.demand.workers @ self.demand.active_hours)

    @property
    def worker_hours_covered(self) -> float:
        """Worker-hours during which a counting station within the limit is open."""
        return float(self.demand.workers @ self.hours_covered)

    def in_week(self, day: date) -> Coverage:
        """Return the coverage in the real week, Monday first, that `day` lies in.

        Holidays and make-up working days move the hours of stations and of workers alike.

        Raises
        ------
        CalendarError
            If the holidays of that week are not announced.
        """
        monday = day - timedelta(days=day.weekday())
        hours = tuple(
            text if isinstance(text, str) else "" for text in self.workers["active_hours"]
        )
        return replace(
            self,
            demand=replace(self.demand, active=week_masks(hours, monday, unstated=True)),
            class_open=week_masks(self.class_hours, monday),
            monday=monday,
        )

    def table(self, *columns: str) -> pd.DataFrame:
        """Return totals by columns of the workers layer ("district", "group", "setting").

        By district when none is named.

        The rows add up to the totals of the whole: workers, workers_covered, worker_hours and
        worker_hours_covered.
        """
        columns, demand = columns or ("district",), self.demand
        amounts = {
            "workers": demand.workers,
            "workers_covered": demand.workers * self.covered,
            "worker_hours": demand.workers * demand.active_hours,
            "worker_hours_covered": demand.workers * self.hours_covered,
        }
        frame = pd.concat([self.keys(*columns), pd.DataFrame(amounts)], axis=1)
        totals: pd.DataFrame = frame.groupby(list(columns), as_index=False).sum()
        return totals

    def to_frame(self) -> gpd.GeoDataFrame:
        """Return one row a demand point (EPSG:4326).

        Columns ``id`` of its concentration, ``workers``, ``covered``, ``hours_covered``,
        ``active_hours`` (a week), ``nearest_m`` and ``nearest_station_name``.
        """
        demand, named = self.demand, [*self.stations["name"], None]
        columns = {
            "id": self.workers["id"].to_numpy()[demand.owner],
            "workers": demand.workers,
            "covered": self.covered,
            "active_hours": demand.active_hours,
            "hours_covered": self.hours_covered,
            "nearest_m": self.nearest_m,
            "nearest_station_name": [named[row] for row in self.by_distance.site[:, 0]],
        }
        points = gpd.points_from_xy(*demand.lonlat.T)
        return gpd.GeoDataFrame(columns, geometry=points, crs=STORAGE_CRS)

    def __repr__(self) -> str:
        """Say the figures in one line."""
        hours = self.worker_hours_covered / (self.worker_hours_total or 1.0)
        return (
            f"<coverage: {self.workers_covered:,.0f} of {self.workers_total:,.0f} workers, "
            f"{hours:.1%} of their hours>"
        )

    def keys(self, *columns: str) -> pd.DataFrame:
        """Return columns of the workers layer for every demand point, empty text where missing."""
        owners = self.workers[list(columns)].iloc[self.demand.owner]
        keys: pd.DataFrame = owners.fillna("").reset_index(drop=True)
        return keys

    def bands(self, breaks: tuple[float, ...]) -> pd.DataFrame:
        """Return the workers whose nearest station is within each break (the rule's weight)."""
        inner = [float(self.demand.workers[self.nearest_cost <= limit].sum()) for limit in breaks]
        return pd.DataFrame({"within": list(breaks), "workers": inner})


def week_masks(
    hours: tuple[str, ...], monday: date | None = None, *, unstated: bool = False
) -> Flags:
    """Return when each of `hours` holds, (k, 168) bool; `unstated` where the text is empty.

    Parameters
    ----------
    hours : tuple[str, ...]
        OSM opening_hours.
    monday : date | None
        First day of a real week; None is the ordinary week.

    Raises
    ------
    CalendarError
        If the holidays of that week are not announced.
    """
    masks = np.full((len(hours), HOURS_A_WEEK), unstated, np.bool_)
    known = {
        text: week_mask(text) if monday is None else days_mask(text, monday, DAYS_A_WEEK)
        for text in set(hours) - {""}
    }
    for row, text in enumerate(hours):
        if text:
            masks[row] = known[text]
    return masks
