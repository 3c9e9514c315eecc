"""Draft plans: made, edited step by step and answered at once; nothing public changes here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.drafts.around import around_site
from api.drafts.difference import PlanDifference, plan_difference
from api.drafts.plan_answer import PlanAnswer
from api.drafts.planning import (
    Planned,
    answer_or_why,
    planned,
    published_plan,
    published_rules,
    told,
)
from api.drafts.tries import Tried, try_places
from api.http.asking import preferred_language
from api.http.keys import KeyFirstRoute, require_planner
from api.http.problems import HttpError
from api.publishing.edition import Edition
from api.resources import CurrentEdition, resources_of
from data.drafts import ChangedError, Drafts
from data.project_study import open_study
from geo.coverage.rule import CoverageRule
from geo.errors import MissingError
from geo.hours import hours_text
from geo.layers.vocabulary import Group, Mode
from geo.siting.plan.why_not import why_not
from geo.solving import Progress, silent
from geo.study.draft import Add, Change, Draft, Who, Why, change_words
from geo.study.rules import Hours, StudyRules
from geo.text import Language, Text

router = APIRouter(
    prefix="/drafts",
    tags=["planning"],
    dependencies=[Depends(require_planner)],
    route_class=KeyFirstRoute,
)

DraftId = Annotated[str, Path(description="Of the draft")]
PlanName = Annotated[str, Query(description="A draft's id, or `published`")]
SiteId = Annotated[str, Path(description="Of the candidate")]
_TAKEN = Text("记下这一步", "Taking the step")
PUBLISHED = "published"
"""Stands for the plan that is published, where a plan is named."""


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SolvingReport(BaseModel):
    """How far an answer is that somebody waits for."""

    step: str | None = Field(description="What is done now; null: it is made, or was not begun")
    fraction: float = Field(description="How much of that step is done, 0 to 1")


Watch = Annotated[
    str | None,
    Query(
        pattern=r"^[\w-]{8,40}$",
        description="A name for this answer: `/drafts/solving/NAME` tells how far it is and stops it",
    ),
]


def _watched(request: Request, watch: Watch = None) -> Iterator[Progress]:
    if watch is None:
        yield silent
        return
    with resources_of(request).solving.under(watch) as progress:
        yield progress


Watched = Annotated[Progress, Depends(_watched)]


class NewDraft(_Asked):
    """A draft to be made."""

    name: str = Field(min_length=1, max_length=80)
    who: Who
    why: Why = ""
    start: str = Field(
        default=PUBLISHED,
        description="`published`: the rules of what is published; or the id of a draft to copy",
    )


class NewEdit(_Asked):
    """A step, and what of the draft its planner has seen."""

    change: Change
    who: Who
    why: Why = ""
    revision: int = Field(ge=0, description="Of the draft, as the planner saw it")


class Seen(_Asked):
    """What of the draft a planner has seen."""

    revision: int = Field(ge=0)


class EditReport(BaseModel):
    """A step of the history."""

    number: int
    kind: str
    words: str = Field(description="What was done, in the reader's language")
    who: str
    why: str
    at: datetime = Field(description="UTC")
    holds: bool = Field(description="False: it was undone and can be done again")


class DraftReport(BaseModel):
    """A draft without its plan."""

    id: str
    name: str
    who: str
    why: str
    made: datetime = Field(description="UTC")
    edited: datetime = Field(description="When the last step that holds was taken, UTC")
    edits: list[EditReport]
    done: int
    revision: int = Field(description="Grows with every step; send it with the next one")
    rules: StudyRules


class DraftState(BaseModel):
    """A draft and its plan."""

    draft: DraftReport
    plan: PlanAnswer | None = Field(description="Null where there is none; `problem` says why")
    problem: str | None
    changed: PlanDifference | None = Field(
        default=None, description="What the step just taken changed"
    )


class NearStation(BaseModel):
    """A station near a site."""

    id: str
    name: str
    way_m: float = Field(description="By street, metres")
    lon: float = Field(description="Degrees")
    lat: float = Field(description="Degrees")


class SiteStory(BaseModel):
    """What a committee asks about a chosen site."""

    id: str
    by_group: dict[str, float] = Field(
        description="Workers within the limit whom nobody covers now, by group in words"
    )
    nearest_stations: list[NearStation] = Field(description="Those that count, nearest first")
    runner_up_id: str | None = Field(description="Who would best take its place; null for nobody")
    runner_up_name: str | None
    runner_up_change: float | None = Field(description="Workers covered more by that, or less")
    runner_up_lon: float | None
    runner_up_lat: float | None


class WhyNotAnswer(BaseModel):
    """What speaks against a candidate that the plan leaves out."""

    id: str
    name: str
    lon: float
    lat: float
    chosen: bool = Field(description="True: it is in the plan, and nothing else is told")
    workers_within: float = Field(description="Workers in reach whom no station covers now")
    workers_new: float = Field(description="Those among them whom the plan does not cover either")
    replaces_id: str | None = Field(description="Chosen site it could best take the place of")
    replaces_name: str | None
    change: float | None = Field(description="Workers covered more, or below 0 less, by that swap")
    blocked: list[str] = Field(description="Rules that keep it from being added as things are")


class TriedPlace(_Asked):
    """A place, and when a station there would be open."""

    lon: float = Field(ge=-180, le=180, description="Degrees")
    lat: float = Field(ge=-90, le=90, description="Degrees")
    opening_hours: Hours | None = Field(
        default=None,
        description="OSM syntax or Chinese; null for the shortest hours that nearly suffice there",
    )


class TriesQuestion(_Asked):
    """Places tried together."""

    places: list[TriedPlace] = Field(min_length=1, max_length=20)
    rule: CoverageRule = Field(
        default=CoverageRule(), description="When a worker counts as served; a draft has its own"
    )
    beside: str | None = Field(
        default=None, description="A draft's id or `published`, taken as built; null: as now"
    )


class HoursOffered(BaseModel):
    """Hours a station could keep at a place, and what they bring."""

    hours: str = Field(description="OSM opening hours")
    words: str = Field(description="The same in the reader's language")
    host: str = Field(description="The premises nearest by that keep them; empty for nobody")
    worker_hours_new: float = Field(description="Hours a week with a station open that they add")


class TriedAnswer(BaseModel):
    """What one place adds."""

    workers_within: float = Field(description="Workers within the limit of it")
    workers_alone: float = Field(description="Those nobody covers, were it the only one tried")
    workers_new: float = Field(description="Those no place before it covers either")
    workers_gaining: float = Field(
        description="Workers who get an hour or more with a station open"
    )
    worker_hours_new: float = Field(description="Those hours a week")
    hours: str = Field(description="When it is open (OSM opening hours): as asked, or as proposed")
    choices: list[HoursOffered]
    lacking: str = Field(description="When those in reach have no open station; empty for never")


class TriesAnswer(BaseModel):
    """What places tried together come to."""

    places: list[TriedAnswer]
    covered_before: float
    covered_after: float
    workers_total: float
    limit_s: float | None = Field(description="Limit of the rule, seconds; null where in metres")
    mode: Mode


@router.get("", summary="All drafts, last edited first")
def drafts(request: Request, edition: CurrentEdition) -> list[DraftReport]:
    """List the drafts with their history."""
    language = preferred_language(request)
    return [_report(edition, draft, language) for draft in Drafts(edition.project).all()]


@router.post("", summary="Make a draft", status_code=201)
def create(
    request: Request, edition: CurrentEdition, asked: NewDraft, progress: Watched
) -> DraftState:
    """Start from the rules of what is published, or from another draft."""
    drafts = Drafts(edition.project)
    if asked.start == PUBLISHED:
        rules = published_rules(edition.summary)
    else:
        rules = drafts.get(asked.start).rules
    language = preferred_language(request)
    plan, problem = answer_or_why(edition.project, rules, language, progress)
    draft = drafts.create(asked.name, who=asked.who, why=asked.why, rules=rules)
    return DraftState(draft=_report(edition, draft, language), plan=plan, problem=problem)


@router.get("/solving/{watch}", summary="How far is an answer?")
def solving(
    request: Request, watch: Annotated[str, Path(description="As it was named when asked for")]
) -> SolvingReport:
    """Tell what is done just now for whoever asked under that name."""
    one = resources_of(request).solving.get(watch)
    if one is None:
        return SolvingReport(step=None, fraction=0.0)
    return SolvingReport(step=one.step.into(preferred_language(request)), fraction=one.fraction)


@router.delete("/solving/{watch}", summary="Stop an answer", status_code=204)
def stop_solving(
    request: Request, watch: Annotated[str, Path(description="As it was named when asked for")]
) -> Response:
    """Have it end at its next step: the draft stays as it was, and who asked is told so (409)."""
    resources_of(request).solving.stop(watch)
    return Response(status_code=204)


@router.get("/compare", summary="Two plans beside each other")
def compare(
    request: Request, edition: CurrentEdition, first: PlanName, second: PlanName
) -> PlanDifference:
    """Compare two drafts, or a draft and what is `published`, by district, group, hour and money."""
    language = preferred_language(request)
    one, other = (
        told(edition.project, plan_named(edition, name), language) for name in (first, second)
    )
    return plan_difference(one, other)


@router.get("/published", summary="What is published, as a plan in numbers")
def published(request: Request, edition: CurrentEdition) -> PlanAnswer:
    """Return the published sites, told by the layers as they are now."""
    return told(edition.project, plan_named(edition, PUBLISHED), preferred_language(request))


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


@router.get("/{draft_id}", summary="A draft and its plan")
def draft(
    request: Request, edition: CurrentEdition, draft_id: DraftId, progress: Watched
) -> DraftState:
    """Return the draft; its plan is computed on the layers as they are now."""
    found = Drafts(edition.project).get(draft_id)
    return _state(edition, found, preferred_language(request), progress)


@router.post("/{draft_id}/edits", summary="Take a step")
def edit(
    request: Request,
    edition: CurrentEdition,
    draft_id: DraftId,
    asked: NewEdit,
    progress: Watched,
) -> DraftState:
    """Change the draft and answer with the new plan and what changed.

    A step that leaves no plan is refused and not taken; so is one on a draft that somebody else
    has edited since (409).
    """
    language, drafts = preferred_language(request), Drafts(edition.project)
    before = drafts.get(draft_id)
    # Who is too late learns that, not what their step would do to a draft they have not seen.
    _refuse_unseen(drafts, before, asked.revision)
    after = before.edit(asked.change, who=asked.who, why=asked.why)
    plan = told(edition.project, planned(edition.project, after.rules, progress), language)
    progress(_TAKEN, 1.0)  # The last moment at which it can be stopped.
    _changed(drafts, before, after, asked.revision)
    old, _ = answer_or_why(edition.project, before.rules, language)
    return DraftState(
        draft=_report(edition, after, language),
        plan=plan,
        problem=None,
        changed=None if old is None else plan_difference(old, plan),
    )


@router.post("/{draft_id}/undo", summary="Undo the last step")
def undo(request: Request, edition: CurrentEdition, draft_id: DraftId, seen: Seen) -> DraftState:
    """Go one step back; it can be done again until another is taken."""
    return _stepped(request, edition, draft_id, seen.revision, back=True)


@router.post("/{draft_id}/redo", summary="Do the step last undone again")
def redo(request: Request, edition: CurrentEdition, draft_id: DraftId, seen: Seen) -> DraftState:
    """Go one step forward."""
    return _stepped(request, edition, draft_id, seen.revision, back=False)


@router.delete("/{draft_id}", summary="Take a draft out of the list", status_code=204)
def remove(edition: CurrentEdition, draft_id: DraftId) -> Response:
    """Put the draft aside; its file stays in the project, renamed."""
    Drafts(edition.project).remove(draft_id)
    return Response(status_code=204)


@router.get("/{draft_id}/why-not/{site}", summary="Why is a candidate not in the plan?")
def why(request: Request, edition: CurrentEdition, draft_id: DraftId, site: SiteId) -> WhyNotAnswer:
    """Tell what it would add now, whom it could replace, and which rules keep it out."""
    plan = plan_named(edition, draft_id).plan
    ids = plan.candidates["id"].astype(str).to_numpy(object)
    rows = (ids == site).nonzero()[0]
    if not len(rows):
        raise MissingError(Text(f"没有候选点 {site[:80]}。", f"There is no candidate {site[:80]}."))
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
            Text(f"方案里没有站点 {site[:80]}。", f"The plan has no site {site[:80]}.")
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


def plan_named(edition: Edition, name: str) -> Planned:
    """Return a draft's plan, or the published one."""
    if name == PUBLISHED:
        sites = edition.layers.get("sites")
        ids = [] if sites is None else sites["target_id"].astype(str).tolist()
        return published_plan(edition.project, edition.summary, ids)
    return planned(edition.project, Drafts(edition.project).get(name).rules)


