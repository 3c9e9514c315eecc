"""Whether the service is up and what it serves."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.publishing.visibility import Reader
from api.resources import CurrentEdition

router = APIRouter(tags=["service"])


class Health(BaseModel):
    """The service answers and has read its project."""

    status: str = Field(description="Always `ok`; a service that cannot serve answers 503")
    sample: bool = Field(description="Whether the data are the invented sample (示例数据)")
    edition: str = Field(description="Changes whenever anything published changes")
    modified: datetime = Field(description="When the newest part was published (UTC)")
    layers: dict[str, int] = Field(description="Public layers and their number of rows")


@router.get("/health", summary="Is the service up?")
def health(edition: CurrentEdition) -> Health:
    """Answer quickly, without a key."""
    counts = {name: len(frame) for name, frame in edition.seen_by(Reader.ANYONE).items()}
    return Health(
        status="ok",
        sample=edition.is_sample,
        edition=edition.stamp,
        modified=edition.modified,
        layers=counts,
    )
