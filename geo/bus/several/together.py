"""Several campaigns planned together: which of them each bus-day belongs to, and how good that is.

A bus-day is one campaign's. For any prices of a campaign's master problem, what it serves on the
bus-days it is given is at most a constant and, for each of them, the worth of its best tour: a
plane over all ways to share the bus-days out (Benders, Numerische Mathematik 4, 1962).

    max  sum_c w_c t_c
    s.t. t_c <= rest + sum_b best_b a_cb     every plane found of campaign c
         sum_c a_cb <= 1                     every bus-day b
         sum_b a_cb >= n_c                   every campaign c: the bus-days it has at least

The LP is the bound; where its answer is priced anew until nothing is gained, it is that of all
campaigns together. Planes are sought half-way between its answer and the best sharing out so far,
which takes a third of the rounds (in-out separation, Ben-Ameur & Neto, Networks 49, 2007). With
whole a it shares the bus-days out, and each campaign is planned on its own.

Districts' floors count in the bound as far as every sharing out owes them: as if each campaign had
just the bus-days it is promised. Planned one after another (:mod:`geo.bus.several.apart`) the campaigns may
happen to serve more: then that is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from geo.bus.campaign.campaign import Campaign
from geo.bus.plan import PlanningEffort, plan_campaign
from geo.bus.planned.campaign_plan import CampaignPlan
from geo.bus.several.apart import Owners, best_in_turn, orders
from geo.bus.solver.campaign_problem import (
    CampaignProblem,
    district_floors,
    exam_capacity,
    take_apart,
)
from geo.bus.solver.generation import Plane, Pricer, bounding_plane, generate
from geo.bus.solver.greedy import greedy_tours
from geo.bus.solver.master import Master
from geo.errors import BadInputError, InfeasibleError
from geo.highs import INF, Highs, Program
from geo.layers.vocabulary import CampaignName
from geo.solving import Progress, StoppingCriterion, never, silent
from geo.text import Text

BusDayKey = tuple[str, date]
"""Bus id and day."""
_NEAR = 1e-3
"""Share of the bound within which the sharing out is no longer priced anew."""
_ROUNDS = 40
"""Chosen: a ceiling; the gap is to end it."""
_SHARING = Text("分配车日", "Sharing the bus-days out")
_TOGETHER = Text("一起排", "Together")
_APART = Text("依次单独排", "One after another")
_Made = TypeVar("_Made")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Wanted:
    """A campaign that is to be planned with others.

    Attributes
    ----------
    name : CampaignName
        Which it is.
    campaign : Campaign
        On all bus-days there are.
    bus_days : int
        Bus-days it has at least.
    worth : float
        What one of its people counts beside those of the others.
    """

    name: CampaignName
    campaign: Campaign
    bus_days: int = 0
    worth: float = 1.0


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PlannedTogether:
    """Several campaigns on one fleet, with the proof for all of them.

    Attributes
    ----------
    campaigns : tuple[Campaign, ...]
        Each on the bus-days that are its own.
    plans : tuple[CampaignPlan, ...]
        Theirs.
    worth : float
        People served, each at the worth of the campaign.
    upper_bound : float
        Nothing planned for all of them, however the bus-days are shared out, is worth more.
    apart : tuple[CampaignPlan, ...]
        The best found where they are planned one after another, none where that leaves a campaign
        without a bus; never worth more than `plans`.
    apart_worth : float | None
        What those are worth.
    cut_short : tuple[Text, ...]
        Steps that ended because their time was over: they might have found more, or a nearer bound.
    """

    campaigns: tuple[Campaign, ...]
    plans: tuple[CampaignPlan, ...]
    worth: float
    upper_bound: float
    apart: tuple[CampaignPlan, ...] = ()
    apart_worth: float | None = None
    cut_short: tuple[Text, ...] = ()

    @property
    def gap(self) -> float:
        """Return the share of the upper bound that is not proven to be out of reach."""
        return max(0.0, 1.0 - self.worth / self.upper_bound) if self.upper_bound > 0 else 0.0


def _unlimited() -> StoppingCriterion:
    return never


def plan_together(
    wanted: Sequence[Wanted],
    *,
    seed: int = 0,
    limit: Callable[[], StoppingCriterion] = _unlimited,
    progress: Progress = silent,
    effort: PlanningEffort | None = None,
) -> PlannedTogether:
    """Plan all campaigns `wanted` on one fleet: the most people, each at its campaign's worth.

    Parameters
    ----------
    wanted : Sequence[Wanted]
        Buses are one and the same where their ids are.
    limit : Callable[[], StoppingCriterion]
        Begins what ends the sharing out, and each campaign's plan by itself.
    seed, progress, effort
        As in :func:`geo.bus.plan.plan_campaign`.

    Raises
    ------
    BadInputError
        When the campaigns ask for more bus-days than there are.
    InfeasibleError
        When a campaign can make no visit on any bus-day.
    """
    keys = _bus_days(wanted)
    steps = _Steps(limit, progress, 1 + len(wanted) * (1 + len(orders(len(wanted)))))
    parts = [_Part.of(one, keys, seed) for one in wanted]
    sharing = _Sharing(wanted, keys, parts)
    bound = steps.take(_SHARING, sharing.bound)
    own = sharing.whole()

    def planned(owners: Owners, how: Text, effort: PlanningEffort) -> tuple[CampaignPlan, ...]:
        on = [(one, _on(one, keys, mine)) for one, mine in zip(wanted, owners, strict=True)]
        return tuple(steps.plan(of, one.name.text, how, effort, seed) for one, of in on)

    def worth(plans: Sequence[CampaignPlan]) -> float:
        return sum(one.worth * of.workers_served for one, of in zip(wanted, plans, strict=True))

    plain = replace(effort or PlanningEffort(), is_priced=False)
    plans = planned(own, _TOGETHER, replace(plain, is_priced=True))
    apart = best_in_turn(
        np.array([part.row >= 0 for part in parts]),
        [one.bus_days for one in wanted],
        lambda owners: planned(owners, _APART, plain),
        worth,
    )
    steps.end()
    if apart is not None and worth(plans) < worth(apart[1]):
        own, plans = apart
    return PlannedTogether(
        campaigns=tuple(_on(one, keys, mine) for one, mine in zip(wanted, own, strict=True)),
        plans=plans,
        worth=worth(plans),
        upper_bound=max(bound, worth(plans)),
        apart=() if apart is None else apart[1],
        apart_worth=None if apart is None else worth(apart[1]),
        cut_short=tuple(steps.cut_short),
    )


@dataclass(slots=True)
class _Steps:
    """How far the work is over all its steps, and which of them ended because time was over."""

    limit: Callable[[], StoppingCriterion]
    progress: Progress
    total: int
    taken: int = 0
    cut_short: list[Text] = field(default_factory=list)

    def take(self, name: Text, work: Callable[[StoppingCriterion, Progress], _Made]) -> _Made:
        """Return what `work` makes within a limit of its own; it tells its progress as a part."""

        def told(step: Text, fraction: float) -> None:
            said = name if step == name else Text(f"{name.zh}：{step.zh}", f"{name.en}: {step.en}")
            self.progress(said, min(1.0, (self.taken + fraction) / self.total))

        told(name, 0.0)
        stop = self.limit()
        made = work(stop, told)
        if stop():
            self.cut_short.append(name)
        self.taken += 1
        return made

    def plan(
        self, campaign: Campaign, name: Text, how: Text, effort: PlanningEffort, seed: int
    ) -> CampaignPlan:
        """Return the plan of one campaign on the bus-days that are its own."""

        def work(stop: StoppingCriterion, told: Progress) -> CampaignPlan:
            return plan_campaign(campaign, seed=seed, stop=stop, progress=told, effort=effort)

        return self.take(Text(f"{how.zh}·{name.zh}", f"{how.en}, {name.en}"), work)

    def end(self) -> None:
        """Tell that all is done, be there fewer steps than thought."""
        self.progress(_APART, 1.0)


def _bus_days(wanted: Sequence[Wanted]) -> list[BusDayKey]:
    keys = sorted(
        {(bus.id, day) for one in wanted for bus, day in one.campaign.bus_days()},
        key=lambda key: (key[1], key[0]),
    )
    asked = sum(one.bus_days for one in wanted)
    if asked > len(keys):
        names = [one.name.text for one in wanted]
        raise BadInputError(
            Text(
                f"{'、'.join(name.zh for name in names)}共要 {asked} 个车日（一辆车出一天），"
                f"只有 {len(keys)} 个；请减少车日，或增加车辆、天数。",
                f"{', '.join(name.en for name in names)} ask for {asked} bus-days and there are "
                f"{len(keys)}; ask for fewer, or add buses or days.",
            )
        )
    return keys


def _on(wanted: Wanted, keys: Sequence[BusDayKey], mine: NDArray[np.bool_]) -> Campaign:
    """Return the campaign on those bus-days that are its own."""
    campaign, name = wanted.campaign, wanted.name.text
    others = {key for key, is_mine in zip(keys, mine.tolist(), strict=True) if not is_mine}
    own = {(bus.id, day) for bus, day in campaign.bus_days()}
    if not own - others:
        raise InfeasibleError(
            Text(
                f"{name.zh}没有分到车辆和日子：别的活动用这些车能服务更多人。请给它留出几个车日。",
                f"{name.en} gets no bus on any day: other campaigns serve more people with them. "
                "State how many bus-days it has at least.",
            )
        )
    return replace(campaign, off=campaign.off | others & own)


@dataclass(slots=True, eq=False)
class _Part:
    """One campaign's master problem, driving free of charge.

    `row` (b,) is the row of each bus-day, -1 where it cannot use it.
    """

    problem: CampaignProblem
    master: Master
    pricer: Pricer
    row: NDArray[np.int64]

    @staticmethod
    def of(wanted: Wanted, keys: Sequence[BusDayKey], seed: int) -> _Part:
        whole = take_apart(wanted.campaign)
        floors = district_floors(
            wanted.campaign, whole.services, whole.duties, _least_examined(wanted)
        )
        limits = replace(whole.limits, floors=floors, km_weight=0.0)
        problem = replace(whole, limits=limits)
        master = Master(problem.services, problem.duties, limits, seed=seed)
        for tour in greedy_tours(problem.services, problem.duties, limits.visits):
            master.add(tour)
        pricer = Pricer(problem.services, problem.duties, len(wanted.campaign.stops))
        return _Part(problem, master, pricer, _rows(problem, keys))

    def plane(self, own: NDArray[np.float64], stop: StoppingCriterion) -> Plane:
        """Return what bounds the people served on any bus-days, and truly on `own` (b,)."""
        n_rows = len(self.master.bus_days())
        usable = self.row >= 0
        offered = np.zeros(n_rows)
        np.add.at(offered, self.row[usable], own[usable])
        self.master.offer(offered)
        most = min(exam_capacity(self.problem.campaign), float(self.problem.expected.sum()))
        generate(
            self.master, self.pricer, most=most, max_rounds=100, stop=stop, tolerance=_NEAR / 2
        )
        return bounding_plane(self.master, self.pricer)


def _least_examined(wanted: Wanted) -> float:
    """Return what the bus-days a campaign is promised can examine, whichever they are."""
    least = sorted(bus.exams_per_day for bus, _ in wanted.campaign.bus_days())
    quota = wanted.campaign.rules.quota
    capacity = sum(least[: wanted.bus_days])
    return capacity if quota is None else min(capacity, quota)


def _rows(problem: CampaignProblem, keys: Sequence[BusDayKey]) -> NDArray[np.int64]:
    row = {
        (problem.campaign.buses[bus].id, day): duty.row
        for duty in problem.duties
        for bus, day in duty.slots
    }
    return np.array([row.get(key, -1) for key in keys], dtype=np.int64)


class _Sharing:
    """The small program over the planes found (see the module)."""

    def __init__(
        self, wanted: Sequence[Wanted], keys: Sequence[BusDayKey], parts: Sequence[_Part]
    ) -> None:
        self._wanted, self._parts, self._n = wanted, parts, len(keys)
        self._planes: list[tuple[int, Plane]] = []

    def bound(self, stop: StoppingCriterion, progress: Progress = silent) -> float:
        """Return what nothing is worth more than, however bus-days are shared out."""
        share = centre = np.full((len(self._parts), self._n), 1.0 / len(self._parts))
        bound, best = np.inf, -np.inf
        for number in range(_ROUNDS):
            progress(_SHARING, number / _ROUNDS)
            worth = self._look(share, stop)
            if worth > best:
                best, centre = worth, share
            bound, answer = self._solve(whole=False)
            if bound - best <= _NEAR * bound or stop():
                break
            share = (answer + centre) / 2
        return float(bound)

    def whole(self) -> NDArray[np.bool_]:
        """Return (c, b) whose each bus-day is."""
        return np.asarray(self._solve(whole=True)[1] > 1 / 2)

    def _look(self, share: NDArray[np.float64], stop: StoppingCriterion) -> float:
        """Find each campaign's plane at `share`; return what its LPs are worth there."""
        worth = 0.0
        for number, (part, one) in enumerate(zip(self._parts, self._wanted, strict=True)):
            plane = part.plane(share[number], stop)
            self._planes.append((number, plane))
            worth += one.worth * plane.value
        return worth

    def _solve(self, *, whole: bool) -> tuple[float, NDArray[np.float64]]:
        """Return the worth of the best sharing out, and it, (c, b)."""
        c, n = len(self._parts), self._n
        rows: list[NDArray[np.float64]] = []
        low: list[float] = []
        high: list[float] = []
        for number, plane in self._planes:
            row = np.zeros(c * n + c)
            row[number * n : (number + 1) * n] = -self._best(number, plane)
            row[c * n + number] = 1.0
            rows, low, high = [*rows, row], [*low, -INF], [*high, plane.rest]
        for day in range(n):
            row = np.zeros(c * n + c)
            row[day : c * n : n] = 1.0
            rows, low, high = [*rows, row], [*low, 0.0], [*high, 1.0]
        for number, one in enumerate(self._wanted):
            row = np.zeros(c * n + c)
            row[number * n : (number + 1) * n] = self._parts[number].row >= 0
            rows, low, high = [*rows, row], [*low, float(one.bus_days)], [*high, float(n)]
        cost = np.concatenate([np.zeros(c * n), [one.worth for one in self._wanted]])
        highs = Highs(relative_gap=1e-6)
        highs.load(
            Program(
                matrix=csr_matrix(np.array(rows)),
                low=np.array(low),
                high=np.array(high),
                cost=cost,
                upper=np.concatenate([np.ones(c * n), np.full(c, INF)]),
                n_integer=c * n if whole else 0,
            )
        )
        highs.run()
        return highs.objective, highs.values[: c * n].reshape(c, n)

    def _best(self, number: int, plane: Plane) -> NDArray[np.float64]:
        row = self._parts[number].row
        return np.where(row >= 0, plane.best[row], 0.0)
