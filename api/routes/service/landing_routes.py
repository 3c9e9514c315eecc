"""The first page: doors for people, the landing document for machines; and the API described."""

from __future__ import annotations

import json

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import BaseModel

from api.http.asking import preferred_language, wants_html
from api.http.docs_page import docs_page
from api.http.links import Link, address, page_frame
from api.http.openapi import OPENAPI_3_0_TYPE, OPENAPI_TYPE, as_3_0
from api.ogc.feature_query import check_parameters
from api.resources import CurrentEdition
from geo.text import Text
from maps.front_pages import home_page
from maps.station_count import StationCount

router = APIRouter(tags=["OGC API - Features"])

CONFORMANCE = (
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/collections",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
)


class Landing(BaseModel):
    """Where everything is (OGC 17-069r4, 7.2)."""

    title: str
    description: str
    links: list[Link]


class Conformance(BaseModel):
    """The conformance classes the service keeps."""

    conformsTo: list[str]  # noqa: N815 - the standard's name


@router.get(
    "/",
    summary="Start: a page for people, links for machines",
    response_model=Landing,
    responses={200: {"content": {"text/html": {}}}},
)
def landing(request: Request, edition: CurrentEdition) -> Response:
    """Return the start page to a browser and the landing document to everything else."""
    language = preferred_language(request)
    sample, directory = edition.is_sample, edition.directory
    if wants_html(request):
        return HTMLResponse(
            home_page(
                title=edition.name,
                bus_workers_served=edition.first.bus_workers_served,
                stations=StationCount(len(directory), int((~directory.serving).sum())),
                frame=page_frame(request, sample=sample),
            ),
            headers={"Vary": "Accept, Accept-Language"},
        )
    check_parameters(request)
    about = Text("职工服务站点与规划", "Workers' stations and plans")
    note = Text("（示例数据）", " (sample data)").into(language) if sample else ""
    document = Landing(
        title=f"{edition.name}{note}",
        description=about.into(language),
        links=_links(request),
    )
    return JSONResponse(
        document.model_dump(exclude_none=True), headers={"Vary": "Accept, Accept-Language"}
    )


def _links(request: Request) -> list[Link]:
    json_type = "application/json"
    return [
        Link(href=address(request), rel="self", type=json_type),
        Link(href=address(request, "openapi-3.0.json"), rel="service-desc", type=OPENAPI_3_0_TYPE),
        Link(href=address(request, "openapi.json"), rel="service-desc", type=OPENAPI_TYPE),
        Link(href=address(request, "docs"), rel="service-doc", type="text/html"),
        Link(href=address(request, "conformance"), rel="conformance", type=json_type),
        Link(href=address(request, "collections"), rel="data", type=json_type),
        Link(href=address(request, "nearest"), rel="related", type=json_type, title="nearest"),
    ]


@router.get(
    "/conformance",
    summary="What the service conforms to",
    dependencies=[Depends(check_parameters)],
)
def conformance() -> Conformance:
    """List the conformance classes (OGC 17-069r4, 7.4)."""
    return Conformance(conformsTo=list(CONFORMANCE))


described = APIRouter(tags=["service"])
"""How programs and people learn what the API can do."""


@described.get("/openapi.json", include_in_schema=False)
def openapi(request: Request) -> Response:
    """Return the service's description as OpenAPI 3.1."""
    return Response(json.dumps(request.app.openapi()), media_type=OPENAPI_TYPE)


@described.get("/openapi-3.0.json", include_in_schema=False)
def openapi_3_0(request: Request) -> Response:
    """Return the same as OpenAPI 3.0, which most clients of OGC services know."""
    return Response(json.dumps(as_3_0(request.app.openapi())), media_type=OPENAPI_3_0_TYPE)


@described.get("/docs", include_in_schema=False)
def docs(request: Request) -> HTMLResponse:
    """Show every operation on one page that asks no other host."""
    return HTMLResponse(docs_page(request.app.openapi(), preferred_language(request)))
