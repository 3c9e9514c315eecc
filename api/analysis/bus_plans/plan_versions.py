"""The bus plan's life: made, re-planned as a draft, published; every version is kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, TypedDict

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from api.analysis.bus_plans.bus_ways import closed_drive, fleet_ways
from api.analysis.bus_plans.learned_turnout import campaign_turnout
from api.analysis.made_from import made_now
from api.bus.published_campaigns import (
    bus_names,
    campaign_figures,
    others_than,
    published_version,
    redrawn,
    routes_together,
    stops_together,
    versions_standing,
)
from data.bus_plans import BusPlans
from data.bus_records import BusRecords
from data.project import Project
from geo.bus.beside import Standing, around, conflicts, on_free_days, taken_by
from geo.bus.campaign import Campaign, Drive
from geo.bus.campaign_plan import CampaignPlan
from geo.bus.campaign_rules import Turnout
from geo.bus.plan_layers import bus_routes_frame, bus_stops_frame
from geo.bus.replanning.changes import BY_HAND, find_shared_changes
from geo.bus.replanning.events import (
    BusAlong,
    BusDown,
    ChangedByHand,
    DayAdded,
    Event,
    JointlyPlanned,
    RainedOff,
    RoadClosed,
    StopCancelled,
    TurnoutChanged,
    after_events,
)
from geo.bus.replanning.following import followed, kept_after
from geo.bus.replanning.version import PlanVersion, announce
from geo.bus.served import examined_share
from geo.bus.shared_visit import SharedVisit
from geo.bus.sharing import most_with_shared, without_shared
from geo.bus.sharing_check import check_shared
from geo.bus.turnout import came_by_visit
from geo.bus.visit import BusDay
from geo.errors import BadInputError
from geo.fields import About, Unit
from geo.hours import SHANGHAI
from geo.layers.vocabulary import CampaignName
from geo.solving import Progress, StoppingCriterion, never, silent
from geo.study.rules import BusRules
from geo.summary.bus_figures import (
    BusFigures,
    BusPlanningFigures,
    BusWeights,
    DistrictServed,
    StopLeftOut,
)
from geo.summary.run import RunSummary
from geo.text import Language, Text

if TYPE_CHECKING:  # An optimiser that a page of the plan does not need.
    from geo.bus.board.evaluation import Evaluated
    from geo.study.city_campaign import BusPlanned

_DRAWING = Text("绘制行车路线", "Drawing routes")


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
    ] = 5.0
    notice_min: Annotated[
        int,
        Field(ge=0, le=1440),
        About(
            "当天新增停靠至少提前",
            "Least notice of a new visit today",
            Unit.MINUTES,
            flag="--notice",
        ),
    ] = 60
    floors_move: Annotated[
        bool,
        About(
            "允许为区市保底改动已公告的停靠",
            "Announced visits may move for a district's floor",
        ),
    ] = False


def keep_plan(
    project: Project,
    campaign: Campaign,
    plan: CampaignPlan,
    name: CampaignName = CampaignName.CHECKUP,
    shared: Sequence[SharedVisit] = (),
) -> PlanVersion:
    """Store a plan made from scratch as the next version, and return it.

    It takes the place of the same campaign's plan; the other campaigns stand beside it, and those
    held at its visits go along with it.
    """
    plans, standing = BusPlans(project.folder), versions_standing(project)
    before = next((one for one in standing if one.name == name), None)
    told = () if before is None else before.announcements
    now = Standing(name, campaign, plan, tuple(shared))
    others = gone_along(project, others_than(standing, name), before, now)
    version = PlanVersion(
        number=plans.next_number(),
        parent=None,
        made=now_text(),
        events=(),
        campaign=_own(campaign, others),
        plan=plan,
        changes=(),
        announcements=announce(campaign, plan, told, name, shared),
        campaign_name=name.value,
        beside=tuple(one.number for one in others),
        shared=tuple(shared),
        most=_most(campaign, name, shared, [one.standing for one in others]),
    )
    plans.write(version)
    return version


def gone_along(
    project: Project,
    others: Sequence[PlanVersion],
    before: PlanVersion | None,
    now: Standing,
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
    before: Standing,
    now: Standing,
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
        most=_most(guest.campaign, guest.name, shared, hosts),
    )
    plans.write(version)
    return version


def _most(
    campaign: Campaign,
    name: CampaignName,
    shared: Sequence[SharedVisit],
    hosts: Sequence[Standing],
) -> float | None:
    """Return what no plan serves more than where visits are shared; else the plan knows it."""
    if not shared:
        return None
    return most_with_shared(on_free_days(campaign, hosts), name, hosts)


def _own(campaign: Campaign, others: Sequence[PlanVersion]) -> Campaign:
    """Return `campaign` without the bus-days that are off only because others have them."""
    taken = frozenset(taken_by(one.standing for one in others))
    return replace(campaign, off=campaign.off - taken)


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
    from geo.bus.replanning.promises import ReplanRules  # noqa: PLC0415 - as above
    from geo.bus.replanning.replan import Replanned, replan  # noqa: PLC0415 - as above

    before = published_version(project, request.campaign)
    others = others_than(versions_standing(project), before.name)
    events = _events(project, before, request)
    closed, drive = _closed(project, before, request, progress)
    shared = kept_after(before.shared, events, now.date())
    own, whole = _own_events(before, events), before.campaign
    found = Replanned(before.campaign, before.plan, (), 0, 0, 0.0, 0.0)
    if own:
        whole = around(before.campaign, [one.standing for one in others])
        found = replan(
            without_shared(whole, before.shared),
            before.plan,
            own,
            now.replace(tzinfo=None),
            closed_drive=drive,
            came=came_by_visit(BusRecords(project.folder).read()),
            rules=ReplanRules(request.change_weight, request.notice_min, request.floors_move),
            stop=stop,
            progress=progress,
        )
    after = after_events(whole, own, today=now.date(), closed_drive=drive)
    after, _ = keep_begun(after, whole, before.plan, now.replace(tzinfo=None))
    others = gone_along(project, others, before, Standing(before.name, after, found.plan, shared))
    lost = sum(one.served for one in before.shared) - sum(one.served for one in shared)
    plans = BusPlans(project.folder)
    version = PlanVersion(
        number=plans.next_number(),
        parent=before.number,
        made=now_text(),
        events=events,
        campaign=_own(after, others),
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
        most=_most(after, before.name, shared, [one.standing for one in others]),
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
    now = Standing(before.name, before.campaign, found.plan, shared)
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
        most=_most(before.campaign, before.name, shared, [one.standing for one in others]),
    )
    plans.write(version)
    return version


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
        records = BusRecords(project.folder).read()
        estimate = campaign_turnout(before.campaign, before.plan, records)
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


def publish_version(
    project: Project,
    number: int,
    *,
    language: Language = Language.ZH,
    progress: Progress = silent,
) -> RunSummary:
    """Make a drafted version what everybody sees, all at once; return the summary.

    Raises
    ------
    BadInputError
        If another version was published since this one was drafted.
    """
    from api.analysis.results import publish, stored_results  # noqa: PLC0415 - all pages and sheets

    plans = BusPlans(project.folder)
    version, standing = plans.read(number), versions_standing(project)
    stands = {one.number for one in standing}
    others = tuple(plans.read(one) for one in version.beside)
    if stands != {version.parent, *(_stood(one, stands) for one in others)} - {None}:
        now = "、".join(str(one.number) for one in standing)
        raise BadInputError(
            Text(
                f"第 {number} 版是按第 {version.parent} 版重排的，而现行已是第 {now} 版；请重新重排。",
                f"Version {number} was re-planned from {version.parent}, and {now} is published "
                "now; re-plan again.",
            )
        )
    _refuse_conflicts([version, *others])
    results, summary = stored_results(project)
    drawn_before = results.get("bus_routes")
    before = project.empty("bus_routes") if drawn_before is None else drawn_before
    routes = _routes(project, version, before, progress)
    drawn = [_routes(project, one, before, progress) for one in others if one.number not in stands]
    stops = bus_stops_frame(version.campaign, version.plan, version.name, version.shared)
    results |= {
        "bus_stops": stops_together(stops, others),
        "bus_routes": routes_together(routes, redrawn(before, drawn), others),
    }
    if any(isinstance(event, JointlyPlanned) for event in version.events):
        summary = made_now(project, summary, _rules_of(version))
    return publish(
        project,
        results,
        _republished(summary, version, routes, others),
        language=language,
        progress=progress,
    )


def _stood(version: PlanVersion, standing: Collection[int]) -> int | None:
    """Return the version that stands and that `version` is, or goes along from."""
    return version.number if version.number in standing else version.parent


def _refuse_conflicts(versions: Sequence[PlanVersion]) -> None:
    """Never publish plans that need the same bus on the same day, or share what is not there."""
    standing = [one.standing for one in versions]
    found = [
        *conflicts(standing),
        *(
            text
            for one in standing
            for text in check_shared(one.campaign, one.name, one.shared, standing)
        ),
    ]
    if found:
        raise BadInputError(
            Text("；".join(one.zh for one in found[:5]), "; ".join(one.en for one in found[:5]))
        )


def _republished(
    summary: RunSummary,
    version: PlanVersion,
    routes: gpd.GeoDataFrame,
    others: Sequence[PlanVersion],
) -> RunSummary:
    """Return the figures with those of `version`, which keeps the rules of the plan before."""
    campaign, plan = version.campaign, version.plan
    events = tuple(event.text.zh for event in version.events)
    figures = _plan_figures(campaign, plan, routes, version.shared)
    figures["upper_bound"] = version.upper_bound
    figures["gap"] = _gap(version.served, version.upper_bound)
    figures["names"] = bus_names([version, *others])
    bus = BusFigures(
        **figures,
        campaign=version.name,
        version=version.number,
        events=events,
        beside=campaign_figures(others),
        learned=None if summary.bus is None else summary.bus.learned,
        calendar_note=None if summary.bus is None else summary.bus.calendar_note,
    )
    return summary.but(bus=bus, bus_planning=planning_figures(campaign, plan))


def _rules_of(version: PlanVersion) -> BusRules:
    """Return the rules a version was planned by, as far as its campaign tells them."""
    campaign, rules = version.campaign, version.campaign.rules
    return BusRules(
        campaign=version.name,
        buses=len(campaign.buses),
        days=len(campaign.days),
        first_day=campaign.days[0],
        district_floor=rules.district_floor,
        km_weight=rules.km_weight,
        quota=rules.quota,
        turnout=rules.turnout,
    )


def _routes(
    project: Project, version: PlanVersion, before: gpd.GeoDataFrame, progress: Progress
) -> gpd.GeoDataFrame:
    """Return all routes; those of bus-days with the same stops in order are not drawn again."""
    progress(_DRAWING, 0.0)
    old = BusPlans(project.folder).read(version.parent) if version.parent else None
    same = set() if old is None else _ways_of(old) & _ways_of(version)
    if old is not None and old.closed != version.closed:
        same = {way for way in same if way[1].isoformat() < version.made[:10]}
    way = fleet_ways(project, version.closed)
    drawn = bus_routes_frame(version.campaign, version.plan, version.name)
    ways = bus_routes_frame(version.campaign, _only(version, same), version.name, way=way)
    known = {
        (str(row.bus_id), str(row.day)): row.geometry
        for row in pd.concat([before, ways]).itertuples()
    }
    shapes = [
        known.get((str(row.bus_id), str(row.day)), row.geometry) for row in drawn.itertuples()
    ]
    progress(_DRAWING, 1.0)
    return drawn.set_geometry(gpd.GeoSeries(shapes, index=drawn.index, crs=drawn.crs))


_Way = tuple[str, date, tuple[str, ...]]
"""Bus, day and stops in order, by their ids."""


def _ways_of(version: PlanVersion) -> set[_Way]:
    return {_way_of(version.campaign, one) for one in version.plan.bus_days}


def _way_of(campaign: Campaign, one: BusDay) -> _Way:
    stops = tuple(campaign.stops[visit.stop].id for visit in one.visits)
    return campaign.buses[one.bus].id, one.day, stops


def _only(version: PlanVersion, same: set[_Way]) -> CampaignPlan:
    changed = tuple(
        one for one in version.plan.bus_days if _way_of(version.campaign, one) not in same
    )
    return replace(version.plan, bus_days=changed)


def bus_figures(
    planned: BusPlanned, rules: BusRules, number: int, others: Sequence[PlanVersion] = ()
) -> BusFigures:
    """Return what ``summary.json`` announces of a plan made from scratch, version `number`."""
    note, learned = planned.calendar_note, planned.learned
    figures = _plan_figures(planned.campaign, planned.plan, planned.routes, planned.shared)
    figures["upper_bound"] = planned.most
    figures["gap"] = _gap(planned.served, planned.most)
    figures["names"] |= {
        bus: name for bus, name in bus_names(others).items() if bus not in figures["names"]
    }
    return BusFigures(
        campaign=rules.campaign,
        version=number,
        events=(),
        learned=learned.zh if learned else None,
        calendar_note=note.zh if note else None,
        beside=campaign_figures(others),
        **figures,
    )


class _PlanFigures(TypedDict):
    workers_served: float
    served_range: tuple[float, float]
    upper_bound: float
    gap: float
    km: float
    visits: int
    shared: int
    names: dict[str, str]
    days: tuple[date, ...]
    rush_hours: dict[str, float]
    by_district: tuple[DistrictServed, ...]


def _gap(served: float, most: float) -> float:
    return max(0.0, (most - served) / most) if most > 0 else 0.0


def _plan_figures(
    campaign: Campaign,
    plan: CampaignPlan,
    routes: gpd.GeoDataFrame,
    shared: Sequence[SharedVisit] = (),
) -> _PlanFigures:
    """Return what a plan made from scratch and one re-planned both say."""
    (low, high), turnout = plan.served_range, campaign.rules.turnout
    joined = sum(one.served for one in shared)
    at: dict[str, float] = defaultdict(float)
    for one in shared:
        for who, amount in zip(one.people, one.amount, strict=True):
            at[campaign.people.district[who]] += amount
    days = {one.day for one in plan.bus_days} | {one.day for one in shared}
    return _PlanFigures(
        workers_served=plan.workers_served + joined,
        served_range=(
            low + joined * turnout.low / turnout.expected,
            high + joined * turnout.high / turnout.expected,
        ),
        upper_bound=plan.upper_bound,
        gap=plan.gap,
        km=float(routes["distance_m"].sum()) / 1000,
        visits=len(plan.visits) + len(shared),
        shared=len(shared),
        names={bus.id: bus.name for bus in campaign.buses},
        days=tuple(sorted(days)),
        rush_hours={rush.span: rush.factor for rush in campaign.rules.traffic.rushes},
        by_district=tuple(
            DistrictServed(
                district=row.district,
                expected=row.expected + at[row.district],
                floor=row.floor,
                served=row.served + at[row.district],
            )
            for row in plan.districts
        ),
    )


def planning_figures(campaign: Campaign, plan: CampaignPlan) -> BusPlanningFigures:
    """Return what only planners weigh of a plan."""
    rules = campaign.rules
    return BusPlanningFigures(
        fairness_price=plan.fairness_price,
        fairness_most=plan.fairness_most,
        unreachable=_left_out(campaign, plan),
        weights=BusWeights(workers=1.0, district_floor=rules.district_floor, km=rules.km_weight),
        quota=rules.quota,
    )


def _left_out(campaign: Campaign, plan: CampaignPlan) -> tuple[StopLeftOut, ...]:
    return tuple(
        StopLeftOut(stop=campaign.stops[one.stop].id, reason=one.reason.zh, reason_en=one.reason.en)
        for one in plan.unreachable
    )


def served_now(
    project: Project, summary: RunSummary, workers: gpd.GeoDataFrame
) -> NDArray[np.float64] | None:
    """Return :func:`served_share` of the version that `summary` publishes; None for none."""
    number = summary.bus_version
    return served_share(BusPlans(project.folder).read(number), workers) if number else None


def served_share(version: PlanVersion, workers: gpd.GeoDataFrame) -> NDArray[np.float64]:
    """Return (c,) :func:`examined_share` of each row of `workers`, 0 for those it did not know."""
    done = examined_share(version.campaign, version.plan.servings, version.shared).tolist()
    share = dict(zip(version.campaign.people.id, done, strict=True))
    return np.array([share.get(one, 0.0) for one in workers["id"].astype(str)], dtype=np.float64)


def now_text() -> str:
    """Return the second it is (ISO 8601, Asia/Shanghai), as versions are stamped."""
    return datetime.now(SHANGHAI).isoformat(timespec="seconds")
