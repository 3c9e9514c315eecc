"""The base map's themes from what a project holds without an extract: streets and districts."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import shapely

from data.basemap.beyond import land_with_districts
from data.basemap.osm_words import LINES
from data.basemap.themes import BaseMap, Theme, border_lines, inland, table
from geo.crs import MARGIN_M, Box, covering_box
from geo.network.segments import HIGHWAYS, Segments, Trait
from geo.text import Text

_MIDDLE_DEGREES = 0.002
"""How far a label may stand from the middle of its district: some 200 m, not seen at its zooms."""
_DEEPEST_ZOOM = 13
"""Streets and borders alone need no finer tiles: a step of theirs is a metre."""
_ZOOM = {kind: drawn.min_zoom for (_, kind), drawn in LINES.items() if drawn.theme is Theme.STREET}
NO_EXTRACT = Text(
    "没有 OSM 文件：底图只有区市和道路，没有水系、绿地、铁路和建筑。yizhan basemap --file 可以补上。",
    "Without an OSM extract the base map holds districts and streets only, no water, green, railways or "
    "buildings; yizhan basemap --file adds them.",
)
NO_DISTRICTS = Text(
    "没有区市边界：范围内全部画作陆地。", "Without districts everything within is drawn as land."
)


def own_base_map(
    segments: Segments | None,
    districts: gpd.GeoDataFrame | None,
    *,
    credit: Text | None,
    remark: Text | None = NO_EXTRACT,
) -> BaseMap | None:
    """Return the base map of streets and districts; None where there are neither.

    Parameters
    ----------
    segments : Segments | None
        The project's streets.
    districts : GeoDataFrame | None
        The project's districts (DISTRICTS columns, EPSG:4326).
    credit : Text | None
        Whom to name for them.
    remark : Text | None
        What to say of what it lacks.
    """
    boxes = []
    if districts is not None and len(districts):
        boxes.append(districts.total_bounds)
    if segments is not None and len(segments.node_lonlat):
        boxes.append([*segments.node_lonlat.min(axis=0), *segments.node_lonlat.max(axis=0)])
    if not boxes:
        return None
    low, high = np.min(boxes, axis=0)[:2].tolist(), np.max(boxes, axis=0)[2:].tolist()
    box: Box = covering_box((low[0], low[1], high[0], high[1]), MARGIN_M)
    tables = {theme: table([]) for theme in Theme}
    remarks = [remark] if remark else []
    if districts is not None and len(districts):
        land = land_with_districts(districts, box)
        tables[Theme.BORDER] = inland(borders(districts), land)
        tables[Theme.PLACE] = district_names(districts)
    else:
        land = shapely.box(*box)
        remarks.append(NO_DISTRICTS)
    tables[Theme.LAND] = table([land], kind="land")
    if segments is not None:
        tables[Theme.STREET] = _streets(segments)
    return BaseMap(box, tables, credit, tuple(remarks), _DEEPEST_ZOOM)


def with_districts(drawn: BaseMap, districts: gpd.GeoDataFrame) -> BaseMap:
    """Return a base map with the project's own districts in place of the extract's.

    A settlement that is called like a district gives way to the district's name.
    """
    if not len(districts):
        return drawn
    names = district_names(districts)
    places = drawn.tables[Theme.PLACE]
    west, south, east, north = drawn.box
    names = names.cx[west:east, south:north]
    told = places[~places["name"].isin(set(names["name"]))]
    merged = table(
        [*names.geometry, *told.geometry],
        **{
            column: [*names[column], *told[column]]
            for column in ("kind", "name", "name_en", "rank", "min_zoom")
        },
    )
    lines = inland(borders(districts), drawn.tables[Theme.LAND].geometry.iloc[0])
    tables = {**drawn.tables, Theme.BORDER: lines, Theme.PLACE: merged}
    return replace(drawn, tables=tables)


def borders(districts: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the outlines of districts and subdistricts, each line once."""
    return border_lines({kind: rows.geometry.to_numpy() for kind, rows in _levels(districts)})


def district_names(districts: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return a label in the middle of each district and subdistrict."""
    points: list[shapely.Geometry] = []
    columns: dict[str, list[object]] = {"kind": [], "name": [], "rank": [], "min_zoom": []}
    for kind, rows in _levels(districts):
        widest = shapely.maximum_inscribed_circle(
            rows.geometry.to_numpy(), tolerance=_MIDDLE_DEGREES
        )
        points += shapely.get_point(widest, 0).tolist()
        rank, zoom = (2, 7) if kind == "district" else (4, 11)
        columns["kind"] += [kind] * len(rows)
        columns["name"] += rows["name"].tolist()
        columns["rank"] += [rank] * len(rows)
        columns["min_zoom"] += [zoom] * len(rows)
    return table(points, **columns)


def _levels(districts: gpd.GeoDataFrame) -> list[tuple[str, gpd.GeoDataFrame]]:
    """Return the rows of each level, districts first."""
    if "level" not in districts.columns:
        return [("district", districts)]
    below = districts["level"] == "subdistrict"
    return [("district", districts[~below]), ("subdistrict", districts[below])]


def _streets(segments: Segments) -> gpd.GeoDataFrame:
    sizes = np.diff(segments.shape_offset)
    rows = np.repeat(np.arange(len(sizes)), sizes)
    lines = np.asarray(shapely.linestrings(np.asarray(segments.shape_lonlat), indices=rows))
    kinds = np.array(HIGHWAYS, object)[segments.highway]
    names = np.array([*segments.names, None], object)[segments.name]
    traits = np.asarray(segments.traits)
    level = np.where(traits & Trait.TUNNEL, -1, np.where(traits & Trait.BRIDGE, 1, 0))
    zooms = [_ZOOM.get(kind, 14) for kind in kinds.tolist()]
    return table(lines, kind=kinds, name=names, level=level, min_zoom=zooms)
