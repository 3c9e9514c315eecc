"""Whole layers as GeoJSON files, for scripts and for dragging into a GIS."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from api.http.conditional import cached_response
from api.http.keys import reader_of, require_layer
from api.http.visibility import Reader
from api.ogc.features import MEDIA_TYPE
from api.resources import CurrentEdition

router = APIRouter(tags=["layers"])


@router.get(
    "/layers/{name}.geojson",
    summary="A whole layer as GeoJSON (RFC 7946, CRS84 lon/lat degrees)",
    response_class=Response,
    responses={200: {"content": {MEDIA_TYPE: {}}}, 304: {"description": "Unchanged"}},
)
def layer_geojson(
    request: Request,
    edition: CurrentEdition,
    name: Annotated[str, Path(description="`stations`, `yizhan`, `districts` …")],
) -> Response:
    """Return every row; planning layers (workers, candidates, gaps, sites …) need the key."""
    require_layer(request, name)
    reader = reader_of(request)
    content = edition.features(name, reader).collection(None, name=name, **edition.credit_members)
    etag = f"{edition.stamp}-{name}-{reader:d}"
    return cached_response(
        request,
        content,
        MEDIA_TYPE,
        etag=etag,
        modified=edition.modified,
        private=reader > Reader.ANYONE,
    )
