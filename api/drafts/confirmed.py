"""How much of a coverage told on paper rests on opening hours that nobody confirmed of late."""

from __future__ import annotations

import math

import numpy as np

from api.stations.confirming import UNCONFIRMED_DAYS, is_confirmed
from api.stations.directory import read_directory
from api.stations.openings import now
from api.stations.resting import rests_on
from data.project import Project
from data.upkeep.keeping import KeeperBook
from geo.layers.columns import layers_with
from geo.layers.roles import Role
from geo.summary.run import RunSummary, done
from maps.report.subject import Confirmed

_SAME_WORKERS = 0.5


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
    rests = rests_on(project, ids, summary.facts.parameters.coverage)
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
