"""A small map for paper: numbered stops, the way between them, main streets, as one SVG."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import geopandas as gpd
import numpy as np
import shapely
from markupsafe import Markup
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.arrays import Shapes
from geo.crs import METRES_PER_DEGREE
from geo.layers.districts import districts_only
from geo.text import Language
from maps.ground.drawn_streets import STREET_RANKS
from maps.records import has_rows
from maps.templating import render

_MARGIN = 0.12
"""Part of the map left free on each side, so that no number is cut."""
_SMALLEST_DEGREES = 0.02
"""About 2 km: below, streets alone do not say where it is."""
_MAIN_STREETS = 3
"""Up to this rank of street: motorways to secondary ones, all that so small a map shows."""
_LABEL_SPACE = 26
"""Pixels from one number to the next, a little over their size."""
_NOTHING: Shapes = np.array([], dtype=object)


def mini_map_svg(
    stops: NDArray[np.float64],
    labels: Sequence[str],
    layers: Mapping[str, gpd.GeoDataFrame],
    *,
    route: BaseGeometry | None = None,
    depot: tuple[float, float] | None = None,
    colour: str = "#1f5fa8",
    size: tuple[int, int] = (720, 380),
    language: Language | str = Language.ZH,
) -> Markup:
    """Draw the stops of a day.

    Parameters
    ----------
    stops : (n, 2) lon/lat degrees, EPSG:4326
        In the order of the day; at least one.
    labels : Sequence[str]
        What stands in each stop's circle.
    layers : Mapping[str, GeoDataFrame]
        ``districts`` and ``streets`` are drawn beneath, when given.
    route : BaseGeometry | None
        The way driven, EPSG:4326.
    depot : (lon, lat) | None
        Where the bus starts.
    colour : str
        Of route and stops.
    size : (width, height)
        In SVG units.
    language : Language
        Of the description.
    """
    frame = _Frame.around(stops, route, depot, size)
    circles = frame.place(stops)
    streets = _shapes(main_streets(layers)) if has_rows(layers, "streets") else _NOTHING
    return Markup(  # noqa: S704 - rendered with autoescape
        render(
            "parts/mini_map.svg.jinja",
            language=language,
            width=size[0],
            height=size[1],
            colour=colour,
            land=frame.paths(frame.clip(_land(layers)), closed=True),
            streets=frame.paths(frame.clip(streets)),
            route="" if route is None else frame.paths(np.array([route], dtype=object))[0],
            stops=[
                {"x": x, "y": y, "label": label}
                for (x, y), label in zip(_apart(circles), labels, strict=True)
            ],
            pins=circles.tolist(),
            depot=None if depot is None else frame.place(np.array([depot]))[0].tolist(),
            scale=frame.scale_bar(),
        )
    )


class _Frame:
    """Where lon/lat degrees fall on the drawing."""

    def __init__(self, box: tuple[float, float, float, float], size: tuple[int, int]) -> None:
        self.box = box
        self.size = size
        self.squash = math.cos(math.radians((box[1] + box[3]) / 2))
        self.per_degree = size[1] / (box[3] - box[1])

    @classmethod
    def around(
        cls,
        stops: NDArray[np.float64],
        route: BaseGeometry | None,
        depot: tuple[float, float] | None,
        size: tuple[int, int],
    ) -> _Frame:
        """Return the frame of the given shape of paper that shows everything with a margin."""
        parts = [np.asarray(stops, dtype=np.float64)]
        if route is not None and not route.is_empty:
            parts.append(shapely.get_coordinates(route))
        if depot is not None:
            parts.append(np.array([depot]))
        every = np.vstack(parts)
        (west, south), (east, north) = every.min(axis=0), every.max(axis=0)
        squash = math.cos(math.radians((south + north) / 2))
        height = max(north - south, (east - west) * squash * size[1] / size[0], _SMALLEST_DEGREES)
        height *= 1 + 2 * _MARGIN
        width = height * size[0] / size[1] / squash
        x, y = (west + east) / 2, (south + north) / 2
        box = (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
        return cls((float(box[0]), float(box[1]), float(box[2]), float(box[3])), size)

    def place(self, lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return (n, 2) x/y of the drawing for (n, 2) lon/lat degrees."""
        x = (lonlat[:, 0] - self.box[0]) * self.squash * self.per_degree
        y = (self.box[3] - lonlat[:, 1]) * self.per_degree
        pairs: NDArray[np.float64] = np.column_stack([x, y])
        return pairs.round(1)

    def clip(self, shapes: Shapes) -> Shapes:
        """Return what of `shapes` the drawing shows, as fine as it can show it."""
        west, south, east, north = self.box
        near = shapes[shapely.intersects(shapes, shapely.box(*self.box))]
        clipped = shapely.clip_by_rect(near, west - 0.01, south - 0.01, east + 0.01, north + 0.01)
        drawn = shapely.simplify(clipped, 0.7 / self.per_degree)
        return np.asarray(drawn[~shapely.is_empty(drawn)], dtype=object)

    def paths(self, shapes: Shapes, *, closed: bool = False) -> list[str]:
        """Return an SVG path of each shape: of its lines or, where they are areas, of its rings."""
        lines, of_shape = shapely.get_parts(shapes, return_index=True)
        if closed:
            lines, of_part = shapely.get_rings(lines, return_index=True)
            of_shape = of_shape[of_part]
        lonlat, of_line = shapely.get_coordinates(lines, return_index=True)
        told = [f"{x:g} {y:g}" for x, y in self.place(lonlat).tolist()]
        ends = np.searchsorted(of_line, np.arange(len(lines) + 1)).tolist()
        end = "z" if closed else ""
        parts: list[list[str]] = [[] for _ in range(len(shapes))]
        for row, begin, until in zip(of_shape.tolist(), ends, ends[1:], strict=False):
            parts[row].append("M" + "L".join(told[begin:until]) + end)
        return ["".join(one) for one in parts]

    def scale_bar(self) -> tuple[float, str]:
        """Return a round length: its width on the drawing and its name."""
        metres_per_unit = METRES_PER_DEGREE / self.per_degree
        wanted = metres_per_unit * self.size[0] / 6
        metres = 10 ** math.floor(math.log10(wanted))
        metres *= max(step for step in (1, 2, 5) if step * metres <= wanted)
        name = f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m"  # noqa: PLR2004
        return metres / metres_per_unit, name


