"""What has happened to a plan that runs, and the plan after it: a draft, not published yet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, ConfigDict, Field

from api.analysis.bus_plans.drive_routes import closed_drive
from api.analysis.bus_plans.learned_turnout import turnout_so_far
from api.analysis.bus_plans.plan_versions import gone_along, most_served, now_text, own_campaign
from api.bus.published_campaigns import announced_versions, others_than, published_version
from data.bus.bus_plans import BusPlans
from data.bus.bus_records import BusRecords
from data.store.project import Project
from geo.bus.campaign.campaign import Drive
from geo.bus.campaign.campaign_rules import Turnout
from geo.bus.replanning.changes import find_shared_changes
from geo.bus.replanning.events import (
    BusDown,
    DayAdded,
    Event,
    RainedOff,
    RoadClosed,
    StopCancelled,
    TurnoutChanged,
    after_events,
)
from geo.bus.replanning.following import kept_after
from geo.bus.replanning.promises import ReplanRules
from geo.bus.replanning.version import PlanVersion, announce
from geo.bus.several.beside import AnnouncedCampaign, around
from geo.bus.several.sharing import without_shared
from geo.bus.turnout.turnout import came_by_visit
from geo.errors import BadInputError
from geo.fields import About, Unit
from geo.layers.vocabulary import CampaignName
from geo.solving import Progress, StoppingCriterion, never, silent
from geo.text import Text

if TYPE_CHECKING:  # An optimiser that a page of the plan does not need.
    pass


class CancelledStop(BaseModel):
    """A stop that cannot be used."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    stop_id: str = Field(max_length=200)
    day: date | None = Field(default=None, description="From now on where not told")


class StoppedBus(BaseModel):
    """A bus that does not run."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    bus_id: str = Field(max_length=100)
    from_day: date
    until_day: date | None = Field(default=None, description="To the end where not told")


_USUAL = ReplanRules()


class ReplanRequest(BaseModel):
    """What has happened, and what a change must be worth."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    cancel: tuple[CancelledStop, ...] = Field(default=(), max_length=50)
    bus_down: tuple[StoppedBus, ...] = Field(default=(), max_length=20)
    rain: tuple[date, ...] = Field(default=(), max_length=60)
    add_days: tuple[date, ...] = Field(default=(), max_length=30, description="Make-up days")
    closed_wkt: str | None = Field(
        default=None, max_length=20_000, description="Area or line closed, WKT, EPSG:4326"
    )
    closed_name: str = Field(default="", max_length=80)
    turnout: Annotated[
        float | None,
        Field(gt=0, le=1),
        About("改用的参检率", "Turn-out reckoned with now", Unit.SHARE),
    ] = None
    campaign: Annotated[
        CampaignName | None,
        About(
            "重排哪项活动",
            "Campaign to re-plan",
            more=Text("不填则为最近发布的", "the one published last where not told"),
        ),
    ] = None
    learn: Annotated[
        bool, About("参检率按实到记录估计", "Take the turn-out from the crews' records")
    ] = False
    change_weight: Annotated[
        float,
        Field(ge=0, le=1000),
        About("改动一次停靠至少要多服务", "What a changed visit must win", Unit.WORKERS),
    ] = _USUAL.change_weight
    notice_min: Annotated[
        int,
        Field(ge=0, le=1440),
        About(
            "当天新增停靠至少提前",
            "Least notice of a new visit today",
            Unit.MINUTES,
            flag="--notice",
        ),
    ] = _USUAL.notice_min
    floors_move: Annotated[
        bool,
        About(
            "允许为区市保底改动已公告的停靠",
            "Announced visits may move for a district's floor",
        ),
    ] = _USUAL.floors_move


