"""What of an announced plan can stay after events, and who keeps a place there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from geo.bus.campaign.campaign import Campaign, Drive
from geo.bus.planned.campaign_plan import CampaignPlan
from geo.bus.planned.visit import BusDay, Visit
from geo.bus.replanning.insertion import Crowd
from geo.bus.replanning.promised_day import DriveMinutes, PromisedDay, settle
from geo.bus.replanning.promises import Promise
from geo.bus.replanning.rebuilding import Rebuilt, Scene, Stay
from geo.bus.replanning.remainder import Remainder
from geo.bus.solver.roster import Slot


def keep_begun(
    after: Campaign, before: Campaign, plan: CampaignPlan, now: datetime
) -> tuple[Campaign, frozenset[Slot]]:
    """Return `after` in which what has begun today stays lawful, and the bus-days that end now."""
    today, minute = now.date(), now.hour * 60 + now.minute
    time_s, distance_m = after.drive.time_s.copy(), after.drive.distance_m.copy()
    shut: set[Slot] = set()
    off, stops = set(after.off), list(after.stops)
    for one in plan.bus_days:
        begun = [visit for visit in one.visits if visit.arrive_min <= minute]
        if one.day != today or not begun:
            continue
        bus = after.buses[one.bus]
        if (bus.id, today) in off:
            off.discard((bus.id, today))
            shut.add((one.bus, today))
        at = after.place_of_depot(bus.start_depot)
        for visit in begun:
            place = stops[visit.stop]
            stops[visit.stop] = replace(place, banned_days=place.banned_days - {today})
            time_s[at, visit.stop] = before.drive.time_s[at, visit.stop]
            distance_m[at, visit.stop] = before.drive.distance_m[at, visit.stop]
            at = visit.stop
    drive = Drive(distance_m, time_s)
    return replace(after, drive=drive, off=frozenset(off), stops=tuple(stops)), frozenset(shut)


def mend(
    rest: Remainder, ground: DriveMinutes, shut: frozenset[Slot], now: datetime
) -> tuple[dict[Slot, PromisedDay], list[tuple[Slot, Visit]]]:
    """Return the bus-days without the visits that cannot stay, and those visits."""
    campaign = rest.campaign
    standings: dict[Slot, PromisedDay] = {}
    dropped: list[tuple[Slot, Visit]] = []
    for one in rest.bus_days:
        slot = one.bus, one.day
        begun = rest.begun.get(slot, 0)
        runs = (campaign.buses[one.bus].id, one.day) not in campaign.off and slot not in shut
        visits = tuple(
            visit
            for number, visit in enumerate(one.visits)
            if number < begun or (runs and one.day not in campaign.stops[visit.stop].banned_days)
        )
        standing = _standing(campaign, one, visits, begun, now)
        if begun == 0 or visits != one.visits[:begun]:
            standing = _lawful(ground, standing)
        if standing.visits:
            standings[slot] = standing
        stay = {visit.stop for visit in standing.visits}
        dropped.extend((slot, visit) for visit in one.visits if visit.stop not in stay)
    return standings, dropped


def _standing(
    campaign: Campaign, one: BusDay, visits: tuple[Visit, ...], begun: int, now: datetime
) -> PromisedDay:
    now_min = now.hour * 60 + now.minute if one.day == now.date() else 0
    standing = PromisedDay(
        bus=one.bus,
        day=one.day,
        shift=one.shift,
        visits=visits,
        begun=begun,
        leave_min=one.leave_min if begun else -1,
        from_min=now_min,
    )
    parts = campaign.free_parts(campaign.buses[one.bus], one.day)
    for part in parts:
        if part.shift == one.shift and part.holds(one.leave_min, one.back_min):
            return standing.in_part(part, now_min)
    return standing


def _lawful(ground: DriveMinutes, standing: PromisedDay) -> PromisedDay:
    """Drop as few people's visits as make the bus-day lawful again."""
    while len(standing.visits) > standing.begun:
        settled = settle(ground, standing)
        if settled is not None:
            return replace(standing, visits=settled.visits)
        fewer = [
            replace(standing, visits=(*standing.visits[:k], *standing.visits[k + 1 :]))
            for k in range(standing.begun, len(standing.visits))
        ]
        lawful = [one for one in fewer if one.visits and settle(ground, one) is not None]
        standing = max(lawful or fewer[-1:], key=lambda one: sum(v.served for v in one.visits))
    return standing


def what_stands(
    rest: Remainder,
    ground: DriveMinutes,
    standings: Mapping[Slot, PromisedDay],
    before: Campaign,
    change_weight: float,
) -> Rebuilt:
    """Return what stands with the people promised to it, fewer where fewer come than expected."""
    scale = min(1.0, rest.campaign.rules.turnout.expected / before.rules.turnout.expected)
    served: dict[Stay, dict[int, float]] = {}
    visits = [(bus_day, visit) for bus_day in rest.bus_days for visit in bus_day.visits]
    room = rest.campaign.expected.copy()
    for number, who, amount in zip(
        rest.servings.visit.tolist(),
        rest.servings.people.tolist(),
        rest.servings.amount.tolist(),
        strict=True,
    ):
        bus_day, visit = visits[number]
        slot = bus_day.bus, bus_day.day
        if slot not in standings or visit.stop not in {v.stop for v in standings[slot].visits}:
            continue
        stays = min(amount * scale, float(room[who]))
        room[who] -= stays
        served.setdefault((*slot, visit.stop), {})[who] = stays
    scaled = {
        slot: replace(
            standing,
            visits=tuple(
                replace(visit, served=sum(served.get((*slot, visit.stop), {}).values()))
                for visit in standing.visits
            ),
        )
        for slot, standing in standings.items()
    }
    promises: frozenset[Promise] = frozenset(
        (visit.stop, slot[1], visit.start_min, visit.end_min)
        for slot, standing in scaled.items()
        for visit in standing.visits
    )
    scene = Scene(rest, ground, Crowd.of(rest.campaign), promises, change_weight)
    return Rebuilt(scene, scaled, served)
