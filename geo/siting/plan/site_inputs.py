"""What is known of a city when sites are chosen: candidates, whom they reach, what stands already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.arrays import Flags, Floats
from geo.crs import STORAGE_CRS
from geo.errors import BadInputError, CrsError
from geo.hours import open_in_week
from geo.reach.catchments import Catchments
from geo.text import Text


@dataclass(frozen=True, slots=True, eq=False)
class PresenceWeek:
    """When workers are there and stations open, for worker-hours.

    Attributes
    ----------
    active : (m, 168) bool
        Hours the workers of each demand row are there.
    open_now : (m, 168) bool
        Hours an existing station in reach is open.
    monday : date | None
        First day of the real week these are of; None for an ordinary one.
    """

    active: Flags
    open_now: Flags
    monday: date | None = None

    def open(self, hours: str) -> Flags:
        """Return which hours of this week a place of those opening `hours` is open, (168,)."""
        return open_in_week(hours, self.monday)


@dataclass(frozen=True, slots=True, eq=False)
class ExistingSupply:
    """What existing stations give each demand row beyond plain cover, for models that ask.

    Attributes
    ----------
    limit : float
        Of the coverage rule, in the unit of the catchments' costs.
    in_seconds : bool
        Whether that is seconds.
    way : (m,) float64 | None
        Way to the nearest existing station; inf where there is none.
    times : (m,) int64 | None
        Stations in reach.
    week : PresenceWeek | None
        Hours, for worker-hours.
    """

    limit: float = 900.0
    in_seconds: bool = True
    way: Floats | None = None
    times: NDArray[np.int64] | None = None
    week: PresenceWeek | None = None


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SiteInputs:
    """Candidates, demand and existing stations, which have to fit together.

    Attributes
    ----------
    candidates : GeoDataFrame
        The layer ``candidates`` (n rows, points, EPSG:4326); ``fixed``, ``forbidden`` and
        ``exclusive`` count.
    pairs : Catchments
        Candidate (``site``) to demand row (``point``) within reach, sparse.
    demand : DataFrame
        m rows in the order of ``pairs.point``: ``workers``, and ``group``, ``setting``,
        ``district``, ``gap_id`` where known.
    already_covered : (m,) bool
        Demand that existing stations cover.
    nearest : DataFrame
        n rows in the candidates' order: ``nearest_station_id``, ``nearest_station_name``,
        ``nearest_m``.
    district_names : Mapping[str, Text]
        What people call the districts.
    supply : ExistingSupply
        What some models, and worker-hours, need to know of existing stations.

    Raises
    ------
    BadInputError
        Lengths do not fit.
    CrsError
        The candidates are not in EPSG:4326.
    """

    candidates: gpd.GeoDataFrame
    pairs: Catchments
    demand: pd.DataFrame
    already_covered: Flags
    nearest: pd.DataFrame
    district_names: Mapping[str, Text] = field(default_factory=dict)
    supply: ExistingSupply = field(default_factory=ExistingSupply)

    def __post_init__(self) -> None:
        """Refuse what does not fit together."""
        crs = self.candidates.crs
        if crs is None or crs.to_epsg() != int(STORAGE_CRS[5:]):
            raise CrsError(
                Text(
                    "候选点图层须为 EPSG:4326。",
                    "The candidates must be in EPSG:4326; reproject them.",
                )
            )
        sizes = {
            "candidates": (len(self.candidates), self.pairs.n_sites),
            "demand": (len(self.demand), self.pairs.n_points),
            "already_covered": (len(self.already_covered), self.pairs.n_points),
            "nearest": (len(self.nearest), self.pairs.n_sites),
        }
        for name, (have, need) in sizes.items():
            if have != need:
                raise BadInputError(
                    Text(
                        f"{name} 有 {have} 行，应有 {need} 行。",
                        f"{name} has {have} rows where {need} are needed.",
                    )
                )

    @property
    def workers(self) -> Floats:
        """Workers of each demand row, (m,)."""
        workers: Floats = self.demand["workers"].to_numpy(np.float64)
        return workers

    @property
    def uncovered(self) -> Floats:
        """Workers of each demand row whom no station covers yet, (m,)."""
        return np.where(self.already_covered, 0.0, self.workers)
