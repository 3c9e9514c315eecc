"""Which bus drives which tour on which day, so that no stop is visited again too soon."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

import numpy as np
from scipy.sparse import csr_matrix

from geo.bus.campaign.campaign import Campaign
from geo.bus.solver.duties import Duty
from geo.bus.solver.services import Services, Tour
from geo.highs import Highs, Program

_NODES, _LIMIT_S, _NEAR = 2_000, 20.0, 1e-4
"""Nodes, seconds and relative gap of the choice among all tours found: ceilings, chosen."""
_LATER = 1e-4
"""Share a tour is worth less each day it is driven later: of equal days the first is taken."""
Slot = tuple[int, date]
"""A bus (index) and a day."""


def visits_allowed(days: Sequence[date], days_between: int) -> int:
    """Return how often a stop can be visited in `days` when visits are `days_between` apart."""
    count, last = 0, None
    for day in days:
        if last is None or (day - last).days >= days_between:
            count, last = count + 1, day
    return count


def assign(
    campaign: Campaign, services: Services, duties: Sequence[Duty], tours: Sequence[Tour]
) -> dict[Slot, Tour]:
    """Return the tour of each bus-day; the fullest tours come first in the calendar.

    A tour that no day can take (its stops are visited too close by) is left out, one with a stop
    that must be visited last; that can only happen where stops are visited more than once.
    """
    ordered = sorted(tours, key=lambda tour: (-tour.total, tour.services))
    slots = {duty.row: list(duty.slots) for duty in duties}
    stops = Counter(int(services.stop[s]) for tour in ordered for s in tour.services)
    if all(count == 1 for count in stops.values()):
        return {slots[duties[tour.duty].row].pop(0): tour for tour in ordered}
    return _assign_apart(campaign, services, duties, ordered, slots)


def _assign_apart(
    campaign: Campaign,
    services: Services,
    duties: Sequence[Duty],
    tours: Sequence[Tour],
    slots: dict[int, list[Slot]],
) -> dict[Slot, Tour]:
    pairs = [
        (number, slot) for number, tour in enumerate(tours) for slot in slots[duties[tour.duty].row]
    ]
    rows: dict[object, list[int]] = {}
    for column, (number, slot) in enumerate(pairs):
        rows.setdefault(("tour", number), []).append(column)
        rows.setdefault(("slot", slot), []).append(column)
        for service in tours[number].services:
            for day in campaign.days:
                if 0 <= (slot[1] - day).days < campaign.rules.days_between_visits:
                    key = ("stop", int(services.stop[service]), day)
                    rows.setdefault(key, []).append(column)
    at = [(row, column) for row, columns in enumerate(rows.values()) for column in columns]
    where = np.array(at, dtype=np.int64).T
    matrix = csr_matrix((np.ones(len(at)), (where[0], where[1])), shape=(len(rows), len(pairs)))
    late = {day: _LATER * index for index, day in enumerate(campaign.days)}
    value = [_value(campaign, services, tour) for tour in tours]
    worth = np.array([value[number] * (1 - late[slot[1]]) for number, slot in pairs])
    highs = Highs()
    highs.limit(nodes=_NODES, seconds=_LIMIT_S, relative_gap=_NEAR)
    none, one, each = np.full(len(rows), -np.inf), np.ones(len(rows)), np.ones(len(pairs))
    highs.load(
        Program(matrix=matrix, low=none, high=one, cost=worth, upper=each, n_integer=len(pairs))
    )
    # Driving nothing keeps every rule: there is always an answer to improve.
    highs.begin_with(np.zeros(len(pairs)))
    highs.run()
    return {pairs[i][1]: tours[pairs[i][0]] for i in np.flatnonzero(highs.values > 1 / 2)}


def _value(campaign: Campaign, services: Services, tour: Tour) -> float:
    """Return the people a tour serves, more than any for each stop that must be visited."""
    musts = sum(campaign.stops[services.stop[service]].must_visit for service in tour.services)
    return float(tour.total + musts * campaign.people.count.sum())
