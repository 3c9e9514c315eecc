"""Where the pages are, as the served pages link to each other."""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import HTTPException, Request

from api.http.asking import wants_html
from api.http.links import address, base_url
from geo.text import Text
from maps.page_links import PageLinks


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
        sign_in=root + plain.sign_in,
        notices=root + plain.notices,
        calendar=root + plain.calendar,
        poster=root + plain.poster,
        downloads=root + plain.downloads,
        credit=_credit(request),
    )


def _credit(request: Request) -> Text | None:
    """Return whom the pages name for the streets; nobody while the service is not up."""
    resources = getattr(request.app.state, "resources", None)
    credit: Text | None = None if resources is None else resources.editions.current().credit
    return credit


def lead_browser_on(request: Request, page: str) -> None:
    """Send a person who typed the address of an answer for programs to `page`, made for people."""
    if wants_html(request):
        raise HTTPException(303, headers={"Location": page})
