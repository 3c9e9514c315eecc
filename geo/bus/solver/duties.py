"""The kinds of bus-day there are, on a grid of clock steps: the ground all searches stand on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.bus.campaign.campaign import Campaign
from geo.bus.campaign.campaign_rules import CampaignRules
from geo.bus.campaign.fleet import Bus, Shift
from geo.bus.campaign.held_hours import FreePart
from geo.bus.solver.services import Services

_OnGrid = Callable[[ArrayLike, ArrayLike, int], NDArray[np.int64]]
NEVER = 10_000
"""A drive that cannot or may not be made, in clock steps."""


class DutyGrid(NamedTuple):
    """One duty in whole clock steps; (m,) over the duty's services. Drives are rounded up.

    `arrives` (t, d) tells when a drive of d steps on free roads arrives that leaves at t, `leaves`
    when it must leave to arrive at t; both are empty where roads are free all day. See
    :mod:`geo.bus.solver.timetable`.

    A NamedTuple, because compiled kernels take it whole.
    """

    opens: NDArray[np.int64]
    closes: NDArray[np.int64]
    exam_from: NDArray[np.int64]
    exam_until: NDArray[np.int64]
    out: NDArray[np.int64]
    home: NDArray[np.int64]
    between: NDArray[np.int64]
    out_km: NDArray[np.float64]
    home_km: NDArray[np.float64]
    between_km: NDArray[np.float64]
    place: NDArray[np.int64]
    stays: NDArray[np.int64]
    setup: int
    packdown: int
    shift_start: int
    shift_end: int
    rest: int
    rest_from: int
    rest_until: int
    per_step: float
    per_day: float
    max_visits: int
    arrives: NDArray[np.int64]
    leaves: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Duty:
    """One kind of bus-day: alike buses, one part of a shift, one class of days.

    Attributes
    ----------
    slots : tuple[tuple[int, date], ...]
        The bus-days that are alike: index of the bus, day; by day, then bus.
    shift : int
        Index into the shifts of those buses.
    day_class : int
        Index into the services' classes.
    row : int
        Duties with one row share their bus-days (the shifts of a bus-day, and the parts of them
        that another campaign leaves free).
    service : (m,) int64
        The services this duty can reach, as indices into `Services`.
    clock : DutyGrid
        Times of those services.
    """

    slots: tuple[tuple[int, date], ...]
    shift: int
    day_class: int
    row: int
    service: NDArray[np.int64]
    clock: DutyGrid

    @property
    def available(self) -> int:
        """Bus-days in the row."""
        return len(self.slots)


def find_duties(campaign: Campaign, services: Services) -> tuple[Duty, ...]:
    """Return every kind of bus-day of `campaign` that can make at least one visit."""
    duties: list[Duty] = []
    row = -1
    for number, days in enumerate(services.class_days):
        for kind, slots in _alike(campaign, days).items():
            row += 1
            for part in kind.parts:
                clock, chosen = _clock(campaign, services, number, kind, part)
                if chosen.size:
                    duties.append(
                        Duty(
                            slots=tuple(slots),
                            shift=part.shift,
                            day_class=number,
                            row=row,
                            service=chosen,
                            clock=clock,
                        )
                    )
    return tuple(duties)


class _Kind(NamedTuple):
    """What bus-days have in common: the bus but for its name, its free parts, stops it is kept from."""

    bus: Bus
    parts: tuple[FreePart, ...]
    kept_from: frozenset[str]


def _alike(campaign: Campaign, days: Sequence[date]) -> dict[_Kind, list[tuple[int, date]]]:
    alike: dict[_Kind, list[tuple[int, date]]] = defaultdict(list)
    for day in days:
        for index, bus in enumerate(campaign.buses):
            if (bus.id, day) in campaign.off:
                continue
            alike_but_name = replace(bus, id="", name="")
            parts, stops = campaign.free_parts(bus, day), campaign.kept_from(bus.id, day)
            kind = _Kind(alike_but_name, parts, stops)
            alike[kind].append((index, day))
    return alike


def drive_steps(campaign: Campaign) -> NDArray[np.int64]:
    """Return (p, p) drives in clock steps, rounded up; NEVER beyond the drive limit."""
    minutes = campaign.drive.time_s / 60.0
    allowed = minutes <= campaign.rules.drive_limit_min
    steps = np.full(minutes.shape, NEVER, dtype=np.int64)
    steps[allowed] = np.ceil(minutes[allowed] / campaign.rules.clock_step_min - 1e-9)
    return steps


def _clock(
    campaign: Campaign, services: Services, number: int, kind: _Kind, part: FreePart
) -> tuple[DutyGrid, NDArray[np.int64]]:
    rules, step = campaign.rules, campaign.rules.clock_step_min
    bus = kind.bus
    shift = replace(bus.shifts[part.shift], start_min=part.from_min, end_min=part.until_min)
    open_to = np.array([stop.id not in kind.kept_from for stop in campaign.stops], np.bool_)
    chosen = np.flatnonzero((services.day_class == number) & open_to[services.stop])
    stop = services.stop[chosen].astype(np.int64)
    periods = [rules.evening if late else rules.day for late in services.evening[chosen]]
    steps, km = drive_steps(campaign), np.nan_to_num(campaign.drive.distance_m / 1000.0, posinf=1e6)
    start = campaign.place_of_depot(bus.start_depot)
    end = campaign.place_of_depot(bus.end_depot)
    clock = DutyGrid(
        opens=np.array([-(-campaign.stops[s].open_min // step) for s in stop], dtype=np.int64),
        closes=np.array([campaign.stops[s].close_min // step for s in stop], dtype=np.int64),
        exam_from=np.array([-(-period.from_min // step) for period in periods], dtype=np.int64),
        exam_until=np.array([period.until_min // step for period in periods], dtype=np.int64),
        out=steps[start, stop],
        home=steps[stop, end],
        between=np.ascontiguousarray(steps[np.ix_(stop, stop)]),
        out_km=km[start, stop],
        home_km=km[stop, end],
        between_km=np.ascontiguousarray(km[np.ix_(stop, stop)]),
        place=stop,
        stays=np.array([stay // step for stay in rules.stays_min], dtype=np.int64),
        setup=-(-bus.setup_min // step),
        packdown=-(-bus.packdown_min // step),
        shift_start=-(-shift.start_min // step),
        shift_end=shift.end_min // step,
        rest=-(-shift.break_min // step),
        rest_from=-(-shift.break_from_min // step),
        rest_until=shift.break_until_min // step,
        per_step=bus.exams_per_hour * step / 60.0,
        per_day=bus.exams_per_day,
        max_visits=rules.max_visits_a_day,
        arrives=_by_traffic(rules, rules.traffic.arrive_on_grid, shift),
        leaves=_by_traffic(rules, rules.traffic.leave_on_grid, shift),
    )
    fits = _alone(rules, clock)
    return _keep(clock, np.flatnonzero(fits)), chosen[fits]


def part_of(duty: Duty, kept: NDArray[np.int64]) -> Duty:
    """Return `duty` with those of its services, by place in it, that are `kept`."""
    return replace(duty, service=duty.service[kept], clock=_keep(duty.clock, kept))


def _by_traffic(rules: CampaignRules, when: _OnGrid, shift: Shift) -> NDArray[np.int64]:
    """Return (t, d) `when` for every step of the shift and every drive within the limit."""
    if not rules.traffic.rushes:
        return np.empty((0, 0), dtype=np.int64)
    step = rules.clock_step_min
    times = np.arange(0, shift.end_min + 1, step)
    drives = np.arange(0, rules.drive_limit_min + step, step)
    return when(times[:, None], drives[None, :], step) // step


def _alone(rules: CampaignRules, clock: DutyGrid) -> NDArray[np.bool_]:
    """Return which services a bus can make with nothing else that day, ignoring the break."""
    step = rules.clock_step_min

    def there(depart: NDArray[np.int64] | int, drive: NDArray[np.int64]) -> NDArray[np.int64]:
        return rules.traffic.arrive_on_grid(depart * step, drive * step, step) // step

    arrive = np.maximum(clock.opens, there(clock.shift_start, clock.out))
    end = np.maximum(arrive + clock.setup, clock.exam_from) + clock.stays[0]
    depart = end + clock.packdown
    fits: NDArray[np.bool_] = (
        (end <= clock.exam_until)
        & (depart <= clock.closes)
        & (there(depart, clock.home) <= clock.shift_end)
    )
    return fits


def _keep(clock: DutyGrid, chosen: NDArray[np.int64]) -> DutyGrid:
    single = ("opens", "closes", "exam_from", "exam_until", "out", "home", "out_km", "home_km")
    kept = {name: getattr(clock, name)[chosen] for name in (*single, "place")}
    pairs = np.ix_(chosen, chosen)
    return clock._replace(
        **kept,
        between=np.ascontiguousarray(clock.between[pairs]),
        between_km=np.ascontiguousarray(clock.between_km[pairs]),
    )
