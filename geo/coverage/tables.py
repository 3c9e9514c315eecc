"""Coverage in tables whose rows add up: district x group x time of the week x kind of station.

Every worker (worker-hour) of the demand a rule asks about is in exactly one row of each kind, so
the rows of a kind add up to its total, and each table says only what it can add up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.arrays import Floats
from geo.coverage.answer import HORIZON, Coverage
from geo.errors import BadInputError
from geo.holidays import SATURDAY, day_kind
from geo.hours import HOURS_A_WEEK
from geo.hours.opening_rules import HOURS_A_DAY
from geo.layers.vocabulary import Kind, Word
from geo.text import Text

BREAKS_S = (300.0, 600.0, 900.0)
"""5, 10 and 15 minutes."""
BREAKS_M = (300.0, 500.0, 1000.0)
"""Metres the federation speaks of."""

_EDGES = (5, 9, 17, 22)
"""Hours of the day at which night, early, day and evening begin or end."""


class WeekPart(Word):
    """Parts of the week; every hour belongs to one."""

    EARLY = "early", "清晨（每天 5–9 点）", "Early (5-9 every day)"
    OFFICE = "office", "工作日白天（9–17 点）", "Working day (Mon-Fri 9-17)"
    WEEKEND = "weekend", "周末白天（9–17 点）", "Weekend day (Sat-Sun 9-17)"
    EVENING = "evening", "晚间（每天 17–22 点）", "Evening (17-22 every day)"
    NIGHT = "night", "深夜（每天 22–5 点）", "Night (22-5 every day)"


def week_parts() -> NDArray[np.intp]:
    """Return the part of the week each hour belongs to, (168,), as its place in WeekPart."""
    hour = np.arange(HOURS_A_WEEK) % 24
    weekday = np.arange(HOURS_A_WEEK) // 24
    early, office, weekend, evening, night = range(len(WeekPart))
    day = np.where(weekday < SATURDAY, office, weekend)
    return np.choose(np.searchsorted(_EDGES, hour, "right"), [night, early, day, evening, night])


def hours_table(
    coverages: Mapping[Kind, Coverage], columns: Sequence[str] = ("district", "group")
) -> pd.DataFrame:
    """Return worker-hours a week by `columns`, part of the week and kind of station.

    Rows: `columns`, ``week_part``, ``kind``, ``worker_hours``, ``worker_hours_covered``; those of
    one kind add up to its coverage's totals.
    """
    within = np.eye(len(WeekPart), dtype=np.float32)[week_parts()]
    tables = []
    for kind, seen in coverages.items():
        active = seen.demand.active[seen.demand.owner]
        people = seen.demand.workers[:, None]
        there = people * (active @ within)
        served = people * ((active & seen.open_hours) @ within)
        for part, hours, covered in zip(WeekPart, there.T, served.T, strict=True):
            amounts = {"worker_hours": hours, "worker_hours_covered": covered}
            labels = {"week_part": str(part), "kind": str(kind)}
            tables.append(_totals(seen, columns, amounts).assign(**labels))
    return _joined(tables, columns, ("week_part", "kind"))


def reach_table(
    coverages: Mapping[Kind, Coverage],
    columns: Sequence[str] = ("district", "group"),
    *,
    weight: str = "time_s",
    breaks: Sequence[float] = BREAKS_S,
) -> pd.DataFrame:
    """Return workers by `columns`, kind, and how far the nearest station of the kind is.

    Rows: `columns`, ``kind``, ``over`` and ``within`` (metres or seconds as `weight` says; inf
    for the last) and ``workers``; the rows of one kind add up to all workers it is asked for.
    """
    edges = np.array([*breaks, np.inf])
    tables = []
    for kind, seen in coverages.items():
        band = np.searchsorted(edges, _cost(seen, weight, breaks[-1]), side="left")
        for number, within in enumerate(edges.tolist()):
            amounts = {"workers": seen.demand.workers * (band == number)}
            over = edges[number - 1] if number else 0.0
            labels = {"kind": str(kind), "over": over, "within": within}
            tables.append(_totals(seen, columns, amounts).assign(**labels))
    return _joined(tables, columns, ("kind", "over", "within"))


def _cost(coverage: Coverage, weight: str, farthest: float) -> Floats:
    """Return the cost of the nearest station, exact up to `farthest`, (n,)."""
    if weight == coverage.rule.weight and farthest <= HORIZON * coverage.rule.limit:
        return coverage.nearest_within
    nearest = coverage.by_time if weight == "time_s" else coverage.by_distance
    return nearest.cost[:, 0]


def covered_by_hour(coverage: Coverage) -> tuple[Floats, Floats]:
    """Return the workers present and those of them covered in every hour of the week, (168,)."""
    active = coverage.demand.active[coverage.demand.owner]
    people = coverage.demand.workers
    return people @ active, people @ (active & coverage.open_hours)


def _totals(
    coverage: Coverage, columns: Sequence[str], amounts: Mapping[str, Floats]
) -> pd.DataFrame:
    """Add `amounts` up by `columns`: first to the concentrations, which are fewer."""
    owned = {name: coverage.demand.by_owner(amount) for name, amount in amounts.items()}
    keys = coverage.workers[list(columns)].fillna("").reset_index(drop=True)
    frame = pd.concat([keys, pd.DataFrame(owned)], axis=1)
    totals: pd.DataFrame = frame.groupby(list(columns), as_index=False).sum()
    return totals


def _joined(
    tables: list[pd.DataFrame], columns: Sequence[str], labels: Sequence[str]
) -> pd.DataFrame:
    frame = pd.concat(tables, ignore_index=True)
    amounts = [name for name in frame.columns if name not in {*columns, *labels}]
    return frame[[*columns, *labels, *amounts]]


_WEEK = timedelta(days=7)


def coverage_on_dates(coverage: Coverage, first: date, last: date) -> pd.DataFrame:
    """Return one row a date from `first` to `last`, both included.

    Columns: ``date``, ``day_kind`` (ordinary, holiday, make_up), ``worker_hours`` there and
    ``worker_hours_covered``; rows of a whole week, Monday first, add up to
    :meth:`~geo.coverage.answer.Coverage.in_week`.

    Raises
    ------
    BadInputError
        If `last` lies before `first`.
    CalendarError
        If the holidays of a date are not announced.
    """
    if last < first:
        raise BadInputError(
            Text(f"截止日 {last} 早于起始日 {first}。", f"{last} lies before {first}.")
        )
    rows = []
    monday = first - timedelta(days=first.weekday())
    while monday <= last:
        present, covered = covered_by_hour(coverage.in_week(monday))
        for number in range(_WEEK.days):
            day = monday + timedelta(days=number)
            if first <= day <= last:
                hours = slice(number * HOURS_A_DAY, (number + 1) * HOURS_A_DAY)
                rows.append((day, day_kind(day).value, present[hours].sum(), covered[hours].sum()))
        monday += _WEEK
    return pd.DataFrame(rows, columns=["date", "day_kind", "worker_hours", "worker_hours_covered"])
