"""What a coverage says beyond its headline: how surely, when, how evenly, and with what room."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

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
from maps.records import read_word

DAYS = tuple(
    Text(f"周{zh}", en)
    for zh, en in zip(
        "一二三四五六日", ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), strict=True
    )
)
HOURS_A_DAY = 24
"""Columns of the week."""

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


R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Named(Generic[R]):
    """Figures of a district or a group, and what people call it.

    Attributes
    ----------
    name : str
        In the reader's language.
    figures : Figures
        Its row of the summary.
    """

    name: str
    figures: R


@dataclass(frozen=True, slots=True)
class RoomOfDistrict(Named[DistrictRoom]):
    """Room within reach of a district's workers."""

    @property
    def per_thousand(self) -> float:
        """Visits a day there is room for, per 1,000 workers."""
        return 1000 * self.figures.capacity / self.figures.workers


@dataclass(frozen=True, slots=True, kw_only=True)
class AssumptionRange:
    """How the shares covered move with one assumption.

    Attributes
    ----------
    text : Text
        What it is.
    change : float
        By which part it is taken lower and higher.
    workers, worker_hours : (low, high)
        The shares covered.
    """

    text: Text
    change: float
    workers: tuple[float, float]
    worker_hours: tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageBlock:
    """What the planner's page shows of a coverage beyond its headline.

    Attributes
    ----------
    coverage : CoverageFigures
        The figures themselves.
    ranges : list[AssumptionRange]
        One an assumption.
    cells : list[HeatCell]
        The week.
    worst, best : HeatCell | None
        The hour with most workers uncovered, and the one with the highest share covered.
    districts, groups : list[Named]
        How evenly hours are served, those worst served first.
    stations : list[Named[LoadedStation]]
        Those most loaded, by the name of their district.
    supply : list[RoomOfDistrict]
        The districts with least room first.
    """

    coverage: CoverageFigures
    ranges: list[AssumptionRange]
    cells: list[HeatCell]
    worst: HeatCell | None
    best: HeatCell | None
    districts: list[Named[DistrictEquity]]
    groups: list[Named[GroupEquity]]
    stations: list[Named[LoadedStation]]
    supply: list[RoomOfDistrict]


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
        ranges=assumption_ranges(coverage.range),
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


D = TypeVar("D", DistrictEquity, LoadedStation)


def named_districts(table: Sequence[D], names: Mapping[str, str]) -> list[Named[D]]:
    """Return the rows with the names of their districts; the code where a district has none."""
    return [Named(names.get(row.district or "", row.district or ""), row) for row in table]


def named_groups(
    table: Sequence[GroupEquity], language: Language | str
) -> list[Named[GroupEquity]]:
    """Return the rows with the names of their groups."""
    return [Named(read_word(Group, row.group, language), row) for row in table]


def supply_rows(room: CapacityFigures, names: Mapping[str, str]) -> list[RoomOfDistrict]:
    """Return the districts that have workers, least room first."""
    lived = sorted(
        (row for row in room.by_district if row.workers > 0),
        key=lambda row: row.capacity / row.workers,
    )
    return [RoomOfDistrict(names.get(row.district, row.district), row) for row in lived]


def assumption_ranges(told: CoverageRange) -> list[AssumptionRange]:
    """Return how far the shares covered move with each assumption."""
    found: dict[str, list[RangeRow]] = {}
    for row in told.rows:
        found.setdefault(row.assumption, []).append(row)
    return [
        AssumptionRange(
            text=ASSUMPTIONS[key],
            change=max(row.change for row in pair),
            workers=_low_and_high(row.workers for row in pair),
            worker_hours=_low_and_high(row.worker_hours for row in pair),
        )
        for key, pair in found.items()
        if key in ASSUMPTIONS
    ]


def _low_and_high(shares: Iterable[float]) -> tuple[float, float]:
    held = sorted(shares)
    return held[0], held[-1]
