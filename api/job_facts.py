"""What a job found, once done: a class for each kind of work, all of them in the OpenAPI document."""

from __future__ import annotations

from pydantic import BaseModel, Field

from api.analysis.bus_plans.together_facts import TogetherFacts
from api.analysis.bus_plans.version_facts import ReplanFacts
from geo.summary.run import RunSummary


class AllActions(BaseModel):
    """What actions of all kinds do for the money of a draft's sites."""

    budget_cny: float | None = Field(
        description="What the draft's sites cost; null where a cost is not known"
    )
    hours_after: float | None = Field(description="Worker-hours covered a week")
    actions: int = Field(description="How many there are")
    more_than_building: float | None = Field(
        description="By what part the worker-hours they add exceed those of any plan that only "
        "builds, at least; null where a cost is not known"
    )


class CommitteeFolder(BaseModel):
    """The committee's folder as a ZIP file."""

    href: str = Field(description="Where to fetch it")
    bytes: int


class BusPublished(BaseModel):
    """A version of the bus plan that everybody sees now."""

    version: int
    calls: int | None = Field(
        default=None, description="How many are to be phoned; null where a draft told it before"
    )


class DelaysPublished(BaseModel):
    """Late buses whose delays crews kept, told to everybody."""

    delays: int


# The summary comes last: it writes itself out in a way of its own, whatever stands before it.
JobFacts = (
    ReplanFacts
    | TogetherFacts
    | AllActions
    | CommitteeFolder
    | BusPublished
    | DelaysPublished
    | RunSummary
)
