"""A layer cut into the squares of Web Mercator tiles (for drawing only, never for measuring)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from api.ogc.tile_encoding import EXTENT, TileFeature
from geo.errors import BadInputError
from geo.json_shapes import JsonRow
from geo.text import Text

MAX_ZOOM = 20
"""A tile is 31 m wide there at 36 degrees north; deeper nothing more is to be seen."""
_MERCATOR = "EPSG:3857"
_HALF_WORLD_M = 20037508.342789244
"""Half the width of Web Mercator (EPSG:3857): pi times the radius of 6,378,137 m."""
_BUFFER = 128  # tile units drawn beyond the edge, so that symbols and outlines are not cut
_PIXEL = 16.0
"""Tile units a drawn pixel has where a tile is 256 wide: the least a line or area is drawn with."""


@dataclass(frozen=True, slots=True)
class TiledLayer:
    """A layer ready to be cut.

    Attributes
    ----------
    shapes : (n,) object
        Geometries in Web Mercator metres.
    tree : shapely.STRtree
        Index of the shapes.
    properties : sequence of mapping
        What each feature carries.
    """

    shapes: NDArray[np.object_]
    tree: shapely.STRtree
    properties: Sequence[JsonRow]

    @classmethod
    def build(cls, frame: gpd.GeoDataFrame, properties: Sequence[JsonRow]) -> TiledLayer:
        """Prepare `frame` (EPSG:4326) with one mapping of properties a row."""
        shapes = np.asarray(frame.geometry.to_crs(_MERCATOR).array, dtype=object)
        return cls(shapes, shapely.STRtree(shapes), properties)

    def features(self, zoom: int, column: int, row: int) -> list[TileFeature]:
        """Return what lies on the tile (XYZ scheme: row 0 is north), in the layer's order.

        Every feature is drawn, however small: an area or line of less than a pixel as a pixel.

        Raises
        ------
        BadInputError
            If there is no such tile.
        """
        west, north, unit_m = tile_corner(zoom, column, row)
        reach_m = (_BUFFER + _PIXEL) * unit_m
        side_m = EXTENT * unit_m
        around = shapely.box(
            west - reach_m, north - side_m - reach_m, west + side_m + reach_m, north + reach_m
        )
        numbers = np.sort(self.tree.query(around))
        drawn = _drawn(_in_units(self.shapes[numbers], west, north, unit_m))
        # What runs against the clock with y upward runs with it on a screen, where y is downward.
        drawn = shapely.orient_polygons(drawn, exterior_cw=False)
        return [
            TileFeature(int(number), shape, self.properties[number])
            for number, shape in zip(numbers, drawn, strict=True)
            if shape is not None and not shape.is_empty
        ]


def tile_corner(zoom: int, column: int, row: int) -> tuple[float, float, float]:
    """Return a tile's west and north edge (EPSG:3857 metres) and metres per tile unit."""
    count = 1 << min(max(zoom, 0), MAX_ZOOM)
    if not (0 <= zoom <= MAX_ZOOM and 0 <= column < count and 0 <= row < count):
        raise BadInputError(
            Text(
                f"没有瓦片 {zoom}/{column}/{row}：层级 0 至 {MAX_ZOOM}。",
                f"There is no tile {zoom}/{column}/{row}: zoom goes from 0 to {MAX_ZOOM}.",
            )
        )
    side_m = 2 * _HALF_WORLD_M / count
    return -_HALF_WORLD_M + column * side_m, _HALF_WORLD_M - row * side_m, side_m / EXTENT


def _in_units(
    shapes: NDArray[np.object_], west: float, north: float, unit_m: float
) -> NDArray[np.object_]:
    """Return the shapes in tile units, y downward."""
    moved: NDArray[np.object_] = shapely.transform(
        shapes, lambda xy_m: np.column_stack([xy_m[:, 0] - west, north - xy_m[:, 1]]) / unit_m
    )
    return moved


def _drawn(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return what of each shape is drawn: cut to the tile, in whole units, a pixel at least."""
    on_grid = shapely.set_precision(shapely.simplify(shapes, 0.5), 1.0)
    extended = shapely.get_dimensions(shapes) > 0
    west, south, east, north = shapely.bounds(shapes).T
    small = extended & (
        ((east - west < _PIXEL) & (north - south < _PIXEL)) | shapely.is_empty(on_grid)
    )
    cut = extended & ~small
    on_grid[small] = _pixels(shapes[small])
    box = (-_BUFFER, -_BUFFER, EXTENT + _BUFFER, EXTENT + _BUFFER)
    clipped = shapely.clip_by_rect(on_grid[cut], *box)
    on_grid[cut] = _of_dimension(shapely.set_precision(clipped, 1.0), on_grid[cut])
    outside = ~cut & ~shapely.intersects(on_grid, shapely.box(*box))
    on_grid[outside] = None
    return on_grid


def _pixels(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return a square of a pixel where each area lies, a stroke of a pixel where each line does."""
    west, south, east, north = shapely.bounds(shapes).T
    x = np.rint((west + east) / 2)
    y = np.rint((south + north) / 2)
    half = _PIXEL / 2
    squares: NDArray[np.object_] = shapely.box(x - half, y - half, x + half, y + half)
    lines = shapely.get_dimensions(shapes) == 1
    ends = np.stack([np.stack([x - half, y], -1), np.stack([x + half, y], -1)], axis=1)
    squares[lines] = shapely.linestrings(ends[lines])
    return squares


def _of_dimension(shapes: NDArray[np.object_], wholes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Take out of `shapes` the points and lines that cutting left of areas and lines."""
    mixed = np.flatnonzero(shapely.get_type_id(shapes) == shapely.GeometryType.GEOMETRYCOLLECTION)
    for number in mixed:
        wanted = shapely.get_dimensions(wholes[number])
        parts = shapely.get_parts(shapes[number])
        shapes[number] = shapely.union_all(parts[shapely.get_dimensions(parts) == wanted])
    shapes[shapely.get_dimensions(shapes) < shapely.get_dimensions(wholes)] = None
    return shapes
