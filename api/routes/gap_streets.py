"""Gaps as the streets they are: what of a gap nobody serves, for the workbench's map."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request, Response

from api.http.conditional import cached_response
from api.http.keys import KeyFirstRoute, require_planner
from api.ogc.tile_encoding import MEDIA_TYPE
from api.resources import CurrentEdition
from api.routes.tiles import TileColumn, TileRow, Zoom

router = APIRouter(
    prefix="/planning",
    tags=["planning"],
    dependencies=[Depends(require_planner)],
    route_class=KeyFirstRoute,
)


@router.get(
    "/gap-streets/{z}/{x}/{y}.mvt",
    summary="One vector tile of the streets in the gaps",
    response_class=Response,
    responses={
        200: {"content": {MEDIA_TYPE: {}}},
        204: {"description": "Nothing lies on this tile"},
    },
)
def tile(
    request: Request,
    edition: CurrentEdition,
    *,
    z: Zoom,
    x: TileColumn,
    y: TileRow,
) -> Response:
    """Return the tile in Web Mercator's XYZ scheme; layer `gap_streets`, columns as of `gaps`."""
    found = edition.gap_streets.tile((z, x, y))
    if not found.content:
        return Response(status_code=204)
    response = cached_response(
        request,
        found.content,
        MEDIA_TYPE,
        etag=f"{edition.stamp}-gap-streets-{z}-{x}-{y}",
        modified=edition.modified,
        private=True,
    )
    response.headers["X-Features-Left-Out"] = str(found.left_out)
    return response
