"""Whether anything a run may read of a project has changed, told without reading it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from data.store.project import PROJECT_FILE, Project

_NOT_READ = {"results", "stages", "drafts", "committee", "jobs.json", PROJECT_FILE}
"""What runs write or nobody's figures rest on; of ``project.json`` all but which results hold."""


def project_state(project: Project) -> dict[str, str]:
    """Return, for each file and folder in the project, what changes whenever it does.

    Files are told by name, size and time of change, so that a copy of a project counts as changed.
    Whatever is not known to be no matter of a run counts.
    """
    state = {
        path.name: _digest(path)
        for path in sorted(project.folder.iterdir())
        if path.name not in _NOT_READ and not path.name.startswith(".")
    }
    told = json.dumps(project.stated, sort_keys=True).encode()
    return state | {PROJECT_FILE: hashlib.sha256(told).hexdigest()}


def _digest(path: Path) -> str:
    told = []
    for file in sorted(_files(path)):
        stat = file.stat()
        told.append((str(file.relative_to(path.parent)), stat.st_mtime_ns, stat.st_size))
    return hashlib.sha256(repr(told).encode()).hexdigest()


def _files(path: Path) -> Iterator[Path]:
    """Yield `path`, or the files in it that are whole: drafts and locks begin with a dot."""
    if path.is_file():
        yield path
        return
    for file in path.rglob("*"):
        if file.is_file() and not file.name.startswith("."):
            yield file
