"""The base map: its style in light and dark, public as the map data it is made of."""

from __future__ import annotations

import json
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.http.asking import preferred_language
from api.http.conditional import cached_response
from api.http.links import base_url
from api.resources import CurrentEdition
from maps.base_map import bounds_of
from maps.base_style import Theme, base_style

router = APIRouter(prefix="/basemap", tags=["tiles"])


@router.get("/style.json", summary="The base map's style (MapLibre)")
def style(
    request: Request,
    edition: CurrentEdition,
    theme: Annotated[Theme, Query(description="Colours")] = Theme.LIGHT,
) -> Response:
    """Return the style that MapLibre draws the base map with."""
    language = preferred_language(request)
    credit = edition.credit
    content = base_style(
        root=base_url(request),
        bounds=bounds_of(edition.layers),
        credit=None if credit is None else credit.into(language),
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
