"""How much of coverage rests on hours that nobody confirmed of late."""

from __future__ import annotations

from dataclasses import dataclass

from api.stations.directory import STATION_LAYERS
from data.project import Project
from data.study import ProjectStreets, open_study
from geo.coverage.rule import CoverageRule
from geo.layers.columns import layers_with
from geo.layers.roles import Role
from geo.study.study import Study


@dataclass(frozen=True, slots=True)
class RestsOn:
    """What a coverage is worth without the stations whose hours nobody confirmed of late.

    Attributes
    ----------
    workers : float
        All workers asked about.
    covered, covered_confirmed : float
        Workers covered; workers covered by stations with confirmed hours alone.
    open_hours, open_hours_confirmed : float
        Worker-hours a week that find a station open; the same by those alone.
    """

    workers: float
    covered: float
    covered_confirmed: float
    open_hours: float
    open_hours_confirmed: float


def rests_on(project: Project, confirmed: frozenset[str], rule: CoverageRule) -> RestsOn:
    """Measure coverage with all stations and with the `confirmed` (ids) alone."""
    every = open_study(project).coverage(rule)
    layers = {
        name: project.read(name) for name in layers_with(Role.READ_BY_COVERAGE) if project.has(name)
    }
    for name in STATION_LAYERS:
        if name in layers:
            rows = layers[name]
            layers[name] = rows[rows["id"].astype(str).isin(confirmed)].reset_index(drop=True)
    some = Study(streets=ProjectStreets(project), **layers).coverage(rule)
    return RestsOn(
        workers=every.workers_total,
        covered=every.workers_covered,
        covered_confirmed=some.workers_covered,
        open_hours=every.worker_hours_covered,
        open_hours_confirmed=some.worker_hours_covered,
    )
