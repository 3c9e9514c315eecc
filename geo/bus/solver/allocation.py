"""Who is served where: the most people at given visits, each of them once.

max  sum y_vg - M sum u_d
s.t. sum_g y_vg <= exams possible at visit v,  sum over a bus-day <= its capacity,
     sum_v y_vg <= expected_g,  sum in district d + u_d >= floor_d,  sum y <= quota
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from geo.bus.planned.served import Servings
from geo.bus.solver.master import MISSED_WEIGHT
from geo.bus.solver.services import DemandGroup
from geo.highs import INF, Highs, Program

_TINY = 1e-7
"""The solver's feasibility tolerance."""


@dataclass(frozen=True, slots=True)
class VisitOffer:
    """One visit as the allocation sees it.

    Attributes
    ----------
    service : int
        What it offers.
    bus_day : int
        Which bus-day it belongs to.
    exams : float
        People its exam time suffices for.
    """

    service: int
    bus_day: int
    exams: float


def allocate(
    offers: Sequence[VisitOffer],
    bus_day_capacity: Sequence[float],
    groups: Sequence[DemandGroup],
    *,
    expected: NDArray[np.float64],
    floors: Mapping[str, float],
    quota: float,
) -> Servings:
    """Return the best allocation of people to visits (see the module).

    Parameters
    ----------
    offers, bus_day_capacity
        The visits, and the capacity of each bus-day.
    groups : Sequence[DemandGroup]
        The people, by what reaches them.
    expected : (c,) float64
        Those who come of each concentration.
    floors, quota
        People per district at least, and altogether at most.
    """
    visits_of: dict[int, list[int]] = {}
    for number, offer in enumerate(offers):
        visits_of.setdefault(offer.service, []).append(number)
    pairs = [
        (visit, number)
        for number, group in enumerate(groups)
        for service in group.services
        for visit in visits_of.get(service, ())
    ]
    if not pairs:
        return Servings.none()
    coming = [float(expected[list(group.members)].sum()) for group in groups]
    amount = _solve(pairs, offers, bus_day_capacity, groups, coming, floors, quota)
    return _spread(pairs, amount, groups, coming, expected)


def _solve(
    pairs: Sequence[tuple[int, int]],
    offers: Sequence[VisitOffer],
    bus_day_capacity: Sequence[float],
    groups: Sequence[DemandGroup],
    coming: Sequence[float],
    floors: Mapping[str, float],
    quota: float,
) -> NDArray[np.float64]:
    n, districts = len(pairs), list(floors)
    at_group, at_day = len(offers), len(offers) + len(groups)
    at_floor = at_day + len(bus_day_capacity)
    entries: list[tuple[int, int, float]] = []
    for column, (visit, group) in enumerate(pairs):
        entries.append((visit, column, 1.0))
        entries.append((at_group + group, column, 1.0))
        entries.append((at_day + offers[visit].bus_day, column, 1.0))
        if groups[group].district in floors:
            row = at_floor + districts.index(groups[group].district)
            entries.append((row, column, -1.0))
        entries.append((at_floor + len(floors), column, 1.0))
    entries.extend((at_floor + d, n + d, -1.0) for d in range(len(floors)))
    rows, columns, values = zip(*entries, strict=True)
    upper = np.array(
        [
            *(offer.exams for offer in offers),
            *coming,
            *bus_day_capacity,
            *(-floor for floor in floors.values()),
            min(quota, 1e12),
        ]
    )
    matrix = csr_matrix((values, (rows, columns)), shape=(len(upper), n + len(floors)))
    cost = np.concatenate([np.full(n, -1.0), np.full(len(floors), MISSED_WEIGHT)])
    highs = Highs()
    free, any_amount = np.full(len(upper), -INF), np.full(len(cost), INF)
    highs.load(
        Program(matrix=matrix, low=free, high=upper, cost=cost, upper=any_amount, maximise=False)
    )
    highs.run()
    return highs.values[:n]


def _spread(
    pairs: Sequence[tuple[int, int]],
    amount: NDArray[np.float64],
    groups: Sequence[DemandGroup],
    coming: Sequence[float],
    expected: NDArray[np.float64],
) -> Servings:
    """Spread each group's amount over its concentrations by those expected."""
    visit: list[int] = []
    people: list[int] = []
    share: list[float] = []
    for (number, group), value in zip(pairs, amount, strict=True):
        if value > _TINY:
            for member in groups[group].members:
                visit.append(number)
                people.append(member)
                share.append(value * expected[member] / coming[group])
    return Servings(
        np.array(visit, dtype=np.int32), np.array(people, dtype=np.int32), np.array(share)
    )
