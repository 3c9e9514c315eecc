"""When a worker counts as served."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from geo.errors import BadInputError
from geo.layers.vocabulary import WOMEN_ONLY_KINDS, Amenity, Group, Kind, Mode, Status
from geo.network.street_network import ACCESS_SPEED_M_S
from geo.text import Text


@dataclass(frozen=True, slots=True)
class CoverageRule:
    """A demand point is covered when a station that counts is within `limit` (``<=``).

    Attributes
    ----------
    mode : Mode
        How workers travel.
    limit : float
        Metres with weight "distance_m", seconds with "time_s".
    weight : str
        What `limit` is measured in.
    kinds : tuple[Kind, ...]
        Kinds of station that count; all when empty.
    amenities : tuple[Amenity, ...]
        What a station must offer, all of them.
    statuses : tuple[Status, ...]
        Statuses that count.
    groups : tuple[Group, ...]
        Whose coverage is asked; everyone's when empty.
    """

    mode: Mode = Mode.WALK
    limit: float = 900.0
    weight: Literal["distance_m", "time_s"] = "time_s"
    kinds: tuple[Kind, ...] = ()
    amenities: tuple[Amenity, ...] = ()
    statuses: tuple[Status, ...] = (Status.OPEN,)
    groups: tuple[Group, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a limit that covers nobody or everybody."""
        if not 0 < self.limit < np.inf:
            raise BadInputError(
                Text(f"阈值 {self.limit} 必须是正数。", f"The limit {self.limit} must be positive.")
            )
        if self.weight not in {"distance_m", "time_s"}:
            raise BadInputError(
                Text(
                    f"计量方式 {self.weight} 应为 distance_m 或 time_s。",
                    f"The weight {self.weight!r} must be distance_m or time_s.",
                )
            )

    @property
    def limit_m(self) -> float:
        """The limit in metres; of a time, as far as one walks in it along a straight street."""
        return self.limit if self.weight == "distance_m" else self.limit * ACCESS_SPEED_M_S

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
