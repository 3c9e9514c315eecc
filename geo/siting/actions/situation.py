"""Who works where, what they ask of a station hour by hour, and what stands near them and could."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.errors import BadInputError
from geo.reach.catchments import Catchments
from geo.text import Text


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Situation:
    """Who works where, and what stands or could stand near them.

    Attributes
    ----------
    stations : GeoDataFrame
        Stations of a kind and status that count (s rows, EPSG:4326).
    candidates : GeoDataFrame
        The layer ``candidates`` (c rows, EPSG:4326).
    places : Catchments
        Stations, then candidates (``site``), to demand point within reach.
    demand : DataFrame
        n rows: ``workers, group, setting, district`` and ``gap_id`` where known.
    active : (n, 168) bool
        When the workers of each point are there.
    nearest : DataFrame
        c rows: ``nearest_station_id, nearest_station_name, nearest_m`` of each candidate.
    names : Mapping[str, Text]
        What people call the districts.
    monday : date | None
        First day of the real week that `active` is of; None for an ordinary one.
    """

    stations: gpd.GeoDataFrame
    candidates: gpd.GeoDataFrame
    places: Catchments
    demand: pd.DataFrame
    active: NDArray[np.bool_]
    nearest: pd.DataFrame
    names: Mapping[str, Text] = field(default_factory=dict)
    monday: date | None = None

    def __post_init__(self) -> None:
        """Refuse what does not fit together."""
        have = (
            self.places.n_sites,
            self.places.n_points,
            len(self.active),
            len(self.nearest),
        )
        n = len(self.demand)
        need = len(self.stations) + len(self.candidates), n, n, len(self.candidates)
        if have != need:
            raise BadInputError(
                Text(f"数据长度不一致：{have}，应为 {need}。", f"Lengths {have} should be {need}.")
            )

    @property
    def n_stations(self) -> int:
        """How many places are stations."""
        return len(self.stations)

    def of_stations(self) -> Catchments:
        """Return the catchments of the stations alone."""
        begin = self.places.begin[: self.n_stations + 1]
        own = slice(begin[-1])
        return Catchments(
            begin, self.places.point[own], self.places.cost[own], self.places.n_points
        )
