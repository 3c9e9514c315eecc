"""What is said of stations now, beside their registered hours: by passers-by and by keepers."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType

from data.upkeep.fault_reports import FaultReport, ReportBook, ReportsHeld, Settled
from data.upkeep.keeping import NOTHING_KEPT, KeeperBook, Kept
from geo.layers.vocabulary import Decision, Fault

MANY = 3
"""Reports of one fault that are told to the public; each address counts once an hour."""
WITHIN_DAYS: Mapping[Fault, int] = MappingProxyType(
    {Fault.CLOSED: 1, Fault.NO_WATER: 1, Fault.WRONG_PLACE: 30, Fault.MOVED: 30}
)
"""For how many days, today included, reports of a fault count together."""
ANSWER_DAYS = 7
"""For how many days a planner's answer is shown on the station's page."""
_LOOK_AGAIN_S = 1.0
"""How often the files of reports are looked at for what another process wrote."""


@dataclass(frozen=True, slots=True)
class StationWord:
    """What is said of one station at a moment.

    Attributes
    ----------
    reported : tuple[Fault, ...]
        What so many reported that the public is told.
    kept : Kept
        By its keeper's word.
    closed_today : bool
        Whether the keeper closed it for the day.
    answer : Settled | None
        What a planner answered of late.
    day : str
        The day asked about, ISO 8601.
    """

    reported: tuple[Fault, ...] = ()
    kept: Kept = NOTHING_KEPT
    closed_today: bool = False
    answer: Settled | None = None
    day: str = ""

    @property
    def is_anything(self) -> bool:
        """Whether there is anything for the public in it."""
        return bool(self.reported or self.answer) or self.kept != NOTHING_KEPT

    @property
    def note(self) -> str:
        """What the keeper added to what holds now: to a fault, or to today's word."""
        holds = self.kept.out_of_order or self.day in {
            self.kept.closed_on,
            self.kept.confirmed[:10],
        }
        return self.kept.note if holds else ""


SILENCE = StationWord()
"""Nobody said anything."""


class Upkeep:
    """Reads the project's journals again when something was added, looked at once a second.

    Parameters
    ----------
    folder : Path
        The project's folder.
    """

    def __init__(self, folder: Path) -> None:
        self.reports = ReportBook(folder)
        self.keepers = KeeperBook(folder)
        self._lock = threading.Lock()
        self._stamp: tuple[tuple[int, int], ...] = ()
        self._looked_s = -_LOOK_AGAIN_S
        self._told = ReportsHeld()
        self._kept: dict[str, Kept] = {}
        self._words: dict[str, StationWord] = {}
        self._day = ""

    def words(self, moment: datetime) -> Mapping[str, StationWord]:
        """Return what is said of each station somebody said anything of, on the day of `moment`."""
        self.look(at_once=False)
        day = moment.date().isoformat()
        if day != self._day:
            with self._lock:
                self._say(day)
        return self._words

    def told(self) -> ReportsHeld:
        """Return the reports as they stand now."""
        self.look()
        return self._told

    def kept(self) -> Mapping[str, Kept]:
        """Return what keepers said, as it stands now."""
        self.look()
        return self._kept

    def look(self, *, at_once: bool = True) -> None:
        """Read what was added since; unless `at_once`, only if nobody looked for a second."""
        moment_s = time.monotonic()
        if not at_once and moment_s - self._looked_s < _LOOK_AGAIN_S:
            return
        self._looked_s = moment_s
        stamp = self.reports.journal.stamp, self.keepers.journal.stamp
        if stamp == self._stamp:
            return
        with self._lock:
            self._told, self._kept = self.reports.read(), self.keepers.read()
            self._stamp = stamp
            if self._day:
                self._say(self._day)

    def _say(self, day: str) -> None:
        stations = {station for station, _ in self._told.waiting} | set(self._kept)
        answers = _answers(self._told, day)
        words = {
            station: _word(station, self._told, self._kept.get(station, NOTHING_KEPT), answers, day)
            for station in stations | set(answers)
        }
        self._words = {station: word for station, word in words.items() if word.is_anything}
        self._day = day


def _word(
    station: str, told: ReportsHeld, kept: Kept, answers: Mapping[str, Settled], day: str
) -> StationWord:
    reported = tuple(
        fault
        for fault in Fault
        if _is_many(told.waiting.get((station, fault), ()), kept, _since(day, WITHIN_DAYS[fault]))
    )
    return StationWord(reported, kept, kept.closed_on == day, answers.get(station), day)


def _is_many(reports: list[FaultReport] | tuple[()], kept: Kept, since: str) -> bool:
    """Tell whether enough were reported since then, and after the keeper last confirmed."""
    return sum(one.day >= since and one.at > kept.confirmed for one in reports) >= MANY


def _answers(told: ReportsHeld, day: str) -> dict[str, Settled]:
    since = _since(day, ANSWER_DAYS)
    return {
        one.station: one
        for one in told.settled
        if one.decision is Decision.ANSWERED and one.at[:10] >= since and one.words
    }


def _since(day: str, days: int) -> str:
    first = datetime.fromisoformat(day) - timedelta(days=days - 1)
    return first.date().isoformat()
