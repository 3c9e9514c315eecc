"""One station: for programs as JSON, for people as its page, where its QR sign leads."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from api.http.asking import wants_html
from api.http.links import address, page_frame
from api.publishing.edition import Edition
from api.publishing.nearest_answer import said_of
from api.resources import CurrentEdition, resources_of
from api.stations.directory import Directory
from api.stations.finder import FoundStation
from api.stations.openings import now
from api.stations.station_answer import StationAnswer, station_answer, station_card
from api.stations.upkeep import SILENCE
from geo.errors import MissingError, UnreachableError
from geo.layers.vocabulary import Fault, Mode
from geo.text import MOST_QUOTED, Text
from maps.worker.station_card import StationCard
from maps.worker.station_page import station_page

router = APIRouter(tags=["stations"])

NEARBY = 3
"""Other stations on the page of one: where to go when it is closed."""

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
    moment, words = now(), resources_of(request).upkeep.words(now())

    def told(number: int, found: FoundStation | None = None) -> StationAnswer:
        opening, word = said_of(edition, number, moment, words)
        return station_answer(request, edition.directory, number, opening, found=found, word=word)

    return StationWithNearby(
        station=told(row),
        nearby=[told(found.row, found) for found in await _nearby(edition, row)],
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
        shown = station_id[:MOST_QUOTED]
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
    moment, words = now(), resources_of(request).upkeep.words(now())

    def card(number: int, found: FoundStation | None = None) -> StationCard:
        opening, word = said_of(edition, number, moment, words)
        return station_card(edition.directory, number, opening, found=found, word=word)

    station_id = str(edition.directory.rows[row]["id"])
    answered = words.get(station_id, SILENCE).answer
    return HTMLResponse(
        station_page(
            card(row),
            now=moment,
            nearby=[card(found.row, found) for found in await _nearby(edition, row)],
            thanks=_thanks(request),
            answered=None if answered is None else (answered.at[:10], answered.words),
            frame=page_frame(request, sample=edition.is_sample),
        )
    )


def _thanks(request: Request) -> Text | None:
    """Return what to say to somebody who just reported something; None to others."""
    told = request.query_params.get("told", "")
    fault = {one.value: one for one in Fault}.get(told)
    if fault is None:
        return None
    return Text(
        f"谢谢！已收到您的反映：{fault.text.zh}。",
        f"Thank you! We have your report: {fault.text.en}.",
    )
