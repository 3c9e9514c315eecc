"""Winning back what events took: new visits where there is time, touched bus-days afresh."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from geo.campaign.events import Event, TurnoutChanged
from geo.campaign.insertion import WIDE, fill
from geo.campaign.plan import plan_campaign
from geo.campaign.rebuilding import Rebuilt
from geo.campaign.remainder import Remainder
from geo.campaign.roster import Slot
from geo.campaign.standing import Standing, settle
from geo.campaign.visit import Visit
from geo.errors import BadInputError, YizhanError
from geo.solving import Stop
from geo.text import Text

_RELEASED = 6
"""Bus-days planned afresh at most: each takes the solver a fraction of a second."""


@dataclass(frozen=True, slots=True)
class ReplanRules:
    """What a planner decides about a re-plan.

    Attributes
    ----------
    change_weight : float
        People that moving one announced visit, or announcing a new one, must win.
    notice_min : int
        Exams of a new visit today begin so many minutes from now at the earliest.
    """

    change_weight: float = 5.0
    notice_min: int = 60

    def __post_init__(self) -> None:
        """Refuse negative values."""
        if self.change_weight < 0 or self.notice_min < 0:
            raise BadInputError(
                Text(
                    "改动代价和通知时间不能为负。", "Change weight and notice must not be negative."
                )
            )


def open_slots(rest: Remainder, shut: frozenset[Slot]) -> list[Slot]:
    """Return every bus-day still to come that may be changed."""
    campaign = rest.campaign
    number = {bus.id: index for index, bus in enumerate(campaign.buses)}
    slots = [(number[bus.id], day) for bus, day in campaign.bus_days()]
    return [slot for slot in slots if slot not in shut]


def touched_slots(
    start: Rebuilt,
    dropped: Sequence[tuple[Slot, Visit]],
    events: Sequence[Event],
    shut: frozenset[Slot],
) -> list[Slot]:
    """Return the bus-days to work on, those that lost most people first."""
    rest = start.scene.rest
    lost: dict[Slot, float] = {}
    for slot, visit in dropped:
        lost[slot] = lost.get(slot, 0.0) + visit.served
    if any(isinstance(event, TurnoutChanged) for event in events):
        lost = {slot: lost.get(slot, 0.0) for slot in start.standings} | lost
    running = set(open_slots(rest, shut))
    return sorted((slot for slot in lost if slot in running), key=lambda slot: (-lost[slot], slot))


def filled(
    found: Rebuilt,
    slots: Sequence[Slot],
    now: datetime,
    rules: ReplanRules,
    stop: Stop,
    *,
    beam: tuple[int, ...] = WIDE,
) -> Rebuilt:
    """Return `found` with new visits in `slots`, where they are worth announcing."""
    scene = found.scene
    for slot in slots:
        if stop():
            break
        tries = [
            fill(
                scene.ground,
                scene.crowd,
                standing,
                found.left,
                found.free(slot[1]),
                least=rules.change_weight,
                not_before_min=_not_before(slot[1], now, rules),
                beam=beam,
            )
            for standing in _bases(found, slot, now)
        ]
        best = max(tries, key=lambda one: one.worth)
        if best.worth > 0:
            tried = found.with_standing(slot, best.standing).with_everybody()
            found = tried if tried.score > found.score else found
    return found


def _not_before(day: date, now: datetime, rules: ReplanRules) -> int:
    return now.hour * 60 + now.minute + rules.notice_min if day == now.date() else 0


def _bases(found: Rebuilt, slot: Slot, now: datetime) -> list[Standing]:
    """Return what new visits may be added to: the bus-day in each shift it still fits."""
    ground = found.scene.ground
    bus = ground.campaign.buses[slot[0]]
    standing = found.standings.get(slot)
    if standing is None:
        from_min = now.hour * 60 + now.minute if slot[1] == now.date() else 0
        empty = Standing(*slot, 0, (), from_min=from_min)
        return [replace(empty, shift=shift) for shift in range(len(bus.shifts))]
    if standing.begun:
        return [standing]
    bases = [standing]
    for shift in range(len(bus.shifts)):
        other = replace(standing, shift=shift)
        if shift != standing.shift and settle(ground, other) is not None:
            bases.append(other)
    return bases


def released(
    found: Rebuilt, slots: Sequence[Slot], now: datetime, seed: int, stop: Stop
) -> Rebuilt:
    """Return `found` with touched bus-days planned afresh, where that pays for the changes."""
    for slot in slots[:_RELEASED]:
        standing = found.standings.get(slot)
        if slot[1] == now.date() or stop():
            continue
        bus = found.scene.ground.campaign.buses[slot[0]]
        room = bus.exams_per_day - (
            0.0 if standing is None else sum(v.served for v in standing.visits)
        )
        if room <= found.scene.change_weight and not found.left.owed:
            continue
        fresh = _afresh(found, slot, seed, stop)
        if fresh is not None:
            tried = found.with_standing(slot, fresh).with_everybody()
            found = tried if tried.score > found.score else found
    return found


def _afresh(found: Rebuilt, slot: Slot, seed: int, stop: Stop) -> Standing | None:
    """Return the solver's own bus-day at `slot`, all others standing; None where it finds none."""
    campaign = found.scene.rest.campaign
    emptied = found.with_standing(slot, None)
    free = emptied.free(slot[1])
    stops = tuple(
        replace(one, must_visit=False, banned=not free[number])
        for number, one in enumerate(campaign.stops)
    )
    turnout = campaign.rules.turnout.expected
    people = replace(campaign.people, count=emptied.left.people / turnout)
    try:
        alone = replace(
            campaign,
            buses=(campaign.buses[slot[0]],),
            days=(slot[1],),
            stops=stops,
            people=people,
            rules=replace(campaign.rules, district_floor=0.0, quota=None),
            off=frozenset(),
        )
        plan = plan_campaign(alone, seed=seed, stop=stop)
    except YizhanError:
        return None  # nothing can be made there: the bus-day stays as it is
    for one in plan.bus_days:
        return Standing(*slot, one.shift, one.visits)
    return None
