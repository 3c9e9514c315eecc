"""A campaign planned anew keeps what is announced until its first new day.

Whoever plans today from tomorrow on takes no visit away from people who are told to come today: the
days in between stand as they are, the new plan is made for the people, places and stops they leave,
and both are one plan from then on.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from geo.bus.campaign.campaign import Campaign
from geo.bus.planned.campaign_plan import CampaignPlan, DistrictRow
from geo.bus.planned.served import Servings, examined, served_by_district
from geo.bus.planned.shared_visit import SharedVisit
from geo.bus.planned.visit import BusDay, VisitKey, exams_possible
from geo.bus.replanning.remainder import left_after
from geo.bus.several.beside import AnnouncedCampaign
from geo.bus.several.sharing import without_shared
from geo.errors import InfeasibleError
from geo.layers.vocabulary import CampaignName
from geo.text import Text

_NOBODY = 0.5
"""People: fewer than half of one are nobody."""
_CHANCE = 1e-12
"""A turn-out: no division by none."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class KeptDays:
    """What stands on the days before a campaign is planned anew, in the numbers of the new one.

    Attributes
    ----------
    bus_days : tuple[BusDay, ...]
        By day, then bus.
    servings : Servings
        Who is served at their visits.
    shared : tuple[SharedVisit, ...]
        Visits of others at which the campaign is held on those days.
    recorded : frozenset[VisitKey]
        Those of them whose people are known to be examined: the new campaign is without them.
    name : CampaignName | None
        Which campaign it is; None where nothing stands.
    """

    bus_days: tuple[BusDay, ...] = ()
    servings: Servings
    shared: tuple[SharedVisit, ...] = ()
    recorded: frozenset[VisitKey] = frozenset()
    name: CampaignName | None = None

    @property
    def days(self) -> tuple[date, ...]:
        """The days on which something stands."""
        days = {one.day for one in self.bus_days} | {one.day for one in self.shared}
        return tuple(sorted(days))

    def left(self, campaign: Campaign) -> Campaign:
        """Return `campaign` without the people and places promised, and stops visited too lately.

        Raises
        ------
        InfeasibleError
            If everybody in reach who comes has a place already.
        """
        if not self.days:
            return campaign
        shared = [one for one in self.shared if one.key not in self.recorded]
        after = left_after(campaign, campaign.days, self.bus_days, self._promised(campaign))
        after = without_shared(after, shared)
        self._refuse_nobody(campaign, after)
        visited = {visit.stop for day in self.bus_days for visit in day.visits}
        stops = tuple(
            replace(stop, must_visit=stop.must_visit and number not in visited)
            for number, stop in enumerate(after.stops)
        )
        return replace(after, stops=stops)

    def joined(
        self, whole: Campaign, planned: Campaign, plan: CampaignPlan
    ) -> tuple[Campaign, CampaignPlan]:
        """Return the campaign and plan of these days and the new ones.

        Parameters
        ----------
        whole : Campaign
            As it was before :meth:`left`.
        planned : Campaign
            What `plan` was made for.
        """
        if not self.days:
            return planned, plan
        done = examined(planned, self.servings, self.shared)
        people = replace(planned.people, count=planned.people.count + done / _come(planned))
        campaign = replace(
            planned,
            days=(*self.days, *planned.days),
            people=people,
            stops=whole.stops,
            rules=whole.rules,
        )
        return campaign, self._with(campaign, plan)

    def _refuse_nobody(self, campaign: Campaign, after: Campaign) -> None:
        near = np.unique(campaign.pair_people)
        come, left = float(campaign.expected[near].sum()), float(after.expected[near].sum())
        if come > 0 and left < _NOBODY:
            name, until = self.name or CampaignName.CHECKUP, campaign.days[0].isoformat()
            raise InfeasibleError(
                Text(
                    f"{name.text.zh}在 {until} 之前已公告的停靠里，预计会来的 {come:,.0f} 人都已有名额，"
                    "没有还要排的人。要重新安排，请先在看板上取消那些停靠。",
                    f"{name.text.en}: all {come:,.0f} people who come have a place at visits "
                    f"announced before {until}; nobody is left to plan for. Remove those visits on "
                    "the board first.",
                )
            )

    def _promised(self, campaign: Campaign) -> Servings:
        """Return who is served at visits that are not recorded yet."""
        keys = [
            (campaign.buses[day.bus].id, day.day, campaign.stops[visit.stop].id)
            for day in self.bus_days
            for visit in day.visits
        ]
        open_ = np.array([key not in self.recorded for key in keys], dtype=bool)
        rows = open_[self.servings.visit] if keys else np.zeros(0, dtype=bool)
        return self.servings.where(rows)

    def _with(self, campaign: Campaign, plan: CampaignPlan) -> CampaignPlan:
        turnout = campaign.rules.turnout
        stands = float(self.servings.amount.sum())
        room = sum(
            exams_possible(visit, campaign.buses[day.bus].exams_per_hour)
            for day in self.bus_days
            for visit in day.visits
        )
        low, high = (stands * rate / turnout.expected for rate in (turnout.low, turnout.high))
        offset = sum(len(day.visits) for day in self.bus_days)
        return replace(
            plan,
            bus_days=(*self.bus_days, *plan.bus_days),
            servings=Servings(
                np.concatenate([self.servings.visit, plan.servings.visit + offset]).astype(
                    np.int32
                ),
                np.concatenate([self.servings.people, plan.servings.people]).astype(np.int32),
                np.concatenate([self.servings.amount, plan.servings.amount]),
            ),
            workers_served=plan.workers_served + stands,
            served_range=(
                plan.served_range[0] + low,
                plan.served_range[1] + max(stands, min(high, room)),
            ),
            upper_bound=plan.upper_bound + stands,
            districts=_districts(plan.districts, served_by_district(campaign, self.servings)),
        )


