"""What a plan consists of: visits, in order, on bus-days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

PeriodName = Literal["day", "evening"]
"""Whether a visit meets people at work by day, or at home (and at late work) in the evening."""


VisitKey = tuple[str, date, str]
"""Bus id, day and stop id: what a crew's record is for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One stay of a bus at a stop. Times are minutes after midnight.

    Attributes
    ----------
    stop : int
        Index into the campaign's stops.
    period : PeriodName
        Whom it meets.
    arrive_min, start_min, end_min, depart_min : int
        Bus arrives; exams start; exams end; bus leaves.
    drive_s, drive_m : float
        The drive to here from the place before.
    served : float
        Workers expected to be examined.
    break_min : int
        Rest taken here, as part of the time between arriving and leaving; 0 for none.
    break_start_min : int
        When it begins; -1 for none.
    """

    stop: int
    period: PeriodName
    arrive_min: int
    start_min: int
    end_min: int
    depart_min: int
    drive_s: float
    drive_m: float
    served: float = 0.0
    break_min: int = 0
    break_start_min: int = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class BusDay:
    """What one bus does on one day.

    Attributes
    ----------
    bus : int
        Index into the campaign's buses.
    day : date
        The day.
    shift : int
        Index into the bus's shifts.
    leave_min, back_min : int
        Leaving the start depot, reaching the end depot; minutes after midnight.
    visits : tuple[Visit, ...]
        In the order driven; never empty.
    home_s, home_m : float
        The drive back from the last stop.
    """

    bus: int
    day: date
    shift: int
    leave_min: int
    back_min: int
    visits: tuple[Visit, ...]
    home_s: float
    home_m: float

    @property
    def served(self) -> float:
        """Workers expected to be examined that day."""
        return sum(visit.served for visit in self.visits)

    @property
    def distance_m(self) -> float:
        """Metres driven that day."""
        return sum(visit.drive_m for visit in self.visits) + self.home_m

    @property
    def drive_s(self) -> float:
        """Seconds driven that day."""
        return sum(visit.drive_s for visit in self.visits) + self.home_s


def exams_possible(visit: Visit, per_hour: float) -> float:
    """Return how many people the exam time of `visit` suffices for."""
    rest = visit.break_min if visit.break_start_min >= visit.start_min else 0
    return (visit.end_min - visit.start_min - rest) * per_hour / 60
