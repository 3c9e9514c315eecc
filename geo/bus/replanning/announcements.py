"""What the public was told of each visit, from the first plan on: the ground of calendars.

A calendar entry keeps its identity when its visit is moved or cancelled; its sequence grows by one
each time (RFC 5545, 3.8.7.4), so that a re-plan updates the calendars people subscribed to.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date

from geo.bus.campaign import Campaign
from geo.bus.campaign_plan import CampaignPlan

_Time = tuple[date, int, int, str]


@dataclass(frozen=True, slots=True)
class Announcement:
    """One visit as it was last announced; clock times in minutes after midnight.

    Attributes
    ----------
    uid : str
        Its identity, the same for as long as anybody may remember it.
    sequence : int
        How often it was changed.
    stop_id, bus_id : str
        Where, and which bus comes.
    day : date
        When.
    start_min, end_min : int
        Exams from and to.
    is_cancelled : bool
        Whether it does not take place after all.
    earlier_buses : tuple[str, ...]
        Buses that were to come until a re-plan gave the visit to another: their crews' calendars
        have to be told that it is off for them.
    """

    uid: str
    sequence: int
    stop_id: str
    bus_id: str
    day: date
    start_min: int
    end_min: int
    is_cancelled: bool = False
    earlier_buses: tuple[str, ...] = ()


def announce(
    campaign: Campaign, plan: CampaignPlan, before: tuple[Announcement, ...] = ()
) -> tuple[Announcement, ...]:
    """Return what is announced once `plan` holds, by stop; `before` was announced until then.

    Announcements of days before the campaign are over and left out.
    """
    known: dict[str, list[Announcement]] = defaultdict(list)
    for one in before:
        if one.day >= campaign.days[0]:
            known[one.stop_id].append(one)
    coming: dict[str, list[_Time]] = defaultdict(list)
    for bus_day, visit in plan.visits:
        bus = campaign.buses[bus_day.bus].id
        when = bus_day.day, visit.start_min, visit.end_min, bus
        coming[campaign.stops[visit.stop].id].append(when)
    told: list[Announcement] = []
    for stop_id in sorted(known.keys() | coming.keys()):
        told.extend(_of_stop(stop_id, known[stop_id], sorted(coming[stop_id])))
    return tuple(told)


def _of_stop(stop_id: str, known: list[Announcement], coming: list[_Time]) -> list[Announcement]:
    same = {(one.day, one.start_min, one.end_min): one for one in known if not one.is_cancelled}
    told: list[Announcement] = []
    fresh: list[_Time] = []
    for when in coming:
        one = same.pop(when[:3], None)
        if one is None:
            fresh.append(when)
        else:
            told.append(one if one.bus_id == when[3] else _changed(one, when))
    gone = sorted(same.values(), key=lambda one: (one.day, one.start_min))
    told.extend(_changed(one, when) for one, when in zip(gone, fresh, strict=False))
    told.extend(
        replace(one, sequence=one.sequence + 1, is_cancelled=True) for one in gone[len(fresh) :]
    )
    told.extend(one for one in known if one.is_cancelled)
    for day, start, end, bus in fresh[len(gone) :]:
        uid = f"{day.isoformat()}-{stop_id}-{len(told) + 1}"
        told.append(Announcement(uid, 0, stop_id, bus, day, start, end))
    return told


def _changed(one: Announcement, when: _Time) -> Announcement:
    day, start, end, bus = when
    earlier = {*one.earlier_buses, one.bus_id} - {bus}
    return replace(
        one, sequence=one.sequence + 1, day=day, start_min=start, end_min=end, bus_id=bus,
        earlier_buses=tuple(sorted(earlier)),
    )  # fmt: skip
