"""Addresses of our own resources and pages, as the public reaches them."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote, urlencode, urlsplit

from fastapi import HTTPException, Request
from pydantic import BaseModel, Field

from api.http.asking import preferred_language, settings_of, wants_html
from geo.text import Text
from maps.page_links import PageFrame, PageLinks


class Link(BaseModel):
    """A typed link (RFC 8288)."""

    href: str = Field(description="Absolute address")
    rel: str = Field(description="What it is to this resource")
    type: str | None = Field(default=None, description="Media type behind it")
    title: str | None = Field(default=None, description="What people call it")


def base_url(request: Request) -> str:
    """Return the public root of the service, without a slash at its end."""
    configured = settings_of(request).base_url
    return configured if configured is not None else str(request.base_url).rstrip("/")


def address(request: Request, *parts: str, query: Sequence[tuple[str, str]] | None = None) -> str:
    """Return the absolute address of the path made of `parts`, each quoted."""
    path = "/".join(quote(part, safe="") for part in parts)
    tail = "?" + urlencode(list(query)) if query else ""
    return f"{base_url(request)}/{path}{tail}"


def page_links(request: Request) -> PageLinks:
    """Return the pages' addresses below the path the service is reached at."""
    root = urlsplit(base_url(request)).path.rstrip("/")
    plain = PageLinks()
    return PageLinks(
        home=root + plain.home,
        nearest=root + plain.nearest,
        bus_near=root + plain.bus_near,
        station=root + plain.station,
        worker_map=root + plain.worker_map,
        planner_map=root + "/planner",
        bus_map=root + "/bus",
        api=root + plain.api,
        picture=address(request, "share.png"),
        search=root + plain.search,
        keeper=root + plain.keeper,
        keepers=root + plain.keepers,
        reports=root + plain.reports,
        posters=root + plain.posters,
        offline=root + plain.offline,
        offline_stations=root + plain.offline_stations,
        offline_worker=root + plain.offline_worker,
        manifest=root + plain.manifest,
        icon=root + plain.icon,
        sign_in=root + plain.sign_in,
        notices=root + plain.notices,
        calendar=root + plain.calendar,
        bus_signs=root + plain.bus_signs,
        poster=root + plain.poster,
        downloads=root + plain.downloads,
        bus_crew=root + plain.bus_crew,
        bus_records=root + plain.bus_records,
        bus_sheets=root + plain.bus_sheets,
        credit=_credit(request),
    )


def page_frame(request: Request, *, sample: bool = False) -> PageFrame:
    """Return what every page answered to `request` carries.

    A page that stands already asks with ``X-Part: content`` for what is new alone.
    """
    part = request.headers.get("x-part") == "content"
    return PageFrame(page_links(request), preferred_language(request), sample, part)


def _credit(request: Request) -> Text | None:
    """Return whom the pages name for the streets; nobody while the service is not up."""
    resources = getattr(request.app.state, "resources", None)
    credit: Text | None = None if resources is None else resources.editions.current().credit
    return credit


def lead_browser_on(request: Request, page: str) -> None:
    """Send a person who typed the address of an answer for programs to `page`, made for people."""
    if wants_html(request):
        raise HTTPException(303, headers={"Location": page})
