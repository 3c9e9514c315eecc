"""``/nearest``: which stations are nearest by street, open or not, and how to get there."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from api.http.asking import preferred_language
from api.http.direct import direct_route
from api.http.links import base_url, lead_browser_on, page_links
from api.publishing.answers import Answer, Question, answer
from api.publishing.edition import Edition
from api.resources import CurrentEdition, edition_of, resources_of
from api.stations.openings import holiday_notice
from api.stations.station_answer import StationAnswer, station_answer
from geo.layers.vocabulary import Mode
from geo.text import Language


async def _answer_directly(request: Request, question: Question) -> Response:
    return await _respond(request, await edition_of(request), question)


router = APIRouter(tags=["stations"])
by_body = APIRouter(tags=["stations"], route_class=direct_route(Question, _answer_directly))


class AddressQuestion(Question):
    """The question as an address carries it."""

    lang: Language | None = Field(default=None, description="Language of the answer")
    f: Literal["json"] | None = Field(default=None, description="Format")


class NearestAnswer(BaseModel):
    """The nearest stations."""

    moment: datetime = Field(description="The moment the openings are for, Asia/Shanghai")
    mode: Mode
    notice: str | None = Field(
        description="What to know about the day: a public holiday or a make-up working day"
    )
    sample: bool = Field(description="Whether the stations are invented (示例数据)")
    stations: list[StationAnswer] = Field(description="Soonest reached first; may be empty")


async def lead_browsers_on(request: Request) -> None:
    """Send a person who typed this address to the page made for people."""
    lead_browser_on(request, page_links(request).nearest)


@router.get(
    "/nearest",
    summary="Nearest stations (position in the address)",
    dependencies=[Depends(lead_browsers_on)],
    response_model=NearestAnswer,
)
async def nearest(
    request: Request,
    edition: CurrentEdition,
    question: Annotated[AddressQuestion, Query()],
) -> Response:
    """Find the stations reached soonest along the streets.

    For programs. The position stands in the address, which browsers and proxies may keep: pages
    use the POST form. Our own log never has it.
    """
    return await _respond(request, edition, question)


async def _respond(request: Request, edition: Edition, question: Question) -> Response:
    if not edition.finder.is_ready(question.mode):
        await run_in_threadpool(edition.finder.prepare, question.mode)
    answered = answer(edition, question, resources_of(request).upkeep)
    return Response(
        encoded(request, edition, question, answered),
        headers={"Cache-Control": "no-store"},
        media_type="application/json",
    )


def encoded(request: Request, edition: Edition, question: Question, answered: Answer) -> bytes:
    """Return the JSON of :class:`NearestAnswer`, put together from what is encoded already."""
    language, root = preferred_language(request), base_url(request)
    notice = holiday_notice(answered.moment.date())
    frame = NearestAnswer(
        moment=answered.moment,
        mode=question.mode,
        notice=None if notice is None else notice.into(language),
        sample=edition.is_sample,
        stations=[],
    )
    stations = []
    for found, opening, word in answered.found:
        make = partial(
            station_answer,
            *(request, edition.directory, found.row, opening),
            found=found,
            mode=question.mode,
            word=word,
        )
        key = found.row, question.mode, language, root, word
        stations.append(edition.lasting.encoded(key, make, opening, found))
    return b"".join((frame.model_dump_json().encode()[:-2], b",".join(stations), b"]}"))


@by_body.post(
    "/nearest", summary="Nearest stations (position in the body)", response_model=NearestAnswer
)
async def nearest_by_body(
    request: Request, edition: CurrentEdition, question: Question
) -> Response:
    """Find the stations reached soonest along the streets; the position is in no address."""
    return await _respond(request, edition, question)
