"""A keeper's link, opened by the code inside the station: its key, its page, and who holds one."""

from __future__ import annotations

from html import escape
from typing import Annotated
from urllib.parse import quote

import numpy as np
from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from api.http.keys import KeyFirstRoute, require_planner
from api.http.links import base_url, page_frame, page_links
from api.http.problems import HttpError
from api.http.wrong_keys import address_of, refuse_guessing, wrong_keys
from api.publishing.edition import Edition
from api.publishing.nearest_answer import said_of
from api.resources import CurrentEdition, resources_of
from api.routes.worker.station_routes import StationId, row_of
from api.stations.confirming import Unconfirmed, unconfirmed
from api.stations.openings import now
from api.stations.six import DistrictSix, StationSix, check_six
from api.stations.station_answer import station_card
from data.upkeep.fault_reports import kept_note
from data.upkeep.keeper_keys import KeeperKeys
from data.upkeep.keeping import KeeperSays, KeeperWord
from geo.fields import UNCONFIRMED_DAYS
from geo.layers.vocabulary import Amenity, Mode
from geo.text import Text
from maps.upkeep.keeper_page import keeper_page, keeper_sign_page

public = APIRouter(tags=["stations"], default_response_class=HTMLResponse)
router = APIRouter(
    tags=["planning"], dependencies=[Depends(require_planner)], route_class=KeyFirstRoute
)

COOKIE = "yizhan_keeper"
_YEAR_S = 365 * 86_400
"""How long a keeper's phone keeps its key."""
_LONGEST = 200
"""Characters of a field that are read: ids are shorter."""
_REFUSED = Text(
    "请扫站点里的管理员二维码进入；二维码失效了，请向区总工会要新的。",
    "Scan the keeper's code inside the station; if it no longer opens, ask the union for a new one.",
)


def _keys(request: Request) -> KeeperKeys:
    return KeeperKeys(resources_of(request).folder)


def _require_keeper(request: Request, station_id: str) -> None:
    key = request.cookies.get(COOKIE, "")
    if not key or not _keys(request).opens(station_id, key):
        raise HttpError(401, "no-keeper", _REFUSED)


@public.get("/k/{station_id:path}", summary="Page: a keeper's own")
def keeper(
    request: Request,
    edition: CurrentEdition,
    station_id: StationId,
    key: Annotated[str | None, Query(description="Taken out of the address at once")] = None,
) -> Response:
    """Take the key of the code into a cookie, or show what the keeper can say."""
    if key is not None:
        return _let_in(request, station_id, key)
    _require_keeper(request, station_id)
    return _page(request, edition, station_id, None)


@public.post("/k/{station_id:path}", summary="Page: what a keeper says")
async def said(request: Request, edition: CurrentEdition, station_id: StationId) -> Response:
    """Keep what the keeper says; workers see it within a second."""
    _require_keeper(request, station_id)
    row_of(edition.directory, station_id)
    async with request.form() as form:
        says = {one.value: one for one in KeeperSays}.get(str(form.get("says") or ""))
        broken = {str(value) for value in form.getlist("amenity")}
        note = kept_note(str(form.get("note") or "")[:_LONGEST])
    if says is None:
        return RedirectResponse(_path(request, station_id), 303)
    word = KeeperWord(
        station=station_id,
        says=says,
        amenities=tuple(one for one in Amenity if one.value in broken)
        if says is KeeperSays.OUT_OF_ORDER
        else (),
        note=note,
        at=now().isoformat(timespec="minutes"),
    )
    upkeep = resources_of(request).upkeep
    await run_in_threadpool(upkeep.keepers.add, word)
    await run_in_threadpool(upkeep.look)
    thanks = Text(f"已记下：{says.text.zh}。", f"Noted: {says.text.en}.")
    return await run_in_threadpool(_page, request, edition, station_id, thanks)


def _path(request: Request, station_id: str) -> str:
    return page_links(request).keeper_url(station_id)


def _let_in(request: Request, station_id: str, key: str) -> Response:
    """Put the key into a cookie of this page alone and lead to it by a step of our own."""
    refuse_guessing(request)
    if not _keys(request).opens(station_id, key):
        wrong_keys(request).add(address_of(request))
        raise HttpError(401, "no-keeper", _REFUSED)
    path = _path(request, station_id)
    page = (
        '<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f'<meta http-equiv="refresh" content="0;url={escape(path)}"><link rel="icon" href="data:,">'
        f'<title>驿站</title><p><a href="{escape(path)}">…</a></p>'
    )
    response = HTMLResponse(page, headers={"Cache-Control": "no-store"})
    response.set_cookie(
        COOKIE,
        key,
        max_age=_YEAR_S,
        path=path,
        secure=base_url(request).startswith("https://"),
        httponly=True,
        samesite="strict",
    )
    return response


