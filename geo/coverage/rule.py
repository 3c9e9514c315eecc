"""When a worker counts as served: the one statement of it, for every door of the product."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, NonNegativeFloat, PositiveFloat, model_validator

from geo.coverage.access_model import DecayKind, RoomMethod
from geo.fields import About, Unit
from geo.layers.vocabulary import WOMEN_ONLY_KINDS, Amenity, Group, Kind, Mode, Status
from geo.network.speeds import WALK_KMH
from geo.text import Text

if TYPE_CHECKING:
    import geopandas as gpd

VISITS_PER_WORKER_DAY = 2_310_000 / 84_000_000
"""Visits a worker makes a day: 2.31 million a day to all union stations (全总, end of 2024) by the
84 million workers in new forms of employment (全总, ninth national survey)."""

REST_KINDS = (
    Kind.OUTDOOR_REST_STATION,
    Kind.SHARED_WORKERS_HOME,
    Kind.TRUSTED_WORKERS_HOME,
)
"""The kinds that any worker may enter to rest."""


class CoverageRule(BaseModel):
    """A demand point is covered when a station that counts is within the limit (``<=``).

    The federation speaks of a 15-minute service circle (15 分钟服务圈); ``limit_s`` is that, on
    foot over real streets, unless ``limit_m`` is given instead.

    Raises
    ------
    pydantic.ValidationError
        (also a ValueError) where a field cannot be used; it names the field and the value.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    mode: Annotated[Mode, About("出行方式", "How workers travel")] = Mode.WALK
    limit_s: Annotated[
        PositiveFloat | None,
        About("服务圈", "Reach", Unit.SECONDS, flag="--minutes", shown=(Unit.MINUTES, 60.0)),
    ] = 900.0
    limit_m: Annotated[
        PositiveFloat | None,
        About(
            "服务圈按沿路米数计，代替时间",
            "Reach along streets, instead of a time",
            Unit.METRES,
            flag="--metres",
        ),
    ] = None
    kinds: Annotated[
        tuple[Kind, ...],
        About(
            "计入的站点类型",
            "Kinds of station that count",
            flag="--kind",
            more=Text("不填则全部", "all when empty"),
        ),
    ] = REST_KINDS
    amenities: Annotated[
        tuple[Amenity, ...],
        About("站点必须具备的设施", "Amenities a station must have, all of them", flag="--amenity"),
    ] = ()
    statuses: Annotated[
        tuple[Status, ...],
        About("计入的站点状态", "Status of stations that count", flag="--status"),
    ] = (Status.OPEN,)
    groups: Annotated[
        tuple[Group, ...],
        About(
            "只看这些群体",
            "Only these groups of workers",
            flag="--group",
            more=Text("不填则全部", "everyone when empty"),
        ),
    ] = ()
    week: Annotated[
        date | None,
        About(
            "按该日所在的真实一周测算",
            "Measure the real week of this day",
            more=Text(
                "含放假调休；不填则为平常的一周。时段数字、各类措施按它算；选址按人数，不看时段",
                "with its holidays; else an ordinary week. Figures by hour and actions of all "
                "kinds go by it; sites are chosen by workers, whatever the hour",
            ),
        ),
    ] = None
    workers_error: Annotated[
        NonNegativeFloat | None,
        About("各处人数误差", "Error of the numbers of workers, either way", Unit.SHARE),
    ] = 0.1
    visits_per_worker_day: Annotated[
        PositiveFloat,
        About("每名职工每天到站次数，用于接待能力", "Visits a worker makes a day, for room"),
    ] = VISITS_PER_WORKER_DAY
    room_method: Annotated[
        RoomMethod, About("接待能力的算法", "How room at the stations is measured")
    ] = RoomMethod.ENHANCED
    room_decay: Annotated[
        DecayKind,
        About(
            "意愿随路程的衰减，用于接待能力",
            "How willingness falls with the way, for room",
            more=Text("2sfca 只用于负荷", "of 2sfca for loads alone"),
        ),
    ] = DecayKind.ZONES

    @model_validator(mode="before")
    @classmethod
    def _one_limit(cls, given: Any) -> Any:  # noqa: ANN401  as pydantic hands it over
        """Let metres stand instead of the usual seconds; refuse both and neither."""
        if not isinstance(given, dict):
            return given
        metres = given.get("limit_m") is not None
        if metres and given.get("limit_s") is None:
            return {**given, "limit_s": None}
        if metres or ("limit_s" in given and given["limit_s"] is None):
            message = "give limit_s or limit_m, one of the two"
            raise ValueError(message)
        return given

    @property
    def weight(self) -> Literal["distance_m", "time_s"]:
        """What :attr:`limit` is measured in."""
        return "time_s" if self.limit_m is None else "distance_m"

    @property
    def limit(self) -> float:
        """The limit in the unit of :attr:`weight`."""
        return float(self.limit_s if self.limit_m is None else self.limit_m)  # type: ignore[arg-type]

    def reach_m(self, walk_m_s: float = WALK_KMH / 3.6) -> float:
        """Return the limit in metres; of a time, as far as one walks in it along a straight street.

        Parameters
        ----------
        walk_m_s : float
            Pace on foot; that of the streets where these are at hand.
        """
        return self.limit if self.limit_m is not None else self.limit * walk_m_s

    def of_kinds(self, *kinds: Kind) -> CoverageRule:
        """Return the same rule for other kinds of station; all when none is named."""
        return self.model_copy(update={"kinds": kinds})

    def counting(self, stations: gpd.GeoDataFrame) -> NDArray[np.bool_]:
        """Return which stations count by kind, status and amenities, (n,) bool.

        A station without a status is taken as open: lists of open stations often leave it out.
        """
        return self.of_kind(stations) & self.equipped(stations)

    def of_kind(self, stations: gpd.GeoDataFrame) -> NDArray[np.bool_]:
        """Return which stations count by kind and status, (n,) bool."""
        status = stations["status"].fillna(str(Status.OPEN)).isin([str(s) for s in self.statuses])
        if self.kinds:
            status &= stations["kind"].isin([str(kind) for kind in self.kinds])
        counts: NDArray[np.bool_] = np.array(status, np.bool_)
        return counts

    def asks_for(self, workers: gpd.GeoDataFrame) -> NDArray[np.bool_]:
        """Return whose coverage is asked by group, (c,) bool."""
        if not self.groups:
            return np.ones(len(workers), np.bool_)
        return np.array(workers["group"].isin([str(group) for group in self.groups]), np.bool_)

    def equipped(self, stations: gpd.GeoDataFrame) -> NDArray[np.bool_]:
        """Return which stations have every amenity asked for, (n,) bool."""
        wanted = {str(amenity) for amenity in self.amenities}
        held = stations["amenities"].fillna("").str.split(";")
        return np.array([wanted <= set(words) for words in held], np.bool_).reshape(-1)


def women_only(stations: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    """Return which stations serve women only by their kind, (n,) bool."""
    return np.array(stations["kind"].isin([str(kind) for kind in WOMEN_ONLY_KINDS]), np.bool_)
