"""Several bus campaigns of a city planned on one fleet at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from geo.bus.campaign.campaign import Campaign
from geo.bus.check import check_plan
from geo.bus.planned.campaign_plan import CampaignPlan
from geo.bus.planned.shared_visit import SharedVisit
from geo.bus.replanning.kept_days import NOTHING_KEPT, KeptDays
from geo.bus.several.beside import AnnouncedCampaign, around
from geo.bus.several.together import PlannedTogether, Wanted, plan_together
from geo.bus.turnout.turnout import TurnoutEstimate
from geo.layers.vocabulary import CampaignName
from geo.solving import AfterComputing, Progress, silent
from geo.study.city_campaign import (
    BusGround,
    campaign_days,
    campaign_on,
    fleet_of,
    reached_on,
    refuse_broken,
)
from geo.study.together_rules import TogetherRules
from geo.text import Text

LearnOf = Callable[[CampaignName, Campaign], tuple[Campaign, TurnoutEstimate | None]]
"""What :data:`geo.study.city_campaign.Learn` is, of each campaign."""
KeepOf = Callable[[CampaignName, Campaign], KeptDays]
"""What :data:`geo.study.city_campaign.Keep` is, of each campaign."""


@dataclass(frozen=True, kw_only=True)
class CampaignsTogether:
    """Campaigns planned on one fleet.

    Attributes
    ----------
    names : tuple[CampaignName, ...]
        Which they are, in the order of the plans.
    campaigns : tuple[Campaign, ...]
        On all bus-days they could have, whoever has them.
    found : PlannedTogether
        Their plans, and the same planned one after another.
    calendar_note : Text | None
        What to know about the days, when holidays are not announced yet.
    learned : tuple[Text | None, ...]
        What crews' records say of each campaign's turn-out; None before the first.
    shared : tuple[tuple[SharedVisit, ...], ...]
        What stands of each at visits of others until the first day.
    """

    names: tuple[CampaignName, ...]
    campaigns: tuple[Campaign, ...]
    found: PlannedTogether
    calendar_note: Text | None
    learned: tuple[Text | None, ...]
    shared: tuple[tuple[SharedVisit, ...], ...]


def plan_campaigns(
    ground: BusGround,
    rules: TogetherRules,
    *,
    learn: LearnOf | None = None,
    keep: KeepOf | None = None,
    standing: Sequence[AnnouncedCampaign] = (),
    progress: Progress = silent,
) -> CampaignsTogether:
    """Plan the campaigns of `rules` together, around those that are `standing`.

    Each plan is checked by the checker that knows nothing of the solver. What is announced of them
    until the first day stands as far as `keep` tells.
    """
    names = tuple(share.campaign for share in rules.campaigns)
    each = [rules.of(share) for share in rules.campaigns]
    days, note = campaign_days(
        rules.rules.first_day, rules.rules.days, fleet_of(each[0], ground.depots), standing
    )
    reached = reached_on(ground, rules.rules.stop_reach_m, progress)
    campaigns = [campaign_on(ground, one, days, reached) for one in each]
    told = [
        (campaign, None) if learn is None else learn(name, campaign)
        for name, campaign in zip(names, campaigns, strict=True)
    ]
    kept = [
        NOTHING_KEPT if keep is None else keep(name, campaign)
        for name, (campaign, _) in zip(names, told, strict=True)
    ]
    left = [one.left(campaign) for one, (campaign, _) in zip(kept, told, strict=True)]
    free = [around(campaign, standing) for campaign in left]
    wanted = _wanted(rules, free)
    found = plan_together(
        wanted,
        seed=rules.seed,
        limit=lambda: AfterComputing(rules.rules.time_limit_s),
        progress=progress,
    )
    for campaign, plan in zip(found.campaigns, found.plans, strict=True):
        refuse_broken(check_plan(campaign, plan))
    wholes = [campaign for campaign, _ in told]
    joined = [
        one.joined(whole, campaign, plan)
        for one, whole, campaign, plan in zip(kept, wholes, left, found.plans, strict=True)
    ]
    return CampaignsTogether(
        names=names,
        campaigns=tuple(campaign for campaign, _ in joined),
        found=_with_kept(found, wanted, kept, wholes),
        calendar_note=note,
        learned=tuple(None if estimate is None else estimate.text for _, estimate in told),
        shared=tuple(one.shared for one in kept),
    )


def _wanted(rules: TogetherRules, free: Sequence[Campaign]) -> list[Wanted]:
    """Return what each campaign asks for: where it is not told, an equal part of the bus-days."""
    equal = len(list(free[0].bus_days())) // len(free)
    return [
        Wanted(
            name=share.campaign,
            campaign=campaign,
            bus_days=equal if share.bus_days is None else share.bus_days,
            worth=share.worth,
        )
        for share, campaign in zip(rules.campaigns, free, strict=True)
    ]


def _with_kept(
    found: PlannedTogether,
    wanted: Sequence[Wanted],
    kept: Sequence[KeptDays],
    wholes: Sequence[Campaign],
) -> PlannedTogether:
    """Return `found` with the days that stand before it: in its plans, and in those made apart."""
    stands = sum(
        one.worth * float(days.servings.amount.sum())
        for one, days in zip(wanted, kept, strict=True)
    )

    def joined(plans: Sequence[CampaignPlan]) -> tuple[CampaignPlan, ...]:
        return tuple(
            days.joined(whole, one.campaign, plan)[1]
            for days, whole, one, plan in zip(kept, wholes, wanted, plans, strict=True)
        )

    return replace(
        found,
        plans=joined(found.plans),
        apart=joined(found.apart) if found.apart else (),
        worth=found.worth + stands,
        upper_bound=found.upper_bound + stands,
        apart_worth=None if found.apart_worth is None else found.apart_worth + stands,
    )
