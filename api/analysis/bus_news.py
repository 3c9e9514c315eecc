"""What calendars and the office need of the published bus plan beside its layers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from api.bus.changes import change_rows
from data.bus_plans import BusPlans
from data.project import Project
from geo.hours import SHANGHAI
from maps.bus.news import BusNews
from maps.bus.offer import offer_of

VERSION_KEY = "bus_version"
"""In ``summary.json``: the version of the plan that is published."""


def bus_news(project: Project, summary: Mapping[str, Any]) -> BusNews:
    """Return the announcements and calls of the version that `summary` publishes."""
    number = int(summary.get(VERSION_KEY) or 0)
    if not number:
        return BusNews((), (), datetime.now(SHANGHAI))
    version = BusPlans(project.folder).read(number)
    made = datetime.fromisoformat(version.made)
    names = {bus.id: bus.name for bus in version.campaign.buses}
    offer = offer_of(summary.get("bus_campaign"))
    return BusNews(version.announcements, change_rows(version), made, names, offer)
