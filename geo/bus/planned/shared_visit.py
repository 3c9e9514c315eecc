"""A visit of one campaign at which another is held too."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from geo.bus.planned.visit import PeriodName, VisitKey


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedVisit:
    """A campaign held where another campaign's bus stands. Times are minutes after midnight.

    Attributes
    ----------
    host : str
        The campaign whose bus it is (a value of ``CampaignName``).
    bus, stop : str
        Ids of bus and stop.
    day : date
        When.
    order : int
        Place of the visit in the order of the bus's day, from 1.
    period : PeriodName
        Whom it meets.
    arrive_min, depart_min : int
        The bus's.
    start_min, end_min : int
        The guest's own exams or talks, within the stand.
    rest_min : int
        Rest of the crews between start and end.
    people : tuple[int, ...]
        Concentrations served, as indices into the guest's people.
    amount : tuple[float, ...]
        How many of each are expected.
    """

    host: str
    bus: str
    day: date
    stop: str
    order: int
    period: PeriodName
    arrive_min: int
    start_min: int
    end_min: int
    depart_min: int
    rest_min: int = 0
    people: tuple[int, ...] = ()
    amount: tuple[float, ...] = ()

    @property
    def key(self) -> VisitKey:
        """Bus id, day and stop id."""
        return self.bus, self.day, self.stop

    @property
    def served(self) -> float:
        """People expected."""
        return sum(self.amount)

    @property
    def stay_min(self) -> int:
        """Minutes in which people are seen."""
        return self.end_min - self.start_min - self.rest_min
