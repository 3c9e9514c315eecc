"""Who is served at which hour by a plan, in any week: the ordinary one, or one with its holidays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geo.arrays import Flags, Floats
from geo.coverage.answer import Coverage
from geo.demand.points import workers_by_hour
from geo.hours import open_in_week
from geo.siting.models.site_rules import words_of

if TYPE_CHECKING:
    from geo.siting.plan.brief import BriefPlan


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ServedWeek:
    """Demand points of a city, hour by hour of one week, as things stand and with a plan.

    Attributes
    ----------
    lonlat : (m, 2) float64
        EPSG:4326.
    workers : (m,) float64
        At each point.
    group, district : (m,) object
        Whose they are, and the code of where they are.
    active : (m, 168) bool
        When they are there.
    covered_before, covered_after : (m,) bool
        Whether a station, or a station or site of the plan, is within the limit at all.
    open_before, open_after : (m, 168) bool
        The same at each hour, of those that are open then.
    """

    lonlat: Floats
    workers: Floats
    group: np.ndarray[tuple[int], np.dtype[np.object_]]
    district: np.ndarray[tuple[int], np.dtype[np.object_]]
    active: Flags
    covered_before: Flags
    covered_after: Flags
    open_before: Flags
    open_after: Flags

    def of(self, group: str = "", district: str = "") -> Flags:
        """Return which points are of that group and district, (m,); "" for all."""
        chosen: Flags = np.ones(len(self.workers), np.bool_)
        if group:
            chosen &= self.group == group
        if district:
            chosen &= self.district == district
        return chosen

    def by_hour(self, chosen: Flags) -> tuple[Floats, Floats, Floats]:
        """Return workers there, served before and served after, by hour of the week, (168,) each."""
        workers, active = self.workers[chosen], self.active[chosen]
        before = workers_by_hour(workers, active, self.open_before[chosen])
        return (
            workers_by_hour(workers, active),
            before,
            workers_by_hour(workers, active, self.open_after[chosen]),
        )

    def unserved(self, hour: int | None) -> tuple[Floats, Floats, Floats]:
        """Return workers there, without a station before and after the plan, (m,) each.

        At `hour` of the week: those there then without an open one; for None whatever the hours.
        """
        if hour is None:
            there, before, after = self.workers, self.covered_before, self.covered_after
        else:
            there = self.workers * self.active[:, hour]
            before, after = self.open_before[:, hour], self.open_after[:, hour]
        return there, np.where(before, 0.0, there), np.where(after, 0.0, there)


def served_week(coverage: Coverage, plan: BriefPlan | None) -> ServedWeek:
    """Return who is served in the week of `coverage`, by stations alone and with `plan`.

    The plan may have been made for another week of the same points; None adds nothing.
    """
    demand, standing = coverage.demand, coverage.open_hours
    after = standing if plan is None else _open_with(plan, coverage)
    keys = coverage.keys("group", "district").astype(str)
    return ServedWeek(
        lonlat=demand.lonlat,
        workers=demand.workers,
        group=keys["group"].to_numpy(object),
        district=keys["district"].to_numpy(object),
        active=demand.active[demand.owner],
        covered_before=coverage.covered,
        covered_after=coverage.covered if plan is None else plan.hit,
        open_before=standing,
        open_after=after,
    )


def _open_with(plan: BriefPlan, coverage: Coverage) -> Flags:
    """Return at which hours each point has a station or a site of `plan` open, (m, 168)."""
    served, texts = coverage.open_hours.copy(), words_of(plan.candidates, "opening_hours")
    for row in plan.rows.tolist():
        if texts[row]:
            points = plan.problem.covers[row].indices
            served[points] |= open_in_week(texts[row], coverage.monday)
    return served
