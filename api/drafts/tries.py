"""Several places tried at once beside what stands, or beside a draft: what each adds, and all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from geo.coverage.answer import Coverage
from geo.coverage.rule import CoverageRule
from geo.errors import UnreachableError
from geo.hours import week_mask
from geo.reach.catchments import catchments
from geo.study.study import Study
from geo.text import Text

if TYPE_CHECKING:
    from geo.siting.plan.brief import BriefPlan

Rows = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Tried:
    """What one place adds.

    Attributes
    ----------
    workers_within : float
        Workers within the limit of it.
    workers_alone : float
        Those among them nobody covers, were it the only one tried.
    workers_new : float
        Those that no place before it in the list covers either.
    workers_gaining : float
        Workers who get an hour or more with an open station, beside the places before it.
    worker_hours_new : float
        Those hours a week.
    """

    workers_within: float
    workers_alone: float
    workers_new: float
    workers_gaining: float
    worker_hours_new: float


@dataclass(frozen=True, slots=True)
class Tries:
    """All places tried, in order, and what they come to together."""

    places: tuple[Tried, ...]
    covered_before: float
    covered_after: float
    workers_total: float


def try_places(
    study: Study,
    rule: CoverageRule,
    lonlat: Sequence[tuple[float, float]],
    hours: Sequence[str],
    beside: BriefPlan | None = None,
) -> Tries:
    """Return what stations at `lonlat` (degrees, EPSG:4326), open at `hours`, would add.

    Parameters
    ----------
    hours : Sequence[str]
        OSM opening hours of each place.
    beside : BriefPlan | None
        A plan under the same `rule` that is taken as built; None for things as they stand.

    Raises
    ------
    UnreachableError
        If no street passes near a place.
    """
    coverage, network = study.coverage(rule), study.network(rule.mode)
    places = network.snap(np.array(lonlat, np.float64).reshape(-1, 2))
    if not places.reachable.all():
        raise UnreachableError(
            Text(
                "该位置 1 公里内没有道路，不能设站。",
                "No street within 1 km of the position: no station can stand there.",
            )
        )
    pairs = catchments(
        network, places, coverage.demand.snapped, coverage.rule.limit, weight=coverage.rule.weight
    )
    covered = (coverage.covered if beside is None else beside.hit).copy()
    before = float(coverage.demand.workers[covered].sum())
    standing = coverage.open_hours if beside is None else beside.open_after
    state = _State(coverage, covered, standing)
    found = tuple(
        state.add(pairs.point[pairs.begin[n] : pairs.begin[n + 1]], hours[n])
        for n in range(len(hours))
    )
    return Tries(
        found, before, before + sum(one.workers_new for one in found), coverage.workers_total
    )


class _State:
    """Who is served as places are added, one after the other; only rows in reach are copied."""

    def __init__(
        self, coverage: Coverage, covered: NDArray[np.bool_], standing: NDArray[np.bool_]
    ) -> None:
        self._coverage, self._before, self._covered = coverage, covered.copy(), covered
        self._standing = standing
        self._open: dict[int, NDArray[np.bool_]] = {}

    def add(self, points: Rows, hours: str) -> Tried:
        workers = self._coverage.demand.workers
        new = points[~self._covered[points]]
        alone = points[~self._before[points]]
        gaining, gained = self._hours(points, hours)
        self._covered[points] = True
        return Tried(
            float(workers[points].sum()),
            float(workers[alone].sum()),
            float(workers[new].sum()),
            gaining,
            gained,
        )

    def _hours(self, points: Rows, hours: str) -> tuple[float, float]:
        demand = self._coverage.demand
        known = [self._open.get(int(one)) for one in points]
        served = self._standing[points].copy()
        for number, row in enumerate(known):
            if row is not None:
                served[number] = row
        opens = week_mask(hours)
        fresh = (demand.active[demand.owner[points]] & opens & ~served).sum(axis=1)
        self._open.update(zip((int(one) for one in points), served | opens, strict=True))
        workers = demand.workers[points]
        return float(workers[fresh > 0].sum()), float(workers @ fresh)
