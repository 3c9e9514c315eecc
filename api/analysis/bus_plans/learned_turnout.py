"""What the crews' records teach the next plan: who is left, and how many of them come."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np

from data.bus_plans import BusPlans
from data.bus_records import BusRecords
from data.project import Project
from geo.bus.campaign import Campaign
from geo.bus.campaign_plan import CampaignPlan
from geo.bus.replanning.version import PlanVersion
from geo.bus.turnout import (
    Turned,
    TurnoutEstimate,
    VisitRecord,
    estimate_turnout,
    evidence_of,
    latest,
    latest_of,
    shared_evidence,
)
from geo.bus.turnout_parts import PartsTurnout, rates_of, turnout_by_part
from geo.bus.visit import VisitKey
from geo.layers.vocabulary import CampaignName


def campaign_turnout(
    campaign: Campaign, plan: CampaignPlan, records: Iterable[VisitRecord]
) -> TurnoutEstimate:
    """Return the turn-out that the records of one plan's visits speak for."""
    evidence = evidence_of(campaign, plan, latest(records))
    return estimate_turnout(evidence, campaign.rules.turnout)


def turnout_parts(
    campaign: Campaign, plan: CampaignPlan, records: Iterable[VisitRecord]
) -> PartsTurnout:
    """Return the turn-out by stop, group and time that the records of one plan speak for."""
    evidence = evidence_of(campaign, plan, latest(records))
    return turnout_by_part(evidence, estimate_turnout(evidence, campaign.rules.turnout))


def learned(
    project: Project, name: CampaignName, campaign: Campaign
) -> tuple[Campaign, TurnoutEstimate | None]:
    """Return `campaign` without the people already examined, at the turn-out recorded so far.

    People are counted by concentration, never by person: those of a recorded visit are spread
    over the concentrations it was planned for. Only visits of the same campaign count: whoever
    had a check-up is still owed her screening.
    """
    told = BusRecords(project.folder).read()
    records, guests = latest(told), latest_of(told, name.value)
    if not told:
        return campaign, None
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
    done = np.array([examined.get(who, 0.0) for who in campaign.people.id])
    estimate = estimate_turnout(evidence, campaign.rules.turnout)
    people = replace(campaign.people, count=np.maximum(campaign.people.count - done, 0.0))
    rules = replace(campaign.rules, turnout=estimate.turnout)
    after = replace(campaign, people=people, rules=rules)
    rate = rates_of(after, turnout_by_part(evidence, estimate))
    return replace(after, people=replace(people, rate=rate)), estimate


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
