"""Raw events to worker concentrations: H3 cells x hours of the week, five people or more in each."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import repeat
from pathlib import Path

import geopandas as gpd
import h3
import h3.api.basic_int as h3_int
import numpy as np
import shapely
from numpy.typing import NDArray

from data.checks import fill_districts
from data.events.asking import EventFormat
from data.events.batches import EventFile, open_events
from data.events.rows import KINDS, BadRows, Events, Judge
from data.geopackage import conform
from geo.coverage.anonymity import LEAST_PEOPLE, WEEK_PARTS, hours_of, merge_small
from geo.coverage.presence import Presence, Tally
from geo.coverage.week_words import osm_hours
from geo.coverage.whole import whole
from geo.crs import STORAGE_CRS
from geo.errors import BadInputError
from geo.layers.columns import WORKERS
from geo.solving import Progress, silent
from geo.text import Text

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_STEP = Text("读取事件", "Reading events")
_DAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
_KEPT_BACK, _OUTSIDE = -1, -2


@dataclass(frozen=True)
class EventReading:
    """What became of a file of events; people in are people out, kept back and outside.

    Attributes
    ----------
    workers : GeoDataFrame
        WORKERS columns (EPSG:4326); every row holds five people or more.
    rows : int
        Rows of the file, bad ones included.
    bad : BadRows
        Those that cannot be used.
    counts_persons : bool
        Whether distinct persons were counted; else events, as many workers each as said.
    people_in : int
        Distinct persons, or events times workers per event.
    people_out, kept_back, outside : int
        In the layer; in cells too few to show; outside the city.
    remarks : tuple[Text, ...]
        What to know about the layer.
    """

    workers: gpd.GeoDataFrame
    rows: int
    bad: BadRows
    counts_persons: bool
    people_in: int
    people_out: int
    kept_back: int
    outside: int
    remarks: tuple[Text, ...]


def read_events(
    path: Path,
    said: EventFormat,
    *,
    area: shapely.Geometry | None = None,
    districts: gpd.GeoDataFrame | None = None,
    encoding: str | None = None,
    progress: Progress = silent,
) -> EventReading:
    """Read a CSV or GeoParquet of events in batches and gather them in cells.

    A person counts once, shared out over the cells by the hours of the week seen in each; ids
    live in memory as keyed hashes and are gone with this call. Memory follows the distinct
    (cell, hour, person), not the rows.

    Parameters
    ----------
    path : Path
        One row an event: lon, lat (or points), time, and, where known, person, group, setting.
    said : EventFormat
        What the file does not say.
    area : Geometry | None
        The city (EPSG:4326); cells whose centre lies outside are left out and counted.
    districts : GeoDataFrame | None
        DISTRICTS layer, to fill the district column.

    Raises
    ------
    BadInputError
        If something must be said first: group, setting, time zone, unit, workers per event.
    BrokenFileError
        If the file breaks off.
    """
    file = open_events(path, encoding)
    _ask(file, said)
    judge = Judge(file.columns, said)
    gathered = _Gathered(said.resolution, Presence(with_persons=file.columns.person is not None))
    progress(_STEP, 0.0)
    for batch in file.batches():
        gathered.add(judge.events(batch), batch.table.num_rows)
        progress(_STEP, batch.fraction)
    judge.bad.add_misshapen(file.misshapen)
    reading = _reading(gathered, judge.bad, said, len(file.misshapen), area, districts)
    progress(_STEP, 1.0)
    return reading


def _ask(file: EventFile, said: EventFormat) -> None:
    """Refuse what would have to be guessed."""
    name, columns = file.path.name, file.columns
    if columns.group is None and said.group is None:
        raise BadInputError(
            Text(
                f"{name} 没有“群体”列：请加 --group（如 --group delivery_rider）。",
                f"{name} has no column of groups: add --group, such as --group delivery_rider.",
            )
        )
    if columns.setting is None and said.setting is None:
        raise BadInputError(
            Text(
                f"{name} 没有“场所性质”列：请加 --setting work（工作地）或 residence（居住地）。",
                f"{name} has no column of settings: add --setting work or residence.",
            )
        )
    if columns.person is None and said.workers_per_event is None:
        raise BadInputError(
            Text(
                f"{name} 没有人员编号列，只能数事件、数不出人：请用 --workers-per-event 说明一条"
                "记录折合几人（例如每人每周约 100 单，就写 0.01）。",
                f"{name} has no column of persons, so only events can be counted: say with "
                "--workers-per-event how many workers one event stands for.",
            )
        )


class _Gathered:
    """Events by zone: a cell and a kind (group and setting)."""

    def __init__(self, resolution: int, presence: Presence) -> None:
        self._resolution = resolution
        self.presence = presence
        self.rows = 0
        self.days: set[int] = set()
        self._zones: dict[tuple[int, int], int] = {}

    def add(self, events: Events, rows: int) -> None:
        self.rows += rows
        self.days.update(np.unique(events.day).tolist())
        lon, lat = events.lonlat.T
        indexed = map(
            h3_int.latlng_to_cell, lat.tolist(), lon.tolist(), repeat(self._resolution)
        )  # fmt: skip
        cell = np.fromiter(indexed, np.int64, len(lon))
        cells, which = np.unique(cell, return_inverse=True)
        pairs, inverse = np.unique(which * len(KINDS) + events.kind, return_inverse=True)
        known = self._zones
        found = zip(cells[pairs // len(KINDS)].tolist(), (pairs % len(KINDS)).tolist(), strict=True)
        numbers = np.array([known.setdefault(pair, len(known)) for pair in found], np.int64)
        self.presence.add(numbers[inverse], events.hour, events.person)

    @property
    def cells(self) -> list[str]:
        return [h3.int_to_str(cell) for cell, _ in self._zones]

    @property
    def kind(self) -> Ints:
        return np.array([kind for _, kind in self._zones], np.int64)


def _reading(
    gathered: _Gathered,
    bad: BadRows,
    said: EventFormat,
    misshapen: int,
    area: shapely.Geometry | None,
    districts: gpd.GeoDataFrame | None,
) -> EventReading:
    cells, kind = gathered.cells, gathered.kind
    tally = gathered.presence.tally(len(cells))
    worth = 1.0 if gathered.presence.with_persons else float(said.workers_per_event or 1.0)
    people = tally.people() * worth
    label = np.full(len(cells), _OUTSIDE)
    inside = _inside(cells, area)
    rows = np.flatnonzero(inside)
    label[rows] = merge_small([cells[row] for row in rows], kind[rows], people[rows])
    n_zones = int(label.max(initial=-1)) + 1
    amounts = np.bincount(label[label >= 0], people[label >= 0], minlength=n_zones)
    rest = [people[label == which].sum() for which in (_KEPT_BACK, _OUTSIDE)]
    *counts, kept_back, outside = whole([*amounts, *rest]).tolist()
    hours, told_by = _hours(tally, label, n_zones, worth)
    frame = _frame(cells, kind, label, counts, hours)
    if districts is not None:
        frame, _ = fill_districts(WORKERS, np.arange(len(frame)), frame, districts)
    return EventReading(
        conform(frame, "workers"), gathered.rows + misshapen, bad,
        gathered.presence.with_persons, round(tally.n_people() * worth),
        sum(counts), kept_back, outside,
        _remarks(gathered, told_by, np.array(counts, np.int64)),
    )  # fmt: skip


def _inside(cells: list[str], area: shapely.Geometry | None) -> NDArray[np.bool_]:
    if area is None:
        return np.ones(len(cells), np.bool_)
    lat, lon = np.array([h3.cell_to_latlng(cell) for cell in cells]).reshape(-1, 2).T
    shapely.prepare(area)
    inside: NDArray[np.bool_] = shapely.contains_xy(area, lon, lat)
    return inside


def _hours(tally: Tally, label: Ints, n_zones: int, worth: float) -> tuple[NDArray[np.bool_], Ints]:
    """Return each zone's hours, and by which part of the week they are told."""
    zone = np.where(label >= 0, label, -1)
    seen = [tally.seen(zone, n_zones, parts) for parts in WEEK_PARTS]
    return hours_of(seen, LEAST_PEOPLE / worth)


