"""What events do to the campaigns that are not being re-planned: they share buses, stops and roads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from geo.bus.beside import Standing
from geo.bus.replanning.events import (
    BusDown,
    Event,
    RainedOff,
    RoadClosed,
    StopCancelled,
)
from geo.text import Text


def also_hit(others: Sequence[Standing], events: Sequence[Event], today: date) -> tuple[Text, ...]:
    """Return a sentence for each other campaign whose visits `events` take, with the mend."""
    found: list[Text] = []
    for one in others:
        hit = sum(
            day.day >= today
            and any(_takes(one, event, day.bus, day.day, v.stop) for event in events)
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


def _takes(one: Standing, event: Event, bus: int, day: date, stop: int) -> bool:
    match event:
        case BusDown():
            last = event.until_day or day
            return one.campaign.buses[bus].id == event.bus_id and event.from_day <= day <= last
        case RainedOff():
            return day == event.day
        case StopCancelled():
            return one.campaign.stops[stop].id == event.stop_id and event.day in {None, day}
    return False
