"""What an import makes of earlier results; a project without any need not bring the study in."""

from __future__ import annotations

from data.project import Project
from geo.text import Text


def stale_results(project: Project) -> tuple[Text, ...]:
    """Say which results a layer just changed has made stale; () where there are none."""
    if not project.results_folder.exists():
        return ()
    from api.analysis.made_from import stale_now  # noqa: PLC0415 - see the top

    return stale_now(project)
