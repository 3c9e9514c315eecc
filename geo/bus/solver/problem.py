"""A campaign taken apart for the solvers: services, duties and right-hand sides."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.bus.campaign import Campaign
from geo.bus.solver.duties import Duty, find_duties
from geo.bus.solver.floors import district_floors
from geo.bus.solver.master import Limits
from geo.bus.solver.roster import visits_allowed
from geo.bus.solver.services import Services, find_services
from geo.errors import InfeasibleError
from geo.text import Text


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
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
    limits: Limits


def take_apart(campaign: Campaign) -> Problem:
    """Return `campaign` as a problem; raises InfeasibleError where nothing can be planned."""
    expected = campaign.people.count * campaign.rules.turnout.expected
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
    limits = Limits(
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
    return Problem(campaign, expected, services, duties, limits)


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
