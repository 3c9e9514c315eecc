"""Draft plans answered on the warm study of a project."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd

from api.analysis.plan_figures import action_figures
from api.drafts.plan_answer import PlanAnswer, plan_answer
from api.http.problems import HttpError
from api.job_facts import AllActions
from data.store.drafts import Drafts
from data.store.project import Project
from data.store.project_study import open_study
from data.store.stated_rules import stated_actions
from data.streets.folder import open_streets
from geo.errors import MissingError, YizhanError
from geo.solving import Progress, silent
from geo.study.rules import StudyRules
from geo.study.study import Study
from geo.summary.action_figures import ActionFigures
from geo.summary.run import RunSummary
from geo.text import MOST_LISTED, Language, Text

if TYPE_CHECKING:
    from api.publishing.edition import Edition
    from geo.siting.plan.brief import BriefPlan


_NOTHING_PUBLISHED = Text(
    "现在没有发布的方案。发布一个草案，或在“方案”里恢复以前发布的。",
    "No plan is published now. Publish a draft, or bring back a former one under “Plans”.",
)
_WITHOUT_RULES = Text(
    "现在发布的方案是旧版程序算的，没有记下所用规则，不能在这里比较。发布一个草案，或运行一次计算后即可。",
    "What is published was made by an older program that did not keep its rules, so it cannot be "
    "compared here. Publish a draft or run the analyses once.",
)
PUBLISHED = "published"
"""Stands for the plan that is published, where a plan is named."""


@dataclass(frozen=True)
class Planned:
    """The rules of a plan and its choice."""

    rules: StudyRules
    plan: BriefPlan


def planned(project: Project, rules: StudyRules, progress: Progress = silent) -> Planned:
    """Return the choice of sites by `rules`; raise InfeasibleError where they contradict."""
    study = open_study(project)
    plan = study.sites_in_brief(
        rules.siting, rule=rules.coverage, seed=rules.seed, progress=progress
    )
    return Planned(rules, plan)


def published_plan(project: Project, summary: RunSummary, sites: list[str]) -> Planned:
    """Return what is published, told by the layers as they are now.

    Raises
    ------
    MissingError
        Before the first plan is published, where an older program did not keep its rules, or where
        a site of it is no candidate any more.
    """
    if not sites:
        raise MissingError(_NOTHING_PUBLISHED)
    if summary.facts is None:
        raise MissingError(_WITHOUT_RULES)
    rules = published_rules(summary)
    study = open_study(project)
    _refuse_gone(study, rules, sites)
    plan = study.sites_in_brief(
        rules.siting, rule=rules.coverage, ids=tuple(sites), seed=rules.seed
    )
    return Planned(rules, plan)


def plan_named(edition: Edition, name: str) -> Planned:
    """Return a draft's plan, or the published one."""
    if name == PUBLISHED:
        sites = edition.layers.get("sites")
        ids = [] if sites is None else sites["target_id"].astype(str).tolist()
        return published_plan(edition.project, edition.summary, ids)
    return planned(edition.project, Drafts(edition.project).get(name).rules)


def has_published_plan(layers: Mapping[str, gpd.GeoDataFrame], summary: RunSummary) -> bool:
    """Tell whether :func:`published_plan` has an answer."""
    sites, candidates = layers.get("sites"), layers.get("candidates")
    if sites is None or candidates is None or not len(sites) or summary.facts is None:
        return False
    return not _gone(candidates, published_rules(summary), sites["target_id"].astype(str).tolist())


def can_be_measured(project: Project, layers: Mapping[str, gpd.GeoDataFrame]) -> bool:
    """Tell whether there are workers and streets, so that hours of the week can be told."""
    if "workers" not in layers:
        return False
    with suppress(YizhanError):
        return open_streets(project.streets_folder).nodes > 0
    return False


def _gone(candidates: gpd.GeoDataFrame, rules: StudyRules, sites: list[str]) -> list[str]:
    """Return those of `sites` that are no candidates any more."""
    known = {*candidates["id"].astype(str), *(site.id for site in rules.siting.pins.added)}
    return [site for site in sites if site not in known]


def _refuse_gone(study: Study, rules: StudyRules, sites: list[str]) -> None:
    """Say which published sites are no candidates any more, all of them at once."""
    gone = _gone(study.layer("candidates"), rules, sites)
    if gone:
        some = ", ".join(gone[:MOST_LISTED]) + (" …" if len(gone) > MOST_LISTED else "")
        raise MissingError(
            Text(
                f"已发布方案的 {len(gone)} 处已不在候选点清单中（{some}），不能按现在的数据说明。"
                "请退回候选点的旧版，或重新发布。",
                f"{len(gone)} sites of the published plan are no candidates any more ({some}), so "
                "it cannot be told by the lists as they are now. Go back to an earlier version of "
                "the candidates, or publish again.",
            )
        )


def warm(project: Project, summary: RunSummary) -> None:
    """Prepare what the first draft would otherwise wait for; what fails is told when it is asked."""
    with suppress(YizhanError):
        open_study(project).ground(published_rules(summary).coverage)


def published_rules(summary: RunSummary) -> StudyRules:
    """Return the rules of what is published; the usual ones before the first run."""
    return StudyRules() if summary.facts is None else summary.facts.parameters


def answer_of(project: Project, one: Planned, language: Language) -> PlanAnswer:
    """Return the plan in the reader's language."""
    study = open_study(project)
    return plan_answer(one.plan, one.rules.siting.pins, district_names(study), language)


def district_names(study: Study) -> dict[str, str]:
    """Return what people call the districts, by code."""
    districts = study.layer_or_empty("districts")
    return dict(zip(districts["adcode"].astype(str), districts["name"].astype(str), strict=True))


def answer_or_why(
    project: Project, rules: StudyRules, language: Language, progress: Progress = silent
) -> tuple[PlanAnswer | None, str | None]:
    """Return the plan, or why there is none: layers may have changed since it was drafted."""
    try:
        return answer_of(project, planned(project, rules, progress), language), None
    except HttpError:  # Its planner stopped it.
        raise
    except YizhanError as error:
        return None, error.text.into(language)


def actions_of_draft(folder: Path, rules: StudyRules, *, progress: Progress) -> AllActions:
    """Weigh actions of all kinds; `folder` is the project's, see :class:`~api.own_process.Work`."""
    project = Project.open(folder)
    study = open_study(project)
    plan = study.sites_in_brief(rules.siting, rule=rules.coverage, seed=rules.seed)
    money = rules.improve.budget_cny or plan.total_cny
    if money is None:
        return AllActions(budget_cny=None, hours_after=None, actions=0, more_than_building=None)
    stated = stated_actions(project, rules.improve)
    found = study.actions(
        stated,
        siting=rules.siting,
        rule=rules.coverage,
        budget_cny=money,
        seed=rules.seed,
        progress=progress,
    )
    figures = action_figures(found, money, stated, study)
    return AllActions(
        budget_cny=money,
        hours_after=figures.hours_after,
        actions=figures.actions,
        more_than_building=share_more(figures),
    )


def share_more(figures: ActionFigures) -> float | None:
    """Return by what part actions of all kinds beat any plan that only builds, at least."""
    alone = figures.build_only_gain
    return figures.more_than_building / alone if alone else None