def _page(request: Request, edition: Edition, station_id: str, thanks: Text | None) -> Response:
    moment, row = now(), row_of(edition.directory, station_id)
    upkeep = resources_of(request).upkeep
    opening, word = said_of(edition, row, moment, upkeep.words(moment))
    reports = [
        (fault.text, len(told))
        for (station, fault), told in upkeep.told().waiting.items()
        if station == station_id
    ]
    html = keeper_page(
        station_card(edition.directory, row, opening, word=word),
        now=moment,
        out_of_order=word.kept.out_of_order,
        reports=reports,
        thanks=thanks,
        frame=page_frame(request, sample=edition.is_sample),
    )
    return HTMLResponse(html, headers={"Cache-Control": "no-store"})


class KeeperOf(BaseModel):
    """A station whose keeper is meant."""

    model_config = ConfigDict(extra="forbid")

    station: str = Field(max_length=200)


class KeeperLink(BaseModel):
    """A new link, told this once; the former one opens no longer."""

    station: str
    link: str = Field(description="To be put inside the station as a QR code")


class Keepers(BaseModel):
    """Who holds a key, and which hours nobody confirmed of late."""

    made: dict[str, str] = Field(description="By station, the day its key was made")
    days: int
    unconfirmed: list[Unconfirmed] = Field(description="Longest unconfirmed first")


@router.get("/planning/keepers", summary="Keepers' keys, and hours nobody confirmed of late")
def keepers(
    request: Request,
    edition: CurrentEdition,
    days: Annotated[
        int, Query(description="Not confirmed for longer than this", ge=1, le=3650)
    ] = UNCONFIRMED_DAYS,
) -> Keepers:
    """Return both."""
    kept = resources_of(request).upkeep.kept()
    return Keepers(
        made=_keys(request).made(),
        days=days,
        unconfirmed=unconfirmed(edition.directory, kept, now().date(), days),
    )


class SixHaves(BaseModel):
    """The 六有 of every serving station, and by district."""

    stations: list[StationSix]
    districts: dict[str, DistrictSix] = Field(description='By adcode, "" for none')


@router.get("/planning/six-haves", summary="What each station lacks of the 六有")
def six(request: Request, edition: CurrentEdition) -> SixHaves:
    """Return what each lacks, and what its row cannot show, by station and district."""
    on_street = (
        edition.network(Mode.WALK).snap(edition.directory.lonlat).reachable
        if edition.has_streets
        else np.zeros(len(edition.directory), np.bool_)
    )
    stations, districts = check_six(
        edition.directory,
        resources_of(request).upkeep.kept(),
        _keys(request).made(),
        on_street,
        now().date(),
        UNCONFIRMED_DAYS,
    )
    return SixHaves(stations=stations, districts=districts)


@router.post("/planning/keepers", summary="Make a keeper's link", status_code=201)
def make_link(request: Request, edition: CurrentEdition, of: KeeperOf) -> KeeperLink:
    """Make a new key for a station; the former one opens no longer."""
    row_of(edition.directory, of.station)
    return KeeperLink(station=of.station, link=_new_link(request, of.station))


@router.post("/planning/keepers/revoke", summary="Revoke a keeper's link")
def revoke_link(request: Request, of: KeeperOf) -> dict[str, bool]:
    """Make a station's key open no longer; tell whether there was one."""
    return {"revoked": _keys(request).revoke(of.station)}


@router.post("/keepers", summary="Page: a keeper's code, to print", response_class=HTMLResponse)
async def sign(request: Request, edition: CurrentEdition) -> Response:
    """Make a new key for the station of the form and show its code, this once."""
    async with request.form() as form:
        station_id = str(form.get("station") or "")[:_LONGEST].strip()
    row = row_of(edition.directory, station_id)
    link = await run_in_threadpool(_new_link, request, station_id)
    html = keeper_sign_page(
        str(edition.directory.rows[row]["name"]),
        station_id,
        link,
        frame=page_frame(request, sample=edition.is_sample),
    )
    return HTMLResponse(html, headers={"Cache-Control": "no-store"})


def _new_link(request: Request, station_id: str) -> str:
    key = _keys(request).make(station_id, now().date().isoformat())
    return f"{base_url(request)}/k/{quote(station_id, safe='')}?key={key}"
