"""Visits that fit between promised ones: all of them at once, then a beam over their sequences.

Every stop, part of the day, length of stay and kind of rest is tried at every place of a bus-day
in one array operation; the best few openings are each completed in the same way (beam search).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from geo.bus.campaign.campaign import Campaign
from geo.bus.planned.visit import PeriodName, Visit
from geo.bus.replanning.promised_day import (
    NEVER_MIN,
    DriveMinutes,
    PromisedDay,
    earliest_leave,
    latest_arrival,
    settle,
)
from geo.bus.solver.master import MISSED_WEIGHT
from geo.bus.solver.services import allowed_periods, present

_PERIODS: tuple[PeriodName, PeriodName] = ("day", "evening")
WIDE = (8, 3, 1)
"""Openings followed up for a bus-day that lost a visit, by number of visits added before."""
_NO_REST, _BEFORE, _DURING = 0, 1, 2
"""Where the crew's rest is: nowhere, before the visit, during it."""
_MUST_WORTH = 1_000.0
"""People: chosen above what any visit serves, so that owed visits come first."""
_TRIES = 4
"""Insertions looked at for each one followed up: some leave the crew no rest."""
_STAY_COST, _REST_COST = 1e-3, 1e-4
"""People an hour of exams and a rest are taken to cost: they only part what serves as many."""
_TINY = 1e-6
"""People: a worth below this is rounding."""


@dataclass(frozen=True, slots=True, eq=False)
class Unserved:
    """Who is still to be served, and what is owed.

    Attributes
    ----------
    people : (c,) float64
        Expected of each concentration and not yet counted at any visit.
    owed : Mapping[str, float]
        People missing at each district's floor; districts that have theirs are absent.
    quota : float
        Exams that may still be given; inf without a quota.
    must : (s,) bool
        Stops that have to be visited and are not yet.
    """

    people: NDArray[np.float64]
    owed: Mapping[str, float]
    quota: float
    must: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Crowd:
    """Who is reached from which stop of a campaign.

    Attributes
    ----------
    reach : (s, c) sparse
        1 where a concentration is within walking reach of a stop.
    district : (c,) object
        Codes.
    allowed : (2, s) bool
        Whether a stop may be used by day, and in the evening.
    there : Mapping[date, (2, c) bool]
        Who is met by day, and in the evening, on each day.
    open_min, close_min : (s,) int64
        When a stop may be used.
    """

    reach: csr_array
    district: NDArray[np.object_]
    allowed: NDArray[np.bool_]
    there: Mapping[date, NDArray[np.bool_]]
    open_min: NDArray[np.int64]
    close_min: NDArray[np.int64]

    @classmethod
    def of(cls, campaign: Campaign) -> Crowd:
        """Return the crowd of `campaign`."""
        shape = len(campaign.stops), len(campaign.people.count)
        pairs = np.unique(np.column_stack([campaign.pair_stop, campaign.pair_people]), axis=0)
        reach = csr_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=shape)
        periods = [allowed_periods(campaign, stop) for stop in range(shape[0])]
        allowed = np.array([[late in one for one in periods] for late in (False, True)])
        there = {day: present(campaign, day) for day in campaign.days}
        return cls(
            reach=reach,
            district=np.array(campaign.people.district, dtype=object),
            allowed=allowed,
            there=there,
            open_min=np.array([stop.open_min for stop in campaign.stops], dtype=np.int64),
            close_min=np.array([stop.close_min for stop in campaign.stops], dtype=np.int64),
        )

    def reached_from(self, stop: int) -> NDArray[np.float64]:
        """Return (c,) 1 for who is within reach of `stop`, else 0."""
        first, last = self.reach.indptr[stop : stop + 2]
        row = np.zeros(len(self.district))
        row[self.reach.indices[first:last]] = self.reach.data[first:last]
        return row


@dataclass(frozen=True, slots=True)
class Filled:
    """A bus-day with new visits, and what they are worth.

    Attributes
    ----------
    standing : PromisedDay
        With the new visits, all times set.
    left : Unserved
        Who is still to be served after them.
    worth : float
        People they serve, floors and driving reckoned in.
    """

    standing: PromisedDay
    left: Unserved
    worth: float


