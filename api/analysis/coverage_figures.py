"""The figures and tables of a coverage: when, how evenly, with what room, and how surely."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from geo.coverage.answer import Coverage
from geo.coverage.capacity import Capacity
from geo.coverage.equity import Equity, equity_by, measure_equity, theil_parts, worst_tenth
from geo.coverage.rule import CoverageRule
from geo.coverage.tables import (
    BREAKS_M,
    BREAKS_S,
    by_hour,
    coverage_on_dates,
    hours_table,
    reach_table,
)
from geo.coverage.uncertainty import measure_uncertainty
from geo.errors import CalendarError
from geo.hours import SHANGHAI
from geo.layers.vocabulary import Kind

TABLES = ("coverage_hours", "coverage_reach")
"""Names of the tables of :func:`coverage_tables`."""

_MOST_STATIONS = 20
_MOST_VERTICES = 60
_NATIONAL_DAY = 10, 1


def coverage_tables(by_kind: Mapping[Kind, Coverage]) -> dict[str, pd.DataFrame]:
    """Return district x group x part of the week x kind, and x minutes to the nearest station."""
    return dict(zip(TABLES, (hours_table(by_kind), reach_table(by_kind)), strict=True))


def coverage_figures(
    coverage: Coverage, capacity: Capacity, parameters: CoverageRule, *, seed: int
) -> dict[str, Any]:
    """Return what ``summary.json`` says of a coverage beside its totals."""
    present, covered = by_hour(coverage)
    return {
        "coverage_range": _range(coverage, parameters, seed),
        "coverage_by_hour": {"present": present.round(1).tolist(),
                             "covered": covered.round(1).tolist()},
        "coverage_bands": _bands(coverage),
        "coverage_by_district_group": _records(coverage.table("district", "group")),
        "coverage_week": coverage.monday.isoformat() if coverage.monday else None,
        "holiday_week": _holiday_week(coverage),
        "stations_without_hours": coverage.stations_without_hours,
        "worker_hours_unsure": coverage.worker_hours_unsure,
        "women_unstated_workers": coverage.unstated_workers,
        "equity": _equity(coverage),
        "capacity": _capacity(coverage, capacity),
    }  # fmt: skip


def _range(coverage: Coverage, parameters: CoverageRule, seed: int) -> dict[str, Any]:
    sure = measure_uncertainty(coverage, workers_error=parameters.workers_error, seed=seed)
    return {
        "workers": list(sure.workers),
        "worker_hours": list(sure.worker_hours),
        "workers_error": parameters.workers_error,
        "draws": sure.draws,
        "rows": [
            {"assumption": row.assumption, "change": row.change, "workers": row.workers,
             "worker_hours": row.worker_hours} for row in sure.rows
        ],
    }  # fmt: skip


def _bands(coverage: Coverage) -> dict[str, list[dict[str, float]]]:
    """Return the workers whose nearest station is within each break, seconds and metres."""
    people = coverage.demand.workers
    return {
        weight: [
            {"within": limit, "workers": float(people[nearest.cost[:, 0] <= limit].sum())}
            for limit in breaks
        ]
        for weight, breaks, nearest in (
            ("time_s", BREAKS_S, coverage.by_time),
            ("distance_m", BREAKS_M, coverage.by_distance),
        )
    }


def _holiday_week(coverage: Coverage) -> dict[str, Any] | None:
    """Return the hours covered in the week of the next National Day that has been announced."""
    today = datetime.now(SHANGHAI).date()
    note = None
    for year in (today.year + (today > date(today.year, *_NATIONAL_DAY)), today.year):
        try:
            return {**_week_figures(coverage.in_week(date(year, *_NATIONAL_DAY))), "note": note}
        except CalendarError as error:
            note = {"zh": error.text.zh, "en": error.text.en}
    return {"monday": None, "note": note}


def _week_figures(week: Coverage) -> dict[str, Any]:
    monday = week.monday or date.min
    days = coverage_on_dates(week, monday, monday + timedelta(days=6))
    return {
        "monday": monday.isoformat(),
        "worker_hours_total": week.worker_hours_total,
        "worker_hours_covered": week.worker_hours_covered,
        "days": _records(days.assign(date=days["date"].astype(str))),
    }


def _equity(coverage: Coverage) -> dict[str, Any]:
    """Return how evenly open hours are spread, and who is farthest from a station."""
    demand, keys = coverage.demand, coverage.keys("district", "group")
    served = coverage.hours_covered / np.maximum(demand.active_hours, 1.0)
    seen = measure_equity(served, demand.workers)
    parts = theil_parts(served, demand.workers, keys["district"])
    last = worst_tenth(-coverage.nearest_m, demand.workers)
    farthest = coverage.nearest_m[(last > 0) & (demand.workers > 0)]
    return {
        "mean": seen.mean,
        "gini": seen.gini,
        "theil": seen.theil,
        "theil_between_districts": parts.between,
        "worst_tenth": seen.worst_tenth,
        "worst_half_share": seen.share_of_worst(0.5),
        "unserved_share": _unserved(seen),
        "lorenz": _vertices(seen),
        "worst_tenth_from_m": float(farthest.min(initial=np.inf)) if len(farthest) else None,
        **{
            f"by_{column}": _rows_by(keys[column], served, last, demand.workers)
            for column in ("district", "group")
        },
    }


def _rows_by(
    groups: pd.Series, served: np.ndarray, last: np.ndarray, workers: np.ndarray
) -> list[dict[str, Any]]:
    rows = equity_by(served, workers, groups).drop(columns="in_worst_tenth")
    farthest = pd.Series(last * workers).groupby(groups.to_numpy()).sum()
    rows["in_farthest_tenth"] = rows[groups.name].map(farthest)
    return _records(rows)


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]


def _unserved(seen: Equity) -> float:
    """Return the share of the workers who have nothing."""
    return float(seen.people_share[np.flatnonzero(seen.amount_share <= 0)].max(initial=0.0))


def _vertices(seen: Equity) -> list[list[float]]:
    """Return the Lorenz curve with few enough vertices to draw."""
    every = len(seen.people_share)
    rows = np.unique(np.linspace(0, every - 1, min(every, _MOST_VERTICES)).round().astype(int))
    return [
        [round(float(seen.people_share[row]), 5), round(float(seen.amount_share[row]), 5)]
        for row in rows
    ]


def _capacity(coverage: Coverage, capacity: Capacity) -> dict[str, Any]:
    people = coverage.demand.workers
    table = coverage.keys("district")
    table["workers"] = people
    without = people * np.nan_to_num(1 - capacity.supply_ratio, nan=0.0)
    table["visits_without_room"] = without * capacity.visits_per_worker
    table["capacity"] = people * capacity.access
    by_district = table.groupby("district", as_index=False).sum()
    return {
        "visits_per_worker_day": capacity.visits_per_worker,
        "method": str(capacity.method),
        "decay": str(coverage.rule.room_decay),
        "visits": float(capacity.visits.sum()),
        "capacity": float(by_district["capacity"].sum()),
        "overloaded": int((capacity.load > 1).sum()),
        "stations_unstated": capacity.stations_unstated,
        "visits_without_room": float(by_district["visits_without_room"].sum()),
        "full_workers": float(people[capacity.full].sum()),
        "stations": _busiest(coverage, capacity),
        "by_district": _records(by_district),
    }


def _busiest(coverage: Coverage, capacity: Capacity) -> list[dict[str, Any]]:
    """Return the stations with the highest load, most loaded first."""
    order = np.argsort(-np.nan_to_num(capacity.load, nan=-1.0), kind="stable")[:_MOST_STATIONS]
    rows = coverage.stations.iloc[order]
    frame = pd.DataFrame(rows[["id", "name", "district", "capacity"]]).reset_index(drop=True)
    frame["visits"], frame["load"] = capacity.visits[order], capacity.load[order]
    known = frame[frame["capacity"].notna() & np.isfinite(frame["load"])]
    return _records(known.astype({"capacity": float}))
