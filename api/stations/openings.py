"""Whether stations are open at a moment, and what a worker should know of the day (调休)."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from api.stations.directory import OPEN, UNKNOWN, Directory
from geo.errors import BadInputError, CalendarError, YizhanError
from geo.holidays import SATURDAY, holiday_of, is_working_day
from geo.hours import is_open, next_change
from geo.text import Text

SHANGHAI = ZoneInfo("Asia/Shanghai")
_KEPT_MINUTES = 16
"""Minutes held whose states are known: those that are asked about while a minute goes over."""
_KEPT_OPENINGS = 4096
"""Next openings held: one a station, and those of other days asked about."""
_CENTURY = range(2000, 2100)


@dataclass(frozen=True, slots=True)
class Opening:
    """What the hours of one station say.

    Attributes
    ----------
    is_open : bool | None
        None when the hours are unknown.
    changes : datetime | None
        When that changes next, Asia/Shanghai; None when it never does or is unknown.
    """

    is_open: bool | None
    changes: datetime | None


def now() -> datetime:
    """Return the present minute in Asia/Shanghai."""
    return datetime.now(SHANGHAI).replace(second=0, microsecond=0)


def local_moment(moment: datetime) -> datetime:
    """Return `moment` in Asia/Shanghai; one without a zone is taken as local.

    Raises
    ------
    BadInputError
        If it lies outside this century.
    """
    local = moment.replace(tzinfo=SHANGHAI) if moment.tzinfo is None else moment
    if local.year not in _CENTURY:
        raise BadInputError(
            Text(
                f"时间 {moment.isoformat()} 不在 {_CENTURY.start} 至 {_CENTURY.stop - 1} 年之间。",
                f"{moment.isoformat()} is not between {_CENTURY.start} and {_CENTURY.stop - 1}.",
            )
        )
    return local.astimezone(SHANGHAI).replace(second=0, microsecond=0)


class Openings:
    """Answers for all stations of one directory.

    Parameters
    ----------
    directory : Directory
        The stations.
    """

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._states: dict[datetime, NDArray[np.int8]] = {}
        self._openings: dict[tuple[int, date], tuple[datetime, Opening]] = {}
        self._lock = threading.Lock()

    def open_at(self, moment: datetime) -> NDArray[np.bool_]:
        """Return which stations are certainly open, (n,); unknown hours do not count."""
        minute = moment.replace(second=0, microsecond=0)
        states = self._states.get(minute)
        if states is None:
            states = self._directory.state_at(minute, is_open)
            with self._lock:
                while len(self._states) >= _KEPT_MINUTES:
                    self._states.pop(next(iter(self._states)))
                self._states[minute] = states
        certain: NDArray[np.bool_] = states == OPEN
        return certain

    def of(self, row: int, moment: datetime) -> Opening:
        """Return what the hours of station `row` say at `moment`."""
        number = int(self._directory.hours[row])
        if number == UNKNOWN:
            return Opening(None, None)
        key = number, moment.date()
        since, opening = self._openings.get(key, (moment, None))
        if opening is None or not _still(opening, since, moment):
            opening = self._worked_out(self._directory.expressions[number], moment)
            with self._lock:
                if len(self._openings) >= _KEPT_OPENINGS:
                    self._openings.clear()
                self._openings[key] = moment, opening
        return opening

    @staticmethod
    def _worked_out(expression: str, moment: datetime) -> Opening:
        try:
            state = is_open(expression, moment)
        except YizhanError:
            return Opening(None, None)
        try:
            return Opening(state, next_change(expression, moment))
        except CalendarError:
            # It is closed, and opens next in a year whose holidays are not announced.
            return Opening(None if state else False, None)

    def after_today(self, row: int, moment: datetime) -> Opening:
        """Return when station `row`, which its keeper closed for the day of `moment`, opens next."""
        tomorrow = (moment + timedelta(days=1)).replace(hour=0, minute=0)
        then = self.of(row, tomorrow)
        return Opening(is_open=False, changes=tomorrow if then.is_open else then.changes)


def _still(opening: Opening, since: datetime, moment: datetime) -> bool:
    """Tell whether what was worked out for `since` holds at `moment`: until it changes."""
    if opening.changes is None:
        return since == moment
    return since <= moment < opening.changes


@lru_cache(maxsize=64)
def holiday_notice(day: date) -> Text | None:
    """Return what is special about `day`; None on ordinary days and in years not announced."""
    holiday = holiday_of(day)
    if holiday is None:
        return None
    if not is_working_day(day):
        return Text(
            f"{day.month}月{day.day}日是{holiday.zh}假期，开放时间可能有变，出发前请致电。",
            f"{day} is a public holiday ({holiday.en}): hours may differ, call before you go.",
        )
    if day.weekday() >= SATURDAY:
        return Text(
            f"{day.month}月{day.day}日因{holiday.zh}调休上班，开放时间可能按工作日，出发前请致电。",
            f"{day} is a working day in place of {holiday.en}: weekday hours may apply, call "
            "first.",
        )
    return None
