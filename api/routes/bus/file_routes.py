"""The bus plan as files: calendars to subscribe to, and the way for a navigation device."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Request, Response

from api.http.asking import preferred_language
from api.http.keys import require_bus_crew
from api.http.visibility import Reader
from api.resources import CurrentEdition
from geo.layers.vocabulary import CampaignName
from maps.bus.files import bus_geojson
from maps.bus.gpx import bus_gpx
from maps.bus.ics import bus_ics, stops_of
from maps.bus.news import offer_of
from maps.linked_files import file_name

router = APIRouter(prefix="/bus", tags=["health bus"])

Day = Annotated[date, Query(description="Which day")]
OfStop = Annotated[str | None, Query(description="Only this stop", max_length=200)]
OfCampaign = Annotated[CampaignName | None, Query(description="Only this campaign")]
BusId = Annotated[str, Query(description="Which bus", max_length=100)]


@router.get("/calendar.ics", summary="Calendar of the visits, to subscribe to")
def calendar(
    request: Request,
    edition: CurrentEdition,
    stop_id: OfStop = None,
    campaign: OfCampaign = None,
) -> Response:
    """Return the public's calendar: no contact persons; moved and cancelled visits follow."""
    return _ics(request, edition, None, stop_id, campaign)


@router.get("/crew.ics", summary="A crew's calendar", dependencies=[Depends(require_bus_crew)])
def crew_calendar(request: Request, edition: CurrentEdition, bus_id: BusId) -> Response:
    """Return one bus's calendar with contact persons."""
    return _ics(request, edition, bus_id)


def _ics(
    request: Request,
    edition: CurrentEdition,
    bus_id: str | None,
    stop_id: str | None = None,
    campaign: CampaignName | None = None,
) -> Response:
    edition.layer("bus_stops")
    news = edition.bus_news
    told = [
        one
        for one in news.announcements
        if stop_id in {None, one.stop_id} and campaign in {None, one.campaign}
    ]
    # Of every place a bus may stand only the announced ones are told, cancelled ones included.
    content = bus_ics(
        told,
        stops_of(edition.layers),
        made=news.made,
        bus_id=bus_id,
        bus_name=news.bus_names.get(bus_id or "", ""),
        offer=news.offer if campaign is None else offer_of(campaign),
        language=preferred_language(request),
        sample=edition.is_sample,
        credit=edition.credit,
    )
    name = "bus" if bus_id is None else file_name(bus_id)
    return Response(
        content,
        media_type="text/calendar; charset=utf-8",
        headers={
            "Content-Disposition": f"inline; filename*=UTF-8''{quote(name, safe='')}.ics",
            "Cache-Control": "private, max-age=60" if bus_id else "public, max-age=60",
        },
    )


@router.get("/route.gpx", summary="One bus's day for navigation (GPX 1.1)")
def route(request: Request, edition: CurrentEdition, bus_id: BusId, day: Day) -> Response:
    """Return stops in order and the way between them, WGS 84; no contact persons."""
    content = bus_gpx(
        edition.seen_by(Reader.ANYONE),
        bus_id,
        day.isoformat(),
        bus_name=edition.bus_news.bus_names.get(bus_id, ""),
        language=preferred_language(request),
        sample=edition.is_sample,
        credit=edition.credit,
    )
    name = f"{file_name(bus_id)}-{day.isoformat()}"
    return Response(
        content,
        media_type="application/gpx+xml",
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}.gpx"},
    )


@router.get("/campaign.geojson", summary="Stops and ways of the campaign (RFC 7946)")
def geojson(edition: CurrentEdition) -> Response:
    """Return one feature collection; no contact persons."""
    for name in ("bus_stops", "bus_routes"):
        edition.layer(name)
    content = bus_geojson(edition.seen_by(Reader.ANYONE), credit=edition.credit)
    return Response(content, media_type="application/geo+json")
