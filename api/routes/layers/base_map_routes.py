"""The base map: its style in light and dark, its tiles, and the land around it.

Anyone may read it: it holds what any map of the city shows, and nothing of a plan.
"""

from __future__ import annotations

import gzip
import json
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, Field

from api.http.asking import preferred_language
from api.http.conditional import cached_response
from api.http.links import base_url
from api.ogc.tile_encoding import MEDIA_TYPE
from api.publishing.edition import Edition
from api.resources import CurrentEdition
from api.routes.layers.tile_routes import TILE_ANSWERS, TileColumn, TileRow
from data.basemap.archive import StoredBaseMap
from data.basemap.themes import DEEPEST_ZOOM
from geo.errors import MissingError
from geo.text import Text
from maps.ground.base_colours import ColourScheme
from maps.ground.base_style import base_style
from maps.ground.packed_base_map import bounds_of

router = APIRouter(prefix="/basemap", tags=["tiles"])

Version = Annotated[
    str | None,
    Query(
        alias="v", max_length=40, description="The base map's version; then it may be kept for good"
    ),
]


class BaseMapAnswer(BaseModel):
    """What the base map is made of, and what it lacks."""

    version: str = Field(description="Changes whenever what is drawn changes")
    bounds: tuple[float, float, float, float] = Field(
        description="West, south, east, north in degrees"
    )
    credit: str | None = Field(description="Whom every picture has to name")
    remarks: list[str] = Field(description="What it lacks")
    rows: dict[str, int] = Field(description="Rows by theme")
    tiles: int
    largest_tile_bytes: int
    themes_left_out: dict[str, int] = Field(
        description="Tiles that leave a theme out since they would be too large, by theme"
    )


@router.get("/style.json", summary="The base map's style (MapLibre)")
def style(
    request: Request,
    edition: CurrentEdition,
    theme: Annotated[ColourScheme, Query(description="Colours")] = ColourScheme.LIGHT,
) -> Response:
    """Return the style that MapLibre draws the base map with, and on which layers may be laid."""
    language = preferred_language(request)
    held = edition.base_map
    credit = edition.credit if held is None else held.credit
    content = base_style(
        root=base_url(request),
        version=None if held is None else held.version,
        bounds=bounds_of(edition.layers) if held is None else held.box,
        deepest_zoom=DEEPEST_ZOOM if held is None else held.deepest_zoom,
        credit=None if credit is None else credit.into(language),
        districts="districts" in edition.layers,
        theme=theme,
        language=language,
    )
    return cached_response(
        request,
        json.dumps(content, ensure_ascii=False).encode(),
        "application/json",
        etag=f"{edition.stamp}-basemap-{theme}-{language}",
        modified=edition.modified,
    )


@router.get("/facts.json", summary="What the base map is made of, and what it lacks")
def facts(request: Request, edition: CurrentEdition) -> BaseMapAnswer:
    """Tell the base map's version, area, themes and whom to name."""
    language = preferred_language(request)
    held = _held(edition)
    return BaseMapAnswer(
        version=held.version,
        bounds=held.box,
        credit=None if held.credit is None else held.credit.into(language),
        remarks=[told.into(language) for told in held.remarks],
        rows=dict(held.facts.rows),
        tiles=held.facts.tiles,
        largest_tile_bytes=held.facts.largest_tile_bytes,
        themes_left_out=dict(held.facts.themes_left_out),
    )


@router.get("/beyond.geojson", summary="Land around the base map")
def beyond(request: Request, edition: CurrentEdition, version: Version = None) -> Response:
    """Return the land outside the base map's area, from Natural Earth (public domain)."""
    held = _held(edition)
    return _sent(request, edition, held, version, held.beyond(), "application/geo+json", "beyond")


@router.get(
    "/{z}/{x}/{y}",
    summary="One vector tile of the base map",
    response_class=Response,
    responses=TILE_ANSWERS,
)
def tile(
    request: Request,
    edition: CurrentEdition,
    *,
    z: Annotated[int, Path(description="Zoom", ge=0, le=DEEPEST_ZOOM)],
    x: TileColumn,
    y: TileRow,
    version: Version = None,
) -> Response:
    """Return the tile in Web Mercator's XYZ scheme, at most 500 kB."""
    held = _held(edition)
    zipped = held.tile(z, x, y) if max(x, y) < 2**z else None
    if zipped is None:
        return Response(status_code=204, headers=_kept(held, version))
    return _sent(request, edition, held, version, zipped, MEDIA_TYPE, f"{z}-{x}-{y}", zipped=True)


def _held(edition: Edition) -> StoredBaseMap:
    held = edition.base_map
    if held is None:
        raise MissingError(
            Text(
                "本项目还没有底图：请运行 yizhan basemap。",
                "This project has no base map yet: run yizhan basemap.",
            )
        )
    return held


def _kept(held: StoredBaseMap, version: str | None) -> dict[str, str]:
    """Return how long an answer may be kept: for a year where its address names its version."""
    if version == held.version:
        return {"Cache-Control": "public, max-age=31536000, immutable"}
    return {}


def _sent(
    request: Request,
    edition: Edition,
    held: StoredBaseMap,
    version: str | None,
    content: bytes,
    media_type: str,
    what: str,
    *,
    zipped: bool = False,
) -> Response:
    """Return `content` with an ETag; as it is stored, gzip, to whoever takes that."""
    takes = "gzip" in request.headers.get("accept-encoding", "")
    response = cached_response(
        request,
        gzip.decompress(content) if zipped and not takes else content,
        media_type,
        etag=f"{held.version}-{what}",
        modified=edition.modified,
    )
    if zipped and takes and response.body:
        response.headers["Content-Encoding"] = "gzip"
    response.headers.update(_kept(held, version))
    response.headers["Vary"] = "Accept-Encoding"
    return response
