"""Crews' records of a project's bus visits on disk, in one file that is replaced whole."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from data.disk import CREW_PATIENCE_S, held, replace_whole
from geo.bus.turnout.turnout import VisitRecord
from geo.errors import BrokenFileError
from geo.text import Text


class BusRecords:
    """The records of one project.

    Parameters
    ----------
    folder : Path
        The project's folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "bus"
        self._path = self._folder / "records.json"

    def read(self) -> tuple[VisitRecord, ...]:
        """Return all records, oldest first; none before the first."""
        if not self._path.exists():
            return ()
        try:
            rows = json.loads(self._path.read_text(encoding="utf-8"))
            return tuple(
                VisitRecord(**_named(row), day=date.fromisoformat(row["day"])) for row in rows
            )
        except (ValueError, TypeError, KeyError) as error:
            raise BrokenFileError(
                Text(f"{self._path} 已损坏：{error}", f"{self._path} is broken: {error}")
            ) from error

    def add(self, record: VisitRecord) -> None:
        """Add one record; an earlier one of the same visit stays readable beneath it."""
        self._folder.mkdir(exist_ok=True)
        with held(self._folder / ".lock", patience_s=CREW_PATIENCE_S):
            rows = [asdict(one) | {"day": one.day.isoformat()} for one in (*self.read(), record)]
            replace_whole(self._path, json.dumps(rows, ensure_ascii=False, indent=1).encode())


def _named(row: dict[str, Any]) -> dict[str, Any]:
    """Return what a row says beside its day; those kept before campaigns were named tell a guest."""
    told = {name: value for name, value in row.items() if name not in {"day", "guest"}}
    return {"campaign": row.get("guest", ""), **told}
