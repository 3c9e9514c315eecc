"""What a plan changed by hand breaks, by the independent checker, and what it costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from geo.bus.board.edits import Key, Placed
from geo.bus.board.layout import DayGround, exam_min, laid_out, lawful_day
from geo.bus.campaign.campaign import Campaign
from geo.bus.check import Broken, broken_rules
from geo.bus.planned.campaign_plan import CampaignPlan
from geo.bus.planned.visit import BusDay, Visit, VisitKey
from geo.bus.replanning.changes import BY_HAND, VisitChange, find_changes
from geo.bus.replanning.mending import what_stands
from geo.bus.replanning.promised_day import DriveMinutes, PromisedDay
from geo.bus.replanning.promises import ReplanRules
from geo.bus.replanning.rebuilding import Rebuilt, Stay
from geo.bus.replanning.remainder import Remainder, cut
from geo.bus.replanning.replan import report
from geo.bus.solver.roster import Slot
from geo.errors import BadInputError
from geo.text import Text

_TINY = 1e-6
"""People: what is missing below this is rounding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a board costs against what is announced; people are expected ones.

    Attributes
    ----------
    people, people_before : float
        Examined over the whole campaign.
    km, km_before : float
        Driven on the days still to come.
    below_floor : Mapping[str, float]
        People missing at each district's floor, by code.
    changes : tuple[VisitChange, ...]
        Visits that are no longer as announced: whom to phone.
    """

    people: float
    people_before: float
    km: float
    km_before: float
    below_floor: Mapping[str, float]
    changes: tuple[VisitChange, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Evaluated:
    """A board: its plan, what it breaks, what it costs.

    Attributes
    ----------
    plan : CampaignPlan
        Of the whole campaign; lawful only where nothing is broken.
    broken : tuple[Broken, ...]
        Rules broken on the days still to come.
    cost : Cost
        Against what is announced.
    """

    plan: CampaignPlan
    broken: tuple[Broken, ...]
    cost: Cost


class Board:
    """A plan that is being changed by hand; what does not change with an edit is kept.

    Parameters
    ----------
    campaign, plan
        As announced; bus-days of other campaigns are off.
    now : datetime
        Asia/Shanghai; what has begun by then cannot be changed.
    came : Mapping[VisitKey, float] | None
        People examined at visits that are over, where recorded.
    why : Text
        The reason told with every change.
    """

    def __init__(
        self,
        campaign: Campaign,
        plan: CampaignPlan,
        now: datetime,
        came: Mapping[VisitKey, float] | None = None,
        *,
        why: Text = BY_HAND,
    ) -> None:
        self.campaign, self.plan, self.now, self._why = campaign, plan, now, why
        self._is_recorded = bool(came)
        self.rest: Remainder = cut(campaign, plan, now, came)
        self.ground = DriveMinutes.of(self.rest.campaign)
        self._bus = {bus.id: number for number, bus in enumerate(campaign.buses)}
        self._stop = {stop.id: number for number, stop in enumerate(campaign.stops)}
        self._days: dict[Slot, BusDay] = {(one.bus, one.day): one for one in self.rest.bus_days}
        stands = {slot: self._stand(slot, day.visits) for slot, day in self._days.items()}
        weight = ReplanRules().change_weight
        self._base = what_stands(self.rest, self.ground, stands, campaign, weight)

    @cached_property
    def placed(self) -> tuple[Placed, ...]:
        """The visits still to come as they are announced, those begun locked."""
        return tuple(
            self._placed(slot, visit, begun=number < self.rest.begun.get(slot, 0))
            for slot, day in sorted(self._days.items(), key=lambda one: (one[0][1], one[0][0]))
            for number, visit in enumerate(day.visits)
        )

    @cached_property
    def begun(self) -> frozenset[Key]:
        """Visits of today that have begun."""
        return frozenset(one.key for one in self.placed if one.is_locked)

    @cached_property
    def _ground(self) -> DayGround:
        known = {
            self._placed(slot, visit).key: visit
            for slot, day in self._days.items()
            for visit in day.visits
        }
        return DayGround(self.ground, self._stop, known)

    def _placed(self, slot: Slot, visit: Visit, *, begun: bool = False) -> Placed:
        return Placed(
            bus=self.campaign.buses[slot[0]].id,
            day=slot[1],
            stop=self.campaign.stops[visit.stop].id,
            start_min=visit.start_min,
            stay_min=exam_min(visit),
            is_locked=begun,
        )

    def evaluate(self, placed: Sequence[Placed], *, ranged: bool = False) -> Evaluated:
        """Return what the visits `placed` break and cost.

        Parameters
        ----------
        placed : Sequence[Placed]
            All visits still to come.
        ranged : bool
            Whether the plan says whom it serves at the low and the high turn-out: for one that is
            kept, not for one that is looked at.

        Raises
        ------
        BadInputError
            If a bus, day or stop is not of the campaign, or a day is over.
        """
        self._refuse_strange(placed)
        found = self._built(placed).with_everybody()
        coming = found.as_plan()
        broken = broken_rules(self.rest.campaign, coming, must=False)
        plan = report(
            self.campaign,
            self.plan,
            self.rest,
            found,
            is_recorded=self._is_recorded,
            ranged=ranged,
        )
        return Evaluated(plan, broken, self._cost(plan))

    def days_of(self, placed: Sequence[Placed]) -> tuple[BusDay, ...]:
        """Return the bus-days of `placed` as they are laid out, by day, then bus."""
        slots: dict[Slot, list[Placed]] = {}
        for one in placed:
            slots.setdefault((self._bus[one.bus], one.day), []).append(one)
        return tuple(
            self.day_of(slot, slots[slot]) for slot in sorted(slots, key=lambda s: (s[1], s[0]))
        )

    def day_of(self, slot: Slot, placed: Sequence[Placed]) -> BusDay:
        """Return one bus-day, as announced where nothing of it has changed."""
        old = self._days.get(slot)
        if old is not None and self._same(old, placed):
            return old
        return laid_out(self._ground, placed, self._stand(slot))

    def is_lawful(self, slot: Slot, placed: Sequence[Placed]) -> bool:
        """Return whether a bus-day by itself can be driven, told in a millisecond."""
        return lawful_day(self._ground, placed, self._stand(slot)) is not None

    def _same(self, old: BusDay, placed: Sequence[Placed]) -> bool:
        now = {(self._stop[one.stop], one.start_min, one.stay_min) for one in placed}
        return now == {(v.stop, v.start_min, exam_min(v)) for v in old.visits}

    def _stand(self, slot: Slot, visits: tuple[Visit, ...] = ()) -> PromisedDay:
        old, begun = self._days.get(slot), self.rest.begun.get(slot, 0)
        is_today = slot[1] == self.now.date()
        return PromisedDay(
            bus=slot[0],
            day=slot[1],
            shift=0 if old is None else old.shift,
            visits=visits,
            begun=begun,
            leave_min=old.leave_min if old is not None and begun else -1,
            from_min=self.now.hour * 60 + self.now.minute if is_today else 0,
        )

    def _built(self, placed: Sequence[Placed]) -> Rebuilt:
        """Return the visits with the people promised to those that are as announced."""
        days = self.days_of(placed)
        served: dict[Stay, Mapping[int, float]] = {}
        for day in days:
            for visit in day.visits:
                stay = day.bus, day.day, visit.stop
                if stay in self._base.served and self._keeps(day, visit):
                    served[stay] = self._base.served[stay]
        standings = {}
        for day in days:
            visits = tuple(
                replace(v, served=sum(served.get((day.bus, day.day, v.stop), {}).values()))
                for v in day.visits
            )
            slot = day.bus, day.day
            standings[slot] = replace(self._stand(slot, visits), shift=day.shift)
        return Rebuilt(self._base.scene, standings, served, days)

    def _keeps(self, day: BusDay, visit: Visit) -> bool:
        key = self._placed((day.bus, day.day), visit).key
        old = self._ground.known.get(key)
        return old is not None and (old.start_min, old.end_min) == (visit.start_min, visit.end_min)

    def _cost(self, plan: CampaignPlan) -> Cost:
        days = {one.day for one in self.rest.past}
        short = {row.district: row.floor - row.served for row in plan.districts}
        return Cost(
            people=plan.workers_served,
            people_before=self.plan.workers_served,
            km=sum(one.distance_m for one in plan.bus_days if one.day not in days) / 1000,
            km_before=sum(one.distance_m for one in self.plan.bus_days if one.day not in days)
            / 1000,
            below_floor={name: missing for name, missing in short.items() if missing > _TINY},
            changes=find_changes(self.campaign, self.plan, plan, {}, self._why),
        )

    def _refuse_strange(self, placed: Sequence[Placed]) -> None:
        days = set(self.rest.campaign.days)
        for one in placed:
            for name, known, value in (
                (Text("车辆", "bus"), one.bus in self._bus, one.bus),
                (Text("停靠点", "stop"), one.stop in self._stop, one.stop),
                (Text("日期", "day"), one.day in days, one.day.isoformat()),
            ):
                if not known:
                    raise BadInputError(
                        Text(
                            f"{name.zh} {value} 不在剩余的行程里，请换一个。",
                            f"The {name.en} {value} is not of what is left of the campaign; take "
                            "another.",
                        )
                    )
