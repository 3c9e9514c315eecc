"""Several campaigns planned together: a draft of each, how it compares, whom to phone."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from fastapi import APIRouter, Depends, Request

from api.analysis.bus_plans.together_facts import TogetherFacts, joint_facts
from api.http.asking import preferred_language
from api.http.keys import KeyFirstRoute, require_planner
from api.own_process import IN_BACKGROUND, in_own_process, is_worth_a_process
from api.resources import resources_of
from api.routes.service.job_routes import JobReport, report
from api.stations.openings import now
from data.store.project import Project
from geo.solving import Progress, StoppingCriterion
from geo.study.together_rules import TogetherRules
from geo.text import Language

router = APIRouter(
    prefix="/bus",
    tags=["health bus"],
    dependencies=[Depends(require_planner)],
    route_class=KeyFirstRoute,
)


@router.post("/together", summary="Plan several campaigns together", status_code=202)
async def together(request: Request, rules: TogetherRules) -> JobReport:
    """Start planning; the job's facts compare the plan with the campaigns planned one by one.

    Nothing anybody sees changes until the draft is published (`/bus/plans/{version}/publish`).
    """
    resources, language = resources_of(request), preferred_language(request)

    def work(progress: Progress, stop: StoppingCriterion) -> TogetherFacts:
        del stop  # Cancelled work ends at its next report.
        return drafted(resources.folder, rules, language, progress)

    job = resources.jobs.start(
        "bus-together", work, path="/bus/together", body=rules.model_dump(mode="json")
    )
    return report(request, job)


def drafted(
    folder: Path, rules: TogetherRules, language: Language, progress: Progress
) -> TogetherFacts:
    """Plan, in a process of its own where that is worth it, and return the facts."""
    from api.analysis.bus_plans.planned_together import draft_in_folder  # noqa: PLC0415 - brings both optimisers

    draft = in_own_process(
        partial(draft_in_folder, folder, rules, now().date()),
        name="bus-together",
        purpose=IN_BACKGROUND,
        progress=progress,
        worth=is_worth_a_process(Project.open(folder)),
    )
    return joint_facts(folder, draft, language)
