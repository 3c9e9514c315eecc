"""What a planner decides, and what it is when they decide nothing.

These classes (and :class:`geo.coverage.rule.CoverageRule`) are the only parameters: the command
line, the API and the forms take names, defaults, limits and help from their fields.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    NonNegativeFloat,
    NonNegativeInt,
    PositiveFloat,
    PositiveInt,
    model_validator,
)

from geo.bus.rules import CampaignRules, Turnout
from geo.coverage.rule import VISITS_PER_WORKER_DAY, CoverageRule
from geo.hours import ALWAYS, from_chinese
from geo.layers.vocabulary import Action, Amenity, Group, Host
from geo.network.vehicle import Vehicle
from geo.siting.actions.rules import MOVABLE, MOVE_WITHIN_M
from geo.siting.actions.situation import HOT_MEAL
from geo.siting.models.model import DEFAULT_TARGET, DEFAULT_TWICE, ModelKind
from geo.siting.models.site_rules import DEFAULT_COUNT, DEFAULT_MINIMUM, DEFAULT_RULES

Part = Literal["coverage", "site", "improve", "bus"]
"""What may be computed of a project."""
EVERYTHING: tuple[Part, ...] = ("coverage", "site", "improve", "bus")
"""All of it, in the order one stands on another."""
CampaignName = Literal["checkup", "screening"]
"""Free check-ups, or two-cancer screening."""
_CAMPAIGN = CampaignRules()


Hours = Annotated[str, AfterValidator(from_chinese)]
"""Opening hours as a planner writes them, Chinese or OSM syntax; held as OSM syntax."""


class TriedSite(BaseModel):
    """A place a planner tries that is no candidate of the layer (degrees, EPSG:4326)."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    id: str = Field(min_length=1, max_length=80)
    name: str = Field(min_length=1, max_length=120)
    lon: float = Field(ge=-180, le=180)
    lat: float = Field(ge=-90, le=90)
    opening_hours: Hours | None = None
    host: Host | None = None
    cost_cny: NonNegativeFloat | None = None
    capacity: PositiveInt | None = None


class Place(BaseModel):
    """A position, degrees (EPSG:4326)."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    lon: float = Field(ge=-180, le=180)
    lat: float = Field(ge=-90, le=90)


class Pins(BaseModel):
    """What a planner settles by hand, whatever the layer ``candidates`` says.

    Candidates are named by ``id``; ``locked`` ones open, ``forbidden`` ones do not, ``added`` ones
    are candidates beside the layer's, and ``moved`` ones stand elsewhere.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    locked: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    added: tuple[TriedSite, ...] = ()
    moved: dict[str, Place] = {}

    @model_validator(mode="after")
    def _agree(self) -> Pins:
        both = sorted({*self.locked} & {*self.forbidden})
        if both:
            message = f"locked and forbidden at once: {', '.join(both)}"
            raise ValueError(message)
        ids = [site.id for site in self.added]
        if len(set(ids)) < len(ids):
            message = "two added sites have the same id"
            raise ValueError(message)
        return self

    @property
    def is_empty(self) -> bool:
        """Whether nothing is settled by hand."""
        return not (self.locked or self.forbidden or self.added or self.moved)


