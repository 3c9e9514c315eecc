"""Publishing a draft, and bringing back what was published before."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel, ConfigDict, Field

from api.drafts.planning import actions_of_draft, share_more
from api.drafts.publications import publications, publish_again
from api.http.keys import KeyFirstRoute, require_planner
from api.job_facts import AllActions
from api.own_process import IN_BACKGROUND, in_own_process, is_worth_a_process
from api.resources import CurrentEdition, resources_of
from api.routes.service.job_routes import JobReport, report
from data.store.drafts import Drafts
from data.store.project import Project
from geo.solving import Progress, StoppingCriterion
from geo.study.draft import Who, Why
from geo.summary.run import PublishedDraft, RunSummary

router = APIRouter(
    tags=["planning"], dependencies=[Depends(require_planner)], route_class=KeyFirstRoute
)


class Signature(BaseModel):
    """Who publishes, and why."""

    model_config = ConfigDict(extra="forbid")

    who: Who
    why: Why = ""


class DraftSignature(Signature):
    """Who publishes a draft, why, and what of it they have seen."""

    sites: list[str] | None = Field(
        default=None,
        max_length=100_000,
        description="Ids of the plan's sites as the planner saw them; nothing is published where "
        "the plan is another one by now",
    )


class PublicationReport(BaseModel):
    """A run whose results are kept."""

    number: int
    holds: bool = Field(description="Whether it is what everybody sees now")
    made: datetime | None = Field(description="When its results were computed or published")
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
        description="Part by which the worker-hours that actions of all kinds add exceed, at least, "
        "those of any plan that only builds"
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
    signed: DraftSignature,
) -> JobReport:
    """Compute the draft in full and make it what everybody sees, all at once.

    Until the job is done everybody sees what was published before; the bus plan stays. A plan that
    is not the one its planner saw (lists have changed meanwhile) is not published.
    """
    draft = Drafts(edition.project).get(draft_id)
    plan = PublishedDraft(
        draft=draft.id,
        name=draft.name,
        who=signed.who,
        why=signed.why,
        steps=draft.done,
        published=datetime.now(UTC).replace(microsecond=0),
    )
    resources = resources_of(request)
    work = resources.main_job(
        draft.rules,
        ("coverage", "site", "improve"),
        plan=plan,
        seen=None if signed.sites is None else frozenset(signed.sites),
    )
    job = resources.jobs.start(
        "publish", work, path=f"/drafts/{draft.id}/publish", body=signed.model_dump()
    )
    return report(request, job)


@router.post(
    "/drafts/{draft_id}/run", summary="What the same money does not only building", status_code=202
)
def run(
    request: Request,
    edition: CurrentEdition,
    draft_id: Annotated[str, Path(description="Of the draft")],
) -> JobReport:
    """Weigh actions of all kinds for what the draft's sites cost; nothing is published.

    The job's facts are ``AllActions``.
    """
    rules = Drafts(edition.project).get(draft_id).rules
    resources, project = resources_of(request), edition.project

    def work(progress: Progress, _stop: StoppingCriterion) -> AllActions:
        return in_own_process(
            partial(actions_of_draft, project.folder, rules),
            name="actions",
            purpose=IN_BACKGROUND,
            worth=is_worth_a_process(project),
            progress=progress,
        )

    job = resources.jobs.start("full", work, path=f"/drafts/{draft_id}/run")
    return report(request, job)


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

    def work(progress: Progress, _stop: StoppingCriterion) -> RunSummary:
        summary = in_own_process(
            partial(publish_again, folder, number, signed.who, signed.why),
            name="restore",
            purpose=IN_BACKGROUND,
            worth=is_worth_a_process(Project.open(folder)),
            progress=progress,
        )
        editions.settled()
        return summary

    job = resources.jobs.start(
        "restore", work, path=f"/publications/{number}/restore", body=signed.model_dump()
    )
    return report(request, job)


def _told(number: int, summary: RunSummary, *, holds: bool) -> PublicationReport:
    plan, facts = summary.draft or PublishedDraft(), summary.facts
    before, sites, actions = summary.coverage, summary.siting, summary.improve
    return PublicationReport(
        number=number,
        holds=holds,
        made=plan.published or (facts.made if facts else None),
        name=plan.name,
        draft=plan.draft,
        who=plan.who,
        why=plan.why,
        again=plan.again,
        sites=sites.sites if sites else None,
        covered_before=before.covered_before if before else None,
        covered_after=sites.covered_after if sites else None,
        workers_total=summary.workers_total,
        cost_cny=sites.cost_cny if sites else None,
        upper_bound=sites.upper_bound if sites else None,
        more_than_building=share_more(actions) if actions else None,
    )
