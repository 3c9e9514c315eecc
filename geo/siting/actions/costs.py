"""What each kind of action costs, as the planner states it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from geo.errors import BadInputError
from geo.hours import ALWAYS, hours_joined, week_mask
from geo.layers.vocabulary import Amenity
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


@dataclass(frozen=True, slots=True)
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
    (
        HoursChoice(
            Text("工作日延长到 22:00", "Open until 22:00 on working days"),
            "Mo-Fr 17:00-22:00", 3_000.0, 250.0,
        ),
        HoursChoice(
            Text("每天延长到 22:00（含周末）", "Open until 22:00 every day"),
            "Mo-Su 08:00-22:00", 3_000.0, 250.0,
        ),
        HoursChoice(
            Text("改为 24 小时自助开放", "Open around the clock, self-service"),
            ALWAYS, 20_000.0, 100.0,
        ),
    )
)  # fmt: skip
"""Example prices (示例) for the sample city: assumptions of ours, not any union's rates."""
