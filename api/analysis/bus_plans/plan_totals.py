"""The figures of a bus plan: what it serves and costs, for all and for planners, and whom it examines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from api.bus.published_campaigns import bus_names, campaign_figures
from data.bus.bus_plans import BusPlans
from data.store.project import Project
from geo.bus.campaign.campaign import Campaign
from geo.bus.planned.campaign_plan import CampaignPlan
from geo.bus.planned.served import examined_share
from geo.bus.planned.shared_visit import SharedVisit
from geo.bus.replanning.version import PlanVersion
from geo.study.rules import BusRules
from geo.summary.bus_figures import (
    BusFigures,
    BusPlanningFigures,
    BusWeights,
    DistrictServed,
    StopLeftOut,
)
from geo.summary.run import RunSummary

if TYPE_CHECKING:  # An optimiser that a page of the plan does not need.
    from geo.study.city_campaign import BusPlanned


def bus_figures(
    planned: BusPlanned, rules: BusRules, number: int, others: Sequence[PlanVersion] = ()
) -> BusFigures:
    """Return what ``summary.json`` announces of a plan made from scratch, version `number`."""
    note, learned = planned.calendar_note, planned.learned
    figures = plan_figures(planned.campaign, planned.plan, planned.routes, planned.shared)
    figures = replace(
        figures,
        upper_bound=planned.most,
        gap=gap_to(planned.served, planned.most),
        names=figures.names
        | {bus: name for bus, name in bus_names(others).items() if bus not in figures.names},
    )
    return BusFigures(
        campaign=rules.campaign,
        version=number,
        events=(),
        learned=learned.zh if learned else None,
        calendar_note=note.zh if note else None,
        beside=campaign_figures(others),
        **vars(figures),
    )


@dataclass(frozen=True, kw_only=True)
class BusPlanFigures:
    """What the figures of a plan made from scratch and of one re-planned share, as BusFigures has it."""

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


def gap_to(served: float, most: float) -> float:
    """Return by how much of `most` a plan may still fall short, from 0 to 1."""
    return max(0.0, (most - served) / most) if most > 0 else 0.0


def plan_figures(
    campaign: Campaign,
    plan: CampaignPlan,
    routes: gpd.GeoDataFrame,
    shared: Sequence[SharedVisit] = (),
) -> BusPlanFigures:
    """Return what a plan made from scratch and one re-planned both say."""
    (low, high), turnout = plan.served_range, campaign.rules.turnout
    joined = sum(one.served for one in shared)
    at: dict[str, float] = defaultdict(float)
    for one in shared:
        for who, amount in zip(one.people, one.amount, strict=True):
            at[campaign.people.district[who]] += amount
    days = {one.day for one in plan.bus_days} | {one.day for one in shared}
    return BusPlanFigures(
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
