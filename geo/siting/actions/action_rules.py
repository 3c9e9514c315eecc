"""What actions cost and what a plan of them must keep, as the planner states it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from geo.errors import BadInputError
from geo.hours import ALWAYS, hours_joined, week_mask
from geo.layers.vocabulary import Action, Amenity
from geo.siting.models.site_rules import DEFAULT_RULES
from geo.text import Text


@dataclass(frozen=True, slots=True)
class HoursChoice:
    """A way to open longer.

    Attributes
    ----------
    text : Text
        "延长到 22:00".
    added : str
        Hours that come on top of a station's own (OSM opening_hours).
    fixed_cny : float
        Once: lighting, locks, cameras.
    weekly_hour_cny : float
        For each hour a week it is open longer, over the plan's first year.
    """

    text: Text
    added: str
    fixed_cny: float
    weekly_hour_cny: float

    def after(self, before: str) -> str:
        """Return the hours of a station that had `before`."""
        return hours_joined(before, self.added) if before else self.added

    def hours_more(self, before: str) -> int:
        """Return by how many hours a week a station that had `before` is open longer."""
        had = int(week_mask(before).sum()) if before else 0
        return int(week_mask(self.after(before)).sum()) - had

    def cost_cny(self, before: str) -> float:
        """Return what that costs a station that had `before`."""
        return self.fixed_cny + self.weekly_hour_cny * self.hours_more(before)


def _amenities() -> Mapping[Amenity, float]:
    return MappingProxyType({Amenity.MICROWAVE: 800.0})


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionCosts:
    """The planner's price list, in yuan over the plan's first year.

    Attributes
    ----------
    hours : tuple[HoursChoice, ...]
        Ways to open longer; none when empty.
    amenity_cny : Mapping[Amenity, float]
        Amenities that may be added, each with its price.
    new_amenities : frozenset[str]
        What a newly opened or moved station has.
    new_hours : str
        Hours of a candidate whose host's hours are not known.
    capacity_step : float
        Visitors a day more by one enlargement.
    capacity_cny : float | None
        Its price; None when rooms cannot be enlarged.
    move_cny : float | None
        Price of moving a station; None when none may move.
    """

    hours: tuple[HoursChoice, ...] = ()
    amenity_cny: Mapping[Amenity, float] = field(default_factory=_amenities)
    new_amenities: frozenset[str] = frozenset(
        {Amenity.DRINKING_WATER, Amenity.REST_SEATS, Amenity.PHONE_CHARGING, Amenity.MICROWAVE}
    )
    new_hours: str = "Mo-Fr 08:30-17:30"
    capacity_step: float = 30.0
    capacity_cny: float | None = 5_000.0
    move_cny: float | None = 12_000.0

    def __post_init__(self) -> None:
        """Refuse negative prices."""
        prices = [self.capacity_cny or 0.0, self.move_cny or 0.0, *self.amenity_cny.values()]
        prices += [price for one in self.hours for price in (one.fixed_cny, one.weekly_hour_cny)]
        if not all(0 <= price < float("inf") for price in prices) or self.capacity_step <= 0:
            raise BadInputError(
                Text(
                    "措施费用不能为负，容量步长须为正数，请更正费用表。",
                    "Prices of actions must be 0 or more and the capacity step above 0.",
                )
            )


SAMPLE_COSTS = ActionCosts(
    hours=(
        HoursChoice(
            Text("工作日延长到 22:00", "Open until 22:00 on working days"),
            "Mo-Fr 17:00-22:00",
            3_000.0,
            250.0,
        ),
        HoursChoice(
            Text("每天延长到 22:00（含周末）", "Open until 22:00 every day"),
            "Mo-Su 08:00-22:00",
            3_000.0,
            250.0,
        ),
        HoursChoice(
            Text("改为 24 小时自助开放", "Open around the clock, self-service"),
            ALWAYS,
            20_000.0,
            100.0,
        ),
    )
)
"""Example prices (示例) for the sample city: assumptions of ours, not any union's rates."""


MOVABLE = 30
"""Stations weighed for a move: each is one more action for every candidate near it."""
MOVE_WITHIN_M = 3_000.0
"""Beyond that, a station moved serves other people: it is one closed and one opened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionConstraints:
    """What a plan of actions must keep.

    Attributes
    ----------
    budget_cny : float | None
        Money for everything, over the first year.
    counts : Mapping[Action, int]
        Most actions of a kind; a kind left out is bounded by the money alone.
    city_cny, district_cny, city_share
        Budgets, see :func:`~geo.siting.models.site_rules.funding_rules`.
    spacing_m : float
        New places at least this far apart (EPSG:4549, straight).
    movable : int
        How many stations, those least missed, may move; 0 for none.
    move_within_m : float
        How far at most (EPSG:4549, straight).
    visits_per_worker_day : float | None
        How often a worker comes by; None: no station is ever full.
    """

    budget_cny: float | None = None
    counts: Mapping[Action, int] = field(default_factory=dict)
    city_cny: float | None = None
    district_cny: Mapping[str, float] = field(default_factory=dict)
    city_share: float = DEFAULT_RULES.city_share
    spacing_m: float = DEFAULT_RULES.spacing_m
    movable: int = MOVABLE
    move_within_m: float = MOVE_WITHIN_M
    visits_per_worker_day: float | None = None

    def __post_init__(self) -> None:
        """Refuse a plan nothing bounds."""
        if self.budget_cny is None and self.city_cny is None and not self.counts:
            raise BadInputError(
                Text(
                    "请至少给出总预算、市级资金或某类措施的数量上限之一。",
                    "Give a budget, the city's budget or a most count of some action.",
                )
            )
