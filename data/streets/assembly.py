"""From ways with node references to segments between junctions."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from geo.errors import BadInputError
from geo.network.access import (
    Tags,
    access,
    limit_metres,
    limit_tonnes,
    speed_kmh,
    street_class,
    traits,
)
from geo.network.segments import HIGHWAYS, Segments, Trait
from geo.text import Text


class Ways:
    """Collects ways one by one, then cuts them where they meet."""

    def __init__(self) -> None:
        self._names: dict[str, int] = {}
        self._refs: list[NDArray[np.int64]] = []
        self._lonlat: list[NDArray[np.float64]] = []
        self._rows: list[tuple[int, int, int, float, float, float, int, int]] = []

    def __len__(self) -> int:
        """Return how many ways were kept."""
        return len(self._rows)

    def add(
        self, way_id: int, tags: Tags, refs: Sequence[int], lonlat: Sequence[tuple[float, float]]
    ) -> None:
        """Add a way if anyone may use it; fewer than two nodes make no street."""
        kind, allowed = street_class(tags), access(tags)
        if kind is None or not allowed or len(refs) < 2:  # noqa: PLR2004 - a line has two ends
            return
        name = tags.get("name:zh") or tags.get("name") or tags.get("ref") or ""
        number = self._names.setdefault(name, len(self._names)) if name else -1
        self._refs.append(np.array(refs, np.int64))
        self._lonlat.append(np.array(lonlat, np.float64))
        self._rows.append(
            (
                HIGHWAYS.index(kind),
                int(allowed),
                int(traits(tags)),
                speed_kmh(tags.get("maxspeed")),
                limit_metres(tags.get("maxheight")),
                limit_tonnes(tags.get("maxweight")),
                number,
                way_id,
            )
        )

    def segments(self, signals: Collection[int] = ()) -> Segments:
        """Cut all ways at junctions and return the pieces.

        Parameters
        ----------
        signals : Collection[int]
            References of nodes with traffic signals.

        Raises
        ------
        BadInputError
            If no way was usable.
        """
        if not self._rows:
            raise BadInputError(
                Text(
                    "文件里没有可通行的道路（highway=…）。请换一个包含道路的 OSM 文件。",
                    "The file holds no usable street (highway=…); take an extract with streets.",
                )
            )
        refs, lonlat = np.concatenate(self._refs), np.concatenate(self._lonlat)
        sizes = np.array([len(part) for part in self._refs])
        first = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        begin, stop = _cuts(refs, first, first + sizes - 1)
        way = np.searchsorted(first, begin, "right") - 1
        nodes, index = np.unique(np.concatenate([refs[begin], refs[stop]]), return_inverse=True)
        where = np.empty(len(nodes), np.int64)
        where[index] = np.concatenate([begin, stop])
        length = stop - begin + 1
        offset = np.concatenate([[0], np.cumsum(length)])
        shape = np.arange(offset[-1]) + np.repeat(begin - offset[:-1], length)
        columns = [np.array(column)[way] for column in zip(*self._rows, strict=True)]
        signal = np.isin(nodes, np.fromiter(signals, np.int64, len(signals)))
        start, end = index.reshape(2, -1)
        flags = (
            columns[2]
            | np.where(signal[start], int(Trait.SIGNALS_AT_START), 0)
            | np.where(signal[end], int(Trait.SIGNALS_AT_END), 0)
        )
        return Segments(
            node_lonlat=lonlat[where],
            start=start.astype(np.int32),
            end=end.astype(np.int32),
            shape_offset=offset.astype(np.int64),
            shape_lonlat=lonlat[shape],
            highway=columns[0].astype(np.uint8),
            access=columns[1].astype(np.uint8),
            traits=flags.astype(np.uint8),
            maxspeed_kmh=columns[3].astype(np.float32),
            max_height_m=columns[4].astype(np.float32),
            max_weight_t=columns[5].astype(np.float32),
            name=columns[6].astype(np.int32),
            names=tuple(self._names),
            way_id=columns[7].astype(np.int64),
        )


def _cuts(
    refs: NDArray[np.int64], first: NDArray[np.int64], last: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return where each piece begins and stops in the concatenated node references."""
    _, index, count = np.unique(refs, return_inverse=True, return_counts=True)
    cut = count[index] > 1
    cut[first] = True
    cut[last] = True
    places = np.flatnonzero(cut)
    begins_way = np.zeros(len(refs), np.bool_)
    begins_way[first] = True
    follows = ~begins_way[places[1:]]
    return places[:-1][follows], places[1:][follows]


def runs(
    refs: Sequence[int], lonlat: Sequence[tuple[float, float] | None]
) -> list[tuple[list[int], list[tuple[float, float]]]]:
    """Split a way where the extract lacks a node's place, so that borders cut streets cleanly."""
    answer: list[tuple[list[int], list[tuple[float, float]]]] = [([], [])]
    for ref, place in zip(refs, lonlat, strict=True):
        if place is None:
            answer.append(([], []))
        else:
            answer[-1][0].append(ref)
            answer[-1][1].append(place)
    return [run for run in answer if len(list(pairwise(run[0]))) > 0]
