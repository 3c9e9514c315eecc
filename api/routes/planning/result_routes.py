"""What the last run found: totals for everyone, gaps and recommended sites for planners."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from api.http.conditional import cached_response
from api.http.keys import reader_of, require_planner
from api.http.visibility import Reader, visible_figures
from api.ogc.features import MEDIA_TYPE
from api.publishing.edition import Edition
from api.resources import CurrentEdition
from geo.errors import MissingError
from geo.summary.run import RunSummary
from geo.text import Text

router = APIRouter(tags=["planning"])

Most = Annotated[int, Query(description="How many at most, first ranks first", ge=1, le=10_000)]


@router.get("/summary", summary="The figures of the last run")
def summary(request: Request, edition: CurrentEdition) -> RunSummary:
    """Return what is decided to everyone; with the planner's key, everything the run wrote down."""
    if edition.summary.empty:
        raise MissingError(
            Text(
                "还没有分析结果；请先运行分析。",
                "There are no results yet; run the analyses first.",
            )
        )
    return visible_figures(edition.summary, reader_of(request))


@router.get(
    "/gaps",
    summary="Where workers are not served, worst first (GeoJSON)",
    response_class=Response,
    responses={200: {"content": {MEDIA_TYPE: {}}}},
    dependencies=[Depends(require_planner)],
)
def gaps(request: Request, edition: CurrentEdition, limit: Most = 10_000) -> Response:
    """Return polygons with their workers, groups, cause, hours and nearest station (metres)."""
    return _ranked(request, edition, "gaps", limit)


@router.get(
    "/sites",
    summary="Recommended new sites, most useful first (GeoJSON)",
    response_class=Response,
    responses={200: {"content": {MEDIA_TYPE: {}}}},
    dependencies=[Depends(require_planner)],
)
def sites(request: Request, edition: CurrentEdition, limit: Most = 10_000) -> Response:
    """Return each site with whom it newly covers, what is lost without it and the runner-up."""
    return _ranked(request, edition, "sites", limit)


@router.get(
    "/actions",
    summary="Actions of all kinds for one budget, most worker-hours first (GeoJSON)",
    response_class=Response,
    responses={200: {"content": {MEDIA_TYPE: {}}}},
    dependencies=[Depends(require_planner)],
)
def actions(request: Request, edition: CurrentEdition, limit: Most = 10_000) -> Response:
    """Return each action with what is done, the worker-hours it adds, its cost and reason."""
    return _ranked(request, edition, "actions", limit)


def _ranked(request: Request, edition: Edition, layer: str, limit: int) -> Response:
    features = edition.features(layer, Reader.PLANNER)
    last = len(features.ids)
    order = sorted(range(last), key=lambda row: (features.rows[row]["rank"] or last, row))[:limit]
    return cached_response(
        request,
        features.collection(
            order,
            name=layer,
            numberMatched=last,
            numberReturned=len(order),
            **edition.credit_members,
        ),
        MEDIA_TYPE,
        etag=f"{edition.stamp}-{layer}-ranked-{limit}",
        modified=edition.modified,
        private=True,
    )
