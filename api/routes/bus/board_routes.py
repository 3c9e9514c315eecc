"""The board: days x buses with visits as cards, changed by hand, judged at once, published."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import HTMLResponse
from starlette.background import BackgroundTask

from api.analysis.bus_plans.drive_routes import make_ready
from api.analysis.bus_plans.publishing_plan import publish_version
from api.http.asking import preferred_language
from api.http.keys import KeyFirstRoute, require_planner
from api.http.links import base_url, page_frame, page_links
from api.http.problems import HttpError
from api.http.visibility import Reader
from api.job_facts import BusPublished
from api.publishing.linked import bus_links
from api.resources import CurrentEdition, resources_of
from api.routes.bus.board_records import (
    BackAsked,
    BoardGround,
    BoardState,
    BusShown,
    MendAsked,
    MendShown,
    PublishAsked,
    StepAsked,
    StopShown,
    TryAsked,
    WayShown,
)
from api.routes.bus.board_shown import board_state, cost_shown, mend_text
from api.routes.service.job_routes import JobReport, report
from api.stations.openings import now
from data.bus.bus_boards import BoardChangedError
from data.store.project import Project
from geo.bus.campaign.clock import clock_text
from geo.layers.vocabulary import CampaignName
from geo.solving import Progress, StoppingCriterion
from maps.bus.board_page import bus_board_page
from maps.linked_files import Linked

if TYPE_CHECKING:
    from api.analysis.bus_plans.opened_board import OpenBoard

router = APIRouter(
    prefix="/bus/board",
    tags=["health bus"],
    dependencies=[Depends(require_planner)],
    route_class=KeyFirstRoute,
)

Campaign = Annotated[
    CampaignName | None, Query(description="The one published last where not told")
]


@router.get("", summary="Page: the board", response_class=HTMLResponse)
def page(request: Request, edition: CurrentEdition) -> Response:
    """Show the board; it asks for its state itself."""
    frame = page_frame(request, sample=edition.is_sample)
    html = bus_board_page(
        title=edition.name,
        files=bus_links(edition, frame.links, Reader.PLANNER),
        root=urlsplit(base_url(request)).path.rstrip("/"),
        today=now().date(),
        frame=frame,
    )
    ready = BackgroundTask(make_ready, _project(request))
    headers = {"Cache-Control": "private, no-cache"}
    return HTMLResponse(html, headers=headers, background=ready)


@router.get("/ground", summary="Days, buses and stops of the board")
def ground(request: Request, edition: CurrentEdition, campaign: Campaign = None) -> BoardGround:
    """Return what changes only when something is published."""
    held = _open(request, campaign)
    own = held.board.campaign
    links = bus_links(edition, page_links(request), Reader.PLANNER)
    return BoardGround(
        campaign=held.version.name,
        campaigns=[held.version.name, *(one.name for one in held.others)],
        days=list(held.board.rest.campaign.days),
        buses=[
            BusShown(
                id=bus.id,
                name=bus.name,
                depot=own.depots[bus.start_depot].name,
                at=own.depots[bus.start_depot].lonlat,
                end_at=own.depots[bus.end_depot].lonlat,
                exams_per_day=bus.exams_per_day,
            )
            for bus in own.buses
        ],
        stops=[
            StopShown(
                id=stop.id,
                name=stop.name,
                district=stop.district,
                lon=stop.lonlat[0],
                lat=stop.lonlat[1],
                opens=clock_text(stop.open_min),
                closes=clock_text(stop.close_min),
                setting=None if stop.setting is None else stop.setting.value,
                is_banned=stop.banned,
            )
            for stop in own.stops
        ],
        stays_min=list(own.rules.stays_min),
        clock_step_min=own.rules.clock_step_min,
        files=_shown(request, links.campaign),
        runs={f"{bus} {day}": _shown(request, run) for (bus, day), run in links.runs.items()},
    )


def _shown(request: Request, links: Sequence[Linked]) -> list[tuple[str, str]]:
    """Return what people read and where it leads, of each link."""
    language = preferred_language(request)
    return [(link.text.into(language), link.href) for link in links]


@router.get("/state", summary="The board as it is")
def state(request: Request, campaign: Campaign = None) -> BoardState:
    """Return the visits, what they break and what they cost."""
    held = _open(request, campaign)
    return board_state(held, held.board.evaluate(held.placed), preferred_language(request))


@router.get("/ways", summary="The draft's ways along the streets")
def ways(request: Request, campaign: Campaign = None) -> list[WayShown]:
    """Return the ways of the bus-days that stop elsewhere than announced."""
    from api.analysis.bus_plans.opened_board import routes_of_draft  # noqa: PLC0415 - brings in the re-planner

    held = _open(request, campaign)
    own = held.board.campaign
    return [
        WayShown(
            bus=own.buses[day.bus].id,
            day=day.day,
            stops=[own.stops[visit.stop].id for visit in day.visits],
            line=[(round(lon, 5), round(lat, 5)) for lon, lat in line.coords],
        )
        for day, line in routes_of_draft(_project(request), held)
    ]


@router.post("/steps", summary="Change the board")
def steps(request: Request, asked: StepAsked) -> BoardState:
    """Keep one step and return the board after it: what it breaks, what it costs."""
    from api.analysis.bus_plans.opened_board import step  # noqa: PLC0415 - brings in the re-planner

    held = _open(request, asked.campaign)
    try:
        after, found = step(_project(request), held, asked.edits, asked.revision, now())
    except BoardChangedError as error:
        raise HttpError(409, "board-changed", error.text) from error
    return board_state(after, found, preferred_language(request))


@router.post("/try", summary="What a step would break and cost; nothing is kept")
def try_step(request: Request, asked: TryAsked) -> BoardState:
    """Judge a step without keeping it."""
    from api.analysis.bus_plans.opened_board import after_steps  # noqa: PLC0415 - as above

    held = _open(request, asked.campaign)
    after = after_steps(_project(request), held, held.draft.after([asked.edit]), now())
    found = after.board.evaluate(after.placed)
    return board_state(after, found, preferred_language(request))


@router.post("/back", summary="Undo or redo to a number of steps")
def back(request: Request, asked: BackAsked) -> BoardState:
    """Return the board in which the first steps hold."""
    from api.analysis.bus_plans.opened_board import after_steps, back_to  # noqa: PLC0415 - as above

    held = _open(request, asked.campaign)
    try:
        draft = back_to(_project(request), held, asked.at, asked.revision)
    except BoardChangedError as error:
        raise HttpError(409, "board-changed", error.text) from error
    after = after_steps(_project(request), held, draft, now())
    found = after.board.evaluate(after.placed)
    return board_state(after, found, preferred_language(request))


@router.post("/mend", summary="The best mend of a visit that breaks a rule")
def best(request: Request, asked: MendAsked) -> MendShown | None:
    """Return the edits of the best mend and what it costs; null where nothing helps."""
    from api.analysis.bus_plans.opened_board import mend  # noqa: PLC0415 - as above

    held = _open(request, asked.campaign)
    found = mend(held, asked.visit.key)
    if found is None:
        return None
    made, edits = found
    return MendShown(
        text=mend_text(held, made).into(preferred_language(request)),
        edits=list(edits),
        cost=cost_shown(held, made.found),
    )


@router.post("/publish", summary="Publish the board", status_code=202)
async def publish(request: Request, asked: PublishAsked) -> JobReport:
    """Start publishing; only what changed is rewritten, and all of it at the end, at once."""
    resources, moment = resources_of(request), now()

    def work(progress: Progress, stop: StoppingCriterion) -> BusPublished:
        from api.analysis.bus_plans import opened_board as board  # noqa: PLC0415 - as above

        del stop
        project = Project.open(resources.folder)
        held = board.open_board(project, asked.campaign, moment)
        version = board.draft_version(project, held, asked.who, asked.why)
        publish_version(project, version.number, progress=progress)
        board.settle_steps(project, version, moment)
        resources.editions.look_again()
        return BusPublished(version=version.number, calls=len(version.changes))

    return report(request, resources.jobs.start("bus-publish", work))


def _project(request: Request) -> Project:
    return Project.open(resources_of(request).folder)


def _open(request: Request, campaign: CampaignName | None) -> OpenBoard:
    from api.analysis.bus_plans.opened_board import open_board  # noqa: PLC0415 - as above

    return open_board(_project(request), campaign, now())
