"""Coverage and gaps of a city under the planner's rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import geopandas as gpd

from api.analysis.city import City
from api.analysis.parameters import CoverageParameters
from geo.coverage.analyse import Coverage, analyse_coverage, survey
from geo.coverage.capacity import Capacity, measure_capacity
from geo.coverage.rule import CoverageRule
from geo.gaps.find import find_gaps
from geo.layers.vocabulary import Kind
from geo.solving import Progress, silent


@dataclass(frozen=True, slots=True)
class GapsFound:
    """Coverage, room and gaps (GAPS columns), and what each kind of station covers alone."""

    coverage: Coverage
    capacity: Capacity
    gaps: gpd.GeoDataFrame
    by_kind: Mapping[Kind, Coverage]


def measure(city: City, parameters: CoverageParameters) -> Coverage:
    """Measure coverage as `parameters` say."""
    network = city.network(parameters.mode)
    seen = analyse_coverage(
        network, city.stations, city.workers, _rule(parameters), weights=city.weights
    )
    return _in_week(seen, parameters)


def find(city: City, parameters: CoverageParameters, progress: Progress = silent) -> GapsFound:
    """Measure coverage, of all kinds together and each alone, and draw its gaps; stations may be full."""
    network, rule = city.network(parameters.mode), _rule(parameters)
    every = replace(rule, kinds=())
    seen = survey(
        network, city.stations, city.workers, every, weights=city.weights, progress=progress
    )
    coverage = _in_week(seen.coverage(rule), parameters)
    by_kind = {
        kind: _in_week(seen.coverage(replace(rule, kinds=(kind,))), parameters) for kind in Kind
    }
    capacity = measure_capacity(coverage, visits_per_worker=parameters.visits_per_worker_day)
    gaps = find_gaps(network, coverage, supply=capacity.supply_ratio, progress=progress)
    return GapsFound(coverage, capacity, gaps, by_kind)


def _rule(parameters: CoverageParameters) -> CoverageRule:
    return CoverageRule(
        mode=parameters.mode,
        limit=parameters.limit_s,
        kinds=parameters.kinds,
        amenities=parameters.amenities,
        groups=parameters.groups,
    )


def _in_week(coverage: Coverage, parameters: CoverageParameters) -> Coverage:
    return coverage if parameters.week is None else coverage.in_week(parameters.week)
