"""What differs between two plans, visit by visit: whom to phone, and what to tell them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from geo.bus.campaign.campaign import Campaign
from geo.bus.planned.campaign_plan import CampaignPlan
from geo.bus.planned.shared_visit import SharedVisit
from geo.bus.planned.visit import PeriodName
from geo.text import Text

ChangeKind = Literal["cancelled", "moved", "added", "other_bus"]
CHANGE_WORDS: Mapping[ChangeKind, Text] = {
    "cancelled": Text("取消", "Cancelled"),
    "moved": Text("改时", "Moved"),
    "added": Text("新增", "Added"),
    "other_bus": Text("换车", "Other bus"),
}

BY_HAND = Text("人工调整", "Changed by hand")
"""Why a visit differs where a planner moved it."""


@dataclass(frozen=True, slots=True)
class AnnouncedVisit:
    """A visit as it was announced; clock times are minutes after midnight, exams only."""

    day: date
    start_min: int
    end_min: int
    bus: str
    period: PeriodName

    def same_time(self, other: AnnouncedVisit) -> bool:
        """Return whether the other is at the same time."""
        return (self.day, self.start_min, self.end_min) == (
            other.day,
            other.start_min,
            other.end_min,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitChange:
    """One stop whose visit is no longer what was announced.

    Attributes
    ----------
    kind : ChangeKind
        ``moved`` changes day or time; ``other_bus`` only concerns the crews.
    stop : int
        Index into the campaign's stops.
    old, new : AnnouncedVisit | None
        What was announced, and what holds now.
    people_old, people_new : float
        People expected, before and now.
    reason : Text
        Why.
    """

    kind: ChangeKind
    stop: int
    old: AnnouncedVisit | None
    new: AnnouncedVisit | None
    people_old: float
    people_new: float
    reason: Text


_Told = tuple[AnnouncedVisit, float]


def find_changes(
    campaign: Campaign, old: CampaignPlan, new: CampaignPlan, why: Mapping[int, Text], other: Text
) -> tuple[VisitChange, ...]:
    """Return exactly what differs in stop, day, exam time or bus between `old` and `new`.

    Parameters
    ----------
    campaign : Campaign
        Of both plans.
    old, new : CampaignPlan
        Before and after.
    why : Mapping[int, Text]
        By stop, why its visit could not stay.
    other : Text
        Why all others changed.
    """
    return _changes(_by_stop(campaign, old), _by_stop(campaign, new), why, other)


def find_changes_since(
    told: tuple[Campaign, CampaignPlan],
    now: tuple[Campaign, CampaignPlan],
    why: Text,
    today: date,
) -> tuple[VisitChange, ...]:
    """Return what a plan made anew changes of what was `told`, by stops of the campaign `now`.

    Days before `today` are over; those until the new plan's first day are given up where the plan
    does not hold them (:mod:`geo.bus.replanning.kept_days`). Visits at stops that are listed no more are left out: there is nobody to call
    (:func:`stops_given_up` names them).
    """
    (old, old_plan), (new, plan) = told, now
    number = {stop.id: place for place, stop in enumerate(new.stops)}
    coming: dict[int, list[_Told]] = {}
    for stop, visits in _by_stop(old, old_plan).items():
        left = [one for one in visits if one[0].day >= today]
        if left and old.stops[stop].id in number:
            coming[number[old.stops[stop].id]] = left
    return _changes(coming, _by_stop(new, plan), {}, why)


def stops_given_up(
    told: tuple[Campaign, CampaignPlan], now: Campaign, today: date
) -> tuple[str, ...]:
    """Return the names of stops that were to be visited and are listed no more."""
    old, plan = told
    known = {stop.id for stop in now.stops}
    visited = {visit.stop for day, visit in plan.visits if day.day >= today}
    return tuple(old.stops[one].name for one in sorted(visited) if old.stops[one].id not in known)


def find_shared_changes(
    campaign: Campaign, old: Sequence[SharedVisit], new: Sequence[SharedVisit], why: Text
) -> tuple[VisitChange, ...]:
    """Return what differs between the visits a campaign shared before and those it shares now."""
    return _changes(_shared_by_stop(campaign, old), _shared_by_stop(campaign, new), {}, why)


def _changes(
    before: Mapping[int, list[_Told]],
    after: Mapping[int, list[_Told]],
    why: Mapping[int, Text],
    other: Text,
) -> tuple[VisitChange, ...]:
    changes: list[VisitChange] = []
    for stop in sorted(before.keys() | after.keys()):
        gone, come = before.get(stop, []), after.get(stop, [])
        for was, now in _pair(gone, come):
            kind = _kind(was, now)
            if kind is not None:
                changes.append(
                    VisitChange(
                        kind=kind,
                        stop=stop,
                        old=None if was is None else was[0],
                        new=None if now is None else now[0],
                        people_old=0.0 if was is None else was[1],
                        people_new=0.0 if now is None else now[1],
                        reason=why.get(stop, other),
                    )
                )
    return tuple(sorted(changes, key=_when))


def _shared_by_stop(campaign: Campaign, shared: Sequence[SharedVisit]) -> dict[int, list[_Told]]:
    number = {stop.id: place for place, stop in enumerate(campaign.stops)}
    told: dict[int, list[_Told]] = defaultdict(list)
    for one in shared:
        when = AnnouncedVisit(one.day, one.start_min, one.end_min, one.bus, one.period)
        told[number[one.stop]].append((when, one.served))
    return told


def _by_stop(campaign: Campaign, plan: CampaignPlan) -> dict[int, list[_Told]]:
    told: dict[int, list[_Told]] = defaultdict(list)
    for bus_day, visit in plan.visits:
        bus = campaign.buses[bus_day.bus].id
        one = AnnouncedVisit(bus_day.day, visit.start_min, visit.end_min, bus, visit.period)
        told[visit.stop].append((one, visit.served))
    return told


def _pair(gone: list[_Told], come: list[_Told]) -> list[tuple[_Told | None, _Told | None]]:
    """Pair the visits of one stop: equal ones first, then the rest in order of time."""
    gone, come = list(gone), list(come)
    pairs: list[tuple[_Told | None, _Told | None]] = []
    for was in list(gone):
        same = next((now for now in come if was[0].same_time(now[0])), None)
        if same is not None:
            gone.remove(was)
            come.remove(same)
            pairs.append((was, same))
    rest = max(len(gone), len(come))
    padded_gone = [*gone, *[None] * (rest - len(gone))]
    padded_come = [*come, *[None] * (rest - len(come))]
    return [*pairs, *zip(padded_gone, padded_come, strict=True)]


def _kind(was: _Told | None, now: _Told | None) -> ChangeKind | None:
    if was is None or now is None:
        return "added" if was is None else "cancelled"
    if not was[0].same_time(now[0]):
        return "moved"
    return None if was[0].bus == now[0].bus else "other_bus"


def _when(change: VisitChange) -> tuple[date, int, int]:
    told = change.old or change.new
    if told is None:  # pragma: no cover - a change has one of the two
        raise TypeError
    return told.day, told.start_min, change.stop
