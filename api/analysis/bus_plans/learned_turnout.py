"""What the crews' records teach the next plan: who is left, and how many of them come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

import numpy as np

from api.bus.published_campaigns import announced_versions
from data.bus.bus_plans import BusPlans
from data.bus.bus_records import BusRecords
from data.store.project import Project
from geo.bus.campaign.campaign import Campaign
from geo.bus.campaign.campaign_rules import Turnout
from geo.bus.planned.visit import VisitKey
from geo.bus.replanning.kept_days import NOTHING_KEPT, KeptDays, kept_days
from geo.bus.replanning.version import PlanVersion
from geo.bus.turnout.turnout import (
    Turned,
    TurnoutEstimate,
    VisitRecord,
    estimate_turnout,
    evidence_of,
    latest,
    shared_evidence,
)
from geo.bus.turnout.turnout_parts import PartsTurnout, rates_of, turnout_by_part
from geo.hours import SHANGHAI
from geo.layers.vocabulary import CampaignName


@dataclass(frozen=True, slots=True)
class _Recorded:
    """What crews recorded of a campaign, over all its plans.

    Attributes
    ----------
    evidence : list[Turned]
        What each visit says.
    examined : Mapping[str, float]
        People examined of each concentration, by its id.
    """

    evidence: list[Turned]
    examined: Mapping[str, float]


def turnout_so_far(project: Project, version: PlanVersion) -> tuple[TurnoutEstimate, PartsTurnout]:
    """Return the turn-out that all records of a campaign speak for, and by stop, group and time.

    Records are weighed against what was believed when the first of them was made: what a later plan
    was made with holds them already.
    """
    evidence = _recorded(project, version.name).evidence
    estimate = estimate_turnout(evidence, _believed_first(project, version))
    return estimate, turnout_by_part(evidence, estimate)


def learned(
    project: Project, name: CampaignName, campaign: Campaign
) -> tuple[Campaign, TurnoutEstimate | None]:
    """Return `campaign` without the people already examined, at the turn-out recorded so far.

    People are counted by concentration, never by person: those of a recorded visit are spread
    over the concentrations it was planned for. Only visits of the same campaign count: whoever
    had a check-up is still owed her screening.
    """
    if not BusRecords(project.folder).read():
        return campaign, None
    held = _recorded(project, name)
    done = np.array([held.examined.get(who, 0.0) for who in campaign.people.id])
    estimate = estimate_turnout(held.evidence, campaign.rules.turnout)
    people = replace(campaign.people, count=np.maximum(campaign.people.count - done, 0.0))
    rules = replace(campaign.rules, turnout=estimate.turnout)
    after = replace(campaign, people=people, rules=rules)
    rate = rates_of(after, turnout_by_part(held.evidence, estimate))
    return replace(after, people=replace(people, rate=rate)), estimate


def kept_until(
    project: Project, name: CampaignName, campaign: Campaign, *, today: date | None = None
) -> KeptDays:
    """Return what stands of a campaign from `today` (None: this day) until `campaign` begins."""
    standing = announced_versions(project)
    before = next((one for one in standing if one.name == name), None)
    if before is None:
        return NOTHING_KEPT
    told = BusRecords(project.folder).read()
    recorded = latest(told).keys() | latest(told, name.value).keys()
    since = datetime.now(SHANGHAI).date() if today is None else today
    return kept_days(before.standing, campaign, since, recorded)


def _recorded(project: Project, name: CampaignName) -> _Recorded:
    examined: dict[str, float] = {}
    evidence: list[Turned] = []
    for version, own, shared in _versions(project, name):
        evidence += evidence_of(version.campaign, version.plan, own)
        evidence += shared_evidence(version.campaign, version.shared, shared)
        for told in (_examined(version, own), _examined_as_guest(version, shared)):
            for who, amount in told.items():
                examined[who] = examined.get(who, 0.0) + amount
    return _Recorded(evidence, examined)


def _believed_first(project: Project, version: PlanVersion) -> Turnout:
    """Return the turn-out of the oldest plan of a campaign that crews recorded a visit of."""
    told = BusRecords(project.folder).read()
    named, unnamed = set(latest(told, version.name.value)), set(latest(told))
    plans = BusPlans(project.folder)
    for number in plans.numbers():
        one = plans.read(number)
        if one.name != version.name:
            continue
        visits, shared = one.visit_keys, {held.key for held in one.shared}
        if visits & (named | unnamed) or shared & named:
            return one.campaign.rules.turnout
    return version.campaign.rules.turnout


_Told = dict[VisitKey, VisitRecord]


def _versions(project: Project, name: CampaignName) -> list[tuple[PlanVersion, _Told, _Told]]:
    """Return the newest versions of a campaign that hold its recorded visits.

    Each comes with the records of its own visits, and of those it was a guest at. A record that
    names no campaign is of the one whose newest version sent the bus there.
    """
    told, plans = BusRecords(project.folder).read(), BusPlans(project.folder)
    named, unnamed = latest(told, name.value), latest(told)
    found: list[tuple[PlanVersion, _Told, _Told]] = []
    for number in reversed(plans.numbers()):
        if not (named or unnamed):
            break
        version = plans.read(number)
        keys = version.visit_keys
        own = {key: unnamed.pop(key) for key in keys & unnamed.keys()}
        if version.name != name:
            continue
        own |= {key: named.pop(key) for key in keys & named.keys()}
        guest = {one.key for one in version.shared} & named.keys()
        shared = {key: named.pop(key) for key in guest}
        if own or shared:
            found.append((version, own, shared))
    return found


def _examined_as_guest(version: PlanVersion, records: _Told) -> dict[str, float]:
    """Return the people of each concentration (by id) examined at others' visits."""
    examined: dict[str, float] = {}
    for one in version.shared:
        came = records[one.key].came if one.key in records else None
        for index, amount in zip(one.people, one.amount, strict=True):
            person = version.campaign.people.id[index]
            examined[person] = examined.get(person, 0.0) + amount / one.served * (came or 0)
    return examined


def _examined(version: PlanVersion, records: _Told) -> dict[str, float]:
    """Return the people of each concentration (by id) examined at the recorded visits."""
    campaign, servings = version.campaign, version.plan.servings
    examined: dict[str, float] = {}
    for number, (bus_day, visit) in enumerate(version.plan.visits):
        stop = campaign.stops[visit.stop].id
        record = records.get((campaign.buses[bus_day.bus].id, bus_day.day, stop))
        rows = servings.visit == number
        total = float(servings.amount[rows].sum())
        if record is None or not record.came or total <= 0:
            continue
        for who, amount in zip(
            servings.people[rows].tolist(), servings.amount[rows].tolist(), strict=True
        ):
            name = campaign.people.id[who]
            examined[name] = examined.get(name, 0.0) + amount * record.came / total
    return examined
