"""Who was where at which hour of the week, kept as counts: no person leaves this module.

Events arrive in batches. With persons told apart, each distinct (zone, hour, person) is kept once,
as one 64-bit number, so memory follows the distinct presences, not the events; a person counts
for one in all, shared out over the zones by the hours of the week the person was seen there.
Without persons, events are counted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.arrays import Floats, Ints
from geo.errors import BadInputError
from geo.hours import HOURS_A_WEEK
from geo.text import Text

Keys = NDArray[np.uint64]

_ZONE_BITS, _PERSON_BITS = 24, 32
"""16 million cells and 4 billion people fit one key of 64 bits, with 8 bits for the hour."""
_HOUR_SHIFT = np.uint64(_PERSON_BITS)
_ZONE_SHIFT = np.uint64(_PERSON_BITS + 8)
_PERSON_MASK = np.uint64((1 << _PERSON_BITS) - 1)
_HOUR_MASK = np.uint64(0xFF)
_MERGE_FROM = 4_000_000
"""Keys: 32 MB wait at most before they are merged."""


class Presence:
    """Collects events; zones and persons are small numbers from 0 up.

    Parameters
    ----------
    with_persons : bool
        Whether events tell persons apart.
    """

    def __init__(self, *, with_persons: bool) -> None:
        self.with_persons = with_persons
        self._distinct: Keys = np.empty(0, np.uint64)
        self._waiting: list[Keys] = []
        self._counts: Ints = np.zeros(0, np.int64)

    def add(self, zone: Ints, hour: Ints, person: Ints | None = None) -> None:
        """Add events: their zone, hour of the week (0 to 167) and person, each (n,)."""
        if not len(zone):
            return
        if int(zone.max()) >= 1 << _ZONE_BITS:
            raise BadInputError(
                Text(
                    "网格太多（超过 1,600 万个）：请用更小的网格级别，或检查坐标。",
                    "Too many cells (over 16 million): take a lower resolution or check positions.",
                )
            )
        if person is None:
            counts = np.bincount(zone * HOURS_A_WEEK + hour)
            size = max(len(counts), len(self._counts))
            self._counts = np.pad(self._counts, (0, size - len(self._counts)))
            self._counts[: len(counts)] += counts
            return
        keys: Keys = (zone.astype(np.uint64) << _ZONE_SHIFT) | (
            hour.astype(np.uint64) << _HOUR_SHIFT
        )
        keys |= person.astype(np.uint64)
        self._waiting.append(_distinct(keys))
        if sum(len(keys) for keys in self._waiting) > _MERGE_FROM:
            self._merge()

    def _merge(self) -> None:
        self._distinct = _distinct(np.concatenate([self._distinct, *self._waiting]))
        self._waiting.clear()

    def tally(self, n_zones: int) -> Tally:
        """Close the books."""
        if self.with_persons:
            self._merge()
            return Tally(n_zones, self._distinct, None)
        counts = np.zeros(n_zones * HOURS_A_WEEK, np.int64)
        counts[: len(self._counts)] = self._counts
        return Tally(n_zones, None, counts.reshape(n_zones, HOURS_A_WEEK))


def _distinct(keys: Keys) -> Keys:
    """Return the distinct keys in order; sorting whole numbers beats numpy's hashed unique."""
    ordered = np.sort(keys)
    first = np.ones(len(ordered), np.bool_)
    first[1:] = ordered[1:] != ordered[:-1]
    return ordered[first]


@dataclass(frozen=True, slots=True)
class Tally:
    """The books: distinct presences where persons were told apart, else counts of events.

    Attributes
    ----------
    n_zones : int
        How many zones there are.
    presences : (p,) uint64 | None
        Packed (zone, hour, person), sorted.
    events : (n_zones, 168) int64 | None
        Events by zone and hour.
    """

    n_zones: int
    presences: Keys | None
    events: Ints | None

    def people(self) -> Floats:
        """Return persons by zone, shared out so that each is one in all; or events, (n_zones,)."""
        if self.presences is None:
            events: Floats = self._events().sum(axis=1).astype(np.float64)
            return events
        person = self._person()
        share = 1.0 / np.bincount(person)[person]
        people: Floats = np.bincount(self._zone(), share, minlength=self.n_zones).astype(np.float64)
        return people

    def n_people(self) -> int:
        """Return how many persons, or events, there are in all."""
        if self.presences is None:
            return int(self._events().sum())
        return int((np.bincount(self._person()) > 0).sum())

    def _events(self) -> Ints:
        assert self.events is not None  # noqa: S101 - one of the two is always there
        return self.events

    def _person(self) -> Ints:
        assert self.presences is not None  # noqa: S101 - asked only where there are persons
        return (self.presences & _PERSON_MASK).astype(np.int64)

    def _zone(self) -> Ints:
        assert self.presences is not None  # noqa: S101 - asked only where there are persons
        return (self.presences >> _ZONE_SHIFT).astype(np.int64)

    def seen(self, zone_of: Ints, n_groups: int, part_of_week: Ints) -> Ints:
        """Return distinct persons (or events) by group of zones and part of the week.

        Parameters
        ----------
        zone_of : (n_zones,) int
            Group of each zone, -1 for none.
        n_groups : int
            How many groups there are.
        part_of_week : (168,) int
            Part of the week each hour belongs to, from 0 up.
        """
        n_parts = int(part_of_week.max()) + 1
        if self.presences is None:
            answer = np.zeros((n_groups, n_parts), np.int64)
            events = self._events()
            zone, hour = np.nonzero(events)
            kept = zone_of[zone] >= 0
            zone, hour = zone[kept], hour[kept]
            np.add.at(answer, (zone_of[zone], part_of_week[hour]), events[zone, hour])
            return answer
        hour = ((self.presences >> _HOUR_SHIFT) & _HOUR_MASK).astype(np.int64)
        cell = zone_of[self._zone()] * n_parts + part_of_week[hour]
        kept = zone_of[self._zone()] >= 0
        keys = (cell[kept].astype(np.uint64) << np.uint64(32)) | (
            self.presences[kept] & _PERSON_MASK
        )
        distinct = (_distinct(keys) >> np.uint64(32)).astype(np.int64)
        return np.bincount(distinct, minlength=n_groups * n_parts).reshape(n_groups, n_parts)
