"""Which long work was at hand, kept beside the project: after a restart it is said what was cut off.

``jobs.json`` holds the work not ended yet and how to ask for it again; a process that is killed
leaves it as it was.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from data.disk import writing
from geo.json_shapes import JsonBody


@dataclass(frozen=True, slots=True)
class LoggedJob:
    """Work that was started.

    Attributes
    ----------
    job_id, kind : str
        Which, and what it does.
    made : str
        When it was started (ISO 8601, UTC).
    path : str
        Where to ask for it again, below the service's root; "" where it cannot be.
    body : JsonBody
        What to send there.
    """

    job_id: str
    kind: str
    made: str
    path: str
    body: JsonBody


class JobLog:
    """The file ``jobs.json`` of a project; what cannot be read counts as empty."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> list[LoggedJob]:
        """Return the work that had not ended."""
        try:
            return [LoggedJob(**entry) for entry in json.loads(self._path.read_text("utf-8"))]
        except (OSError, ValueError, TypeError):
            return []

    def write(self, jobs: list[LoggedJob]) -> None:
        """Replace the list, whole."""
        aside = self._path.with_name(f".{self._path.name}.{os.getpid()}")
        with writing(self._path):
            aside.write_text(
                json.dumps([asdict(job) for job in jobs], ensure_ascii=False), encoding="utf-8"
            )
            aside.replace(self._path)
