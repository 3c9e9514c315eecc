"""The base map's themes from an OpenStreetMap extract, in one pass (pyosmium)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import osmium
import shapely
from numpy.typing import NDArray
from osmium.filter import KeyFilter
from osmium.geom import WKBFactory

from data.basemap.coast import shore
from data.basemap.osm_words import (
    KEYS,
    Drawn,
    area_of,
    english_of,
    label_of,
    level_of,
    line_of,
)
from data.basemap.themes import (
    BORDER_ZOOMS,
    BaseMap,
    Theme,
    border_lines,
    clipped,
    inland,
    table,
    zoom_for_area,
)
from data.osm.osm_features import name_of
from data.streets.osm_file import OSM_KINDS, broken_extract, file_border
from geo.crs import Box
from geo.errors import BadInputError
from geo.solving import Progress, silent
from geo.text import Text

CREDIT = Text("© OpenStreetMap 贡献者", "© OpenStreetMap contributors")
_STEP = Text("读取底图要素", "Reading what the base map draws")
_BATCH = 50_000
"""Shapes decoded at a time."""
_LEAST_PIXELS = 12.0
"""Square pixels an area covers at the first zoom it is drawn at."""
_LABEL_PIXELS = 900.0
"""Square pixels: an area of 30 by 30 has room for its name."""
_NO_WORDS: tuple[None, None, None] = (None, None, None)


@dataclass
class _Rows:
    """Rows of one theme; shapes stay WKB until there are enough to decode together."""

    clip: Box | None
    waiting: list[tuple[str, tuple[object, ...]]] = field(default_factory=list)
    shapes: list[NDArray[np.object_]] = field(default_factory=list)
    values: list[tuple[object, ...]] = field(default_factory=list)

    def add(self, wkb: str, values: tuple[object, ...]) -> None:
        """Add a shape with (kind, name, name_en, ref, level, rank, min_zoom)."""
        self.waiting.append((wkb, values))
        if len(self.waiting) >= _BATCH:
            self.decode()

    def decode(self) -> None:
        """Decode what waits, clipped; what lies outside is dropped."""
        if not self.waiting:
            return
        shapes = shapely.from_wkb(np.array([wkb for wkb, _ in self.waiting], object))
        values = [values for _, values in self.waiting]
        self.waiting = []
        if self.clip is not None:
            shapes = clipped(shapely.make_valid(shapes), self.clip)
        kept = np.flatnonzero(~shapely.is_empty(shapes))
        self.shapes.append(shapes[kept])
        self.values += [values[row] for row in kept.tolist()]

    def table(self) -> gpd.GeoDataFrame:
        """Return the theme's table."""
        self.decode()
        shapes = np.concatenate(self.shapes) if self.shapes else np.empty(0, object)
        names = ("kind", "name", "name_en", "ref", "level", "rank", "min_zoom")
        columns = zip(*self.values, strict=True) if self.values else ([] for _ in names)
        return table(shapes, **dict(zip(names, map(list, columns), strict=True)))


def read_extract(path: Path, *, clip: Box | None = None, progress: Progress = silent) -> BaseMap:
    """Return what an extract holds for the base map, cut at the border of what it covers.

    Parameters
    ----------
    path : Path
        ``.osm``, ``.osm.pbf``, ``.osm.gz`` or ``.osm.bz2``.
    clip : Box, optional
        Draw nothing beyond; what the file says it covers where left out.
    progress : Progress
        Told the step.

    Raises
    ------
    BadInputError
        If the file is of another kind, or holds nothing to draw.
    BrokenFileError
        If it is empty, truncated or corrupt.
    """
    if not path.name.lower().endswith(OSM_KINDS):
        raise BadInputError(
            Text(
                f"{path.name}：底图请用 .osm 或 .osm.pbf 文件。",
                f"{path.name}: the base map is made from an .osm or .osm.pbf extract.",
            )
        )
    cut = _common(clip, file_border(path))
    gathered = {theme: _Rows(cut) for theme in Theme}
    coast: list[str] = []
    progress(_STEP, 0.0)
    try:
        ways, cut_off = _read(path, gathered, coast)
    except (RuntimeError, OSError) as error:
        raise broken_extract(path, error) from error
    if cut_off > ways / 2:
        raise BadInputError(
            Text(
                f"{path.name}：{ways:,} 条线里有 {cut_off:,} 条找不到节点，文件没有按节点、线、关系排序："
                "请先用 osmium sort 排序。",
                f"{path.name}: {cut_off:,} of {ways:,} ways lack their nodes; the file is not in the "
                "order nodes, ways, relations: run osmium sort on it first.",
            )
        )
    tables = {theme: rows.table() for theme, rows in gathered.items()}
    progress(_STEP, 1.0)
    box = cut or _span(path, tables)
    lines = shapely.from_wkb(np.array(coast, object)) if coast else np.empty(0, object)
    land = shore(lines, box)
    tables[Theme.LAND] = table([land.shape], kind="land")
    areas = tables[Theme.BORDER]
    outlines = {kind: areas.geometry[areas["kind"] == kind].to_numpy() for kind in BORDER_ZOOMS}
    tables[Theme.BORDER] = inland(border_lines(outlines), land.shape)
    return BaseMap(box, _with_zooms(tables), CREDIT, land.remarks)


