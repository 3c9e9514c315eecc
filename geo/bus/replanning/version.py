"""One state of a campaign's plan, with the events that led to it and what they changed."""

from __future__ import annotations

from dataclasses import dataclass

from geo.bus.campaign import Campaign
from geo.bus.campaign_plan import CampaignPlan
from geo.bus.replanning.announcements import Announcement
from geo.bus.replanning.changes import Change
from geo.bus.replanning.events import Event


@dataclass(frozen=True, slots=True, eq=False)
class PlanVersion:
    """A plan as it is kept: nothing of an older one is overwritten.

    Attributes
    ----------
    number : int
        1 for a project's first.
    parent : int | None
        The version it was re-planned from; None for a plan made from scratch.
    made : str
        When (ISO 8601, Asia/Shanghai).
    events : tuple[Event, ...]
        Why it was re-planned.
    campaign, plan
        What holds.
    changes : tuple[Change, ...]
        The difference to `parent`.
    announcements : tuple[Announcement, ...]
        Every visit the public was told of.
    announced, unchanged : int
        Visits that had not begun, and those of them that stay as they were.
    lost, won_back : float
        People of visits that could not stay, and how many were won back.
    closed : tuple[str, ...]
        Areas and lines (WKT, EPSG:4326) whose streets are closed, since the plan was first made.
    """

    number: int
    parent: int | None
    made: str
    events: tuple[Event, ...]
    campaign: Campaign
    plan: CampaignPlan
    changes: tuple[Change, ...]
    announcements: tuple[Announcement, ...]
    announced: int = 0
    unchanged: int = 0
    lost: float = 0.0
    won_back: float = 0.0
    closed: tuple[str, ...] = ()
