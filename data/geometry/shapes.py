"""The door of geometry: every shape of a layer is one its schema allows, whole and in degrees.

Everything that brings shapes in asks here: files read row by row, layers written to a project and
GeoPackages somebody put into its folder.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import shapely

from geo.arrays import Shapes
from geo.layers.columns import Layer
from geo.text import Text

GEOMETRY_WORDS: Mapping[str, Text] = MappingProxyType(
    {
        "Point": Text("点", "point"),
        "LineString": Text("线", "line"),
        "LinearRing": Text("线", "line"),
        "Polygon": Text("面", "polygon"),
        "MultiPoint": Text("多点", "multipoint"),
        "MultiLineString": Text("多线", "multiline"),
        "MultiPolygon": Text("多面", "multipolygon"),
        "GeometryCollection": Text("混合几何", "geometry collection"),
    }
)
"""What people call a geometry type."""

_TYPE_NAMES = tuple(GEOMETRY_WORDS)
"""Names in the order of ``shapely.get_type_id``."""
_SEVERAL = ("MultiPoint", "MultiLineString", "MultiPolygon")
_GRID_DEGREES = 1e-7
"""A centimetre: borders that two districts share are drawn twice and differ by less."""
_LONGEST = (180.0, 90.0)
"""Degrees go no farther."""

Complaint = tuple[Text, Text]
"""What is wrong with a shape, and how to mend it."""


def union_of(areas: Shapes) -> shapely.Geometry:
    """Return areas (EPSG:4326) that lie side by side as one, without slits between them."""
    return shapely.union_all(areas, grid_size=_GRID_DEGREES)


def unpacked(layer: Layer, shapes: Shapes) -> Shapes:
    """Return `shapes` with a multipoint and the like of one part as that part, where the layer wants it so.

    A map program often saves every point as a multipoint of one; nothing is guessed by reading it
    as the point it is.

    Parameters
    ----------
    layer : Layer
        Says which types a row may have.
    shapes : (n,) object
        Any geometry, None allowed.
    """
    kinds, parts = shapely.get_type_id(shapes), shapely.get_num_geometries(shapes)
    several = np.isin(kinds, [_TYPE_NAMES.index(name) for name in _SEVERAL])
    single = several & ~np.isin(kinds, _allowed(layer)) & (parts == 1)
    found = shapes.copy()
    found[single] = shapely.get_geometry(shapes[single], 0)
    return found


def shape_complaints(layer: Layer, shapes: Shapes) -> dict[int, Complaint]:
    """Return what is wrong with each shape that `layer` cannot hold, by its position.

    Parameters
    ----------
    layer : Layer
        Says which types a row may have.
    shapes : (n,) object
        Geometry in degrees (EPSG:4326), None where there is none.
    """
    absent = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    kinds = shapely.get_type_id(shapes)
    strange = ~absent & ~np.isin(kinds, _allowed(layer))
    bounds = np.abs(shapely.bounds(shapes))
    outside = ~absent & ~(bounds <= [*_LONGEST, *_LONGEST]).all(axis=1)
    crossed = ~(absent | strange | outside) & ~shapely.is_valid(shapes)
    told: dict[int, Complaint] = dict.fromkeys(np.flatnonzero(absent).tolist(), _ABSENT)
    for row in np.flatnonzero(strange).tolist():
        told[row] = _strange(layer, _TYPE_NAMES[int(kinds[row])])
    told |= dict.fromkeys(np.flatnonzero(outside & ~strange).tolist(), _OUTSIDE)
    told |= dict.fromkeys(np.flatnonzero(crossed).tolist(), _CROSSED)
    return told


def _allowed(layer: Layer) -> list[int]:
    return [_TYPE_NAMES.index(name) for name in layer.geometry]


def _strange(layer: Layer, found: str) -> Complaint:
    zh = "、".join(GEOMETRY_WORDS[name].zh for name in layer.geometry)
    en = ", ".join(GEOMETRY_WORDS[name].en for name in layer.geometry)
    words = GEOMETRY_WORDS[found]
    return (
        Text(f"几何是{words.zh}，应为{zh}。", f"The geometry is a {words.en}; it must be a {en}."),
        Text(f"请在 QGIS 中改成{zh}。", f"Make it a {en} in QGIS."),
    )


_ABSENT: Complaint = (
    Text("坐标缺失或不是数字。", "No coordinates."),
    Text("请填写十进制度，如 120.3826。", "Give decimal degrees."),
)
_OUTSIDE: Complaint = (
    Text("坐标超出经纬度范围。", "Coordinates are no longitude and latitude."),
    Text("请填写十进制度，如 120.3826。", "Give decimal degrees."),
)
_CROSSED: Complaint = (
    Text("面的边界自相交。", "The area is not valid."),
    Text("请在 QGIS 中修复几何。", "Repair it in QGIS."),
)
