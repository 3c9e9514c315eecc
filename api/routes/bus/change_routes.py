"""Changing the bus plan while it runs: re-plan to a draft, look at the calls, publish."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel, Field

from api.analysis.bus_plans.learned_turnout import turnout_so_far
from api.analysis.bus_plans.publishing_plan import publish_version
from api.analysis.bus_plans.replanned import ReplanRequest, draft_replan
from api.analysis.bus_plans.version_facts import ReplanFacts, version_facts
from api.bus.published_campaigns import published_version
from api.http.asking import preferred_language
from api.http.keys import KeyFirstRoute, require_planner
from api.job_facts import BusPublished, JobFacts
from api.resources import resources_of
from api.routes.service.job_routes import JobReport, report
from api.stations.openings import now
from data.bus.bus_plans import BusPlans
from data.store.project import Project
from geo.layers.vocabulary import CampaignName
from geo.solving import Progress, StoppingCriterion

router = APIRouter(
    prefix="/bus",
    tags=["health bus"],
    dependencies=[Depends(require_planner)],
    route_class=KeyFirstRoute,
)

Number = Annotated[int, Path(description="Version of the plan", ge=1)]


class PartAnswer(BaseModel):
    """The turn-out of one stop, group or time of day."""

    part: str = Field(description="stop, group or time")
    key: str
    name: str
    visits: int
    came: int
    expected: float
    low: float
    high: float


class TurnoutAnswer(BaseModel):
    """What the records say of the turn-out."""

    visits: int
    invited: int
    came: int
    full: int
    expected: float
    low: float
    high: float
    text: str = Field(description="The same in words")
    parts: list[PartAnswer] = Field(
        description="By stop, group and time; those of stops and groups enter the next plan"
    )


@router.post("/replan", summary="Re-plan after something happened", status_code=202)
async def replan(request: Request, question: ReplanRequest) -> JobReport:
    """Start a re-plan; its job's facts hold the draft's number and the change list.

    Nothing anybody sees changes until the draft is published.
    """
    resources = resources_of(request)
    moment, language = now(), preferred_language(request)

    def work(progress: Progress, stop: StoppingCriterion) -> JobFacts:
        project = Project.open(resources.folder)
        version = draft_replan(project, question, moment, stop=stop, progress=progress)
        return version_facts(project, version, language)

    return report(request, resources.jobs.start("bus-replan", work))


@router.post("/plans/{number}/publish", summary="Publish a draft", status_code=202)
async def publish(request: Request, number: Number) -> JobReport:
    """Start publishing: map, sheets, calendars and pages change together, at the end."""
    resources = resources_of(request)

    def work(progress: Progress, stop: StoppingCriterion) -> JobFacts:
        del stop
        project = Project.open(resources.folder)
        publish_version(project, number, progress=progress)
        resources.editions.look_again()
        return BusPublished(version=number)

    return report(request, resources.jobs.start("bus-publish", work))


@router.get("/plans/{number}", summary="A version of the plan and what it changed")
def version(request: Request, number: Number) -> ReplanFacts:
    """Return why the version was made, its figures and its change list."""
    project = Project.open(resources_of(request).folder)
    found = BusPlans(project.folder).read(number)
    return version_facts(project, found, preferred_language(request))


@router.get("/turnout", summary="The turn-out by the crews' records")
def turnout(
    request: Request,
    campaign: Annotated[
        CampaignName | None, Query(description="The one published last where not told")
    ] = None,
) -> TurnoutAnswer:
    """Return the estimate with its range by all records so far, shrunk towards what was expected."""
    project = Project.open(resources_of(request).folder)
    held = published_version(project, campaign)
    found, parts = turnout_so_far(project, held)
    language = preferred_language(request)
    return TurnoutAnswer(
        visits=found.visits,
        invited=found.invited,
        came=found.came,
        full=found.full,
        expected=found.turnout.expected,
        low=found.turnout.low,
        high=found.turnout.high,
        text=found.text.into(language),
        parts=[
            PartAnswer(
                part=row.part,
                key=row.key,
                name=row.name(held.campaign).into(language),
                visits=row.visits,
                came=row.came,
                expected=row.turnout.expected,
                low=row.turnout.low,
                high=row.turnout.high,
            )
            for row in parts.rows
        ],
    )