def _stepped(
    request: Request, edition: Edition, draft_id: str, seen: int, *, back: bool
) -> DraftState:
    language, drafts = preferred_language(request), Drafts(edition.project)
    before = drafts.get(draft_id)
    _refuse_unseen(drafts, before, seen)
    after = before.undo() if back else before.redo()
    _changed(drafts, before, after, seen)
    state = _state(edition, after, language)
    old, _ = answer_or_why(edition.project, before.rules, language)
    if old is not None and state.plan is not None:
        state.changed = plan_difference(old, state.plan)
    return state


def _refuse_unseen(drafts: Drafts, draft: Draft, seen: int) -> None:
    if seen != draft.revision:
        _changed(drafts, draft, draft, seen)


def _changed(drafts: Drafts, before: Draft, after: Draft, seen: int) -> None:
    """Store the step, unless somebody was quicker."""
    try:
        drafts.change(before.id, lambda _: after, seen=seen)
    except ChangedError as error:
        raise HttpError(409, "edited-meanwhile", error.text) from error


def _state(
    edition: Edition, draft: Draft, language: Language, progress: Progress = silent
) -> DraftState:
    plan, problem = answer_or_why(edition.project, draft.rules, language, progress)
    return DraftState(draft=_report(edition, draft, language), plan=plan, problem=problem)


def _report(edition: Edition, draft: Draft, language: Language) -> DraftReport:
    added = {
        one.change.site.id: one.change.site.name
        for one in draft.edits
        if isinstance(one.change, Add)
    }
    names = {**edition.candidate_names, **added}
    return DraftReport(
        id=draft.id,
        name=draft.name,
        who=draft.who,
        why=draft.why,
        made=draft.made,
        edited=draft.edited,
        edits=[
            EditReport(
                number=number,
                kind=one.change.kind,
                words=change_words(one.change, names).into(language),
                who=one.who,
                why=one.why,
                at=one.at,
                holds=number <= draft.done,
            )
            for number, one in enumerate(draft.edits, start=1)
        ],
        done=draft.done,
        revision=draft.revision,
        rules=draft.rules,
    )
