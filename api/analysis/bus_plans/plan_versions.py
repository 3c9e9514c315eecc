"""Versions of a bus plan: every plan made or changed by hand is stored, and those held along with it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from api.bus.published_campaigns import announced_versions, others_than
from data.bus.bus_plans import BusPlans
from data.store.project import Project
from geo.bus.campaign.campaign import Campaign
from geo.bus.planned.campaign_plan import CampaignPlan
from geo.bus.planned.shared_visit import SharedVisit
from geo.bus.replanning.changes import (
    BY_HAND,
    VisitChange,
    find_changes_since,
    find_shared_changes,
)
from geo.bus.replanning.events import BusAlong, ChangedByHand
from geo.bus.replanning.following import followed
from geo.bus.replanning.version import Announcement, PlanVersion, announce
from geo.bus.several.beside import AnnouncedCampaign, BusDayKey, in_free_hours, taken_by
from geo.bus.several.sharing import most_with_shared
from geo.hours import SHANGHAI
from geo.layers.vocabulary import CampaignName
from geo.text import Text

if TYPE_CHECKING:  # An optimiser that a page of the plan does not need.
    from geo.bus.board.evaluation import Evaluated

_ANEW = Text("重新排班", "planned anew")


def keep_plan(
    project: Project,
    campaign: Campaign,
    plan: CampaignPlan,
    name: CampaignName = CampaignName.CHECKUP,
    shared: Sequence[SharedVisit] = (),
    *,
    today: date | None = None,
) -> PlanVersion:
    """Store a plan made from scratch as the next version, and return it.

    It takes the place of the same campaign's plan, and what was announced from `today` on (None:
    this day) is told as moved or called off; the other campaigns stand beside it, and those held at
    its visits go along with it.
    """
    plans, standing = BusPlans(project.folder), announced_versions(project)
    before = next((one for one in standing if one.name == name), None)
    now = AnnouncedCampaign(name, campaign, plan, tuple(shared))
    told = announced_anew(before, now, _ANEW, today or datetime.now(SHANGHAI).date())
    others = gone_along(project, others_than(standing, name), before, now)
    version = PlanVersion(
        number=plans.next_number(),
        parent=None if before is None else before.number,
        made=now_text(),
        events=(),
        campaign=own_campaign(campaign, taken_by(one.standing for one in others)),
        plan=plan,
        changes=told.changes,
        announcements=told.announcements,
        announced=told.announced,
        unchanged=told.unchanged,
        campaign_name=name.value,
        beside=tuple(one.number for one in others),
        shared=tuple(shared),
        most=most_served(campaign, name, shared, [one.standing for one in others]),
    )
    plans.write(version)
    return version


@dataclass(frozen=True, slots=True)
class AnnouncedAnew:
    """What a plan made from scratch does to the one announced: changes, and what is announced now."""

    changes: tuple[VisitChange, ...]
    announcements: tuple[Announcement, ...]
    announced: int
    unchanged: int


def announced_anew(
    before: PlanVersion | None, now: AnnouncedCampaign, why: Text, today: date
) -> AnnouncedAnew:
    """Return what differs from `before` from `today` on, the days until `now` begins included."""
    changes: tuple[VisitChange, ...] = ()
    announced = 0
    if before is not None:
        old, new = (before.campaign, before.plan), (now.campaign, now.plan)
        changes = find_changes_since(old, new, why, today)
        known = {stop.id for stop in now.campaign.stops}
        joined = [one for one in before.shared if one.day >= today and one.stop in known]
        changes += find_shared_changes(now.campaign, joined, now.shared, why)
        announced = sum(day.day >= today for day, _ in before.plan.visits)
    gone = sum(change.kind in {"cancelled", "moved"} for change in changes)
    told = () if before is None else before.announcements
    announcements = announce(now.campaign, now.plan, told, now.name, now.shared, since=today)
    return AnnouncedAnew(changes, announcements, announced, max(0, announced - gone))


def gone_along(
    project: Project,
    others: Sequence[PlanVersion],
    before: PlanVersion | None,
    now: AnnouncedCampaign,
) -> tuple[PlanVersion, ...]:
    """Return the other campaigns; those held at visits that change are stored as they go along.

    Nobody goes along with a campaign that did not stand `before`.
    """
    if before is None:
        return tuple(others)
    return tuple(_with_host(project, one, others, before.standing, now) for one in others)


def _with_host(
    project: Project,
    guest: PlanVersion,
    others: Sequence[PlanVersion],
    before: AnnouncedCampaign,
    now: AnnouncedCampaign,
) -> PlanVersion:
    """Return `guest` as it is once its host changed, stored where that changes its visits."""
    shared = followed(guest.campaign, guest.shared, before, now)
    if shared == guest.shared:
        return guest
    hosts = [now, *(one.standing for one in others if one.name != guest.name)]
    plans, why = BusPlans(project.folder), BusAlong(now.name.value)
    version = replace(
        guest,
        number=plans.next_number(),
        parent=guest.number,
        made=now_text(),
        events=(why,),
        changes=find_shared_changes(guest.campaign, guest.shared, shared, why.text),
        announcements=announce(guest.campaign, guest.plan, guest.announcements, guest.name, shared),
        shared=shared,
        most=most_served(guest.campaign, guest.name, shared, hosts),
    )
    plans.write(version)
    return version


def most_served(
    campaign: Campaign,
    name: CampaignName,
    shared: Sequence[SharedVisit],
    hosts: Sequence[AnnouncedCampaign],
) -> float | None:
    """Return what no plan serves more than where visits are shared; else the plan knows it."""
    if not shared:
        return None
    return most_with_shared(in_free_hours(campaign, hosts), name, hosts)


def own_campaign(campaign: Campaign, taken: Collection[BusDayKey]) -> Campaign:
    """Return `campaign` without what others hold: bus-days `taken` by them, and their hours."""
    return replace(campaign, off=campaign.off - frozenset(taken), held=frozenset())


def keep_edited(
    project: Project,
    before: PlanVersion,
    others: Sequence[PlanVersion],
    found: Evaluated,
    shared: tuple[SharedVisit, ...],
    who: str,
    why: str,
) -> PlanVersion:
    """Store a plan changed by hand as a new version, not published yet."""
    plans, cost = BusPlans(project.folder), found.cost
    now = AnnouncedCampaign(before.name, before.campaign, found.plan, shared)
    others = gone_along(project, others, before, now)
    joined = find_shared_changes(before.campaign, before.shared, shared, BY_HAND)
    gone = sum(change.kind in {"cancelled", "moved"} for change in cost.changes)
    today = datetime.now(SHANGHAI).date()
    announced = sum(len(one.visits) for one in before.plan.bus_days if one.day >= today)
    version = PlanVersion(
        number=plans.next_number(),
        parent=before.number,
        made=now_text(),
        events=(ChangedByHand(who, why),),
        campaign=before.campaign,
        plan=found.plan,
        changes=(*cost.changes, *joined),
        announcements=announce(
            before.campaign, found.plan, before.announcements, before.name, shared
        ),
        announced=announced,
        unchanged=announced - gone,
        lost=max(0.0, cost.people_before - cost.people),
        won_back=max(0.0, cost.people - cost.people_before),
        closed=before.closed,
        campaign_name=before.name.value,
        beside=tuple(one.number for one in others),
        shared=shared,
        most=most_served(before.campaign, before.name, shared, [one.standing for one in others]),
    )
    plans.write(version)
    return version


def now_text() -> str:
    """Return the second it is (ISO 8601, Asia/Shanghai), as versions are stamped."""
    return datetime.now(SHANGHAI).isoformat(timespec="seconds")
