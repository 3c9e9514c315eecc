"""How much of coverage, told on paper or asked for, rests on hours that nobody confirmed of late."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from api.stations.confirming import is_confirmed
from api.stations.directory import STATION_LAYERS, read_directory
from api.stations.openings import now
from data.store.project import Project
from data.store.project_study import ProjectStreets, open_study
from data.upkeep.keeping import KeeperBook
from geo.coverage.rule import CoverageRule
from geo.fields import UNCONFIRMED_DAYS
from geo.layers.columns import layers_with
from geo.layers.roles import Role
from geo.study.study import Study
from geo.summary.run import RunSummary, done
from maps.report.subject import Confirmed

_SAME_WORKERS = 0.5
"""Sums that differ by less are of the same coverage: workers are counted in whole people."""


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


def covered_by_confirmed(
    project: Project, confirmed: frozenset[str], rule: CoverageRule
) -> RestsOn:
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


def confirmed_hours(project: Project, summary: RunSummary) -> Confirmed | None:
    """Return how many stations are confirmed and what coverage is worth without the others.

    None where the layers are no longer those the coverage was measured on.
    """
    if summary.coverage is None or summary.facts is None:
        return None
    held = [name for name in layers_with(Role.STATIONS) if project.has(name)]
    directory = read_directory({name: project.read(name) for name in held})
    known = is_confirmed(directory, KeeperBook(project.folder).read(), now().date())
    serving = int(directory.serving.sum())
    unknown = int((directory.serving & ~known).sum())
    if not unknown:
        return Confirmed(UNCONFIRMED_DAYS, serving, 0, 0.0, 0.0)
    ids = frozenset(str(directory.rows[n]["id"]) for n in np.flatnonzero(known).tolist())
    rests = covered_by_confirmed(project, ids, summary.facts.parameters.coverage)
    covered = done(summary.coverage).covered_before
    if not math.isclose(rests.covered, covered, abs_tol=_SAME_WORKERS):
        return None
    return Confirmed(
        UNCONFIRMED_DAYS,
        serving,
        unknown,
        _part(rests.covered - rests.covered_confirmed, rests.covered),
        _part(rests.open_hours - rests.open_hours_confirmed, rests.open_hours),
    )


def _part(some: float, whole: float) -> float:
    return some / whole if whole else 0.0
