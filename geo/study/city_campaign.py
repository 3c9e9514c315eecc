"""The bus campaign of a city: reach on foot, drives on real streets, plan, layers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.bus.campaign.campaign import Campaign, Drive
from geo.bus.campaign.campaign_rules import KINDS, CampaignRules
from geo.bus.campaign.fleet import Bus
from geo.bus.campaign.prepare import make_campaign, usual_buses
from geo.bus.campaign.traffic import traffic_of
from geo.bus.check import check_plan
from geo.bus.plan import nothing_driven, plan_campaign
from geo.bus.planned.campaign_plan import CampaignPlan
from geo.bus.planned.plan_layers import DriveRoutes, bus_routes_frame, bus_stops_frame
from geo.bus.planned.served import examined_share
from geo.bus.planned.shared_visit import SharedVisit
from geo.bus.replanning.kept_days import NOTHING_KEPT, KeptDays
from geo.bus.several.beside import (
    AnnouncedCampaign,
    around,
    days_with_room,
    in_free_hours,
    none_left,
)
from geo.bus.several.sharing import may_share, most_with_shared, share_visits, without_shared
from geo.bus.several.sharing_check import check_shared
from geo.bus.turnout.turnout import TurnoutEstimate
from geo.demand.points import make_demand
from geo.errors import CalendarError, InfeasibleError, YizhanError
from geo.holidays import SATURDAY, working_days
from geo.hours import SHANGHAI
from geo.layers.vocabulary import CampaignName
from geo.network.street_network import StreetNetwork
from geo.reach.catchments import catchments
from geo.reach.matrix import matrix
from geo.solving import AfterComputing, Progress, StoppingCriterion, silent
from geo.study.rules import BusRules
from geo.study.siting_ground import snapped
from geo.text import MOST_LISTED, Text

_STEPS = (Text("停靠点可达职工", "Workers near stops"), Text("绘制行车路线", "Drawing routes"))


@dataclass(frozen=True, kw_only=True)
class BusGround:
    """Where buses may stand and start, whom they serve, and the streets to both.

    Attributes
    ----------
    stops, depots, workers : GeoDataFrame
        The layers of those names (EPSG:4326).
    weights : GeoDataFrame | None
        What areas of workers are spread by instead of street length.
    walk, drive : StreetNetwork
        Streets on foot, and for the largest bus.
    """

    stops: gpd.GeoDataFrame
    depots: gpd.GeoDataFrame
    workers: gpd.GeoDataFrame
    weights: gpd.GeoDataFrame | None
    walk: StreetNetwork
    drive: StreetNetwork


@dataclass(frozen=True, repr=False, kw_only=True)
class BusPlanned:
    """A campaign, its plan, and the layers people look at.

    Attributes
    ----------
    campaign, plan
        As :mod:`geo.bus` has them.
    shared : tuple[SharedVisit, ...]
        Visits of campaigns that stand at which this one is held too.
    most : float
        No plan under these rules serves more, shared visits among them.
    stops, routes : GeoDataFrame
        BUS_STOPS and BUS_ROUTES columns.
    served_share : (c,) float64
        Part of each concentration's people examined, see :func:`examined_share`.
    calendar_note : Text | None
        What to know about the days, when holidays are not announced yet.
    learned : Text | None
        What crews' records say of the turn-out; None before the first.
    """

    campaign: Campaign
    plan: CampaignPlan
    shared: tuple[SharedVisit, ...]
    most: float
    stops: gpd.GeoDataFrame
    routes: gpd.GeoDataFrame
    served_share: NDArray[np.float64]
    calendar_note: Text | None
    learned: Text | None

    def to_frame(self) -> gpd.GeoDataFrame:
        """Return the visits in the order they are driven (BUS_STOPS columns, EPSG:4326)."""
        return self.stops

    def table(self) -> pd.DataFrame:
        """Return one row a bus and day (BUS_ROUTES columns without the line)."""
        return pd.DataFrame(self.routes.drop(columns="geometry"))

    def __repr__(self) -> str:
        """Say the figures in one line."""
        return (
            f"<campaign: {len(self.stops)} visits, {self.served:,.0f} people examined, "
            f"no plan more than {self.most:,.0f}>"
        )

    @property
    def served(self) -> float:
        """People expected, those of shared visits among them."""
        return self.plan.workers_served + sum(one.served for one in self.shared)


Learn = Callable[[Campaign], tuple[Campaign, TurnoutEstimate | None]]
"""Takes out of a campaign whom crews have examined already, and tells the turn-out they met."""
Keep = Callable[[Campaign], KeptDays]
"""Tells what is announced of a campaign until its first day, which stands though it is planned anew."""


def plan_bus(
    ground: BusGround,
    rules: BusRules,
    *,
    learn: Learn | None = None,
    keep: Keep | None = None,
    standing: Sequence[AnnouncedCampaign] = (),
    seed: int = 0,
    progress: Progress = silent,
) -> BusPlanned:
    """Plan the campaign and check it with the checker that knows nothing of the solver.

    Campaigns that are `standing` keep their buses and days. Where no first day is told, the days
    are the next working days on which a bus is free, or, where visits may be shared, the next ones.
    What is announced of the campaign until then stands as far as `keep` tells.
    """
    # Who may come along with others need not wait for a free bus.
    waiting = [] if _comes_along(rules, standing) else standing
    days, note = campaign_days(rules.first_day, rules.days, fleet_of(rules, ground.depots), waiting)
    campaign = campaign_on(ground, rules, days, reached_on(ground, rules.stop_reach_m, progress))
    whole, estimate = (campaign, None) if learn is None else learn(campaign)
    kept = NOTHING_KEPT if keep is None else keep(whole)
    campaign = kept.left(whole)
    shared = share_visits(campaign, rules.campaign, standing)
    campaign = (in_free_hours if shared else around)(campaign, standing)
    own = without_shared(campaign, shared)
    plan = _own_plan(
        own, AfterComputing(rules.time_limit_s), seed, progress, is_shared=bool(shared)
    )
    if plan is None:
        raise none_left(own, standing)
    refuse_broken(check_plan(own, plan) + check_shared(campaign, rules.campaign, shared, standing))
    campaign, plan = kept.joined(whole, campaign, plan)
    shared = (*kept.shared, *shared)
    progress(_STEPS[1], 0.0)
    routes = bus_routes_frame(campaign, plan, rules.campaign, way=DriveRoutes(ground.drive))
    progress(_STEPS[1], 1.0)
    return BusPlanned(
        campaign=campaign,
        plan=plan,
        shared=shared,
        most=_most(campaign, plan, rules.campaign, shared, standing),
        stops=bus_stops_frame(campaign, plan, rules.campaign, shared),
        routes=routes,
        served_share=examined_share(campaign, plan.servings, shared),
        calendar_note=note,
        learned=None if estimate is None else estimate.text,
    )


def _own_plan(
    own: Campaign,
    stop: StoppingCriterion,
    seed: int,
    progress: Progress,
    *,
    is_shared: bool,
) -> CampaignPlan | None:
    """Return the plan of a campaign's own buses; None where others leave it no time for a visit.

    A campaign that is held at visits of others need not send out a bus of its own.
    """
    bus_days = list(own.bus_days())
    if not bus_days:
        return nothing_driven(own)
    try:
        return plan_campaign(own, seed=seed, stop=stop, progress=progress)
    except InfeasibleError:
        if not all(own.held_of(bus.id, day) for bus, day in bus_days):
            raise
    return nothing_driven(own) if is_shared else None


@dataclass(frozen=True, eq=False)
class Reached:
    """What the streets say of a campaign's places.

    Attributes
    ----------
    pairs : tuple of (q,) int32
        Stop, concentration within walking reach of it.
    drives : Drive
        Between stops and depots.
    """

    pairs: tuple[NDArray[np.int32], NDArray[np.int32]]
    drives: Drive


def reached_on(ground: BusGround, reach_m: float, progress: Progress = silent) -> Reached:
    """Look up walks of at most `reach_m` and all drives on the streets."""
    # Drives first: on a new machine a coverage beside this compiles what reach on foot needs.
    drives = _drives(ground.drive, ground.stops, ground.depots, progress)
    return Reached(_within_reach(ground, reach_m, progress), drives)


def campaign_on(
    ground: BusGround, rules: BusRules, days: Sequence[date], reached: Reached
) -> Campaign:
    """Return the campaign that `rules` describe, on `days`, with nothing planned yet."""
    return make_campaign(
        ground.stops,
        ground.workers,
        ground.depots,
        reached.pairs,
        reached.drives,
        days=days,
        buses=fleet_of(rules, ground.depots),
        rules=_rules(rules),
    )


def _comes_along(rules: BusRules, standing: Sequence[AnnouncedCampaign]) -> bool:
    return any(may_share(rules.campaign, one.name, rules.share_visits) for one in standing)


def _most(
    campaign: Campaign,
    plan: CampaignPlan,
    name: CampaignName,
    shared: Sequence[SharedVisit],
    standing: Sequence[AnnouncedCampaign],
) -> float:
    """Return what no plan serves more than; the solver's bound knows of no shared visits."""
    return most_with_shared(campaign, name, standing) if shared else plan.upper_bound


