"""From a tour to the day a crew drives: the order with the least driving, with all its times."""

from __future__ import annotations

from datetime import date
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from geo.bus.campaign.campaign import Campaign
from geo.bus.planned.visit import BusDay, PeriodName, Visit
from geo.bus.solver.duties import Duty
from geo.bus.solver.greedy import tour_km
from geo.bus.solver.services import Services, Tour
from geo.bus.solver.timetable import (
    ARRIVE,
    BACK,
    DEPART,
    END,
    LEAVE,
    REST_AT,
    START,
    timetable,
)

_MOST_REORDERED = 6
"""Up to six visits all orders, 720, are tried."""
_NOBODY = 1e-6
"""People: who is fewer is nobody."""


def reorder(duty: Duty, tour: Tour) -> Tour:
    """Return `tour` in the order of least kilometres that keeps all its times lawful."""
    local = _local(duty, tour)
    stays = np.array(tour.stays, dtype=np.int64)
    best, best_km = tuple(range(len(local))), tour.km
    if len(local) <= _MOST_REORDERED:
        for order in permutations(range(len(local))):
            chosen = np.array(order, dtype=np.int64)
            km = tour_km(duty.clock, local[chosen])
            if km < best_km - 1e-9 and timetable(duty.clock, local[chosen], stays[chosen])[0]:
                best, best_km = order, km
    return Tour(
        tour.duty,
        tuple(tour.services[i] for i in best),
        tuple(tour.stays[i] for i in best),
        tuple(tour.exams[i] for i in best),
        best_km,
    )


def shorten(
    duty: Duty, tour: Tour, served: NDArray[np.float64], must: NDArray[np.bool_]
) -> Tour | None:
    """Return `tour` without empty visits and with stays no longer than `served` needs.

    Visits of stops that `must` (n,) be visited stay, empty or not. None when nothing is left;
    `tour` itself where the shorter one would break the rest rule.
    """
    kept = [k for k in range(len(served)) if served[k] > _NOBODY or must[k]]
    if not kept:
        return None
    clock = duty.clock
    stays = [
        min(
            tour.stays[k],
            int(next((s for s in clock.stays if s * clock.per_step >= served[k] - 1e-6), 10**6)),
        )
        for k in kept
    ]
    services = tuple(tour.services[k] for k in kept)
    exams = tuple(float(served[k]) for k in kept)
    shorter = Tour(tour.duty, services, tuple(stays), exams, 0.0)
    local = _local(duty, shorter)
    if not timetable(clock, local, np.array(stays, dtype=np.int64))[0]:
        return tour
    return Tour(tour.duty, services, tuple(stays), exams, tour_km(clock, local))


def bus_day(
    campaign: Campaign, services: Services, duty: Duty, tour: Tour, bus: int, day: date
) -> BusDay:
    """Return what bus `bus` does on `day` when it drives `tour`; times in minutes."""
    stays = np.array(tour.stays, dtype=np.int64)
    _, table = timetable(duty.clock, _local(duty, tour), stays)
    step, drive = campaign.rules.clock_step_min, campaign.drive
    vehicle = campaign.buses[bus]
    at, left_min = campaign.place_of_depot(vehicle.start_depot), int(table[0, LEAVE]) * step
    visits: list[Visit] = []
    for row, service, exams in zip(table[1:], tour.services, tour.exams, strict=True):
        stop = int(services.stop[service])
        period: PeriodName = "evening" if services.evening[service] else "day"
        rests = row[REST_AT] >= 0
        visits.append(
            Visit(
                stop=stop,
                period=period,
                arrive_min=int(row[ARRIVE]) * step,
                start_min=int(row[START]) * step,
                end_min=int(row[END]) * step,
                depart_min=int(row[DEPART]) * step,
                drive_s=campaign.drive_s(at, stop, left_min),
                drive_m=float(drive.distance_m[at, stop]),
                served=exams,
                break_min=duty.clock.rest * step if rests else 0,
                break_start_min=int(row[REST_AT]) * step if rests else -1,
            )
        )
        at, left_min = stop, int(row[DEPART]) * step
    home = campaign.place_of_depot(vehicle.end_depot)
    return BusDay(
        bus=bus,
        day=day,
        shift=duty.shift,
        leave_min=int(table[0, LEAVE]) * step,
        back_min=int(table[0, BACK]) * step,
        visits=tuple(visits),
        home_s=campaign.drive_s(at, home, left_min),
        home_m=float(drive.distance_m[at, home]),
    )


def _local(duty: Duty, tour: Tour) -> NDArray[np.int64]:
    return np.searchsorted(duty.service, np.array(tour.services, dtype=np.int64)).astype(np.int64)
