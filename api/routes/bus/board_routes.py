"""The board: days x buses with visits as cards, changed by hand, judged at once, published."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.background import BackgroundTask

from api.analysis.bus_plans.bus_ways import make_ready
from api.analysis.bus_plans.plan_versions import publish_version
from api.bus.plan_news import change_rows_of
from api.http.asking import preferred_language
from api.http.keys import KeyFirstRoute, require_planner
from api.http.links import base_url, page_frame
from api.http.problems import HttpError
from api.http.visibility import Reader
from api.publishing.linked import bus_links
from api.resources import CurrentEdition, resources_of
from api.routes.service.job_routes import JobReport, report
from api.stations.openings import now
from data.bus_boards import BoardChangedError
from data.project import Project
from geo.bus.board.edits import Edit, Key, VisitRef
from geo.bus.board.layout import exam_min
from geo.bus.check import Broken
from geo.bus.clock import clock_text
from geo.bus.replanning.changes import VisitChange
from geo.bus.replanning.version import PlanVersion
from geo.bus.shared_visit import SharedVisit
from geo.bus.sharing import may_share
from geo.bus.visit import BusDay, Visit
from geo.json_shapes import JsonFacts
from geo.layers.vocabulary import CampaignName
from geo.solving import Progress, StoppingCriterion
from geo.study.draft import Who, Why
from geo.text import Language, Text
from maps.bus.board_page import bus_board_page
from maps.bus.news import BusCall

if TYPE_CHECKING:
    from api.analysis.bus_plans.opened_board import OpenBoard
    from geo.bus.board.evaluation import Evaluated

router = APIRouter(
    prefix="/bus/board",
    tags=["health bus"],
    dependencies=[Depends(require_planner)],
    route_class=KeyFirstRoute,
)

Campaign = Annotated[
    CampaignName | None, Query(description="The one published last where not told")
]


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")

    campaign: CampaignName | None = None


class StepAsked(_Asked):
    """One step: edits that hold or fall together."""

    edits: Annotated[tuple[Edit, ...], Field(min_length=1, max_length=50)]
    revision: int | None = Field(default=None, description="Of the board that was seen")


class TryAsked(_Asked):
    """What a card would do where it is held."""

    edit: Edit


class BackAsked(_Asked):
    """Undo, or redo."""

    at: Annotated[int, Field(ge=0, description="How many steps hold")]
    revision: int | None = None


class MendAsked(_Asked):
    """Which visit to mend."""

    visit: VisitRef


class PublishAsked(_Asked):
    """Who publishes, and why."""

    who: Who
    why: Why = ""


class StopShown(BaseModel):
    """A place a bus may stand."""

    id: str
    name: str
    district: str
    lon: float
    lat: float
    opens: str
    closes: str
    setting: str | None
    is_banned: bool


class BusShown(BaseModel):
    """A bus and where its days begin and end."""

    id: str
    name: str
    depot: str = Field(description="Where its days begin")
    at: tuple[float, float] = Field(description="That depot's position, degrees")
    end_at: tuple[float, float] = Field(description="Position where its days end, degrees")
    exams_per_day: float


class BoardGround(BaseModel):
    """What does not change while the board is used."""

    campaign: CampaignName
    campaigns: list[CampaignName] = Field(description="All that stand")
    days: list[date]
    buses: list[BusShown]
    stops: list[StopShown]
    stays_min: list[int]
    clock_step_min: int


class CardShown(BaseModel):
    """One visit as a card."""

    bus: str
    day: date
    stop: str
    name: str
    start_min: int
    stay_min: int
    end_min: int
    arrive_min: int
    depart_min: int
    people: float
    is_locked: bool
    is_begun: bool
    guests: list[str] = Field(description="Campaigns held at this visit too")
    was: str | None = Field(description="When it was announced, where that differs; - for new")
    broken: list[str]


class BusDayShown(BaseModel):
    """One bus on one day."""

    bus: str
    day: date
    leave: str
    back: str
    km: float
    people: float
    stops: list[str]
    is_changed: bool
    broken: list[str]


class OtherVisit(BaseModel):
    """A visit of another campaign, at which this one may be held too."""

    stop: str
    name: str
    start_min: int
    end_min: int
    may_share: bool = Field(description="Whether the rules let this campaign be held there")
    is_shared: bool
    shared: str = Field(description="This campaign's own hours there, HH:MM–HH:MM; empty for none")
    people: float = Field(description="People of this campaign expected there")


class OtherShown(BaseModel):
    """A bus-day that another campaign holds."""

    bus: str
    day: date
    campaign: str
    visits: list[OtherVisit]


class CostShown(BaseModel):
    """What the board costs against what is announced."""

    people: float
    people_before: float
    km: float
    km_before: float
    below_floor: dict[str, float]
    calls: int


class BoardState(BaseModel):
    """The board as it is."""

    version: int
    revision: int
    at: int
    steps: int
    cards: list[CardShown]
    bus_days: list[BusDayShown]
    others: list[OtherShown]
    broken: list[str] = Field(description="Rules broken by the whole")
    is_lawful: bool
    cost: CostShown
    calls: list[BusCall]


class WayShown(BaseModel):
    """Where a bus drives on a day on which the draft stops elsewhere than announced."""

    bus: str
    day: date
    stops: list[str]
    line: list[tuple[float, float]] = Field(description="Along the streets, lon/lat degrees")


class MendShown(BaseModel):
    """The best mend."""

    text: str
    edits: list[Edit]
    cost: CostShown


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
def ground(request: Request, campaign: Campaign = None) -> BoardGround:
    """Return what does not change while the board is used."""
    held = _open(request, campaign)
    own = held.board.campaign
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
    )


@router.get("/state", summary="The board as it is")
def state(request: Request, campaign: Campaign = None) -> BoardState:
    """Return the visits, what they break and what they cost."""
    held = _open(request, campaign)
    return _shown(held, held.board.evaluate(held.placed), preferred_language(request))


@router.get("/ways", summary="The draft's ways along the streets")
def ways(request: Request, campaign: Campaign = None) -> list[WayShown]:
    """Return the ways of the bus-days that stop elsewhere than announced."""
    from api.analysis.bus_plans.opened_board import draft_ways  # noqa: PLC0415 - brings in the re-planner

    held = _open(request, campaign)
    own = held.board.campaign
    return [
        WayShown(
            bus=own.buses[day.bus].id,
            day=day.day,
            stops=[own.stops[visit.stop].id for visit in day.visits],
            line=[(round(lon, 5), round(lat, 5)) for lon, lat in line.coords],
        )
        for day, line in draft_ways(_project(request), held)
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
    return _shown(after, found, preferred_language(request))


@router.post("/try", summary="What a step would break and cost; nothing is kept")
def try_step(request: Request, asked: TryAsked) -> BoardState:
    """Judge a step without keeping it."""
    from api.analysis.bus_plans.opened_board import after_steps  # noqa: PLC0415 - as above

    held = _open(request, asked.campaign)
    after = after_steps(_project(request), held, held.draft.after([asked.edit]), now())
    found = after.board.evaluate(after.placed)
    return _shown(after, found, preferred_language(request))


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
    return _shown(after, found, preferred_language(request))


@router.post("/mend", summary="The best mend of a visit that breaks a rule")
def best(request: Request, asked: MendAsked) -> MendShown | None:
    """Return the edits of the best mend and what it costs; null where nothing helps."""
    from api.analysis.bus_plans.opened_board import mend  # noqa: PLC0415 - as above

    held = _open(request, asked.campaign)
    found = mend(held, asked.visit.key)
    if found is None:
        return None
    made, edits = found
    one = made.visit
    bus = next(bus.name for bus in held.board.campaign.buses if bus.id == one.bus)
    when = f"{one.day.month}/{one.day.day} {clock_text(one.start_min)}"
    text = Text(
        f"改到 {when}（{bus}），停 {one.stay_min} 分钟"
        + (f"，其后 {made.moved} 次停靠顺延" if made.moved else ""),
        f"Go to {when} ({bus}), {one.stay_min} min"
        + (f"; {made.moved} later visits move back" if made.moved else ""),
    )
    return MendShown(
        text=text.into(preferred_language(request)),
        edits=list(edits),
        cost=_cost(held, made.found),
    )


@router.post("/publish", summary="Publish the board", status_code=202)
async def publish(request: Request, asked: PublishAsked) -> JobReport:
    """Start publishing; only what changed is rewritten, and all of it at the end, at once."""
    resources, moment = resources_of(request), now()
    language = preferred_language(request)

    def work(progress: Progress, stop: StoppingCriterion) -> JsonFacts:
        from api.analysis.bus_plans.opened_board import draft_version, open_board  # noqa: PLC0415 - as above

        del stop
        project = Project.open(resources.folder)
        held = open_board(project, asked.campaign, moment)
        version = draft_version(project, held, asked.who, asked.why)
        publish_version(project, version.number, language=language, progress=progress)
        resources.editions.look_again()
        return {"version": version.number, "calls": len(version.changes)}

    return report(request, resources.jobs.start("bus-publish", work))


def _project(request: Request) -> Project:
    return Project.open(resources_of(request).folder)


def _open(request: Request, campaign: CampaignName | None) -> OpenBoard:
    from api.analysis.bus_plans.opened_board import open_board  # noqa: PLC0415 - as above

    return open_board(_project(request), campaign, now())


def _shown(held: OpenBoard, found: Evaluated, language: Language) -> BoardState:
    days = [one for one in found.plan.bus_days if one.day in set(held.board.rest.campaign.days)]
    old = {(one.bus, one.day): one for one in held.version.plan.bus_days}
    campaign = held.board.campaign
    at_day = _by_place(found.broken, language)
    return BoardState(
        version=held.version.number,
        revision=held.draft.revision,
        at=held.draft.at,
        steps=len(held.draft.steps),
        cards=_cards(held, found, language),
        bus_days=[
            BusDayShown(
                bus=campaign.buses[one.bus].id,
                day=one.day,
                leave=clock_text(one.leave_min),
                back=clock_text(one.back_min),
                km=round(one.distance_m / 1000, 1),
                people=round(one.served, 1),
                stops=[campaign.stops[visit.stop].id for visit in one.visits],
                is_changed=[(v.stop, v.start_min) for v in one.visits]
                != [(v.stop, v.start_min) for v in old[one.bus, one.day].visits]
                if (one.bus, one.day) in old
                else True,
                broken=at_day.get((one.bus, one.day, None), []),
            )
            for one in days
        ],
        others=_others(held, language),
        broken=at_day.get((None, None, None), []),
        is_lawful=not found.broken,
        cost=_cost(held, found),
        calls=_calls(held, found, language),
    )


def _by_place(
    broken: tuple[Broken, ...], language: Language
) -> dict[tuple[int | None, date | None, int | None], list[str]]:
    placed: dict[tuple[int | None, date | None, int | None], list[str]] = {}
    for one in broken:
        placed.setdefault((one.bus, one.day, one.stop), []).append(one.text.into(language))
    return placed


def _cards(held: OpenBoard, found: Evaluated, language: Language) -> list[CardShown]:
    campaign, board = held.board.campaign, held.board
    locked = {one.key for one in held.placed if one.is_locked}
    guests = _guests(held, language)
    was = _was(found.cost.changes)
    places = _by_place(found.broken, language)
    cards: list[CardShown] = []
    for day in found.plan.bus_days:
        if day.day not in set(board.rest.campaign.days):
            continue
        for visit in day.visits:
            stop = campaign.stops[visit.stop]
            key: Key = (campaign.buses[day.bus].id, day.day, stop.id)
            said = [
                *places.get((day.bus, day.day, visit.stop), []),
                *places.get((None, day.day, visit.stop), []),
            ]
            cards.append(
                CardShown(
                    bus=key[0],
                    day=day.day,
                    stop=stop.id,
                    name=stop.name,
                    start_min=visit.start_min,
                    stay_min=exam_min(visit),
                    end_min=visit.end_min,
                    arrive_min=visit.arrive_min,
                    depart_min=visit.depart_min,
                    people=round(visit.served, 1),
                    is_locked=key in locked,
                    is_begun=key in board.begun,
                    guests=guests.get(key, []),
                    was=was.get((visit.stop, day.day, visit.start_min)),
                    broken=said,
                )
            )
    return cards


def _was(changes: tuple[VisitChange, ...]) -> dict[tuple[int, date, int], str]:
    """Return by stop, day and start how a visit was announced; - for a new one."""
    told: dict[tuple[int, date, int], str] = {}
    for change in changes:
        if change.new is not None:
            old = change.old
            when = (
                "-" if old is None else f"{old.day.month}/{old.day.day} {clock_text(old.start_min)}"
            )
            told[change.stop, change.new.day, change.new.start_min] = when
    return told


def _guests(held: OpenBoard, language: Language) -> dict[Key, list[str]]:
    """Return the campaigns held at this one's visits, by visit."""
    found: dict[Key, list[str]] = {}
    for one in held.others:
        for visit in one.shared:
            if visit.host == held.version.name.value:
                found.setdefault(visit.key, []).append(one.name.text.into(language))
    return found