def draft_replan(
    project: Project,
    request: ReplanRequest,
    now: datetime,
    *,
    stop: StoppingCriterion = never,
    progress: Progress = silent,
) -> PlanVersion:
    """Re-plan what is published and store the result as a new version, not published yet."""
    from geo.bus.replanning.mending import keep_begun  # noqa: PLC0415 - an optimiser
    from geo.bus.replanning.replan import Replanned, replan  # noqa: PLC0415 - as above

    before = published_version(project, request.campaign)
    others = others_than(announced_versions(project), before.name)
    events = _events(project, before, request)
    closed, drive = _closed(project, before, request, progress)
    shared = kept_after(before.shared, events, now.date())
    own, whole = _own_events(before, events), before.campaign
    found = Replanned(campaign=before.campaign, plan=before.plan)
    if own:
        whole = around(before.campaign, [one.standing for one in others], before.standing)
        found = replan(
            without_shared(whole, before.shared),
            before.plan,
            own,
            now.replace(tzinfo=None),
            closed_drive=drive,
            came=came_by_visit(BusRecords(project.folder).read(), before.name),
            rules=ReplanRules(request.change_weight, request.notice_min, request.floors_move),
            stop=stop,
            progress=progress,
        )
    after = after_events(whole, own, today=now.date(), closed_drive=drive)
    after, _ = keep_begun(after, whole, before.plan, now.replace(tzinfo=None))
    others = gone_along(
        project, others, before, AnnouncedCampaign(before.name, after, found.plan, shared)
    )
    lost = sum(one.served for one in before.shared) - sum(one.served for one in shared)
    plans = BusPlans(project.folder)
    version = PlanVersion(
        number=plans.next_number(),
        parent=before.number,
        made=now_text(),
        events=events,
        campaign=own_campaign(after, whole.off - before.campaign.off),
        plan=found.plan,
        changes=found.changes + find_shared_changes(after, before.shared, shared, events[0].text),
        announcements=announce(after, found.plan, before.announcements, before.name, shared),
        announced=found.announced + len(before.shared),
        unchanged=found.unchanged + len(shared),
        lost=found.lost + lost,
        won_back=found.won_back,
        closed=closed,
        campaign_name=before.name.value,
        beside=tuple(one.number for one in others),
        shared=shared,
        most=most_served(after, before.name, shared, [one.standing for one in others]),
    )
    plans.write(version)
    return version


def _closed(
    project: Project, before: PlanVersion, request: ReplanRequest, progress: Progress
) -> tuple[tuple[str, ...], Drive | None]:
    """Return all closed roads, and the ways without them where one was closed now."""
    if request.closed_wkt is None:
        return before.closed, None
    closed = (*before.closed, request.closed_wkt)
    return closed, closed_drive(project, before.campaign, closed, progress)


def _own_events(before: PlanVersion, events: Sequence[Event]) -> tuple[Event, ...]:
    """Return what happened to the campaign's own buses: not the loss of visits it only shares."""
    stops = before.campaign.stops
    own = {(day.day, stops[visit.stop].id) for day, visit in before.plan.visits}
    shared = {(one.day, one.stop) for one in before.shared}

    def only_shared(event: Event) -> bool:
        if not isinstance(event, StopCancelled):
            return not before.plan.bus_days
        hit = {key for key in own | shared if key[1] == event.stop_id}
        hit = {key for key in hit if event.day in {None, key[0]}}
        return bool(hit) and not hit & own

    return tuple(event for event in events if not only_shared(event))


def _events(project: Project, before: PlanVersion, request: ReplanRequest) -> tuple[Event, ...]:
    names = {stop.id: stop.name for stop in before.campaign.stops}
    events: list[Event] = [
        StopCancelled(one.stop_id, one.day, names.get(one.stop_id, "")) for one in request.cancel
    ]
    events += [BusDown(one.bus_id, one.from_day, one.until_day) for one in request.bus_down]
    events += [RainedOff(day) for day in request.rain]
    events += [DayAdded(day) for day in request.add_days]
    if request.closed_wkt is not None:
        events.append(RoadClosed(request.closed_wkt, request.closed_name))
    if request.learn:
        estimate, _ = turnout_so_far(project, before)
        events.append(TurnoutChanged(estimate.turnout))
    if request.turnout is not None:
        old, rate = before.campaign.rules.turnout, request.turnout
        low, high = rate * old.low / old.expected, rate * old.high / old.expected
        events.append(TurnoutChanged(Turnout(rate, low, min(1.0, high))))
    if not events:
        raise BadInputError(
            Text(
                "请至少说明一件发生的事：取消停靠、车辆停驶、下雨、封路或参检率。",
                "Say at least one thing that happened: a stop, a bus, rain, a road or turn-out.",
            )
        )
    return tuple(events)
