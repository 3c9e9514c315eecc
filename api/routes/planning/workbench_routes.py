"""The planner's workbench."""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import APIRouter, BackgroundTasks, Request, Response
from fastapi.responses import HTMLResponse

from api.drafts.planning import can_be_measured, can_be_told, warm
from api.http.keys import require_planner
from api.http.links import base_url, page_frame
from api.resources import CurrentEdition
from maps.planner.workbench_page import workbench_page

router = APIRouter(tags=["pages"], default_response_class=HTMLResponse)


@router.get("/workbench", summary="Page: the planner's workbench")
async def workbench(request: Request, edition: CurrentEdition, after: BackgroundTasks) -> Response:
    """Show the workbench to whoever has the planner's key."""
    await require_planner(request, None, None)
    after.add_task(warm, edition.project, edition.summary)
    page = workbench_page(
        title=edition.name,
        layers=sorted(edition.layers),
        published=can_be_told(edition.layers, edition.summary),
        measurable=can_be_measured(edition.project, edition.layers),
        root=urlsplit(base_url(request)).path.rstrip("/"),
        frame=page_frame(request, sample=edition.is_sample),
    )
    return HTMLResponse(page, headers={"Cache-Control": "private, no-cache"})
