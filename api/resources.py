"""What the running service holds, made at start and let go at stop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Protocol

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool

from api.drafts.draft_solving import Solvings
from api.http.keys import is_planner
from api.jobs import Jobs, Work
from api.publishing.edition import Edition
from api.publishing.editions import Editions
from api.stations.upkeep import Upkeep
from data.store.project import Project
from geo.solving import Progress, StoppingCriterion

if TYPE_CHECKING:
    from geo.study.rules import Part, StudyRules
    from geo.summary.run import PublishedDraft, RunSummary


class Run(Protocol):
    """The main job: reads the project's layers, publishes its results, returns the figures."""

    def __call__(
        self,
        project: Project,
        parameters: StudyRules,
        *,
        parts: tuple[Part, ...],
        plan: PublishedDraft | None = None,
        seen: frozenset[str] | None = None,
        progress: Progress,
    ) -> RunSummary:
        """Do the `parts`; end when `progress` raises, leaving what was published before.

        `plan` says which draft the rules come from and who publishes it, `seen` which candidates
        it chose as its planner saw it.
        """


@dataclass(kw_only=True)
class Resources:
    """Owned by the app's lifespan.

    Attributes
    ----------
    editions : Editions
        What is published.
    jobs : Jobs
        Long work in the background.
    run : Run
        The main job.
    folder : Path
        The project's folder.
    upkeep : Upkeep
        What is said of its stations.
    solving : Solvings
        Drafts whose planners wait for an answer.
    """

    editions: Editions
    jobs: Jobs
    run: Run
    folder: Path
    upkeep: Upkeep
    solving: Solvings = field(default_factory=Solvings)

    def main_job(
        self,
        parameters: StudyRules,
        parts: Sequence[Part],
        *,
        plan: PublishedDraft | None = None,
        seen: frozenset[str] | None = None,
    ) -> Work:
        """Return the main job on this project, ready to be started; see :func:`run_main_job`."""
        run, folder, editions = self.run, self.folder, self.editions

        def work(progress: Progress, _stop: StoppingCriterion) -> RunSummary:
            summary = run(
                Project.open(folder),
                parameters,
                parts=tuple(parts),
                plan=plan,
                seen=seen,
                progress=progress,
            )
            editions.settled()  # who opens a page once the job is done sees what was done
            return summary

        return work


def resources_of(request: Request) -> Resources:
    """Return the running service's resources."""
    resources = request.app.state.resources
    if not isinstance(resources, Resources):  # pragma: no cover - lifespan sets it
        raise TypeError
    return resources


async def edition_of(request: Request) -> Edition:
    """Return the newest edition: a planner waits until it is read, a worker never does."""
    editions = resources_of(request).editions
    if is_planner(request):
        return await run_in_threadpool(editions.settled)
    return editions.current()


CurrentEdition = Annotated[Edition, Depends(edition_of)]
"""The edition a request reads; one request sees one edition."""
