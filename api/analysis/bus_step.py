"""The bus campaign of a city: reach on foot, drives on real streets, plan, layers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from api.analysis.bus_learning import learned
from api.analysis.bus_ways import Ways
from api.analysis.city import City
from api.analysis.parameters import BusParameters
from data.project import Project
from geo.campaign.bus import Bus
from geo.campaign.campaign import Campaign, Drive
from geo.campaign.campaign_plan import CampaignPlan
from geo.campaign.check import check_plan
from geo.campaign.layers import bus_routes_frame, bus_stops_frame
from geo.campaign.plan import plan_campaign
from geo.campaign.prepare import make_campaign, usual_buses
from geo.campaign.rules import (
    SCREENING_PER_DAY,
    SCREENING_PER_HOUR,
    CampaignRules,
    two_cancer_rules,
)
from geo.campaign.served import examined_share
from geo.campaign.traffic import Traffic, traffic_of
from geo.demand.points import Demand, make_demand
from geo.errors import BadInputError, CalendarError, MissingError, YizhanError
from geo.holidays import SATURDAY, working_days
from geo.hours import SHANGHAI
from geo.layers.vocabulary import Mode
from geo.network.street_network import StreetNetwork
from geo.reach.catchments import catchments
from geo.reach.matrix import matrix
from geo.solving import AfterSeconds, Progress, silent
from geo.text import Text

_STEPS = (Text("停靠点可达职工", "Workers near stops"), Text("绘制行车路线", "Drawing routes"))


@dataclass(frozen=True)
class BusPlanned:
    """A campaign, its plan, and the layers people look at.

    Attributes
    ----------
    campaign, plan
        As :mod:`geo.campaign` has them.
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
    stops: gpd.GeoDataFrame
    routes: gpd.GeoDataFrame
    served_share: NDArray[np.float64]
    calendar_note: Text | None
    learned: Text | None


def plan_bus(
    city: City, parameters: BusParameters, *, seed: int = 0, progress: Progress = silent
) -> BusPlanned:
    """Plan the campaign and check it with the checker that knows nothing of the solver."""
    stops, depots = _stops(city), city.project.read("depots")
    days, note = campaign_days(parameters.first_day, parameters.days)
    walk = city.network(Mode.WALK)
    drive = city.network(Mode.DRIVE, vehicle=parameters.vehicle)
    campaign = make_campaign(
        stops, city.workers, depots,
        _within_reach(
            walk, make_demand(walk, city.workers, weights=city.weights), stops,
            parameters.stop_reach_m, progress,
        ),
        _drives(drive, stops, depots, progress),
        days=days, buses=_fleet(parameters, depots), rules=_rules(city.project, parameters),
    )  # fmt: skip
    campaign, estimate = learned(city.project, campaign)
    stop = AfterSeconds(parameters.time_limit_s)
    plan = plan_campaign(campaign, seed=seed, stop=stop, progress=progress)
    _refuse_broken(check_plan(campaign, plan))
    progress(_STEPS[1], 0.0)
    ways = Ways(drive)
    routes = bus_routes_frame(campaign, plan, way=ways)
    progress(_STEPS[1], 1.0)
    return BusPlanned(
        campaign,
        plan,
        bus_stops_frame(campaign, plan),
        routes,
        examined_share(campaign, plan.servings),
        note,
        None if estimate is None else estimate.text,
    )


def _rules(project: Project, parameters: BusParameters) -> CampaignRules:
    rules = two_cancer_rules() if parameters.campaign == "screening" else CampaignRules()
    return replace(
        rules,
        turnout=parameters.turnout,
        traffic=_traffic(project, parameters),
        quota=rules.quota if parameters.quota is None else parameters.quota,
        district_floor=parameters.district_floor,
        km_weight=parameters.km_weight,
    )


def _traffic(project: Project, parameters: BusParameters) -> Traffic:
    if parameters.rush_hours is not None:
        return traffic_of(parameters.rush_hours)
    key = "rush_hours"
    told = project.preference(key)
    try:
        return traffic_of(told)
    except BadInputError as error:
        raise project.bad_preference(key, told, error.text) from error


def _fleet(parameters: BusParameters, depots: gpd.GeoDataFrame) -> tuple[Bus, ...]:
    usual = usual_buses(parameters.buses, depots)[0]
    per_hour, per_day = usual.exams_per_hour, usual.exams_per_day
    if parameters.campaign == "screening":
        per_hour, per_day = SCREENING_PER_HOUR, SCREENING_PER_DAY
    return usual_buses(
        parameters.buses,
        depots,
        exams_per_hour=parameters.exams_per_hour or per_hour,
        exams_per_day=parameters.exams_per_day or per_day,
    )


def _refuse_broken(broken: tuple[Text, ...]) -> None:
    """Never hand out a plan that breaks a rule, whatever the solver believed."""
    if broken:
        raise YizhanError(
            Text(
                "排班未通过独立检查，已弃用：" + "；".join(text.zh for text in broken[:5]),
                "The plan failed the independent check: " + "; ".join(t.en for t in broken[:5]),
            )
        )


def _stops(city: City) -> gpd.GeoDataFrame:
    """Return the planner's stops; a project without any cannot plan."""
    if not city.project.has("stops"):
        raise MissingError(
            Text(
                "还没有大蓬车停靠候选点：请先 yizhan import stops 文件。",
                "No places for a bus to stand yet: run yizhan import stops FILE first.",
            )
        )
    return city.project.read("stops")


def campaign_days(first: date | None, count: int) -> tuple[tuple[date, ...], Text | None]:
    """Return the next working days (Asia/Shanghai), and a note where holidays are unknown."""
    day = first or datetime.now(SHANGHAI).date() + timedelta(days=1)
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
    walk: StreetNetwork,
    demand: Demand,
    stops: gpd.GeoDataFrame,
    reach_m: float,
    progress: Progress,
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return (stop, concentration) pairs within `reach_m` on foot."""
    progress(_STEPS[0], 0.0)
    places = walk.snap(np.column_stack([stops.geometry.x, stops.geometry.y]))
    pairs = catchments(walk, places, demand.snapped, reach_m, weight="distance_m")
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
