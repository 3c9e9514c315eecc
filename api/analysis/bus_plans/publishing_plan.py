"""A drafted version becomes what everybody sees; only ways that changed are drawn again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from api.analysis.bus_plans.drive_routes import fleet_routes
from api.analysis.bus_plans.plan_totals import gap_to, plan_figures, planning_figures
from api.analysis.made_from import made_now
from api.bus.published_campaigns import (
    announced_versions,
    bus_names,
    campaign_figures,
    drawn_for,
    redrawn,
    routes_together,
    stops_together,
)
from data.bus.bus_plans import BusPlans
from data.store.project import Project
from geo.bus.campaign.campaign import Campaign
from geo.bus.planned.campaign_plan import CampaignPlan
from geo.bus.planned.plan_layers import bus_routes_frame, bus_stops_frame
from geo.bus.planned.visit import BusDay
from geo.bus.replanning.events import JointlyPlanned
from geo.bus.replanning.version import PlanVersion
from geo.bus.several.beside import conflicts
from geo.bus.several.sharing_check import check_shared
from geo.errors import BadInputError
from geo.solving import Progress, silent
from geo.study.rules import BusRules
from geo.summary.bus_figures import BusFigures
from geo.summary.run import RunSummary
from geo.text import MOST_LISTED, Language, Text

if TYPE_CHECKING:  # An optimiser that a page of the plan does not need.
    pass

_DRAWING = Text("绘制行车路线", "Drawing routes")


def publish_version(
    project: Project,
    number: int,
    *,
    language: Language | None = None,
    progress: Progress = silent,
) -> RunSummary:
    """Make a drafted version what everybody sees, all at once; return the summary.

    Pages and sheets are written in `language`; None for that of those that hold. The workbook of
    all results is made when it is asked for.

    Raises
    ------
    BadInputError
        If another version was published since this one was drafted.
    """
    from api.analysis.results import publish, stored_results  # noqa: PLC0415 - all pages and sheets

    plans = BusPlans(project.folder)
    version, standing = plans.read(number), announced_versions(project)
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
        workbook_later=True,
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
            Text(
                "；".join(one.zh for one in found[:MOST_LISTED]),
                "; ".join(one.en for one in found[:MOST_LISTED]),
            )
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
    figures = plan_figures(campaign, plan, routes, version.shared)
    figures = replace(
        figures,
        upper_bound=version.upper_bound,
        gap=gap_to(version.served, version.upper_bound),
        names=bus_names([version, *others]),
    )
    bus = BusFigures(
        **vars(figures),
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
        spare_hours=rules.spare_hours,
        changeover_min=rules.changeover_min,
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
    way = fleet_routes(project, version.closed)
    drawn = bus_routes_frame(version.campaign, version.plan, version.name)
    before = drawn_for(before, version.name)
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
