"""Raw events to worker concentrations: H3 cells x hours of the week, five people or more in each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import geopandas as gpd
import h3
import numpy as np
import shapely
from numpy.typing import NDArray

from data.events.batches import EventFile, open_events
from data.events.concentrations import concentrations, remarks_on
from data.events.event_format import EventFormat
from data.events.event_rows import BadRows, Judge
from data.events.gathering import Gathered
from geo.arrays import Ints
from geo.demand.anonymity import LEAST_PEOPLE, WEEK_PARTS, hours_of, merge_small
from geo.demand.presence import Tally
from geo.demand.spreading import whole
from geo.errors import BadInputError
from geo.layers.columns import conform
from geo.solving import Progress, silent
from geo.text import Text

_STEP = Text("读取事件", "Reading events")
_KEPT_BACK, _OUTSIDE = -1, -2
"""What a cell counts to instead of a group: too few people, or outside of all districts."""


@dataclass(frozen=True, kw_only=True)
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
    encoding: str | None = None,
    columns: Mapping[str, str] = MappingProxyType({}),
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
    encoding : str | None
        As told; judged from the file when None.
    columns : Mapping[str, str]
        Field by header, where the headers do not say.

    Raises
    ------
    BadInputError
        If something must be said first: group, setting, time zone, unit, workers per event.
    BrokenFileError
        If the file breaks off.
    """
    file = open_events(path, encoding, columns)
    _ask(file, said)
    judge = Judge(file.columns, said)
    gathered = Gathered(said.resolution, with_persons=file.columns.person is not None)
    progress(_STEP, 0.0)
    for batch in file.batches():
        gathered.add(judge.events(batch), batch.table.num_rows)
        progress(_STEP, batch.fraction)
    judge.bad.add_misshapen(file.misshapen)
    reading = _reading(gathered, judge.bad, said, len(file.misshapen), area)
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


def _reading(
    gathered: Gathered,
    bad: BadRows,
    said: EventFormat,
    misshapen: int,
    area: shapely.Geometry | None,
) -> EventReading:
    cells, kind = gathered.cells, gathered.kind
    tally = gathered.presence.tally(len(cells))
    worth = 1.0 if gathered.with_persons else float(said.workers_per_event or 1.0)
    people = tally.people() * worth
    label = np.full(len(cells), _OUTSIDE)
    rows = np.flatnonzero(_inside(cells, area))
    label[rows] = merge_small([cells[row] for row in rows], kind[rows], people[rows])
    n_zones = int(label.max(initial=-1)) + 1
    amounts = np.bincount(label[label >= 0], people[label >= 0], minlength=n_zones)
    rest = [people[label == which].sum() for which in (_KEPT_BACK, _OUTSIDE)]
    # Shares such as thirds may add up to a hair under the whole number they stand for.
    *counts, kept_back, outside = whole(np.round([*amounts, *rest], 6)).tolist()
    hours, told_by = _hours(tally, label, n_zones, worth)
    frame = concentrations(cells, kind, label, counts, hours)
    remarks = remarks_on(
        gathered.days, told_by, np.array(counts, np.int64), with_persons=gathered.with_persons
    )
    return EventReading(
        workers=conform(frame, "workers"),
        rows=gathered.rows + misshapen,
        bad=bad,
        counts_persons=gathered.with_persons,
        people_in=round(tally.n_people() * worth),
        people_out=sum(counts),
        kept_back=kept_back,
        outside=outside,
        remarks=remarks,
    )


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
