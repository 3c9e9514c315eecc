"""What people call a spot: by the crossing it is at, the street it is on, or what it is near."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from geo.arrays import Floats
from geo.crs import metric_crs_of, to_metres

AT_CROSSING_M = 90.0
"""Chosen: less than half a block; farther off people name one street."""
ON_STREET_M = 150.0
"""Chosen: behind the first row of houses people still name the street."""
NEAR_PLACE_M = 1_500.0
"""Farther from anything with a name than this, a spot has none."""
_MOST_NAMES = 2
"""A crossing has two names."""
_HAN = ("\u3400", "\u9fff")


class NamedStreets(Protocol):
    """Streets with names: :class:`~geo.network.segments.Segments` or a compiled network."""

    @property
    def node_lonlat(self) -> Floats:
        """Nodes (EPSG:4326), (n, 2)."""

    @property
    def start(self) -> NDArray[np.int32]:
        """Node each segment begins at, (m,)."""

    @property
    def end(self) -> NDArray[np.int32]:
        """Node each segment ends at, (m,)."""

    @property
    def shape_offset(self) -> NDArray[np.int64]:
        """Where each segment's vertices begin, (m + 1,)."""

    @property
    def shape_lonlat(self) -> Floats:
        """Vertices (EPSG:4326), (k, 2)."""

    @property
    def name(self) -> NDArray[np.int32]:
        """Index into `names`, -1 where a segment has none, (m,)."""

    @property
    def names(self) -> tuple[str, ...]:
        """Distinct street names."""


@dataclass(frozen=True)
class NamedPlaces:
    """Places with names.

    Attributes
    ----------
    names : Sequence[str]
        What they are called.
    lonlat : (p, 2) float64
        Where they are (EPSG:4326).
    """

    names: Sequence[str]
    lonlat: Floats


class PlaceNames:
    """Says where a spot is, from streets and places with names.

    Parameters
    ----------
    streets : NamedStreets
        Streets of any mode.
    places : NamedPlaces | None
        Quarters and landmarks, asked where no street with a name is near.
    """

    def __init__(self, streets: NamedStreets, places: NamedPlaces | None = None) -> None:
        self._streets = streets
        self._crs = metric_crs_of(streets.node_lonlat)
        spoken = np.array([*map(is_spoken, streets.names), False], np.bool_)
        self._named = np.flatnonzero(spoken[np.asarray(streets.name)])
        self._crossings, self._pairs = _crossings(streets, self._named)
        self._tree = cKDTree(to_metres(streets.node_lonlat[self._crossings], self._crs))
        self._lines = shapely.STRtree(_lines(streets, self._named, self._crs))
        self._places = places
        if places is not None and len(places.lonlat):
            self._place_tree = cKDTree(to_metres(places.lonlat, self._crs))

    def where(self, lonlat: Floats) -> list[str]:
        """Return what people call each of (n, 2) spots (EPSG:4326); "" where nothing is near."""
        if not len(lonlat):
            return []
        xy_m = to_metres(lonlat, self._crs)
        told = [""] * len(xy_m)
        self._by_place(xy_m, told)
        self._by_street(xy_m, told)
        self._by_crossing(xy_m, told)
        return told

    def streets_at(self, lonlat: Floats) -> list[str]:
        """Return the street each spot is on, "" where none with a name is near."""
        told = [""] * len(lonlat)
        if len(lonlat):
            self._by_street(to_metres(lonlat, self._crs), told)
        return told

    def _by_crossing(self, xy_m: Floats, told: list[str]) -> None:
        if not len(self._crossings):
            return
        far_m, nearest = self._tree.query(xy_m, distance_upper_bound=AT_CROSSING_M)
        names = self._streets.names
        for row in np.flatnonzero(np.isfinite(far_m)).tolist():
            one, other = self._pairs[nearest[row]]
            told[row] = crossing(names[one], names[other])

    def _by_street(self, xy_m: Floats, told: list[str]) -> None:
        if not len(self._named):
            return
        rows, found = self._lines.query_nearest(
            shapely.points(xy_m), max_distance=ON_STREET_M, all_matches=False
        )
        for row, line in zip(rows.tolist(), found.tolist(), strict=True):
            told[row] = self._streets.names[self._streets.name[self._named[line]]]

    def _by_place(self, xy_m: Floats, told: list[str]) -> None:
        if self._places is None or not len(self._places.lonlat):
            return
        far_m, nearest = self._place_tree.query(xy_m, distance_upper_bound=NEAR_PLACE_M)
        for row in np.flatnonzero(np.isfinite(far_m)).tolist():
            told[row] = self._places.names[nearest[row]]


def crossing(one: str, other: str) -> str:
    """Return what the crossing of two streets is called."""
    if is_chinese(one + other):
        return f"{one}与{other}口" if other.endswith("路") else f"{one}与{other}路口"
    return f"{one} / {other}"


def called(where: str, what: str) -> str:
    """Return the name of a thing at a place: 福州南路停车场, or with a space in other scripts."""
    return f"{where}{what}" if not where or is_chinese(where) else f"{where} {what}"


def is_chinese(text: str) -> bool:
    """Whether a text is written in Chinese characters, at least in part."""
    return any(_HAN[0] <= mark <= _HAN[1] for mark in text)


def is_spoken(name: str) -> bool:
    """Whether people say a street's name: a bare number is a platform's or a route's."""
    return any(mark.isalpha() for mark in name)


def told_apart(names: Sequence[str], hints: Sequence[str]) -> list[str]:
    """Return `names` with a hint where several are alike, and a number where that is not enough.

    Parameters
    ----------
    names : Sequence[str]
        As people call things, perhaps alike: 中国银行.
    hints : Sequence[str]
        What tells each from the others: the street it is on, "" where nothing does.
    """
    often = Counter(names)
    hinted = [
        f"{name}（{hint}）" if often[name] > 1 and hint and hint not in name else name
        for name, hint in zip(names, hints, strict=True)
    ]
    return list(_numbered(hinted))


def _numbered(names: Sequence[str]) -> Iterator[str]:
    often, seen = Counter(names), Counter[str]()
    for name in names:
        seen[name] += 1
        yield f"{name} {seen[name]}" if often[name] > 1 else name


def _crossings(
    streets: NamedStreets, named: NDArray[np.intp]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the nodes where streets of two names meet, and those names, (c,) and (c, 2)."""
    node = np.concatenate([streets.start[named], streets.end[named]]).astype(np.int64)
    name = np.concatenate([streets.name[named]] * 2).astype(np.int64)
    both, often = np.unique(np.column_stack([node, name]), axis=0, return_counts=True)
    # Of several names at a node those of the most segments are the streets that cross there.
    both = both[np.lexsort([-often, both[:, 0]])]
    first = np.flatnonzero(np.diff(both[:, 0], prepend=-1))
    several = first[np.diff(np.append(first, len(both))) >= _MOST_NAMES]
    return both[several, 0], np.column_stack([both[several, 1], both[several + 1, 1]])


def _lines(streets: NamedStreets, named: NDArray[np.intp], crs: str) -> NDArray[np.object_]:
    sizes = np.diff(streets.shape_offset)
    kept = np.zeros(len(sizes), np.bool_)
    kept[named] = True
    mine = np.repeat(kept, sizes)
    owner = np.repeat(np.arange(len(named)), sizes[named])
    return np.asarray(
        shapely.linestrings(to_metres(np.asarray(streets.shape_lonlat)[mine], crs), indices=owner)
    )
