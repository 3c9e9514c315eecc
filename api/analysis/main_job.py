"""The main job: gaps, sites and bus days of a project, each timed, then published together."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

import geopandas as gpd

from api.analysis.made_from import RULES, inputs_now, refuse_changed
from api.analysis.meanwhile import base_map_meanwhile, bus_days_meanwhile, steps_meanwhile
from api.analysis.outcome import Asked, Outcome
from api.analysis.reuse import had_before
from api.own_process import OwnProcess
from data.program import starting
from data.store.project import BASE_MAP_FOLDER, Project
from data.store.project_state import project_state
from data.store.result_versions import remove_leftovers
from data.store.stated_rules import stated
from geo.hours import SHANGHAI
from geo.layers.columns import INPUT_LAYERS
from geo.solving import Progress, silent
from geo.study.rules import EVERYTHING, Part, StudyRules
from geo.summary.run import PublishedDraft, RunFacts, RunSummary
from geo.text import Language

if TYPE_CHECKING:
    from geo.study.city_campaign import BusPlanned

_OWN = {BASE_MAP_FOLDER, "bus"}
"""What a run itself makes in the project, beside its results."""


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
    found, rules = project_state(project), stated(project, parameters)
    asked = Asked(rules=rules, parts=parts, seen=seen, read=inputs_now(project))
    with (
        bus_days_meanwhile(project, rules, parts) as bus_days,
        steps_meanwhile(project, asked) as steps,
        base_map_meanwhile(project, apart=bus_days.process is None) as base_map,
    ):
        both = bus_days.passing_on(progress)
        with starting():
            from api.analysis import results  # noqa: PLC0415 - in while the steps are done
        if steps.process is not None:
            results.read_ahead(project)
        outcome = steps.wait(both)
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
    had = had_before(state, language) if _same_but_own(state, found) else None
    return _publish(project, outcome, language, progress, started_s, had)


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
    from api.analysis.study_steps import outcome_of  # noqa: PLC0415 - the engine

    rules = stated(project, parameters)
    asked = Asked(rules=rules, parts=EVERYTHING[:-1], seen=seen, read=inputs_now(project))
    outcome = outcome_of(project, asked, progress=progress)
    _tell_facts(project, rules, outcome)
    return dict(outcome.results), outcome.summary.but(draft=None)


def _draw_base_map(base_map: OwnProcess[None], outcome: Outcome, progress: Progress) -> None:
    with outcome.timed("base_map"):
        base_map.wait(progress)


def _tell_facts(project: Project, rules: StudyRules, outcome: Outcome) -> None:
    from api.analysis.estimate_figures import rests_on  # noqa: PLC0415 - the engine

    outcome.summary = outcome.summary.but(
        facts=_facts(project, outcome, rules),
        workers_rest_on=rests_on(project.read_or_empty("workers")),
    )


def _same_but_own(now: Mapping[str, str], found: Mapping[str, str]) -> bool:
    """Whether nothing of the project but what a run makes has changed since it was `found`."""
    return all(now.get(name) == found.get(name) for name in {*now, *found} - _OWN)


def _facts(project: Project, outcome: Outcome, parameters: StudyRules) -> RunFacts:
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


def _parameters_of(outcome: Outcome, parameters: StudyRules) -> StudyRules:
    """Return the rules each step was made by: steps not done now keep theirs."""
    former = outcome.summary.facts
    if former is None:
        return parameters
    made = {name for part in outcome.done for name in (*RULES[part], "seed")}
    stated = {name: getattr(parameters, name) for name in made}
    return former.parameters.model_copy(update=stated)


def _bus(
    project: Project,
    bus_days: OwnProcess[BusPlanned],
    parameters: StudyRules,
    outcome: Outcome,
    progress: Progress,
) -> None:
    """Take over the bus days; they rest on days to come and crews' records: never as they were."""
    from api.analysis.bus_plans.plan_totals import bus_figures, planning_figures  # noqa: PLC0415 - the engine
    from api.analysis.bus_plans.plan_versions import keep_plan  # noqa: PLC0415 - the engine
    from api.bus.published_campaigns import routes_together, stops_together  # noqa: PLC0415 - as above
    from data.bus.bus_plans import BusPlans  # noqa: PLC0415 - as above

    outcome.stands("bus", parameters)
    with outcome.timed("bus"):
        planned = bus_days.wait(progress)
    name = parameters.bus.campaign
    version = keep_plan(project, planned.campaign, planned.plan, name, planned.shared)
    plans = BusPlans(project.folder)
    others = tuple(plans.read(number) for number in version.beside)
    before = outcome.results.get("bus_routes")
    outcome.results["bus_stops"] = stops_together(planned.stops, others)
    outcome.results["bus_routes"] = routes_together(planned.routes, before, others)
    outcome.summary = outcome.summary.but(
        bus=bus_figures(planned, parameters.bus, version.number, others),
        bus_planning=planning_figures(planned.campaign, planned.plan),
    )


def _publish(
    project: Project,
    outcome: Outcome,
    language: Language,
    progress: Progress,
    started_s: float,
    had: str | None,
) -> RunSummary:
    from api.analysis.results import publish  # noqa: PLC0415 - all pages and sheets

    publishing_s = time.perf_counter()

    def timed(summary: RunSummary) -> RunSummary:
        now_s = time.perf_counter()
        outcome.seconds["publish"] = round(now_s - publishing_s, 3)
        outcome.seconds["total"] = round(now_s - started_s, 3)
        return summary.but(facts=summary.facts and summary.facts.but(seconds=outcome.seconds))

    return publish(
        project,
        outcome.results,
        outcome.summary,
        tables=outcome.tables,
        language=language,
        progress=progress,
        at_last=timed,
        had=had,
    )
