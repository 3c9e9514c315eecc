"""What of a campaign is still to come: its days, people and promises from a moment on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import numpy as np

from geo.bus.campaign.campaign import Campaign
from geo.bus.planned.campaign_plan import CampaignPlan
from geo.bus.planned.served import Servings, examined, served_by_district
from geo.bus.planned.visit import BusDay, VisitKey
from geo.bus.solver.roster import Slot
from geo.errors import BadInputError
from geo.text import Text

_NEXT_TO_NOTHING = 1e-6
"""People: a quota has to stay above zero."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Remainder:
    """The part of a campaign from one day on.

    Attributes
    ----------
    campaign : Campaign
        With the days left, without the people already examined and the stops visited too lately.
    bus_days : tuple[BusDay, ...]
        What was announced for these days.
    servings : Servings
        Who is served at their visits.
    begun : Mapping[Slot, int]
        Visits of today that have begun, by bus-day.
    floors : Mapping[str, float]
        What each district is still owed.
    past : tuple[BusDay, ...]
        The days before, as they were planned.
    past_servings : Servings
        Who was served there, as recorded where it was.
    """

    campaign: Campaign
    bus_days: tuple[BusDay, ...]
    servings: Servings
    begun: Mapping[Slot, int]
    floors: Mapping[str, float]
    past: tuple[BusDay, ...]
    past_servings: Servings


def cut(
    campaign: Campaign,
    plan: CampaignPlan,
    now: datetime,
    came: Mapping[VisitKey, float] | None = None,
) -> Remainder:
    """Return what of `plan` is still to come at `now`.

    Parameters
    ----------
    campaign : Campaign
        As it is now (what has happened is already in it).
    plan : CampaignPlan
        The plan announced.
    now : datetime
        Asia/Shanghai. Days before it are over; a visit of today has begun once the bus arrived.
    came : Mapping[VisitKey, float] | None
        People examined at visits of days that are over, where recorded; else those planned.

    Raises
    ------
    BadInputError
        If no day of the campaign is left.
    """
    today = now.date()
    days = tuple(day for day in campaign.days if day >= today)
    if not days:
        raise BadInputError(
            Text("活动已全部结束，没有可重排的日子。", "The campaign is over; no day is left.")
        )
    is_past = [bus_day.day < today for bus_day in plan.bus_days]
    past = tuple(one for one, over in zip(plan.bus_days, is_past, strict=True) if over)
    coming = tuple(one for one, over in zip(plan.bus_days, is_past, strict=True) if not over)
    n_past = sum(len(bus_day.visits) for bus_day in past)
    past_servings = _recorded(campaign, past, _part(plan.servings, 0, n_past), came or {})
    minute = now.hour * 60 + now.minute
    begun = {
        (one.bus, one.day): sum(visit.arrive_min <= minute for visit in one.visits)
        for one in coming
        if one.day == today
    }
    return Remainder(
        campaign=left_after(campaign, days, past, past_servings),
        bus_days=coming,
        servings=_part(plan.servings, n_past, len(plan.visits)),
        begun=begun,
        floors=_floors(campaign, plan, past_servings),
        past=past,
        past_servings=past_servings,
    )


def _part(servings: Servings, first: int, end: int) -> Servings:
    """Return the servings of visits `first` to `end`, numbered from 0."""
    rows = (servings.visit >= first) & (servings.visit < end)
    part = servings.where(rows)
    return replace(part, visit=(part.visit - first).astype(np.int32))


def _recorded(
    campaign: Campaign,
    past: Sequence[BusDay],
    servings: Servings,
    came: Mapping[VisitKey, float],
) -> Servings:
    """Return `servings` with each visit scaled to the people who came, where that is recorded."""
    visits = [(bus_day, visit) for bus_day in past for visit in bus_day.visits]
    planned = servings.per_visit(len(visits))
    scale = np.ones(len(visits))
    for number, (bus_day, visit) in enumerate(visits):
        key = (campaign.buses[bus_day.bus].id, bus_day.day, campaign.stops[visit.stop].id)
        if key in came and planned[number] > 0:
            scale[number] = came[key] / planned[number]
    return Servings(servings.visit, servings.people, servings.amount * scale[servings.visit])


def left_after(
    campaign: Campaign, days: tuple[date, ...], past: Sequence[BusDay], servings: Servings
) -> Campaign:
    """Return `campaign` on `days`, without those served at `past` visits and stops seen too lately."""
    # Whoever is examined stands for those who were asked with them and did not come.
    asked = np.divide(
        examined(campaign, servings) * campaign.people.count,
        campaign.expected,
        out=np.zeros_like(campaign.people.count),
        where=campaign.expected > 0,
    )
    count = np.maximum(campaign.people.count - asked, 0.0)
    rules = campaign.rules
    if rules.quota is not None:
        quota = max(rules.quota - float(servings.amount.sum()), _NEXT_TO_NOTHING)
        rules = replace(rules, quota=quota)
    lately: dict[int, set[date]] = {}
    for bus_day in past:
        for visit in bus_day.visits:
            until = bus_day.day + timedelta(days=rules.days_between_visits)
            lately.setdefault(visit.stop, set()).update(day for day in days if day < until)
    stops = tuple(
        replace(stop, banned_days=stop.banned_days | lately[number]) if number in lately else stop
        for number, stop in enumerate(campaign.stops)
    )
    people = replace(campaign.people, count=count)
    off = frozenset((bus, day) for bus, day in campaign.off if day in days)
    return replace(campaign, days=days, people=people, stops=stops, rules=rules, off=off)


def _floors(campaign: Campaign, plan: CampaignPlan, servings: Servings) -> dict[str, float]:
    done = served_by_district(campaign, servings)
    return {
        row.district: max(0.0, row.floor - done.get(row.district, 0.0)) for row in plan.districts
    }
