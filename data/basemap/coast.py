"""Land and sea within a box: from OpenStreetMap's coastlines, which have land on their left."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.crs import Box
from geo.text import Text

_ASIDE_DEGREES = 2e-6
"""How far beside a coastline its side is looked up: a fifth of a metre."""
_DOUBT = 0.02
"""A face is land or sea when less than this share of its coast says the opposite."""

NO_COAST = Text(
    "文件里没有海岸线：范围内全部画作陆地。",
    "The extract has no coastline: everything within is drawn as land.",
)
BROKEN_COAST = Text(
    "文件里的海岸线不完整，部分海陆分不清，按陆地画出：请换用范围更大的文件。",
    "The extract's coastline has holes: where land and sea cannot be told apart, land is drawn. Use a "
    "larger extract.",
)


@dataclass(frozen=True)
class Shore:
    """Where land is.

    Attributes
    ----------
    shape : Geometry
        Land within the box, EPSG:4326.
    remarks : tuple[Text, ...]
        What is not known.
    """

    shape: shapely.Geometry
    remarks: tuple[Text, ...] = ()


def shore(lines: NDArray[np.object_], box: Box) -> Shore:
    """Return the land within `box`.

    The box is cut along the coastlines; each piece is what most of its coast says, by length. Ends
    that the extract cut off within the box are led on to its nearest side.

    Parameters
    ----------
    lines : (n,) array of LineString
        ``natural=coastline`` ways in their own direction, EPSG:4326.
    box : Box
        Where land and sea are asked for.
    """
    whole = shapely.box(*box)
    inside = lines[shapely.intersects(lines, whole)] if len(lines) else lines
    if not len(inside):
        return Shore(whole, (NO_COAST,))
    merged = shapely.line_merge(shapely.multilinestrings(inside), directed=True)
    coast = shapely.intersection(merged, whole)
    parts = shapely.get_parts(coast)
    parts = parts[shapely.get_type_id(parts) == shapely.GeometryType.LINESTRING]
    cuts = shapely.union_all([*parts, *_led_on(parts, whole), shapely.boundary(whole)])
    faces = shapely.get_parts(shapely.polygonize([cuts]))
    votes = _votes(parts, faces)
    land, total = votes[:, 0], votes.sum(axis=1)
    share = np.divide(land, total, out=np.ones_like(land), where=total > 0)
    doubtful = (share > _DOUBT) & (share < 1 - _DOUBT)
    shape = shapely.union_all(faces[share > _DOUBT])
    return Shore(shape, (BROKEN_COAST,) if doubtful.any() else ())


def _led_on(parts: NDArray[np.object_], whole: shapely.Geometry) -> list[shapely.Geometry]:
    """Return straight lines from ends that hang within the box to its side."""
    ends = shapely.get_point(parts, np.array([[0], [-1]])).ravel()
    at = shapely.get_coordinates(ends)
    _, where, times = np.unique(at, axis=0, return_inverse=True, return_counts=True)
    hanging = ends[(times[where.ravel()] == 1)]
    side = shapely.boundary(whole)
    hanging = hanging[shapely.distance(hanging, side) > _ASIDE_DEGREES]
    return [shapely.shortest_line(end, side) for end in hanging]


def _votes(parts: NDArray[np.object_], faces: NDArray[np.object_]) -> NDArray[np.float64]:
    """Return for each face how much coast (degrees) says land, and how much says sea."""
    points, owner = shapely.get_coordinates(parts, return_index=True)
    same = owner[1:] == owner[:-1]
    start, step = points[:-1][same], np.diff(points, axis=0)[same]
    length = np.hypot(step[:, 0], step[:, 1])
    start, step, length = start[length > 0], step[length > 0], length[length > 0]
    middle = start + step / 2
    aside = np.column_stack([-step[:, 1], step[:, 0]]) / length[:, None] * _ASIDE_DEGREES
    votes = np.zeros((len(faces), 2))
    tree = shapely.STRtree(faces)
    for side, spots in enumerate((middle + aside, middle - aside)):
        found, face = tree.query(shapely.points(spots), predicate="within")
        np.add.at(votes[:, side], face, length[found])
    return votes
