"""Who is served: every demand point against the stations that count, hour by hour.

Hour by hour, a point is served when one of the timetables kept within its reach is open. So the
streets are searched once from all stations of one kind that keep the same hours, not once from
every station: a few dozen searches answer for any number of stations, in memory that does not
grow with how many of them a point can reach.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from geo.arrays import Floats
from geo.coverage.answer import HORIZON, Coverage, week_masks
from geo.coverage.audience import audience
from geo.coverage.rule import CoverageRule
from geo.demand.points import Demand, make_demand
from geo.layers.vocabulary import WOMEN_ONLY_KINDS, Kind
from geo.network.street_network import Snapped, StreetNetwork
from geo.reach.ends import leaving, same_edge
from geo.reach.labels import SiteLabels
from geo.solving import Progress, silent
from geo.text import Text

_STEPS = (Text("路网定位", "Finding streets"), Text("计算服务范围", "Catchments"))


def analyse_coverage(
    network: StreetNetwork,
    stations: gpd.GeoDataFrame,
    workers: gpd.GeoDataFrame,
    rule: CoverageRule,
    *,
    weights: gpd.GeoDataFrame | None = None,
    progress: Progress = silent,
) -> Coverage:
    """Measure coverage on the street network of the rule's mode.

    Parameters
    ----------
    network : StreetNetwork
        Streets of ``rule.mode``.
    stations, workers : GeoDataFrame
        Layers with STATIONS and WORKERS columns (EPSG:4326).
    rule : CoverageRule
        What counts.
    weights : GeoDataFrame | None
        What areas of workers are spread by instead of street length (WEIGHTS columns).

    Raises
    ------
    BadInputError
        If a number of workers or of women, or hours cannot be used.
    """
    return survey(network, stations, workers, rule, weights=weights, progress=progress).coverage(
        rule
    )


def coverage_by_kind(
    network: StreetNetwork,
    stations: gpd.GeoDataFrame,
    workers: gpd.GeoDataFrame,
    rule: CoverageRule,
    *,
    weights: gpd.GeoDataFrame | None = None,
    progress: Progress = silent,
) -> dict[Kind, Coverage]:
    """Measure the coverage each kind of station gives alone; the streets are searched once.

    Parameters as :func:`analyse_coverage`; the kinds are those of the rule, all when it has none.
    """
    seen = survey(network, stations, workers, rule, weights=weights, progress=progress)
    return {kind: seen.coverage(rule.of_kinds(kind)) for kind in rule.kinds or Kind}


@dataclass(frozen=True, kw_only=True)
class Survey:
    """What the streets say once for every rule that differs only in kinds and groups.

    Attributes
    ----------
    network : StreetNetwork
        The streets.
    workers, stations : GeoDataFrame
        The layers; `stations` holds those of a counting kind and status.
    demand : Demand
        All demand points.
    equipped : (s,) bool
        Stations with the amenities asked for.
    places : Snapped
        The equipped stations on the network.
    classes : Sequence[tuple[str, str]]
        Kind and opening hours (empty where not stated) of each class of equipped stations.
    class_cost : (c, n) float64
        Cost from each point to the nearest station of each class, inf beyond the horizon.
    """

    network: StreetNetwork
    workers: gpd.GeoDataFrame
    stations: gpd.GeoDataFrame
    demand: Demand
    equipped: NDArray[np.bool_]
    places: Snapped
    classes: Sequence[tuple[str, str]]
    class_cost: Floats

    def coverage(self, rule: CoverageRule) -> Coverage:
        """Return the coverage by the stations of the rule's kinds for its groups, in its week."""
        counted = rule.of_kind(self.stations)
        stations = self.stations[counted].reset_index(drop=True)
        asked = audience(self.demand, self.workers, stations, rule)
        kinds = {str(kind) for kind in rule.kinds}
        classes = [row for row, (kind, _) in enumerate(self.classes) if not kinds or kind in kinds]
        cost = self.class_cost[classes][:, asked.point]
        closed = np.array([self.classes[row][0] in WOMEN_ONLY_KINDS for row in classes], np.bool_)
        cost[closed[:, None] & ~asked.women] = np.inf
        hours = tuple(self.classes[row][1] for row in classes)
        coverage = Coverage(
            network=self.network,
            rule=rule,
            demand=asked.demand,
            women=asked.women,
            unstated_workers=asked.unstated_workers,
            workers=self.workers,
            stations=stations,
            equipped=self.equipped[counted],
            places=self.places.take(counted[self.equipped]),
            class_hours=hours,
            class_open=week_masks(hours),
            class_cost=cost,
        )
        return coverage if rule.week is None else coverage.in_week(rule.week)


def survey(
    network: StreetNetwork,
    stations: gpd.GeoDataFrame,
    workers: gpd.GeoDataFrame,
    rule: CoverageRule,
    *,
    weights: gpd.GeoDataFrame | None = None,
    progress: Progress = silent,
) -> Survey:
    """Search the streets from every class of stations that `rule` counts."""
    progress(_STEPS[0], 0.0)
    considered = stations[rule.of_kind(stations)].reset_index(drop=True)
    equipped = rule.equipped(considered)
    demand = make_demand(network, workers, weights=weights)
    places = network.snap(_lonlat(considered[equipped]))
    progress(_STEPS[0], 1.0)
    names, member = classes_of(considered[equipped])
    cost = _class_costs(network, demand.snapped, places, member, rule, progress)
    return Survey(
        network=network,
        workers=workers,
        stations=considered,
        demand=demand,
        equipped=equipped,
        places=places,
        classes=names,
        class_cost=cost,
    )


def _lonlat(frame: gpd.GeoDataFrame) -> Floats:
    return np.column_stack([frame.geometry.x, frame.geometry.y])


def classes_of(stations: gpd.GeoDataFrame) -> tuple[list[tuple[str, str]], NDArray[np.intp]]:
    """Return each class's kind and hours, and which one every station belongs to."""
    hours = stations["opening_hours"].fillna("")
    pairs = list(zip(stations["kind"].astype(str), hours.astype(str), strict=True))
    names = sorted(set(pairs))
    number = {name: row for row, name in enumerate(names)}
    return names, np.array([number[pair] for pair in pairs], np.intp)


def _class_costs(
    network: StreetNetwork,
    points: Snapped,
    places: Snapped,
    member: NDArray[np.intp],
    rule: CoverageRule,
    progress: Progress,
) -> Floats:
    """Return the cost from every point to the nearest station of each class, (c, n)."""
    n_classes = int(member.max(initial=-1)) + 1
    ends = leaving(network, points, rule.weight)
    limit = HORIZON * rule.limit
    answer = np.full((n_classes, len(points)), np.inf)
    for row in range(n_classes):
        progress(_STEPS[1], row / n_classes)
        sites = places.take(member == row)
        labels = SiteLabels.build(network, sites, k=1, weight=rule.weight, limit=limit)
        np.min(labels.cost[ends.node, 0] + ends.cost, axis=1, out=answer[row])
        direct = same_edge(network, points, sites, rule.weight)
        np.minimum.at(answer[row], direct.origin, direct.cost)
    answer[answer > limit] = np.inf
    progress(_STEPS[1], 1.0)
    return answer


__all__ = ["Coverage", "Survey", "analyse_coverage", "classes_of", "coverage_by_kind", "survey"]
