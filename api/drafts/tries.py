"""Several places tried at once beside what stands, or beside a draft: what each adds, and all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from api.what_if import OFFICE_HOURS
from geo.arrays import Flags, Floats
from geo.coverage.answer import Coverage
from geo.coverage.rule import CoverageRule
from geo.crs import METRES_PER_DEGREE
from geo.errors import UnreachableError
from geo.hours import ALWAYS, open_in_week, week_mask
from geo.hours.week import main_hours, week_text
from geo.reach.catchments import catchments
from geo.study.study import Study
from geo.text import Text

if TYPE_CHECKING:
    from geo.siting.plan.brief import BriefPlan

Rows = NDArray[np.int32]
OFFERED = (OFFICE_HOURS, "Mo-Su 06:00-22:00", ALWAYS)
"""Hours a planner chooses from, beside those of the premises nearest by."""
_ENOUGH = 0.9
"""The part of what being open day and night brings that hours must bring to be proposed."""
_HOST_WITHIN_M = 300.0
"""Premises whose hours a tried place may take over lie within sight: the spacing of new sites."""


@dataclass(frozen=True, slots=True)
class HoursTried:
    """Hours a station could keep, and what they bring.

    Attributes
    ----------
    hours : str
        OSM opening hours.
    host : str
        Whose they are: the premises nearest by; "" for hours that nobody there keeps now.
    worker_hours_new : float
        Hours a week with an open station that workers get by them.
    """

    hours: str
    host: str
    worker_hours_new: float


@dataclass(frozen=True, slots=True, kw_only=True)
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
    hours : str
        When it is open (OSM opening hours): as asked, or as was found to be enough.
    choices : tuple[HoursTried, ...]
        What other hours would bring there.
    lacking : Text
        When those in reach have no open station, in words; empty where they always have.
    """

    workers_within: float
    workers_alone: float
    workers_new: float
    workers_gaining: float
    worker_hours_new: float
    hours: str
    choices: tuple[HoursTried, ...]
    lacking: Text


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
    hours: Sequence[str | None],
    beside: BriefPlan | None = None,
) -> Tries:
    """Return what stations at `lonlat` (degrees, EPSG:4326), open at `hours`, would add.

    Parameters
    ----------
    hours : Sequence[str | None]
        OSM opening hours of each place; None for the shortest of those offered that bring nearly
        as much as being open day and night.
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
    hosts = _hosts(study.layer_or_empty("candidates"), lonlat)
    found = tuple(
        state.add(pairs.point[pairs.begin[n] : pairs.begin[n + 1]], hours[n], hosts[n])
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

    def add(self, points: Rows, hours: str | None, host: tuple[str, str] | None) -> Tried:
        workers = self._coverage.demand.workers
        new = points[~self._covered[points]]
        alone = points[~self._before[points]]
        missed, served = self._missed(points)
        by_hour: Floats = workers[points] @ missed
        choices = self._choices(by_hour, hours, host)
        chosen = hours or _enough(choices)
        opens = self._opens(chosen)
        self._covered[points] = True
        self._open.update(zip((int(one) for one in points), served | opens, strict=True))
        return Tried(
            workers_within=float(workers[points].sum()),
            workers_alone=float(workers[alone].sum()),
            workers_new=float(workers[new].sum()),
            workers_gaining=float(workers[points][(missed & opens).any(axis=1)].sum()),
            worker_hours_new=float(by_hour @ opens),
            hours=chosen,
            choices=choices,
            lacking=week_text(main_hours(by_hour)) if by_hour.any() else Text("", ""),
        )

    def _missed(self, points: Rows) -> tuple[Flags, Flags]:
        """Return at which hours those at `points` lack an open station, and have one."""
        demand = self._coverage.demand
        known = [self._open.get(int(one)) for one in points]
        served = self._standing[points].copy()
        for number, row in enumerate(known):
            if row is not None:
                served[number] = row
        return demand.active[demand.owner[points]] & ~served, served

    def _choices(
        self, by_hour: Floats, hours: str | None, host: tuple[str, str] | None
    ) -> tuple[HoursTried, ...]:
        offered = [(text, "") for text in OFFERED if host is None or text != host[1]]
        if host is not None:
            offered.insert(0, (host[1], host[0]))
        if hours is not None and hours not in [text for text, _ in offered]:
            offered.append((hours, ""))
        return tuple(
            HoursTried(text, name, float(by_hour @ self._opens(text))) for text, name in offered
        )

    def _opens(self, hours: str) -> Flags:
        return open_in_week(hours, self._coverage.monday)


def _enough(choices: Sequence[HoursTried]) -> str:
    """Return the shortest hours that bring nearly as much as any of the choices."""
    most = max(one.worker_hours_new for one in choices)
    enough = [one.hours for one in choices if one.worker_hours_new >= _ENOUGH * most]
    return min(enough, key=lambda text: int(week_mask(text).sum()))


def _hosts(
    candidates: gpd.GeoDataFrame, lonlat: Sequence[tuple[float, float]]
) -> list[tuple[str, str] | None]:
    """Return name and hours of the premises near each place that could host a station there."""
    hours = candidates["opening_hours"].fillna("").astype(str)
    known = candidates[hours.ne("").to_numpy()]
    if not len(known):
        return [None] * len(lonlat)
    at = np.column_stack([known.geometry.x, known.geometry.y])
    found: list[tuple[str, str] | None] = []
    for lon, lat in lonlat:
        east_m = (at[:, 0] - lon) * METRES_PER_DEGREE * np.cos(np.radians(lat))
        away_m = np.hypot(east_m, (at[:, 1] - lat) * METRES_PER_DEGREE)
        row = int(away_m.argmin())
        near = away_m[row] <= _HOST_WITHIN_M
        host = known.iloc[row]
        found.append((str(host["name"]), str(host["opening_hours"])) if near else None)
    return found
