"""A project opened for analysis: its layers, its streets, and the stations that may count."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import pandas as pd

from data.project import Project
from data.streets.folder import Streets, open_streets
from geo.layers.vocabulary import Mode
from geo.network.street_network import StreetNetwork
from geo.network.vehicle import Vehicle


@dataclass(frozen=True)
class City:
    """Layers and streets of one project, each read once.

    Attributes
    ----------
    project : Project
        Where they come from.
    """

    project: Project

    @cached_property
    def streets(self) -> Streets:
        """The compiled streets; raises MissingError before they are fetched."""
        return open_streets(self.project.streets_folder)

    def network(self, mode: Mode, *, vehicle: Vehicle | None = None) -> StreetNetwork:
        """Return the streets of one mode, without those too small for a `vehicle`."""
        return self.streets.network(mode, vehicle=vehicle)

    @cached_property
    def stations(self) -> gpd.GeoDataFrame:
        """The layers ``stations`` and ``yizhan`` together."""
        parts = [self.project.read_or_empty(name) for name in ("stations", "yizhan")]
        return gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), crs=parts[0].crs)

    @cached_property
    def workers(self) -> gpd.GeoDataFrame:
        """The layer ``workers``; raises MissingError before it is imported."""
        return self.project.read("workers")

    @cached_property
    def candidates(self) -> gpd.GeoDataFrame:
        """The layer ``candidates``; raises MissingError before it is imported."""
        return self.project.read("candidates")

    @cached_property
    def weights(self) -> gpd.GeoDataFrame | None:
        """The layer ``weights``, None if it was never imported."""
        return self.project.read("weights") if self.project.has("weights") else None
