"""Planning a campaign: column generation, a MIP over the tours found, and the proof beside it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from geo.bus.campaign.campaign import Campaign
from geo.bus.campaign.fleet import Bus
from geo.bus.planned.campaign_plan import CampaignPlan, DistrictRow, Unreachable
from geo.bus.planned.served import Servings, served_by_district
from geo.bus.solver.assembly import Assembled, assemble
from geo.bus.solver.campaign_problem import (
    CampaignProblem,
    district_demand,
    exam_capacity,
    take_apart,
)
from geo.bus.solver.duties import Duty
from geo.bus.solver.generation import Generated, Pricer, generate
from geo.bus.solver.greedy import greedy_tours
from geo.bus.solver.master import Master
from geo.bus.solver.rounding import whole_tours
from geo.bus.solver.services import Services, Tour, find_services
from geo.bus.solver.tightening import tighten
from geo.solving import Progress, StoppingCriterion, never, silent
from geo.text import Text

_GREEDY = Text("贪心初排", "Greedy start")
_PRICING = Text("列生成与上界", "Column generation and bound")
_CHOOSING = Text("选择班次组合", "Choosing tours")
_NEAR = 2e-4
"""Share by which the bound on people may stay above what the LP serves."""
_LOOSE = 0.003
"""Share of the people served that is next to nothing as the price of fairness."""
_NEARLY_PROVEN = 0.003
"""Chosen: a gap with which to be content, so that the bound is tightened no further."""
_FREE_MENDS = 3
"""The plan without floors is only compared with: it is mended a third as often."""
_FAIRNESS = Text("计算公平代价", "Price of fairness")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanningEffort:
    """How hard to search; counted in steps, so that every machine gives the same plan.

    Attributes
    ----------
    max_rounds : int
        Rounds of pricing.
    mends : int
        Times parts of the plan are decided anew, two at once. On tuning seeds the last gain comes
        at the third to the nineteenth time.
    tolerance : float
        Share of the bound by which the LP may stay below it.
    whole_tolerance : float
        Share of the LP's value by which the whole tours may stay below that; what the LP itself is
        known to, beyond which a search only spends its patience (sample: 18 of 24 s without gain).
    tightenings : int
        Rounds at most in which rows on three stops are added to the bound, tenths of a second each.
    is_thorough : bool
        Whether more tours than the LP needs are sought where those do not lead so near.
    is_priced : bool
        Whether the price of districts' floors is told: a third of the time.
    """

    max_rounds: int = 200
    mends: int = 30
    tolerance: float = 2e-3
    whole_tolerance: float = 2e-3
    tightenings: int = 12
    is_thorough: bool = True
    is_priced: bool = True


def plan_campaign(
    campaign: Campaign,
    *,
    seed: int = 0,
    stop: StoppingCriterion = never,
    progress: Progress = silent,
    effort: PlanningEffort | None = None,
) -> CampaignPlan:
    """Plan `campaign`: the most workers served, districts treated fairly, little driving.

    Parameters
    ----------
    campaign : Campaign
        Buses, days, stops, people and rules.
    seed : int
        Of the MIP solver; the same seed gives the same plan.
    stop : StoppingCriterion
        Asked between rounds; the best plan so far comes back, its bound with it.
    progress : Progress
        Told how far it is.
    effort : PlanningEffort | None
        Limits of the search; None for the usual ones.

    Raises
    ------
    InfeasibleError
        When no bus can make a single visit, or a stop that must be visited cannot be.
    """
    effort = effort or PlanningEffort()
    problem = take_apart(campaign)
    progress(_GREEDY, 0.0)
    master = Master(problem.services, problem.duties, problem.limits, seed=seed)
    for tour in greedy_tours(problem.services, problem.duties, problem.limits.visits):
        master.add(tour)
    progress(_PRICING, 0.1)
    pricer = Pricer(problem.services, problem.duties, len(campaign.stops))
    search = _Search(
        problem=problem, master=master, pricer=pricer, effort=effort, seed=seed, stop=stop
    )
    generated = search.generate()
    binding = master.floors_bind()
    bound = search.served_bound()
    progress(_CHOOSING, 0.6)
    chosen = search.choose(generated)
    assembled = chosen.assembled
    bound = max(search.tightened(bound, assembled.served), assembled.served)
    progress(_FAIRNESS, 0.9)
    price = _fairness_price(search, chosen, bound, binding=binding)
    progress(_FAIRNESS, 1.0)
    statistics = {
        "rounds": float(generated.rounds),
        "is_closed": float(generated.is_closed),
        "labels": float(pricer.labels),
        "tours": float(len(master.tours)),
        "objective_bound": generated.bound,
    }
    return _report(problem, assembled, bound, price, statistics)


def nothing_driven(campaign: Campaign) -> CampaignPlan:
    """Return the plan of a campaign that has no bus of its own on any day."""
    demand = district_demand(find_services(campaign))
    return CampaignPlan(
        bus_days=(),
        servings=Servings.none(),
        workers_served=0.0,
        served_range=(0.0, 0.0),
        upper_bound=0.0,
        districts=tuple(DistrictRow(name, n, 0.0, 0.0) for name, n in sorted(demand.items())),
        fairness_price=0.0,
        unreachable=(),
        statistics={},
    )


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class _Search:
    """What all steps of planning share."""

    problem: CampaignProblem
    master: Master
    pricer: Pricer
    effort: PlanningEffort
    seed: int
    stop: StoppingCriterion

    def most_without_floors(self) -> float:
        """Return the people nobody can serve more than, by room and by who comes at all."""
        demand = float(sum(group.expected for group in self.problem.services.groups))
        return min(exam_capacity(self.problem.campaign), demand)

    def generate(self) -> Generated:
        """Add tours until the bound is met."""
        return generate(
            self.master,
            self.pricer,
            most=self.most_without_floors(),
            max_rounds=self.effort.max_rounds,
            stop=self.stop,
            tolerance=self.effort.tolerance,
        )

    def choose(self, generated: Generated, begin: NDArray[np.int64] | None = None) -> _Chosen:
        """Make the LP's fractions whole, or mend the plan to `begin` with; give it days and people."""
        counts = whole_tours(
            self.master,
            self.pricer,
            self.problem.campaign.drive.time_s,
            enough=generated.value * (1 - self.effort.whole_tolerance),
            mends=self.effort.mends,
            seed=self.seed,
            stop=self.stop,
            begin=begin,
            is_thorough=self.effort.is_thorough,
        )
        return _Chosen(counts, assemble(self.problem, _driven(self.master, counts)))

    def served_bound(self) -> float:
        """Return what no plan serves more than, however much it drives.

        Where the search is stopped, what one round of pricing proves.
        """
        km_weight = self.master.km_weight
        self.master.weigh_driving(0.0)
        is_late = self.stop()
        generated = generate(
            self.master,
            self.pricer,
            most=self.most_without_floors(),
            max_rounds=1 if is_late else self.effort.max_rounds,
            stop=never if is_late else self.stop,
            tolerance=_NEAR,
            is_nearly_closed=True,
        )
        self.master.weigh_driving(km_weight)
        return generated.bound

    def tightened(self, bound: float, served: float) -> float:
        """Return a bound nearer to the people `served`, where the one known is not near."""
        return tighten(
            self.master,
            self.pricer,
            bound,
            enough=served / (1 - _NEARLY_PROVEN),
            max_rounds=self.effort.tightenings,
            stop=self.stop,
        )

    def without_floors(self) -> _Search:
        """Return the same search, owing no district anything; the master changes with it."""
        self.master.drop_floors()
        free = replace(self.problem, limits=replace(self.problem.limits, floors={}))
        few = replace(self.effort, mends=self.effort.mends // _FREE_MENDS, is_thorough=False)
        return replace(self, problem=free, effort=few)


@dataclass(frozen=True, slots=True, eq=False)
class _Chosen:
    """How often each tour is driven, and the plan that makes."""

    counts: NDArray[np.int64]
    assembled: Assembled


def _driven(master: Master, counts: NDArray[np.int64]) -> list[Tour]:
    return [tour for tour, count in zip(master.tours, counts, strict=False) for _ in range(count)]


def _fairness_price(
    search: _Search, fair: _Chosen, bound: float, *, binding: bool
) -> tuple[float | None, float | None]:
    """Return how many more the best plan found without floors serves, and what none exceeds.

    The first is None without floors, where the second is next to nothing, and where the search was
    stopped before it could tell. The plan with floors is one without them: it is mended. Both are
    None where nobody asks.
    """
    served = fair.assembled.served
    if not search.effort.is_priced:
        return None, None
    if not search.problem.limits.floors or not binding:
        # Floors that cost the LP nothing leave its bound what it is without them.
        return (0.0 if search.problem.limits.floors else None), bound - served
    free = search.without_floors()
    most = max(free.served_bound() - served, 0.0)
    if most <= _LOOSE * served or search.stop():
        return None, most
    better = free.choose(free.generate(), fair.counts).assembled.served - served
    return (None if search.stop() else max(0.0, better)), most


def _report(
    problem: CampaignProblem,
    assembled: Assembled,
    bound: float,
    fairness: tuple[float | None, float | None],
    statistics: dict[str, float],
) -> CampaignPlan:
    campaign = problem.campaign
    turnout = campaign.rules.turnout
    return CampaignPlan(
        bus_days=assembled.bus_days,
        servings=assembled.servings,
        workers_served=assembled.served,
        served_range=(
            assembled.served_at(problem, turnout.low),
            assembled.served_at(problem, turnout.high),
        ),
        upper_bound=bound,
        districts=_districts(problem, assembled),
        fairness_price=fairness[0],
        unreachable=unreachable_stops(campaign, problem.services, problem.duties),
        statistics=statistics,
        fairness_most=None if fairness[1] is None else max(0.0, fairness[1]),
    )


def _districts(problem: CampaignProblem, assembled: Assembled) -> tuple[DistrictRow, ...]:
    served = served_by_district(problem.campaign, assembled.servings)
    return tuple(
        DistrictRow(
            district, expected, problem.limits.floors.get(district, 0.0), served.get(district, 0.0)
        )
        for district, expected in sorted(district_demand(problem.services).items())
    )


def unreachable_stops(
    campaign: Campaign, services: Services, duties: tuple[Duty, ...]
) -> tuple[Unreachable, ...]:
    """Return every stop of `campaign` that no duty serves, with its reason."""
    served = {int(services.stop[s]) for duty in duties for s in duty.service}
    offered = set(services.stop.tolist())
    return tuple(
        Unreachable(stop, _reason(campaign, stop, has_people=stop in offered))
        for stop in range(len(campaign.stops))
        if stop not in served
    )


def _reason(campaign: Campaign, stop: int, *, has_people: bool) -> Text:
    if campaign.stops[stop].banned:
        return Text("标为禁停。", "Banned.")
    drives = [_drive_min(campaign, bus, stop) for bus in campaign.buses]
    out, home = min(drives, key=sum)
    if not np.isfinite(out + home):
        return Text("没有车场能沿路网往返。", "No depot can drive there and back on the streets.")
    limit = campaign.rules.drive_limit_min
    if max(out, home) > limit:
        return Text(
            f"最近的车场单程 {max(out, home):.0f} 分钟，超过上限 {limit} 分钟。",
            f"The nearest depot is {max(out, home):.0f} min away, over the limit of {limit} min.",
        )
    if not has_people:
        return Text(
            "步行范围内没有在其时段可到场的职工。",
            "No workers who are there in its hours within walking reach.",
        )
    return Text(
        "在班次、开放时段和单程时间内排不下最短停留，请放宽其中之一。",
        "The shortest stay does not fit the shift, the window and the drives; relax one.",
    )


def _drive_min(campaign: Campaign, bus: Bus, stop: int) -> tuple[float, float]:
    start = campaign.place_of_depot(bus.start_depot)
    end = campaign.place_of_depot(bus.end_depot)
    time_s = campaign.drive.time_s
    return float(time_s[start, stop] / 60), float(time_s[stop, end] / 60)
