"""What siting and improving both stand on: candidates snapped, their catchments, who is where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.coverage.analyse import Coverage
from geo.errors import BadInputError
from geo.gaps.clusters import gap_of_points
from geo.layers.districts import districts_only, subdistricts_only
from geo.layers.english_names import english_place
from geo.network.street_network import Snapped, StreetNetwork
from geo.reach.catchments import Catchments, catchments
from geo.reach.labels import nearest
from geo.text import Text

T = TypeVar("T")


@dataclass(frozen=True)
class SitingGround:
    """One city's candidates on its streets, measured once.

    Attributes
    ----------
    network : StreetNetwork
        Streets of the coverage's mode.
    candidates, districts : GeoDataFrame
        The layers of those names (EPSG:4326).
    coverage : Coverage
        As things stand.
    gaps : GeoDataFrame
        GAPS columns of that coverage.
    """

    network: StreetNetwork
    candidates: gpd.GeoDataFrame
    districts: gpd.GeoDataFrame
    coverage: Coverage
    gaps: gpd.GeoDataFrame

    @cached_property
    def places(self) -> Snapped:
        """The candidates on the streets."""
        return snapped(self.network, self.candidates)

    @cached_property
    def pairs(self) -> Catchments:
        """Candidate to demand point within the rule's limit."""
        return self.within(self.coverage.rule.limit)

    def within(self, limit: float) -> Catchments:
        """Return candidate to demand point within `limit`, in the rule's weight."""
        demand, weight = self.coverage.demand.snapped, self.coverage.rule.weight
        return catchments(self.network, self.places, demand, limit, weight=weight)

    @cached_property
    def demand(self) -> pd.DataFrame:
        """``workers, group, setting, district, gap_id`` of every demand point."""
        points = self.coverage.demand
        owners = self.coverage.workers.iloc[points.owner]
        frame: pd.DataFrame = owners[["group", "setting", "district"]].reset_index(drop=True)
        gap = gap_of_points(self.gaps, points.lonlat, self.coverage.covered)
        return frame.assign(workers=points.workers, gap_id=gap)

    @cached_property
    def nearest_stations(self) -> pd.DataFrame:
        """Each candidate's nearest station that counts, by street."""
        stations = self.coverage.stations[self.coverage.equipped]
        there = snapped(self.network, stations)
        found = nearest(self.network, self.places, there, weight="distance_m")
        row, known = found.site[:, 0], found.site[:, 0] >= 0
        names: dict[str, object] = {}
        for column in ("id", "name"):
            values = [*stations[column], None]
            names[f"nearest_station_{column}"] = [values[number] for number in row]
        return pd.DataFrame(names | {"nearest_m": np.where(known, found.cost[:, 0], np.nan)})

    @cached_property
    def district_names(self) -> dict[str, Text]:
        """What people call the districts, by code."""
        districts = districts_only(self.districts)
        return {
            str(code): Text(name, english_place(name))
            for code, name in zip(districts["adcode"], districts["name"], strict=True)
        }

    @cached_property
    def subdistrict_names(self) -> frozenset[str]:
        """The names of the subdistricts that the city or a candidate has."""
        known = {str(name) for name in subdistricts_only(self.districts)["name"]}
        return frozenset(known | {str(one) for one in self.candidates["subdistrict"].dropna()})

    def by_level(self, given: Mapping[str, T]) -> tuple[dict[str, T], dict[str, T]]:
        """Return `given` by district code, and what names subdistricts by their name.

        Raises
        ------
        BadInputError
            If neither a district nor a subdistrict is known by a name.
        """
        beneath = {name: value for name, value in given.items() if name in self.subdistrict_names}
        upper = {name: value for name, value in given.items() if name not in beneath}
        return self.by_code(upper), beneath

    def by_code(self, given: Mapping[str, T]) -> dict[str, T]:
        """Return `given` by district code, where planners may have written names.

        Raises
        ------
        BadInputError
            If a district is not known.
        """
        codes = {text.zh: code for code, text in self.district_names.items()}
        # People leave the 区 or 市 off.
        known = {name[:-1]: code for name, code in codes.items()} | codes
        known |= {code: code for code in self.district_names}
        for name in given:
            if name not in known:
                told = "、".join(codes)
                raise BadInputError(
                    Text(
                        f"没有区市“{name}”；可写：{told}。",
                        f'There is no district "{name}"; there are {told}.',
                    )
                )
        return {known[name]: value for name, value in given.items()}


def snapped(network: StreetNetwork, frame: gpd.GeoDataFrame) -> Snapped:
    """Put a layer's points (EPSG:4326) on the streets."""
    return network.snap(np.column_stack([frame.geometry.x, frame.geometry.y]))
