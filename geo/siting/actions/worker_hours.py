"""Demand as worker-hours, and which of them every action serves.

A row of demand is (need, workers at a point, slot), where a slot is a set of hours of the week
that every timetable in play treats alike: opening hours are shared by many stations, so a week's
168 hours fall into a few dozen slots, and nothing is ever written hour by hour. Its weight is the
workers there times the hours of the slot they are there and nobody serves them yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from geo.arrays import Flags, Floats, Ints
from geo.hours import HOURS_A_WEEK, open_in_week
from geo.layers.vocabulary import Action
from geo.reach.catchments import Catchments
from geo.siting.actions.action import PossibleAction
from geo.siting.actions.need import Need
from geo.siting.actions.overflow import DemandRows
from geo.siting.models.covering_problem import covering_matrix


@dataclass(frozen=True, slots=True, eq=False)
class FixedStations:
    """Stations that serve whatever is decided.

    Attributes
    ----------
    rows : (k,) int64
        Their rows among the places.
    hours : Sequence[str]
        Opening hours of each; "" when not known: never surely open.
    amenities : Sequence[frozenset[str]]
        What each has.
    """

    rows: Ints
    hours: Sequence[str]
    amenities: Sequence[frozenset[str]]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class WorkerHours:
    """What is not served yet, and what serves it.

    Attributes
    ----------
    covers : csr_matrix
        (actions, rows), 1 where a action serves a row.
    weight : (r,) float64
        Worker-hours a week of each row, times what its need is worth.
    need, people : (r,) int64
        Need of each row, and its row of :class:`~geo.siting.actions.overflow.DemandRows`.
    total, standing : (k,) float64
        By need, in worker-hours: all there are, and those the standing stations serve.
    """

    covers: csr_matrix
    weight: Floats
    need: Ints
    people: Ints
    total: Floats
    standing: Floats


def worker_hours(
    actions: Sequence[PossibleAction],
    standing: FixedStations,
    places: Catchments,
    people: DemandRows,
    needs: Sequence[Need],
    active: Flags,
    groups: Sequence[str],
    monday: date | None = None,
) -> WorkerHours:
    """Write the demand rows and the sparse table of what serves them.

    Parameters
    ----------
    actions : Sequence[PossibleAction]
        What could be done.
    standing : FixedStations
        Stations that serve now and cannot be moved away.
    places : Catchments
        Place (``site``) to demand point within reach.
    active : (n, 168) bool
        When the workers of each point are there.
    groups : (n,) sequence of str
        Whose each point is.
    monday : date | None
        First day of the real week `active` is of; every timetable is read in it. None for an
        ordinary week.
    """
    slots = _Slots.of(
        [
            *(m.hours for m in actions),
            *(m.before for m in actions),
            *standing.hours,
            *(need.hours for need in needs),
        ],
        monday,
    )
    reach = csr_matrix(
        (np.ones(len(places.site), np.float32), (places.site, places.point)),
        (places.n_sites, places.n_points),
    )
    parts = [
        _of_need(need, actions, standing, reach, people, active, np.asarray(groups), slots)
        for need in needs
    ]
    first = np.cumsum([0, *(len(part.weight) for part in parts)])
    sizes = [len(part.weight) for part in parts]
    return WorkerHours(
        covers=covering_matrix(
            np.concatenate([part.action for part in parts]),
            np.concatenate([part.row + start for part, start in zip(parts, first, strict=False)]),
            len(actions),
            int(first[-1]),
        ),
        weight=np.concatenate([part.weight for part in parts]),
        need=np.repeat(np.arange(len(needs)), sizes),
        people=np.concatenate([part.people for part in parts]),
        total=np.array([part.total for part in parts]),
        standing=np.array([part.standing for part in parts]),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Slots:
    """Hours of the week that every timetable treats alike."""

    number: dict[str, int]
    open: Flags
    of_hour: Ints

    @classmethod
    def of(cls, texts: Sequence[str], monday: date | None) -> _Slots:
        known = sorted(set(texts))
        shut = np.zeros(HOURS_A_WEEK, np.bool_)
        masks = np.array([open_in_week(text, monday) if text else shut for text in known])
        columns, of_hour = np.unique(masks, axis=1, return_inverse=True)
        return cls({text: row for row, text in enumerate(known)}, columns, of_hour.ravel())

    def rows(self, texts: Sequence[str]) -> Ints:
        return np.array([self.number[text] for text in texts], np.int64)

    def mask(self, text: str) -> Flags:
        """Return the hours of the week a timetable holds, (168,)."""
        held: Flags = self.open[self.number[text]][self.of_hour]
        return held

    def hours_in(self, hours: Flags) -> Floats:
        """Count the hours of each (n, 168) row that fall into each slot."""
        member = np.zeros((HOURS_A_WEEK, self.open.shape[1]), np.float32)
        member[np.arange(HOURS_A_WEEK), self.of_hour] = 1.0
        counted: Floats = (hours.astype(np.float32) @ member).astype(np.float64)
        return counted


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class _Part:
    """The rows of one need: what serves them, and how much there is of it."""

    action: Ints
    row: Ints
    weight: Floats
    people: Ints
    total: float
    standing: float


def _of_need(
    need: Need,
    actions: Sequence[PossibleAction],
    standing: FixedStations,
    reach: csr_matrix,
    people: DemandRows,
    active: Flags,
    groups: NDArray[np.str_],
    slots: _Slots,
) -> _Part:
    whose = np.isin(groups, [str(group) for group in need.groups]) if need.groups else True
    hours = slots.hours_in(active & slots.mask(need.hours)) * np.atleast_1d(whose)[:, None]
    each = hours[people.point] * (people.workers * need.worth)[:, None]
    served = _served(need, standing, reach, slots)[people.point] & (people.full_at < 0)[:, None]
    left = np.where(served, 0.0, each)
    rows = np.argwhere(left > 0)
    number = np.full(left.shape, -1)
    number[rows[:, 0], rows[:, 1]] = np.arange(len(rows))
    meets = np.array([frozenset(map(str, need.amenities)) <= m.amenities for m in actions])
    action, row = _pairs(np.flatnonzero(meets), actions, reach, people, number, slots)
    total = float(each.sum())
    return _Part(
        action=action,
        row=row,
        weight=left[rows[:, 0], rows[:, 1]],
        people=rows[:, 0],
        total=total,
        standing=total - float(left.sum()),
    )


def _served(need: Need, standing: FixedStations, reach: csr_matrix, slots: _Slots) -> Flags:
    """Return (n, slots) whether a standing station that meets the need is in reach and open."""
    wanted = frozenset(map(str, need.amenities))
    meeting = [k for k, held in enumerate(standing.amenities) if wanted <= held]
    timetable = slots.rows([standing.hours[k] for k in meeting])
    by_timetable = csr_matrix(
        (np.ones(len(meeting), np.float32), (timetable, standing.rows[meeting])),
        (len(slots.open), reach.shape[0]),
    )
    joined = (by_timetable @ reach).T
    served: Flags = (joined @ slots.open.astype(np.float32)) > 0
    return served


def _pairs(
    chosen: Ints,
    actions: Sequence[PossibleAction],
    reach: csr_matrix,
    people: DemandRows,
    number: Ints,
    slots: _Slots,
) -> tuple[Ints, Ints]:
    """Return which action serves which row.

    Those turned away by full stations are served at hours that are new, or by the enlargement
    of their own station; longer hours elsewhere do not make room at the hours that were full.
    """
    after = slots.open[slots.rows([actions[m].hours for m in chosen])]
    before = slots.open[slots.rows([actions[m].before for m in chosen])]
    enlarging = np.array([actions[m].action is Action.RAISE_CAPACITY for m in chosen], np.bool_)
    place = np.array([actions[m].place for m in chosen], np.int64)
    by_people = reach[:, people.point].tocsr()
    start = by_people.indptr[place]
    size = by_people.indptr[place + 1] - start
    offer = np.repeat(np.arange(len(chosen)), size)
    within = np.arange(len(offer)) - np.repeat(np.cumsum(size) - size, size)
    who = by_people.indices[np.repeat(start, size) + within]
    away = people.full_at[who] >= 0
    own = people.taken_in[who] & (people.full_at[who] == place[offer])
    hours = np.where(away[:, None], after[offer] & ~before[offer], after[offer])
    hours[enlarging[offer]] = (before[offer] & own[:, None])[enlarging[offer]]
    hours &= number[who] >= 0
    pair, slot = np.nonzero(hours)
    return chosen[offer[pair]], number[who[pair], slot]
