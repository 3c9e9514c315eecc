"""What the running service holds, made at start and let go at stop."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, Request

from api.analysis.parameters import Parameters
from api.edition import Edition
from api.editions import Editions
from api.jobs import Jobs, Work
from api.problems import HttpError
from data.project import Project
from geo.solving import Progress, Stop
from geo.text import Text

Run = Callable[[Project, Parameters, Progress, Stop], Mapping[str, Any]]
"""The main job: reads the project's layers, writes its results, returns the figures."""


@dataclass
class Resources:
    """Owned by the app's lifespan.

    Attributes
    ----------
    editions : Editions
        What is published.
    jobs : Jobs
        Long work in the background.
    run : Run | None
        The main job; None in a service that only shows results.
    folder : Path
        The project's folder.
    """

    editions: Editions
    jobs: Jobs
    run: Run | None
    folder: Path

    def main_job(self, parameters: Parameters) -> Work:
        """Return the main job on this project, ready to be started.

        Raises
        ------
        HttpError
            If this service only shows results.
        """
        run, folder = self.run, self.folder
        if run is None:
            raise HttpError(
                503,
                "no-analyses-here",
                Text(
                    "本服务只展示结果；请在命令行运行分析。",
                    "This service only shows results; run the analyses on the command line.",
                ),
            )

        def work(progress: Progress, stop: Stop) -> Mapping[str, Any]:
            return run(Project.open(folder), parameters, progress, stop)

        return work


def resources_of(request: Request) -> Resources:
    """Return the running service's resources."""
    resources = request.app.state.resources
    if not isinstance(resources, Resources):  # pragma: no cover - lifespan sets it
        raise TypeError
    return resources


async def _edition(request: Request) -> Edition:
    return resources_of(request).editions.current()


CurrentEdition = Annotated[Edition, Depends(_edition)]
"""The edition a request reads; one request sees one edition."""
