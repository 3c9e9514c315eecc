"""What crews do on the road: see today's visits, and record how many people came."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool

from api.analysis.bus_plans.drive_routes import make_ready
from api.analysis.bus_plans.recorded_visits import record_visit
from api.delay_publishing import publish_delays
from api.http.asking import preferred_language
from api.http.keys import KeyFirstRoute, reader_of, require_bus_crew
from api.http.links import page_frame
from api.publishing.edition import Edition
from api.resources import CurrentEdition, resources_of
from api.stations.openings import now
from data.bus.bus_delays import BusDelays
from data.bus.bus_records import BusRecords
from data.geometry.datum import to_gcj02
from data.store.project import Project
from geo.bus.replanning.delay import Delay, DelayState
from geo.bus.turnout.turnout import VisitRecord
from geo.errors import BadInputError, YizhanError
from geo.layers.vocabulary import CampaignName
from geo.text import Language, Text
from maps.bus.crew_page import bus_crew_page

router = APIRouter(
    prefix="/bus",
    tags=["health bus"],
    dependencies=[Depends(require_bus_crew)],
    route_class=KeyFirstRoute,
)

_LONGEST = 200
"""Characters of a field that are read: ids are shorter."""
_LATEST_MIN = 240
"""Four hours: beyond, a visit is not late but called off."""


class Record(BaseModel):
    """How many people came to a visit."""

    model_config = ConfigDict(extra="forbid")

    bus_id: str = Field(max_length=_LONGEST)
    day: date
    stop_id: str = Field(max_length=_LONGEST)
    came: int | None = Field(ge=0, description="null: the visit did not take place")
    campaign: CampaignName | None = Field(
        default=None, description="Whose people, where several campaigns are held at the visit"
    )


class Recorded(Record):
    """A record as it was stored."""

    recorded: str = Field(description="ISO 8601, Asia/Shanghai")


class DelayAnswer(BaseModel):
    """What became of a report that a bus is late."""

    state: DelayState
    text: str = Field(description="What the crew is told")

    @classmethod
    def of(cls, delay: Delay, language: Language) -> DelayAnswer:
        """Return what is said of `delay`."""
        return cls(state=delay.state, text=delay.text.into(language))


def _told(record: VisitRecord) -> Recorded:
    return Recorded(
        bus_id=record.bus_id,
        day=record.day,
        stop_id=record.stop_id,
        came=record.came,
        campaign=CampaignName(record.campaign) if record.campaign else None,
        recorded=record.recorded,
    )


@router.get("/records", summary="What crews recorded, the last of each visit")
def records(request: Request) -> list[Recorded]:
    """Return the records that count."""
    found = BusRecords(resources_of(request).folder).read()
    return [_told(record) for record in {(one.key, one.campaign): one for one in found}.values()]


@router.post("/records", summary="Record how many people came", status_code=201)
def record(request: Request, told: Record) -> Recorded:
    """Store a record; a later one of the same visit takes its place."""
    project = Project.open(resources_of(request).folder)
    made = record_visit(
        project,
        told.bus_id,
        told.day,
        told.stop_id,
        told.came,
        campaign=told.campaign,
        now=now(),
    )
    return _told(made)


@router.get("/crew", summary="Page: today's visits of the crews", response_class=HTMLResponse)
def crew(
    request: Request,
    edition: CurrentEdition,
    day: Annotated[date | None, Query(description="Another day")] = None,
    bus: Annotated[
        str | None, Query(description="Only this bus; all where empty", max_length=100)
    ] = None,
) -> Response:
    """Show the visits of a day with a field each for how many came; works without JavaScript."""
    return _page(request, edition, day or now().date(), None, bus=bus or None)


@router.post("/crew", summary="Page: record a visit", response_class=HTMLResponse)
async def crew_recorded(request: Request, edition: CurrentEdition) -> Response:
    """Store what the form says and show the day again."""
    async with request.form() as form:
        told = {name: str(value)[:_LONGEST] for name, value in form.items()}
    try:
        day = date.fromisoformat(told.get("day", ""))
    except ValueError:
        day = now().date()
    bus = told.get("only_bus") or None
    try:
        made = await run_in_threadpool(_record_form, request, told, day)
    except YizhanError as error:
        return _page(request, edition, day, error.text, bus=bus)
    whose = CampaignName(made.campaign).text
    said = Text(f"已登记{whose.zh}：未举行。", f"Recorded, {whose.en}: not held.")
    if made.came is not None:
        said = Text(
            f"已登记{whose.zh}实到 {made.came} 人。", f"Recorded, {whose.en}: {made.came} people."
        )
    return _page(request, edition, day, said, bus=bus)


@router.post("/crew/late", summary="Page: the bus is late", response_class=HTMLResponse)
async def crew_late(request: Request, edition: CurrentEdition) -> Response:
    """Keep how late the bus is; behind the answer the rest of its day is shifted and all are told.

    A form is led back to the crew's page, a script is told what is kept.
    """
    async with request.form() as form:
        bus, late = str(form.get("bus_id", ""))[:_LONGEST], str(form.get("minutes", ""))
        seen = str(form.get("seen", ""))
    is_script, moment = "application/json" in request.headers.get("accept", ""), now()
    try:
        if not late.isdecimal() or not 0 < int(late) <= _LATEST_MIN:
            raise BadInputError(
                Text(
                    f"请选晚点多少分钟（1–{_LATEST_MIN}）。",
                    f"Say how late the bus is, 1 to {_LATEST_MIN} minutes.",
                )
            )
        version = int(seen) if seen.isdecimal() else None
        delay = await run_in_threadpool(_keep_late, request, bus, int(late), version)
    except YizhanError as error:
        if is_script:
            raise
        return _page(request, edition, moment.date(), error.text, bus=bus)
    if is_script:
        told = DelayAnswer.of(delay, preferred_language(request))
        return JSONResponse(told.model_dump(mode="json"), status_code=202)
    mine = f"{page_frame(request).links.bus_crew}?{urlencode({'bus': bus})}"
    return RedirectResponse(mine, status_code=303)


def _keep_late(request: Request, bus: str, late_min: int, seen: int | None) -> Delay:
    from api.analysis.bus_plans.late_buses import keep_delay  # noqa: PLC0415 - the re-planner

    resources = resources_of(request)
    project, language = Project.open(resources.folder), preferred_language(request)
    delay = keep_delay(project, bus, late_min, now(), seen=seen, language=language)
    publish_delays(resources)
    return delay


@router.get("/crew/late", summary="What became of a bus's last delay today")
def crew_delay(
    request: Request, bus: Annotated[str, Query(max_length=_LONGEST, description="Id of the bus")]
) -> DelayAnswer | None:
    """Return whether the delay that the bus reported last today is kept, told or refused."""
    resources = resources_of(request)
    found = BusDelays(resources.folder).last_of(bus, now().date())
    if found is None:
        return None
    if found.state is DelayState.KEPT:
        publish_delays(resources)
    return DelayAnswer.of(found, preferred_language(request))


def _record_form(request: Request, told: dict[str, str], day: date) -> VisitRecord:
    number = told.get("came", "").strip()
    held = told.get("held") != "no"
    if held and not number.isdecimal():
        raise BadInputError(Text("请填写实到人数（整数）。", "Give the number of people who came."))
    project = Project.open(resources_of(request).folder)
    return record_visit(
        project,
        told.get("bus_id", ""),
        day,
        told.get("stop_id", ""),
        int(number) if held else None,
        campaign=_campaign(told.get("campaign", "")),
        now=now(),
    )


def _campaign(told: str) -> CampaignName | None:
    return CampaignName(told) if told in set(CampaignName) else None


def _page(
    request: Request, edition: Edition, day: date, message: Text | None, *, bus: str | None = None
) -> Response:
    folder, today = resources_of(request).folder, now().date()
    found = BusRecords(folder).read()
    came = {(one.bus_id, one.stop_id, one.campaign): one.came for one in found if one.day == day}
    delay = BusDelays(folder).last_of(bus, today) if bus and day == today else None
    # Who looks at today may report a delay: what publishing needs is got ready meanwhile.
    ready = BackgroundTask(make_ready, Project.open(folder)) if day == today else None
    html = bus_crew_page(
        edition.seen_by(reader_of(request)),
        day,
        came,
        to_gcj02=to_gcj02,
        made=now(),
        bus_names=edition.bus_names,
        message=message,
        only_bus=bus,
        delay=delay,
        version=edition.summary.bus_version,
        frame=page_frame(request, sample=edition.is_sample),
    )
    return HTMLResponse(html, headers={"Cache-Control": "no-store"}, background=ready)