def _rules(given: BusRules) -> CampaignRules:
    rules = KINDS[given.campaign].rules()
    return replace(
        rules,
        turnout=given.turnout,
        share_visits=given.share_visits,
        spare_hours=given.spare_hours,
        changeover_min=given.changeover_min,
        traffic=traffic_of(given.rush_hours or {}),
        quota=rules.quota if given.quota is None else given.quota,
        district_floor=given.district_floor,
        km_weight=given.km_weight,
    )


def fleet_of(parameters: BusRules, depots: gpd.GeoDataFrame) -> tuple[Bus, ...]:
    """Return the buses of the campaign that `parameters` describe, shared out over `depots`."""
    usual = KINDS[parameters.campaign]
    return usual_buses(
        parameters.buses,
        depots,
        exams_per_hour=parameters.exams_per_hour or usual.per_hour,
        exams_per_day=parameters.exams_per_day or usual.per_day,
    )


def refuse_broken(broken: tuple[Text, ...]) -> None:
    """Never hand out a plan that breaks a rule, whatever the solver believed."""
    if broken:
        raise YizhanError(
            Text(
                "排班未通过独立检查，已弃用："
                + "；".join(text.zh for text in broken[:MOST_LISTED]),
                "The plan failed the independent check: "
                + "; ".join(t.en for t in broken[:MOST_LISTED]),
            )
        )


