"""Visits the public was told of that do not take place after all."""

from __future__ import annotations

from datetime import date

from api.publishing.edition import Edition
from geo.bus.clock import clock_text
from maps.bus.ics import stops_of
from maps.bus.near_page import CalledOff


def called_off(edition: Edition, today: date) -> tuple[CalledOff, ...]:
    """Return the cancelled visits from `today` on, soonest first; no contact persons."""
    gone = [one for one in edition.bus_news.announcements if one.is_cancelled and one.day >= today]
    if not gone:
        return ()
    places = stops_of(edition.layers)
    gone.sort(key=lambda one: (one.day, one.start_min, one.uid))
    return tuple(
        CalledOff(
            places.text(one.stop_id, "name"), one.day,
            clock_text(one.start_min), clock_text(one.end_min),
        )
        for one in gone
    )  # fmt: skip
