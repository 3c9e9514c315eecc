"""What the board is asked and what it shows, as the API sends it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, ConfigDict, Field

from geo.bus.board.edits import Edit, VisitRef
from geo.layers.vocabulary import CampaignName
from geo.study.draft import Who, Why
from maps.bus.news import BusCall

if TYPE_CHECKING:
    pass


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")

    campaign: CampaignName | None = None


class StepAsked(_Asked):
    """One step: edits that hold or fall together."""

    edits: Annotated[tuple[Edit, ...], Field(min_length=1, max_length=50)]
    revision: int | None = Field(default=None, description="Of the board that was seen")


class TryAsked(_Asked):
    """What a card would do where it is held."""

    edit: Edit


class BackAsked(_Asked):
    """Undo, or redo."""

    at: Annotated[int, Field(ge=0, description="How many steps hold")]
    revision: int | None = None


class MendAsked(_Asked):
    """Which visit to mend."""

    visit: VisitRef


class PublishAsked(_Asked):
    """Who publishes, and why."""

    who: Who
    why: Why = ""


class StopShown(BaseModel):
    """A place a bus may stand."""

    id: str
    name: str
    district: str
    lon: float
    lat: float
    opens: str
    closes: str
    setting: str | None
    is_banned: bool


class BusShown(BaseModel):
    """A bus and where its days begin and end."""

    id: str
    name: str
    depot: str = Field(description="Where its days begin")
    at: tuple[float, float] = Field(description="That depot's position, degrees")
    end_at: tuple[float, float] = Field(description="Position where its days end, degrees")
    exams_per_day: float


class BoardGround(BaseModel):
    """What changes only when something is published."""

    campaign: CampaignName
    campaigns: list[CampaignName] = Field(description="All that stand")
    days: list[date]
    buses: list[BusShown]
    stops: list[StopShown]
    stays_min: list[int]
    clock_step_min: int
    files: list[tuple[str, str]] = Field(description="Links of what is published: text, address")
    runs: dict[str, list[tuple[str, str]]] = Field(
        description='Those of each bus-day, by "bus day"'
    )


class CardShown(BaseModel):
    """One visit as a card."""

    bus: str
    day: date
    stop: str
    name: str
    start_min: int
    stay_min: int
    end_min: int
    arrive_min: int
    depart_min: int
    people: float
    is_locked: bool
    is_begun: bool
    guests: list[str] = Field(description="Campaigns held at this visit too")
    was: str | None = Field(description="When it was announced, where that differs; - for new")
    broken: list[str]


class BusDayShown(BaseModel):
    """One bus on one day."""

    bus: str
    day: date
    leave: str
    back: str
    km: float
    people: float
    stops: list[str]
    is_changed: bool
    broken: list[str]


class OtherVisit(BaseModel):
    """A visit of another campaign, at which this one may be held too."""

    stop: str
    name: str
    start_min: int
    end_min: int
    may_share: bool = Field(description="Whether the rules let this campaign be held there")
    is_shared: bool
    shared: str = Field(description="This campaign's own hours there, HH:MM–HH:MM; empty for none")
    people: float = Field(description="People of this campaign expected there")


class OtherShown(BaseModel):
    """A bus-day on which another campaign has the bus."""

    bus: str
    day: date
    campaign: str
    leave: str = Field(description="When it leaves the depot, HH:MM")
    back: str = Field(description="When it is back there")
    leaves_room: bool = Field(description="Whether this campaign may use the rest of the day")
    visits: list[OtherVisit]


class CostShown(BaseModel):
    """What the board costs against what is announced."""

    people: float
    people_before: float
    km: float
    km_before: float
    below_floor: dict[str, float]
    calls: int


class BoardState(BaseModel):
    """The board as it is."""

    version: int
    revision: int
    at: int
    steps: int
    carried: int = Field(description="Steps taken over since another plan was published")
    lost: int = Field(description="Steps that could not be")
    cards: list[CardShown]
    bus_days: list[BusDayShown]
    others: list[OtherShown]
    broken: list[str] = Field(description="Rules broken by the whole")
    is_lawful: bool
    cost: CostShown
    calls: list[BusCall]


class WayShown(BaseModel):
    """Where a bus drives on a day on which the draft stops elsewhere than announced."""

    bus: str
    day: date
    stops: list[str]
    line: list[tuple[float, float]] = Field(description="Along the streets, lon/lat degrees")


class MendShown(BaseModel):
    """The best mend."""

    text: str
    edits: list[Edit]
    cost: CostShown
