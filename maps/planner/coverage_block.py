"""What a coverage says beyond its headline: how surely, when, how evenly, and with what room."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from geo.layers.vocabulary import Group
from geo.summary.coverage import (
    CapacityFigures,
    CoverageFigures,
    CoverageRange,
    DistrictEquity,
    DistrictRoom,
    EquityRow,
    GroupEquity,
    HoursOfWeek,
    LoadedStation,
    RangeRow,
)
from geo.text import Language, Text
from maps.records import Record, read_word

DAYS = tuple(
    Text(f"周{zh}", en)
    for zh, en in zip(
        "一二三四五六日", ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), strict=True
    )
)
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


def week_cells(hours: HoursOfWeek) -> list[HeatCell]:
    """Return the 168 hours, Monday first."""
    return [
        HeatCell(slot // HOURS_A_DAY, slot % HOURS_A_DAY, there, served)
        for slot, (there, served) in enumerate(zip(hours.present, hours.covered, strict=True))
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageBlock:
    """What the planner's page shows of a coverage beyond its headline.

    Attributes
    ----------
    coverage : CoverageFigures
        The figures themselves.
    range_rows : list[Record]
        One an assumption: ``text``, ``change``, ``workers`` and ``worker_hours`` (low, high).
    cells : list[HeatCell]
        The week.
    worst, best : HeatCell | None
        The hour with most workers uncovered, and the one with the highest share covered.
    districts, groups, stations, supply : list[Record]
        Rows with names read out; `supply` has the districts with least room first.
    """

    coverage: CoverageFigures
    range_rows: list[Record]
    cells: list[HeatCell]
    worst: HeatCell | None
    best: HeatCell | None
    districts: list[Record]
    groups: list[Record]
    stations: list[Record]
    supply: list[Record]


def coverage_block(
    coverage: CoverageFigures | None, names: Mapping[str, str], language: Language | str
) -> CoverageBlock | None:
    """Read the block of a coverage, None before one; `names` are the districts by adcode."""
    if coverage is None:
        return None
    cells = week_cells(coverage.by_hour)
    known = [cell for cell in cells if cell.share is not None]
    return CoverageBlock(
        coverage=coverage,
        range_rows=range_rows(coverage.range),
        cells=cells,
        worst=max(known, key=lambda cell: cell.present - cell.covered, default=None),
        best=max(known, key=lambda cell: cell.share or 0.0, default=None),
        districts=named_districts(worst_first(coverage.equity.by_district), names),
        groups=named_groups(worst_first(coverage.equity.by_group), language),
        stations=named_districts(coverage.capacity.stations, names),
        supply=supply_rows(coverage.capacity, names),
    )


E = TypeVar("E", bound=EquityRow)


def worst_first(table: Sequence[E]) -> list[E]:
    """Return the rows, least served first."""
    return sorted(table, key=lambda row: row.mean or 0.0)


def named_districts(
    table: Sequence[DistrictEquity | LoadedStation | DistrictRoom], names: Mapping[str, str]
) -> list[Record]:
    """Return the rows with ``district_name`` beside their ``district`` code."""
    return [
        {**dict(row), "district_name": names.get(row.district or "", row.district)} for row in table
    ]


def named_groups(table: Sequence[GroupEquity], language: Language | str) -> list[Record]:
    """Return the rows with the ``name`` of their group."""
    return [{**dict(row), "name": read_word(Group, row.group, language)} for row in table]


def supply_rows(room: CapacityFigures, names: Mapping[str, str]) -> list[Record]:
    """Return the districts with ``per_thousand`` workers, least room first."""
    lived = sorted(
        (row for row in room.by_district if row.workers > 0),
        key=lambda row: row.capacity / row.workers,
    )
    return [
        {**named, "per_thousand": 1000 * row.capacity / row.workers}
        for row, named in zip(lived, named_districts(lived, names), strict=True)
    ]


def range_rows(told: CoverageRange) -> list[Record]:
    """Return one row an assumption: its text, change, and the shares lower and higher."""
    found: dict[str, list[RangeRow]] = {}
    for row in told.rows:
        found.setdefault(row.assumption, []).append(row)
    return [
        {
            "text": ASSUMPTIONS[key],
            "change": max(row.change for row in pair),
            "workers": sorted(row.workers for row in pair),
            "worker_hours": sorted(row.worker_hours for row in pair),
        }
        for key, pair in found.items()
        if key in ASSUMPTIONS
    ]
