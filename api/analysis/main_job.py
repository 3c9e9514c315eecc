"""The main job: gaps, sites and bus days of a project, each timed, then published together."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

import geopandas as gpd
import pandas as pd

from api.analysis.bus_learning import learned
from api.analysis.bus_versions import keep_plan, plan_figures, served_now
from api.analysis.coverage_figures import coverage_figures, coverage_tables
from api.analysis.improve_summary import NO_MONEY, improvement_summary
from api.analysis.made_from import (
    MADE_FROM,
    RULES,
    WITHDRAWN,
    Inputs,
    inputs_now,
    layer_of,
    refuse_changed,
    stamp,
    withdraw,
)
from api.analysis.results import publish, stored_results, stored_tables
from api.analysis.reuse import program_stamp
from api.analysis.street_lines import street_lines
from api.analysis.street_report import piece_facts, piece_lines, pieces_of_coverage
from api.bus.news import VERSION_KEY
from data.project import Project
from data.result_versions import remove_leftovers
from data.streets.folder import Streets, open_streets
from data.study import open_study, stated_actions, stated_bus
from geo.gaps.causes import cut_off_workers
from geo.hours import SHANGHAI
from geo.layers.columns import INPUT_LAYERS
from geo.layers.vocabulary import Mode
from geo.solving import Progress, silent
from geo.study.rules import EVERYTHING, Part, StudyRules
from geo.study.study import Study
from geo.text import Language

PLAN = "draft"
"""Key of the summary: the draft the recommended sites were published from."""
_ON_COVERAGE = {"coverage", "site", "improve"}


@dataclass
class _Outcome:
    """What the steps have produced so far."""

    read: Inputs
    results: dict[str, gpd.GeoDataFrame] = field(default_factory=dict)
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    summary: dict[str, Any] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    made: dict[Part, dict[str, Any]] = field(default_factory=dict)

    @contextmanager
    def timed(self, step: str) -> Iterator[None]:
        started_s = time.perf_counter()
        yield
        self.seconds[step] = round(time.perf_counter() - started_s, 3)


def run_main_job(
    project: Project,
    parameters: StudyRules,
    *,
    parts: tuple[Part, ...] = EVERYTHING,
    plan: Mapping[str, Any] | None = None,
    language: Language = Language.ZH,
    progress: Progress = silent,
) -> dict[str, Any]:
    """Run the parts asked for and publish the results; return the summary.

    Results of parts not asked for are kept as they were last published, with their figures, where
    they rest on the same inputs and rules as the parts done; others are withdrawn. `plan` says
    which draft the recommended sites come from, who publishes it and why.

    Raises
    ------
    BadInputError
        If a layer was replaced during the run; what was published before stands.
    """
    remove_leftovers(project)
    outcome = _Outcome(read=inputs_now(project))
    study = open_study(project)
    parameters = _stated(project, parameters)
    outcome.results, outcome.summary = stored_results(project)
    outcome.tables = stored_tables(project)
    outcome.summary.setdefault(MADE_FROM, {})
    started_s = time.perf_counter()
    if _ON_COVERAGE & set(parts):
        if not _stands("coverage", parameters, outcome):
            _gaps(study, parameters, outcome, progress)
        if "site" in parts and not _stands("site", parameters, outcome):
            _sites(study, parameters, outcome, progress)
        if "improve" in parts and not _stands("improve", parameters, outcome):
            _improve(study, parameters, outcome, progress)
    if "bus" in parts:  # Rests on the days to come and on crews' records: never as it was.
        _stands("bus", parameters, outcome)
        _bus(project, study, parameters, outcome, progress)
    outcome.summary |= {
        "project": project.name,
        "sample": project.is_sample,
        "made": datetime.now(SHANGHAI).isoformat(timespec="seconds"),
        "parameters": _parameters_of(outcome, parameters),
        "versions": {name: len(project.versions(name)) for name in INPUT_LAYERS},
    }
    if "site" in parts:
        outcome.summary[PLAN] = None if plan is None else dict(plan)
    refuse_changed(project, outcome.made)
    _publish(project, outcome, language, progress, started_s)
    return outcome.summary


def _stands(part: Part, rules: StudyRules, outcome: _Outcome) -> bool:
    """Write down what `part` is made from, and withdraw what does not rest on it.

    True where the results in hand were made today by this program from just that.
    """
    made_from = outcome.summary[MADE_FROM]
    before = made_from.get(part, {})
    now = stamp(outcome.read, rules, part, made_from)
    now["program"], now["day"] = program_stamp(), datetime.now(SHANGHAI).date().isoformat()
    outcome.made[part] = made_from[part] = now
    stands = all(before.get(name) == now[name] for name in ("key", "program", "day"))
    withdrawn = set(outcome.summary.pop(WITHDRAWN, ())) - {part}
    outcome.summary[WITHDRAWN] = sorted(withdrawn)
    withdraw(outcome.results, outcome.summary)
    return stands


def _parameters_of(outcome: _Outcome, parameters: StudyRules) -> dict[str, Any]:
    """Return the rules each step was made by: steps not done now keep theirs."""
    stated = parameters.model_dump(mode="json")
    kept = dict(outcome.summary.get("parameters", {}))
    made = {name for part in outcome.made for name in (*RULES[part], "seed")}
    return {**stated, **kept, **{name: stated[name] for name in made}}


def _stated(project: Project, parameters: StudyRules) -> StudyRules:
    """Return the rules with what ``project.json`` states where they state nothing."""
    stated = {
        "improve": stated_actions(project, parameters.improve),
        "bus": stated_bus(project, parameters.bus),
    }
    return parameters.model_copy(update=stated)


def _gaps(study: Study, parameters: StudyRules, outcome: _Outcome, progress: Progress) -> None:
    with outcome.timed("coverage"):
        found = study.gaps(parameters.coverage, progress=progress)
        coverage = found.coverage
        outcome.tables = coverage_tables(found.by_kind)
        outcome.summary |= coverage_figures(
            coverage, found.capacity, parameters.coverage, seed=parameters.seed
        )
    outcome.results["gaps"] = found.gaps
    outcome.summary |= {
        "workers_total": coverage.workers_total,
        "covered_before": coverage.workers_covered,
        "worker_hours_total": coverage.worker_hours_total,
        "worker_hours_covered": coverage.worker_hours_covered,
        "gaps": len(found.gaps),
        "unreachable_workers": float(
            coverage.demand.workers[~coverage.demand.snapped.reachable].sum()
        ),
        "cut_off_workers": cut_off_workers(coverage),
        "street_pieces": piece_facts(pieces_of_coverage(coverage), coverage.rule.mode),
        "coverage_by_district": coverage.table("district").to_dict("records"),
    }


def _sites(study: Study, parameters: StudyRules, outcome: _Outcome, progress: Progress) -> None:
    with outcome.timed("siting"):
        plan = study.sites(
            parameters.siting, rule=parameters.coverage, seed=parameters.seed, progress=progress
        )
    answer = plan.answer
    outcome.results["sites"] = plan.sites
    outcome.summary |= {
        "covered_after": answer.covered_after,
        "sites": len(plan.sites),
        "siting_upper_bound": answer.upper_bound,
        "siting_gap": answer.gap,
        "siting_status": answer.status,
        "siting_cost_cny": plan.cost_cny,
        "siting_by_district": plan.districts.to_dict("records"),
        "siting_curve": plan.curve.to_dict("list"),
        "siting_robustness": [_or_none(share) for share in plan.sites["robustness"]],
        "siting_fewer": answer.fewer.zh if answer.fewer else None,
        "siting_fewer_en": answer.fewer.en if answer.fewer else None,
        "siting_left_out": answer.left_out.zh if answer.left_out else None,
        "siting_left_out_en": answer.left_out.en if answer.left_out else None,
        "siting_rule_prices": [
            {"rule": one.text.zh, "rule_en": one.text.en, "sites": one.sites,
             "cost_cny": one.cost_cny, "gain": one.gain, "gain_bound": one.gain_bound}
            for one in answer.rule_prices
        ],
        "siting_binding": [
            {"rule": one.text.zh, "rule_en": one.text.en, "unit": one.unit, "gain": one.gain, "gain_bound": one.gain_bound}
            for one in answer.binding
        ],
        "siting_objective": {
            "model": answer.objective.model, "unit": answer.objective.text.zh,
            "unit_en": answer.objective.text.en, "value": answer.objective.value,
            "bound": answer.objective.bound, "gap": answer.objective.gap,
        },
        "siting_phases": [asdict(claim) for claim in answer.phases],
    }  # fmt: skip


def _improve(study: Study, parameters: StudyRules, outcome: _Outcome, progress: Progress) -> None:
    """Choose among all actions; without a budget, for what the recommended sites cost."""
    money = parameters.improve.budget_cny or outcome.summary.get("siting_cost_cny")
    for key in [key for key in outcome.summary if key.startswith("improve_")]:
        del outcome.summary[key]
    if money is None and not parameters.improve.counts and parameters.siting.city_cny is None:
        outcome.results.pop("actions", None)
        outcome.summary["improve_skipped"] = NO_MONEY.zh
        return
    with outcome.timed("improve"):
        plan = study.actions(
            parameters.improve, siting=parameters.siting, rule=parameters.coverage,
            budget_cny=money, seed=parameters.seed, progress=progress,
        )  # fmt: skip
    outcome.results["actions"] = plan.actions
    outcome.summary |= improvement_summary(plan, money, parameters.improve, study)


def _or_none(share: float | None) -> float | None:
    return None if pd.isna(share) else share


def _bus(
    project: Project, study: Study, parameters: StudyRules, outcome: _Outcome, progress: Progress
) -> None:
    with outcome.timed("bus"):
        planned = study.campaign(
            parameters.bus, learn=partial(learned, project), seed=parameters.seed,
            progress=progress,
        )  # fmt: skip
    version = keep_plan(project, planned.campaign, planned.plan)
    outcome.results |= {"bus_stops": planned.stops, "bus_routes": planned.routes}
    outcome.summary |= plan_figures(planned.campaign, planned.plan, planned.routes) | {
        "bus_campaign": parameters.bus.campaign,
        "bus_weights": {
            "workers": 1.0,
            "district_floor": parameters.bus.district_floor,
            "km": parameters.bus.km_weight,
        },
        "bus_quota": planned.campaign.rules.quota,
        VERSION_KEY: version.number,
        "bus_events": [],
        "bus_learned": planned.learned.zh if planned.learned else None,
        "calendar_note": planned.calendar_note.zh if planned.calendar_note else None,
    }


def _publish(
    project: Project,
    outcome: _Outcome,
    language: Language,
    progress: Progress,
    started_s: float,
) -> None:
    publishing_s = time.perf_counter()
    workers = layer_of(project, outcome.summary, "bus", "workers")
    served_share = served_now(project, outcome.summary, workers)

    def tell_seconds() -> None:
        now_s = time.perf_counter()
        outcome.seconds["publish"] = round(now_s - publishing_s, 3)
        outcome.seconds["total"] = round(now_s - started_s, 3)
        outcome.summary["seconds"] = outcome.seconds

    streets = open_streets(project.streets_folder)
    publish(
        project,
        outcome.results,
        outcome.summary,
        street_lines(streets.segments()),
        pieces=drawn_pieces(streets, outcome.summary),
        tables=outcome.tables,
        served_share=served_share,
        language=language,
        progress=progress,
        stamp=tell_seconds,
    )


def drawn_pieces(streets: Streets, summary: Mapping[str, Any]) -> gpd.GeoDataFrame | None:
    """Return the lines of streets not connected or left out, as the coverage found them."""
    facts = summary.get("street_pieces")
    return piece_lines(streets.network(Mode(facts["mode"])), facts) if facts else None