def campaign_days(
    first: date | None,
    count: int,
    fleet: Sequence[Bus] = (),
    standing: Sequence[AnnouncedCampaign] = (),
) -> tuple[tuple[date, ...], Text | None]:
    """Return the next working days (Asia/Shanghai), and a note where holidays are unknown.

    Without a `first` day they are those on which a bus of the `fleet` is free.
    """
    day = first or datetime.now(SHANGHAI).date() + timedelta(days=1)
    if first is None and standing:
        taken = {one for held in standing for _, one in held.taken if one >= day}
        many, note = campaign_days(day, count + len(taken))
        return days_with_room(many, [bus.id for bus in fleet], standing, count), note
    try:
        return working_days(day, count), None
    except CalendarError as error:
        span = (day + timedelta(days=step) for step in range(count * 3))
        weekdays = tuple(one for one in span if one.weekday() < SATURDAY)[:count]
        return weekdays, Text(
            f"{error.text.zh}暂按周一至周五排班，公布后请重排。",
            f"{error.text.en} Monday to Friday are used; plan again once they are announced.",
        )


def _within_reach(
    ground: BusGround, reach_m: float, progress: Progress
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return (stop, concentration) pairs within `reach_m` on foot."""
    progress(_STEPS[0], 0.0)
    walk, demand = ground.walk, make_demand(ground.walk, ground.workers, weights=ground.weights)
    pairs = catchments(
        walk, snapped(walk, ground.stops), demand.snapped, reach_m, weight="distance_m"
    )
    unique = np.unique(np.column_stack([pairs.site, demand.owner[pairs.point]]), axis=0)
    progress(_STEPS[0], 1.0)
    return unique[:, 0].astype(np.int32), unique[:, 1].astype(np.int32)


def _drives(
    drive: StreetNetwork, stops: gpd.GeoDataFrame, depots: gpd.GeoDataFrame, progress: Progress
) -> Drive:
    lonlat = np.vstack(
        [np.column_stack([frame.geometry.x, frame.geometry.y]) for frame in (stops, depots)]
    )
    places = drive.snap(lonlat)
    table = matrix(drive, places, places, progress=progress)
    return Drive(table.distance_m, table.time_s)
