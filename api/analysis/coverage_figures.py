"""The figures and tables of a coverage: when, how evenly, with what room, and how surely."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd

from api.analysis.stored_results import TABLES
from api.analysis.street_report import piece_figures, pieces_of_coverage
from geo.coverage.access_model import RoomMethod
from geo.coverage.answer import Coverage
from geo.coverage.capacity import Capacity
from geo.coverage.equity import Equity, equity_by, measure_equity, theil_parts, worst_tenth
from geo.coverage.rule import CoverageRule
from geo.coverage.tables import (
    BREAKS_M,
    BREAKS_S,
    coverage_on_dates,
    covered_by_hour,
    hours_table,
    reach_table,
)
from geo.coverage.uncertainty import measure_uncertainty
from geo.errors import CalendarError
from geo.gaps.causes import cut_off_workers
from geo.hours import SHANGHAI
from geo.layers.vocabulary import Kind
from geo.reach.labels import Nearest
from geo.study.gaps import GapsFound
from geo.summary.coverage import (
    Band,
    Bands,
    CapacityFigures,
    CoverageFigures,
    CoverageRange,
    CoverageRow,
    DayCoverage,
    DistrictEquity,
    DistrictRoom,
    EquityFigures,
    GroupCoverageRow,
    GroupEquity,
    HolidayCoverage,
    HoursOfWeek,
    LoadedStation,
    RangeRow,
    Remark,
    SubdistrictCoverageRow,
)
from geo.summary.figures import rows_of

_MOST_STATIONS = 20
"""So many of the most loaded stations are listed; sheets show all, pages the first eight."""
_MOST_VERTICES = 60
"""Points of the Lorenz curve: drawn 150 px wide, more are not seen."""
_NATIONAL_DAY = 10, 1
"""Month and day the holiday week is told of: the longest holiday, with shifted working days."""


def coverage_tables(by_kind: Mapping[Kind, Coverage]) -> dict[str, pd.DataFrame]:
    """Return district x group x part of the week x kind, and x minutes to the nearest station."""
    return dict(zip(TABLES, (hours_table(by_kind), reach_table(by_kind)), strict=True))


def coverage_figures(found: GapsFound, rule: CoverageRule, *, seed: int) -> CoverageFigures:
    """Return what ``summary.json`` says of a coverage."""
    coverage, (present, covered) = found.coverage, covered_by_hour(found.coverage)
    unreachable = ~coverage.demand.snapped.reachable
    return CoverageFigures(
        covered_before=coverage.workers_covered,
        worker_hours_total=coverage.worker_hours_total,
        worker_hours_covered=coverage.worker_hours_covered,
        gaps=len(found.gaps),
        unreachable_workers=float(coverage.demand.workers[unreachable].sum()),
        cut_off_workers=cut_off_workers(coverage),
        stations_without_hours=coverage.stations_without_hours,
        worker_hours_unsure=coverage.worker_hours_unsure,
        women_unstated_workers=coverage.unstated_workers,
        week=coverage.monday,
        range=_range(coverage, rule, seed),
        by_hour=HoursOfWeek(
            present=tuple(present.round(1).tolist()), covered=tuple(covered.round(1).tolist())
        ),
        bands=_bands(coverage),
        by_district=rows_of(CoverageRow, coverage.table("district")),
        by_district_group=rows_of(GroupCoverageRow, coverage.table("district", "group")),
        by_subdistrict=_by_subdistrict(coverage),
        holiday_week=_holiday_week(coverage),
        equity=_equity(coverage),
        capacity=_capacity(coverage, found.capacity),
        street_pieces=piece_figures(pieces_of_coverage(coverage), coverage.rule.mode),
    )


def _by_subdistrict(coverage: Coverage) -> tuple[SubdistrictCoverageRow, ...]:
    if not coverage.workers["subdistrict"].notna().any():
        return ()
    return rows_of(SubdistrictCoverageRow, coverage.table("district", "subdistrict"))


def _range(coverage: Coverage, rule: CoverageRule, seed: int) -> CoverageRange:
    sure = measure_uncertainty(coverage, workers_error=rule.workers_error, seed=seed)
    rows = tuple(
        RangeRow(
            assumption=row.assumption,
            change=row.change,
            workers=row.workers,
            worker_hours=row.worker_hours,
        )
        for row in sure.rows
    )
    return CoverageRange(
        workers=sure.workers,
        worker_hours=sure.worker_hours,
        workers_error=rule.workers_error,
        draws=sure.draws,
        rows=rows,
    )


def _bands(coverage: Coverage) -> Bands:
    """Return the workers whose nearest station is within each break, seconds and metres."""
    people = coverage.demand.workers

    def within(nearest: Nearest, breaks: tuple[float, ...]) -> tuple[Band, ...]:
        return tuple(
            Band(within=limit, workers=float(people[nearest.cost[:, 0] <= limit].sum()))
            for limit in breaks
        )

    return Bands(
        time_s=within(coverage.by_time, BREAKS_S),
        distance_m=within(coverage.by_distance, BREAKS_M),
    )


def _holiday_week(coverage: Coverage) -> HolidayCoverage:
    """Return the hours covered in the week of the next National Day that has been announced."""
    today = datetime.now(SHANGHAI).date()
    note = None
    for year in (today.year + (today > date(today.year, *_NATIONAL_DAY)), today.year):
        try:
            return _week_figures(coverage.in_week(date(year, *_NATIONAL_DAY)), note)
        except CalendarError as error:
            note = Remark(zh=error.text.zh, en=error.text.en)
    return HolidayCoverage(monday=None, note=note)


def _week_figures(week: Coverage, note: Remark | None) -> HolidayCoverage:
    monday = week.monday or date.min
    return HolidayCoverage(
        monday=monday,
        worker_hours_total=week.worker_hours_total,
        worker_hours_covered=week.worker_hours_covered,
        days=rows_of(DayCoverage, coverage_on_dates(week, monday, monday + timedelta(days=6))),
        note=note,
    )


def _equity(coverage: Coverage) -> EquityFigures:
    """Return how evenly open hours are spread, and who is farthest from a station."""
    demand, keys = coverage.demand, coverage.keys("district", "group")
    served = coverage.hours_covered / np.maximum(demand.active_hours, 1.0)
    seen = measure_equity(served, demand.workers)
    parts = theil_parts(served, demand.workers, keys["district"])
    last = worst_tenth(-coverage.nearest_m, demand.workers)
    farthest = coverage.nearest_m[(last > 0) & (demand.workers > 0)]
    far_m = float(farthest.min(initial=np.inf))
    return EquityFigures(
        mean=seen.mean,
        gini=seen.gini,
        theil=seen.theil,
        theil_between_districts=parts.between,
        worst_tenth=seen.worst_tenth,
        worst_half_share=seen.share_of_worst(0.5),
        unserved_share=_unserved(seen),
        lorenz=_vertices(seen),
        worst_tenth_from_m=far_m if np.isfinite(far_m) else None,
        by_district=rows_of(
            DistrictEquity, _table_by(keys["district"], served, last, demand.workers)
        ),
        by_group=rows_of(GroupEquity, _table_by(keys["group"], served, last, demand.workers)),
    )


def _table_by(
    groups: pd.Series, served: np.ndarray, last: np.ndarray, workers: np.ndarray
) -> pd.DataFrame:
    rows = equity_by(served, workers, groups).drop(columns="in_worst_tenth")
    farthest = pd.Series(last * workers).groupby(groups.to_numpy()).sum()
    rows["in_farthest_tenth"] = rows[groups.name].map(farthest)
    return rows


def _unserved(seen: Equity) -> float:
    """Return the share of the workers who have nothing."""
    return float(seen.people_share[np.flatnonzero(seen.amount_share <= 0)].max(initial=0.0))


def _vertices(seen: Equity) -> tuple[tuple[float, float], ...]:
    """Return the Lorenz curve with few enough vertices to draw."""
    every = len(seen.people_share)
    rows = np.unique(np.linspace(0, every - 1, min(every, _MOST_VERTICES)).round().astype(int))
    return tuple(
        (round(float(seen.people_share[row]), 5), round(float(seen.amount_share[row]), 5))
        for row in rows
    )


def _capacity(coverage: Coverage, capacity: Capacity) -> CapacityFigures:
    people = coverage.demand.workers
    table = coverage.keys("district")
    table["workers"] = people
    without = people * np.nan_to_num(1 - capacity.supply_ratio, nan=0.0)
    table["visits_without_room"] = without * capacity.visits_per_worker
    table["capacity"] = people * capacity.access
    by_district = table.groupby("district", as_index=False).sum()
    return CapacityFigures(
        visits_per_worker_day=capacity.visits_per_worker,
        method=RoomMethod(capacity.method),
        decay=coverage.rule.room_decay,
        visits=float(capacity.visits.sum()),
        capacity=float(by_district["capacity"].sum()),
        overloaded=int((capacity.load > 1).sum()),
        stations_unstated=capacity.stations_unstated,
        visits_without_room=float(by_district["visits_without_room"].sum()),
        full_workers=float(people[capacity.full].sum()),
        stations=rows_of(LoadedStation, _busiest(coverage, capacity)),
        by_district=rows_of(DistrictRoom, by_district),
    )


def _busiest(coverage: Coverage, capacity: Capacity) -> pd.DataFrame:
    """Return the stations with the highest load, most loaded first."""
    order = np.argsort(-np.nan_to_num(capacity.load, nan=-1.0), kind="stable")[:_MOST_STATIONS]
    rows = coverage.stations.iloc[order]
    frame = pd.DataFrame(rows[["id", "name", "district", "capacity"]]).reset_index(drop=True)
    frame["visits"], frame["load"] = capacity.visits[order], capacity.load[order]
    known = frame[frame["capacity"].notna() & np.isfinite(frame["load"])]
    return pd.DataFrame(known.astype({"capacity": float}))
