"""The description of the API for people."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.http.asking import preferred_language
from api.http.docs_page import docs_page

router = APIRouter(tags=["service"])


@router.get("/docs", include_in_schema=False)
def docs(request: Request) -> HTMLResponse:
    """Show every operation on one page that asks no other host."""
    return HTMLResponse(docs_page(request.app.openapi(), preferred_language(request)))
