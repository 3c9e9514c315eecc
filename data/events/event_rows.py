"""A batch of events judged row by row: where, at which hour of the week, who, of which group."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from data.events.batches import Batch
from data.events.event_columns import EventColumns
from data.events.event_format import EventFormat
from data.events.times import UNREADABLE, local_seconds
from data.geometry.datum_grid import DatumGrid
from data.words.cell_problem import Problem
from data.words.headers import word_of
from geo.arrays import Flags, Floats, Ints
from geo.crs import CHINA
from geo.hours import HOURS_A_WEEK
from geo.layers.columns import WORKERS
from geo.layers.vocabulary import Group, Setting
from geo.text import Text

KINDS = tuple((group, setting) for group in Group for setting in Setting)
"""Group and setting of each kind of event, by its number."""

_LISTED = 20
"""As many bad rows as a report lists; the rest is counted."""
_LONGEST = 40
"""Characters of a cell that a message has room for."""
_MONDAY_HOURS = 72
"""1 January 1970 was a Thursday: hours since the Monday before."""
_NOT_SAID = -1
"""The place of a word that nobody explained."""

_SWAPPED = (
    Text("经度和纬度写反了。", "Lon and lat are swapped."),
    Text("请对调两列。", "Swap the two columns."),
)
_NO_PLACE = (
    Text("坐标缺失、不是数字或不在中国。", "No coordinates, or not in China."),
    Text("请填写十进制度，如 120.3826。", "Give decimal degrees."),
)
_NO_TIME = (
    Text("时间看不懂或不合理。", "Not a time, or not a likely one."),
    Text(
        "写成 2026-06-01 08:30:00；数字请核对单位。",
        "Write 2026-06-01 08:30:00; for numbers check the unit.",
    ),
)
_NO_PERSON = (Text("人员编号为空。", "No person."), Text("请补上编号。", "Fill it in."))
_NO_WORD = (
    Text("不认识这个词。", "This word is not known."),
    Text("可用的词见模板。", "See the template for the choices."),
)
_MISSHAPEN = (
    Text("列数与表头不符。", "Has not as many cells as the header."),
    Text("检查多余的分隔符或引号。", "Look for stray separators or quotes."),
)


@dataclass
class BadRows:
    """Rows that cannot be used: all counted, the first of them listed."""

    total: int = 0
    problems: list[Problem] = field(default_factory=list)
    by_reason: Counter[Text] = field(default_factory=Counter)

    def add(
        self, rows: Ints, header: str, values: Sequence[object], why: tuple[Text, Text]
    ) -> None:
        """Count `rows`, bad for one reason, and list as many as there is room for."""
        self.total += len(rows)
        self.by_reason[why[0]] += len(rows)
        for row, value in zip(rows[: _LISTED - len(self.problems)].tolist(), values, strict=False):
            self.problems.append(Problem(row, header, str(value)[:_LONGEST], *why))

    def add_misshapen(self, rows: list[tuple[int, str]]) -> None:
        """Count rows with too many or too few cells."""
        numbers = np.array([number for number, _ in rows], np.int64)
        self.add(numbers, "", [text for _, text in rows], _MISSHAPEN)


@dataclass(frozen=True, slots=True)
class Events:
    """The good rows of a batch.

    Attributes
    ----------
    lonlat : (n, 2) float64
        WGS-84 (EPSG:4326).
    hour : (n,) int64
        Hour of the week, 0 for Monday 00:00 (Asia/Shanghai).
    day : (n,) int64
        Days since 1970-01-01, local.
    kind : (n,) int64
        Index into :data:`KINDS`.
    person : (n,) int64 | None
        Number of the person, from 0 up.
    """

    lonlat: Floats
    hour: Ints
    day: Ints
    kind: Ints
    person: Ints | None


class Judge:
    """Reads batches of one file; remembers persons by a keyed hash for as long as it lives.

    Parameters
    ----------
    columns : EventColumns
        The file's headers.
    said : EventFormat
        What the file does not say.
    """

    def __init__(self, columns: EventColumns, said: EventFormat) -> None:
        self.bad = BadRows()
        self._columns = columns
        self._said = said
        self._grid = DatumGrid(said.datum)
        self._hash_key = secrets.token_hex(8)
        self._persons: dict[int, int] = {}

    def events(self, batch: Batch) -> Events:
        """Return the good rows of `batch`; count and list the others."""
        columns, table = self._columns, batch.table
        good = np.ones(table.num_rows, np.bool_)
        lonlat = self._places(batch, good)
        seconds = local_seconds(table.column(columns.time), columns.time, self._said)
        self._refuse(batch, good, seconds == UNREADABLE, columns.time, _NO_TIME)
        kind = self._kinds(batch, good)
        person = None if columns.person is None else self._people(batch, good)
        hours = seconds[good] // 3600
        return Events(
            self._grid.to_wgs84(lonlat[good]),
            (hours + _MONDAY_HOURS) % HOURS_A_WEEK,
            hours // 24,
            kind[good],
            None if person is None else person[good],
        )

    def _refuse(
        self, batch: Batch, good: Flags, bad: Flags, header: str, why: tuple[Text, Text]
    ) -> None:
        """Mark the bad among the rows that were good so far."""
        rows = np.flatnonzero(bad & good)
        if len(rows):
            shown = rows[:_LISTED]
            values = batch.table.column(header).take(pa.array(shown)).to_pylist()
            self.bad.add(batch.rows[rows], header, values, why)
            good[rows] = False

    def _places(self, batch: Batch, good: Flags) -> Floats:
        lon_header, lat_header = self._columns.lon or "lon", self._columns.lat or "lat"
        lonlat = np.column_stack(
            [_floats(batch.table.column(name)) for name in (lon_header, lat_header)]
        )
        self._refuse(
            batch, good, _in_china(lonlat[:, ::-1]) & ~_in_china(lonlat), lon_header, _SWAPPED
        )
        lost = ~_in_china(lonlat)
        self._refuse(batch, good, lost & ~np.isfinite(lonlat[:, 1]), lat_header, _NO_PLACE)
        self._refuse(batch, good, lost, lon_header, _NO_PLACE)
        return lonlat

    def _kinds(self, batch: Batch, good: Flags) -> Ints:
        group = self._words(batch, good, self._columns.group, "group", self._said.group)
        setting = self._words(batch, good, self._columns.setting, "setting", self._said.setting)
        return group * len(Setting) + setting

    def _words(
        self, batch: Batch, good: Flags, header: str | None, name: str, said: Group | Setting | None
    ) -> Ints:
        """Return the index of each row's word in its closed set."""
        column = WORKERS.column(name)
        words = list(column.words or ())
        if said is not None:
            return np.full(len(good), words.index(said))
        assert header is not None  # noqa: S101 - read_events asks before the first batch
        texts = pc.dictionary_encode(batch.table.column(header).cast(pa.string()).fill_null(""))
        known = [word_of(column, text) for text in texts.dictionary.to_pylist()]
        index = np.array([_NOT_SAID if w is None else words.index(w) for w in known], np.int64)
        answer = index[texts.indices.to_numpy()] if len(index) else np.empty(0, np.int64)
        self._refuse(batch, good, answer == _NOT_SAID, header, _NO_WORD)
        return answer

    def _people(self, batch: Batch, good: Flags) -> Ints:
        """Return each row's person as a number; the id itself is not kept."""
        header = self._columns.person
        texts = pc.dictionary_encode(batch.table.column(header).cast(pa.string()).fill_null(""))
        ids = texts.dictionary.to_numpy(zero_copy_only=False).astype(object)
        empty = np.array([not text.strip() for text in ids], np.bool_)
        index = texts.indices.to_numpy()
        self._refuse(batch, good, empty[index], str(header), _NO_PERSON)
        hashes = pd.util.hash_array(ids, hash_key=self._hash_key).tolist()
        known = self._persons
        numbers = np.array([known.setdefault(one, len(known)) for one in hashes], np.int64)
        people: Ints = numbers[index]
        return people


def _floats(column: Any) -> Floats:  # noqa: ANN401 - pyarrow
    """Return numbers, NaN where there is none."""
    try:
        values = pc.cast(column, pa.float64()).to_numpy(zero_copy_only=False)
    except pa.ArrowInvalid:
        values = pd.to_numeric(column.to_pandas(), errors="coerce").to_numpy(np.float64)
    return np.asarray(values, np.float64)


def _in_china(lonlat: Floats) -> Flags:
    """Tell which pairs lie in the box around China; False for NaN."""
    lon, lat = lonlat.T
    west, south, east, north = CHINA
    inside: Flags = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    return inside