def fill_day(
    ground: DriveMinutes,
    crowd: Crowd,
    standing: PromisedDay,
    left: Unserved,
    free: NDArray[np.bool_],
    *,
    least: float,
    not_before_min: int = 0,
    beam: tuple[int, ...] = WIDE,
) -> Filled:
    """Return `standing` with the visits that win most people without moving a promised one.

    Parameters
    ----------
    ground, crowd
        The campaign's drives and people.
    standing : PromisedDay
        The bus-day; its visits are kept as they are.
    left : Unserved
        Who is still to be served.
    free : (s,) bool
        Stops that may be visited that day.
    least : float
        People a new visit must win to be worth announcing it.
    not_before_min : int
        Exams of new visits begin at this minute or later.
    beam : tuple[int, ...]
        Openings followed up, visit by visit.
    """
    best = Filled(standing, left, 0.0)
    if not beam:
        return best
    for option in _options(ground, crowd, standing, left, free, not_before_min, beam[0], least):
        taken = free.copy()
        taken[option.stop] = False
        after = fill_day(
            ground,
            crowd,
            option.standing,
            option.left,
            taken,
            least=least,
            not_before_min=not_before_min,
            beam=beam[1:],
        )
        worth = option.worth - least + after.worth
        if worth > best.worth + _TINY:
            best = Filled(after.standing, after.left, worth)
    return best


@dataclass(frozen=True, slots=True)
class _Option:
    standing: PromisedDay
    left: Unserved
    worth: float
    stop: int


def _options(
    ground: DriveMinutes,
    crowd: Crowd,
    standing: PromisedDay,
    left: Unserved,
    free: NDArray[np.bool_],
    not_before_min: int,
    most: int,
    least: float,
) -> list[_Option]:
    """Return the best insertions, by worth and by worth per minute, one for each stop."""
    room = min(_room(ground, standing), left.quota)
    if room <= least:
        return []
    reach = _reach(crowd, standing, left)
    stops = _worth_a_look(crowd, reach, free, left.must, room, least)
    if not len(stops):
        return []
    tables = [
        _table(ground, crowd, standing, position, reach, stops, left.must, not_before_min, room)
        for position in range(standing.begun, len(standing.visits) + 1)
    ]
    found: dict[tuple[int, int], _Option] = {}
    for key in ("worth", "rate"):
        taken = 0
        for position, at in _ranked(tables, key, least)[: _TRIES * most]:
            if (position, at[3]) in found:
                continue
            option = _insert(
                ground, crowd, standing, left, tables[position], position + standing.begun, at
            )
            if option is not None:
                found[position, at[3]] = option
                taken += 1
            if taken == most:
                break
    return sorted(found.values(), key=lambda option: (-option.worth, option.stop))


def _room(ground: DriveMinutes, standing: PromisedDay) -> float:
    bus = ground.campaign.buses[standing.bus]
    return bus.exams_per_day - sum(visit.served for visit in standing.visits)


@dataclass(frozen=True, slots=True, eq=False)
class _Reach:
    """People in reach of each stop by day and in the evening, (2, s); the owed by district."""

    people: NDArray[np.float64]
    owed: tuple[tuple[float, NDArray[np.float64]], ...]


def _reach(crowd: Crowd, standing: PromisedDay, left: Unserved) -> _Reach:
    there = crowd.there[standing.day] * left.people
    owed = tuple(
        (missing, (crowd.reach @ (there * (crowd.district == district)).T).T)
        for district, missing in left.owed.items()
        if missing > _TINY
    )
    return _Reach((crowd.reach @ there.T).T, owed)


def _worth_a_look(
    crowd: Crowd,
    reach: _Reach,
    free: NDArray[np.bool_],
    must: NDArray[np.bool_],
    room: float,
    least: float,
) -> NDArray[np.intp]:
    """Return the stops whose visit could win more than `least`, whatever the drive to it."""
    most = np.minimum(reach.people, room) + _MUST_WORTH * must
    for missing, of in reach.owed:
        most = most + MISSED_WEIGHT * np.minimum(np.minimum(of, room), missing)
    return np.flatnonzero(free & ((most > least) & crowd.allowed).any(axis=0))


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class _Table:
    """All insertions at one place: (period, rest, stay, stop) arrays; worth -inf where none.

    Stops are those of `stops`, by their place in it.
    """

    stops: NDArray[np.intp]
    arrive: NDArray[np.int64]
    rest_at: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    served: NDArray[np.float64]
    worth: NDArray[np.float64]
    rate: NDArray[np.float64]


