"""Events by zone: an H3 cell and a kind (group and setting), counted as they come."""

from __future__ import annotations

from itertools import repeat

import h3
import h3.api.basic_int as h3_int
import numpy as np

from data.events.event_rows import KINDS, Events
from geo.arrays import Ints
from geo.demand.presence import Presence


class Gathered:
    """Everything seen of a file so far, batch after batch.

    Parameters
    ----------
    resolution : int
        H3 resolution of the cells.
    with_persons : bool
        Whether events tell persons apart.
    """

    def __init__(self, resolution: int, *, with_persons: bool) -> None:
        self._resolution = resolution
        self.presence = Presence(with_persons=with_persons)
        self.rows = 0
        self.days: set[int] = set()
        self._zones: dict[tuple[int, int], int] = {}

    def add(self, events: Events, rows: int) -> None:
        """Add the good rows of a batch of `rows`."""
        self.rows += rows
        self.days.update(np.unique(events.day).tolist())
        lon, lat = events.lonlat.T
        indexed = map(h3_int.latlng_to_cell, lat.tolist(), lon.tolist(), repeat(self._resolution))
        cell = np.fromiter(indexed, np.int64, len(lon))
        cells, which = np.unique(cell, return_inverse=True)
        pairs, inverse = np.unique(which * len(KINDS) + events.kind, return_inverse=True)
        known = self._zones
        found = zip(cells[pairs // len(KINDS)].tolist(), (pairs % len(KINDS)).tolist(), strict=True)
        numbers = np.array([known.setdefault(pair, len(known)) for pair in found], np.int64)
        self.presence.add(numbers[inverse], events.hour, events.person)

    @property
    def with_persons(self) -> bool:
        """Whether events tell persons apart."""
        return self.presence.with_persons

    @property
    def cells(self) -> list[str]:
        """The cell of every zone."""
        return [h3.int_to_str(cell) for cell, _ in self._zones]

    @property
    def kind(self) -> Ints:
        """Index into KINDS of every zone."""
        return np.array([kind for _, kind in self._zones], np.int64)