def _read(path: Path, gathered: Mapping[Theme, _Rows], coast: list[str]) -> tuple[int, int]:
    """Fill `gathered` and `coast`; return how many ways there were and how many lack all nodes."""
    wanted = KeyFilter(*KEYS)
    factory = WKBFactory()
    ways = cut_off = 0
    item: Any
    for item in osmium.FileProcessor(str(path)).with_areas(wanted).with_filter(wanted):
        tags = {tag.k: tag.v for tag in item.tags}
        if isinstance(item, osmium.osm.Area):
            _take_area(item, tags, gathered, factory)
        elif isinstance(item, osmium.osm.Way):
            drawn = line_of(tags)
            is_coast = tags.get("natural") == "coastline"
            if drawn is None and not is_coast:
                continue
            lines = _lines(item, factory)
            ways, cut_off = ways + 1, cut_off + (not lines)
            if is_coast:
                coast += lines
            elif drawn is not None:
                for line in lines:
                    gathered[drawn.theme].add(line, _values(tags, drawn))
        elif isinstance(item, osmium.osm.Node) and (label := label_of(tags)) is not None:
            gathered[label.theme].add(factory.create_point(item), _values(tags, label))
    return ways, cut_off


def _lines(way: osmium.osm.Way, factory: WKBFactory) -> list[str]:
    """Return a way as WKB: several lines where the extract lacks nodes between."""
    try:
        return [factory.create_linestring(way)]
    except (RuntimeError, osmium.InvalidLocationError):
        runs: list[list[tuple[float, float]]] = [[]]
        for node in way.nodes:
            if node.location.valid():
                runs[-1].append((node.lon, node.lat))
            elif runs[-1]:
                runs.append([])
        lines = [shapely.LineString(run) for run in runs if len(set(run)) > 1]
        return [shapely.to_wkb(line, hex=True) for line in lines]


def _take_area(
    item: osmium.osm.Area,
    tags: Mapping[str, str],
    gathered: Mapping[Theme, _Rows],
    factory: WKBFactory,
) -> None:
    drawn, label = area_of(tags), None
    if drawn is None or drawn.theme is not Theme.BUILDING or len(tags) > 1:
        label = label_of(tags, drawn)
    level = _admin_level(tags)
    if drawn is None and label is None and level is None:
        return
    try:
        wkb = factory.create_multipolygon(item)
    except (RuntimeError, osmium.InvalidLocationError):
        return  # The extract lacks a part of the outline.
    if drawn is not None:
        gathered[drawn.theme].add(wkb, (drawn.kind, *_NO_WORDS, 0, drawn.rank, drawn.min_zoom))
    if label is not None:
        gathered[label.theme].add(wkb, _values(tags, label))
    if level is not None:
        gathered[Theme.BORDER].add(wkb, (level, *_NO_WORDS, 0, 9, 0))


def _admin_level(tags: Mapping[str, str]) -> str | None:
    """Return what kind of border an administrative area has; None for others."""
    if tags.get("boundary") != "administrative":
        return None
    return {"2": "country", "4": "province", "5": "city", "6": "district", "8": "subdistrict"}.get(
        tags.get("admin_level", "")
    )


def _values(tags: Mapping[str, str], drawn: Drawn) -> tuple[object, ...]:
    ref = (tags.get("ref") or "").split(";")[0].strip() or None
    return (
        drawn.kind,
        name_of(tags) or None,
        english_of(tags),
        ref if drawn.theme is Theme.STREET else None,
        level_of(tags),
        drawn.rank,
        drawn.min_zoom,
    )


def _with_zooms(tables: dict[Theme, gpd.GeoDataFrame]) -> dict[Theme, gpd.GeoDataFrame]:
    """Give areas the first zoom at which they can be seen, and their labels a point and a zoom."""
    for theme in (Theme.BUILT, Theme.GREEN, Theme.WATER, Theme.AIRPORT, Theme.BUILDING):
        frame = tables[theme]
        shapes = frame.geometry.to_numpy()
        areal = shapely.get_dimensions(shapes) == 2  # noqa: PLR2004
        seen = np.where(areal, zoom_for_area(shapes, _LEAST_PIXELS), 0)
        frame["min_zoom"] = np.maximum(frame["min_zoom"], seen).astype(np.int16)
    for theme in (Theme.PLACE, Theme.POI):
        tables[theme] = _labels(tables[theme])
    return tables


def _labels(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return labels at points; a large park or lake is named from afar. One name a place."""
    shapes = frame.geometry.to_numpy()
    areal = shapely.get_dimensions(shapes) == 2  # noqa: PLR2004
    if areal.any():
        seen = zoom_for_area(shapes[areal], _LABEL_PIXELS)
        named = frame.loc[areal, "min_zoom"].to_numpy()
        frame.loc[areal, "min_zoom"] = np.minimum(named, np.maximum(seen, 8)).astype(np.int16)
        shapes[areal] = shapely.point_on_surface(shapes[areal])
    frame = frame.set_geometry(gpd.GeoSeries(shapes, crs=frame.crs))
    spots = np.round(shapely.get_coordinates(shapely.centroid(shapes)), 3)
    key = frame[["kind", "name"]].assign(x=spots[:, 0], y=spots[:, 1])
    return frame[~key.duplicated()].sort_values("rank", kind="stable", ignore_index=True)


def _common(one: Box | None, other: Box | None) -> Box | None:
    if one is None or other is None:
        return one or other
    return (*np.maximum(one[:2], other[:2]).tolist(), *np.minimum(one[2:], other[2:]).tolist())


def _span(path: Path, tables: Mapping[Theme, gpd.GeoDataFrame]) -> Box:
    boxes = [frame.total_bounds for frame in tables.values() if len(frame)]
    if not boxes:
        raise BadInputError(
            Text(f"{path.name} 里没有可画的要素。", f"{path.name} holds nothing to draw.")
        )
    low, high = np.min(boxes, axis=0)[:2], np.max(boxes, axis=0)[2:]
    return (*low.tolist(), *high.tolist())