def _table(
    ground: DriveMinutes,
    crowd: Crowd,
    standing: PromisedDay,
    position: int,
    reach: _Reach,
    stops: NDArray[np.intp],
    must: NDArray[np.bool_],
    not_before_min: int,
    room: float,
) -> _Table:
    """Return the arithmetic of one visit, once for all stops, stays, rests and periods."""
    campaign, rules = ground.campaign, ground.campaign.rules
    bus = campaign.buses[standing.bus]
    shift = bus.shifts[standing.shift]
    before, ready, after, latest = _gap(ground, standing, position)
    out, onward = ground.drive_min[before, stops], ground.drive_min[stops, after]
    there = partial(rules.traffic.arrive_on_grid, step_min=rules.clock_step_min)
    ends = np.array([rules.day.until_min, rules.evening.until_min])[:, None, None, None]
    stays = np.array(rules.stays_min)[None, None, :, None]
    first_min = _on_grid(not_before_min, rules.clock_step_min)
    soonest = np.maximum(there(ready, out), crowd.open_min[stops])
    arrive, rest_at, start = _starts(campaign, standing, soonest, first_min, first=position == 0)
    end = start + stays + shift.break_min * (np.arange(3) == _DURING)[None, :, None, None]
    depart = end + bus.packdown_min
    on_there = there(depart, onward)
    fits = (
        (end <= ends)
        & (depart <= crowd.close_min[stops])
        & (on_there <= latest)
        & (out < NEVER_MIN)
        & (onward < NEVER_MIN)
        & (rest_at <= shift.break_until_min)
        & crowd.allowed[:, None, None, stops]
    )
    # A rest during the exams begins before they end.
    fits[:, _DURING] &= rest_at[:, _DURING] <= start[:, _DURING] + stays[0]
    if shift.break_min == 0:
        fits &= (np.arange(3) == _NO_REST)[None, :, None, None]
    able = np.minimum(bus.exams_per_hour * stays / 60, room)
    served = np.broadcast_to(np.minimum(able, reach.people[:, None, None, stops]), fits.shape)
    worth = served - rules.km_weight * _km(ground, before, after, stops) + _MUST_WORTH * must[stops]
    for missing, of in reach.owed:
        worth = worth + MISSED_WEIGHT * np.minimum(
            np.minimum(able, of[:, None, None, stops]), missing
        )
    worth = np.where(fits, worth, -np.inf)
    # Of two that serve as many, the shorter stay, and no rest the crew does not need.
    worth = worth - _STAY_COST * stays / 60 - _REST_COST * (np.arange(3) > 0)[None, :, None, None]
    return _Table(
        stops=stops,
        arrive=np.broadcast_to(arrive, fits.shape),
        rest_at=np.broadcast_to(rest_at, fits.shape),
        start=np.broadcast_to(start, fits.shape),
        end=end,
        served=served,
        worth=worth,
        rate=worth / np.maximum(on_there - ready, 1),
    )


