"""What a planner decides before the main job runs, and what it is when they decide nothing."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict, Field, PositiveFloat, PositiveInt

from geo.layers.vocabulary import Kind, Mode
from geo.network.vehicle import Vehicle


class CoverageParameters(BaseModel):
    """When a worker counts as served.

    The federation speaks of a 15-minute service circle (15 分钟服务圈); ``limit_s`` is that, on
    foot over real streets. The kinds that count are those any worker may enter to rest.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    mode: Mode = Mode.WALK
    limit_s: PositiveFloat = 900.0
    kinds: tuple[Kind, ...] = (
        Kind.OUTDOOR_REST_STATION,
        Kind.SHARED_WORKERS_HOME,
        Kind.TRUSTED_WORKERS_HOME,
    )


class SitingParameters(BaseModel):
    """How many stations may open, and the rules they keep."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    count: PositiveInt = 100
    budget_cny: PositiveFloat | None = None
    minimum_per_district: int = Field(default=3, ge=0)
    spacing_m: float = Field(default=300.0, ge=0)
    phases: tuple[PositiveInt, ...] = (30, 60)


class BusParameters(BaseModel):
    """The campaign of the health-check bus.

    ``vehicle`` is the size of the largest bus: streets too low, narrow or weak for it are driven
    round by all.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    buses: PositiveInt = 3
    days: PositiveInt = 10
    first_day: date | None = None
    stop_reach_m: PositiveFloat = 800.0
    time_limit_s: PositiveFloat = 30.0
    vehicle: Vehicle = Vehicle()


class Parameters(BaseModel):
    """Everything a plan needs besides the layers, so that it can be run again exactly."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    coverage: CoverageParameters = CoverageParameters()
    siting: SitingParameters = SitingParameters()
    bus: BusParameters = BusParameters()
    seed: int = Field(default=2021, ge=0)
