"""Coverage, sites and actions of a project: those that are asked for and do not stand are done."""

from __future__ import annotations

import geopandas as gpd

from api.analysis.estimate_figures import coverage_estimate, siting_estimate
from api.analysis.outcome import Asked, Outcome
from api.analysis.plan_figures import NO_MONEY, action_figures, siting_figures
from data.store.project import Project
from data.store.project_study import open_study
from geo.errors import BadInputError
from geo.solving import Progress
from geo.study.rules import StudyRules
from geo.study.study import Study
from geo.text import Text

_ON_COVERAGE = {"coverage", "site", "improve"}


def outcome_of(project: Project, asked: Asked, *, progress: Progress) -> Outcome:
    """Do those of coverage, sites and actions that are `asked` for and do not stand.

    Results that do not rest on what is stored are withdrawn.

    Raises
    ------
    BadInputError
        If the plan is not the one that its planner has seen.
    """
    outcome = Outcome.before(project.results_folder, asked.read)
    if _ON_COVERAGE & set(asked.parts):
        _analyse(project, asked, outcome, progress)
    return outcome


def _analyse(project: Project, asked: Asked, outcome: Outcome, progress: Progress) -> None:
    study, rules, seen = open_study(project), asked.rules, asked.seen
    if not outcome.stands("coverage", rules):
        _gaps(project, study, rules, outcome, progress)
    if "site" in asked.parts:
        stands = outcome.stands("site", rules)
        if not stands or seen not in {None, _ids(outcome.results["sites"])}:
            _sites(project, study, rules, outcome, progress, seen)
    if "improve" in asked.parts and not outcome.stands("improve", rules):
        _improve(study, rules, outcome, progress)


def _gaps(
    project: Project, study: Study, parameters: StudyRules, outcome: Outcome, progress: Progress
) -> None:
    from api.analysis.coverage_figures import (  # noqa: PLC0415 - where coverage stands, not needed
        coverage_figures,
        coverage_tables,
    )

    with outcome.timed("coverage"):
        found = study.gaps(parameters.coverage, progress=progress)
        outcome.tables = coverage_tables(found.by_kind)
        figures = coverage_figures(found, parameters.coverage, seed=parameters.seed)
        estimate = coverage_estimate(project, found.coverage, seed=parameters.seed)
    outcome.results["gaps"] = found.gaps
    outcome.summary = outcome.summary.but(
        workers_total=found.coverage.workers_total,
        coverage=figures.model_copy(update={"estimate": estimate}),
    )


def _sites(
    project: Project,
    study: Study,
    parameters: StudyRules,
    outcome: Outcome,
    progress: Progress,
    seen: frozenset[str] | None,
) -> None:
    with outcome.timed("siting"):
        plan = study.sites(
            parameters.siting,
            rule=parameters.coverage,
            as_drafted=seen is not None,
            seed=parameters.seed,
            progress=progress,
        )
    if seen is not None:
        _refuse_unseen(_ids(plan.sites), seen)
    outcome.results["sites"] = plan.sites
    estimate = siting_estimate(
        project,
        study.ground(parameters.coverage),
        parameters.siting,
        plan,
        seed=parameters.seed,
        progress=progress,
    )
    figures = siting_figures(plan).model_copy(update={"estimate": estimate})
    outcome.summary = outcome.summary.but(siting=figures)


def _ids(sites: gpd.GeoDataFrame) -> frozenset[str]:
    """Return the candidates that are chosen."""
    return frozenset(sites["target_id"].astype(str))


def _refuse_unseen(now: frozenset[str], seen: frozenset[str]) -> None:
    """Publish nothing that nobody looked at."""
    if now != seen:
        raise BadInputError(
            Text(
                f"数据在此期间变了：现在的方案与您看到的相差 {len(now ^ seen)} 处，没有发布。"
                "请重新打开草案看一遍再发布。",
                f"Lists have changed meanwhile: the plan now differs from the one you saw by "
                f"{len(now ^ seen)} sites and was not published. Open the draft again, look at it, "
                "and publish then.",
            )
        )


def _improve(study: Study, parameters: StudyRules, outcome: Outcome, progress: Progress) -> None:
    """Choose among all actions; without a budget, for what the recommended sites cost."""
    sites = outcome.summary.siting
    money = parameters.improve.budget_cny or (sites.cost_cny if sites else None)
    if money is None and not parameters.improve.counts and parameters.siting.city_cny is None:
        outcome.results.pop("actions", None)
        outcome.summary = outcome.summary.but(
            improve=None, improve_skipped=NO_MONEY.zh, improve_skipped_en=NO_MONEY.en
        )
        return
    with outcome.timed("improve"):
        plan = study.actions(
            parameters.improve,
            siting=parameters.siting,
            rule=parameters.coverage,
            budget_cny=money,
            seed=parameters.seed,
            progress=progress,
        )
    outcome.results["actions"] = plan.actions
    figures = action_figures(plan, money, parameters.improve, study)
    outcome.summary = outcome.summary.but(
        improve=figures, improve_skipped=None, improve_skipped_en=None
    )
