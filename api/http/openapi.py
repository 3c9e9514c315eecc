"""The OpenAPI document as FastAPI makes it, with our refusals in it; and told in OpenAPI 3.0."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.http.further_routes import FurtherRoutes
from api.http.problems import ProblemDetails
from geo.json_shapes import JsonSchema

OPENAPI_TYPE = "application/vnd.oai.openapi+json;version=3.1"
OPENAPI_3_0_TYPE = "application/vnd.oai.openapi+json;version=3.0"

_FASTAPI_REFUSAL = "422"
_FASTAPI_SCHEMAS = ("HTTPValidationError", "ValidationError")


def install_openapi(app: FastAPI, further: FurtherRoutes) -> None:
    """Make ``app.openapi()`` return our document of all routes, made once."""

    def document() -> JsonSchema:
        if app.openapi_schema is None:
            further.bring_in()
            app.openapi_schema = _made(app)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]  # FastAPI's documented way to extend it


def _made(app: FastAPI) -> JsonSchema:
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
    schemas["ProblemDetails"] = ProblemDetails.model_json_schema(
        ref_template="#/components/schemas/{model}"
    )
    return made


_VERSION = "3.0.3"
_ONLY_3_1 = {"$schema", "$id", "$comment", "examples", "propertyNames", "contentMediaType"}
_BOUNDS = {"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"}


def as_3_0(document: JsonSchema) -> JsonSchema:
    """Return `document` (OpenAPI 3.1) as OpenAPI 3.0; nothing it says is lost but examples."""
    told: JsonSchema = _told(document)
    told["openapi"] = _VERSION
    told["info"] = {key: value for key, value in told["info"].items() if key != "summary"}
    if "license" in told["info"]:
        told["info"]["license"] = {"name": told["info"]["license"]["name"]}
    return told


def _told(node: Any, *, names: bool = False) -> Any:  # noqa: ANN401 - JSON holds anything
    """Rewrite every schema in `node`; the keys of a mapping of `names` are nobody's keywords."""
    if isinstance(node, list):
        return [_told(item) for item in node]
    if not isinstance(node, Mapping):
        return node
    told = {
        key: _told(value, names=key in {"properties", "schemas", "paths", "responses", "content"})
        for key, value in node.items()
    }
    return told if names else _schema(told)


def _schema(told: JsonSchema) -> JsonSchema:
    for new, old in _BOUNDS.items():
        if isinstance(told.get(new), int | float) and not isinstance(told[new], bool):
            told[old], told[new] = told[new], True
    if "const" in told:
        told["enum"] = [told.pop("const")]
    if isinstance(told.get("type"), list):
        told["anyOf"] = [{"type": kind} for kind in told.pop("type")]
    if told.get("contentMediaType") == "application/octet-stream":
        told["format"] = "binary"
    if "prefixItems" in told:
        told["items"] = {"anyOf": told.pop("prefixItems")}
    told = {key: value for key, value in told.items() if key not in _ONLY_3_1}
    return _nullable(told)


def _nullable(told: JsonSchema) -> JsonSchema:
    """Tell a choice between something and null as 3.0 does."""
    choices = told.get("anyOf")
    if not isinstance(choices, list) or {"type": "null"} not in choices:
        return told
    others = [choice for choice in choices if choice != {"type": "null"}]
    rest = {key: value for key, value in told.items() if key != "anyOf"}
    if len(others) == 1 and "$ref" not in others[0]:
        return {**others[0], **rest, "nullable": True}
    return {**rest, "anyOf": others, "nullable": True}
