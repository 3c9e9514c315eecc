"""Coverage and gaps of a city under the planner's rule."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd

from api.analysis.city import City
from api.analysis.parameters import CoverageParameters
from geo.coverage.analyse import Coverage, analyse_coverage
from geo.coverage.capacity import measure_capacity
from geo.coverage.gaps import find_gaps
from geo.coverage.rule import CoverageRule
from geo.solving import Progress, silent


@dataclass(frozen=True, slots=True)
class GapsFound:
    """Coverage and its gaps (GAPS columns)."""

    coverage: Coverage
    gaps: gpd.GeoDataFrame


def measure(city: City, parameters: CoverageParameters, progress: Progress = silent) -> Coverage:
    """Measure coverage as `parameters` say."""
    rule = CoverageRule(mode=parameters.mode, limit=parameters.limit_s, kinds=parameters.kinds)
    return analyse_coverage(
        city.network(parameters.mode), city.stations, city.workers, rule,
        weights=city.weights, progress=progress,
    )  # fmt: skip


def find(city: City, parameters: CoverageParameters, progress: Progress = silent) -> GapsFound:
    """Measure coverage and draw its gaps; stations that state their capacity may be full."""
    coverage = measure(city, parameters, progress)
    supply = measure_capacity(coverage).supply_ratio
    gaps = find_gaps(city.network(parameters.mode), coverage, supply=supply, progress=progress)
    return GapsFound(coverage, gaps)
