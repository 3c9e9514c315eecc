"""OGC API - Features Part 1 (OGC 17-069r4), so that QGIS and GDAL connect with no plug-in."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Annotated

import geopandas as gpd
from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, Field

from api.http.asking import preferred_language
from api.http.conditional import cached_response
from api.http.keys import reader_of, require_layer
from api.http.links import Link, address
from api.http.visibility import Reader, hidden_columns, may_read
from api.ogc.feature_query import (
    CRS84,
    LIMIT_DEFAULT,
    LIMIT_MAX,
    TIME_COLUMNS,
    FeatureQuery,
    check_parameters,
    queryable,
    read_query,
)
from api.ogc.features import MEDIA_TYPE
from api.publishing.edition import Edition
from api.resources import CurrentEdition
from geo.errors import MissingError
from geo.json_shapes import JsonFacts, JsonSchema
from geo.layers.columns import LAYERS, Column
from geo.text import MOST_QUOTED, Language, Text


class Spatial(BaseModel):
    """Where a collection is."""

    bbox: list[list[float]] = Field(description="West, south, east, north in degrees")
    crs: str = CRS84


class Temporal(BaseModel):
    """When a collection holds."""

    interval: list[list[str | None]] = Field(description="First and last moment")
    trs: str = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"


class Extent(BaseModel):
    """Where and when a collection is."""

    spatial: Spatial | None = None
    temporal: Temporal | None = None


class Collection(BaseModel):
    """One layer."""

    id: str
    title: str
    description: str
    links: list[Link]
    extent: Extent
    itemType: str = "feature"  # noqa: N815 - the standard's name
    crs: list[str] = [CRS84]


class Collections(BaseModel):
    """All layers this caller may read."""

    links: list[Link]
    collections: list[Collection]


router = APIRouter(tags=["OGC API - Features"])
whole = APIRouter(tags=["layers"])
"""Whole layers as files, for scripts and for dragging into a GIS."""

_SCHEMA_TYPE = "application/schema+json"
_QUERYABLES = "http://www.opengis.net/def/rel/ogc/1.0/queryables"
_JSON_TYPES: Mapping[str, JsonSchema] = {
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "flag": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "json": {"type": ["object", "array"]},
}

_PLAIN = Depends(check_parameters)

Name = Annotated[str, Path(description="Collection: `stations`, `yizhan`, `districts` …")]


@router.get(
    "/collections", summary="The layers", response_model_exclude_none=True, dependencies=[_PLAIN]
)
def collections(request: Request, edition: CurrentEdition) -> Collections:
    """Describe every layer the caller may read; more with the planner's key."""
    reader = reader_of(request)
    return Collections(
        links=[Link(href=address(request, "collections"), rel="self", type="application/json")],
        collections=[
            _describe(request, edition, name) for name in edition.layers if may_read(name, reader)
        ],
    )


@router.get(
    "/collections/{name}",
    summary="One layer",
    response_model_exclude_none=True,
    dependencies=[_PLAIN],
)
def collection(request: Request, edition: CurrentEdition, name: Name) -> Collection:
    """Describe one layer."""
    require_layer(request, name)
    return _describe(request, edition, name)


@router.get(
    "/collections/{name}/queryables",
    summary="What a layer can be filtered by",
    response_class=Response,
    responses={200: {"content": {_SCHEMA_TYPE: {}}}},
    dependencies=[_PLAIN],
)
def queryables(request: Request, edition: CurrentEdition, name: Name) -> Response:
    """Return a JSON Schema of the columns that ``/items`` takes as filters."""
    require_layer(request, name)
    edition.layer(name)
    language = preferred_language(request)
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": address(request, "collections", name, "queryables"),
        "type": "object",
        "title": LAYERS[name].text.into(language),
        "properties": {
            column.name: _column_schema(column, language)
            for column in queryable(_columns(request, name))
        },
        "additionalProperties": False,
    }
    return _json(schema, _SCHEMA_TYPE)


@router.get(
    "/collections/{name}/items",
    summary="Rows of a layer",
    response_class=Response,
    responses={200: {"content": {MEDIA_TYPE: {}}}, 304: {"description": "Unchanged"}},
)
def items(
    request: Request,
    edition: CurrentEdition,
    name: Name,
    *,
    bbox: Annotated[str | None, Query(description="west,south,east,north, degrees CRS84")] = None,
    limit: Annotated[
        str | None, Query(description=f"Rows a page, {LIMIT_DEFAULT} unless told, ≤ {LIMIT_MAX}")
    ] = None,
    offset: Annotated[str | None, Query(description="First row, from 0")] = None,
    interval: Annotated[
        str | None,
        Query(alias="datetime", description="RFC 3339 date or interval, for layers with days"),
    ] = None,
) -> Response:
    """Return the rows that match, a page at a time, with a `next` link.

    Any column may be given as a filter (`?district=370202`); its value must be equal, and of the
    column's type. A box holds the rows whose own shape meets it, not only their envelope.
    """
    del bbox, limit, offset, interval  # read below together with the columns' filters
    require_layer(request, name)
    reader = reader_of(request)
    features = edition.features(name, reader)
    query = read_query(request.query_params.multi_items(), _columns(request, name))
    matching = query.rows(LAYERS[name], features)
    page = matching[query.offset : query.offset + query.limit]
    more = query.offset + len(page) < len(matching)
    content = features.collection(
        page.tolist(),
        numberMatched=len(matching),
        numberReturned=len(page),
        links=_page_links(request, name, query, more=more),
        **edition.credit_members,
    )
    asked = hashlib.sha256(str(request.url).encode()).hexdigest()[:16]
    return cached_response(
        request,
        content,
        MEDIA_TYPE,
        etag=f"{edition.stamp}-{name}-{asked}-{reader:d}",
        modified=edition.modified,
        private=reader > Reader.ANYONE,
    )