def _starts(
    campaign: Campaign,
    standing: PromisedDay,
    soonest: NDArray[np.int64],
    first_min: int,
    *,
    first: bool,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return when the bus arrives, rests and begins: by period, rest (none, before, during), stop.

    Parameters
    ----------
    soonest : (s,) int64
        When it can be at each of the stops, minutes.
    first_min : int
        Exams begin then at the earliest.
    first : bool
        Whether it is the day's first visit, for which the bus need not leave before it must.
    """
    bus, rules = campaign.buses[standing.bus], campaign.rules
    shift = bus.shifts[standing.shift]
    begins = np.array([rules.day.from_min, rules.evening.from_min])[:, None, None, None]
    arrive = soonest[None, None, None, :]
    if first:
        arrive = np.maximum(arrive, begins - bus.setup_min)
    arrive = np.broadcast_to(arrive, (2, 1, 1, len(soonest)))
    earliest = np.maximum(begins, first_min)
    plain = np.maximum(arrive + bus.setup_min, earliest)
    rest = np.maximum(arrive, shift.break_from_min)
    rested = np.maximum(rest + shift.break_min + bus.setup_min, earliest)
    inside = np.maximum(plain, shift.break_from_min)
    rest_at = np.concatenate([np.full_like(plain, -1), rest, inside], axis=1)
    return arrive, rest_at, np.concatenate([plain, rested, plain], axis=1)


def _on_grid(minute: int, step: int) -> int:
    return -(-minute // step) * step


def _gap(ground: DriveMinutes, standing: PromisedDay, position: int) -> tuple[int, int, int, int]:
    """Return the place before, when the bus is ready to leave it, the next, and by when."""
    campaign = ground.campaign
    bus = campaign.buses[standing.bus]
    shift, step = bus.shifts[standing.shift], campaign.rules.clock_step_min
    if position == 0:
        before = campaign.place_of_depot(bus.start_depot)
        ready = _on_grid(earliest_leave(standing, shift), step)
    else:
        previous = standing.visits[position - 1]
        before = previous.stop
        ready = max(previous.depart_min, _on_grid(standing.from_min, step))
    if position == len(standing.visits):
        back = min(shift.end_min, standing.until_min)
        return before, ready, campaign.place_of_depot(bus.end_depot), back
    following = standing.visits[position]
    return before, ready, following.stop, latest_arrival(following, bus)


def _km(
    ground: DriveMinutes, before: int, after: int, stops: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Return kilometres that each of `stops` between two places adds; none where there is no way."""
    metres = ground.campaign.drive.distance_m
    extra = _finite(metres[before, stops]) + _finite(metres[stops, after])
    if before != after:
        extra = extra - _finite(metres[before, after])
    return extra / 1000


def _finite(metres: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(np.isfinite(metres), metres, 0.0)


def _ranked(
    tables: list[_Table], key: str, least: float
) -> list[tuple[int, tuple[int, int, int, int]]]:
    """Return place and index of the best insertion of each stop with each rest, best first."""
    found: list[tuple[float, int, tuple[int, int, int, int]]] = []
    for position, table in enumerate(tables):
        score = np.where(table.worth > least, getattr(table, key), -np.inf)
        _, rests, stays, stops = score.shape
        flat = score.transpose(1, 3, 0, 2).reshape(rests, stops, -1)
        best = flat.argmax(axis=2)
        values = flat.max(axis=2)
        for rest, stop in np.argwhere(np.isfinite(values)).tolist():
            period, stay = divmod(int(best[rest, stop]), stays)
            found.append((float(values[rest, stop]), position, (period, rest, stay, stop)))
    found.sort(key=lambda one: (-one[0], one[1], one[2]))
    return [(position, at) for _, position, at in found]


def _insert(
    ground: DriveMinutes,
    crowd: Crowd,
    standing: PromisedDay,
    left: Unserved,
    table: _Table,
    position: int,
    at: tuple[int, int, int, int],
) -> _Option | None:
    campaign = ground.campaign
    bus, stop = campaign.buses[standing.bus], int(table.stops[at[3]])
    rests = int(table.rest_at[at]) >= 0
    visit = Visit(
        stop=stop,
        period=_PERIODS[at[0]],
        arrive_min=int(table.arrive[at]),
        start_min=int(table.start[at]),
        end_min=int(table.end[at]),
        depart_min=int(table.end[at]) + bus.packdown_min,
        drive_s=0.0,
        drive_m=0.0,
        served=float(table.served[at]),
        break_min=bus.shifts[standing.shift].break_min if rests else 0,
        break_start_min=int(table.rest_at[at]),
    )
    visits = (*standing.visits[:position], visit, *standing.visits[position:])
    settled = settle(ground, replace(standing, visits=visits))
    if settled is None:
        return None
    after = replace(standing, visits=settled.visits)
    return _Option(after, _taken(crowd, standing, left, visit), float(table.worth[at]), stop)


def _taken(crowd: Crowd, standing: PromisedDay, left: Unserved, visit: Visit) -> Unserved:
    """Return who is left once `visit` has served its people, each crowd in proportion."""
    there = crowd.there[standing.day][int(visit.period == "evening")]
    row = crowd.reached_from(visit.stop) * there * left.people
    share = visit.served / max(row.sum(), _TINY)
    people = left.people - row * min(share, 1.0)
    owed = {
        district: max(0.0, missing - float(row[crowd.district == district].sum()) * share)
        for district, missing in left.owed.items()
    }
    must = left.must.copy()
    must[visit.stop] = False
    return Unserved(people, owed, left.quota - visit.served, must)