def _land(layers: Mapping[str, gpd.GeoDataFrame]) -> Shapes:
    has = has_rows(layers, "districts")
    return _shapes(districts_only(layers["districts"])) if has else _NOTHING


def _shapes(frame: gpd.GeoDataFrame) -> Shapes:
    return np.asarray(frame.geometry.to_numpy(), dtype=object)


def main_streets(layers: Mapping[str, gpd.GeoDataFrame]) -> gpd.GeoDataFrame:
    """Return the rows of ``streets`` that are drawn; many maps at once need them only once."""
    frame = layers["streets"]
    return frame[frame["class"].map(STREET_RANKS) <= _MAIN_STREETS]


def _apart(places: NDArray[np.float64]) -> list[tuple[float, float]]:
    """Move circles that would cover each other apart, each by as little as a few steps."""
    moved = places.astype(float).copy()
    for _ in range(40):
        for one in range(len(moved)):
            for other in range(one):
                gap = moved[one] - moved[other]
                far = float(np.hypot(*gap))
                if far < _LABEL_SPACE:
                    away = gap / far if far > 0 else np.array([1.0, 0.0])
                    push = away * (_LABEL_SPACE - far) / 2
                    moved[one] += push
                    moved[other] -= push
    return [(round(x, 1), round(y, 1)) for x, y in moved.tolist()]
