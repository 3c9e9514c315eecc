"""What the summary says of estimated workers: how many, where, and how far other weights move it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from data.city.tables import read_weights
from data.store.project import Project
from geo.coverage.answer import Coverage
from geo.estimate.basis import read_basis
from geo.estimate.drawn import is_estimated
from geo.estimate.weights import Weights
from geo.solving import Progress
from geo.study.rules import SitingRules
from geo.summary.figures import EstimateFigures, SiteEstimateFigures

if TYPE_CHECKING:
    from geo.siting.plan.siting_plan import SitingPlan
    from geo.study.siting_ground import SitingGround


def coverage_estimate(project: Project, coverage: Coverage, *, seed: int) -> EstimateFigures | None:
    """Return the figures of a coverage that rests on estimates; None where none do."""
    from geo.study.estimates import estimate_of_coverage  # noqa: PLC0415 - an optimiser

    weights = _weights(project, coverage)
    found = weights and estimate_of_coverage(coverage, weights, seed=seed)
    if not found:
        return None
    return EstimateFigures(
        runs=found.runs,
        estimated=found.estimated,
        total=found.total,
        relative=found.relative,
        by_district=found.by_district,
        covered=found.covered,
    )


def siting_estimate(
    project: Project,
    ground: SitingGround,
    rules: SitingRules,
    plan: SitingPlan,
    *,
    seed: int,
    progress: Progress,
) -> SiteEstimateFigures | None:
    """Return the figures of a plan that rests on estimates; None where none do."""
    from geo.study.estimates import estimate_of_sites  # noqa: PLC0415 - an optimiser

    weights = _weights(project, ground.coverage)
    found = weights and estimate_of_sites(
        ground, rules, plan, weights, seed=seed, progress=progress
    )
    if not found or found.kept is None or found.after is None:
        return None
    return SiteEstimateFigures(
        after=found.after, kept=tuple(found.kept.tolist()), staying=found.staying
    )


def _weights(project: Project, coverage: Coverage) -> Weights | None:
    """Return the project's weights where its workers are estimates at all."""
    return read_weights(project.folder) if is_estimated(coverage.workers).any() else None


def rests_on(workers: pd.DataFrame) -> str | None:
    """Return ``relative`` or ``estimated`` as some of the layer WORKERS are; None if all are counted."""
    told = is_estimated(workers)
    if not told.any():
        return None
    bases = [read_basis(text) for text in workers["estimated_from"][told]]
    relative = any(basis is not None and basis.relative for basis in bases)
    return "relative" if relative else "estimated"
