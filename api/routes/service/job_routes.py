"""Long work the planner has started: how far it is, what it found, how to stop it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel, Field

from api.http.asking import preferred_language
from api.http.keys import KeyFirstRoute, require_planner
from api.http.links import address
from api.job_facts import JobFacts
from api.jobs import Job, JobState
from api.resources import resources_of
from geo.json_shapes import JsonBody

router = APIRouter(
    prefix="/jobs",
    tags=["planning"],
    dependencies=[Depends(require_planner)],
    route_class=KeyFirstRoute,
)

JobId = Annotated[str, Path(description="As answered when the job was started")]


class JobReport(BaseModel):
    """How far a job is."""

    id: str
    kind: str = Field(description="What it does")
    state: JobState
    step: str = Field(description="What it is doing now, in the reader's language")
    fraction: float = Field(description="How much of that step is done", ge=0, le=1)
    facts: JobFacts | None = Field(description="What it found, once done; null before")
    failure: str | None = Field(description="Why it failed and how to mend it")
    made: datetime = Field(description="UTC")
    ended: datetime | None = Field(description="UTC")
    href: str = Field(description="Where to ask again")
    again: str = Field(description="Where to POST `body` for the same work again; empty: nowhere")
    body: JsonBody = Field(description="What to send there")


def report(request: Request, job: Job) -> JobReport:
    """Return what the caller is told about `job`."""
    language = preferred_language(request)
    return JobReport(
        id=job.job_id,
        kind=job.kind,
        state=job.state,
        step=job.step.into(language),
        fraction=job.fraction,
        facts=job.facts,
        failure=None if job.failure is None else job.failure.into(language),
        made=job.made,
        ended=job.ended,
        href=address(request, "jobs", job.job_id),
        again=job.path,
        body=job.body,
    )


@router.get("", summary="All jobs, newest first")
async def jobs(request: Request) -> list[JobReport]:
    """List the jobs since the service started (the last 50)."""
    return [report(request, job) for job in resources_of(request).jobs.all()]


@router.get("/{job_id}", summary="How far a job is")
async def job(request: Request, job_id: JobId) -> JobReport:
    """Return the job's state."""
    return report(request, resources_of(request).jobs.get(job_id))


@router.delete("/{job_id}", summary="Stop a job")
async def cancel(request: Request, job_id: JobId) -> JobReport:
    """Ask the job to end; what is published stays as it was."""
    found = resources_of(request).jobs.get(job_id)
    found.cancel()
    return report(request, found)
