"""What phones keep for when there is no network: a page and all stations, nothing of anybody."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api.http.asking import preferred_language
from api.http.conditional import cached_response
from api.http.links import page_frame, page_links
from api.http.visibility import Reader
from api.resources import CurrentEdition
from api.stations.openings import now
from data.geometry.datum import to_gcj02
from maps.worker.offline_page import manifest, offline_page, offline_stations, service_worker

router = APIRouter(tags=["pages"])

_HOUR = "public, max-age=3600"


@router.get("/offline", summary="Page: stations without a network")
def offline(request: Request, edition: CurrentEdition) -> Response:
    """Return the page a phone shows when it has no network."""
    html = offline_page(page_frame(request, sample=edition.is_sample))
    return Response(html, headers={"Cache-Control": "no-cache"}, media_type="text/html")


@router.get("/offline/stations.json", summary="All stations, as phones keep them")
def stations(request: Request, edition: CurrentEdition) -> Response:
    """Return every serving station with its ordinary week, encoded once an edition and day."""
    language, today = preferred_language(request), now()
    key = f"offline-{language}-{today.date()}"
    content = edition.page(
        key,
        lambda: offline_stations(
            edition.seen_by(Reader.ANYONE), to_gcj02=to_gcj02, at=today, language=language
        ),
    )
    return cached_response(
        request,
        content,
        "application/json",
        etag=f"{edition.stamp}-{key}",
        modified=edition.modified,
    )


@router.get("/manifest.webmanifest", include_in_schema=False)
def web_manifest(request: Request) -> Response:
    """Return what a phone needs to put the page beside its apps."""
    links = page_links(request)
    content = manifest(links=links, language=preferred_language(request))
    headers = {"Cache-Control": _HOUR}
    return Response(content, headers=headers, media_type="application/manifest+json")


@router.get("/offline-worker.js", include_in_schema=False)
def worker(request: Request) -> Response:
    """Return the service worker; a browser asks for it anew each time."""
    headers = {"Cache-Control": "no-cache"}
    return Response(
        service_worker(page_links(request)), headers=headers, media_type="text/javascript"
    )
