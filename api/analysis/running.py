"""Runs parts of the main job, or answers from what is published where all of it would come out so.

The engine, the maps and what else a run needs are brought in only when there is something to do. The
service has it run in the background where the city is large enough.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from api.analysis.made_from import inputs_now, same_made, stamp
from api.analysis.reuse import Notes, had_before
from api.own_process import IN_BACKGROUND, in_own_process, is_worth_a_process
from data.program import program_stamp, starting
from data.store.project import Project
from data.store.project_state import project_state
from data.store.stated_rules import stated
from data.store.summary_file import read_summary
from geo.solving import Progress, silent
from geo.study.rules import EVERYTHING, Part, StudyRules
from geo.summary.run import PublishedDraft, RunSummary
from geo.text import Language, Text


def run_study(
    project: Project,
    rules: StudyRules,
    *,
    parts: tuple[Part, ...] = EVERYTHING,
    plan: PublishedDraft | None = None,
    seen: frozenset[str] | None = None,
    language: Language = Language.ZH,
    progress: Progress = silent,
) -> RunSummary:
    """Run the parts asked for and publish the results; return the summary.

    Where inputs, rules, program and day are those of the results that hold, and no file of theirs
    was edited or deleted, nothing is done: their summary is returned, and `progress` is told so.
    See :func:`api.analysis.main_job.run_main_job` for the rest.
    """
    standing = None if seen else published_summary(project, rules, parts, language, plan)
    if standing is not None:
        progress(_unchanged(standing), 1.0)
        return standing
    with starting():
        from api.analysis.main_job import run_main_job  # noqa: PLC0415 - brings both optimisers

    return run_main_job(
        project, rules, parts=parts, plan=plan, seen=seen, language=language, progress=progress
    )


def run_in_background(
    project: Project,
    rules: StudyRules,
    *,
    parts: tuple[Part, ...],
    plan: PublishedDraft | None = None,
    seen: frozenset[str] | None = None,
    progress: Progress,
) -> RunSummary:
    """Run as :func:`run_study` does, in a process of its own where that is worth one.

    Raises as that does, and :class:`~api.own_process.ProcessLostError`.
    """
    return in_own_process(
        partial(_run_in, project.folder, rules, parts=parts, plan=plan, seen=seen),
        name="run",
        purpose=IN_BACKGROUND,
        worth=is_worth_a_process(project),
        progress=progress,
    )


def _run_in(
    folder: Path,
    rules: StudyRules,
    *,
    parts: tuple[Part, ...],
    plan: PublishedDraft | None,
    seen: frozenset[str] | None,
    progress: Progress,
) -> RunSummary:
    return run_study(
        Project.open(folder), rules, parts=parts, plan=plan, seen=seen, progress=progress
    )


def published_summary(
    project: Project,
    rules: StudyRules,
    parts: tuple[Part, ...],
    language: Language,
    plan: PublishedDraft | None = None,
) -> RunSummary | None:
    """Return the summary that holds if a run of `parts` would change nothing; None otherwise.

    The bus plan rests on the days to come and on crews' records: it is always made anew.
    """
    notes = Notes(project.results_folder)
    if "bus" in parts or notes.had != had_before(project_state(project), language):
        return None
    stored = read_summary(project.results_folder)
    summary = stored.summary
    if stored.unread or ("site" in parts and summary.draft != plan) or not notes.all_intact:
        return None
    read, rules, made = inputs_now(project), stated(project, rules), summary.made_from
    looked_at = [part for part in EVERYTHING if part == "coverage" or part in parts]
    same = (
        same_made(made.get(part), stamp(read, rules, part, made, program_stamp()))
        for part in looked_at
    )
    return summary if all(same) else None


def _unchanged(summary: RunSummary) -> Text:
    made = summary.facts.made if summary.facts else None
    when = f"{made:%Y-%m-%d %H:%M}" if made else ""
    return Text(
        f"输入、规则与程序均未变，沿用 {when} 的结果",
        f"Inputs, rules and program are unchanged: the results of {when} stand",
    )
