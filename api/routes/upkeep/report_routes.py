"""What passers-by report of stations: told without login, settled by planners."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from api.http.keys import KeyFirstRoute, require_planner
from api.http.links import page_frame, page_links
from api.http.tellers import is_first_report
from api.http.visibility import Reader
from api.publishing.edition import Edition
from api.resources import CurrentEdition, resources_of
from api.routes.worker.station_routes import StationId, row_of
from api.stations.confirming import unconfirmed
from api.stations.deciding import Deciding, decide
from api.stations.directory import STATION_LAYERS
from api.stations.openings import now
from api.stations.posters import districts_with_stations
from data.upkeep.fault_reports import FaultReport, Settled, kept_note
from geo.errors import YizhanError
from geo.fields import NOTE_LETTERS, UNCONFIRMED_DAYS, WHY_LETTERS
from geo.layers.vocabulary import Decision, Fault
from geo.study.draft import Who
from geo.text import Text
from maps.district_table import district_names
from maps.upkeep.reports_page import WaitingReports, reports_page

public = APIRouter(tags=["stations"])
router = APIRouter(
    tags=["planning"], dependencies=[Depends(require_planner)], route_class=KeyFirstRoute
)

_SHOWN_SETTLED = 30
"""Decisions shown below what waits: a few weeks of them."""


class Telling(BaseModel):
    """What somebody found at a station; nothing is kept of who."""

    model_config = ConfigDict(extra="forbid")

    fault: Fault
    note: str = Field(
        default="",
        max_length=WHY_LETTERS,
        description=f"A line more; its first {NOTE_LETTERS} characters are kept, telephone numbers "
        "are not",
    )


class Thanks(BaseModel):
    """A report that was received."""

    station: str
    fault: Fault
    counted: bool = Field(
        description="False if the same was told from the same address within the hour"
    )


@public.post("/stations/{station_id:path}", summary="Report a fault of a station", status_code=201)
def tell(request: Request, edition: CurrentEdition, station_id: StationId, told: Telling) -> Thanks:
    """Keep which station, what, and when, to the minute: nothing about who."""
    row_of(edition.directory, station_id)
    return Thanks(station=station_id, fault=told.fault, counted=_kept(request, station_id, told))


@public.post("/s/{station_id:path}", summary="Page: report a fault of a station")
async def tell_by_form(
    request: Request, edition: CurrentEdition, station_id: StationId
) -> Response:
    """Take the report and show the station's page again."""
    row_of(edition.directory, station_id)
    async with request.form() as form:
        typed = {name: str(value)[:WHY_LETTERS] for name, value in form.items()}
    fault = {one.value: one for one in Fault}.get(typed.get("fault", ""))
    page = page_links(request).station_url(station_id)
    if fault is None:
        return RedirectResponse(page, 303)
    told = Telling(fault=fault, note=typed.get("note", ""))
    await run_in_threadpool(_kept, request, station_id, told)
    return RedirectResponse(f"{page}?told={fault.value}", 303)


def _kept(request: Request, station_id: str, told: Telling) -> bool:
    if not is_first_report(request, f"{station_id}|{told.fault.value}"):
        return False
    resources_of(request).upkeep.reports.add(
        FaultReport(
            station_id, told.fault, kept_note(told.note), now().isoformat(timespec="minutes")
        )
    )
    return True


class Waiting(BaseModel):
    """What was reported of one fault of one station and waits for a planner."""

    station: str
    name: str = Field(description='"" where the station is in no layer any more')
    layer: str
    fault: Fault
    count: int
    first: str = Field(description="ISO 8601, Asia/Shanghai")
    last: str
    notes: list[str]


class Queue(BaseModel):
    """What waits, most reported first, and what was decided of late."""

    waiting: list[Waiting]
    settled: list[Settled] = Field(description="Last first")


@router.get("/planning/reports", summary="What passers-by reported")
def queue(request: Request, edition: CurrentEdition) -> Queue:
    """Return what waits for a decision."""
    told = resources_of(request).upkeep.told()
    return Queue(
        waiting=[_waiting(edition, *one) for one in _most_first(told.waiting)],
        settled=told.settled[: -_SHOWN_SETTLED - 1 : -1],
    )


class Verdict(BaseModel):
    """A planner's decision on all that waits of one fault of one station."""

    model_config = ConfigDict(extra="forbid")

    station: str = Field(max_length=200)
    fault: Fault
    decision: Decision
    who: Who
    words: str = Field(
        default="", max_length=WHY_LETTERS, description="The answer the public reads, or why"
    )
    values: dict[str, str | float | bool | None] = Field(
        default={},
        max_length=40,
        description="Where accepted: new values of the row. Without them `moved` closes the "
        "station, `closed` suspends it, `no_water` takes the water off",
    )
    lon: float | None = Field(default=None, ge=-180, le=180, description="New position, degrees")
    lat: float | None = Field(default=None, ge=-90, le=90, description="New position, degrees")


@router.post("/planning/reports", summary="Accept, answer or drop what was reported")
def settle(request: Request, edition: CurrentEdition, verdict: Verdict) -> Settled:
    """Settle it; accepting writes a new version of the station's layer."""
    return _settled(request, edition, verdict)


