"""What was published: the plans of former runs, and bringing one of them back.

Publishing switches everything at once (:mod:`data.result_versions`). Bringing a former plan back
publishes its coverage, sites and actions again beside the bus plan that holds now: visits
announced to people are not taken back with a plan of sites.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from api.analysis.bus_versions import served_now
from api.analysis.made_from import MADE_FROM, layer_of
from api.analysis.main_job import PLAN, drawn_pieces
from api.analysis.results import publish, results_in, stored_results, tables_in
from api.analysis.street_lines import street_lines
from data.project import Project
from data.result_versions import kept_results
from data.streets.folder import open_streets
from geo.errors import BadInputError, MissingError
from geo.solving import Progress, silent
from geo.text import Language, Text

_BUS_FIGURES = ("bus_", "calendar_note")
_BUS_LAYERS = ("bus_stops", "bus_routes")


@dataclass(frozen=True, slots=True)
class Publication:
    """One run whose results are kept.

    Attributes
    ----------
    number : int
        Of its folder; the highest is the newest.
    holds : bool
        Whether it is what everybody sees now.
    summary : Mapping[str, Any]
        Its figures.
    """

    number: int
    holds: bool
    summary: Mapping[str, Any]


def publications(project: Project) -> list[Publication]:
    """Return the runs that are kept, newest first."""
    folders, now = kept_results(project), project.results_number
    return [
        Publication(
            number, number == now, json.loads((path / "summary.json").read_text(encoding="utf-8"))
        )
        for number, path in reversed(folders.items())
    ]


def publish_again(
    project: Project,
    number: int,
    *,
    who: str,
    why: str = "",
    language: Language = Language.ZH,
    progress: Progress = silent,
) -> dict[str, Any]:
    """Publish the coverage, sites and actions of a former run again; return the summary.

    Raises
    ------
    MissingError
        If that run is not kept.
    BadInputError
        If it is what holds.
    """
    folder = kept_results(project).get(number)
    if folder is None:
        raise MissingError(
            Text(f"没有保留第 {number} 次发布。", f"Publication {number} is not kept.")
        )
    if number == project.results_number:
        raise BadInputError(Text("它就是现在发布的方案。", "That is what is published now."))
    former, summary = results_in(folder)
    now, told = stored_results(project)
    results = {name: frame for name, frame in former.items() if name not in _BUS_LAYERS}
    results |= {name: now[name] for name in _BUS_LAYERS if name in now}
    summary = _with_bus_of(told, summary)
    summary[PLAN] = {
        **(summary.get(PLAN) or {}), "again": number, "who": who, "why": why,
        "published": datetime.now(UTC).isoformat(timespec="seconds"),
    }  # fmt: skip
    streets = open_streets(project.streets_folder)
    publish(
        project, results, summary, street_lines(streets.segments()),
        pieces=drawn_pieces(streets, summary), tables=tables_in(folder),
        served_share=served_now(project, summary, layer_of(project, summary, "bus", "workers")),
        language=language, progress=progress,
    )  # fmt: skip
    return summary


def _with_bus_of(now: Mapping[str, Any], former: Mapping[str, Any]) -> dict[str, Any]:
    """Return the figures of `former`, those of the bus as they are `now`."""
    summary = {key: value for key, value in former.items() if not key.startswith(_BUS_FIGURES)}
    summary |= {key: value for key, value in now.items() if key.startswith(_BUS_FIGURES)}
    made = {part: one for part, one in former.get(MADE_FROM, {}).items() if part != "bus"}
    if "bus" in now.get(MADE_FROM, {}):
        made["bus"] = now[MADE_FROM]["bus"]
    parameters = dict(former.get("parameters", {}))
    if "bus" in now.get("parameters", {}):
        parameters["bus"] = now["parameters"]["bus"]
    return {**summary, MADE_FROM: made, "parameters": parameters}
