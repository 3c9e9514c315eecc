"""A plan hour by hour of a week: its figures, the ground in reach, workers without a station."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated, Literal

import geopandas as gpd
from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, Field

from api.drafts.demand_tiles import demand_tile
from api.drafts.plan_answer import Week, week_answer
from api.drafts.planning import plan_named, published_rules
from api.http.asking import preferred_language
from api.http.conditional import cached_response
from api.http.keys import KeyFirstRoute, require_planner
from api.ogc.features import geometry_json
from api.ogc.tile_encoding import MEDIA_TYPE
from api.publishing.edition import Edition
from api.resources import CurrentEdition
from api.routes.layers.tile_routes import TileColumn, TileRow, Zoom
from api.stations.openings import now
from data.store.project_study import open_study
from geo.coverage.rule import CoverageRule
from geo.crs import STORAGE_CRS
from geo.holidays import holiday_weeks
from geo.hours import HOURS_A_WEEK
from geo.json_shapes import JsonGeometry
from geo.layers.vocabulary import Group

if TYPE_CHECKING:
    from geo.siting.plan.brief import BriefPlan

router = APIRouter(
    tags=["planning"], dependencies=[Depends(require_planner)], route_class=KeyFirstRoute
)

NOW = "now"
"""Stands for the stations alone, where a plan is named."""
PlanId = Annotated[str, Path(description="Of a draft, `published`, or `now` for no plan")]
OfGroup = Annotated[Group | None, Query(description="Only these workers")]
OfDistrict = Annotated[str, Query(max_length=40, description="Only workers in it: its code")]
AskedWeek = Annotated[
    date | Literal["ordinary"] | None,
    Query(description="A day of the real week, or `ordinary`; the plan's own if not told"),
]


class HolidayWeekAnswer(BaseModel):
    """A week that holidays make another than the ordinary one."""

    monday: date
    words: str = Field(description="Which days are free, which are worked instead")


class GroundWhen(BaseModel):
    """Which ground."""

    when: Literal["now", "added"] = Field(description="As things stand, or what the plan adds")


class GroundPart(BaseModel):
    """Ground within reach, a GeoJSON feature."""

    type: Literal["Feature"] = "Feature"
    geometry: JsonGeometry = Field(description="Polygon or MultiPolygon, WGS 84, to about 75 m")
    properties: GroundWhen


class ReachedGround(BaseModel):
    """The ground now and what is added: a GeoJSON feature collection."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    features: list[GroundPart]


@router.get("/planning/weeks", summary="Weeks with public holidays")
def weeks(request: Request) -> list[HolidayWeekAnswer]:
    """List the weeks of this year and the next, as far as its holidays are announced."""
    language, year = preferred_language(request), now().year
    found = {one.monday: one for told in (year, year + 1) for one in holiday_weeks(told)}
    return [
        HolidayWeekAnswer(monday=one.monday, words=one.text.into(language))
        for one in found.values()
    ]


@router.get("/drafts/{draft_id}/week", summary="A plan hour by hour of a week")
def week_of_plan(
    edition: CurrentEdition,
    draft_id: PlanId,
    week: AskedWeek = None,
    group: OfGroup = None,
    district: OfDistrict = "",
) -> Week:
    """Return who is there and who is served at each hour, of all workers or of some."""
    rule, plan = _looked_at(edition, draft_id)
    served = open_study(edition.project).served(rule, plan, week=asked_week(week, rule))
    return week_answer(*served.by_hour(served.of(group or "", district)))


@router.get(
    "/drafts/{draft_id}/reach", summary="From where is a station reached, before and after?"
)
def reach(
    edition: CurrentEdition,
    draft_id: PlanId,
    hour: Annotated[
        int | None, Query(ge=0, lt=HOURS_A_WEEK, description="Of the week: only what is open then")
    ] = None,
    week: AskedWeek = None,
) -> ReachedGround:
    """Draw the ground within the limit of a station now, and what the plan adds to it."""
    rule, plan = _looked_at(edition, draft_id)
    rule = rule.model_copy(update={"week": asked_week(week, rule)})
    areas = open_study(edition.project).reached(rule, plan=plan, hour=hour)
    now_, added = map(
        json.loads, geometry_json(gpd.GeoDataFrame(geometry=list(areas), crs=STORAGE_CRS))
    )
    return ReachedGround(
        features=[
            GroundPart(geometry=now_, properties=GroundWhen(when="now")),
            GroundPart(geometry=added, properties=GroundWhen(when="added")),
        ]
    )


@router.get(
    "/drafts/{draft_id}/demand/{z}/{x}/{y}.mvt",
    summary="One vector tile of workers without a station",
    response_class=Response,
    responses={
        200: {"content": {MEDIA_TYPE: {}}},
        204: {"description": "Nobody is on this tile"},
    },
)
def tile(
    request: Request,
    edition: CurrentEdition,
    draft_id: PlanId,
    *,
    z: Zoom,
    x: TileColumn,
    y: TileRow,
    hour: Annotated[
        int | None, Query(ge=0, lt=HOURS_A_WEEK, description="Of the week; without: whatever it is")
    ] = None,
    week: AskedWeek = None,
    group: OfGroup = None,
    district: OfDistrict = "",
    revision: Annotated[int, Query(description="Of the draft, so that tiles can be kept")] = 0,
) -> Response:
    """Return the tile in Web Mercator's XYZ scheme; layer `demand`, one point a cell."""
    rule, plan = _looked_at(edition, draft_id)
    monday = asked_week(week, rule)
    served = open_study(edition.project).served(rule, plan, week=monday)
    found = demand_tile(served, (z, x, y), hour, group or "", district)
    if not found.content:
        return Response(status_code=204)
    about = f"{draft_id}-{revision}-{hour}-{monday}-{group}-{district}-{z}-{x}-{y}"
    return cached_response(
        request,
        found.content,
        MEDIA_TYPE,
        etag=f"{edition.stamp}-demand-{about}".encode("ascii", "replace").decode(),
        modified=edition.modified,
        private=True,
    )


def _looked_at(edition: Edition, name: str) -> tuple[CoverageRule, BriefPlan | None]:
    """Return the rule and the plan of that name; no plan for things as they stand."""
    if name == NOW:
        return published_rules(edition.summary).coverage, None
    one = plan_named(edition, name)
    return one.rules.coverage, one.plan


def asked_week(week: date | Literal["ordinary"] | None, rule: CoverageRule) -> date | None:
    """Return the first day of the week asked about; None for an ordinary one."""
    day = rule.week if week is None else None if week == "ordinary" else week
    return None if day is None else day - timedelta(days=day.weekday())
