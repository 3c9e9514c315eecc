"""The committee's papers made in a process of their own: nobody's answer waits for a print."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from api.drafts.committee import committee_subject, new_zip, write_zip
from api.own_process import in_own_process
from data.project import Project
from geo.solving import Progress
from geo.text import Language
from maps.report.formats import Format


def zip_in_own_process(
    project: Project,
    *,
    plan: str | None,
    language: Language,
    formats: Collection[Format],
    progress: Progress,
) -> Path:
    """Write the papers of `plan` into a ZIP file of the project; return it.

    `progress` may raise to end the work: then nothing is left of it. Raises as
    :func:`api.own_process.in_own_process`.
    """
    path = new_zip(project)
    try:
        in_own_process(
            _write,
            project.folder,
            path,
            plan,
            language,
            tuple(formats),
            progress=progress,
            name="yizhan-papers",
        )
    finally:
        path.with_suffix(".part").unlink(missing_ok=True)
    return path


def _write(
    folder: Path,
    path: Path,
    plan: str | None,
    language: Language,
    formats: tuple[Format, ...],
    *,
    progress: Progress,
) -> None:
    project = Project.open(folder)
    subject = committee_subject(project, plan=plan, language=language, progress=progress)
    write_zip(project, subject, formats, path=path, progress=progress)
