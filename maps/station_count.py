"""How many stations there are, told alike on every page: those not open are never left unsaid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from geo.layers.columns import layers_with
from geo.layers.roles import Role
from geo.layers.vocabulary import Kind, Status
from geo.text import Text

if TYPE_CHECKING:
    import geopandas as gpd


@dataclass(frozen=True, slots=True)
class StationCount:
    """The stations of a project.

    Attributes
    ----------
    total : int
        All of a known kind.
    not_open : int
        Those of them whose status says closed or planned: no worker is sent there.
    """

    total: int
    not_open: int

    @property
    def text(self) -> Text:
        """``1,019 个站点，其中 49 个未开放``; a city where all are open says only how many."""
        zh, en = f"{self.total:,} 个站点", f"{self.total:,} stations"
        if self.not_open:
            zh += f"，其中 {self.not_open:,} 个未开放"
            en += f", {self.not_open:,} of them not open"
        return Text(zh, en)


def station_count(layers: Mapping[str, gpd.GeoDataFrame]) -> StationCount:
    """Count the rows of the layers of stations among `layers`."""
    from maps.records import has_rows  # noqa: PLC0415 - brings in pandas

    kinds = {kind.value for kind in Kind}
    total = not_open = 0
    for name in layers_with(Role.STATIONS):
        if not has_rows(layers, name):
            continue
        frame = layers[name][layers[name]["kind"].isin(kinds)]
        stated = frame["status"].fillna("").astype(str)
        total += len(frame)
        not_open += int((~stated.isin(["", Status.OPEN.value])).sum())
    return StationCount(total, not_open)