def _others(held: OpenBoard, language: Language) -> list[OtherShown]:
    days = set(held.board.rest.campaign.days)
    rule, name = held.version.campaign.rules.share_visits, held.version.name
    shared = {one.key: one for one in held.shared}
    return [
        OtherShown(
            bus=one.campaign.buses[day.bus].id,
            day=day.day,
            campaign=one.name.text.into(language),
            visits=[
                _other_visit(one, day, visit, shared, may=may_share(name, one.name, rule))
                for visit in day.visits
            ],
        )
        for one in held.others
        for day in one.plan.bus_days
        if day.day in days
    ]


def _other_visit(
    other: PlanVersion, day: BusDay, visit: Visit, shared: Mapping[Key, SharedVisit], *, may: bool
) -> OtherVisit:
    stop = other.campaign.stops[visit.stop]
    mine = shared.get((other.campaign.buses[day.bus].id, day.day, stop.id))
    return OtherVisit(
        stop=stop.id,
        name=stop.name,
        start_min=visit.start_min,
        end_min=visit.end_min,
        may_share=may,
        is_shared=mine is not None,
        shared=f"{clock_text(mine.start_min)}–{clock_text(mine.end_min)}" if mine else "",
        people=round(mine.served, 1) if mine else 0.0,
    )


def _calls(held: OpenBoard, found: Evaluated, language: Language) -> list[BusCall]:
    """Return whom to phone: of this campaign, and of those held at visits it changes."""
    from api.analysis.bus_plans.opened_board import changes_of  # noqa: PLC0415 - brings in the re-planner

    return [
        call
        for version, changes in changes_of(held, found)
        for call in change_rows_of(version.campaign, changes, version.name, language)
    ]


def _cost(held: OpenBoard, found: Evaluated) -> CostShown:
    from api.analysis.bus_plans.opened_board import changes_of  # noqa: PLC0415 - as above

    cost = found.cost
    joined = sum(one.served for one in held.shared)
    joined_before = sum(one.served for one in held.version.shared)
    return CostShown(
        people=round(cost.people + joined, 1),
        people_before=round(cost.people_before + joined_before, 1),
        km=round(cost.km, 1),
        km_before=round(cost.km_before, 1),
        below_floor={name: round(n, 1) for name, n in cost.below_floor.items() if n >= 0.5},  # noqa: PLR2004
        calls=sum(len(changes) for _, changes in changes_of(held, found)),
    )
