"""What the bus offers and to whom, and what its pages, calendars and notices know beside the layers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from geo.bus.replanning.version import Announcement
from geo.study.rules import CampaignName
from geo.text import Text


@dataclass(frozen=True, slots=True)
class Offer:
    """A campaign's words.

    Attributes
    ----------
    bus, exam : Text
        What the bus, and a visit of it, is called.
    what : Text
        What is free, and for whom where not for all.
    lead : Text
        The same as a sentence.
    """

    bus: Text
    exam: Text
    what: Text
    lead: Text


CHECKUP = Offer(
    Text("健康体检大蓬车", "Health-check bus"),
    Text("大蓬车体检", "Health check"),
    Text("免费健康体检", "Free health check"),
    Text(
        "工会为新就业形态劳动者安排的免费健康体检。",
        "Free health checks for workers in new forms of employment.",
    ),
)
SCREENING = Offer(
    Text("两癌筛查大蓬车", "Cancer-screening bus"),
    Text("大蓬车两癌筛查", "Two-cancer screening"),
    Text("免费两癌筛查（35–59 岁女会员）", "Free two-cancer screening for women members of 35-59"),
    Text(
        "工会为 35–59 岁女会员安排的免费两癌筛查（乳腺癌、宫颈癌）。",
        "Free screening for breast and cervical cancer, for women members of 35-59.",
    ),
)


def offer_of(campaign: CampaignName | None) -> Offer:
    """Return the words of a campaign; check-ups where none is planned."""
    return SCREENING if campaign is CampaignName.SCREENING else CHECKUP


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
