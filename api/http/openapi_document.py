"""The OpenAPI document as FastAPI makes it, with our refusals in place of its own."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.http.problems import Problem

OPENAPI_TYPE = "application/vnd.oai.openapi+json;version=3.1"
OPENAPI_3_0_TYPE = "application/vnd.oai.openapi+json;version=3.0"

_FASTAPI_REFUSAL = "422"
_FASTAPI_SCHEMAS = ("HTTPValidationError", "ValidationError")


def install(app: FastAPI) -> None:
    """Make ``app.openapi()`` return our document, made once."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _made(app)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]  # FastAPI's documented way to extend it


def _made(app: FastAPI) -> dict[str, Any]:
    made = get_openapi(
        title=app.title,
        version=app.version,
        summary=app.summary,
        description=app.description,
        license_info=app.license_info,
        routes=app.routes,
    )
    for item in made["paths"].values():
        for operation in item.values():
            operation["responses"].pop(_FASTAPI_REFUSAL, None)
    schemas = made["components"]["schemas"]
    for name in _FASTAPI_SCHEMAS:
        schemas.pop(name, None)
    schemas["Problem"] = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    return made
