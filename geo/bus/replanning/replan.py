"""Re-planning a campaign that is under way, in seconds, with the announced plan held still.

What has been run stays. What is announced moves only as :mod:`geo.bus.replanning.promises` says.
Three steps:

1. *Mend*: visits that can no longer be made are dropped, as few as possible.
2. *Fill*: new visits are put between the promised ones of the bus-days that lost any, by beam
   search (:mod:`geo.bus.replanning.insertion`). Each promised visit of those days, and all of them
   together, are also taken out to see whether a change pays for itself.
3. *Spare*: bus-days that lost nothing but have room get more visits; none of theirs moves, unless
   the planner lets districts' floors move what is announced.

People promised a place keep it; the places won are given to who is left by the same linear
programme that serves people in a first plan. Every result is checked by :mod:`geo.bus.check`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import numpy as np

from geo.bus.campaign.campaign import Campaign, Drive
from geo.bus.check import check_plan
from geo.bus.planned.campaign_plan import CampaignPlan
from geo.bus.planned.served import Servings, served_by_district
from geo.bus.planned.visit import Visit, VisitKey
from geo.bus.replanning.changes import VisitChange, find_changes
from geo.bus.replanning.events import BusDown, Event, RainedOff, StopCancelled, after_events
from geo.bus.replanning.mending import keep_begun, mend, what_stands
from geo.bus.replanning.promised_day import DriveMinutes
from geo.bus.replanning.promises import ReplanRules
from geo.bus.replanning.rebuilding import Rebuilt
from geo.bus.replanning.recovery import (
    SPARING,
    filled,
    floors_kept,
    open_slots,
    touched_slots,
)
from geo.bus.replanning.remainder import Remainder, cut
from geo.bus.solver.roster import Slot
from geo.errors import BadInputError, YizhanError
from geo.solving import Progress, StoppingCriterion, never, silent
from geo.text import MOST_LISTED, Text

_MENDING = Text("找出不能再走的停靠", "Finding the visits that cannot stay")
_FILLING = Text("补排空出的时间", "Filling the time that is free")
_SPARE = Text("看其他车次有无余力", "Looking for room elsewhere")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Replanned:
    """A campaign after events, its new plan, and what that asks of people.

    Attributes
    ----------
    campaign, plan
        What holds from now on; days that are over are as they were.
    changes : tuple[VisitChange, ...]
        The exact difference to the plan before.
    announced, unchanged : int
        Visits announced and not begun; those of them that keep stop, day and exam time.
    lost, won_back : float
        People of visits that could not stay; how many of them, net, the new plan makes good.
    """

    campaign: Campaign
    plan: CampaignPlan
    changes: tuple[VisitChange, ...] = ()
    announced: int = 0
    unchanged: int = 0
    lost: float = 0.0
    won_back: float = 0.0


def replan(
    campaign: Campaign,
    plan: CampaignPlan,
    events: Sequence[Event],
    now: datetime,
    *,
    closed_drive: Drive | None = None,
    came: Mapping[VisitKey, float] | None = None,
    rules: ReplanRules | None = None,
    stop: StoppingCriterion = never,
    progress: Progress = silent,
) -> Replanned:
    """Return the plan that follows `plan` once `events` have happened.

    Parameters
    ----------
    campaign, plan
        As announced.
    events : Sequence[Event]
        What has happened.
    now : datetime
        Asia/Shanghai; what has begun by then is left as it is.
    closed_drive : Drive | None
        Drives without closed streets, when an event closes some.
    came : Mapping[VisitKey, float] | None
        People examined at visits that are over, where recorded.
    rules : ReplanRules | None
        The planner's weights; None for the usual ones.
    stop, progress
        As for :func:`geo.bus.plan.plan_campaign`.

    Raises
    ------
    BadInputError, MissingError
        If an event names what is over or not there.
    YizhanError
        If the result breaks a rule (a defect: nothing is handed out).
    """
    rules = rules or ReplanRules()
    progress(_MENDING, 0.0)
    _check_events(campaign, plan, events, now)
    after = after_events(campaign, events, today=now.date(), closed_drive=closed_drive)
    after, shut = keep_begun(after, campaign, plan, now)
    rest = cut(after, plan, now, came)
    ground = DriveMinutes.of(rest.campaign)
    standings, dropped = mend(rest, ground, shut, now)
    start = what_stands(rest, ground, standings, campaign, rules.change_weight).with_everybody()
    progress(_FILLING, 0.2)
    touched = touched_slots(start, dropped, events, shut)
    found = filled(start, touched, now, rules, stop, loosen=True)
    progress(_SPARE, 0.7)
    others = [slot for slot in open_slots(rest, shut) if slot not in touched]
    found = filled(found, others, now, rules, stop, beam=SPARING)
    found = floors_kept(found, others, now, rules, stop)
    _refuse_broken(rest, found)
    new = report(campaign, plan, rest, found, is_recorded=bool(came))
    progress(_FILLING, 1.0)
    return _told(after, plan, new, rest, dropped, events)


def _check_events(
    campaign: Campaign, plan: CampaignPlan, events: Sequence[Event], now: datetime
) -> None:
    """Refuse to cancel a visit that is not planned or has begun."""
    minute = now.hour * 60 + now.minute
    for event in events:
        if not isinstance(event, StopCancelled):
            continue
        visits = [
            (bus_day.day, visit.arrive_min)
            for bus_day, visit in plan.visits
            if campaign.stops[visit.stop].id == event.stop_id and event.day in {None, bus_day.day}
        ]
        if not any(visit > (now.date(), minute) for visit in visits):
            raise BadInputError(
                Text(
                    f"停靠点 {event.stop_id} 在该日没有尚未开始的停靠，无需取消。",
                    f"Stop {event.stop_id} has no visit then that has not begun; nothing to cancel.",
                )
            )


def report(
    campaign: Campaign,
    plan: CampaignPlan,
    rest: Remainder,
    found: Rebuilt,
    *,
    is_recorded: bool,
    ranged: bool = True,
) -> CampaignPlan:
    """Return the whole plan: the days that are over, and the new ones.

    Who is served at the low and the high turn-out is worked out where it is asked for (`ranged`);
    that takes as long as all the rest. If not, it is not a number.
    """
    n_past = sum(len(bus_day.visits) for bus_day in rest.past)
    coming = found.servings()
    servings = Servings(
        np.concatenate([rest.past_servings.visit, coming.visit + n_past]).astype(np.int32),
        np.concatenate([rest.past_servings.people, coming.people]),
        np.concatenate([rest.past_servings.amount, coming.amount]),
    )
    total = float(servings.amount.sum())
    done = float(rest.past_servings.amount.sum())
    turnout, before = rest.campaign.rules.turnout, campaign.rules.turnout
    grown = max(1.0, turnout.expected / before.expected)
    served = served_by_district(campaign, servings)
    return CampaignPlan(
        bus_days=(*rest.past, *found.settled),
        servings=servings,
        workers_served=total,
        served_range=_range(found, done) if ranged else (np.nan, np.nan),
        upper_bound=max(
            total, _bound(plan, rest, campaign.days, done, grown, is_recorded=is_recorded)
        ),
        districts=tuple(
            replace(
                row,
                expected=row.expected * turnout.expected / before.expected,
                served=served.get(row.district, 0.0),
            )
            for row in plan.districts
        ),
        fairness_price=plan.fairness_price,
        unreachable=plan.unreachable,
        statistics=plan.statistics,
        fairness_most=plan.fairness_most,
    )


def _bound(
    plan: CampaignPlan,
    rest: Remainder,
    days: Collection[date],
    done: float,
    grown: float,
    *,
    is_recorded: bool,
) -> float:
    """Return what no plan can serve more than.

    The bound of the plan before holds on: events only take away, and `grown` times as many people
    who come are served by no more than `grown` times as many (the scaled-down plan was possible
    before). Days added serve what they can examine at most. What all bus-days still to come can
    examine bounds them too.
    """
    capacity = sum(bus.exams_per_day for bus, _ in rest.campaign.bus_days())
    more = sum(bus.exams_per_day for bus, day in rest.campaign.bus_days() if day not in days)
    before = plan.upper_bound * grown + more
    return done + min(before, capacity) if is_recorded else min(before, done + capacity)


def _range(found: Rebuilt, done: float) -> tuple[float, float]:
    """Return the people served at the low and the high turn-out, at these visits."""
    rest = found.scene.rest
    turnout = rest.campaign.rules.turnout
    served = [found.at_turnout(rate / turnout.expected) for rate in (turnout.low, turnout.high)]
    return done + served[0], done + served[1]


def _refuse_broken(rest: Remainder, found: Rebuilt) -> None:
    """Never hand out days that break a rule, whatever the search believed."""
    broken = check_plan(rest.campaign, found.as_plan(), must=False)
    if broken:
        raise YizhanError(
            Text(
                "重排未通过独立检查，已弃用："
                + "；".join(text.zh for text in broken[:MOST_LISTED]),
                "The re-plan failed the check: "
                + "; ".join(text.en for text in broken[:MOST_LISTED]),
            )
        )


def _told(
    after: Campaign,
    plan: CampaignPlan,
    new: CampaignPlan,
    rest: Remainder,
    dropped: Sequence[tuple[Slot, Visit]],
    events: Sequence[Event],
) -> Replanned:
    lost = sum(visit.served for _, visit in dropped)
    why = {visit.stop: _cause(after, events, slot, visit) for slot, visit in dropped}
    cause = _joined(events)
    other = Text(f"{cause.zh}，为补回人数", f"{cause.en}: to win people back")
    changes = find_changes(after, plan, new, why, other)
    announced = sum(len(one.visits) for one in rest.bus_days) - sum(rest.begun.values())
    gone = sum(change.kind in {"cancelled", "moved"} for change in changes)
    won_back = new.workers_served - (plan.workers_served - lost)
    return Replanned(
        campaign=after,
        plan=new,
        changes=changes,
        announced=announced,
        unchanged=announced - gone,
        lost=lost,
        won_back=won_back,
    )


def _cause(after: Campaign, events: Sequence[Event], slot: Slot, visit: Visit) -> Text:
    """Return which of the events took `visit` away; where none did, that its day no longer works."""
    bus, stop = after.buses[slot[0]].id, after.stops[visit.stop].id
    for event in events:
        match event:
            case StopCancelled(stop_id=cancelled) if cancelled == stop:
                return event.text
            case BusDown(bus_id=down, from_day=first) if down == bus and first <= slot[1]:
                return event.text
            case RainedOff(day=day) if day == slot[1]:
                return event.text
    cause = _joined(events)
    return Text(f"{cause.zh}，当天已排不开", f"{cause.en}: it no longer fits that day")


def _joined(events: Sequence[Event]) -> Text:
    return Text(
        "；".join(event.text.zh for event in events), "; ".join(event.text.en for event in events)
    )
