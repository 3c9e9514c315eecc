"""One station: for programs as JSON, for people as its page, where its QR sign leads."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from api.http.asking import preferred_language, wants_html
from api.http.links import address, page_links
from api.publishing.edition import Edition
from api.resources import CurrentEdition
from api.stations.directory import Directory
from api.stations.finder import FoundStation
from api.stations.openings import now
from api.stations.station_answer import StationAnswer, station_answer, station_card
from geo.errors import MissingError, UnreachableError
from geo.layers.vocabulary import Mode
from geo.text import Text
from maps.worker.station_page import station_page

router = APIRouter(tags=["stations"])

NEARBY = 3

StationId = Annotated[str, Path(description="As in the layers", max_length=200)]


class StationWithNearby(BaseModel):
    """A station and where to go when it is closed or full."""

    station: StationAnswer
    nearby: list[StationAnswer] = Field(description="The nearest others, from this station")


@router.get(
    "/stations/{station_id:path}",
    summary="One station and the nearest others",
    response_model=StationWithNearby,
    responses={200: {"content": {"text/html": {}}}},
)
async def station(
    request: Request, edition: CurrentEdition, station_id: StationId
) -> StationWithNearby | Response:
    """Return the station; a browser gets its page."""
    row = row_of(edition.directory, station_id)
    if wants_html(request):
        return await _page(request, edition, row)
    moment = now()
    nearby = await _nearby(edition, row)
    return StationWithNearby(
        station=station_answer(request, edition.directory, row, edition.openings.of(row, moment)),
        nearby=[
            station_answer(
                *(request, edition.directory, found.row, edition.openings.of(found.row, moment)),
                found=found,
            )
            for found in nearby
        ],
    )


@router.get(
    "/s/{station_id:path}",
    summary="A station's page, as its QR sign says it",
    response_class=HTMLResponse,
)
async def short_link(request: Request, edition: CurrentEdition, station_id: StationId) -> Response:
    """Show the station's page, with the nearest others from where the reader stands."""
    return await _page(request, edition, row_of(edition.directory, station_id))


@router.get("/stations", include_in_schema=False)
async def all_stations(request: Request) -> RedirectResponse:
    """Lead on to the layer."""
    return RedirectResponse(address(request, "collections", "stations", "items"), 303)


def row_of(directory: Directory, station_id: str) -> int:
    """Return the directory row of the station; raise MissingError if there is none."""
    row = directory.by_id.get(station_id)
    if row is None:
        shown = station_id[:80]
        raise MissingError(
            Text(
                f"没有编号为“{shown}”的站点，它可能已经撤掉。请查找附近的其他站点。",
                f"There is no station “{shown}”; it may have been closed. Look for another near you.",
            )
        )
    return row


async def _nearby(edition: Edition, row: int) -> list[FoundStation]:
    """Return the nearest other stations on foot; none where the streets do not lead on."""
    if not edition.finder.is_ready(Mode.WALK):
        await run_in_threadpool(edition.finder.prepare, Mode.WALK)
    allowed = edition.directory.allowed()
    allowed[row] = False
    lon, lat = edition.directory.lonlat[row].tolist()
    try:
        return edition.finder.find(lon, lat, Mode.WALK, NEARBY, allowed)
    except UnreachableError:
        return []


async def _page(request: Request, edition: Edition, row: int) -> Response:
    moment = now()
    directory, openings = edition.directory, edition.openings
    return HTMLResponse(
        station_page(
            station_card(directory, row, openings.of(row, moment)),
            now=moment,
            nearby=[
                station_card(directory, found.row, openings.of(found.row, moment), found=found)
                for found in await _nearby(edition, row)
            ],
            links=page_links(request),
            language=preferred_language(request),
            sample=edition.is_sample,
        )
    )
