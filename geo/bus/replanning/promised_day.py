"""A bus-day whose exam times are promised: what drives, waits and rests they leave possible."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from geo.bus.campaign.campaign import Campaign
from geo.bus.campaign.fleet import DAY_MIN, Bus, Shift
from geo.bus.campaign.held_hours import FreePart
from geo.bus.planned.visit import BusDay, Visit

NEVER_MIN = 100_000
"""A drive that cannot or may not be made, in minutes."""


@dataclass(frozen=True, slots=True, eq=False)
class DriveMinutes:
    """A campaign's drives in whole minutes on its clock grid, rounded up, on free roads.

    Attributes
    ----------
    campaign : Campaign
        Whose they are.
    drive_min : (p, p) int64
        NEVER_MIN beyond the drive limit.
    """

    campaign: Campaign
    drive_min: NDArray[np.int64]

    @classmethod
    def of(cls, campaign: Campaign) -> DriveMinutes:
        """Return the ground of `campaign`."""
        minutes, step = campaign.drive.time_s / 60.0, campaign.rules.clock_step_min
        allowed = minutes <= campaign.rules.drive_limit_min
        whole = np.full(minutes.shape, NEVER_MIN, dtype=np.int64)
        whole[allowed] = np.ceil(minutes[allowed] / step - 1e-9).astype(np.int64) * step
        return cls(campaign, whole)

    def arrive(self, depart_min: int, origin: int, target: int) -> int:
        """Return the minute of arrival at `target`."""
        drive_min, rules = self.drive_min[origin, target], self.campaign.rules
        return int(rules.traffic.arrive_on_grid(depart_min, drive_min, rules.clock_step_min))

    def leave(self, arrive_min: int, origin: int, target: int) -> int:
        """Return the last minute at which to leave `origin` to be at `target` in time."""
        drive_min, rules = self.drive_min[origin, target], self.campaign.rules
        return int(rules.traffic.leave_on_grid(arrive_min, drive_min, rules.clock_step_min))


@dataclass(frozen=True, slots=True, kw_only=True)
class PromisedDay:
    """One bus-day as it stands while it is being re-planned.

    Attributes
    ----------
    bus : int
        Index into the campaign's buses.
    day : date
        The day.
    shift : int
        Index into the bus's shifts.
    visits : tuple[Visit, ...]
        Their exam times are promises; arrivals and rests follow from them.
    begun : int
        The first so many have begun and are left exactly as they are.
    leave_min : int
        When the bus left, once it has; else -1.
    from_min, until_min : int
        Nothing new can be driven before and after these minutes of the day: by the clock, or because
        another campaign has the bus then.
    """

    bus: int
    day: date
    shift: int
    visits: tuple[Visit, ...]
    begun: int = 0
    leave_min: int = -1
    from_min: int = 0
    until_min: int = DAY_MIN

    def in_part(self, part: FreePart, now_min: int = 0) -> PromisedDay:
        """Return the bus-day in one part of its bus's shifts."""
        return replace(
            self,
            shift=part.shift,
            from_min=max(part.from_min, now_min),
            until_min=part.until_min,
        )


def settle(ground: DriveMinutes, standing: PromisedDay) -> BusDay | None:
    """Return the bus-day that keeps every promised exam time, None where there is none."""
    campaign = ground.campaign
    bus = campaign.buses[standing.bus]
    shift = bus.shifts[standing.shift]
    if not 1 <= len(standing.visits) <= campaign.rules.max_visits_a_day:
        return None
    for early_min in (0, shift.break_min):
        visits = _arrivals(ground, standing, bus, shift, early_min)
        if visits is None:
            return None
        day = _driven(ground, standing, bus, visits)
        if day.back_min > min(shift.end_min, standing.until_min):
            return None
        if not (shift.break_min and day.leave_min < shift.break_until_min < day.back_min):
            return day
        rested = _rested(visits, bus, shift, standing.begun)
        if rested is not None:
            return replace(day, visits=rested)
    return None


def _driven(
    ground: DriveMinutes, standing: PromisedDay, bus: Bus, visits: tuple[Visit, ...]
) -> BusDay:
    campaign, last = ground.campaign, visits[-1]
    leave = standing.leave_min
    if not standing.begun:
        start = campaign.place_of_depot(bus.start_depot)
        leave = ground.leave(visits[0].arrive_min, start, visits[0].stop)
    home = campaign.place_of_depot(bus.end_depot)
    return BusDay(
        bus=standing.bus,
        day=standing.day,
        shift=standing.shift,
        leave_min=leave,
        back_min=ground.arrive(last.depart_min, last.stop, home),
        visits=visits,
        home_s=campaign.drive_s(last.stop, home, last.depart_min),
        home_m=float(campaign.drive.distance_m[last.stop, home]),
    )


def latest_arrival(visit: Visit, bus: Bus) -> int:
    """Return the minute by which a bus must be there to keep the promised exams and rest."""
    if visit.break_min and visit.break_start_min < visit.start_min:
        return visit.break_start_min
    return visit.start_min - bus.setup_min


def earliest_leave(standing: PromisedDay, shift: Shift) -> int:
    """Return the minute from which the bus may leave its depot."""
    return max(shift.start_min, standing.from_min)


def _arrivals(
    ground: DriveMinutes, standing: PromisedDay, bus: Bus, shift: Shift, early_min: int
) -> tuple[Visit, ...] | None:
    """Return the visits with arrivals that keep their exams; the first `early_min` too early."""
    campaign = ground.campaign
    visits = list(standing.visits[: standing.begun])
    at = visits[-1].stop if visits else campaign.place_of_depot(bus.start_depot)
    ready = visits[-1].depart_min if visits else earliest_leave(standing, shift)
    for visit in standing.visits[standing.begun :]:
        stop = campaign.stops[visit.stop]
        earliest = max(ground.arrive(ready, at, visit.stop), stop.open_min)
        latest = latest_arrival(visit, bus)
        if earliest > latest or visit.depart_min > stop.close_min:
            return None
        arrive = visit.arrive_min if earliest <= visit.arrive_min <= latest else earliest
        if not visits:
            arrive = max(latest - early_min, earliest)
            ready = ground.leave(arrive, at, visit.stop)
        visits.append(
            replace(
                visit,
                arrive_min=arrive,
                drive_s=campaign.drive_s(at, visit.stop, ready),
                drive_m=float(campaign.drive.distance_m[at, visit.stop]),
            )
        )
        at, ready = visit.stop, visit.depart_min
    return tuple(visits)


def _rested(
    visits: Sequence[Visit], bus: Bus, shift: Shift, begun: int
) -> tuple[Visit, ...] | None:
    """Return the visits with a lawful rest, put before a set-up where none is left."""
    if any(
        visit.break_min >= shift.break_min
        and shift.break_from_min <= visit.break_start_min <= shift.break_until_min
        for visit in visits
    ):
        return tuple(visits)
    for number in range(begun, len(visits)):
        visit = visits[number]
        begin = max(visit.arrive_min, shift.break_from_min)
        until = visit.start_min - bus.setup_min
        if visit.break_min or begin > shift.break_until_min or begin + shift.break_min > until:
            continue
        rested = replace(visit, break_min=shift.break_min, break_start_min=begin)
        return (*visits[:number], rested, *visits[number + 1 :])
    return None
