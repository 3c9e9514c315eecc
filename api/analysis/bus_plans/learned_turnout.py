"""What the crews' records teach the next plan: who is left, and how many of them come."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from data.bus.bus_plans import BusPlans
from data.bus.bus_records import BusRecords
from data.store.project import Project
from geo.bus.campaign.campaign import Campaign
from geo.bus.campaign.campaign_rules import Turnout
from geo.bus.planned.visit import VisitKey
from geo.bus.replanning.version import PlanVersion
from geo.bus.turnout.turnout import (
    Turned,
    TurnoutEstimate,
    VisitRecord,
    estimate_turnout,
    evidence_of,
    latest,
    latest_of,
    shared_evidence,
)
from geo.bus.turnout.turnout_parts import PartsTurnout, rates_of, turnout_by_part
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


def _recorded(project: Project, name: CampaignName) -> _Recorded:
    told = BusRecords(project.folder).read()
    records, guests = latest(told), latest_of(told, name.value)
    examined: dict[str, float] = {}
    evidence: list[Turned] = []
    for version, of_it in _shared_versions(project, name, guests):
        evidence += shared_evidence(version.campaign, version.shared, of_it)
        for one in version.shared:
            came = of_it[one.key].came if one.key in of_it else None
            for index, amount in zip(one.people, one.amount, strict=True):
                person = version.campaign.people.id[index]
                part = amount / one.served * (came or 0)
                examined[person] = examined.get(person, 0.0) + part
    for version, of_it in _versions(project, records):
        if version.name != name:
            continue
        evidence += evidence_of(version.campaign, version.plan, of_it)
        for who, amount in _examined(version, of_it).items():
            examined[who] = examined.get(who, 0.0) + amount
    return _Recorded(evidence, examined)


def _believed_first(project: Project, version: PlanVersion) -> Turnout:
    """Return the turn-out of the oldest plan of a campaign that crews recorded a visit of."""
    told = BusRecords(project.folder).read()
    own, guest = set(latest(told)), set(latest_of(told, version.name.value))
    plans = BusPlans(project.folder)
    for number in plans.numbers():
        one = plans.read(number)
        if one.name != version.name:
            continue
        campaign = one.campaign
        visits = {
            (campaign.buses[day.bus].id, day.day, campaign.stops[visit.stop].id)
            for day, visit in one.plan.visits
        }
        if visits & own or {held.key for held in one.shared} & guest:
            return campaign.rules.turnout
    return version.campaign.rules.turnout


_Found = list[tuple[PlanVersion, dict[VisitKey, VisitRecord]]]


def _versions(project: Project, records: dict[VisitKey, VisitRecord]) -> _Found:
    """Return the newest versions that planned the recorded visits, with their records."""
    return _newest(
        project,
        records,
        lambda version: {
            (version.campaign.buses[one.bus].id, one.day, version.campaign.stops[visit.stop].id)
            for one, visit in version.plan.visits
        },
    )


def _shared_versions(
    project: Project, name: CampaignName, records: dict[VisitKey, VisitRecord]
) -> _Found:
    """Return the newest versions of a campaign that shared the recorded visits, with the records."""
    return _newest(
        project,
        records,
        lambda version: {one.key for one in version.shared} if version.name == name else set(),
    )


def _newest(
    project: Project,
    records: dict[VisitKey, VisitRecord],
    keys_of: Callable[[PlanVersion], set[VisitKey]],
) -> _Found:
    """Return the newest versions that hold the recorded visits, each with its records."""
    plans, left = BusPlans(project.folder), dict(records)
    found: _Found = []
    for number in reversed(plans.numbers()):
        if not left:
            break
        version = plans.read(number)
        keys = keys_of(version)
        of_it = {key: left.pop(key) for key in list(left) if key in keys}
        if of_it:
            found.append((version, of_it))
    return found


def _examined(version: PlanVersion, records: dict[VisitKey, VisitRecord]) -> dict[str, float]:
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
