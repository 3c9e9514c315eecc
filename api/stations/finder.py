"""The nearest stations to a position, by street: what ``/nearest`` and the station pages ask."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Geod
from shapely.geometry.base import BaseGeometry

from geo.errors import BadInputError, UnreachableError
from geo.layers.vocabulary import Mode
from geo.network.street_network import StreetNetwork
from geo.reach.labels import SiteLabels
from geo.text import Text

LABELS_PER_NODE = 10
"""Stations known at every crossing, nearest first: more than a phone shows."""
_GEOD = Geod(ellps="WGS84")
_CELL_DEGREES = 0.01
"""About 1 km: a cell of the index of the area that is answered for."""
_ROUGHLY = 0.1
"""The part of the margin by which the border may be drawn too simply."""
_MOST_CELLS = 400
"""A side; fewer, larger cells where the area is wider."""


class FoundStation(NamedTuple):
    """A station and the way to it.

    Attributes
    ----------
    row : int
        Row of the directory.
    distance_m, time_s : float
        Along the streets, access legs included.
    straight_m : float
        As the crow flies (geodesic, WGS-84).
    """

    row: int
    distance_m: float
    time_s: float
    straight_m: float

    @property
    def detour_ratio(self) -> float | None:
        """Street distance over straight distance; None on the spot (under 10 m)."""
        return self.distance_m / self.straight_m if self.straight_m >= 10 else None  # noqa: PLR2004


class ServiceArea:
    """Where the service answers: the districts and a little beyond, or around the stations.

    Parameters
    ----------
    shapes : (n,) Geometry
        Degrees, EPSG:4326.
    margin : float
        How far beyond them it still answers, degrees.
    """

    def __init__(self, shapes: NDArray[np.object_], margin: float = 0.0) -> None:
        shapely.prepare(shapes)
        self._shapes, self._margin = shapes, margin
        self._inner: _InnerCells | None = None

    def prepare(self) -> None:
        """Make it quick to tell of most positions that they lie within (a tenth of a second)."""
        if self._inner is None:
            self._inner = _InnerCells.of(self._shapes, self._margin)

    def holds(self, lon: float, lat: float) -> bool:
        """Tell whether the position lies within."""
        if self._inner is not None and self._inner.holds(lon, lat):
            return True
        place = shapely.Point(lon, lat)
        return bool(shapely.dwithin(self._shapes, place, self._margin).any())

    def check(self, lon: float, lat: float) -> None:
        """Refuse a position that is none, that lies outside, or that seems swapped.

        Raises
        ------
        BadInputError
            Saying what is wrong; a swapped position is named so but never swapped silently.
        """
        if not (math.isfinite(lon) and math.isfinite(lat)):
            raise BadInputError(
                Text(
                    "没有收到能用的位置，请重新定位，或输入附近的路名、站点名。",
                    "No usable position arrived; ask for it again, or type a street or station.",
                )
            )
        if -180 <= lon <= 180 and -90 <= lat <= 90 and self.holds(lon, lat):  # noqa: PLR2004
            return
        if -180 <= lat <= 180 and -90 <= lon <= 90 and self.holds(lat, lon):  # noqa: PLR2004
            raise SwappedError
        raise OutsideError


@dataclass(frozen=True, slots=True)
class _InnerCells:
    """Cells of a grid that lie wholly within a shape: most positions are told by their cell.

    Attributes
    ----------
    west, south, size : float
        Where the grid begins, and how wide and high a cell is; degrees, EPSG:4326.
    inside : (rows, columns) bool
        Which cells lie within.
    rough : Geometry | None
        One shape that holds nothing the shapes and their margin do not, and nearly all of that;
        prepared, EPSG:4326. It tells of a cell that the coast runs through.
    """

    west: float
    south: float
    size: float
    inside: NDArray[np.bool_]
    rough: BaseGeometry | None

    @classmethod
    def of(cls, shapes: NDArray[np.object_], margin: float) -> _InnerCells:
        """Return the cells within `shapes` (EPSG:4326) and the `margin` around them, degrees."""
        if not len(shapes):
            return cls(0.0, 0.0, 1.0, np.zeros((0, 0), np.bool_), None)
        # A coast is drawn roughly and grown by that much less, corners are rounded from within:
        # nothing is added that is too far away.
        rough = _ROUGHLY * margin
        parts = shapely.buffer(shapely.simplify(shapes, rough), margin - rough)
        grown = shapely.union_all(parts)
        shapely.prepare(grown)
        west, south, east, north = shapely.bounds(grown).tolist()
        size = max(_CELL_DEGREES, (east - west) / _MOST_CELLS, (north - south) / _MOST_CELLS)
        x, y = np.meshgrid(np.arange(west, east - size, size), np.arange(south, north - size, size))
        inside = shapely.contains_properly(grown, shapely.box(x, y, x + size, y + size))
        return cls(west, south, size, inside, grown)

    def holds(self, lon: float, lat: float) -> bool:
        """Tell whether the position is known to lie within; others may lie within too."""
        column, row = int((lon - self.west) // self.size), int((lat - self.south) // self.size)
        rows, columns = self.inside.shape
        if 0 <= row < rows and 0 <= column < columns and self.inside[row, column]:
            return True
        return self.rough is not None and bool(shapely.contains_xy(self.rough, lon, lat))


class SwappedError(BadInputError):
    """Longitude and latitude were given the wrong way round."""

    def __init__(self) -> None:
        super().__init__(
            Text(
                "经度和纬度似乎写反了：对调之后在服务范围内。请对调后再试。",
                "Longitude and latitude seem to be swapped: the other way round they lie in the "
                "area. Swap them and try again.",
            )
        )


class OutsideError(BadInputError):
    """The position lies outside the area served."""

    def __init__(self) -> None:
        super().__init__(
            Text(
                "这个位置不在服务范围内，可能在海上或别的城市。"
                "请在市内换一个位置，或输入附近的路名、站点名。",
                "This place lies outside the area served: at sea or in another city. Choose a place "
                "in the city, or type a street or station near you.",
            )
        )


class Finder:
    """Answers from labels made once per mode.

    Parameters
    ----------
    lonlat : (n, 2) float64
        The stations, degrees, EPSG:4326.
    open_network : callable
        Gives the streets of a mode.
    """

    def __init__(
        self, lonlat: NDArray[np.float64], open_network: Callable[[Mode], StreetNetwork]
    ) -> None:
        self._lonlat = lonlat
        self._ends: list[tuple[float, float]] = lonlat.tolist()
        self._open_network = open_network
        self._ready: dict[Mode, SiteLabels] = {}
        self._lock = threading.Lock()

    def is_ready(self, mode: Mode) -> bool:
        """Tell whether the labels of `mode` are made."""
        return mode in self._ready

    def prepare(self, mode: Mode) -> None:
        """Make the labels of `mode` if they are not made yet (about a second for a city)."""
        if mode not in self._ready:
            with self._lock:
                if mode not in self._ready:
                    self._ready[mode] = self._make(mode)

    def _make(self, mode: Mode) -> SiteLabels:
        network = self._open_network(mode)
        sites = network.snap(self._lonlat)
        return SiteLabels.build(network, sites, k=LABELS_PER_NODE, weight="time_s")

    def find(
        self, lon: float, lat: float, mode: Mode, k: int, allowed: NDArray[np.bool_] | None = None
    ) -> list[FoundStation]:
        """Return the `k` stations reached soonest among `allowed`, soonest first.

        Parameters
        ----------
        lon, lat : float
            Degrees, EPSG:4326.
        mode : Mode
            How the person travels.
        k : int
            How many at most.
        allowed : (n,) bool | None
            Which stations count.

        Raises
        ------
        UnreachableError
            If no street of this mode passes within a kilometre of the position.
        """
        self.prepare(mode)
        labels = self._ready[mode]
        place = labels.network.place(lon, lat)
        if place.segment < 0:
            raise UnreachableError(
                Text(
                    f"这个位置 1 公里内没有可以{mode.text.zh}的道路，可能在海上或山里。"
                    "请换一个位置，或输入附近的路名、站点名。",
                    f"There is no street to go {mode.text.en.lower()} within 1 km of this place: it "
                    "may be at sea or in the hills. Choose another, or type a street near you.",
                )
            )
        ways = labels.ways(place, k=k, allowed=allowed)
        ends = self._ends
        return [
            FoundStation(site, distance_m, time_s, _GEOD.inv(lon, lat, *ends[site])[2])
            for site, time_s, distance_m in ways
        ]
