"""What the tiles of gaps carry, and the published gaps as the streets they are, cut into tiles.

A gap's workers by group are figures of their own, so that maps can filter by them.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from functools import cached_property

import geopandas as gpd

from api.ogc.tile_encoding import Tile, encode_tile
from api.ogc.tiling import TiledLayer
from data.store.project import Project
from data.store.project_study import open_study
from geo.coverage.rule import CoverageRule
from geo.gaps.gap_streets import gap_streets
from geo.json_shapes import JsonRow
from geo.layers.vocabulary import Group

LAYER = "gap_streets"
"""Of the tiles."""
OF_GROUP = "workers_of_"
"""Before a group's key, in the tiles of gaps."""
GROUP_FIELDS = frozenset(OF_GROUP + group for group in Group)
_SHORT = GROUP_FIELDS | {"gap_id", "cause", "district"}
_KEPT = 200
"""Tiles of gaps held in memory; one takes longer to cut than to hold."""


def workers_of(layer: str, row: JsonRow) -> dict[str, float]:
    """Return how many of a gap's workers are of each group; nothing of other layers."""
    groups = row.get("workers_by_group") if layer == "gaps" else None
    if not isinstance(groups, Mapping):
        return {}
    return {OF_GROUP + str(group): float(workers) for group, workers in groups.items()}


class GapStreets:
    """Tiles of the streets in the gaps, made on first use and kept.

    Parameters
    ----------
    project : Project
        Whose streets and stations.
    gaps : GeoDataFrame
        The published gaps (EPSG:4326).
    rows : sequence of mapping
        What each carries, one a gap.
    rule : CoverageRule
        What they were measured by.
    """

    def __init__(
        self,
        project: Project,
        gaps: gpd.GeoDataFrame,
        rows: Sequence[JsonRow],
        rule: CoverageRule,
    ) -> None:
        self._project, self._gaps, self._rows, self._rule = project, gaps, rows, rule
        self._lock = threading.Lock()
        self._tiles: dict[tuple[int, int, int], Tile] = {}

    @cached_property
    def _tiled(self) -> TiledLayer:
        coverage = open_study(self._project).coverage(self._rule)
        return TiledLayer.build(gap_streets(self._gaps, coverage), self._rows)

    def tile(self, place: tuple[int, int, int]) -> Tile:
        """Return the tile at zoom, column, row."""
        with self._lock:
            if place not in self._tiles:
                while len(self._tiles) >= _KEPT:
                    self._tiles.pop(next(iter(self._tiles)))
                self._tiles[place] = encode_tile(LAYER, self._tiled.features(*place), _SHORT)
            return self._tiles[place]
