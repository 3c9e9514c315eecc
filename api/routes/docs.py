"""The description of the API for people."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from api.http.asking import preferred_language
from api.http.docs_page import docs_page
from maps.assets import read_picture

router = APIRouter(tags=["service"])


@router.get("/share.png", include_in_schema=False)
def share_picture() -> Response:
    """Return the picture that stands beside a shared link."""
    headers = {"Cache-Control": "public, max-age=86400"}
    return Response(read_picture("share.png"), media_type="image/png", headers=headers)


@router.get("/docs", include_in_schema=False)
def docs(request: Request) -> HTMLResponse:
    """Show every operation on one page that asks no other host."""
    return HTMLResponse(docs_page(request.app.openapi(), preferred_language(request)))
