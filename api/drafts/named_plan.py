"""A plan by its name: a draft, what is published, or a former publication that is kept."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from api.drafts.publications import Publication, publications
from data.store.drafts import Drafts
from data.store.project import Project
from data.store.result_versions import kept_results
from geo.errors import BadInputError, MissingError
from geo.study.draft import Draft
from geo.summary.run import PublishedDraft
from geo.text import Text


@dataclass(frozen=True, slots=True)
class NamedPlan:
    """What a name stands for.

    Attributes
    ----------
    name : str
        As its planner called it.
    draft : Draft | None
        The draft that is not published as it is now.
    former : Path | None
        The folder of results that hold no longer. With neither, it is what is published.
    """

    name: str
    draft: Draft | None = None
    former: Path | None = None


def named_plan(project: Project, name: str) -> NamedPlan:
    """Return the draft of that name or id, else the newest publication of that name.

    A draft that nobody edited since it was published stands for that publication.

    Raises
    ------
    BadInputError
        If several drafts have that name.
    MissingError
        If there is no such plan.
    """
    drafts, runs = Drafts(project).all(), publications(project)
    found = [one for one in drafts if name in {one.id, one.name}]
    if len(found) > 1:
        raise _several(name, found)
    published = [one for one in runs if name in _names(one)]
    if found and not (published and _as_it_is(found[0], published[0])):
        return NamedPlan(found[0].name, draft=found[0])
    if not published:
        raise _missing(name, drafts, runs)
    newest = published[0]
    former = None if newest.holds else kept_results(project)[newest.number]
    return NamedPlan(_plan(newest).name or name, former=former)


def _plan(run: Publication) -> PublishedDraft:
    return run.summary.draft or PublishedDraft()


def _names(run: Publication) -> set[str | None]:
    return {_plan(run).name, _plan(run).draft} - {None}


def _as_it_is(draft: Draft, run: Publication) -> bool:
    """Tell whether `run` published that very draft, and nobody edited it since."""
    plan = _plan(run)
    return plan.draft == draft.id and plan.published is not None and draft.edited <= plan.published


def _several(name: str, drafts: list[Draft]) -> BadInputError:
    ids = "、".join(one.id for one in drafts)
    return BadInputError(
        Text(
            f"有 {len(drafts)} 个草案叫“{name}”，请改用编号：{ids}。",
            f"{len(drafts)} drafts are called {name}; name one by its id: {ids}.",
        )
    )


def _missing(name: str, drafts: list[Draft], runs: list[Publication]) -> MissingError:
    held = "、".join(one.name for one in drafts) or "—"
    told = "、".join(dict.fromkeys(one for run in runs if (one := _plan(run).name))) or "—"
    return MissingError(
        Text(
            f"没有叫“{name}”的草案或已发布方案。现有草案：{held}；已发布：{told}。",
            f"No draft or published plan is called {name}. Drafts: {held}; published: {told}.",
        )
    )
