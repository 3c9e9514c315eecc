"""The larger streets for the offline base map: as lines, and packed as pages carry them."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

from data.program import program_stamp
from data.store.project import Project
from data.store.project_stages import STREETS, ProjectStages
from data.streets.folder import Streets, open_streets
from geo.crs import STORAGE_CRS
from geo.network.segments import HIGHWAYS, Segments
from maps.bus.mini_map import main_streets
from maps.ground.drawn_streets import drawn_streets

_PACKED = "packed_streets"
_DRAWN = tuple(HIGHWAYS[: HIGHWAYS.index("residential") + 1])


@lru_cache(maxsize=2)
def lines_of(streets: Streets) -> gpd.GeoDataFrame:
    """Return :func:`street_lines` of a project's streets, made once while the service runs."""
    return street_lines(streets.segments())


@lru_cache(maxsize=2)
def main_lines_of(streets: Streets) -> gpd.GeoDataFrame:
    """Return those of :func:`lines_of` that a small map on paper shows."""
    return main_streets({"streets": lines_of(streets)})


def street_lines(segments: Segments) -> gpd.GeoDataFrame:
    """Return streets up to residential ones with ``class`` and ``name`` (EPSG:4326)."""
    kept = np.isin(segments.highway, [HIGHWAYS.index(name) for name in _DRAWN])
    sizes = np.diff(segments.shape_offset)
    owner = np.repeat(np.arange(len(kept)), sizes)
    inside = kept[owner]
    number = np.cumsum(kept) - 1
    lines = shapely.linestrings(segments.shape_lonlat[inside], indices=number[owner[inside]])
    names = np.array([*segments.names, ""], dtype=object)[segments.name[kept]]
    classes = np.array(HIGHWAYS, dtype=object)[segments.highway[kept]]
    return gpd.GeoDataFrame({"class": classes, "name": names}, geometry=lines, crs=STORAGE_CRS)


def packed_streets(project: Project) -> gpd.GeoDataFrame:
    """Return the project's streets as :func:`drawn_streets` packs them.

    They are packed once and kept in the project as long as its streets and the program stay.
    """
    return _packed_of(open_streets(project.streets_folder), project.folder)


@lru_cache(maxsize=2)
def _packed_of(streets: Streets, folder: Path) -> gpd.GeoDataFrame:
    stages, key = ProjectStages(Project.open(folder)), program_stamp(("maps", "api"))
    kept = stages.load(_PACKED, (STREETS,), key)
    if kept is not None and isinstance(kept.get(_PACKED), gpd.GeoDataFrame):
        return kept[_PACKED]
    packed = drawn_streets(lines_of(streets))
    stages.save(_PACKED, (STREETS,), key, {_PACKED: packed})
    return packed
