"""What is printed: day sheets for bus crews, notices of visits, signs of stops and stations."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import HTMLResponse

from api.bus.calendar import bus_visit
from api.http.asking import preferred_language
from api.http.keys import reader_of, require_bus_crew, require_planner
from api.http.links import address, base_url, page_frame
from api.http.visibility import Reader
from api.resources import CurrentEdition
from api.routes.bus.file_routes import OfCampaign, OfStop
from api.routes.worker.station_routes import row_of
from api.stations.openings import now
from api.stations.posters import posters_of
from api.stations.station_answer import station_card
from data.geometry.datum import to_gcj02
from maps.bus.day_sheet import day_sheet_page
from maps.bus.near_page import BusVisit
from maps.bus.notice import StopSign, notice_page, stop_sign_page
from maps.district_table import district_names
from maps.estimate_words import estimate_mark
from maps.worker.station_page import station_sign_page

router = APIRouter(tags=["pages"], default_response_class=HTMLResponse)

PDF = "application/pdf"
_SHEET_LAYERS = ("bus_stops", "bus_routes", "depots", "districts")


@router.get(
    "/bus/day-sheets",
    summary="Page: day sheets to print",
    dependencies=[Depends(require_bus_crew)],
)
def day_sheets(
    request: Request,
    edition: CurrentEdition,
    bus_id: Annotated[str | None, Query(description="Only this bus", max_length=100)] = None,
    day: Annotated[date | None, Query(description="Only this day")] = None,
) -> Response:
    """Show one A4 sheet per bus and day."""
    seen = edition.seen_by(reader_of(request))
    layers = {name: seen[name] for name in _SHEET_LAYERS if name in seen}
    return HTMLResponse(
        day_sheet_page(
            layers,
            to_gcj02=to_gcj02,
            bus_id=bus_id,
            day=None if day is None else day.isoformat(),
            bus_names=edition.bus_names,
            credit=edition.credit,
            estimate=estimate_mark(edition.summary),
            language=preferred_language(request),
            sample=edition.is_sample,
        )
    )


@router.get("/bus/notices", summary="Page: notices of the coming visits, to put up")
def notices(
    request: Request, edition: CurrentEdition, stop_id: OfStop = None, campaign: OfCampaign = None
) -> Response:
    """Show one A4 page per coming visit; its QR code leads to "when does the bus come"."""
    calendar = edition.bus_calendar
    coming = calendar.coming(now().date(), stop_id, campaign)
    return HTMLResponse(
        notice_page(
            [bus_visit(calendar, visit) for visit in coming],
            offer=edition.bus_news.offer,
            page_url=address(request, "bus-near-me"),
            language=preferred_language(request),
            sample=edition.is_sample,
        )
    )


@router.get(
    "/planning/posters.pdf",
    summary="The signs of all stations of a district",
    dependencies=[Depends(require_planner)],
    response_class=Response,
    responses={200: {"content": {PDF: {}}}},
)
def posters(
    request: Request,
    edition: CurrentEdition,
    district: Annotated[str, Query(description="Adcode or name", max_length=100)],
) -> Response:
    """Return one PDF, an A4 page a station; about 20 ms of computing each."""
    # Typesetting is brought in when somebody prints: no worker waits for it.
    from maps.report.files.poster_book import posters_pdf  # noqa: PLC0415

    names = district_names(edition.seen_by(Reader.PLANNER))
    chosen = posters_of(edition.directory, names, district)
    pdf = posters_pdf(
        chosen.cards,
        base_url=base_url(request),
        language=preferred_language(request),
        sample=edition.is_sample,
    )
    name = quote(f"海报-{chosen.name}.pdf", safe="")
    told = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    return Response(pdf, headers=told, media_type=PDF)


@router.get("/bus/signs", summary="Page: signs of the bus's stops, to put up")
def signs(
    request: Request, edition: CurrentEdition, stop_id: OfStop = None, campaign: OfCampaign = None
) -> Response:
    """Show one A4 sign a stop; its QR code leads to when the bus comes to that stop."""
    calendar = edition.bus_calendar
    coming = calendar.coming(now().date(), stop_id, campaign)
    visits: dict[str, list[BusVisit]] = {}
    for visit in coming:
        at = str(calendar.rows[visit.row]["stop_id"])
        visits.setdefault(at, []).append(bus_visit(calendar, visit))
    return HTMLResponse(
        stop_sign_page(
            [
                StopSign(address(request, "bus-near-me", query=[("stop_id", at)]), tuple(told))
                for at, told in visits.items()
            ],
            language=preferred_language(request),
            sample=edition.is_sample,
        )
    )


@router.get("/posters/{station_id:path}", summary="Page: a station's QR sign, to put up")
def poster(
    request: Request,
    edition: CurrentEdition,
    station_id: Annotated[str, Path(description="As in the layers", max_length=200)],
) -> Response:
    """Show the sign; its QR code leads to the station's own page."""
    row = row_of(edition.directory, station_id)
    card = station_card(edition.directory, row, edition.openings.of(row, now()))
    return HTMLResponse(
        station_sign_page(
            [card],
            base_url=base_url(request),
            frame=page_frame(request, sample=edition.is_sample),
        )
    )
