"""The days still to come while they are re-planned: what stands, who is left, what it is worth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from geo.bus.planned.campaign_plan import CampaignPlan, DistrictRow
from geo.bus.planned.served import Servings, served_by_district
from geo.bus.planned.visit import BusDay, Visit, exams_possible
from geo.bus.replanning.insertion import Crowd, Unserved
from geo.bus.replanning.promised_day import DriveMinutes, PromisedDay, settle
from geo.bus.replanning.promises import Promise, visits_changed, visits_moved
from geo.bus.replanning.remainder import Remainder
from geo.bus.solver.allocation import VisitOffer, allocate
from geo.bus.solver.master import MISSED_WEIGHT
from geo.bus.solver.roster import Slot
from geo.bus.solver.services import Services, find_services

Stay = tuple[int, date, int]
"""Bus, day and stop: a visit, since a stop is visited once a day."""
_TINY = 1e-9
"""People: an amount below this is rounding."""


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """What does not change while a remainder is re-planned.

    Attributes
    ----------
    rest : Remainder
        What is still to come.
    ground, crowd
        Its drives and people.
    promises : frozenset[Promise]
        What was announced and could be kept when the search began.
    change_weight : float
        People a changed promise, or a new visit, must win.
    """

    rest: Remainder
    ground: DriveMinutes
    crowd: Crowd
    promises: frozenset[Promise]
    change_weight: float


@dataclass(frozen=True, eq=False)
class Rebuilt:
    """The days still to come in one of the ways tried.

    Attributes
    ----------
    scene : Scene
        What it is tried for.
    standings : Mapping[Slot, PromisedDay]
        Bus-days with at least one visit.
    served : Mapping[Stay, Mapping[int, float]]
        People of each concentration at each visit; a visit tells their sum.
    laid : tuple[BusDay, ...] | None
        The days as a planner laid them out, lawful or not; None: as the promises settle.
    """

    scene: Scene
    standings: Mapping[Slot, PromisedDay]
    served: Mapping[Stay, Mapping[int, float]]
    laid: tuple[BusDay, ...] | None = None

    def with_standing(self, slot: Slot, standing: PromisedDay | None) -> Rebuilt:
        """Return the same with another bus-day at `slot`; only promised people are kept there."""
        standings = {key: value for key, value in self.standings.items() if key != slot}
        served = {stay: who for stay, who in self.served.items() if stay[:2] != slot}
        if standing is not None and standing.visits:
            old = {stay[2]: who for stay, who in self.served.items() if stay[:2] == slot}
            before = self.standings.get(slot)
            promised = () if before is None else before.visits
            same = {visit.stop: (visit.start_min, visit.end_min) for visit in promised}
            visits: list[Visit] = []
            for visit in standing.visits:
                keeps = same.get(visit.stop) == (visit.start_min, visit.end_min)
                who = old.get(visit.stop, {}) if keeps else {}
                served[*slot, visit.stop] = who
                visits.append(replace(visit, served=sum(who.values())))
            standings[slot] = replace(standing, visits=tuple(visits))
        return Rebuilt(self.scene, standings, served)

    def as_plan(self) -> CampaignPlan:
        """Return the days still to come as a plan of their own, which proves nothing."""
        servings = self.servings()
        districts = served_by_district(self.scene.rest.campaign, servings)
        return CampaignPlan(
            bus_days=self.settled,
            servings=servings,
            workers_served=float(servings.amount.sum()),
            served_range=(0.0, 0.0),
            upper_bound=np.inf,
            districts=tuple(DistrictRow(name, 0.0, 0.0, n) for name, n in districts.items()),
            fairness_price=None,
            unreachable=(),
            statistics={},
        )

    def free(self, day: date, *, without: Slot | None = None) -> NDArray[np.bool_]:
        """Return (s,) stops that may be visited on `day` beside what stands."""
        campaign = self.scene.rest.campaign
        free = np.array(
            [not stop.banned and day not in stop.banned_days for stop in campaign.stops]
        )
        for slot, standing in self.standings.items():
            if slot != without and abs((day - slot[1]).days) < campaign.rules.days_between_visits:
                free[[visit.stop for visit in standing.visits]] = False
        return free

    def room(self, slot: Slot) -> float:
        """Return how many more people could be examined at `slot`."""
        standing = self.standings.get(slot)
        served = 0.0 if standing is None else sum(visit.served for visit in standing.visits)
        return self.scene.rest.campaign.buses[slot[0]].exams_per_day - served

    @cached_property
    def left(self) -> Unserved:
        """Who is not served yet, and what the districts are still owed."""
        rest = self.scene.rest
        campaign = rest.campaign
        people = campaign.expected.copy()
        owed = dict(rest.floors)
        quota = np.inf if campaign.rules.quota is None else campaign.rules.quota
        for amounts in self.served.values():
            for who, amount in amounts.items():
                people[who] -= amount
                quota -= amount
                district = campaign.people.district[who]
                if district in owed:
                    owed[district] -= amount
        must = np.array([stop.must_visit for stop in campaign.stops], dtype=np.bool_)
        must[[visit.stop for one in rest.past for visit in one.visits]] = False
        must[[visit.stop for one in self.standings.values() for visit in one.visits]] = False
        owing = {district: missing for district, missing in owed.items() if missing > _TINY}
        return Unserved(np.maximum(people, 0.0), owing, quota, must)

    @cached_property
    def settled(self) -> tuple[BusDay, ...]:
        """The bus-days with all times, by day, then bus."""
        if self.laid is not None:
            return tuple(self._told(day) for day in self.laid)
        days: list[BusDay] = []
        for slot in sorted(self.standings, key=lambda slot: (slot[1], slot[0])):
            standing = self.standings[slot]
            day = settle(self.scene.ground, standing)
            days.append(self._as_begun(standing) if day is None else day)
        return tuple(days)

    def _told(self, day: BusDay) -> BusDay:
        """Return a day laid out by hand with the people of its visits."""
        visits = tuple(
            replace(visit, served=sum(self.served.get((day.bus, day.day, visit.stop), {}).values()))
            for visit in day.visits
        )
        return replace(day, visits=visits)

    def _as_begun(self, standing: PromisedDay) -> BusDay:
        """Return a bus-day that ends where it is now, as it was announced."""
        for bus_day in self.scene.rest.bus_days:
            if (bus_day.bus, bus_day.day) == (standing.bus, standing.day):
                ground, last = self.scene.ground, standing.visits[-1]
                bus = ground.campaign.buses[standing.bus]
                home = ground.campaign.place_of_depot(bus.end_depot)
                back = ground.arrive(last.depart_min, last.stop, home)
                return replace(
                    bus_day,
                    visits=standing.visits,
                    back_min=back,
                    home_s=ground.campaign.drive_s(last.stop, home, last.depart_min),
                    home_m=float(ground.campaign.drive.distance_m[last.stop, home]),
                )
        raise LookupError(standing)

    def with_everybody(self) -> Rebuilt:
        """Return the same with the room at all visits given to whom is left, the most of them.

        The linear programme of :func:`geo.bus.solver.allocation.allocate`; nobody loses a place.
        """
        services = find_services(self.scene.rest.campaign, self.left.people)
        number = _service_numbers(services)
        offers: list[VisitOffer] = []
        stays: list[Stay] = []
        room: list[float] = []
        for at, (slot, standing) in enumerate(self.standings.items()):
            bus = self.scene.rest.campaign.buses[slot[0]]
            room.append(max(0.0, bus.exams_per_day - sum(v.served for v in standing.visits)))
            for visit in standing.visits:
                service = number.get((visit.stop, visit.period == "evening", slot[1]))
                spare = exams_possible(visit, bus.exams_per_hour) - visit.served
                if service is not None and spare > _TINY:
                    offers.append(VisitOffer(service, at, spare))
                    stays.append((*slot, visit.stop))
        more = allocate(
            offers,
            room,
            services.groups,
            expected=self.left.people,
            floors=self.left.owed,
            quota=max(self.left.quota, 0.0),
        )
        return self._with_servings(stays, more)

    def _with_servings(self, stays: list[Stay], more: Servings) -> Rebuilt:
        served = {stay: dict(who) for stay, who in self.served.items()}
        for number, who, amount in zip(
            more.visit.tolist(), more.people.tolist(), more.amount.tolist(), strict=True
        ):
            stay = served.setdefault(stays[number], {})
            stay[who] = stay.get(who, 0.0) + amount
        standings = {
            slot: replace(
                standing,
                visits=tuple(
                    replace(visit, served=sum(served.get((*slot, visit.stop), {}).values()))
                    for visit in standing.visits
                ),
            )
            for slot, standing in self.standings.items()
        }
        return Rebuilt(self.scene, standings, served, self.laid)

    def servings(self) -> Servings:
        """Return who is served at which visit of `settled`."""
        visits = [(one.bus, one.day, visit.stop) for one in self.settled for visit in one.visits]
        rows = [
            (number, who, amount)
            for number, stay in enumerate(visits)
            for who, amount in sorted(self.served.get(stay, {}).items())
            if amount > _TINY
        ]
        return Servings(
            np.array([row[0] for row in rows], dtype=np.int32),
            np.array([row[1] for row in rows], dtype=np.int32),
            np.array([row[2] for row in rows], dtype=np.float64),
        )

    def at_turnout(self, rate: float) -> float:
        """Return the people these visits serve when `rate` times as many come as expected."""
        campaign = self.scene.rest.campaign
        people = campaign.expected * rate
        services = find_services(campaign, people)
        number = _service_numbers(services)
        offers = [
            VisitOffer(service, at, exams_possible(visit, campaign.buses[slot[0]].exams_per_hour))
            for at, (slot, standing) in enumerate(self.standings.items())
            for visit in standing.visits
            if (service := number.get((visit.stop, visit.period == "evening", slot[1]))) is not None
        ]
        room = [campaign.buses[slot[0]].exams_per_day for slot in self.standings]
        quota = np.inf if campaign.rules.quota is None else campaign.rules.quota
        floors = self.scene.rest.floors
        served = allocate(
            offers, room, services.groups, expected=people, floors=floors, quota=quota
        )
        return float(served.amount.sum())

    @property
    def workers_served(self) -> float:
        """People served."""
        return sum(sum(who.values()) for who in self.served.values())

    @cached_property
    def _now(self) -> frozenset[Promise]:
        return frozenset(
            (visit.stop, slot[1], visit.start_min, visit.end_min)
            for slot, standing in self.standings.items()
            for visit in standing.visits
        )

    @cached_property
    def moved(self) -> int:
        """Announced visits that could stay and do not."""
        return visits_moved(self.scene.promises, self._now)

    @cached_property
    def worth(self) -> float:
        """People examined, less driving and the price of every visit changed."""
        weight = self.scene.rest.campaign.rules.km_weight
        km = sum(bus_day.distance_m for bus_day in self.settled) / 1000
        changed = visits_changed(self.scene.promises, self._now)
        return self.workers_served - weight * km - self.scene.change_weight * changed

    @cached_property
    def score(self) -> float:
        """What the plan aims at: its worth, less people missing at floors."""
        return self.worth - MISSED_WEIGHT * sum(self.left.owed.values())


def _service_numbers(services: Services) -> dict[tuple[int, bool, date], int]:
    rows = zip(
        services.stop.tolist(), services.evening.tolist(), services.day_class.tolist(), strict=True
    )
    return {
        (stop, late, day): number
        for number, (stop, late, day_class) in enumerate(rows)
        for day in services.class_days[day_class]
    }
