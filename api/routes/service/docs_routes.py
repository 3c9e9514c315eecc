"""The description of the API for people."""

from __future__ import annotations

import json

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from api.http.asking import preferred_language
from api.http.docs_page import docs_page
from api.http.openapi import OPENAPI_3_0_TYPE, OPENAPI_TYPE, as_3_0

router = APIRouter(tags=["service"])


@router.get("/openapi.json", include_in_schema=False)
def openapi(request: Request) -> Response:
    """Return the service's description as OpenAPI 3.1."""
    return Response(json.dumps(request.app.openapi()), media_type=OPENAPI_TYPE)


@router.get("/openapi-3.0.json", include_in_schema=False)
def openapi_3_0(request: Request) -> Response:
    """Return the same as OpenAPI 3.0, which most clients of OGC services know."""
    return Response(json.dumps(as_3_0(request.app.openapi())), media_type=OPENAPI_3_0_TYPE)


@router.get("/docs", include_in_schema=False)
def docs(request: Request) -> HTMLResponse:
    """Show every operation on one page that asks no other host."""
    return HTMLResponse(docs_page(request.app.openapi(), preferred_language(request)))
