"""Fairness between districts: how much each one is owed at least."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from geo.bus.campaign import Campaign
from geo.bus.solver.duties import Duty
from geo.bus.solver.services import Services


def district_demand(services: Services) -> dict[str, float]:
    """Return the people of each district who are in reach of some stop and would come."""
    demand: dict[str, float] = defaultdict(float)
    for group in services.groups:
        demand[group.district] += group.expected
    return dict(demand)


def exam_capacity(campaign: Campaign) -> float:
    """Return the people all bus-days together can examine, or the quota if that is less."""
    capacity = sum(bus.exams_per_day for bus, _ in campaign.bus_days())
    quota = campaign.rules.quota
    return capacity if quota is None else min(capacity, quota)


def district_floors(
    campaign: Campaign, services: Services, duties: tuple[Duty, ...]
) -> Mapping[str, float]:
    """Return the people each district must be served at least.

    The share `district_floor` of what its share of all demand would give it, were the whole
    capacity used; never more than its demand at stops some bus can make.
    """
    share = campaign.rules.district_floor
    if share <= 0:
        return {}
    demand = district_demand(services)
    makeable = {int(service) for duty in duties for service in duty.service}
    possible: dict[str, float] = defaultdict(float)
    for group in services.groups:
        if makeable.intersection(group.services):
            possible[group.district] += group.expected
    total = sum(demand.values())
    base = min(exam_capacity(campaign), sum(possible.values()))
    return {
        district: min(share * base * people / total, possible[district])
        for district, people in sorted(demand.items())
        if district and people > 0
    }
