"""How far people come to a place: what planners see of a site before anything is decided."""

from __future__ import annotations

import json
from typing import Annotated, Literal

import numpy as np
from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from api.http.keys import KeyFirstRoute, require_planner
from api.ogc.features import geometry_json
from api.publishing.nearest_answer import USUAL, AskedPlace, position_of
from api.resources import CurrentEdition
from geo.errors import UnreachableError
from geo.json_shapes import JsonGeometry
from geo.layers.vocabulary import Mode
from geo.reach.isochrones import LEAST_MINUTES, MOST_MINUTES, isochrones
from geo.text import Text

router = APIRouter(
    prefix="/planning",
    tags=["planning"],
    dependencies=[Depends(require_planner)],
    route_class=KeyFirstRoute,
)

_RASTER_DEGREES = 1e-6
"""About a decimetre: areas keep no digits that nobody sees."""


class IsochroneQuestion(AskedPlace):
    """Where a station might stand, and within how many minutes of it."""

    mode: Mode = Field(default=USUAL.mode, description="How people come")
    minutes: list[Annotated[float, Field(ge=LEAST_MINUTES, le=MOST_MINUTES)]] = Field(
        default=[USUAL.limit / 60 * share for share in (1 / 3, 2 / 3, 1)],
        min_length=1,
        max_length=6,
        description="Limits",
    )


class Area(BaseModel):
    """One area, a GeoJSON feature."""

    type: Literal["Feature"] = "Feature"
    geometry: JsonGeometry = Field(description="Polygon or MultiPolygon, WGS 84")
    properties: dict[str, float] = Field(description="`minutes`: the limit")


class Areas(BaseModel):
    """Areas by rising limit, each inside the next: a GeoJSON feature collection."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    features: list[Area]
    attribution: str | None = Field(default=None, description="Whom a picture of them has to name")


@router.post("/isochrones", summary="From where is a place reached within so many minutes?")
def draw(edition: CurrentEdition, question: IsochroneQuestion) -> Areas:
    """Draw the areas from which people reach the place in time, along the streets."""
    lon, lat = position_of(question)
    edition.area.check(lon, lat)
    network = edition.network(question.mode)
    point = network.snap([[lon, lat]])
    if not point.reachable[0]:
        raise UnreachableError(
            Text("该位置 1 公里内没有道路。", "No street within 1 km of the position.")
        )
    limits_s = 60.0 * np.array(question.minutes)
    found = isochrones(network, point, limits_s.tolist(), towards=True)
    frame = found.frame()
    frame.geometry = frame.geometry.set_precision(_RASTER_DEGREES)
    return Areas(
        attribution=edition.credit_members.get("attribution"),
        features=[
            Area(geometry=json.loads(shape), properties={"minutes": limit_s / 60})
            for limit_s, shape in zip(found.limit.tolist(), geometry_json(frame), strict=True)
        ],
    )
