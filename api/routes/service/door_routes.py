"""The doors for planners and bus crews: a key, by link or typed in once, then maps and workbench."""

from __future__ import annotations

from html import escape
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, BackgroundTasks, Depends, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from api.drafts.planning import can_be_measured, has_published_plan, warm
from api.http.asking import preferred_language, settings_of
from api.http.keys import (
    BUS_COOKIE,
    PLANNER_COOKIE,
    door_of,
    let_in,
    require_planner,
    same_key,
)
from api.http.links import base_url, page_frame, page_links
from api.http.problems import WRONG_KEY, HttpError
from api.http.sign_in import asking_for_key, local_path
from api.http.wrong_keys import address_of, refuse_guessing, wrong_keys
from api.publishing.map_pages import map_page
from api.resources import CurrentEdition
from geo.text import Text
from maps.planner.workbench_page import workbench_page

router = APIRouter(tags=["pages"], default_response_class=HTMLResponse)

_LONGEST = 200
"""Characters of a key or a path that are read: the page lets nobody type more."""
_REFUSED = Text(
    "密钥不对：请检查有没有少抄、多抄，区分大小写；仍不行请向规划负责人核对。",
    "That key is wrong: check for missing or extra characters and for capitals, or ask again.",
)
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


@router.get("/sign-in", summary="Page: enter the key")
def sign_in(request: Request) -> Response:
    """Ask for the key."""
    return HTMLResponse(asking_for_key(request), headers={"Cache-Control": "no-store"})


@router.post("/sign-in", summary="Page: take the key that was typed in")
async def signed_in(request: Request) -> Response:
    """Put a right key into a cookie and lead on; say so when it is wrong."""
    refuse_guessing(request)
    async with request.form() as form:
        typed, target = (str(form.get(name) or "")[:_LONGEST].strip() for name in ("key", "to"))
    cookie = door_of(request, typed)
    if cookie is None:
        wrong_keys(request).add(address_of(request))
        page = asking_for_key(request, target=target, refused=_REFUSED)
        return HTMLResponse(page, 401, headers={"Cache-Control": "no-store"})
    links = page_links(request)
    onward = local_path(target) or links.planner_map
    if cookie == BUS_COOKIE and not onward.startswith(links.bus_map):
        onward = links.bus_map
    response = RedirectResponse(onward, 303, headers={"Cache-Control": "no-store"})
    let_in(request, response, cookie, typed)
    return response


def _let_in(
    request: Request, offered: str, secret: str | None, cookie: str, target: str
) -> Response:
    """Put the key into a cookie and lead to the page by a step of our own.

    A redirect would be part of the foreign navigation, and browsers send no ``Strict`` cookie on
    those; a refresh by our own page is ours.
    """
    refuse_guessing(request)
    if secret is None or not same_key(offered, secret):
        wrong_keys(request).add(address_of(request))
        raise HttpError(
            401,
            WRONG_KEY,
            Text(
                "链接中的密钥不对或已更换：请输入新的密钥，或向规划负责人索取新的链接。",
                "The key in the link is wrong or was changed: enter the new one or ask for a new "
                "link.",
            ),
        )
    words = Text("正在进入…", "Opening…").into(preferred_language(request))
    page = (
        '<!doctype html><meta charset="utf-8"><meta name="viewport" '
        f'content="width=device-width"><meta http-equiv="refresh" content="0;url={escape(target)}">'
        '<link rel="icon" href="data:,">'
        f'<title>驿站</title><p><a href="{escape(target)}">{escape(words)}</a></p>'
    )
    response = HTMLResponse(page, headers={"Cache-Control": "no-store"})
    let_in(request, response, cookie, secret)
    return response


@router.get("/workbench", summary="Page: the planner's workbench")
async def workbench(request: Request, edition: CurrentEdition, after: BackgroundTasks) -> Response:
    """Show the workbench to whoever has the planner's key."""
    await require_planner(request, None, None)
    after.add_task(warm, edition.project, edition.summary)
    page = workbench_page(
        title=edition.name,
        layers=sorted(edition.layers),
        published=has_published_plan(edition.layers, edition.summary),
        measurable=can_be_measured(edition.project, edition.layers),
        root=urlsplit(base_url(request)).path.rstrip("/"),
        frame=page_frame(request, sample=edition.is_sample),
    )
    return HTMLResponse(page, headers={"Cache-Control": "private, no-cache"})
