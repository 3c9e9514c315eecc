"""Gaps as the streets they are: what of a gap nobody serves, for the workbench's map."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request, Response

from api.http.keys import KeyFirstRoute, require_planner
from api.resources import CurrentEdition
from api.routes.tiles import TILE_ANSWERS, TileColumn, TileRow, Zoom, tile_response

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
    responses=TILE_ANSWERS,
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
    return tile_response(request, edition, found, f"gap-streets-{z}-{x}-{y}", private=True)
