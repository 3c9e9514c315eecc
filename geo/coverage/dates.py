"""Coverage on real dates, with the holidays and make-up working days (调休) that were announced."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

from geo.coverage.answer import Coverage
from geo.coverage.tables import by_hour
from geo.errors import BadInputError
from geo.holidays import day_kind
from geo.text import Text

_WEEK = timedelta(days=7)
_HOURS_A_DAY = 24


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
        present, covered = by_hour(coverage.in_week(monday))
        for number in range(_WEEK.days):
            day = monday + timedelta(days=number)
            if first <= day <= last:
                hours = slice(number * _HOURS_A_DAY, (number + 1) * _HOURS_A_DAY)
                rows.append((day, day_kind(day).value, present[hours].sum(), covered[hours].sum()))
        monday += _WEEK
    return pd.DataFrame(rows, columns=["date", "day_kind", "worker_hours", "worker_hours_covered"])
