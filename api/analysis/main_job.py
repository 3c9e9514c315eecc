"""The main job: gaps, sites and bus days of a project, each timed, then published together."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from api.analysis.bus_versions import bus_figures, keep_plan, planning_figures
from api.analysis.coverage_figures import coverage_figures, coverage_tables
from api.analysis.estimate_figures import coverage_estimate, rests_on, siting_estimate
from api.analysis.made_from import (
    RULES,
    Inputs,
    inputs_now,
    refuse_changed,
    same_made,
    stamp,
    withdraw,
)
from api.analysis.meanwhile import base_map_meanwhile, bus_days_meanwhile
from api.analysis.plan_figures import NO_MONEY, action_figures, siting_figures
from api.analysis.results import publish, read_back, stored_results, stored_tables
from api.analysis.reuse import Notes, had_before
from api.analysis.street_lines import lines_of
from api.analysis.street_report import piece_lines
from api.bus.published_campaigns import routes_together, stops_together
from api.own_process import OwnProcess
from data.bus_plans import BusPlans
from data.program import program_stamp
from data.project import BASE_MAP_FOLDER, Project
from data.project_state import project_state
from data.result_versions import remove_leftovers
from data.stated_rules import stated
from data.streets.folder import Streets, open_streets
from data.study import open_study
from geo.errors import BadInputError
from geo.hours import SHANGHAI
from geo.layers.columns import INPUT_LAYERS
from geo.solving import Progress, silent
from geo.study.rules import EVERYTHING, Part, StudyRules
from geo.study.study import Study
from geo.summary.run import MadeFrom, PublishedDraft, RunFacts, RunSummary
from geo.text import Language, Text

if TYPE_CHECKING:
    from geo.study.campaign import BusPlanned

_ON_COVERAGE = {"coverage", "site", "improve"}
_OWN = {BASE_MAP_FOLDER, "bus"}
"""What a run itself makes in the project, beside its results."""


@dataclass(kw_only=True)
class _Outcome:
    """What the steps have produced so far."""

    found: Mapping[str, str]
    read: Inputs
    intact: bool = True
    results: dict[str, gpd.GeoDataFrame] = field(default_factory=dict)
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    summary: RunSummary = field(default_factory=RunSummary)
    seconds: dict[str, float] = field(default_factory=dict)
    made_from: dict[Part, MadeFrom] = field(default_factory=dict)
    withdrawn: set[Part] = field(default_factory=set)
    had: str | None = None
    done: list[Part] = field(default_factory=list)

    @contextmanager
    def timed(self, step: str) -> Iterator[None]:
        started_s = time.perf_counter()
        yield
        took_s = time.perf_counter() - started_s
        self.seconds[step] = round(self.seconds.get(step, 0.0) + took_s, 3)


def run_main_job(
    project: Project,
    parameters: StudyRules,
    *,
    parts: tuple[Part, ...] = EVERYTHING,
    plan: PublishedDraft | None = None,
    seen: frozenset[str] | None = None,
    language: Language = Language.ZH,
    progress: Progress = silent,
) -> RunSummary:
    """Run the parts asked for and publish the results; return the summary.

    Results of parts not asked for are kept as they were last published, with their figures, where
    they rest on the same inputs and rules as the parts done; others are withdrawn. `plan` says
    which draft the recommended sites come from, who publishes it and why. `seen` are the candidates
    chosen in the plan that is to be published, as its planner saw it.

    Raises
    ------
    BadInputError
        If a layer was replaced during the run, or the plan is not the one that was `seen`; what was
        published before stands.
    """
    remove_leftovers(project)
    started_s = time.perf_counter()
    outcome = _Outcome(found=project_state(project), read=inputs_now(project))
    rules = stated(project, parameters)
    with (
        bus_days_meanwhile(project, rules, parts) as bus_days,
        base_map_meanwhile(project, apart=bus_days.process is None) as base_map,
    ):
        both = bus_days.passing_on(progress)
        _analyse(project, rules, parts, seen, outcome, both)
        if bus_days.process is not None:
            _draw_base_map(base_map, outcome, both)
        if "bus" in parts:
            _bus(project, bus_days, rules, outcome, progress)
        _draw_base_map(base_map, outcome, progress)
    _tell_facts(project, rules, outcome)
    if "site" in parts:
        outcome.summary = outcome.summary.but(draft=plan)
    state = project_state(project)
    refuse_changed(project, {part: outcome.made_from[part] for part in outcome.done})
    outcome.had = had_before(state, language) if _same_but_own(state, outcome.found) else None
    return _publish(project, outcome, language, progress, started_s)


def unpublished(
    project: Project,
    parameters: StudyRules,
    seen: frozenset[str],
    *,
    progress: Progress = silent,
) -> tuple[dict[str, gpd.GeoDataFrame], RunSummary]:
    """Return result layers and figures of coverage, sites and actions; nothing is published.

    `seen` are the candidates chosen in the plan as its planner sees it.
    """
    outcome = _Outcome(found=project_state(project), read=inputs_now(project))
    rules = stated(project, parameters)
    _analyse(project, rules, ("coverage", "site", "improve"), seen, outcome, progress)
    _tell_facts(project, rules, outcome)
    return outcome.results, outcome.summary.but(draft=None)


def _draw_base_map(base_map: OwnProcess[None], outcome: _Outcome, progress: Progress) -> None:
    with outcome.timed("base_map"):
        base_map.wait(progress)


def _tell_facts(project: Project, rules: StudyRules, outcome: _Outcome) -> None:
    outcome.summary = outcome.summary.but(
        facts=_facts(project, outcome, rules),
        workers_rest_on=rests_on(open_study(project).layer_or_empty("workers")),
    )


def _take_over(project: Project, outcome: _Outcome) -> None:
    """Begin with the results that hold now."""
    outcome.intact = read_back(Notes(project.results_folder))
    outcome.results, outcome.summary = stored_results(project)
    outcome.tables = stored_tables(project)
    outcome.made_from = dict(outcome.summary.made_from)
    outcome.withdrawn = set(outcome.summary.withdrawn)


def _analyse(
    project: Project,
    parameters: StudyRules,
    parts: tuple[Part, ...],
    seen: frozenset[str] | None,
    outcome: _Outcome,
    progress: Progress,
) -> None:
    """Do those of coverage, sites and actions that are asked for and do not stand.

    Results that do not rest on what is stored are withdrawn.
    """
    study = open_study(project)
    _take_over(project, outcome)
    if not _ON_COVERAGE & set(parts):
        return
    if not _stands("coverage", parameters, outcome):
        _gaps(project, study, parameters, outcome, progress)
    if "site" in parts:
        stands = _stands("site", parameters, outcome)
        if not stands or seen not in {None, _ids(outcome.results["sites"])}:
            _sites(project, study, parameters, outcome, progress, seen)
    if "improve" in parts and not _stands("improve", parameters, outcome):
        _improve(study, parameters, outcome, progress)


def _stands(part: Part, rules: StudyRules, outcome: _Outcome) -> bool:
    """Write down what `part` is made from, and withdraw what does not rest on it.

    True where the results in hand were made today by this program from just that, and nobody has
    edited their files since.
    """
    before = outcome.made_from.get(part)
    now = stamp(outcome.read, rules, part, outcome.made_from, program_stamp())
    outcome.made_from[part] = now
    outcome.done.append(part)
    outcome.summary, withdrawn = withdraw(outcome.results, outcome.summary, outcome.made_from)
    outcome.withdrawn = (outcome.withdrawn - {part}) | withdrawn
    return outcome.intact and same_made(before, now)


def _same_but_own(now: Mapping[str, str], found: Mapping[str, str]) -> bool:
    """Whether nothing of the project but what a run makes has changed since it was `found`."""
    return all(now.get(name) == found.get(name) for name in {*now, *found} - _OWN)


def _facts(project: Project, outcome: _Outcome, parameters: StudyRules) -> RunFacts:
    return RunFacts(
        project=project.name,
        sample=project.is_sample,
        made=datetime.now(SHANGHAI).replace(microsecond=0),
        parameters=_parameters_of(outcome, parameters),
        versions={name: len(project.versions(name)) for name in INPUT_LAYERS},
        made_from=outcome.made_from,
        withdrawn=tuple(sorted(outcome.withdrawn)),
        seconds={},
    )


def _parameters_of(outcome: _Outcome, parameters: StudyRules) -> StudyRules:
    """Return the rules each step was made by: steps not done now keep theirs."""
    former = outcome.summary.facts
    if former is None:
        return parameters
    made = {name for part in outcome.done for name in (*RULES[part], "seed")}
    stated = {name: getattr(parameters, name) for name in made}
    return former.parameters.model_copy(update=stated)


def _gaps(
    project: Project, study: Study, parameters: StudyRules, outcome: _Outcome, progress: Progress
) -> None:
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
    outcome: _Outcome,
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


def _improve(study: Study, parameters: StudyRules, outcome: _Outcome, progress: Progress) -> None:
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


def _bus(
    project: Project,
    bus_days: OwnProcess[BusPlanned],
    parameters: StudyRules,
    outcome: _Outcome,
    progress: Progress,
) -> None:
    """Take over the bus days; they rest on days to come and crews' records: never as they were."""
    _stands("bus", parameters, outcome)
    with outcome.timed("bus"):
        planned = bus_days.wait(progress)
    name = parameters.bus.campaign
    version = keep_plan(project, planned.campaign, planned.plan, name, planned.shared)
    plans = BusPlans(project.folder)
    others = tuple(plans.read(number) for number in version.beside)
    before = outcome.results.get("bus_routes")
    outcome.results |= {
        "bus_stops": stops_together(planned.stops, others),
        "bus_routes": routes_together(planned.routes, before, others),
    }
    outcome.summary = outcome.summary.but(
        bus=bus_figures(planned, parameters.bus, version.number, others),
        bus_planning=planning_figures(planned.campaign, planned.plan),
    )


def _publish(
    project: Project,
    outcome: _Outcome,
    language: Language,
    progress: Progress,
    started_s: float,
) -> RunSummary:
    publishing_s = time.perf_counter()

    def timed(summary: RunSummary) -> RunSummary:
        now_s = time.perf_counter()
        outcome.seconds["publish"] = round(now_s - publishing_s, 3)
        outcome.seconds["total"] = round(now_s - started_s, 3)
        return summary.but(facts=summary.facts and summary.facts.but(seconds=outcome.seconds))

    streets = open_streets(project.streets_folder)
    return publish(
        project,
        outcome.results,
        outcome.summary,
        lines_of(streets),
        pieces=drawn_pieces(streets, outcome.summary),
        tables=outcome.tables,
        language=language,
        progress=progress,
        at_last=timed,
        had=outcome.had,
    )


def drawn_pieces(streets: Streets, summary: RunSummary) -> gpd.GeoDataFrame | None:
    """Return the lines of streets not connected or left out, as the coverage found them."""
    if summary.coverage is None:
        return None
    pieces = summary.coverage.street_pieces
    return piece_lines(streets.network(pieces.mode), pieces)
