"""What a planner does with reports of a station: accept them as a new version, answer, drop."""

from __future__ import annotations

from dataclasses import dataclass

from api.stations.upkeep import Upkeep
from data.store.project import Project
from data.store.row_edits import put_row
from data.upkeep.fault_reports import Settled
from geo.errors import BadInputError, MissingError
from geo.json_shapes import JsonRow
from geo.layers.vocabulary import Amenity, Decision, Fault, Status
from geo.text import MOST_QUOTED, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Deciding:
    """A planner's decision on all that waits of one fault of one station.

    Attributes
    ----------
    station, fault : str, Fault
        Of which reports.
    decision : Decision
        What becomes of them.
    who : str
        Which planner.
    words : str
        The answer the public reads, or why.
    values : JsonRow
        Where accepted: the row's new values by column; those that follow from the fault need not
        be given.
    place : (lon, lat) | None
        Where accepted: its new position, degrees, EPSG:4326.
    """

    station: str
    fault: Fault
    decision: Decision
    who: str
    words: str = ""
    values: JsonRow | None = None
    place: tuple[float, float] | None = None


def decide(
    project: Project,
    upkeep: Upkeep,
    layer: str | None,
    row: JsonRow | None,
    deciding: Deciding,
    at: str,
) -> Settled:
    """Keep the decision, and where it is accepted write the row's new version.

    Parameters
    ----------
    project : Project
        Whose layers.
    upkeep : Upkeep
        The reports.
    layer, row : str | None, JsonRow | None
        Where the station stands now; None where it is in no layer any more.
    deciding : Deciding
        What the planner says.
    at : str
        When, ISO 8601, Asia/Shanghai.

    Raises
    ------
    MissingError
        If nothing waits of that fault of that station, or the station is gone.
    BadInputError
        If what is to change cannot be told, or an answer has no words.
    """
    _refuse_settled(upkeep, deciding)
    version = None
    if deciding.decision is Decision.ACCEPTED:
        if layer is None or row is None:
            raise MissingError(
                Text(
                    f"图层里已没有站点 {deciding.station[:MOST_QUOTED]}：请选“不采纳”。",
                    f"{deciding.station[:MOST_QUOTED]} is in no layer any more: drop the reports.",
                )
            )
        version = _written(project, layer, row, deciding)
    elif deciding.decision is Decision.ANSWERED and not deciding.words.strip():
        raise BadInputError(Text("请写答复的话。", "An answer needs words."))
    settled = Settled(
        station=deciding.station,
        fault=deciding.fault,
        decision=deciding.decision,
        who=deciding.who,
        words=deciding.words.strip(),
        at=at,
        layer=layer or "" if version else "",
        version=version,
    )
    upkeep.reports.settle(settled)
    return settled


def _refuse_settled(upkeep: Upkeep, deciding: Deciding) -> None:
    if (deciding.station, deciding.fault) not in upkeep.told().waiting:
        raise MissingError(
            Text(
                f"站点 {deciding.station[:MOST_QUOTED]} 没有待处理的“{deciding.fault.text.zh}”；可能已有人处理。",
                f"Nothing waits of “{deciding.fault.text.en}” at {deciding.station[:MOST_QUOTED]}; somebody "
                "may have settled it.",
            )
        )


def _written(project: Project, layer: str, row: JsonRow, deciding: Deciding) -> int:
    values = {**_implied(row, deciding.fault), **(deciding.values or {})}
    if deciding.fault is Fault.CLOSED and "opening_hours" in values:
        values.pop("status", None)
    if not values and deciding.place is None:
        raise BadInputError(
            Text(
                "请给出新的位置（lon、lat，度），或先在工作台拖动站点，再选“答复”。",
                "Give the new position (lon, lat in degrees), or move the station in the workbench "
                "and answer.",
            )
        )
    why = deciding.words or f"群众反映：{deciding.fault.text.zh}"
    return put_row(
        *(project, layer, deciding.station, values, deciding.place),
        seen=project.versions(layer)[-1].number,
        who=deciding.who,
        why=why[:300],
    )


def _implied(row: JsonRow, fault: Fault) -> JsonRow:
    """Return what a fault means for the row, if the planner says no more."""
    if fault is Fault.MOVED:
        return {"status": Status.CLOSED.value}
    if fault is Fault.CLOSED:
        return {"status": Status.SUSPENDED.value}
    if fault is Fault.NO_WATER:
        water = Amenity.DRINKING_WATER.value
        held = [one for one in str(row["amenities"] or "").split(";") if one]
        return {"amenities": ";".join(one for one in held if one != water)}
    return {}
