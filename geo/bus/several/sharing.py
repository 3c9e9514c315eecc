"""One visit, two campaigns: a campaign is held where another's bus stands already.

The bus is the other's, and so are its way and its hours. The guest brings its own crew and kit, sees
its own people on its own places, and promises each of them one place: whoever is served at a shared
visit is no longer looked for by the guest's own buses.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from geo.bus.campaign.campaign import Campaign
from geo.bus.campaign.campaign_rules import KINDS
from geo.bus.campaign.stop import Stop
from geo.bus.planned.campaign_plan import CampaignPlan
from geo.bus.planned.served import examined
from geo.bus.planned.shared_visit import SharedVisit
from geo.bus.planned.visit import BusDay, PeriodName, Visit
from geo.bus.several.beside import AnnouncedCampaign
from geo.bus.solver.services import allowed_periods, present
from geo.errors import BadInputError
from geo.layers.vocabulary import CampaignName, VisitSharing
from geo.text import Text

LEAST_PEOPLE = 5.0
"""A crew is not sent along for fewer."""
_NO_QUOTA = 1e-6
"""People: a quota has to stay above zero."""


@dataclass(frozen=True, slots=True, eq=False)
class Stand:
    """A bus of another campaign, standing at a stop.

    Attributes
    ----------
    host : AnnouncedCampaign
        Whose it is.
    bus_day, visit
        Of its plan.
    order : int
        Place in the order of the day, from 1.
    """

    host: AnnouncedCampaign
    bus_day: BusDay
    visit: Visit
    order: int

    @property
    def key(self) -> tuple[str, date, str]:
        """Bus id, day and stop id."""
        campaign = self.host.campaign
        return (
            campaign.buses[self.bus_day.bus].id,
            self.bus_day.day,
            campaign.stops[self.visit.stop].id,
        )


def may_share(guest: CampaignName, host: CampaignName, rule: VisitSharing) -> bool:
    """Return whether `guest` may be held at visits of `host`."""
    if guest == host or rule == VisitSharing.NEVER:
        return False
    return rule == VisitSharing.ALWAYS or not KINDS[guest].needs_room


def hosts_of(
    campaign: Campaign, name: CampaignName, standing: Iterable[AnnouncedCampaign]
) -> list[AnnouncedCampaign]:
    """Return those of `standing` at whose visits `campaign` may be held."""
    rule = campaign.rules.share_visits
    return [one for one in standing if may_share(name, one.name, rule)]


def stands_of(standing: Iterable[AnnouncedCampaign]) -> dict[tuple[str, date, str], Stand]:
    """Return every visit of the campaigns that stand, by bus, day and stop."""
    stands = (
        Stand(host, bus_day, visit, order)
        for host in standing
        for bus_day in host.plan.bus_days
        for order, visit in enumerate(bus_day.visits, start=1)
    )
    return {stand.key: stand for stand in stands}


def share_visits(
    campaign: Campaign, name: CampaignName, standing: Iterable[AnnouncedCampaign]
) -> tuple[SharedVisit, ...]:
    """Return the visits of others at which `campaign` is held too, by day, bus and hour.

    The visit that reaches most of those left is taken first, until none reaches ``LEAST_PEOPLE``.
    """
    hosts = hosts_of(campaign, name, standing)
    stands, held = list(stands_of(hosts).values()), Guests(campaign)
    while stands:
        offers = [(stand, held.offer(stand)) for stand in stands]
        stand, best = max(offers, key=lambda one: one[1].served if one[1] else 0.0)
        if best is None or best.served < LEAST_PEOPLE:
            break
        held.take(best)
        stands = [one for one, offer in offers if offer is not None and one is not stand]
    return held.shared


def share_one(
    campaign: Campaign, plan: CampaignPlan, shared: Sequence[SharedVisit], stand: Stand
) -> SharedVisit:
    """Return `campaign` held at one visit more, beside its own plan and those it shares already.

    Raises
    ------
    BadInputError
        If it cannot be held there; it says why.
    """
    held = Guests(campaign, plan)
    for one in shared:
        held.take(one)
    offer = held.offer(stand)
    if offer is None or offer.served <= 0:
        where = stand.host.campaign.stops[stand.visit.stop].name
        raise BadInputError(
            Text(
                f"{where} {stand.bus_day.day.isoformat()} 不能同场：时段或停留不合本活动规则、间隔太近，"
                "或这里本活动的人都已排上。",
                f"{where} on {stand.bus_day.day.isoformat()} cannot be shared: hours or stay break "
                "this campaign's rules, it is visited too soon again, or everybody there has a place.",
            )
        )
    return offer


class Guests:
    """Who of a campaign is left, and how many its crews may still see, as visits are shared."""

    def __init__(self, campaign: Campaign, plan: CampaignPlan | None = None) -> None:
        self._campaign = campaign
        self._left = campaign.expected.astype(np.float64).copy()
        quota = campaign.rules.quota
        self._places = np.inf if quota is None else quota
        self._visits: list[tuple[str, date]] = []
        if plan is not None:
            self._left -= examined(campaign, plan.servings)
            self._places -= plan.workers_served
            self._visits = [(campaign.stops[v.stop].id, day.day) for day, v in plan.visits]
        self._days: dict[tuple[str, date], float] = {}
        self._bus = {bus.id: bus for bus in campaign.buses}
        self._stop = {stop.id: number for number, stop in enumerate(campaign.stops)}
        self._taken: list[SharedVisit] = []

    @property
    def shared(self) -> tuple[SharedVisit, ...]:
        """The visits taken, by day, bus and hour."""
        return tuple(sorted(self._taken, key=lambda one: (one.day, one.bus, one.start_min)))

    def take(self, one: SharedVisit) -> None:
        """Give the people of `one` their place."""
        self._taken.append(one)
        self._visits.append((one.stop, one.day))
        np.subtract.at(self._left, list(one.people), list(one.amount))
        self._places -= one.served
        self._days[one.bus, one.day] = self._days.get((one.bus, one.day), 0.0) + one.served

    def offer(self, stand: Stand) -> SharedVisit | None:
        """Return the campaign held at `stand` for those left, None where its rules forbid it."""
        bus_id, day, stop_id = stand.key
        stop = self._stop.get(stop_id)
        if stop is None or day not in self._campaign.days or self._too_soon(stop_id, day):
            return None
        if not _is_free(self._campaign, stop, day):
            return None
        held = held_at(self._campaign, stop, stand)
        if held is None:
            return None
        bus = self._bus.get(bus_id, self._campaign.buses[0])
        room = min(
            self._places,
            bus.exams_per_day - self._days.get((bus_id, day), 0.0),
            held.stay_min * bus.exams_per_hour / 60,
        )
        people, amount = self._people(stop, held.period, day, room)
        return replace(held, people=people, amount=amount)

    def _too_soon(self, stop_id: str, day: date) -> bool:
        apart = self._campaign.rules.days_between_visits
        return any(
            stop == stop_id and abs((when - day).days) < apart for stop, when in self._visits
        )

    def _people(
        self, stop: int, period: PeriodName, day: date, room: float
    ) -> tuple[tuple[int, ...], tuple[float, ...]]:
        campaign = self._campaign
        near = np.unique(campaign.pair_people[campaign.pair_stop == stop])
        there = near[present(campaign, day)[int(period == "evening")][near]]
        left = np.maximum(self._left[there], 0.0)
        total = float(left.sum())
        if total <= 0 or room <= 0:
            return (), ()
        amount = left * min(1.0, room / total)
        kept = amount > 0
        return tuple(there[kept].tolist()), tuple(amount[kept].tolist())


def _is_free(campaign: Campaign, stop: int, day: date) -> bool:
    place = campaign.stops[stop]
    return not place.banned and day not in place.banned_days


def held_at(campaign: Campaign, stop: int, stand: Stand) -> SharedVisit | None:
    """Return `campaign` held while the bus of `stand` is at `stop`, for nobody yet.

    It begins with the host's exams and has the longest stay its own rules allow in that time; None
    where they allow none.
    """
    visit, rules = stand.visit, campaign.rules
    period = rules.evening if visit.period == "evening" else rules.day
    if (visit.period == "evening") not in allowed_periods(campaign, stop):
        return None
    inside = visit.break_min if visit.break_start_min >= visit.start_min else 0
    for stay_min in reversed(rules.stays_min):
        rest_min = inside if visit.break_start_min < visit.start_min + stay_min else 0
        end_min = visit.start_min + stay_min + rest_min
        if (
            end_min <= visit.end_min
            and period.from_min <= visit.start_min
            and (end_min <= period.until_min)
        ):
            bus, day, stop_id = stand.key
            return SharedVisit(
                host=stand.host.name.value,
                bus=bus,
                day=day,
                stop=stop_id,
                order=stand.order,
                period=visit.period,
                arrive_min=visit.arrive_min,
                start_min=visit.start_min,
                end_min=end_min,
                depart_min=visit.depart_min,
                rest_min=rest_min,
            )
    return None


def without_shared(campaign: Campaign, shared: Sequence[SharedVisit]) -> Campaign:
    """Return `campaign` as its own buses see it: without the people who have a place already.

    A stop shared is not visited again too soon, and places given are gone from the quota.
    """
    if not shared:
        return campaign
    given = np.zeros(len(campaign.people.count))
    for one in shared:
        np.add.at(given, list(one.people), list(one.amount))
    come = campaign.expected / np.maximum(campaign.people.count, 1e-12)
    count = campaign.people.count - given / np.maximum(come, 1e-12)
    quota = campaign.rules.quota
    if quota is not None:
        quota = max(_NO_QUOTA, quota - float(given.sum()))
    return replace(
        campaign,
        people=replace(campaign.people, count=np.maximum(count, 0.0)),
        stops=tuple(_kept_off(campaign, stop, shared) for stop in campaign.stops),
        rules=replace(campaign.rules, quota=quota),
    )


def _kept_off(campaign: Campaign, stop: Stop, shared: Sequence[SharedVisit]) -> Stop:
    """Return `stop` closed to the campaign's own buses on the days about a shared visit."""
    days = [one.day for one in shared if one.stop == stop.id]
    if not days:
        return stop
    apart = campaign.rules.days_between_visits
    near = {day for day in campaign.days if any(abs((day - one).days) < apart for one in days)}
    return replace(stop, banned_days=stop.banned_days | near, must_visit=False)


def most_with_shared(
    campaign: Campaign, name: CampaignName, standing: Iterable[AnnouncedCampaign]
) -> float:
    """Return what no plan of `campaign` serves more than, its own buses and shared visits together.

    The people who would come, the places paid for, and what all crews can see in their time,
    whichever is least; `campaign` runs on the bus-days that are free.
    """
    hosts = hosts_of(campaign, name, standing)
    bus = {one.id: one for one in campaign.buses}
    seen: dict[tuple[str, date], float] = {}
    for stand in stands_of(hosts).values():
        stop = next((n for n, one in enumerate(campaign.stops) if one.id == stand.key[2]), None)
        held = None if stop is None else held_at(campaign, stop, stand)
        if held is not None and held.day in campaign.days:
            of = bus.get(held.bus, campaign.buses[0])
            room = seen.get((held.bus, held.day), 0.0) + held.stay_min * of.exams_per_hour / 60
            seen[held.bus, held.day] = min(of.exams_per_day, room)
    own = campaign.most_examined()
    quota = campaign.rules.quota
    near = np.unique(campaign.pair_people)
    come = float(campaign.expected[near].sum())
    return min(come, own + sum(seen.values()), np.inf if quota is None else quota)