@router.get("/reports", summary="Page: what passers-by reported", response_class=HTMLResponse)
def page(request: Request, edition: CurrentEdition) -> Response:
    """Show what waits, with a form each; works without JavaScript."""
    return _page(request, edition, None)


@router.post("/reports", summary="Page: decide on what was reported", response_class=HTMLResponse)
async def decided(request: Request, edition: CurrentEdition) -> Response:
    """Do what the form says and show the page again."""
    async with request.form() as form:
        typed = {name: str(value)[:WHY_LETTERS].strip() for name, value in form.items()}
    try:
        settled = await run_in_threadpool(_settled_by_form, request, edition, typed)
    except YizhanError as error:
        return await run_in_threadpool(_page, request, edition, error.text)
    edition = resources_of(request).editions.current()
    done = Text(
        f"已处理：{settled.station} {settled.fault.text.zh} — {settled.decision.text.zh}。",
        f"Done: {settled.station}, {settled.fault.text.en}: {settled.decision.text.en}.",
    )
    return await run_in_threadpool(_page, request, edition, done)


def _settled_by_form(request: Request, edition: Edition, typed: dict[str, str]) -> Settled:
    values = {"opening_hours": typed["hours"]} if typed.get("hours") else {}
    try:
        verdict = Verdict.model_validate(
            {
                "station": typed.get("station", ""),
                "fault": typed.get("fault"),
                "decision": typed.get("decision"),
                "who": typed.get("who", ""),
                "words": typed.get("words", ""),
                "values": values,
                "lon": typed.get("lon") or None,
                "lat": typed.get("lat") or None,
            }
        )
    except ValueError as error:
        raise BadFormError from error
    return _settled(request, edition, verdict)


class BadFormError(YizhanError):
    """A field of the page's form is missing or wrong."""

    def __init__(self) -> None:
        super().__init__(
            Text(
                "请填写您的姓名，经纬度须为数字（度）。",
                "Give your name; longitude and latitude must be numbers in degrees.",
            )
        )


def _settled(request: Request, edition: Edition, verdict: Verdict) -> Settled:
    resources = resources_of(request)
    place = None
    if verdict.lon is not None and verdict.lat is not None:
        place = verdict.lon, verdict.lat
        edition.area.check(*place)
    number = edition.directory.by_id.get(verdict.station)
    settled = decide(
        edition.project,
        resources.upkeep,
        _layer_of(edition, verdict.station),
        None if number is None else edition.directory.rows[number],
        Deciding(
            station=verdict.station,
            fault=verdict.fault,
            decision=verdict.decision,
            who=verdict.who,
            words=verdict.words,
            values=verdict.values,
            place=place,
        ),
        now().isoformat(timespec="minutes"),
    )
    if settled.version is not None:
        resources.editions.look_again()
    return settled


def _layer_of(edition: Edition, station: str) -> str | None:
    for name in STATION_LAYERS:
        frame = edition.layers.get(name)
        if frame is not None and (frame["id"].astype(str) == station).any():
            return name
    return None


def _most_first(
    waiting: dict[tuple[str, Fault], list[FaultReport]],
) -> list[tuple[str, Fault, list[FaultReport]]]:
    found = [(station, fault, list(reports)) for (station, fault), reports in waiting.items()]
    return sorted(found, key=lambda one: (-len(one[2]), one[2][-1].at))


def _waiting(edition: Edition, station: str, fault: Fault, reports: list[FaultReport]) -> Waiting:
    number = edition.directory.by_id.get(station)
    return Waiting(
        station=station,
        name="" if number is None else str(edition.directory.rows[number]["name"]),
        layer=_layer_of(edition, station) or "",
        fault=fault,
        count=len(reports),
        first=reports[0].at,
        last=reports[-1].at,
        notes=[one.note for one in reports if one.note],
    )


def _page(request: Request, edition: Edition, message: Text | None) -> Response:
    upkeep = resources_of(request).upkeep
    told = upkeep.told()
    rows = edition.directory.rows
    waiting = []
    for station, fault, reports in _most_first(told.waiting):
        number = edition.directory.by_id.get(station)
        hours = "" if number is None else str(rows[number]["opening_hours"] or "")
        waiting.append(
            WaitingReports(
                station=station,
                name="" if number is None else str(rows[number]["name"]),
                fault=fault,
                times=tuple(one.at for one in reports),
                notes=tuple(one.note for one in reports if one.note),
                hours=hours,
            )
        )
    html = reports_page(
        waiting,
        [
            (one.at, one.station, one.fault.text, one.decision.text, one.who, one.words)
            for one in told.settled[: -_SHOWN_SETTLED - 1 : -1]
        ],
        [(one.id, one.name) for one in unconfirmed(edition.directory, upkeep.kept(), now().date())],
        districts=districts_with_stations(
            edition.directory, district_names(edition.seen_by(Reader.PLANNER))
        ),
        unconfirmed_days=UNCONFIRMED_DAYS,
        message=message,
        frame=page_frame(request, sample=edition.is_sample),
    )
    return HTMLResponse(html, headers={"Cache-Control": "no-store"})
