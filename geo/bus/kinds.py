"""The campaigns a bus is sent out for: whom each is for, its places, and how many a bus serves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from geo.bus.campaign_rules import CampaignRules, Demand
from geo.layers.vocabulary import CampaignName


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
