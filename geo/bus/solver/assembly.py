"""From chosen tours to a plan: days, people, no idle stays, all clock times."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.bus.planned.served import Servings
from geo.bus.planned.visit import BusDay
from geo.bus.solver.allocation import VisitOffer, allocate
from geo.bus.solver.campaign_problem import CampaignProblem
from geo.bus.solver.roster import Slot, assign
from geo.bus.solver.scheduling import bus_day, reorder, shorten
from geo.bus.solver.services import Tour


@dataclass(frozen=True, slots=True, eq=False)
class Assembled:
    """A plan before its report.

    Attributes
    ----------
    slots : Mapping[Slot, Tour]
        What each bus does each day, by day, then bus.
    servings : Servings
        Who is served at which visit.
    bus_days : tuple[BusDay, ...]
        The same with all times.
    """

    slots: Mapping[Slot, Tour]
    servings: Servings
    bus_days: tuple[BusDay, ...]

    @property
    def served(self) -> float:
        """People served."""
        return float(self.servings.amount.sum())

    def served_at(self, problem: CampaignProblem, turnout: float) -> float:
        """Return the people the same visits serve at another turn-out."""
        rate = turnout / problem.campaign.rules.turnout.expected
        return float(_serve(problem, self.slots, rate=rate).amount.sum())


def assemble(problem: CampaignProblem, tours: Sequence[Tour]) -> Assembled:
    """Give `tours` their days, serve people, cut what nobody needs, and order each day."""
    slots = _by_day(assign(problem.campaign, problem.services, problem.duties, tours))
    served = _per_visit(slots, _serve(problem, slots))
    shorter = {
        slot: shorten(problem.duties[tour.duty], tour, served[slot], _must(problem, tour))
        for slot, tour in slots.items()
    }
    slots = {
        slot: reorder(problem.duties[tour.duty], tour)
        for slot, tour in shorter.items()
        if tour is not None
    }
    servings = _serve(problem, slots)
    return Assembled(slots, servings, _bus_days(problem, slots, servings))


def _must(problem: CampaignProblem, tour: Tour) -> NDArray[np.bool_]:
    must: NDArray[np.bool_] = problem.limits.must[problem.services.stop[list(tour.services)]]
    return must


def _by_day(slots: Mapping[Slot, Tour]) -> dict[Slot, Tour]:
    return {slot: slots[slot] for slot in sorted(slots, key=lambda slot: (slot[1], slot[0]))}


def _serve(problem: CampaignProblem, slots: Mapping[Slot, Tour], *, rate: float = 1.0) -> Servings:
    offers: list[VisitOffer] = []
    capacity: list[float] = []
    for number, tour in enumerate(slots.values()):
        clock = problem.duties[tour.duty].clock
        capacity.append(clock.per_day)
        offers.extend(
            VisitOffer(service, number, clock.per_step * stay)
            for service, stay in zip(tour.services, tour.stays, strict=True)
        )
    return allocate(
        offers,
        capacity,
        problem.services.groups,
        expected=problem.expected * rate,
        floors=problem.limits.floors,
        quota=problem.limits.quota,
    )


def _per_visit(slots: Mapping[Slot, Tour], servings: Servings) -> dict[Slot, NDArray[np.float64]]:
    n_visits = sum(len(tour.services) for tour in slots.values())
    served = servings.per_visit(n_visits)
    split: dict[Slot, NDArray[np.float64]] = {}
    first = 0
    for slot, tour in slots.items():
        split[slot] = served[first : first + len(tour.services)]
        first += len(tour.services)
    return split


def _bus_days(
    problem: CampaignProblem, slots: Mapping[Slot, Tour], servings: Servings
) -> tuple[BusDay, ...]:
    served = _per_visit(slots, servings)
    return tuple(
        bus_day(
            problem.campaign,
            problem.services,
            problem.duties[tour.duty],
            Tour(tour.duty, tour.services, tour.stays, tuple(served[bus, day].tolist()), tour.km),
            bus,
            day,
        )
        for (bus, day), tour in slots.items()
    )
