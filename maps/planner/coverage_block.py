"""What a coverage says beyond its headline: how surely, when, how evenly, and with what room."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from geo.layers.vocabulary import Group
from geo.text import Language, Text
from maps.records import Record, read_word
from maps.summary import number

DAYS = tuple(
    Text(f"周{zh}", en) for zh, en in zip("一二三四五六日", ("Mon", "Tue", "Wed", "Thu", "Fri",
                                                    "Sat", "Sun"), strict=True)
)  # fmt: skip
HOURS_A_DAY = 24

ASSUMPTIONS: Mapping[str, Text] = {
    "limit": Text("服务圈阈值", "Reach limit"),
    "speed": Text("出行速度", "Speeds"),
    "workers": Text("各处人数误差", "Error of the counts"),
}


@dataclass(frozen=True, slots=True)
class HeatCell:
    """One hour of the week.

    Attributes
    ----------
    day, hour : int
        Monday is 0; 0 to 23.
    present, covered : float
        Workers there, and those of them with an open station in reach.
    """

    day: int
    hour: int
    present: float
    covered: float

    @property
    def share(self) -> float | None:
        """Covered of present; None where nobody is there."""
        return self.covered / self.present if self.present > 0 else None


def week_cells(summary: Mapping[str, object]) -> list[HeatCell]:
    """Return the 168 hours of ``coverage_by_hour``, Monday first; empty when not told."""
    hours = part(summary, "coverage_by_hour")
    present, covered = hours.get("present"), hours.get("covered")
    if not (isinstance(present, list) and isinstance(covered, list)):
        return []
    return [
        HeatCell(slot // HOURS_A_DAY, slot % HOURS_A_DAY, float(there), float(served))
        for slot, (there, served) in enumerate(zip(present, covered, strict=True))
    ]


def part(summary: Mapping[str, object], key: str) -> Mapping[str, object]:
    """Return a mapping within the summary, empty when there is none."""
    value = summary.get(key)
    return value if isinstance(value, Mapping) else {}


def rows(mapping: Mapping[str, object], key: str) -> list[Mapping[str, object]]:
    """Return the records of a table within a mapping, none when there is none."""
    value = mapping.get(key)
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []


def shares(mapping: Mapping[str, object], key: str) -> tuple[float, float] | None:
    """Return a low and a high share, None when not told."""
    value = mapping.get(key)
    if isinstance(value, list) and len(value) == 2:  # noqa: PLR2004 - low and high
        return float(value[0]), float(value[1])
    return None


@dataclass(frozen=True, slots=True)
class CoverageBlock:
    """What the planner's page shows of a coverage beyond its headline; empty where not told.

    Attributes
    ----------
    range : tuple[float, float] | None
        Lowest and highest share of workers covered.
    range_rows : list[Record]
        One an assumption: ``text``, ``change``, ``workers`` and ``worker_hours`` (low, high).
    error : float | None
        Stated error of the numbers of workers, a share.
    cells : list[HeatCell]
        The week.
    worst, best : HeatCell | None
        The hour with most workers uncovered, and the one with the highest share covered.
    week : str
        First day of the real week measured, empty for the ordinary one.
    holiday, equity, capacity : Mapping[str, object]
        As the summary has them.
    districts, groups, stations, supply : list[Mapping[str, object]]
        Their rows with names read out; `supply` has the districts with least room first.
    unstated, unsure : float | None
        Stations without hours, and the worker-hours that concerns.
    """

    range: tuple[float, float] | None
    range_rows: list[Record]
    error: float | None
    cells: list[HeatCell]
    worst: HeatCell | None
    best: HeatCell | None
    week: str
    holiday: Mapping[str, object]
    equity: Mapping[str, object]
    capacity: Mapping[str, object]
    districts: list[Mapping[str, object]]
    groups: list[Mapping[str, object]]
    stations: list[Mapping[str, object]]
    supply: list[Mapping[str, object]]
    unstated: float | None
    unsure: float | None


def coverage_block(
    summary: Mapping[str, object], names: Mapping[str, str], language: Language | str
) -> CoverageBlock:
    """Read the block of `summary`; `names` are the districts by adcode."""
    sure, equity = part(summary, "coverage_range"), part(summary, "equity")
    capacity, cells = part(summary, "capacity"), week_cells(summary)
    known = [cell for cell in cells if cell.share is not None]
    return CoverageBlock(
        range=shares(sure, "workers"),
        range_rows=range_rows(summary),
        error=number(sure, "workers_error"),
        cells=cells,
        worst=max(known, key=lambda cell: cell.present - cell.covered, default=None),
        best=max(known, key=lambda cell: cell.share or 0.0, default=None),
        week=str(summary.get("coverage_week") or ""),
        holiday=part(summary, "holiday_week"),
        equity=equity,
        capacity=capacity,
        districts=named_districts(rows(equity, "by_district"), names),
        groups=[
            {**row, "name": read_word(Group, row.get("group"), language)}
            for row in rows(equity, "by_group")
        ],
        stations=named_districts(rows(capacity, "stations"), names),
        supply=supply_rows(summary, names),
        unstated=number(summary, "stations_without_hours"),
        unsure=number(summary, "worker_hours_unsure"),
    )


def named_districts(
    table: list[Mapping[str, object]], names: Mapping[str, str]
) -> list[Mapping[str, object]]:
    """Return the records with ``district_name`` beside their ``district`` code."""
    return [
        {**row, "district_name": names.get(str(row.get("district")), row.get("district"))}
        for row in table
    ]


def supply_rows(
    summary: Mapping[str, object], names: Mapping[str, str]
) -> list[Mapping[str, object]]:
    """Return the districts of ``capacity`` with ``per_thousand`` workers, least room first."""
    found = [
        {**row, "per_thousand": 1000 * (number(row, "capacity") or 0.0) / workers}
        for row in named_districts(rows(part(summary, "capacity"), "by_district"), names)
        if (workers := number(row, "workers") or 0.0) > 0
    ]
    return sorted(found, key=lambda row: number(row, "per_thousand") or 0.0)


def range_rows(summary: Mapping[str, object]) -> list[Record]:
    """Return one row an assumption: its text, change, and the shares lower and higher."""
    found: dict[str, list[Mapping[str, object]]] = {}
    for row in rows(part(summary, "coverage_range"), "rows"):
        found.setdefault(str(row.get("assumption")), []).append(row)
    return [
        {
            "text": ASSUMPTIONS[key],
            "change": max(number(row, "change") or 0.0 for row in pair),
            "workers": sorted(number(row, "workers") or 0.0 for row in pair),
            "worker_hours": sorted(number(row, "worker_hours") or 0.0 for row in pair),
        }
        for key, pair in found.items()
        if key in ASSUMPTIONS
    ]
