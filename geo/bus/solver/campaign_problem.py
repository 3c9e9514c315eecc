"""A campaign taken apart for the solvers: services, duties and right-hand sides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.bus.campaign.campaign import Campaign
from geo.bus.solver.duties import Duty, find_duties
from geo.bus.solver.master import RightHandSides
from geo.bus.solver.roster import visits_allowed
from geo.bus.solver.services import Services, find_services
from geo.errors import InfeasibleError
from geo.text import Text


@dataclass(frozen=True, slots=True, eq=False)
class CampaignProblem:
    """What the solvers work on.

    Attributes
    ----------
    campaign : Campaign
        Where it comes from.
    expected : (c,) float64
        Those who come of each concentration.
    services, duties, limits
        What can be done, by what, and how much of it.
    """

    campaign: Campaign
    expected: NDArray[np.float64]
    services: Services
    duties: tuple[Duty, ...]
    limits: RightHandSides


def take_apart(campaign: Campaign) -> CampaignProblem:
    """Return `campaign` as a problem; raises InfeasibleError where nothing can be planned."""
    expected = campaign.expected
    services = find_services(campaign, expected)
    duties = find_duties(campaign, services)
    if not duties:
        raise InfeasibleError(
            Text(
                "没有任何停靠点能在班次、时间窗和单程上限内到达；请检查车场位置、班次与停靠点。",
                "No stop fits the shifts, windows and drive limit; check depots, shifts and stops.",
            )
        )
    must = np.array([stop.must_visit for stop in campaign.stops], dtype=np.bool_)
    _check_musts(campaign, services, duties, must)
    rules = campaign.rules
    limits = RightHandSides(
        visits=np.array(
            [
                visits_allowed(
                    [day for day in campaign.days if day not in stop.banned_days],
                    rules.days_between_visits,
                )
                for stop in campaign.stops
            ],
            dtype=np.int64,
        ),
        must=must,
        floors=district_floors(campaign, services, duties),
        quota=np.inf if rules.quota is None else rules.quota,
        km_weight=rules.km_weight,
    )
    return CampaignProblem(campaign, expected, services, duties, limits)


def _check_musts(
    campaign: Campaign,
    services: Services,
    duties: tuple[Duty, ...],
    must: NDArray[np.bool_],
) -> None:
    makeable = {int(services.stop[s]) for duty in duties for s in duty.service}
    missing = [campaign.stops[s].name for s in np.flatnonzero(must) if int(s) not in makeable]
    if missing:
        names = "、".join(missing)
        raise InfeasibleError(
            Text(
                f"必到停靠点排不进任何班次：{names}。请放宽时间窗、班次或单程上限。",
                f"Must-visit stops fit no shift: {names}. Relax windows, shifts or drive limit.",
            )
        )


def district_demand(services: Services) -> dict[str, float]:
    """Return the people of each district who are in reach of some stop and would come."""
    demand: dict[str, float] = defaultdict(float)
    for group in services.groups:
        demand[group.district] += group.expected
    return dict(demand)


def exam_capacity(campaign: Campaign) -> float:
    """Return the people all bus-days together can examine, or the quota if that is less."""
    capacity = campaign.most_examined()
    quota = campaign.rules.quota
    return capacity if quota is None else min(capacity, quota)


def district_floors(
    campaign: Campaign,
    services: Services,
    duties: tuple[Duty, ...],
    capacity: float | None = None,
) -> Mapping[str, float]:
    """Return the people each district must be served at least.

    The share `district_floor` of what its share of all demand would give it, were the whole
    `capacity` used (None: :func:`exam_capacity`); never more than its demand at stops some bus can
    make.
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
    if capacity is None:
        capacity = exam_capacity(campaign)
    base = min(capacity, sum(possible.values()))
    return {
        district: min(share * base * people / total, possible[district])
        for district, people in sorted(demand.items())
        if district and people > 0
    }
