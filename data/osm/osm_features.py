"""What an OpenStreetMap extract holds besides streets, by theme, read in one pass.

A theme is a set of tags: places, landmarks, administrative areas. Points and areas are read;
whoever needs lines (a base map) names them. Every theme is its own table, so what a stage does not
need costs it nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import osmium
import shapely
from osmium.filter import TagFilter
from osmium.geom import WKBFactory

from data.streets.osm_file import OSM_KINDS, broken_extract
from geo.crs import STORAGE_CRS, square_metres
from geo.errors import BadInputError
from geo.solving import Progress, silent
from geo.text import Text

Tags = Mapping[str, str]
_STEP = Text("读取地点、区划和建筑", "Reading places, areas and buildings")
_BATCH = 20_000
"""Shapes decoded at a time: fast, and never more than some megabytes."""
_AREAS = frozenset({"multipolygon", "boundary"})
_NAMES = ("name:zh-Hans", "name:zh-CN", "name:zh", "name")


@dataclass(frozen=True)
class OsmTheme:
    """What to read together.

    Attributes
    ----------
    name : str
        Key of its table.
    tags : frozenset[tuple[str, str]]
        An object with any of them belongs to it.
    shapes : bool
        Whether areas keep their outline; else a point within stands for them.
    lines : bool
        Whether ways that are no areas are read too.
    keep : frozenset[str] | None
        The tags kept of each object; None for all.
    """

    name: str
    tags: frozenset[tuple[str, str]]
    shapes: bool = False
    lines: bool = False
    keep: frozenset[str] | None = None


@dataclass(kw_only=True)
class _Gathered:
    """Rows of one theme, their shapes still as WKB where not decoded yet."""

    theme: OsmTheme
    ids: list[str] = field(default_factory=list)
    tags: list[dict[str, str]] = field(default_factory=list)
    shapes: list[Any] = field(default_factory=list)
    areas_m2: list[float] = field(default_factory=list)
    relations: dict[str, dict[str, str]] = field(default_factory=dict)

    def add(self, identity: str, tags: dict[str, str], wkb: str) -> None:
        """Add an object; decode the last `_BATCH` of them when they are together."""
        keep = self.theme.keep
        self.ids.append(identity)
        self.tags.append(tags if keep is None else {k: tags[k] for k in keep & tags.keys()})
        self.shapes.append(wkb)
        if len(self.shapes) - len(self.areas_m2) >= _BATCH:
            self.decode()

    def decode(self) -> None:
        """Make the WKB added since into shapes or points."""
        first = len(self.areas_m2)
        shapes = shapely.from_wkb(np.array(self.shapes[first:], object))
        self.areas_m2 += _areas_m2(shapes).tolist()
        if not self.theme.shapes:
            shapes = shapely.point_on_surface(shapes)
        self.shapes[first:] = shapes.tolist()

    def table(self) -> gpd.GeoDataFrame:
        """Return the rows, each object once."""
        self.decode()
        frame = gpd.GeoDataFrame(
            {"id": self.ids, "tags": self.tags, "area_m2": np.array(self.areas_m2, np.float64)},
            geometry=gpd.array.GeometryArray(np.array(self.shapes, object), crs=STORAGE_CRS),
        )
        return frame.drop_duplicates("id", ignore_index=True)

    def broken(self, table: gpd.GeoDataFrame) -> tuple[Tags, ...]:
        """Return the tags of relations that should be areas and are not in `table`."""
        whole = set(table["id"])
        return tuple(tags for one, tags in self.relations.items() if one not in whole)


@dataclass(frozen=True)
class OsmFeatures:
    """What an extract holds.

    Attributes
    ----------
    tables : Mapping[str, GeoDataFrame]
        By theme: ``id`` (``n1``, ``w2``, ``r3``), ``tags`` (all tags), ``area_m2`` (NaN for what
        has none) and a geometry (EPSG:4326).
    broken : Mapping[str, tuple[Tags, ...]]
        By theme: the tags of relations whose outline the extract does not hold whole.
    """

    tables: Mapping[str, gpd.GeoDataFrame]
    broken: Mapping[str, tuple[Tags, ...]]

    def __getitem__(self, theme: str) -> gpd.GeoDataFrame:
        """Return the table of a theme."""
        return self.tables[theme]


def read_features(
    path: Path, themes: Iterable[OsmTheme], *, progress: Progress = silent
) -> OsmFeatures:
    """Read what `path` holds of every theme.

    Parameters
    ----------
    path : Path
        ``.osm``, ``.osm.pbf``, ``.osm.gz`` or ``.osm.bz2``.
    themes : Iterable[OsmTheme]
        What to read.
    progress : Progress
        Told the step.

    Raises
    ------
    BadInputError
        If the file is of another kind.
    BrokenFileError
        If it is empty, truncated or corrupt.
    """
    if not path.name.lower().endswith(OSM_KINDS):
        raise BadInputError(
            Text(
                f"{path.name}：请用 .osm 或 .osm.pbf 文件。",
                f"{path.name}: use an .osm or .osm.pbf extract.",
            )
        )
    gathered = {theme.name: _Gathered(theme=theme) for theme in themes}
    progress(_STEP, 0.0)
    try:
        _read(path, list(gathered.values()))
    except (RuntimeError, OSError) as error:
        raise broken_extract(path, error) from error
    progress(_STEP, 1.0)
    tables = {name: rows.table() for name, rows in gathered.items()}
    return OsmFeatures(tables, {name: rows.broken(tables[name]) for name, rows in gathered.items()})


def name_of(tags: Tags) -> str:
    """Return what people call an object, in Chinese where that is told; "" where nothing is."""
    return next((tags[key].strip() for key in _NAMES if tags.get(key, "").strip()), "")


def _read(path: Path, gathered: list[_Gathered]) -> None:
    owners: dict[tuple[str, str], list[_Gathered]] = {}
    for rows in gathered:
        for tag in rows.theme.tags:
            owners.setdefault(tag, []).append(rows)
    keys = frozenset(key for key, _ in owners)
    wanted, factory = TagFilter(*owners), WKBFactory()
    items: Any = osmium.FileProcessor(str(path)).with_areas(wanted).with_filter(wanted)
    for item in items:
        tags = {tag.k: tag.v for tag in item.tags}
        mine = {
            id(rows): rows
            for key in keys & tags.keys()
            for rows in owners.get((key, tags[key]), ())
        }
        if mine:
            _take(item, tags, list(mine.values()), factory)


def _take(item: Any, tags: dict[str, str], mine: list[_Gathered], factory: WKBFactory) -> None:  # noqa: ANN401 - any of pyosmium's objects
    """Add an object to every theme it belongs to."""
    if isinstance(item, osmium.osm.Relation):
        if tags.get("type") in _AREAS:
            for rows in mine:
                rows.relations[f"r{item.id}"] = tags
        return
    found = _shape(item, factory, lines=any(rows.theme.lines for rows in mine))
    if found is None:
        return
    for rows in mine:
        if rows.theme.lines or not isinstance(item, osmium.osm.Way):
            rows.add(found[0], tags, found[1])


def _shape(item: Any, factory: WKBFactory, *, lines: bool) -> tuple[str, str] | None:  # noqa: ANN401 - any of pyosmium's objects
    """Return id and WKB of an object; None for a relation, an open way or a broken outline."""
    try:
        if isinstance(item, osmium.osm.Area):
            letter = "w" if item.from_way() else "r"
            return f"{letter}{item.orig_id()}", factory.create_multipolygon(item)
        if isinstance(item, osmium.osm.Node):
            return f"n{item.id}", factory.create_point(item)
        if lines and isinstance(item, osmium.osm.Way) and not item.is_closed():
            return f"w{item.id}", factory.create_linestring(item)
    except (RuntimeError, ValueError):
        return None  # A place the extract lacks: the outline cannot be drawn.
    return None


def _areas_m2(shapes: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return areas in square metres, NaN for points and lines."""
    areal = shapely.get_dimensions(shapes) == 2  # noqa: PLR2004
    areas = np.full(len(shapes), np.nan)
    if areal.any():
        areas[areal] = square_metres(shapes[areal])
    return areas
