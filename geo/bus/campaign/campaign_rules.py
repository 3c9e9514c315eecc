"""What the planner decides about a campaign, which kinds there are, and the defaults of both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from geo.bus.campaign.traffic import Traffic
from geo.errors import BadInputError
from geo.layers.vocabulary import CampaignName, SpareHours, VisitSharing
from geo.text import Text

Demand = Literal["workers", "women_35_59"]
"""Whom a campaign is for: everybody (check-up) or women aged 35-59 (two-cancer screening)."""


@dataclass(frozen=True, slots=True)
class Turnout:
    """The share of the people in reach who come, with the range it is believed to lie in."""

    expected: float = 0.15
    low: float = 0.10
    high: float = 0.22

    def __post_init__(self) -> None:
        """Refuse rates outside (0, 1] or out of order."""
        if not 0 < self.low <= self.expected <= self.high <= 1:
            raise BadInputError(
                Text(
                    f"参检率 {self.low}/{self.expected}/{self.high} 无效：须 0<低≤预计≤高≤1。",
                    f"Turn-out {self.low}/{self.expected}/{self.high}: need 0 < low <= expected "
                    "<= high <= 1.",
                )
            )


@dataclass(frozen=True, slots=True)
class Period:
    """A part of the day in which one setting's people are met.

    Attributes
    ----------
    from_min, until_min : int
        Exams of the period lie between these minutes after midnight.
    """

    from_min: int
    until_min: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignRules:
    """The rules of a campaign. All of them are checked again by :mod:`geo.bus.check`.

    Attributes
    ----------
    turnout : Turnout
        Who comes of those in reach.
    demand : Demand
        Whom the campaign is for.
    quota : float | None
        People paid for over the whole campaign (2,000 for the two-cancer screening).
    day, evening : Period
        When work places, and residences, are met.
    clock_step_min : int
        Everything announced lies on this clock grid; drives are rounded up to it.
    min_stay_min, max_stay_min, stay_step_min : int
        Exam minutes of a visit: from, to, in multiples of.
    max_visits_a_day : int
        Visits of one bus in one day.
    days_between_visits : int
        A stop is visited at most once in so many days running.
    drive_limit_min : int
        A single drive, from the depot or between stops, is never longer.
    district_floor : float
        Each district is served at least this share of what its share of the demand would give it
        (0 switches fairness off); where its stops cannot give so much, what they can.
    km_weight : float
        Workers one kilometre of driving is worth in the objective.
    share_visits : VisitSharing
        Whether the campaign may be held where another campaign's bus stands.
    spare_hours : SpareHours
        Whether it uses the hours another campaign leaves of a bus's day.
    changeover_min : int
        Minutes at the depot between two campaigns of a bus-day: crew and equipment are changed.
    traffic : Traffic
        How much slower drives are at which times; the drive limit is one on free roads.
    """

    turnout: Turnout = field(default_factory=Turnout)
    demand: Demand = "workers"
    quota: float | None = None
    day: Period = field(default_factory=lambda: Period(8 * 60, 17 * 60 + 30))
    evening: Period = field(default_factory=lambda: Period(17 * 60, 21 * 60))
    clock_step_min: int = 5
    min_stay_min: int = 60
    max_stay_min: int = 240
    stay_step_min: int = 30
    max_visits_a_day: int = 6
    days_between_visits: int = 14
    drive_limit_min: int = 120
    district_floor: float = 0.3
    km_weight: float = 0.005
    share_visits: VisitSharing = VisitSharing.WITHOUT_ROOM
    spare_hours: SpareHours = SpareHours.SAME_SHIFT
    changeover_min: int = 30
    traffic: Traffic = field(default_factory=Traffic)

    def __post_init__(self) -> None:
        """Refuse values that contradict each other."""
        step = self.clock_step_min
        demands = (
            ("min_stay_min", 0 < self.min_stay_min <= self.max_stay_min),
            ("clock_step_min", step >= 1),
            ("stay_step_min", self.stay_step_min >= 1 and self.stay_step_min % max(step, 1) == 0),
            ("min_stay_min", self.min_stay_min % max(step, 1) == 0),
            ("max_visits_a_day", self.max_visits_a_day >= 1),
            ("days_between_visits", self.days_between_visits >= 1),
            ("drive_limit_min", self.drive_limit_min >= 1),
            ("district_floor", 0 <= self.district_floor <= 1),
            ("km_weight", self.km_weight >= 0),
            ("changeover_min", self.changeover_min >= 0),
            ("quota", self.quota is None or self.quota > 0),
        )
        for name, holds in demands:
            if not holds:
                raise _bad(name, getattr(self, name))

    @property
    def stays_min(self) -> tuple[int, ...]:
        """The stays a visit may have, in exam minutes, shortest first."""
        return tuple(range(self.min_stay_min, self.max_stay_min + 1, self.stay_step_min))


def _bad(name: str, value: object) -> BadInputError:
    return BadInputError(
        Text(f"活动规则 {name} 的值 {value} 无效，请改正。", f"Rule {name}: {value} is not valid.")
    )


@dataclass(frozen=True, slots=True)
class CampaignKind:
    """What is usual in a campaign; a planner may state all of it otherwise.

    Attributes
    ----------
    demand : Demand
        Whom it is for.
    quota : float | None
        Places paid for; None for no limit.
    per_hour, per_day : float
        People one bus serves in an hour of a stay, and in one day at most.
    needs_room : bool
        Whether it takes the bus's examination rooms; if not, its crew and kit fit in beside another
        campaign's.
    """

    demand: Demand = "workers"
    quota: float | None = None
    per_hour: float = 30.0
    per_day: float = 150.0
    needs_room: bool = True

    def rules(self) -> CampaignRules:
        """Return the usual rules."""
        return CampaignRules(demand=self.demand, quota=self.quota)


KINDS: Mapping[CampaignName, CampaignKind] = MappingProxyType(
    {
        CampaignName.CHECKUP: CampaignKind(),
        # Fewer than check-ups: each woman has two examinations and a talk.
        CampaignName.SCREENING: CampaignKind("women_35_59", 2000.0, 12.0, 80.0),
        CampaignName.LEGAL_TALKS: CampaignKind(per_hour=60.0, per_day=300.0, needs_room=False),
        CampaignName.CONSULTATION: CampaignKind(per_hour=20.0, per_day=120.0, needs_room=False),
    }
)
"""Every campaign there is."""


def kind_of(rules: CampaignRules) -> CampaignName:
    """Return the campaign of `rules` kept before campaigns were told by name."""
    women = rules.demand == KINDS[CampaignName.SCREENING].demand
    return CampaignName.SCREENING if women else CampaignName.CHECKUP
