"""Vector tiles (MVT 2.1) of any layer, for maps that show thousands of rows."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, Field

from api.http.asking import preferred_language
from api.http.conditional import cached_response
from api.http.links import base_url
from api.keys import reader_of, require_layer
from api.ogc.tile_encoding import MEDIA_TYPE
from api.ogc.tiling import MAX_ZOOM
from api.publishing.visibility import Reader, hidden_columns
from api.resources import CurrentEdition
from geo.layers.columns import LAYERS

router = APIRouter(prefix="/tiles", tags=["tiles"])

Name = Annotated[str, Path(description="Layer: `stations`, `yizhan`, `districts` …")]


class TileJson(BaseModel):
    """Where a layer's tiles are (TileJSON 3.0)."""

    tilejson: str = "3.0.0"
    name: str
    tiles: list[str]
    minzoom: int = 0
    maxzoom: int = MAX_ZOOM
    bounds: list[float] | None = Field(description="West, south, east, north in degrees")
    vector_layers: list[dict[str, object]]


@router.get("/{name}.json", summary="Where a layer's tiles are (TileJSON)")
def tile_json(request: Request, edition: CurrentEdition, name: Name) -> TileJson:
    """Describe the tiles so that MapLibre or QGIS can load them."""
    require_layer(request, name)
    frame = edition.layer(name)
    hidden = hidden_columns(name, reader_of(request))
    columns = [column for column in LAYERS[name].columns if column.name not in hidden]
    fields = {column.name: column.text.en for column in columns}
    return TileJson(
        name=LAYERS[name].text.into(preferred_language(request)),
        tiles=[f"{base_url(request)}/tiles/{name}/{{z}}/{{x}}/{{y}}.mvt"],
        bounds=[float(edge) for edge in frame.total_bounds] if len(frame) else None,
        vector_layers=[{"id": name, "fields": fields}],
    )


@router.get(
    "/{name}/{z}/{x}/{y}.mvt",
    summary="One vector tile",
    response_class=Response,
    responses={
        200: {"content": {MEDIA_TYPE: {}}},
        204: {"description": "Nothing lies on this tile"},
        304: {"description": "Unchanged"},
    },
)
def tile(
    request: Request,
    edition: CurrentEdition,
    name: Name,
    *,
    z: Annotated[int, Path(description="Zoom", ge=0, le=MAX_ZOOM)],
    x: Annotated[int, Path(description="Column from the west", ge=0)],
    y: Annotated[int, Path(description="Row from the north", ge=0)],
) -> Response:
    """Return the tile in Web Mercator's XYZ scheme."""
    require_layer(request, name)
    reader = reader_of(request)
    content = edition.tile(name, (z, x, y), reader)
    if not content:
        return Response(status_code=204)
    return cached_response(
        request,
        content,
        MEDIA_TYPE,
        etag=f"{edition.stamp}-{name}-{z}-{x}-{y}-{reader:d}",
        modified=edition.modified,
        private=reader > Reader.ANYONE,
    )
