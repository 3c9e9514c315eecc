"""What a planner decides of several bus campaigns that are planned together."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, PositiveFloat, PositiveInt, model_validator

from geo.fields import About
from geo.layers.vocabulary import CampaignName
from geo.study.rules import SEED, BusRules, ExamsPerDay, ExamsPerHour, Quota, Seed
from geo.text import Text

_EACH_ITS_OWN = ("campaign", "quota", "exams_per_hour", "exams_per_day")
"""What is stated for each campaign by itself."""


class CampaignShare(BaseModel):
    """One of the campaigns, and what it is promised of the fleet."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    campaign: Annotated[CampaignName, About("活动", "Campaign")]
    bus_days: Annotated[
        PositiveInt | None,
        About(
            "至少几个车日（一辆车出一天）",
            "Bus-days it has at least (a bus out for a day)",
            more=Text("不填则各项活动平分", "an equal part where not told"),
        ),
    ] = None
    worth: Annotated[
        PositiveFloat,
        About("一人按几人计", "What one of its people counts beside those of the others"),
    ] = 1.0
    quota: Quota = None
    exams_per_hour: ExamsPerHour = None
    exams_per_day: ExamsPerDay = None


class TogetherRules(BaseModel):
    """Campaigns that share buses and days, planned at once.

    ``rules`` hold for all of them, its time limit for each plan that is made: a joint one and, to
    compare with, those one after another. What differs is each campaign's own.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    campaigns: Annotated[tuple[CampaignShare, ...], Field(min_length=2, max_length=4)]
    rules: BusRules = BusRules()
    seed: Seed = SEED

    @model_validator(mode="after")
    def _agree(self) -> TogetherRules:
        names = [share.campaign for share in self.campaigns]
        if len(set(names)) < len(names):
            message = "a campaign is there twice"
            raise ValueError(message)
        usual = BusRules()
        own = [one for one in _EACH_ITS_OWN if getattr(self.rules, one) != getattr(usual, one)]
        if own:
            message = f"state {', '.join(own)} in campaigns: it is each campaign's own"
            raise ValueError(message)
        return self

    def of(self, share: CampaignShare) -> BusRules:
        """Return the rules of one of the campaigns."""
        return self.rules.model_copy(update={name: getattr(share, name) for name in _EACH_ITS_OWN})
