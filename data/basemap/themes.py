"""The base map's themes: what is drawn, from which zoom on, its columns, and how borders are cut."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geo.crs import STORAGE_CRS, Box
from geo.text import Text

DEEPEST_ZOOM = 14
"""Tiles of an extract end here; MapLibre and QGIS draw closer zooms from the same tiles."""
SHALLOWEST_ZOOM = 4
"""From afar only the world's land is drawn."""
TILE_PIXELS = 512
"""Pixels a vector tile is drawn over."""
BORDER_ZOOMS = {"country": 4, "province": 4, "city": 6, "district": 8, "subdistrict": 11}
"""Kinds of border from the highest down, and the first zoom each is drawn at."""
_GRID_DEGREES = 1e-7
"""1 cm, as fine as OpenStreetMap stores places."""
_COAST_DEGREES = 0.0012
"""A border nearer to the sea than this, some 120 m, is the coast."""


class Theme(StrEnum):
    """What is drawn together, from the ground up."""

    LAND = "land"
    BUILT = "built"
    GREEN = "green"
    WATER = "water"
    WATERWAY = "waterway"
    AIRPORT = "airport"
    BUILDING = "building"
    STREET = "street"
    RAIL = "rail"
    BORDER = "border"
    PLACE = "place"
    POI = "poi"


FIELDS: Mapping[Theme, tuple[str, ...]] = {
    Theme.LAND: (),
    Theme.BUILT: ("kind",),
    Theme.GREEN: ("kind",),
    Theme.WATER: ("kind",),
    Theme.WATERWAY: ("kind", "name", "name_en", "level"),
    Theme.AIRPORT: ("kind",),
    Theme.BUILDING: (),
    Theme.STREET: ("kind", "name", "name_en", "ref", "level"),
    Theme.RAIL: ("kind", "level"),
    Theme.BORDER: ("kind",),
    Theme.PLACE: ("kind", "name", "name_en", "rank"),
    Theme.POI: ("kind", "name", "name_en", "rank"),
}
"""The columns a theme's tiles carry; the tables have all of `COLUMNS`."""

COLUMNS = ("kind", "name", "name_en", "ref", "level", "rank", "min_zoom")
"""Columns of every theme's table.

``kind`` says what it is (for streets OSM's ``highway`` value), ``name`` is Chinese where that is
known, ``name_en`` English where it differs, ``ref`` a road's number; ``level`` is -1 in a tunnel, 1
on a bridge; ``rank`` orders labels, 1 first; ``min_zoom`` is the first zoom it is drawn at.
"""


@dataclass(frozen=True)
class BaseMap:
    """Everything a base map draws.

    Attributes
    ----------
    box : Box
        What it covers: land and sea are known within, nothing is drawn beyond.
    tables : Mapping[Theme, GeoDataFrame]
        By theme, EPSG:4326, with `COLUMNS`; every theme is there, some without rows.
    credit : Text | None
        Whom every picture has to name; None where nobody has to be.
    remarks : tuple[Text, ...]
        What could not be had, and what stands in its place.
    deepest_zoom : int
        The zoom its tiles end at, with everything there is.
    """

    box: Box
    tables: Mapping[Theme, gpd.GeoDataFrame]
    credit: Text | None
    remarks: tuple[Text, ...] = ()
    deepest_zoom: int = DEEPEST_ZOOM

    def within(self, box: Box) -> dict[Theme, gpd.GeoDataFrame]:
        """Return what touches `box` (degrees), by theme, as a printed picture needs it."""
        west, south, east, north = box
        return {
            theme: frame.cx[west:east, south:north] if len(frame) else frame
            for theme, frame in self.tables.items()
        }


def table(shapes: Sequence[object] | NDArray[np.object_], **columns: object) -> gpd.GeoDataFrame:
    """Return a theme's table with all of `COLUMNS`, those not given empty; ``min_zoom`` 0."""
    empty: dict[str, object] = {
        **dict.fromkeys(("kind", "name", "name_en", "ref")),
        "level": 0,
        "rank": 9,
        "min_zoom": 0,
    }
    frame = gpd.GeoDataFrame(geometry=gpd.GeoSeries(list(shapes), crs=STORAGE_CRS))
    for name in COLUMNS:
        frame[name] = columns.get(name, empty[name])
    for name in ("level", "rank", "min_zoom"):
        frame[name] = frame[name].astype(np.int16)
    for name in ("kind", "name", "name_en", "ref"):
        frame[name] = frame[name].astype(object).where(frame[name].notna(), None)
    return frame[[*COLUMNS, "geometry"]]


def zoom_for_area(shapes: NDArray[np.object_], pixels: float) -> NDArray[np.int16]:
    """Return the first zoom at which each polygon (EPSG:4326) covers `pixels` square pixels."""
    bounds = shapely.bounds(shapes)
    stretch = 1 / np.cos(np.radians(np.nan_to_num(bounds[:, [1, 3]].mean(axis=1))))
    square = shapely.area(shapes) * stretch * (TILE_PIXELS / 360) ** 2
    with np.errstate(divide="ignore"):
        zoom = np.ceil(np.log2(pixels / square) / 2)
    first: NDArray[np.int16] = np.clip(zoom, 0, 99).astype(np.int16)
    return first


def clipped(shapes: NDArray[np.object_], box: Box) -> NDArray[np.object_]:
    """Return the parts of valid `shapes` within `box`; what lies outside becomes empty.

    GEOS' quick clipping by a rectangle fails on some rings, so that it is not used.
    """
    bounds = shapely.bounds(shapes)
    west, south, east, north = box
    inside = (bounds[:, :2] >= (west, south)).all(axis=1) & (bounds[:, 2:] <= (east, north)).all(
        axis=1
    )
    cut = shapes.copy()
    cut[~inside] = shapely.intersection(shapes[~inside], shapely.box(*box))
    return cut


def degrees_per_pixel(zoom: int) -> float:
    """Return how many degrees of longitude a pixel covers at `zoom`."""
    return 360.0 / (TILE_PIXELS << zoom)


def border_lines(areas: Mapping[str, NDArray[np.object_]]) -> gpd.GeoDataFrame:
    """Return the outlines of `areas` (polygons, EPSG:4326, by kind) as the theme of borders."""
    lines: list[object] = []
    kinds: list[str] = []
    drawn: shapely.Geometry = shapely.MultiLineString()
    for kind in BORDER_ZOOMS:
        shapes = areas.get(kind)
        if shapes is None or not len(shapes):
            continue
        outline = shapely.union_all(shapely.boundary(shapes), grid_size=_GRID_DEGREES)
        fresh = shapely.difference(outline, drawn, grid_size=_GRID_DEGREES)
        drawn = shapely.union(drawn, fresh, grid_size=_GRID_DEGREES)
        merged = shapely.get_parts(shapely.line_merge(fresh))
        lines += merged.tolist()
        kinds += [kind] * len(merged)
    return table(lines, kind=kinds, min_zoom=[BORDER_ZOOMS[kind] for kind in kinds])


def inland(borders: gpd.GeoDataFrame, land: shapely.Geometry) -> gpd.GeoDataFrame:
    """Return the parts of `borders` on land: what runs along the coast or at sea is not drawn."""
    if not len(borders):
        return borders
    ground = shapely.buffer(shapely.simplify(land, _COAST_DEGREES / 3), -_COAST_DEGREES)
    shapely.prepare(ground)
    cut = borders.copy()
    cut["geometry"] = shapely.intersection(borders.geometry.to_numpy(), ground)
    kept: gpd.GeoDataFrame = cut[~cut.geometry.is_empty].reset_index(drop=True)
    return kept
