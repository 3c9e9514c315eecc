"""A layer cut into the squares of Web Mercator tiles (for drawing only, never for measuring)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from api.ogc.tile_encoding import EXTENT, GeometryType, TileFeature
from geo.errors import BadInputError
from geo.text import Text

MAX_ZOOM = 20
_MERCATOR = "EPSG:3857"
_HALF_WORLD_M = 20037508.342789244
_BUFFER = 128  # tile units drawn beyond the edge, so that symbols and outlines are not cut


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
    properties: Sequence[Mapping[str, Any]]

    @classmethod
    def build(cls, frame: gpd.GeoDataFrame, properties: Sequence[Mapping[str, Any]]) -> TiledLayer:
        """Prepare `frame` (EPSG:4326) with one mapping of properties a row."""
        shapes = np.asarray(frame.geometry.to_crs(_MERCATOR).array, dtype=object)
        return cls(shapes, shapely.STRtree(shapes), properties)

    def features(self, zoom: int, column: int, row: int) -> Iterator[TileFeature]:
        """Yield what lies on the tile (XYZ scheme: row 0 is north).

        Raises
        ------
        BadInputError
            If there is no such tile.
        """
        west, north, unit_m = tile_corner(zoom, column, row)
        reach = _BUFFER * unit_m
        side = EXTENT * unit_m
        box = (west - reach, north - side - reach, west + side + reach, north + reach)
        for number in sorted(self.tree.query(shapely.box(*box)).tolist()):
            shape = self.shapes[number]
            if shapely.get_dimensions(shape) > 0:
                shape = shapely.clip_by_rect(shapely.simplify(shape, unit_m / 2), *box)
            yield from self._drawn(number, shape, (west, north, unit_m))

    def _drawn(
        self, number: int, shape: shapely.Geometry, corner: tuple[float, float, float]
    ) -> Iterator[TileFeature]:
        if shape is None or shapely.is_empty(shape):
            return
        kind = GeometryType(int(shapely.get_dimensions(shape)) + 1)
        parts = tuple(_parts(shape, kind, corner))
        if parts:
            yield TileFeature(number, kind, parts, _flat(self.properties[number]))


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


def _parts(
    shape: shapely.Geometry, kind: GeometryType, corner: tuple[float, float, float]
) -> Iterator[NDArray[np.int64]]:
    for piece in shapely.get_parts(shape):
        if kind is GeometryType.POLYGON:
            yield from _rings(piece, corner)
            continue
        points = _units(piece, corner)
        if kind is GeometryType.POINT or len(points) > 1:
            yield points


def _rings(
    piece: shapely.Geometry, corner: tuple[float, float, float]
) -> Iterator[NDArray[np.int64]]:
    """Yield the outer ring clockwise on screen, then the inner ones against it."""
    if shapely.get_dimensions(piece) < 2:  # noqa: PLR2004 - clipping may leave lines
        return
    for number, ring in enumerate(shapely.get_rings(piece)):
        points = _units(ring, corner)
        if len(points) > 1 and (points[0] == points[-1]).all():
            points = points[:-1]
        area = _signed_area(points) if len(points) > 2 else 0  # noqa: PLR2004 - a triangle at least
        if area == 0:
            if number == 0:
                return
            continue
        clockwise = area > 0
        yield points if clockwise == (number == 0) else points[::-1]


def _signed_area(points: NDArray[np.int64]) -> int:
    """Return twice the ring's area in tile units; positive is clockwise on screen."""
    following = np.roll(points, -1, axis=0)
    return int((points[:, 0] * following[:, 1] - following[:, 0] * points[:, 1]).sum())


def _units(shape: shapely.Geometry, corner: tuple[float, float, float]) -> NDArray[np.int64]:
    """Return the vertices in tile units (y down), neighbours that coincide merged."""
    west, north, unit_m = corner
    xy_m = shapely.get_coordinates(shape)
    units = np.rint(np.column_stack([xy_m[:, 0] - west, north - xy_m[:, 1]]) / unit_m)
    points = units.astype(np.int64)
    kept = np.ones(len(points), dtype=bool)
    kept[1:] = (np.diff(points, axis=0) != 0).any(axis=1)
    return points[kept]


def _flat(properties: Mapping[str, Any]) -> dict[str, object]:
    return {
        key: value
        for key, value in properties.items()
        if isinstance(value, str | int | float | bool)
    }
