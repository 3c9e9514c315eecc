"""What one campaign's events do to others: guests go along or are told, who shares a bus is warned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from geo.bus.campaign.campaign import Campaign
from geo.bus.planned.shared_visit import SharedVisit
from geo.bus.replanning.events import (
    BusDown,
    Event,
    RainedOff,
    RoadClosed,
    StopCancelled,
)
from geo.bus.several.beside import AnnouncedCampaign
from geo.bus.several.sharing import Stand, held_at, stands_of
from geo.bus.solver.services import present
from geo.text import Text


def followed(
    campaign: Campaign,
    shared: Sequence[SharedVisit],
    before: AnnouncedCampaign,
    now: AnnouncedCampaign,
) -> tuple[SharedVisit, ...]:
    """Return the visits `campaign` shares once its host's plan goes from `before` to `now`.

    A visit that keeps its bus and day goes along with its hours; one that moved is followed to
    where it went; one cancelled is shared no more. People keep their place where they are met then.
    """
    was, stands = stands_of([before]), stands_of([now])
    # What the host newly announced at a stop, for the guests of a visit it gave up there.
    fresh = [stand for key, stand in stands.items() if key not in was]
    found: list[SharedVisit] = []
    for one in shared:
        if one.host != before.name.value:
            found.append(one)
            continue
        stand = stands.get(one.key) or _pop(fresh, one.stop)
        went = None if stand is None else _along(campaign, one, was.get(one.key), stand)
        if went is not None:
            found.append(went)
    return tuple(sorted(found, key=lambda one: (one.day, one.bus, one.start_min)))


def _pop(fresh: list[Stand], stop: str) -> Stand | None:
    for stand in fresh:
        if stand.key[2] == stop:
            fresh.remove(stand)
            return stand
    return None


def _along(
    campaign: Campaign, one: SharedVisit, was: Stand | None, stand: Stand
) -> SharedVisit | None:
    """Return the shared visit at `stand`; None where the guest's rules or days forbid it."""
    if was is not None and was.visit == stand.visit and was.key == stand.key:
        return replace(one, order=stand.order)
    stop = next(n for n, place in enumerate(campaign.stops) if place.id == one.stop)
    held = held_at(campaign, stop, stand)
    place = campaign.stops[stop]
    if held is None or held.day not in campaign.days or held.day in place.banned_days:
        return None
    people, amount = _still(campaign, one, held)
    return replace(held, people=people, amount=amount) if people else None


def _still(
    campaign: Campaign, one: SharedVisit, held: SharedVisit
) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """Return those of `one` who are met at `held` too, as many as its time suffices for."""
    there = present(campaign, held.day)[int(held.period == "evening")]
    bus = next((bus for bus in campaign.buses if bus.id == held.bus), campaign.buses[0])
    kept = [(who, n) for who, n in zip(one.people, one.amount, strict=True) if there[who]]
    total, room = sum(n for _, n in kept), held.stay_min * bus.exams_per_hour / 60
    share = min(1.0, room / total) if total > 0 else 0.0
    return tuple(who for who, _ in kept), tuple(n * share for _, n in kept)


def kept_after(
    shared: Sequence[SharedVisit], events: Sequence[Event], today: date
) -> tuple[SharedVisit, ...]:
    """Return the visits a campaign still shares after what happened to it itself."""
    return tuple(
        one
        for one in shared
        if one.day < today or not any(_takes(event, one.day, one.bus, one.stop) for event in events)
    )


def _takes(event: Event, day: date, bus_id: str, stop_id: str) -> bool:
    """Whether `event` takes a visit of that bus at that stop on that day."""
    match event:
        case StopCancelled():
            return stop_id == event.stop_id and event.day in {None, day}
        case BusDown():
            return bus_id == event.bus_id and event.from_day <= day <= (event.until_day or day)
        case RainedOff():
            return day == event.day
    return False


def also_hit(
    others: Sequence[AnnouncedCampaign], events: Sequence[Event], today: date
) -> tuple[Text, ...]:
    """Return a sentence for each other campaign whose visits `events` take, with the mend."""
    found: list[Text] = []
    for one in others:
        buses, stops = one.campaign.buses, one.campaign.stops
        hit = sum(
            day.day >= today
            and any(_takes(event, day.day, buses[day.bus].id, stops[v.stop].id) for event in events)
            for day, v in one.plan.visits
        )
        may = any(isinstance(event, RoadClosed) for event in events)
        if hit:
            found.append(
                Text(
                    f"{one.name.text.zh}也有 {hit} 次停靠受影响，请接着重排该活动"
                    f"（--campaign {one.name.value}）。",
                    f"{one.name.text.en}: {hit} visits are hit too; re-plan it next "
                    f"(--campaign {one.name.value}).",
                )
            )
        elif may:
            found.append(
                Text(
                    f"封路也可能影响{one.name.text.zh}，请接着重排该活动"
                    f"（--campaign {one.name.value}）。",
                    f"The closure may hit {one.name.text.en} too; re-plan it next "
                    f"(--campaign {one.name.value}).",
                )
            )
    return tuple(found)
