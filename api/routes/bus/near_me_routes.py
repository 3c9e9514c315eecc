"""The page "when does the bus come near me": a form that needs no JavaScript, and its answer."""

from __future__ import annotations

from dataclasses import replace

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from starlette.concurrency import run_in_threadpool

from api.bus.calendar import ComingVisit, bus_visit, called_off
from api.http.links import page_frame
from api.publishing.edition import Edition
from api.resources import CurrentEdition
from api.routes.bus.file_routes import OfCampaign, OfStop
from api.routes.worker.worker_page_routes import (
    FormReading,
    html_response,
    reading_of,
    without_place,
)
from api.stations.openings import now
from geo.errors import YizhanError
from geo.layers.vocabulary import CampaignName
from geo.text import Text
from maps.bus.near_page import bus_near_page
from maps.bus.news import offer_of
from maps.worker.nearest_page import FormQuestion

router = APIRouter(tags=["pages"], default_response_class=HTMLResponse)

_SHOWN_VISITS = 40
"""Visits shown at most: two weeks of a fleet of three."""
_BUS_FAR = Text(
    "这里步行一个半小时之内，近期没有停靠安排。下面是全市近期的停靠安排。",
    "No visit is planned within an hour and a half on foot. These are all that are coming.",
)


@router.get("/bus-near-me", summary="Page: when the bus comes")
def bus_form(
    request: Request, edition: CurrentEdition, stop_id: OfStop = None, campaign: OfCampaign = None
) -> Response:
    """Show the form and the coming visits, those of a stop or campaign where one is asked for."""
    coming = edition.bus_calendar.coming(now().date(), stop_id, campaign)
    return _bus_page(request, edition, FormReading(FormQuestion()), coming, campaign)


@router.post("/bus-near-me", summary="Page: when the bus comes near a place")
async def bus_answered(request: Request, edition: CurrentEdition) -> Response:
    """Answer the form; what it says is used once and kept nowhere."""
    async with request.form() as form:
        reading = await reading_of(form, edition, request)
    today = now().date()
    if reading.asked.origin is None:
        coming = edition.bus_calendar.coming(today)
        return _bus_page(request, edition, reading, coming)
    lon, lat = reading.asked.origin.lonlat
    try:
        edition.area.check(lon, lat)
    except YizhanError as error:
        coming = edition.bus_calendar.coming(today)
        reading = FormReading(without_place(reading), message=error.text)
        return _bus_page(request, edition, reading, coming)
    visits = await run_in_threadpool(edition.bus_calendar.near, lon, lat, today)
    if not visits and (visits := edition.bus_calendar.coming(today)):
        reading = replace(reading, message=_BUS_FAR)
    return _bus_page(request, edition, reading, visits)


def _bus_page(
    request: Request,
    edition: Edition,
    reading: FormReading,
    visits: list[ComingVisit],
    campaign: CampaignName | None = None,
) -> Response:
    calendar = edition.bus_calendar
    return html_response(
        bus_near_page(
            reading.asked,
            [bus_visit(calendar, visit) for visit in visits[:_SHOWN_VISITS]],
            called_off=called_off(edition.bus_news, edition.layers, now().date()),
            places=reading.places,
            message=reading.message,
            offer=edition.bus_news.offer if campaign is None else offer_of(campaign),
            several=len(edition.bus_news.campaigns) > 1,
            example=edition.places.example,
            frame=page_frame(request, sample=edition.is_sample),
        )
    )
