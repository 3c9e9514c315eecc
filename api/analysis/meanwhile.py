"""The base map is made while the analyses run: nothing in one waits for the other.

Where there is a second processor and enough to draw, a process of its own makes it. Whatever
becomes of that process, the caller makes sure afterwards that the base map is there, and is told
what is wrong if it is not.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing.process import BaseProcess
from pathlib import Path

from data.basemap.building import base_map_is_current, base_map_of_project
from data.project import Project
from data.streets.folder import open_streets
from geo.errors import YizhanError
from geo.solving import Progress, silent
from geo.text import Text

_WORTH_NODES = 20_000
"""Streets with fewer nodes are drawn in less than the second or two a process takes to start."""
_LOOK_S = 0.2
_STEP = Text("等待底图完成", "Waiting for the base map")


class BaseMapMeanwhile:
    """The base map of `project` being made; see :func:`base_map_meanwhile`."""

    def __init__(self, project: Project, process: BaseProcess | None) -> None:
        self._project, self._process = project, process

    def wait(self, progress: Progress = silent) -> None:
        """Return when the base map is there; `progress` may raise to end the run.

        Raises
        ------
        StorageError, BadInputError
            If it cannot be made.
        """
        if self._process is not None:
            while self._process.is_alive():
                progress(_STEP, 0.0)
                self._process.join(_LOOK_S)
        base_map_of_project(self._project, progress=progress)


@contextmanager
def base_map_meanwhile(project: Project) -> Iterator[BaseMapMeanwhile]:
    """Begin to make the base map if it is not current; at the end of the block nothing goes on."""
    process = _started(project.folder) if _is_worth_it(project) else None
    try:
        yield BaseMapMeanwhile(project, process)
    finally:
        if process is not None:
            process.terminate()
            process.join()


def _is_worth_it(project: Project) -> bool:
    if (os.cpu_count() or 1) < 2 or base_map_is_current(project):  # noqa: PLR2004
        return False
    with suppress(YizhanError):
        return open_streets(project.streets_folder).nodes >= _WORTH_NODES
    return False


def _started(folder: Path) -> BaseProcess | None:
    # Spawned, not forked: threads of this process may hold locks just now.
    process = multiprocessing.get_context("spawn").Process(
        target=_make, args=(folder,), name="yizhan-base-map", daemon=True
    )
    try:
        process.start()
    except (OSError, AssertionError):  # No more processes, or one that may have none of its own.
        return None
    return process


def _make(folder: Path) -> None:
    """Make it, quietly: the run that waits tells what is wrong, and ends this when it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(YizhanError, OSError):
        base_map_of_project(Project.open(folder))
