"""Who works where, what they ask of a station hour by hour, and what stands near them and could."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.errors import BadInputError
from geo.hours import ALWAYS, week_mask
from geo.layers.vocabulary import Amenity, Group
from geo.reach.catchments import Catchments
from geo.text import Text


@dataclass(frozen=True, slots=True)
class Need:
    """One need of the workers who are there; each worker counts for every hour it is met.

    Attributes
    ----------
    text : Text
        What a planner calls it.
    amenities : tuple[Amenity, ...]
        What a station must have to meet it, all of them; any open station when empty.
    hours : str
        When it is felt (OSM opening_hours), within the hours the workers are there.
    groups : tuple[Group, ...]
        Whose it is; everybody's when empty.
    worth : float
        What an hour of one worker counts, against an hour of plain rest.
    """

    text: Text
    amenities: tuple[Amenity, ...] = ()
    hours: str = ALWAYS
    groups: tuple[Group, ...] = ()
    worth: float = 1.0

    def __post_init__(self) -> None:
        """Refuse hours nobody can read and a worth that is no weight."""
        week_mask(self.hours)
        if not 0 <= self.worth < float("inf"):
            raise BadInputError(
                Text(
                    f"需求“{self.text.zh}”的权重 {self.worth} 须为 0 或正数。",
                    f'The worth {self.worth} of "{self.text.en}" must be 0 or more.',
                )
            )


REST = Need(Text("开门可歇", "A station open in reach"))
"""The need behind worker-hour coverage: some station that counts is open."""

HOT_MEAL = Need(
    Text("午间热饭", "Warming lunch"),
    (Amenity.MICROWAVE,),
    "11:00-13:00",
    (
        Group.COURIER,
        Group.DELIVERY_RIDER,
        Group.RIDE_HAILING_DRIVER,
        Group.SANITATION_WORKER,
        Group.TRUCK_DRIVER,
    ),
)
"""Those who eat outdoors at noon want to warm what they brought."""


@dataclass(frozen=True, slots=True, eq=False)
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
    """

    stations: gpd.GeoDataFrame
    candidates: gpd.GeoDataFrame
    places: Catchments
    demand: pd.DataFrame
    active: NDArray[np.bool_]
    nearest: pd.DataFrame
    names: Mapping[str, Text] = field(default_factory=dict)

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
