"""Whether the service answers, what it serves and what it had to leave out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from api.http.asking import preferred_language
from api.http.keys import reader_of
from api.http.problems import RESTART
from api.http.visibility import Reader, may_read
from api.publishing.edition import Edition
from api.resources import CurrentEdition
from data.program import is_replaced
from geo.text import Text

router = APIRouter(tags=["service"])


State = Literal["ok", "degraded", "starting", "unavailable"]


class Health(BaseModel):
    """Whether a worker who asks for the nearest station gets an answer."""

    status: State = Field(
        description="`ok`; `degraded`: rows that break a layer's schema are left out; with 503 "
        "`starting` (wait) or `unavailable` (no station can be told, `detail` says why)"
    )
    detail: str | None = Field(description="Why, in the reader's language; null when all is well")
    sample: bool = Field(description="Whether the data are the invented sample (示例数据)")
    edition: str = Field(description="Changes whenever anything published changes")
    modified: datetime = Field(description="When the newest part was published (UTC)")
    layers: dict[str, int] = Field(description="Public layers and their number of rows")
    left_out: dict[str, int] = Field(description="Faults left out, by layer")
    notices: list[str] | None = Field(
        description="What a planner should know of the data and results; null without the key"
    )


@router.get(
    "/health",
    summary="Does the service answer?",
    responses={503: {"model": Health, "description": "No question can be answered now"}},
)
def health(request: Request, response: Response, edition: CurrentEdition) -> Health:
    """Answer quickly, without a key; 503 when nobody's question can be answered."""
    reader, language = reader_of(request), preferred_language(request)
    counts = {
        name: count for name, count in edition.first.counts.items() if may_read(name, Reader.ANYONE)
    }
    faults = {name: len(told) for name, told in edition.faults.items() if may_read(name, reader)}
    state, detail = _state(edition, faults)
    notices = None
    if (
        reader is Reader.PLANNER
    ):  # What they rest on is no light reading: not for the first answers.
        told = (*edition.notices, *((RESTART,) if is_replaced() else ()))
        notices = [text.into(language) for text in told]
    if state in {"starting", "unavailable"}:
        response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
    return Health(
        status=state,
        detail=None if detail is None else detail.into(language),
        sample=edition.is_sample,
        edition=edition.stamp,
        modified=edition.modified,
        layers=counts,
        left_out=faults,
        notices=notices,
    )


def _state(edition: Edition, faults: Mapping[str, int]) -> tuple[State, Text | None]:
    trouble = edition.trouble
    if trouble is not None:
        return "unavailable", trouble
    if not edition.is_warm:
        return "starting", Text("正在启动，请稍候。", "Starting; wait a moment.")
    if faults:
        count = sum(faults.values())
        return "degraded", Text(f"有 {count} 处数据被略过。", f"{count} faults of data left out.")
    return "ok", None
