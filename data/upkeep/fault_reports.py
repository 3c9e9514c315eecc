"""What passers-by report of stations, and what planners decided: which station, what, when.

Nothing is kept of who reports: no address, no device, no account. A number that could be a
telephone's is taken out of their line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from data.upkeep.journal import FOLDER, Journal
from geo.fields import NOTE_LETTERS
from geo.layers.vocabulary import Decision, Fault

"""Characters kept of what somebody adds to a report."""
_PERSONAL = re.compile(r"[+0-9０-９][-0-9０-９ ]{5,}[0-9０-９]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]+")


@dataclass(frozen=True, slots=True)
class FaultReport:
    """One report.

    Attributes
    ----------
    station : str
        Its id.
    fault : Fault
        What is wrong.
    note : str
        What was added, at most `NOTE_LETTERS` characters; "" for nothing.
    at : str
        When (ISO 8601, Asia/Shanghai, whole minutes).
    """

    station: str
    fault: Fault
    note: str
    at: str

    @property
    def day(self) -> str:
        """Which day, ISO 8601."""
        return self.at[:10]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What a planner decided of all that was reported of one fault of one station until then.

    Attributes
    ----------
    station, fault : str, Fault
        As reported.
    decision : Decision
        What became of it.
    who : str
        Which planner.
    words : str
        The answer, or why.
    at : str
        When (ISO 8601, Asia/Shanghai).
    layer, version : str, int | None
        The layer's version that came of it, where it was accepted.
    """

    station: str
    fault: Fault
    decision: Decision
    who: str
    words: str
    at: str
    layer: str = ""
    version: int | None = None


@dataclass
class ReportsHeld:
    """The reports of a project, as they stand.

    Attributes
    ----------
    waiting : dict[tuple[str, Fault], list[FaultReport]]
        By station and fault, those no planner has settled yet.
    settled : list[Settled]
        The decisions, first made first.
    """

    waiting: dict[tuple[str, Fault], list[FaultReport]] = field(default_factory=dict)
    settled: list[Settled] = field(default_factory=list)


class ReportBook:
    """The file ``upkeep/reports.jsonl`` of a project.

    Parameters
    ----------
    folder : Path
        The project's folder.
    """

    def __init__(self, folder: Path) -> None:
        self.journal = Journal(folder / FOLDER / "reports.jsonl")

    def add(self, report: FaultReport) -> None:
        """Keep a report."""
        self.journal.add({"told": "report", **asdict(report)})

    def settle(self, settled: Settled) -> None:
        """Keep a decision; what was reported of that fault until now waits no longer."""
        self.journal.add({"told": "decision", **asdict(settled)})

    def read(self) -> ReportsHeld:
        """Return what waits and what was decided."""
        told = ReportsHeld()
        for entry in self.journal.read():
            try:
                _take_in(told, entry)
            except (TypeError, ValueError):
                continue
        return told


def _take_in(told: ReportsHeld, entry: Mapping[str, Any]) -> None:
    values = {key: value for key, value in entry.items() if key != "told"}
    values["fault"] = Fault(str(values.get("fault")))
    if entry.get("told") == "report":
        report = FaultReport(**values)
        told.waiting.setdefault((report.station, report.fault), []).append(report)
    elif entry.get("told") == "decision":
        settled = Settled(**{**values, "decision": Decision(str(values.get("decision")))})
        told.waiting.pop((settled.station, settled.fault), None)
        told.settled.append(settled)


def kept_note(typed: str) -> str:
    """Return what is kept of a line somebody typed: short, plain, without telephone numbers."""
    plain = _CONTROL.sub(" ", typed).strip()
    return _PERSONAL.sub("…", plain)[:NOTE_LETTERS]
