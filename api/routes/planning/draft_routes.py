"""Draft plans: made, edited step by step and answered at once; nothing public changes here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from api.drafts.difference import PlanDifference, plan_difference
from api.drafts.plan_answer import PlanAnswer
from api.drafts.planning import (
    PUBLISHED,
    answer_of,
    answer_or_why,
    plan_named,
    planned,
    published_rules,
)
from api.http.asking import preferred_language
from api.http.keys import KeyFirstRoute, require_planner
from api.http.problems import HttpError
from api.publishing.edition import Edition
from api.resources import CurrentEdition, resources_of
from api.routes.planning.draft_records import (
    DraftReport,
    DraftState,
    EditReport,
    NewDraft,
    NewEdit,
    Seen,
    SolvingReport,
)
from data.store.drafts import ChangedError, Drafts
from geo.solving import Progress, silent
from geo.study.draft import Add, Draft, change_words
from geo.text import Language, Text

router = APIRouter(
    prefix="/drafts",
    tags=["planning"],
    dependencies=[Depends(require_planner)],
    route_class=KeyFirstRoute,
)

DraftId = Annotated[str, Path(description="Of the draft")]

PlanName = Annotated[str, Query(description="A draft's id, or `published`")]

_TAKEN = Text("记下这一步", "Taking the step")


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
        answer_of(edition.project, plan_named(edition, name), language) for name in (first, second)
    )
    return plan_difference(one, other)


@router.get("/published", summary="What is published, as a plan in numbers")
def published(request: Request, edition: CurrentEdition) -> PlanAnswer:
    """Return the published sites, told by the layers as they are now."""
    return answer_of(edition.project, plan_named(edition, PUBLISHED), preferred_language(request))


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
    plan = answer_of(edition.project, planned(edition.project, after.rules, progress), language)
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
