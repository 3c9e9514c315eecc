"""The doors for planners and bus crews: a link that carries the key, then the maps."""

from __future__ import annotations

from html import escape
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import HTMLResponse

from api.http.asking import preferred_language, settings_of
from api.http.links import base_url
from api.http.pages import page_links
from api.keys import BUS_COOKIE, PLANNER_COOKIE, require_planner, same_key
from api.publishing.map_pages import map_page
from api.resources import CurrentEdition
from geo.errors import NotPermittedError
from geo.text import Text

router = APIRouter(tags=["pages"], default_response_class=HTMLResponse)

_COOKIE_DAYS = 30
Key = Annotated[str | None, Query(description="The key; it is taken out of the address at once")]


@router.get("/planner", summary="Page: the planner's map")
async def planner(request: Request, edition: CurrentEdition, key: Key = None) -> Response:
    """Take the key of a link into a cookie, or show the planner's map."""
    if key is not None:
        configured = settings_of(request).planner_key
        secret = None if configured is None else configured.get_secret_value()
        return _let_in(request, key, secret, PLANNER_COOKIE, page_links(request).planner_map)
    await require_planner(request, None, None)
    return await map_page(request, edition, "planner")


@router.get("/bus", summary="Page: the campaign's map")
async def bus(request: Request, edition: CurrentEdition, key: Key = None) -> Response:
    """Take the key of a link into a cookie, or show the campaign; crews see contact persons."""
    if key is not None:
        secret = settings_of(request).bus_key
        return _let_in(request, key, secret, BUS_COOKIE, page_links(request).bus_map)
    return await map_page(request, edition, "bus")


@router.get(
    "/maps/planner.html", summary="The planner's map", dependencies=[Depends(require_planner)]
)
async def planner_map(request: Request, edition: CurrentEdition) -> Response:
    """Show the planner's map (the same as `/planner`)."""
    return await map_page(request, edition, "planner")


@router.get("/maps/bus.html", summary="The campaign's map")
async def bus_map(request: Request, edition: CurrentEdition) -> Response:
    """Show the campaign's map (the same as `/bus`)."""
    return await map_page(request, edition, "bus")


@router.get("/maps/worker.html", summary="The worker's map")
async def worker_map(request: Request, edition: CurrentEdition) -> Response:
    """Show all stations on a map; the position stays on the device."""
    return await map_page(request, edition, "worker")


def _let_in(
    request: Request, offered: str, secret: str | None, cookie: str, target: str
) -> Response:
    """Put the key into a cookie and lead to the page by a step of our own.

    A redirect would be part of the foreign navigation, and browsers send no ``Strict`` cookie on
    those; a refresh by our own page is ours.
    """
    if secret is None or not same_key(offered, secret):
        raise NotPermittedError(
            Text(
                "链接中的密钥不对或已更换，请向规划负责人索取新的链接。",
                "The key in the link is wrong or was changed; ask for a new link.",
            )
        )
    words = Text("正在进入…", "Opening…").into(preferred_language(request))
    page = (
        '<!doctype html><meta charset="utf-8"><meta name="viewport" '
        f'content="width=device-width"><meta http-equiv="refresh" content="0;url={escape(target)}">'
        '<link rel="icon" href="data:,">'
        f'<title>驿站</title><p><a href="{escape(target)}">{escape(words)}</a></p>'
    )
    response = HTMLResponse(page, headers={"Cache-Control": "no-store"})
    response.set_cookie(
        cookie,
        secret,
        max_age=_COOKIE_DAYS * 86400,
        path="/",
        secure=base_url(request).startswith("https://"),
        httponly=True,
        samesite="strict",
    )
    return response
