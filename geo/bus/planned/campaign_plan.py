"""What planning a campaign gives: bus-days, who is served, and how good that provably is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from geo.bus.planned.served import Servings
from geo.bus.planned.visit import BusDay, Visit
from geo.text import Text


@dataclass(frozen=True, slots=True)
class Unreachable:
    """A stop no bus can use, and why."""

    stop: int
    reason: Text


@dataclass(frozen=True, slots=True)
class DistrictRow:
    """How one district fares.

    Attributes
    ----------
    district : str
        Code.
    expected : float
        People in reach of a stop who would come.
    floor : float
        People owed at least.
    served : float
        People served by the plan.
    """

    district: str
    expected: float
    floor: float
    served: float


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class CampaignPlan:
    """A campaign's plan with its proof.

    Attributes
    ----------
    bus_days : tuple[BusDay, ...]
        By day, then bus; bus-days with no visit are not there.
    servings : Servings
        Who is served at which visit.
    workers_served : float
        People expected to be examined.
    served_range : tuple[float, float]
        The same at the low and the high turn-out, with these visits.
    upper_bound : float
        No plan under these rules serves more.
    districts : tuple[DistrictRow, ...]
        One row per district with people in reach.
    fairness_price : float | None
        People the floors cost: the best plan found without them serves so many more.
    unreachable : tuple[Unreachable, ...]
        Stops left out because no bus can use them.
    statistics : Mapping[str, float]
        Rounds, labels, tours and the like.
    fairness_most : float | None
        People the floors cost at most: no plan without them serves more than so many more. None
        where nobody reckoned it.
    """

    bus_days: tuple[BusDay, ...]
    servings: Servings
    workers_served: float
    served_range: tuple[float, float]
    upper_bound: float
    districts: tuple[DistrictRow, ...]
    fairness_price: float | None
    unreachable: tuple[Unreachable, ...]
    statistics: Mapping[str, float]
    fairness_most: float | None = None

    @property
    def gap(self) -> float:
        """Return the share of the upper bound that is not proven to be out of reach."""
        if self.upper_bound <= 0:
            return 0.0
        return max(0.0, (self.upper_bound - self.workers_served) / self.upper_bound)

    @property
    def distance_m(self) -> float:
        """Return the metres driven in all."""
        return sum(bus_day.distance_m for bus_day in self.bus_days)

    @property
    def visits(self) -> tuple[tuple[BusDay, Visit], ...]:
        """Return every visit with its bus-day, in the order `servings` numbers them."""
        return tuple((bus_day, visit) for bus_day in self.bus_days for visit in bus_day.visits)
