"""What if a station stood here? Who would newly be covered, before anything is decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from data.store.project import Project
from data.store.project_study import open_study
from geo.coverage.answer import Coverage
from geo.coverage.rule import CoverageRule
from geo.errors import UnreachableError
from geo.gaps.clusters import gap_of_points, gaps_named
from geo.hours import week_mask
from geo.network.street_network import Snapped, StreetNetwork
from geo.reach.catchments import catchments
from geo.reach.labels import nearest
from geo.text import Text

OFFICE_HOURS = "Mo-Fr 08:30-17:30"
"""Hours of a host nobody has asked yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """What a station at a position would change.

    Attributes
    ----------
    workers_within : float
        Workers within the limit of it.
    workers_new : float
        Those among them no counting station covers yet.
    by_group, by_setting : Mapping[str, float]
        The new ones, by the keys of `Group` and `Setting`.
    worker_hours_new : float
        Worker-hours a week it adds, open as asked.
    beside_plan : float | None
        The new ones that no recommended site covers; None without recommended sites.
    gap_ids : tuple[str, ...]
        Gaps it closes, most workers first.
    nearest_name, nearest_m
        The nearest station that counts, by street; None where there is none.
    covered_before, workers_total : float
        Of the whole city.
    access_m : float
        From the position to the street, metres.
    """

    workers_within: float
    workers_new: float
    by_group: Mapping[str, float]
    by_setting: Mapping[str, float]
    worker_hours_new: float
    beside_plan: float | None
    gap_ids: tuple[str, ...]
    nearest_name: str | None
    nearest_m: float | None
    covered_before: float
    workers_total: float
    access_m: float


class WhatIfs:
    """Answers for one edition; the coverage of a rule is measured once.

    Parameters
    ----------
    project : Project
        Whose stations and workers count.
    results : Mapping[str, GeoDataFrame]
        The layers ``gaps`` and ``sites`` as last published, where there are any.
    """

    def __init__(
        self, project: Project, results: Mapping[str, gpd.GeoDataFrame] | None = None
    ) -> None:
        self._study = open_study(project)
        self._results = results or {}
        self._planned: dict[CoverageRule, NDArray[np.bool_] | None] = {}

    def warm(self) -> None:
        """Ask where the first workers are under the usual rule, so that planners get quick answers."""
        places = self._study.coverage().demand
        for lon, lat in places.lonlat[places.snapped.reachable][:1].tolist():
            self.at(lon, lat, CoverageRule())

    def at(
        self, lon: float, lat: float, parameters: CoverageRule, hours: str = OFFICE_HOURS
    ) -> WhatIf:
        """Return what a station at `lon`, `lat` (degrees, EPSG:4326) open at `hours` would change.

        Raises
        ------
        UnreachableError
            If no street passes near the position.
        MissingError
            If workers or streets have not been imported.
        """
        coverage = self._study.coverage(parameters)
        network = self._study.network(parameters.mode)
        site = network.snap([[lon, lat]])
        if not site.reachable[0]:
            raise UnreachableError(
                Text(
                    "该位置 1 公里内没有道路，不能设站。",
                    "No street within 1 km of the position: no station can stand there.",
                )
            )
        demand, rule = coverage.demand, coverage.rule
        reached = catchments(network, site, demand.snapped, rule.limit, weight=rule.weight).point
        new = reached[~coverage.covered[reached]]
        nearest_name, nearest_m = _nearest(network, coverage, site)
        return WhatIf(
            workers_within=float(demand.workers[reached].sum()),
            workers_new=float(demand.workers[new].sum()),
            by_group=_totals(coverage, new, "group"),
            by_setting=_totals(coverage, new, "setting"),
            worker_hours_new=_hours(coverage, reached, hours),
            beside_plan=self._beside_plan(coverage, parameters, new),
            gap_ids=self._gaps(coverage, new),
            nearest_name=nearest_name,
            nearest_m=nearest_m,
            covered_before=coverage.workers_covered,
            workers_total=coverage.workers_total,
            access_m=float(site.access_m[0]),
        )

    def _beside_plan(
        self, coverage: Coverage, parameters: CoverageRule, new: NDArray[np.int32]
    ) -> float | None:
        """Return the workers among `new` that the recommended sites do not reach."""
        if parameters not in self._planned:
            self._planned[parameters] = self._reached_by_plan(coverage)
        planned = self._planned[parameters]
        return None if planned is None else float(coverage.demand.workers[new[~planned[new]]].sum())

    def _reached_by_plan(self, coverage: Coverage) -> NDArray[np.bool_] | None:
        sites = self._results.get("sites")
        if sites is None or not len(sites):
            return None
        network, rule = self._study.network(coverage.rule.mode), coverage.rule
        places = network.snap(np.column_stack([sites.geometry.x, sites.geometry.y]))
        pairs = catchments(network, places, coverage.demand.snapped, rule.limit, weight=rule.weight)
        reached = np.zeros(len(coverage.demand), np.bool_)
        reached[pairs.point] = True
        return reached

    def _gaps(self, coverage: Coverage, new: NDArray[np.int32]) -> tuple[str, ...]:
        gaps = self._results.get("gaps")
        if gaps is None or not len(new):
            return ()
        gap = gap_of_points(gaps, coverage.demand.lonlat[new], coverage.covered[new])
        return tuple(gaps_named(gap, np.arange(len(new)), coverage.demand.workers[new]))


def _hours(coverage: Coverage, points: NDArray[np.int32], hours: str) -> float:
    """Return the worker-hours a week that `points` gain from a station open at `hours`."""
    active = coverage.demand.active[coverage.demand.owner[points]]
    fresh = active & week_mask(hours) & ~coverage.open_hours[points]
    return float(coverage.demand.workers[points] @ fresh.sum(axis=1))


def _nearest(
    network: StreetNetwork, coverage: Coverage, site: Snapped
) -> tuple[str | None, float | None]:
    """Return name and way (metres) of the nearest station that counts; None where there is none."""
    stations = coverage.stations[coverage.equipped]
    places = network.snap(np.column_stack([stations.geometry.x, stations.geometry.y]))
    found = nearest(network, site, places, weight="distance_m")
    row = int(found.site[0, 0])
    if row < 0:
        return None, None
    return str(stations["name"].iloc[row]), float(found.cost[0, 0])


def _totals(coverage: Coverage, points: NDArray[np.int32], column: str) -> dict[str, float]:
    words = coverage.workers[column].astype(str).to_numpy()[coverage.demand.owner[points]]
    amounts = coverage.demand.workers[points]
    return {str(word): float(amounts[words == word].sum()) for word in sorted(set(words))}
