"""Recommended sites of a city under the planner's rules."""

from __future__ import annotations

from api.analysis.city import City
from api.analysis.parameters import SitingParameters
from geo.choosing.recommend import SitingPlan, SitingRules, recommend_sites
from geo.coverage.analyse import Coverage
from geo.solving import Progress, silent


def recommend(
    city: City, coverage: Coverage, parameters: SitingParameters, progress: Progress = silent
) -> SitingPlan:
    """Recommend sites that answer the gaps of `coverage`."""
    rules = SitingRules(
        count=parameters.count,
        budget_cny=parameters.budget_cny,
        minimum_per_district=parameters.minimum_per_district,
        spacing_m=parameters.spacing_m,
        phases=parameters.phases,
    )
    network = city.network(coverage.rule.mode)
    return recommend_sites(network, coverage, city.candidates, rules, progress=progress)
