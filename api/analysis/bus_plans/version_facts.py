"""What staff are told of a version of the bus plan: why it was made, its figures, whom to phone."""

from __future__ import annotations

from pydantic import BaseModel, Field

from api.bus.plan_news import below_floor, calls_with
from api.bus.published_campaigns import announced_versions, hit_too
from data.store.project import Project
from geo.bus.replanning.version import PlanVersion
from geo.text import Language
from maps.bus.news import BusCall


class ReplanFacts(BaseModel):
    """What a version changes."""

    version: int
    parent: int | None
    made: str
    events: list[str] = Field(description="Why, in words")
    workers_served: float
    upper_bound: float
    announced: int = Field(description="Visits announced that had not begun")
    unchanged: int = Field(description="Those of them that keep stop, day and time")
    lost: float = Field(description="People of visits that could not stay")
    won_back: float
    below_floor: dict[str, float] = Field(
        description="People missing at the floor of each district below it, by code"
    )
    also_hit: list[str] = Field(
        description="Other campaigns that the same events hit, and what to do about them"
    )
    changes: list[BusCall] = Field(description="Whom to phone, and what to tell them")


def version_facts(project: Project, version: PlanVersion, language: Language) -> ReplanFacts:
    """Return what staff are told of a version."""
    return ReplanFacts(
        version=version.number,
        parent=version.parent,
        made=version.made,
        events=[event.text.into(language) for event in version.events],
        workers_served=version.plan.workers_served,
        upper_bound=version.plan.upper_bound,
        announced=version.announced,
        unchanged=version.unchanged,
        lost=version.lost,
        won_back=version.won_back,
        below_floor=below_floor(version),
        also_hit=[text.into(language) for text in hit_too(project, version)],
        changes=list(calls_with(announced_versions(project, version.number), language)),
    )
