"""What calendars and sheets need of a plan beside its layers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from geo.bus.replanning.version import Announcement
from maps.bus.offer import CHECKUP, Offer


@dataclass(frozen=True, slots=True)
class BusNews:
    """What of a plan is not in its layers.

    Attributes
    ----------
    announcements : Sequence[Announcement]
        Every visit the public was told of, cancelled ones included.
    calls : Sequence[Mapping[str, Any]]
        The last re-plan's change list: ``word, name, contact, phone, old, new`` (each with
        ``day, start, end``), ``people_old, people_new, reason, address``.
    made : datetime
        When the plan was made, with its zone.
    bus_names : Mapping[str, str]
        What people call each bus, by its id.
    offer : Offer
        What the campaign calls itself.
    """

    announcements: Sequence[Announcement]
    calls: Sequence[Mapping[str, Any]]
    made: datetime
    bus_names: Mapping[str, str] = field(default_factory=dict)
    offer: Offer = CHECKUP
