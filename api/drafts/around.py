"""What stands around a chosen site: whom it serves, the nearest stations, who would take its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from geo.coverage.rule import CoverageRule
from geo.reach.labels import nearest
from geo.siting.plan.why_not import StandBy, stand_by
from geo.study.siting_ground import snapped
from geo.study.study import Study

if TYPE_CHECKING:
    from geo.siting.plan.brief import BriefPlan

_NEAREST = 3
"""As many stations near a site as a card has room for."""


@dataclass(frozen=True, slots=True)
class StationNear:
    """A station near a site: its way by street in metres, its place in degrees (EPSG:4326)."""

    id: str
    name: str
    way_m: float
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around a site.

    Attributes
    ----------
    by_group : Mapping[str, float]
        Workers within the limit whom no station covers, by group, most first.
    stations : tuple[StationNear, ...]
        The stations nearest by street, the nearest first.
    runner_up : StandBy | None
        Who would best take its place.
    """

    by_group: Mapping[str, float]
    stations: tuple[StationNear, ...]
    runner_up: StandBy | None


def around_site(study: Study, rule: CoverageRule, plan: BriefPlan, row: int) -> Around:
    """Return what stands around chosen candidate `row` of a plan under `rule`."""
    ground = study.ground(rule)
    points = plan.problem.covers[row].indices
    workers = pd.Series(plan.problem.weight[points])
    groups = ground.demand["group"].astype(str).to_numpy()[points]
    sums = workers.groupby(groups).sum().sort_values(ascending=False)
    stations = ground.coverage.stations[ground.coverage.equipped]
    centres = shapely.get_coordinates(shapely.centroid(stations.geometry.to_numpy()))
    place = snapped(ground.network, plan.candidates.iloc[[row]])
    found = nearest(ground.network, place, ground.coverage.places, k=_NEAREST)
    near = [
        StationNear(
            id=str(stations["id"].iloc[site]),
            name=str(stations["name"].iloc[site]),
            way_m=float(metres),
            lon=float(centres[site, 0]),
            lat=float(centres[site, 1]),
        )
        for site, metres in zip(found.site[0].tolist(), found.cost[0].tolist(), strict=True)
        if site >= 0 and np.isfinite(metres)
    ]
    told = {str(key): float(value) for key, value in sums.items() if value > 0}
    return Around(told, tuple(near), stand_by(plan, row))
