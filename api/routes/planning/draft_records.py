"""What draft plans are asked and what they answer, as the API sends it."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from api.drafts.difference import PlanDifference
from api.drafts.plan_answer import PlanAnswer
from api.drafts.planning import PUBLISHED
from geo.coverage.rule import CoverageRule
from geo.fields import NAME_LETTERS
from geo.layers.vocabulary import Mode
from geo.study.draft import Change, Who, Why
from geo.study.rules import Hours, StudyRules


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SolvingReport(BaseModel):
    """How far an answer is that somebody waits for."""

    step: str | None = Field(description="What is done now; null: it is made, or was not begun")
    fraction: float = Field(description="How much of that step is done, 0 to 1")


class NewDraft(_Asked):
    """A draft to be made."""

    name: str = Field(min_length=1, max_length=NAME_LETTERS)
    who: Who
    why: Why = ""
    start: str = Field(
        default=PUBLISHED,
        description="`published`: the rules of what is published; or the id of a draft to copy",
    )


class NewEdit(_Asked):
    """A step, and what of the draft its planner has seen."""

    change: Change
    who: Who
    why: Why = ""
    revision: int = Field(ge=0, description="Of the draft, as the planner saw it")


class Seen(_Asked):
    """What of the draft a planner has seen."""

    revision: int = Field(ge=0)


class EditReport(BaseModel):
    """A step of the history."""

    number: int
    kind: str
    words: str = Field(description="What was done, in the reader's language")
    who: str
    why: str
    at: datetime = Field(description="UTC")
    holds: bool = Field(description="False: it was undone and can be done again")


class DraftReport(BaseModel):
    """A draft without its plan."""

    id: str
    name: str
    who: str
    why: str
    made: datetime = Field(description="UTC")
    edited: datetime = Field(description="When the last step that holds was taken, UTC")
    edits: list[EditReport]
    done: int
    revision: int = Field(description="Grows with every step; send it with the next one")
    rules: StudyRules


class DraftState(BaseModel):
    """A draft and its plan."""

    draft: DraftReport
    plan: PlanAnswer | None = Field(description="Null where there is none; `problem` says why")
    problem: str | None
    changed: PlanDifference | None = Field(
        default=None, description="What the step just taken changed"
    )


class NearStation(BaseModel):
    """A station near a site."""

    id: str
    name: str
    way_m: float = Field(description="By street, metres")
    lon: float = Field(description="Degrees")
    lat: float = Field(description="Degrees")


class SiteStory(BaseModel):
    """What a committee asks about a chosen site."""

    id: str
    by_group: dict[str, float] = Field(
        description="Workers within the limit whom nobody covers now, by group in words"
    )
    nearest_stations: list[NearStation] = Field(description="Those that count, nearest first")
    runner_up_id: str | None = Field(description="Who would best take its place; null for nobody")
    runner_up_name: str | None
    runner_up_change: float | None = Field(description="Workers covered more by that, or less")
    runner_up_lon: float | None
    runner_up_lat: float | None


class WhyNotAnswer(BaseModel):
    """What speaks against a candidate that the plan leaves out."""

    id: str
    name: str
    lon: float
    lat: float
    chosen: bool = Field(description="True: it is in the plan, and nothing else is told")
    workers_within: float = Field(description="Workers in reach whom no station covers now")
    workers_new: float = Field(description="Those among them whom the plan does not cover either")
    replaces_id: str | None = Field(description="Chosen site it could best take the place of")
    replaces_name: str | None
    change: float | None = Field(description="Workers covered more, or below 0 less, by that swap")
    blocked: list[str] = Field(description="Rules that keep it from being added as things are")


class TriedPlace(_Asked):
    """A place, and when a station there would be open."""

    lon: float = Field(ge=-180, le=180, description="Degrees")
    lat: float = Field(ge=-90, le=90, description="Degrees")
    opening_hours: Hours | None = Field(
        default=None,
        description="OSM syntax or Chinese; null for the shortest hours that nearly suffice there",
    )


class TriesQuestion(_Asked):
    """Places tried together."""

    places: list[TriedPlace] = Field(min_length=1, max_length=20)
    rule: CoverageRule = Field(
        default=CoverageRule(), description="When a worker counts as served; a draft has its own"
    )
    beside: str | None = Field(
        default=None, description="A draft's id or `published`, taken as built; null: as now"
    )


class HoursOffered(BaseModel):
    """Hours a station could keep at a place, and what they bring."""

    hours: str = Field(description="OSM opening hours")
    words: str = Field(description="The same in the reader's language")
    host: str = Field(description="The premises nearest by that keep them; empty for nobody")
    worker_hours_new: float = Field(description="Hours a week with a station open that they add")


class TriedAnswer(BaseModel):
    """What one place adds."""

    workers_within: float = Field(description="Workers within the limit of it")
    workers_alone: float = Field(description="Those nobody covers, were it the only one tried")
    workers_new: float = Field(description="Those no place before it covers either")
    workers_gaining: float = Field(
        description="Workers who get an hour or more with a station open"
    )
    worker_hours_new: float = Field(description="Those hours a week")
    hours: str = Field(description="When it is open (OSM opening hours): as asked, or as proposed")
    choices: list[HoursOffered]
    lacking: str = Field(description="When those in reach have no open station; empty for never")


class TriesAnswer(BaseModel):
    """What places tried together come to."""

    places: list[TriedAnswer]
    covered_before: float
    covered_after: float
    workers_total: float
    limit_s: float | None = Field(description="Limit of the rule, seconds; null where in metres")
    mode: Mode
