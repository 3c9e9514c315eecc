"""Winning back what events took: new visits where there is time, on the bus-days that lost any."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray

from geo.bus.planned.visit import Visit
from geo.bus.replanning.events import DayAdded, Event
from geo.bus.replanning.insertion import WIDE, fill_day
from geo.bus.replanning.promised_day import PromisedDay, settle
from geo.bus.replanning.promises import ReplanRules, is_better
from geo.bus.replanning.rebuilding import Rebuilt
from geo.bus.replanning.remainder import Remainder
from geo.bus.solver.roster import Slot
from geo.solving import StoppingCriterion

_NARROW = (3, 1)
"""Chosen: the best three first visits are followed, then one: bus-days are refilled many times."""
SPARING = (6, 2, 1)
"""Beam for bus-days that lost nothing and only have a little room."""
_LOOSENED = 8
"""Bus-days that lost nothing but may move for the sake of a district's floor, at most."""


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
    added = {event.day for event in events if isinstance(event, DayAdded)}
    running = set(open_slots(rest, shut))
    lost |= {slot: 0.0 for slot in running if slot[1] in added}
    return sorted((slot for slot in lost if slot in running), key=lambda slot: (-lost[slot], slot))


def filled(
    found: Rebuilt,
    slots: Sequence[Slot],
    now: datetime,
    rules: ReplanRules,
    stop: StoppingCriterion,
    *,
    beam: tuple[int, ...] = WIDE,
    loosen: bool = False,
) -> Rebuilt:
    """Return `found` with new visits in `slots`, where they are worth announcing.

    With `loosen`, each promised visit is also taken out in turn, and all of them: it may come back
    longer, or at another time, or give way to something better, when that pays for the change.
    """
    for slot in slots:
        if stop():
            break
        best = found
        for number, base in enumerate(_bases(found, slot, now, loosen=loosen)):
            if number and _is_full(best, slot):
                break
            freed = found.with_standing(slot, base)
            filled = fill_day(
                found.scene.ground,
                found.scene.crowd,
                base,
                freed.left,
                freed.free(slot[1]) & _open_to(found, slot),
                least=rules.change_weight,
                not_before_min=_not_before(slot[1], now, rules),
                beam=beam,
            )
            if filled.worth > 0:
                tried = freed.with_standing(slot, filled.standing).with_everybody()
                best = tried if is_better(tried, best, rules) else best
        found = best
    return found


def floors_kept(
    found: Rebuilt,
    slots: Sequence[Slot],
    now: datetime,
    rules: ReplanRules,
    stop: StoppingCriterion,
) -> Rebuilt:
    """Return `found` with promises moved on the fewest other bus-days that districts need.

    The bus-day that answers best comes first, then the others while a district is still owed.
    Nothing is moved unless the rules let floors move what is announced.
    """
    if not rules.floors_move or not found.left.owed:
        return found
    able = sorted(slots, key=found.room, reverse=True)[:_LOOSENED]
    tried = [_loosened(found, slot, now, rules, stop) for slot in able]
    found = max([found, *tried], key=lambda one: one.score)
    for slot in able:
        if found.left.owed:
            found = _loosened(found, slot, now, rules, stop)
    return found


def _loosened(
    found: Rebuilt, slot: Slot, now: datetime, rules: ReplanRules, stop: StoppingCriterion
) -> Rebuilt:
    return filled(found, [slot], now, rules, stop, beam=_NARROW, loosen=True)


def _is_full(found: Rebuilt, slot: Slot) -> bool:
    """Return whether no change at `slot` could win what it costs."""
    if slot not in found.standings or found.left.owed:
        return False
    return found.room(slot) <= found.scene.change_weight


def _not_before(day: date, now: datetime, rules: ReplanRules) -> int:
    return now.hour * 60 + now.minute + rules.notice_min if day == now.date() else 0


def _open_to(found: Rebuilt, slot: Slot) -> NDArray[np.bool_]:
    """Return (s,) stops at which the bus does not stand for another campaign that day."""
    campaign = found.scene.ground.campaign
    kept = campaign.kept_from(campaign.buses[slot[0]].id, slot[1])
    return np.array([stop.id not in kept for stop in campaign.stops], np.bool_)


def _bases(found: Rebuilt, slot: Slot, now: datetime, *, loosen: bool) -> list[PromisedDay]:
    """Return what new visits may be added to: the bus-day in each free part it still fits."""
    ground = found.scene.ground
    parts = ground.campaign.free_parts(ground.campaign.buses[slot[0]], slot[1])
    now_min = now.hour * 60 + now.minute if slot[1] == now.date() else 0
    standing = found.standings.get(slot)
    if standing is None:
        bus, day = slot
        idle = PromisedDay(bus=bus, day=day, shift=0, visits=())
        return [idle.in_part(part, now_min) for part in parts]
    bases = [standing]
    if loosen:
        bases += [
            replace(standing, visits=(*standing.visits[:k], *standing.visits[k + 1 :]))
            for k in range(standing.begun, len(standing.visits))
        ]
        bases.append(replace(standing, visits=standing.visits[: standing.begun]))
    if standing.begun:
        return bases
    turned = [base.in_part(part, now_min) for base in bases for part in parts]
    return [base for base in turned if not base.visits or settle(ground, base) is not None]