def _frame(
    cells: list[str],
    kind: Ints,
    label: Ints,
    counts: list[int],
    hours: NDArray[np.bool_],
) -> gpd.GeoDataFrame:
    members: list[list[str]] = [[] for _ in counts]
    kinds = [0] * len(counts)
    for cell, one, zone in zip(cells, kind.tolist(), label.tolist(), strict=True):
        if zone >= 0:
            members[zone].append(cell)
            kinds[zone] = one
    rows = []
    for zone, (mine, one, count) in enumerate(zip(members, kinds, counts, strict=True)):
        group, setting = KINDS[one]
        first, merged = min(mine), f"等{len(mine)}格" if len(mine) > 1 else ""
        rows.append({
            "id": f"h3-{first}-{group}-{setting}",
            "name": f"{group.text.zh}{setting.text.zh} 网格{first}{merged}",
            "group": str(group),
            "setting": str(setting),
            "workers": count,
            "active_hours": osm_hours(hours[zone]) if hours[zone].any() else None,
            "geometry": shapely.geometry.shape(h3.cells_to_geo(mine)),
        })  # fmt: skip
    rows.sort(key=lambda row: str(row["id"]))
    names = [column.name for column in WORKERS.columns]
    return gpd.GeoDataFrame(rows, columns=[*names, "geometry"], crs=STORAGE_CRS)


def _remarks(gathered: _Gathered, told_by: Ints, counts: Ints) -> tuple[Text, ...]:
    remarks = []
    if not gathered.presence.with_persons:
        remarks.append(
            Text(
                "没有人员编号：人数由事件数折算，同一人可能被数多次；每格不少于 5 人也按折算数把关。",
                "No persons told apart: workers are events converted, one person may count often, "
                "and the least of five a cell is of converted workers too.",
            )
        )
    seen = {(day + 3) % 7 for day in gathered.days}
    missing = [name for number, name in enumerate(_DAYS) if number not in seen]
    if missing and gathered.days:
        remarks.append(
            Text(
                f"数据里没有{'、'.join(missing)}的事件，这些天的活动时间按没有人处理。",
                f"There are no events on {len(missing)} days of the week; nobody is taken to be "
                "there then.",
            )
        )
    vague = counts[told_by > 0].sum()
    if vague:
        remarks.append(
            Text(
                f"{vague:,} 人所在格子每个钟点都不足 5 人，活动时间按工作日/周末合并给出；"
                f"其中 {counts[told_by == len(WEEK_PARTS)].sum():,} 人仍不足，按全天计。",
                f"{vague:,} workers are in cells with under 5 at every hour: their hours are told "
                "by working days and weekends, and by the whole week for "
                f"{counts[told_by == len(WEEK_PARTS)].sum():,}.",
            )
        )
    return tuple(remarks)
