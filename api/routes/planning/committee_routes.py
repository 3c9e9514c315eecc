"""The committee's folder, made as a job and handed out as one file."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import FileResponse
from pydantic import BaseModel, ConfigDict, Field

from api.http.asking import preferred_language
from api.http.keys import KeyFirstRoute, require_planner
from api.http.links import address
from api.job_facts import CommitteeFolder
from api.jobs import Lane
from api.resources import CurrentEdition, resources_of
from api.routes.service.job_routes import JobReport, report
from data.store.project import Project
from geo.solving import Progress, StoppingCriterion
from geo.text import Language
from maps.report.formats import Format

router = APIRouter(
    prefix="/committee",
    tags=["planning"],
    dependencies=[Depends(require_planner)],
    route_class=KeyFirstRoute,
)


class CommitteeQuestion(BaseModel):
    """Which papers are wanted."""

    model_config = ConfigDict(extra="forbid")

    plan: str | None = Field(
        default=None, max_length=200, description="Id or name of a draft; null: what is published"
    )
    formats: tuple[Format, ...] = Field(
        default=tuple(Format), min_length=1, max_length=20, description="Kinds of file"
    )
    language: Language | None = Field(default=None, description="Null: the reader's")


@router.post("", summary="Make the committee's folder", status_code=202)
def make(request: Request, question: CommitteeQuestion) -> JobReport:
    """Write report, maps, workbook and archive of a plan; the job's facts say where to fetch them.

    The work is done beside other jobs, in a process of low priority: none waits for it.

    The job's facts are ``CommitteeFolder``.
    """
    resources = resources_of(request)
    folder, language = resources.folder, question.language or preferred_language(request)
    root = address(request, "committee")

    def work(progress: Progress, _stop: StoppingCriterion) -> CommitteeFolder:
        from api.drafts.committee import (  # noqa: PLC0415 - brings in engine and report
            zip_in_background,
        )

        path = zip_in_background(
            Project.open(folder),
            plan=question.plan,
            language=language,
            formats=question.formats,
            progress=progress,
        )
        return CommitteeFolder(href=f"{root}/{path.stem}", bytes=path.stat().st_size)

    body = question.model_dump(mode="json")
    job = resources.jobs.start("committee", work, path="/committee", body=body, lane=Lane.PAPERS)
    return report(request, job)


@router.get("/{name}", summary="The folder as a ZIP file", response_class=FileResponse)
def fetch(
    edition: CurrentEdition,
    name: Annotated[str, Path(description="As the job says", pattern=r"^[0-9a-f]{16}$")],
) -> FileResponse:
    """Return the file; the last few that were made are kept."""
    from api.drafts.committee import kept_zip  # noqa: PLC0415 - as above

    path, shown = kept_zip(edition.project, name)
    return FileResponse(path, media_type="application/zip", filename=shown)
