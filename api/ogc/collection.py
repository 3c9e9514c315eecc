"""What OGC API - Features says of a layer: where, when and by which links (OGC 17-069r4, 7.13)."""

from __future__ import annotations

from pydantic import BaseModel, Field

from api.http.links import Link
from api.ogc.feature_query import CRS84


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


class Conformance(BaseModel):
    """The conformance classes the service keeps."""

    conformsTo: list[str]  # noqa: N815 - the standard's name
