"""The health bus: the plan day by day, and when it comes near a position."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.bus.calendar import BusCalendar, ComingVisit
from api.http.keys import reader_of
from api.http.links import lead_browser_on, page_links
from api.publishing.edition import Edition
from api.publishing.nearest_answer import AskedPlace, position_of
from api.resources import CurrentEdition
from api.stations.openings import now
from api.stations.station_answer import Position
from geo.json_shapes import JsonRow

router = APIRouter(prefix="/bus", tags=["health bus"])


class BusVisitAnswer(BaseModel):
    """One coming visit."""

    name: str
    address: str
    district: str = Field(description="Adcode")
    campaign: str | None = Field(description="What the bus comes for, a word of the layer")
    day: date
    start: str = Field(description="Exams from, HH:MM, Asia/Shanghai")
    end: str = Field(description="Exams until, HH:MM")
    position: Position
    distance_m: float | None = Field(description="On foot along the streets, metres")
    time_s: float | None = Field(description="The same way in seconds")


class BusVisits(BaseModel):
    """Coming visits."""

    visits: list[BusVisitAnswer]


class NearQuestion(AskedPlace):
    """Where someone is, and from which day on they ask; kept nowhere."""

    from_day: date | None = Field(default=None, description="Today unless told")


class BusDayAnswer(BaseModel):
    """One bus on one day."""

    model_config = ConfigDict(extra="allow")

    bus_id: str
    day: date
    route: JsonRow = Field(description="Distance (m), driving (s), times, workers served")
    stops: list[JsonRow] = Field(description="In order; columns of the layer bus_stops")


def _when(item: tuple[tuple[str, str, str], list[JsonRow]]) -> tuple[str, str, str]:
    """Sort by day, bus and hour: a bus may be out for two campaigns, one after the other."""
    (bus, day, _), visits = item
    return day, bus, min(str(visit["arrive"]) for visit in visits)


class BusPlan(BaseModel):
    """The campaign."""

    days: list[BusDayAnswer]


@router.get("/plan", summary="The campaign, bus by bus and day by day")
def plan(request: Request, edition: CurrentEdition) -> BusPlan:
    """Return all visits; contact persons only to bus crews and planners (with their key)."""
    reader = reader_of(request)
    stops: dict[tuple[str, str, str], list[JsonRow]] = {}
    for row in edition.features("bus_stops", reader).rows:
        key = str(row["bus_id"]), str(row["day"]), str(row["shared_with"] or row["campaign"])
        stops.setdefault(key, []).append(row)
    routes = {
        (str(row["bus_id"]), str(row["day"]), str(row["campaign"])): row
        for row in edition.features("bus_routes", reader).rows
    }
    return BusPlan(
        days=[
            BusDayAnswer(
                bus_id=bus_id,
                day=date.fromisoformat(day),
                route=routes.get((bus_id, day, campaign), {}),
                stops=sorted(visits, key=lambda visit: visit["order"] or 0),
            )
            for (bus_id, day, campaign), visits in sorted(stops.items(), key=_when)
        ]
    )


async def lead_to_bus_page(request: Request) -> None:
    """Send a person who typed this address to the page made for people."""
    lead_browser_on(request, page_links(request).bus_near)


@router.get(
    "/near",
    summary="When does the bus come near me? (position in the address)",
    dependencies=[Depends(lead_to_bus_page)],
)
def near(
    response: Response, edition: CurrentEdition, question: Annotated[NearQuestion, Query()]
) -> BusVisits:
    """Return the coming visits within an hour and a half on foot, nearest first."""
    response.headers["Cache-Control"] = "no-store"
    return _near(edition, question)


@router.post("/near", summary="When does the bus come near me? (position in the body)")
def near_by_body(response: Response, edition: CurrentEdition, question: NearQuestion) -> BusVisits:
    """Answer the same without the position in any address."""
    response.headers["Cache-Control"] = "no-store"
    return _near(edition, question)


def _near(edition: Edition, question: NearQuestion) -> BusVisits:
    lon, lat = position_of(question)
    edition.area.check(lon, lat)
    calendar = edition.bus_calendar
    first = question.from_day or now().date()
    return BusVisits(visits=[_told(calendar, visit) for visit in calendar.near(lon, lat, first)])


def _told(calendar: BusCalendar, visit: ComingVisit) -> BusVisitAnswer:
    cells = calendar.rows[visit.row]
    lon, lat = calendar.lonlat[visit.row].tolist()
    return BusVisitAnswer(
        name=cells["name"] or "",
        address=cells["address"] or "",
        district=cells["district"] or "",
        campaign=cells.get("campaign"),
        day=visit.day,
        start=cells["start"] or "",
        end=cells["end"] or "",
        position=Position(lon=round(lon, 6), lat=round(lat, 6)),
        distance_m=None if visit.distance_m is None else round(visit.distance_m, 1),
        time_s=None if visit.time_s is None else round(visit.time_s, 1),
    )
