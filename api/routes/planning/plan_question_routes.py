"""Questions to a plan: what tried places add, why not this candidate, what stands around a site."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request

from api.drafts.around import around_site
from api.drafts.planning import plan_named
from api.drafts.tries import Tried, try_places
from api.http.asking import preferred_language
from api.http.keys import KeyFirstRoute, require_planner
from api.resources import CurrentEdition
from api.routes.planning.draft_records import (
    NearStation,
    SiteStory,
    TriedAnswer,
    TriesAnswer,
    TriesQuestion,
    WhyNotAnswer,
)
from api.routes.planning.draft_routes import DraftId
from data.store.project_study import open_study
from geo.errors import MissingError
from geo.hours import hours_text
from geo.layers.vocabulary import Group
from geo.siting.plan.why_not import why_not
from geo.text import MOST_QUOTED, Language, Text

router = APIRouter(
    prefix="/drafts",
    tags=["planning"],
    dependencies=[Depends(require_planner)],
    route_class=KeyFirstRoute,
)

SiteId = Annotated[str, Path(description="Of the candidate")]


@router.post("/tries", summary="What would places tried on the map add?")
def tries(request: Request, edition: CurrentEdition, question: TriesQuestion) -> TriesAnswer:
    """Tell what each place adds and what all come to, beside what stands or beside a draft."""
    for place in question.places:
        edition.area.check(place.lon, place.lat)
    study, rule, plan = open_study(edition.project), question.rule, None
    if question.beside is not None:
        beside = plan_named(edition, question.beside)
        rule, plan = beside.rules.coverage, beside.plan
    found = try_places(
        study,
        rule,
        [(place.lon, place.lat) for place in question.places],
        [place.opening_hours for place in question.places],
        plan,
    )
    return TriesAnswer(
        places=[_tried(one, preferred_language(request)) for one in found.places],
        covered_before=found.covered_before,
        covered_after=found.covered_after,
        workers_total=found.workers_total,
        limit_s=rule.limit_s,
        mode=rule.mode,
    )


def _tried(one: Tried, language: Language) -> TriedAnswer:
    told = asdict(one) | {"lacking": one.lacking.into(language)}
    for choice in told["choices"]:
        choice["words"] = hours_text(choice["hours"]).into(language)
    return TriedAnswer(**told)


@router.get("/{draft_id}/why-not/{site}", summary="Why is a candidate not in the plan?")
def why(request: Request, edition: CurrentEdition, draft_id: DraftId, site: SiteId) -> WhyNotAnswer:
    """Tell what it would add now, whom it could replace, and which rules keep it out."""
    plan = plan_named(edition, draft_id).plan
    ids = plan.candidates["id"].astype(str).to_numpy(object)
    rows = (ids == site).nonzero()[0]
    if not len(rows):
        raise MissingError(
            Text(
                f"没有候选点 {site[:MOST_QUOTED]}。", f"There is no candidate {site[:MOST_QUOTED]}."
            )
        )
    row = int(rows[0])
    names, at = plan.candidates["name"].astype(str), plan.candidates.geometry.iloc[row]
    if plan.chosen[row]:
        return WhyNotAnswer(
            id=site,
            name=names.iloc[row],
            lon=at.x,
            lat=at.y,
            chosen=True,
            workers_within=0.0,
            workers_new=0.0,
            replaces_id=None,
            replaces_name=None,
            change=None,
            blocked=[],
        )
    found, language = why_not(plan, row), preferred_language(request)
    other = found.replaces
    return WhyNotAnswer(
        id=site,
        name=names.iloc[row],
        lon=at.x,
        lat=at.y,
        chosen=False,
        workers_within=found.workers_within,
        workers_new=found.workers_new,
        replaces_id=None if other is None else str(ids[other]),
        replaces_name=None if other is None else names.iloc[other],
        change=found.change,
        blocked=[text.into(language) for text in found.blocked],
    )


@router.get("/{draft_id}/sites/{site}", summary="What stands around a site of the plan?")
def story(request: Request, edition: CurrentEdition, draft_id: DraftId, site: SiteId) -> SiteStory:
    """Tell whom a chosen site serves, which stations are nearest, and who would take its place."""
    one = plan_named(edition, draft_id)
    ids = one.plan.candidates["id"].astype(str).to_numpy(object)
    rows = [row for row in one.plan.rows.tolist() if ids[row] == site]
    if not rows:
        raise MissingError(
            Text(
                f"方案里没有站点 {site[:MOST_QUOTED]}。",
                f"The plan has no site {site[:MOST_QUOTED]}.",
            )
        )
    around = around_site(open_study(edition.project), one.rules.coverage, one.plan, rows[0])
    other, language = around.runner_up, preferred_language(request)
    at = None if other is None else one.plan.candidates.geometry.iloc[other.row]
    return SiteStory(
        id=site,
        by_group={Group(key).text.into(language): one for key, one in around.by_group.items()},
        nearest_stations=[NearStation(**asdict(station)) for station in around.stations],
        runner_up_id=None if other is None else str(ids[other.row]),
        runner_up_name=None if other is None else str(one.plan.candidates["name"].iloc[other.row]),
        runner_up_change=None if other is None else other.change,
        runner_up_lon=None if at is None else at.x,
        runner_up_lat=None if at is None else at.y,
    )
