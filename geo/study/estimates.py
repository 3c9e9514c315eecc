"""How far an answer rests on estimated workers, and how far other estimates would move it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.arrays import Floats
from geo.coverage.answer import Coverage
from geo.estimate.basis import read_basis
from geo.estimate.drawn import RUNS, drawn_workers, is_estimated
from geo.estimate.weights import Weights
from geo.siting.plan.decide import sites_asked
from geo.siting.plan.sensitivity import share_kept
from geo.siting.plan.siting_plan import SitingPlan
from geo.solving import Progress, silent
from geo.study.rules import SitingRules
from geo.study.sites import rules_of, site_inputs
from geo.study.siting_ground import SitingGround
from geo.text import Text

_STEP = Text("换用其他估算权重试算", "Trying other weights of the estimate")
_MIDDLE_90 = (5.0, 95.0)
"""Percentiles: 90 % lie between."""
STAYS = 0.8
"""A site stays when it belongs to the plan under this share of the weightings."""


@dataclass(frozen=True, kw_only=True)
class EstimateRange:
    """An answer under drawn weightings of the estimate.

    Attributes
    ----------
    runs : int
        Weightings drawn.
    estimated, total : float
        Workers of estimated rows, and of all.
    relative : bool
        Whether estimated workers are weights and no numbers of people.
    by_district : dict[str, float]
        The share of estimated workers in each district (adcode, "" for none).
    covered : tuple[float, float]
        Share of workers covered now, the middle 90 % of the weightings.
    after : tuple[float, float] | None
        The same with the plan's sites; None without a plan.
    kept : (k,) float64 | None
        In what share of the weightings each site of the plan stays in it, in the plan's order.
    """

    runs: int
    estimated: float
    total: float
    relative: bool
    by_district: dict[str, float]
    covered: tuple[float, float]
    after: tuple[float, float] | None = None
    kept: Floats | None = None

    @property
    def staying(self) -> int:
        """Sites that belong to the plan under four of five weightings."""
        return 0 if self.kept is None else int((self.kept >= STAYS).sum())


def estimate_of_coverage(
    coverage: Coverage, weights: Weights, *, runs: int = RUNS, seed: int = 0
) -> EstimateRange | None:
    """Return how the share covered moves with the weights; None where nothing is estimated."""
    workers = coverage.workers
    told = is_estimated(workers)
    if not told.any():
        return None
    people = workers["workers"].to_numpy(np.float64)
    covered = [
        _share(coverage, drawn, coverage.covered)
        for drawn in drawn_workers(workers, weights, runs=runs, seed=seed)
    ]
    bases = [read_basis(text) for text in workers["estimated_from"][told]]
    return EstimateRange(
        runs=runs,
        estimated=float(people[told].sum()),
        total=float(people.sum()),
        relative=any(basis is not None and basis.relative for basis in bases),
        by_district=_by_district(coverage, people, told),
        covered=_middle(covered),
    )


def estimate_of_sites(
    ground: SitingGround,
    rules: SitingRules,
    plan: SitingPlan,
    weights: Weights,
    *,
    runs: int = RUNS,
    seed: int = 0,
    progress: Progress = silent,
) -> EstimateRange | None:
    """Return how the plan stands under other weights; None where nothing is estimated.

    Under each weighting the plan is improved by swaps until none helps, within its rules, by
    workers newly covered: a site stays that this keeps.

    Parameters
    ----------
    ground : SitingGround
        What the plan was made on.
    rules : SitingRules
        What it was asked for.
    plan : SitingPlan
        The recommended sites.
    weights : Weights
        The planner's tables.
    """
    found = estimate_of_coverage(ground.coverage, weights, runs=runs, seed=seed)
    if found is None:
        return None
    coverage = ground.coverage
    number = {one: row for row, one in enumerate(ground.candidates["id"])}
    rows = np.array([number[one] for one in plan.sites["target_id"]], np.intp)
    told: list[float] = []
    chosen = np.zeros(len(ground.candidates), np.bool_)
    chosen[rows] = True
    hit = coverage.covered.copy()
    hit[ground.pairs.point[chosen[ground.pairs.site]]] = True
    problem = sites_asked(site_inputs(ground), rules_of(ground, rules)).problem

    def demands() -> Iterator[Floats]:
        drawn = drawn_workers(coverage.workers, weights, runs=runs, seed=seed)
        for number, people in enumerate(drawn):
            progress(_STEP, number / runs)
            told.append(_share(coverage, people, hit))
            yield np.where(coverage.covered, 0.0, _spread(coverage, people))

    kept = share_kept(problem, chosen, demands())[rows]
    progress(_STEP, 1.0)
    return EstimateRange(
        runs=found.runs,
        estimated=found.estimated,
        total=found.total,
        relative=found.relative,
        by_district=found.by_district,
        covered=found.covered,
        after=_middle(told),
        kept=kept,
    )


def _spread(coverage: Coverage, people: Floats) -> Floats:
    """Return the workers of each demand point when concentrations hold `people`."""
    demand = coverage.demand
    before = coverage.workers["workers"].to_numpy(np.float64)
    factor = np.divide(people, before, out=np.zeros_like(people), where=before > 0)
    spread: Floats = demand.workers * factor[demand.owner]
    return spread


def _share(coverage: Coverage, people: Floats, covered: NDArray[np.bool_]) -> float:
    spread = _spread(coverage, people)
    return float(spread @ covered) / (float(spread.sum()) or 1.0)


def _middle(shares: list[float]) -> tuple[float, float]:
    low, high = np.percentile(shares, _MIDDLE_90)
    return float(low), float(high)


def _by_district(coverage: Coverage, people: Floats, told: NDArray[np.bool_]) -> dict[str, float]:
    districts = coverage.workers["district"].fillna("").astype(str).to_numpy(object)
    return {
        str(code): float(people[mine & told].sum() / (people[mine].sum() or 1.0))
        for code in sorted(set(districts))
        if (mine := districts == code).any()
    }
