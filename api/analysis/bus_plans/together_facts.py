"""What staff are told of campaigns planned together, on the page and by the command."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, Field

from api.bus.plan_news import below_floor, change_rows
from data.bus.bus_plans import BusPlans
from geo.layers.vocabulary import CampaignName
from geo.text import Language
from maps.bus.news import BusCall

if TYPE_CHECKING:
    from api.analysis.bus_plans.planned_together import OfTogether, TogetherDraft
    from geo.bus.replanning.version import PlanVersion


class CampaignDrafted(BaseModel):
    """One campaign of a joint plan."""

    campaign: CampaignName
    name: str
    version: int
    bus_days: int
    visits: int
    people: float
    upper_bound: float = Field(description="No plan on the bus-days it got serves more")
    fairness_price: float | None = Field(
        description="More it would serve without districts' floors; null where next to nothing"
    )
    apart_people: float | None = Field(
        description="Served where the campaigns are planned one after another"
    )
    apart_bus_days: int
    given_up: list[str] = Field(description="Stops announced that are listed no more")
    announced: int
    unchanged: int
    below_floor: dict[str, float] = Field(description="People missing at the floor, by district")
    changes: list[BusCall] = Field(description="Whom to phone, and what to tell them")


class TogetherFacts(BaseModel):
    """A joint plan, not published: publish its `version`, and all of it is."""

    version: int
    worth: float = Field(description="People served, each at the worth of the campaign")
    upper_bound: float = Field(
        description="Nothing is worth more, however the bus-days are shared out"
    )
    gap: float
    apart_worth: float | None = Field(
        description="The same planned one after another, in the better order; null where that "
        "leaves a campaign without a bus"
    )
    cut_short: list[str] = Field(description="Steps that ended because their time was over")
    text: str = Field(description="The same in words")
    campaigns: list[CampaignDrafted]


def joint_facts(folder: Path, draft: TogetherDraft, language: Language) -> TogetherFacts:
    """Return what staff are told of a joint plan."""
    plans = BusPlans(folder)
    return TogetherFacts(
        version=draft.version,
        worth=draft.worth,
        upper_bound=draft.upper_bound,
        gap=draft.gap,
        apart_worth=draft.apart_worth,
        cut_short=[one.into(language) for one in draft.cut_short],
        text=draft.text.into(language),
        campaigns=[_told(one, plans.read(one.version), language) for one in draft.campaigns],
    )


def _told(one: OfTogether, version: PlanVersion, language: Language) -> CampaignDrafted:
    return CampaignDrafted(
        campaign=one.campaign,
        name=one.campaign.text.into(language),
        version=one.version,
        bus_days=one.bus_days,
        visits=one.visits,
        people=one.people,
        upper_bound=one.upper_bound,
        fairness_price=one.fairness_price,
        apart_people=one.apart_people,
        apart_bus_days=one.apart_bus_days,
        given_up=list(one.given_up),
        announced=version.announced,
        unchanged=version.unchanged,
        below_floor=below_floor(version),
        changes=list(change_rows(version, language)),
    )