def kept_days(
    before: AnnouncedCampaign,
    campaign: Campaign,
    since: date,
    recorded: Collection[VisitKey] = (),
) -> KeptDays:
    """Return what stands `before` from `since` to the first day of `campaign`, which is planned anew.

    A bus-day whose bus, depot or shift is another one now, or with a stop that is listed no more,
    cannot stand; it is told as called off like all that a plan leaves out.

    Parameters
    ----------
    recorded : Collection[VisitKey]
        Visits whose people `campaign` is without already.
    """
    old, first = before.campaign, campaign.days[0]
    known = {stop.id for stop in campaign.stops}
    people = _numbers(old.people.id, campaign.people.id)
    stops = _numbers([one.id for one in old.stops], [one.id for one in campaign.stops])
    kept: list[BusDay] = []
    numbers: list[int] = []
    number = 0
    for day in before.plan.bus_days:
        stands = _stands(old, campaign, day, stops) if since <= day.day < first else None
        if stands is not None:
            kept.append(stands)
            numbers += range(number, number + len(day.visits))
        number += len(day.visits)
    servings = _renumbered(before.plan.servings, numbers, people)
    return KeptDays(
        bus_days=_as_served(kept, servings),
        servings=servings,
        shared=tuple(
            _guest(one, people)
            for one in before.shared
            if since <= one.day < first and one.stop in known
        ),
        recorded=frozenset(recorded),
        name=before.name,
    )


NOTHING_KEPT = KeptDays(servings=Servings.none())


def _stands(old: Campaign, new: Campaign, day: BusDay, stops: Mapping[int, int]) -> BusDay | None:
    """Return `day` in the numbers of `new`, None where it could not be driven there."""
    bus = old.buses[day.bus]
    number = next((n for n, one in enumerate(new.buses) if one.id == bus.id), None)
    if number is None or not all(visit.stop in stops for visit in day.visits):
        return None
    now = new.buses[number]
    depots = [
        (campaign.depots[one.start_depot].id, campaign.depots[one.end_depot].id)
        for campaign, one in ((old, bus), (new, now))
    ]
    same_shift = day.shift < len(now.shifts) and now.shifts[day.shift] == bus.shifts[day.shift]
    if depots[0] != depots[1] or not same_shift:
        return None
    visits = tuple(replace(one, stop=stops[one.stop]) for one in day.visits)
    return replace(day, bus=number, visits=visits)


def _numbers(old: Sequence[str], new: Sequence[str]) -> dict[int, int]:
    """Return where each of `old` is in `new`."""
    known = {name: number for number, name in enumerate(new)}
    return {number: known[name] for number, name in enumerate(old) if name in known}


def _renumbered(servings: Servings, visits: Sequence[int], people: Mapping[int, int]) -> Servings:
    """Return the rows of `visits`, numbered from 0, of people who are listed still."""
    place = {visit: number for number, visit in enumerate(visits)}
    rows = np.array(
        [
            visit in place and who in people
            for visit, who in zip(servings.visit.tolist(), servings.people.tolist(), strict=True)
        ],
        dtype=bool,
    )
    held = servings.where(rows)
    return Servings(
        np.array([place[one] for one in held.visit.tolist()], dtype=np.int32),
        np.array([people[one] for one in held.people.tolist()], dtype=np.int32),
        held.amount,
    )


def _as_served(bus_days: Sequence[BusDay], servings: Servings) -> tuple[BusDay, ...]:
    """Return `bus_days` with the people that `servings` tell of each visit."""
    total = sum(len(day.visits) for day in bus_days)
    served = iter(servings.per_visit(total).tolist())
    return tuple(
        replace(day, visits=tuple(replace(one, served=next(served)) for one in day.visits))
        for day in bus_days
    )


def _guest(one: SharedVisit, people: Mapping[int, int]) -> SharedVisit:
    told = [
        (people[who], n) for who, n in zip(one.people, one.amount, strict=True) if who in people
    ]
    return replace(one, people=tuple(who for who, _ in told), amount=tuple(n for _, n in told))


def _come(campaign: Campaign) -> NDArray[np.float64]:
    """Return (c,) the part of each concentration that comes."""
    rate = np.ones(1) if campaign.people.rate is None else campaign.people.rate
    come: NDArray[np.float64] = np.maximum(
        np.minimum(campaign.rules.turnout.expected * rate, 1.0), _CHANCE
    )
    return come


def _districts(rows: Sequence[DistrictRow], stands: Mapping[str, float]) -> tuple[DistrictRow, ...]:
    """Return `rows` with the people who `stands` already, who are owed and served as announced."""
    left = dict(stands)
    told = [
        replace(
            row,
            expected=row.expected + left.get(row.district, 0.0),
            floor=row.floor + left.get(row.district, 0.0),
            served=row.served + left.pop(row.district, 0.0),
        )
        for row in rows
    ]
    told += [DistrictRow(name, n, n, n) for name, n in sorted(left.items())]
    return tuple(told)
