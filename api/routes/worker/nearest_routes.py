"""``/nearest``: which stations are nearest by street, open or not, and how to get there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, Field
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool

from api.http.asking import preferred_language
from api.http.links import base_url, lead_browser_on, page_links
from api.publishing.edition import Edition
from api.publishing.nearest_answer import Answer, Question, answer
from api.resources import CurrentEdition, resources_of
from api.stations.finder import FoundStation
from api.stations.openings import Opening, holiday_notice
from api.stations.station_answer import StationAnswer, station_answer
from api.stations.upkeep import SILENCE, StationWord
from geo.layers.vocabulary import Mode
from geo.text import Language

HEADERS: Mapping[str, str] = MappingProxyType({"Cache-Control": "no-store"})
MEDIA_TYPE = "application/json"

router = APIRouter(tags=["stations"])
by_body = APIRouter(tags=["stations"])


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


async def lead_to_nearest_page(request: Request) -> None:
    """Send a person who typed this address to the page made for people."""
    lead_browser_on(request, page_links(request).nearest)


@router.get(
    "/nearest",
    summary="Nearest stations (position in the address)",
    dependencies=[Depends(lead_to_nearest_page)],
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
    resources = resources_of(request)
    answered = answer(edition, question, resources.upkeep)
    language, root = preferred_language(request), base_url(request)
    return Response(
        encoded(request, edition, question, answered, language, root),
        headers=HEADERS,
        media_type=MEDIA_TYPE,
        background=BackgroundTask(resources.editions.answered),
    )


def encoded(
    request: Request,
    edition: Edition,
    question: Question,
    answered: Answer,
    language: Language,
    root: str,
) -> bytes:
    """Return the JSON of :class:`NearestAnswer`, put together from what is encoded already.

    `language` and `root` are those of the `request`: the reader's, and the service's public root.
    """
    mode, directory, lasting = question.mode, edition.directory, edition.lasting

    def make(found: FoundStation, opening: Opening, word: StationWord) -> StationAnswer:
        row = found.row
        return station_answer(request, directory, row, opening, found=found, mode=mode, word=word)

    stations = []
    for found, opening, word in answered.found:
        key = found.row, mode, language, root, None if word is SILENCE else word
        stations.append(lasting.encoded(key, make, opening, found))
    frame = _frame(answered.moment, mode, language, edition.is_sample)
    return b"".join((frame, b",".join(stations), b"]}"))


@lru_cache(maxsize=256)
def _frame(moment: datetime, mode: Mode, language: Language, is_sample: bool) -> bytes:  # noqa: FBT001 - a key
    """Return what stands before the stations."""
    notice = holiday_notice(moment.date())
    frame = NearestAnswer(
        moment=moment,
        mode=mode,
        notice=None if notice is None else notice.into(language),
        sample=is_sample,
        stations=[],
    )
    return frame.model_dump_json().encode()[:-2]


@by_body.post(
    "/nearest", summary="Nearest stations (position in the body)", response_model=NearestAnswer
)
async def nearest_by_body(
    request: Request, edition: CurrentEdition, question: Question
) -> Response:
    """Find the stations reached soonest along the streets; the position is in no address."""
    return await _respond(request, edition, question)