class SitingRules(BaseModel):
    """What new stations are to achieve, and the rules they keep.

    Districts are given by code or by name. ``city_share`` of every cost is the city's (measure 4
    of the notice: half), the rest the district's.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: ModelKind = ModelKind.MCLP
    target: float = Field(default=DEFAULT_TARGET, ge=0, le=1)
    cheapest: bool = False
    twice: float = Field(default=DEFAULT_TWICE, ge=0, le=1)
    count: PositiveInt = DEFAULT_COUNT
    budget_cny: PositiveFloat | None = None
    city_cny: PositiveFloat | None = None
    district_cny: dict[str, NonNegativeFloat] = {}
    city_share: float = Field(default=DEFAULT_RULES.city_share, ge=0, le=1)
    minimum_per_district: int = Field(default=DEFAULT_MINIMUM, ge=0)
    district_minimum: dict[str, NonNegativeInt] = {}
    district_maximum: dict[str, NonNegativeInt] = {}
    host_minimum: dict[Host, NonNegativeInt] = {}
    host_maximum: dict[Host, NonNegativeInt] = {}
    spacing_m: float = Field(default=DEFAULT_RULES.spacing_m, ge=0)
    group_weight: dict[Group, NonNegativeFloat] = {}
    district_weight: dict[str, NonNegativeFloat] = {}
    under_service: NonNegativeFloat = 0.0
    phases: tuple[PositiveInt, ...] = DEFAULT_RULES.phases
    pins: Pins = Pins()


class BusRules(BaseModel):
    """The campaign of the bus: free check-ups, or two-cancer screening of women aged 35-59.

    ``exams_per_hour`` and ``exams_per_day`` are a bus's; None for the usual ones of the campaign.
    ``quota`` is the places paid for; None for 2,000 in the screening and no limit in check-ups.
    Weights: workers served come first, ``district_floor`` is the share of its part that every
    district is owed, and ``km_weight`` the workers a kilometre saved is worth.

    ``vehicle`` is the size of the largest bus: streets too low, narrow or weak for it are driven
    round by all. ``turnout`` is the part of the people in reach who come, with the range it is
    believed to lie in, until crews have recorded who came. ``rush_hours`` are spans of the day and
    how many times as long drives take then, ``{"07:00-09:00": 1.5}``; None for those that
    ``rush_hours`` of ``project.json`` tells, if any.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    campaign: CampaignName = "checkup"
    exams_per_hour: PositiveFloat | None = None
    exams_per_day: PositiveFloat | None = None
    quota: PositiveFloat | None = None
    district_floor: float = Field(default=_CAMPAIGN.district_floor, ge=0, le=1)
    km_weight: float = Field(default=_CAMPAIGN.km_weight, ge=0)
    buses: PositiveInt = 3
    days: PositiveInt = 10
    first_day: date | None = None
    stop_reach_m: PositiveFloat = 800.0
    time_limit_s: PositiveFloat = 60.0
    vehicle: Vehicle = Vehicle()
    turnout: Turnout = Turnout()
    rush_hours: dict[str, float] | None = None


class NeedRule(BaseModel):
    """Something workers ask of a station at certain hours, see :class:`geo.siting.actions.situation.Need`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    name_en: str = ""
    amenities: tuple[Amenity, ...]
    hours: Hours = ALWAYS
    groups: tuple[Group, ...] = ()
    worth: NonNegativeFloat = 1.0


class HoursPrice(BaseModel):
    """A way to open longer and its price, see :class:`geo.siting.actions.rules.HoursChoice`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    name_en: str = ""
    added: Hours
    fixed_cny: NonNegativeFloat
    weekly_hour_cny: NonNegativeFloat


class PriceList(BaseModel):
    """The planner's price list, over the plan's first year; ``prices`` of ``project.json``.

    What is left out keeps the example price (示例) of :data:`geo.siting.actions.rules.SAMPLE_COSTS`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    hours: tuple[HoursPrice, ...] | None = None
    amenity_cny: dict[Amenity, NonNegativeFloat] | None = None
    new_amenities: tuple[Amenity, ...] | None = None
    new_hours: Hours | None = None
    capacity_step: PositiveFloat | None = None
    capacity_cny: NonNegativeFloat | None = None
    move_cny: NonNegativeFloat | None = None


class ActionRules(BaseModel):
    """One budget for actions of every kind.

    Without a budget, the money of the recommended sites is spent. ``prices`` None stands for the
    example prices (示例).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    budget_cny: PositiveFloat | None = None
    counts: dict[Action, NonNegativeInt] = {}
    movable: NonNegativeInt = MOVABLE
    move_within_m: PositiveFloat = MOVE_WITHIN_M
    visits_per_worker_day: NonNegativeFloat = VISITS_PER_WORKER_DAY
    needs: tuple[NeedRule, ...] = (
        NeedRule(
            name=HOT_MEAL.text.zh, name_en=HOT_MEAL.text.en, amenities=HOT_MEAL.amenities,
            hours=HOT_MEAL.hours, groups=HOT_MEAL.groups,
        ),
    )  # fmt: skip
    prices: PriceList | None = None


class StudyRules(BaseModel):
    """Everything a plan needs besides the layers, so that it can be run again exactly."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    coverage: CoverageRule = CoverageRule()
    siting: SitingRules = SitingRules()
    improve: ActionRules = ActionRules()
    bus: BusRules = BusRules()
    seed: int = Field(default=2021, ge=0)
