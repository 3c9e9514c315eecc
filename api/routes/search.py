"""Where is that? Stations, landmarks, streets and districts found by name, in our own layers."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from api.http.keys import is_planner
from api.resources import CurrentEdition
from api.stations.search import Place, PlaceKind

router = APIRouter(tags=["stations"])


class FoundPlace(BaseModel):
    """A place that fits."""

    id: str
    kind: PlaceKind
    name: str
    address: str
    lon: float = Field(description="Longitude, degrees WGS 84 (CRS84)")
    lat: float = Field(description="Latitude, degrees WGS 84 (CRS84)")


class FoundPlaces(BaseModel):
    """Places that fit, best first."""

    places: list[FoundPlace]


@router.get("/search", summary="Find a place by name or address")
def search(
    request: Request,
    response: Response,
    edition: CurrentEdition,
    q: Annotated[str, Query(description="Part of a name or address", max_length=200)],
    limit: Annotated[int, Query(description="How many at most", ge=1, le=50)] = 10,
) -> FoundPlaces:
    """Search the layers the caller may read; no other service is asked."""
    response.headers["Cache-Control"] = "no-store"
    index = edition.planner_places if is_planner(request) else edition.places
    return FoundPlaces(places=[_told(place) for place in index.find(q, limit)])


def _told(place: Place) -> FoundPlace:
    return FoundPlace(
        id=place.place_id,
        kind=place.kind,
        name=place.name,
        address=place.address,
        lon=place.lon,
        lat=place.lat,
    )
