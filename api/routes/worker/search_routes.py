"""Where is that? Stations, landmarks, streets and districts found by name, in our own layers."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.http.asking import preferred_language
from api.http.keys import is_planner
from api.publishing.edition import Edition
from api.resources import CurrentEdition
from api.stations.places import Place, PlaceKind
from geo.text import Language

router = APIRouter(tags=["stations"])


class FoundPlace(BaseModel):
    """A place that fits."""

    id: str
    kind: PlaceKind
    what: str = Field(description="What it is in the reader's language: a metro station, a street")
    name: str
    address: str
    lon: float = Field(description="Longitude, degrees WGS 84 (CRS84)")
    lat: float = Field(description="Latitude, degrees WGS 84 (CRS84)")


class FoundPlaces(BaseModel):
    """Places that fit, best first."""

    places: list[FoundPlace]


_USUAL, _MOST = 10, 50
"""Places told: as many as a phone shows below the field, and at most."""


class Typed(BaseModel):
    """What somebody typed of where they are."""

    model_config = ConfigDict(extra="forbid")

    q: str = Field(description="Part of a name or address", max_length=200)
    limit: int = Field(default=_USUAL, description="How many at most", ge=1, le=_MOST)


@router.get("/search", summary="Find a place by name or address")
def search(
    request: Request,
    response: Response,
    edition: CurrentEdition,
    q: Annotated[str, Query(description="Part of a name or address", max_length=200)],
    limit: Annotated[int, Query(description="How many at most", ge=1, le=_MOST)] = _USUAL,
) -> FoundPlaces:
    """Search the layers the caller may read; no other service is asked."""
    return _found(request, response, edition, Typed(q=q, limit=limit))


@router.post("/search", summary="Find a place by name or address (in the body)")
def search_by_body(
    request: Request, response: Response, edition: CurrentEdition, typed: Typed
) -> FoundPlaces:
    """Search the same; where somebody is stands in no address."""
    return _found(request, response, edition, typed)


def _found(request: Request, response: Response, edition: Edition, typed: Typed) -> FoundPlaces:
    response.headers["Cache-Control"] = "no-store"
    index = edition.planner_places if is_planner(request) else edition.places
    language = preferred_language(request)
    return FoundPlaces(
        places=[_told(place, language) for place in index.find(typed.q, typed.limit)]
    )


def _told(place: Place, language: Language) -> FoundPlace:
    return FoundPlace(
        id=place.place_id,
        kind=place.kind,
        what=place.text.into(language),
        name=place.name,
        address=place.address,
        lon=place.lon,
        lat=place.lat,
    )
