"""What planners do: try a site, import a layer, run the analyses."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, Field

from api.drafts.planning import published_rules
from api.http.keys import KeyFirstRoute, require_planner
from api.publishing.nearest_answer import AskedPlace, position_of
from api.resources import CurrentEdition, resources_of
from api.routes.service.job_routes import JobReport, report
from api.what_if import OFFICE_HOURS
from geo.coverage.rule import CoverageRule
from geo.hours import from_chinese
from geo.study.rules import EVERYTHING, Part, StudyRules

router = APIRouter(
    prefix="/planning",
    tags=["planning"],
    dependencies=[Depends(require_planner)],
    route_class=KeyFirstRoute,
)


class WhatIfQuestion(AskedPlace):
    """Where a station might stand, and when a worker counts as served."""

    rule: CoverageRule = Field(
        default=CoverageRule(),
        description="Mode, limit in seconds and the kinds that count",
    )

    opening_hours: str = Field(
        default=OFFICE_HOURS,
        max_length=500,
        description="When it would be open (OSM syntax or Chinese)",
    )


class WhatIfAnswer(BaseModel):
    """What a station there would change."""

    workers_within: float = Field(description="Workers within the limit of the position")
    workers_new: float = Field(description="Those among them nobody covers yet")
    by_group: dict[str, float] = Field(description="The new ones by group")
    by_setting: dict[str, float] = Field(description="The new ones at work and at home")
    worker_hours_new: float = Field(description="Worker-hours a week it adds")
    workers_beside_plan: float | None = Field(
        description="The new ones no recommended site reaches; null without recommended sites"
    )
    gap_ids: list[str] = Field(description="Gaps it closes, most workers first")
    nearest_station_name: str | None = Field(description="The nearest station that counts")
    nearest_m: float | None = Field(description="Street metres to it")
    covered_before: float = Field(description="Workers covered in the whole city without it")
    covered_after: float = Field(description="Workers covered in the whole city with it")
    workers_total: float = Field(description="All workers of the city")
    access_m: float = Field(description="From the position to the street, metres")


@router.post("/what-if", summary="What if a station stood here?")
def what_if(edition: CurrentEdition, question: WhatIfQuestion) -> WhatIfAnswer:
    """Tell who would newly be covered by a station at a clicked point, on real streets."""
    lon, lat = position_of(question)
    edition.area.check(lon, lat)
    found = edition.what_ifs.at(lon, lat, question.rule, from_chinese(question.opening_hours))
    return WhatIfAnswer(
        workers_within=found.workers_within,
        workers_new=found.workers_new,
        by_group=dict(found.by_group),
        by_setting=dict(found.by_setting),
        worker_hours_new=found.worker_hours_new,
        workers_beside_plan=found.beside_plan,
        gap_ids=list(found.gap_ids),
        nearest_station_name=found.nearest_name,
        nearest_m=found.nearest_m,
        covered_before=found.covered_before,
        covered_after=found.covered_before + found.workers_new,
        workers_total=found.workers_total,
        access_m=found.access_m,
    )


@router.post("/run", summary="Run coverage, siting and bus planning", status_code=202)
async def run(
    request: Request,
    parameters: StudyRules,
    part: Annotated[list[Part] | None, Query(description="Only these; all by default")] = None,
) -> JobReport:
    """Start the main job on the project's layers as they are now; ask its `href` how far it is.

    Results replace the last ones only when everything is done.
    """
    resources = resources_of(request)
    parts = part or EVERYTHING
    job = resources.jobs.start(
        "run",
        resources.main_job(parameters, parts),
        path="/planning/run?" + "&".join(f"part={one}" for one in parts),
        body=parameters.model_dump(mode="json"),
    )
    return report(request, job)


@router.post(
    "/measure", summary="Measure coverage and gaps on the lists as they are", status_code=202
)
def measure(request: Request, edition: CurrentEdition) -> JobReport:
    """Run coverage alone, by the rules of what is published; the sites that are published stay."""
    resources = resources_of(request)
    job = resources.jobs.start(
        "measure",
        resources.main_job(published_rules(edition.summary), ("coverage",)),
        path="/planning/measure",
    )
    return report(request, job)
