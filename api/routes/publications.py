"""Publishing a draft, and bringing back what was published before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel, ConfigDict, Field

from api.analysis.main_job import PLAN
from api.drafts.publications import publications, publish_again
from api.http.keys import KeyFirstRoute, require_planner
from api.resources import CurrentEdition, resources_of
from api.routes.jobs import JobReport, report
from data.drafts import Drafts
from data.project import Project
from geo.solving import Progress, Stop
from geo.study.draft import Who, Why

router = APIRouter(
    tags=["planning"], dependencies=[Depends(require_planner)], route_class=KeyFirstRoute
)


class Signature(BaseModel):
    """Who publishes, and why."""

    model_config = ConfigDict(extra="forbid")

    who: Who
    why: Why = ""


class PublicationReport(BaseModel):
    """A run whose results are kept."""

    number: int
    holds: bool = Field(description="Whether it is what everybody sees now")
    made: str | None = Field(description="When its results were computed or published")
    name: str | None = Field(description="The draft it came from; null for a run without one")
    draft: str | None = Field(description="That draft's id")
    who: str | None
    why: str | None
    again: int | None = Field(description="The publication it brought back")
    sites: int | None
    covered_before: float | None
    covered_after: float | None
    workers_total: float | None
    cost_cny: float | None
    upper_bound: float | None
    more_than_building: float | None = Field(
        description="Share by which actions of all kinds beat any plan that only builds, at least"
    )


@router.get("/publications", summary="What was published, newest first")
def published(edition: CurrentEdition) -> list[PublicationReport]:
    """List the runs that are kept; any but the newest can be published again."""
    return [
        _told(one.number, one.summary, holds=one.holds) for one in publications(edition.project)
    ]


@router.post("/drafts/{draft_id}/publish", summary="Publish a draft", status_code=202)
def publish(
    request: Request,
    edition: CurrentEdition,
    draft_id: Annotated[str, Path(description="Of the draft")],
    signed: Signature,
) -> JobReport:
    """Compute the draft in full and make it what everybody sees, all at once.

    Until the job is done everybody sees what was published before; the bus plan stays.
    """
    draft = Drafts(edition.project).get(draft_id)
    plan = {
        "draft": draft.id,
        "name": draft.name,
        "who": signed.who,
        "why": signed.why,
        "steps": draft.done,
        "published": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    resources = resources_of(request)
    work = resources.main_job(draft.rules, ("coverage", "site", "improve"), plan=plan)
    return report(request, resources.jobs.start("publish", work))


@router.post(
    "/publications/{number}/restore", summary="Publish a former plan again", status_code=202
)
def restore(
    request: Request,
    number: Annotated[int, Path(description="Of the publication")],
    signed: Signature,
) -> JobReport:
    """Bring back the coverage, sites and actions of a former run; the bus plan stays as it is."""
    resources = resources_of(request)
    folder, editions = resources.folder, resources.editions

    def work(progress: Progress, _stop: Stop) -> Mapping[str, Any]:
        summary = publish_again(
            Project.open(folder), number, who=signed.who, why=signed.why, progress=progress
        )
        editions.settled()
        return summary

    return report(request, resources.jobs.start("restore", work))


def _told(number: int, summary: Mapping[str, Any], *, holds: bool) -> PublicationReport:
    plan = summary.get(PLAN) or {}
    return PublicationReport(
        number=number,
        holds=holds,
        made=plan.get("published") or summary.get("made"),
        name=plan.get("name"),
        draft=plan.get("draft"),
        who=plan.get("who"),
        why=plan.get("why"),
        again=plan.get("again"),
        sites=summary.get("sites"),
        covered_before=summary.get("covered_before"),
        covered_after=summary.get("covered_after"),
        workers_total=summary.get("workers_total"),
        cost_cny=summary.get("siting_cost_cny"),
        upper_bound=summary.get("siting_upper_bound"),
        more_than_building=summary.get("improve_more_than_building"),
    )
