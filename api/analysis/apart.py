"""The main job of the service: in a process of its own where the city is large enough."""

from __future__ import annotations

from pathlib import Path

from api.own_process import in_own_process, is_worth_a_process
from data.project import Project
from geo.solving import Progress
from geo.study.rules import Part, StudyRules
from geo.summary.run import PublishedDraft, RunSummary


def run_apart(
    project: Project,
    parameters: StudyRules,
    *,
    parts: tuple[Part, ...],
    plan: PublishedDraft | None = None,
    seen: frozenset[str] | None = None,
    progress: Progress,
) -> RunSummary:
    """Run the parts asked for as :func:`api.analysis.running.run` does, publish them, return it.

    Raises as that does, and :class:`~api.own_process.ProcessBrokenError`.
    """
    if not is_worth_a_process(project):
        return _run(project.folder, parameters, parts, plan, seen, progress=progress)
    return in_own_process(
        _run, project.folder, parameters, parts, plan, seen, progress=progress, name="yizhan-run"
    )


def _run(
    folder: Path,
    parameters: StudyRules,
    parts: tuple[Part, ...],
    plan: PublishedDraft | None,
    seen: frozenset[str] | None,
    *,
    progress: Progress,
) -> RunSummary:
    from api.analysis.running import run  # noqa: PLC0415 - no worker needs it

    return run(
        Project.open(folder), parameters, parts=parts, plan=plan, seen=seen, progress=progress
    )