@router.get(
    "/collections/{name}/items/{fid:path}",
    summary="One row of a layer",
    dependencies=[_PLAIN],
    response_class=Response,
    responses={200: {"content": {MEDIA_TYPE: {}}}, 304: {"description": "Unchanged"}},
)
def item(
    request: Request,
    edition: CurrentEdition,
    name: Name,
    fid: Annotated[str, Path(description="Feature id")],
) -> Response:
    """Return one feature."""
    require_layer(request, name)
    reader = reader_of(request)
    features = edition.features(name, reader)
    if fid not in features.ids:
        label = LAYERS[name].text
        raise MissingError(
            Text(
                f"{label.zh}里没有编号 {fid[:MOST_QUOTED]!r}。",
                f"{label.en} has no id {fid[:MOST_QUOTED]!r}.",
            )
        )
    feature = json.loads(features.encoded[features.ids.index(fid)]) | edition.credit_members
    feature["links"] = [
        _link(address(request, "collections", name, "items", fid), "self", MEDIA_TYPE),
        _link(address(request, "collections", name), "collection", "application/json"),
    ]
    return cached_response(
        request,
        json.dumps(feature, ensure_ascii=False).encode(),
        MEDIA_TYPE,
        etag=f"{edition.stamp}-{name}-{hashlib.sha256(fid.encode()).hexdigest()[:16]}",
        modified=edition.modified,
        private=reader > Reader.ANYONE,
    )


def _describe(request: Request, edition: Edition, name: str) -> Collection:
    frame = edition.layer(name)
    label = LAYERS[name].text
    language = preferred_language(request)
    notes = (
        Text("示例数据，地点均为虚构。", "Sample data; the places are invented.")
        if edition.is_sample
        else Text("", "")
    )
    where = [[float(edge) for edge in frame.total_bounds]] if len(frame) else None
    here = ("collections", name)
    return Collection(
        id=name,
        title=label.into(language),
        description=f"{label.zh} / {label.en} {notes.into(language)}".strip(),
        extent=Extent(
            spatial=Spatial(bbox=where) if where else None,
            temporal=_when(name, frame),
        ),
        links=[
            Link(href=address(request, *here), rel="self", type="application/json"),
            Link(href=address(request, *here, "items"), rel="items", type=MEDIA_TYPE),
            Link(href=address(request, *here, "queryables"), rel=_QUERYABLES, type=_SCHEMA_TYPE),
        ],
    )


def _when(name: str, frame: gpd.GeoDataFrame) -> Temporal | None:
    column = TIME_COLUMNS.get(name)
    if column is None or column not in frame.columns or not len(frame):
        return None
    days = sorted(str(day)[:10] for day in frame[column].dropna())
    if not days:
        return None
    return Temporal(interval=[[f"{days[0]}T00:00:00+08:00", f"{days[-1]}T23:59:59+08:00"]])


def _columns(request: Request, name: str) -> list[Column]:
    hidden = hidden_columns(name, reader_of(request))
    return [column for column in LAYERS[name].columns if column.name not in hidden]


def _column_schema(column: Column, language: Language) -> JsonSchema:
    schema: JsonSchema = {
        "title": column.text.into(language),
        **_JSON_TYPES.get(column.dtype, {"type": "string"}),
    }
    if column.dtype == "word" and column.words is not None:
        schema["enum"] = [word.value for word in column.words]
    return schema


def _page_links(
    request: Request, name: str, query: FeatureQuery, *, more: bool
) -> list[dict[str, str]]:
    kept = [
        (key, value)
        for key, value in request.query_params.multi_items()
        if key not in {"offset", "limit"}
    ]
    pages = {"self": query.offset}
    if more:
        pages["next"] = query.offset + query.limit
    if query.offset > 0:
        pages["prev"] = max(0, query.offset - query.limit)
    links = [
        _link(
            address(
                request,
                *("collections", name, "items"),
                query=[*kept, ("limit", str(query.limit)), ("offset", str(first))],
            ),
            rel,
            MEDIA_TYPE,
        )
        for rel, first in pages.items()
    ]
    about = address(request, "collections", name)
    return [*links, _link(about, "collection", "application/json")]


def _link(href: str, rel: str, kind: str) -> dict[str, str]:
    return {"href": href, "rel": rel, "type": kind}


def _json(value: JsonFacts, media_type: str) -> Response:
    content = json.dumps(value, ensure_ascii=False).encode()
    return Response(content, media_type=media_type)


@whole.get(
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
