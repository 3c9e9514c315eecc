"""Recommended sites of a city under the planner's rules."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from api.analysis.city import City
from api.analysis.parameters import SitingParameters
from geo.coverage.analyse import Coverage
from geo.network.street_network import Snapped, StreetNetwork
from geo.reach.catchments import catchments
from geo.reach.nearest import nearest
from geo.siting.plan import SitingPlan
from geo.siting.recommend import recommend_sites
from geo.solving import Progress, silent
from geo.text import Text

_STEP = Text("候选点服务范围", "Candidates' catchments")


def recommend(
    city: City,
    coverage: Coverage,
    parameters: SitingParameters,
    *,
    seed: int = 0,
    progress: Progress = silent,
) -> SitingPlan:
    """Recommend sites that answer the gaps of `coverage`, by the coverage's own rule."""
    progress(_STEP, 0.0)
    network, rule = city.network(coverage.rule.mode), coverage.rule
    places = _snapped(network, city.candidates)
    pairs = catchments(network, places, coverage.demand.snapped, rule.limit, weight=rule.weight)
    owners = city.workers.iloc[coverage.demand.owner]
    demand = owners[["group", "setting", "district"]].reset_index(drop=True)
    near = _nearest_stations(network, places, coverage)
    progress(_STEP, 1.0)
    return recommend_sites(
        city.candidates,
        pairs,
        demand.assign(workers=coverage.demand.workers),
        coverage.covered,
        near,
        count=parameters.count,
        budget_cny=parameters.budget_cny,
        per_district_minimum=parameters.minimum_per_district,
        district_names=_district_names(city),
        spacing_m=parameters.spacing_m,
        phases=parameters.phases,
        seed=seed,
        progress=progress,
    )


def _snapped(network: StreetNetwork, frame: gpd.GeoDataFrame) -> Snapped:
    return network.snap(np.column_stack([frame.geometry.x, frame.geometry.y]))


def _nearest_stations(network: StreetNetwork, places: Snapped, coverage: Coverage) -> pd.DataFrame:
    """Return each candidate's nearest station that counts, by street."""
    stations = coverage.stations[coverage.equipped]
    found = nearest(network, places, _snapped(network, stations), weight="distance_m")
    row, known = found.site[:, 0], found.site[:, 0] >= 0
    names: dict[str, object] = {}
    for column in ("id", "name"):
        values = [*stations[column], None]
        names[f"nearest_station_{column}"] = [values[number] for number in row]
    return pd.DataFrame(names | {"nearest_m": np.where(known, found.cost[:, 0], np.nan)})


def _district_names(city: City) -> dict[str, Text]:
    districts = city.project.read_or_empty("districts")
    return {
        str(code): Text(name, name)
        for code, name in zip(districts["adcode"], districts["name"], strict=True)
    }
