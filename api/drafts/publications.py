"""What was published: the plans of former runs, and bringing one of them back.

Publishing switches everything at once (:mod:`data.store.result_versions`). Bringing a former plan back
publishes its coverage, sites and actions again beside the bus plan that holds now: visits
announced to people are not taken back with a plan of sites.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from data.store.project import Project
from data.store.result_versions import kept_results
from data.store.summary_file import read_summary
from geo.errors import BadInputError, MissingError
from geo.solving import Progress
from geo.summary.run import PublishedDraft, RunSummary
from geo.text import Text

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
    summary : RunSummary
        Its figures.
    """

    number: int
    holds: bool
    summary: RunSummary


def publications(project: Project) -> list[Publication]:
    """Return the runs that are kept, newest first."""
    folders, now = kept_results(project), project.results_number
    return [
        Publication(number, number == now, read_summary(path).summary)
        for number, path in reversed(folders.items())
    ]


def publish_again(
    folder: Path, number: int, who: str, why: str, *, progress: Progress
) -> RunSummary:
    """Publish the coverage, sites and actions of a former run again; return the summary.

    `folder` is the project's; see :class:`~api.own_process.Work`.

    Raises
    ------
    MissingError
        If that run is not kept.
    BadInputError
        If it is what holds.
    """
    from api.analysis.results import (  # noqa: PLC0415 - all pages and sheets
        publish,
        results_in,
        stored_results,
        tables_in,
    )

    project = Project.open(folder)
    run_folder = kept_results(project).get(number)
    if run_folder is None:
        raise MissingError(
            Text(f"没有保留第 {number} 次发布。", f"Publication {number} is not kept.")
        )
    if number == project.results_number:
        raise BadInputError(Text("它就是现在发布的方案。", "That is what is published now."))
    former, summary = results_in(run_folder)
    now, told = stored_results(project)
    results = {name: frame for name, frame in former.items() if name not in _BUS_LAYERS}
    results |= {name: now[name] for name in _BUS_LAYERS if name in now}
    summary = _with_bus_of(told, summary)
    moment = datetime.now(UTC).replace(microsecond=0)
    draft = summary.draft or PublishedDraft()
    summary = summary.but(draft=draft.but(again=number, who=who, why=why, published=moment))
    return publish(
        project,
        results,
        summary,
        tables=tables_in(run_folder),
        progress=progress,
    )


def _with_bus_of(now: RunSummary, former: RunSummary) -> RunSummary:
    """Return the figures of `former`, those of the bus as they are `now`."""
    facts = former.facts
    if facts is not None:
        made = dict(former.made_from)
        made.pop("bus", None)
        if "bus" in now.made_from:
            made["bus"] = now.made_from["bus"]
        rules = facts.parameters
        if now.facts is not None:
            rules = rules.model_copy(update={"bus": now.facts.parameters.bus})
        facts = facts.but(made_from=made, parameters=rules)
    return former.but(facts=facts, bus=now.bus, bus_planning=now.bus_planning)
