"""Vector tiles (MVT 2.1): of any layer, for maps that show thousands of rows; of gaps as streets."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import BaseModel, Field

from api.http.asking import preferred_language
from api.http.conditional import cached_response
from api.http.keys import KeyFirstRoute, reader_of, require_layer, require_planner
from api.http.links import base_url
from api.http.visibility import Reader
from api.ogc.tile_encoding import MEDIA_TYPE, MOST_BYTES, Tile
from api.ogc.tiling import MAX_ZOOM
from api.publishing.edition import Edition
from api.publishing.gap_tiles import OF_GROUP, workers_of
from api.resources import CurrentEdition
from geo.json_shapes import JsonSchema
from geo.layers.columns import LAYERS
from geo.layers.vocabulary import Group
from geo.text import Language, Text

router = APIRouter(prefix="/tiles", tags=["tiles"])
planning = APIRouter(
    prefix="/planning",
    tags=["planning"],
    dependencies=[Depends(require_planner)],
    route_class=KeyFirstRoute,
)

_BOUND = Text(
    f"每个要素都画出，小于一个像素的画成一个像素。瓦片超过 {MOST_BYTES // 1000} kB 时先略去文字字段，"
    "再略去排在后面的要素，略去的个数见响应头 X-Features-Left-Out。",
    f"Every feature is drawn, one smaller than a pixel as a pixel. A tile of more than "
    f"{MOST_BYTES // 1000} kB leaves out text fields first, then the last features; the header "
    "X-Features-Left-Out tells how many.",
)

Zoom = Annotated[int, Path(description="Zoom", ge=0, le=MAX_ZOOM)]
TileColumn = Annotated[int, Path(description="Column from the west", ge=0)]
TileRow = Annotated[int, Path(description="Row from the north", ge=0)]
"""Of a tile in Web Mercator's XYZ scheme."""
TILE_ANSWERS: dict[int | str, JsonSchema] = {
    200: {"content": {MEDIA_TYPE: {}}},
    204: {"description": "Nothing lies on this tile"},
    304: {"description": "Unchanged"},
}
Name = Annotated[str, Path(description="Layer: `stations`, `yizhan`, `districts` …")]


class VectorLayer(BaseModel):
    """A layer in the tiles."""

    id: str
    fields: dict[str, str] = Field(description="What the tiles carry, and what it is")


class TileJson(BaseModel):
    """Where a layer's tiles are (TileJSON 3.0)."""

    tilejson: str = "3.0.0"
    name: str
    tiles: list[str]
    minzoom: int = 0
    maxzoom: int = MAX_ZOOM
    bounds: list[float] | None = Field(description="West, south, east, north in degrees")
    vector_layers: list[VectorLayer]
    description: str = Field(description="What a tile may leave out")


@router.get("/{name}.json", summary="Where a layer's tiles are (TileJSON)")
def tile_json(request: Request, edition: CurrentEdition, name: Name) -> TileJson:
    """Describe the tiles so that MapLibre or QGIS can load them."""
    require_layer(request, name)
    frame = edition.layer(name)
    language = preferred_language(request)
    fields = edition.tile_fields(name, reader_of(request))
    return TileJson(
        name=LAYERS[name].text.into(language),
        tiles=[f"{base_url(request)}/tiles/{name}/{{z}}/{{x}}/{{y}}.mvt"],
        bounds=[float(edge) for edge in frame.total_bounds] if len(frame) else None,
        vector_layers=[
            VectorLayer(
                id=name,
                fields={column.name: column.text.into(language) for column in fields}
                | _by_group(edition, name, language),
            )
        ],
        description=_BOUND.into(language),
    )


def _by_group(edition: Edition, name: str, language: Language) -> dict[str, str]:
    """Name the figures that gaps carry for the groups there are."""
    rows = edition.features(name, Reader.PLANNER).rows if name == "gaps" else ()
    held = {field for row in rows for field in workers_of(name, row)}
    words = {OF_GROUP + group: group.text for group in Group}
    workers = Text("其中", "of whom ").into(language)
    return {field: f"{workers}{words[field].into(language)}" for field in words if field in held}


@router.get(
    "/{name}/{z}/{x}/{y}.mvt",
    summary="One vector tile",
    response_class=Response,
    responses=TILE_ANSWERS,
)
def tile(
    request: Request,
    edition: CurrentEdition,
    name: Name,
    *,
    z: Zoom,
    x: TileColumn,
    y: TileRow,
) -> Response:
    """Return the tile in Web Mercator's XYZ scheme; `X-Features-Left-Out` tells what it lacks."""
    require_layer(request, name)
    reader = reader_of(request)
    found = edition.tile(name, (z, x, y), reader)
    return tile_response(
        request, edition, found, f"{name}-{z}-{x}-{y}-{reader:d}", private=reader > Reader.ANYONE
    )


def tile_response(
    request: Request, edition: Edition, found: Tile, what: str, *, private: bool
) -> Response:
    """Return a tile of `edition`, what it lacks told in a header; `what` names it among all."""
    if not found.content:
        return Response(status_code=204)
    response = cached_response(
        request,
        found.content,
        MEDIA_TYPE,
        etag=f"{edition.stamp}-{what}",
        modified=edition.modified,
        private=private,
    )
    response.headers["X-Features-Left-Out"] = str(found.left_out)
    return response


@planning.get(
    "/gap-streets/{z}/{x}/{y}.mvt",
    summary="One vector tile of the streets in the gaps",
    response_class=Response,
    responses=TILE_ANSWERS,
)
def gap_tile(
    request: Request,
    edition: CurrentEdition,
    *,
    z: Zoom,
    x: TileColumn,
    y: TileRow,
) -> Response:
    """Return the tile in Web Mercator's XYZ scheme; layer `gap_streets`, columns as of `gaps`."""
    found = edition.gap_streets.tile((z, x, y))
    return tile_response(request, edition, found, f"gap-streets-{z}-{x}-{y}", private=True)
