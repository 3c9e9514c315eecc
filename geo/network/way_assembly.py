"""From ways with node references to segments between junctions, on flat arrays throughout.

A way is kept as a few numbers and its vertices as whole 1e-7 degrees, OSM's own precision, so that
the streets of a whole province fit in memory; what tags say is worked out once per combination.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from geo.arrays import Ints
from geo.errors import BadInputError
from geo.network.access import WAY_KEYS, OnNode, Tags, access, street_class, traits
from geo.network.length_tally import EARTH_M, Left, LengthTally, class_of, length_m
from geo.network.posted import duration_s, limit_metres, limit_tonnes, posted_kmh
from geo.network.restrictions import TurnRules
from geo.network.segments import HIGHWAYS, Segments, Trait
from geo.text import Text

DEGREE = 10_000_000
"""Whole units in a degree, for lon and lat."""
NO_PLACE = 2**31 - 1
"""Stands for the place of a node that the extract lacks."""

_ON_ENDS = {
    OnNode.SIGNALS: (Trait.SIGNALS_AT_START, Trait.SIGNALS_AT_END),
    OnNode.STOPS_WALK: (Trait.STOPS_WALK_AT_START, Trait.STOPS_WALK_AT_END),
    OnNode.STOPS_EBIKE: (Trait.STOPS_EBIKE_AT_START, Trait.STOPS_EBIKE_AT_END),
    OnNode.STOPS_DRIVE: (Trait.STOPS_DRIVE_AT_START, Trait.STOPS_DRIVE_AT_END),
}
_CUT = (Trait.CUT_AT_START, Trait.CUT_AT_END)


@dataclass(frozen=True, slots=True)
class _Rules:
    """What one combination of tags says.

    Limits are speed, height, weight, width, length and duration of the whole way.
    """

    highway: int
    access: int
    traits: int
    limits: tuple[float, float, float, float, float, float]


@dataclass(kw_only=True)
class Ways:
    """Collects ways one by one, then cuts them where they meet.

    Attributes
    ----------
    on_nodes : dict[int, OnNode]
        Signals and barriers, by node reference.
    turns : TurnRules
        Turn restrictions, by way and node reference.
    tally : LengthTally
        What of the file was taken.
    clip : tuple[int, int, int, int], optional
        West, south, east, north in 1 / `DEGREE`; ways without a vertex inside are left out.
    """

    clip: tuple[int, int, int, int] | None = None
    on_nodes: dict[int, OnNode] = field(default_factory=dict)
    turns: TurnRules = field(default_factory=TurnRules)
    tally: LengthTally = field(default_factory=LengthTally)
    _known: dict[tuple[tuple[str, str], ...], int] = field(default_factory=dict)
    _rules: list[_Rules] = field(default_factory=list)
    _names: dict[str, int] = field(default_factory=dict)
    _refs: array[int] = field(default_factory=lambda: array("q"))
    _places: array[int] = field(default_factory=lambda: array("i"))
    _way_id: array[int] = field(default_factory=lambda: array("q"))
    _size: array[int] = field(default_factory=lambda: array("q"))
    _rule: array[int] = field(default_factory=lambda: array("i"))
    _name: array[int] = field(default_factory=lambda: array("i"))
    _class: array[int] = field(default_factory=lambda: array("i"))
    _classes: dict[str, int] = field(default_factory=dict)
    _unplaced: set[int] = field(default_factory=set)
    """Ways a node of which has no place yet."""

    def __len__(self) -> int:
        """Return how many ways were kept."""
        return len(self._way_id)

    def add(self, way_id: int, tags: Tags, vertices: Iterable[tuple[int, int, int]]) -> None:
        """Add a way if anyone may use it, and count its length either way.

        Parameters
        ----------
        way_id : int
            OSM id.
        tags : Tags
            Its tags.
        vertices : Iterable[tuple[int, int, int]]
            Reference, lon and lat of each node, in 1 / `DEGREE`; `NO_PLACE` where the extract
            has none.
        """
        kind = class_of(tags)
        if kind is None:
            return
        rule = self._rule_of(tags)
        if rule < 0:
            why = Left.NO_STREET if street_class(tags) is None else Left.NOBODY
            self.tally.leave(kind, why, _length_m(vertices))
            return
        before = len(self._refs)
        for ref, lon, lat in vertices:
            self._refs.append(ref)
            self._places.append(lon)
            self._places.append(lat)
        added = self._places[2 * before :]
        if NO_PLACE in added:
            self._unplaced.add(len(self._way_id))
        elif self.clip is not None and not _touches(added, self.clip):
            self.tally.leave(
                kind, Left.OUTSIDE, _length_m(zip(added, added[::2], added[1::2], strict=False))
            )
            del self._refs[before:], self._places[2 * before :]
            return
        name = tags.get("name:zh") or tags.get("name:zh-Hans") or tags.get("name")
        name = name or tags.get("ref") or ""
        self._name.append(self._names.setdefault(name, len(self._names)) if name else -1)
        self._size.append(len(self._refs) - before)
        self._rule.append(rule)
        self._class.append(self._classes.setdefault(kind, len(self._classes)))
        self._way_id.append(way_id)

    def _rule_of(self, tags: Tags) -> int:
        """Return the number of what `tags` say, -1 where nobody may use such a way."""
        key = tuple(item for item in tags.items() if item[0] in WAY_KEYS)
        if key not in self._known:
            allowed, kind = access(tags), street_class(tags)
            self._known[key] = len(self._rules) if kind and allowed else -1
            if kind and allowed:
                self._rules.append(_read_rules(tags, kind, int(allowed)))
        return self._known[key]

    @property
    def refs_without_place(self) -> set[int]:
        """References of the nodes that ways need and that have no place yet."""
        places = np.frombuffer(self._places, np.int32)[::2]
        missing = np.frombuffer(self._refs, np.int64)[places == NO_PLACE]
        return set(missing.tolist())

    def place(self, known: Mapping[int, tuple[int, int]]) -> None:
        """Give nodes that had no place the one they have in `known`, in 1 / `DEGREE`."""
        if not known:
            return
        refs = np.frombuffer(self._refs, np.int64)
        places = np.frombuffer(self._places, np.int32).reshape(-1, 2)
        for row in np.flatnonzero(places[:, 0] == NO_PLACE).tolist():
            if (found := known.get(int(refs[row]))) is not None:
                places[row] = found

    def keep_last(self) -> None:
        """Of ways with the same id keep the one that came last, as a file may hold two versions."""
        ids = np.frombuffer(self._way_id, np.int64)
        _, last = np.unique(ids[::-1], return_index=True)
        kept = np.zeros(len(ids), np.bool_)
        kept[len(ids) - 1 - last] = True
        self._drop(~kept, Left.REPEATED)

    def _drop_outside(self) -> None:
        """Drop the ways outside the clip whose nodes' places were not known when they were added."""
        if self.clip is None or not self._unplaced:
            return
        size = np.frombuffer(self._size, np.int64)
        first = np.concatenate([[0], np.cumsum(size)])
        outside = np.zeros(len(size), np.bool_)
        for way in self._unplaced:
            outside[way] = not _touches(
                self._places[2 * first[way] : 2 * first[way + 1]], self.clip
            )
        self._drop(outside, Left.OUTSIDE)

    def _drop(self, dropped: NDArray[np.bool_], why: Left) -> None:
        if not dropped.any():
            return
        lengths, names = self._lengths_m(), list(self._classes)
        for way in np.flatnonzero(dropped).tolist():
            self.tally.leave(names[self._class[way]], why, float(lengths[way]))
        stays = np.repeat(~dropped, np.frombuffer(self._size, np.int64))
        old = np.flatnonzero(~dropped)
        self._unplaced = {row for row, way in enumerate(old.tolist()) if way in self._unplaced}
        for name, rows in (("_refs", stays), ("_places", np.repeat(stays, 2))):
            column = getattr(self, name)
            setattr(self, name, array(column.typecode, np.asarray(column)[rows].tobytes()))
        for name in ("_way_id", "_size", "_rule", "_name", "_class"):
            column = getattr(self, name)
            setattr(self, name, array(column.typecode, np.asarray(column)[~dropped].tobytes()))

    def _lengths_m(self) -> NDArray[np.float64]:
        """Return the length of each way on a sphere, as far as its nodes have places."""
        places = np.frombuffer(self._places, np.int32).reshape(-1, 2)
        way = np.repeat(np.arange(len(self._size)), np.frombuffer(self._size, np.int64))
        degrees = places / DEGREE
        flat = np.cos(np.radians(degrees[:-1, 1]))
        step = np.hypot(np.diff(degrees[:, 0]) * flat, np.diff(degrees[:, 1]))
        known = places[:, 0] != NO_PLACE
        step[~(known[1:] & known[:-1] & (way[1:] == way[:-1]))] = 0.0
        return np.radians(np.bincount(way[:-1], step, len(self._size))) * EARTH_M

    def _count(self) -> None:
        """Count what is taken."""
        classes = np.frombuffer(self._class, np.int32)
        total = np.bincount(classes, self._lengths_m(), len(self._classes))
        for kind, metres in zip(self._classes, total, strict=True):
            if metres > 0:
                self.tally.take(kind, float(metres))

    def segments(self) -> Segments:
        """Cut all ways at junctions, signals and barriers, and return the pieces.

        Raises
        ------
        BadInputError
            If no way was usable.
        """
        self._drop_outside()
        if len(self._refs):
            self._count()
        refs = np.frombuffer(self._refs, np.int64)
        places = np.frombuffer(self._places, np.int32).reshape(-1, 2)
        size = np.frombuffer(self._size, np.int64)
        way = np.repeat(np.arange(len(size)), size)
        special = np.fromiter(sorted(self.on_nodes), np.int64, len(self.on_nodes))
        cut = _Cuts.find(refs, way, places[:, 0] != NO_PLACE, special)
        if len(cut.begin) == 0:
            raise _without_places() if len(refs) else _without_streets()
        nodes, first, index = np.unique(
            np.concatenate([refs[cut.begin], refs[cut.stop]]),
            return_index=True,
            return_inverse=True,
        )
        start, end = index.reshape(2, -1).astype(np.int32)
        length = cut.stop - cut.begin + 1
        offset = np.concatenate([[0], np.cumsum(length)])
        shape = np.arange(offset[-1]) + np.repeat(cut.begin - offset[:-1], length)
        owner = way[cut.begin]
        rules = self._rules
        rule = np.frombuffer(self._rule, np.int32)[owner]
        limits = np.array([entry.limits for entry in rules], np.float32)[rule]
        way_id = np.frombuffer(self._way_id, np.int64)[owner]
        on_node = np.array([int(self.on_nodes.get(node, 0)) for node in nodes.tolist()], np.uint8)
        flags = np.array([entry.traits for entry in rules], np.uint16)[rule]
        for what, ends in _ON_ENDS.items():
            flags |= _end_traits((on_node & what) != 0, start, end, ends)
        flags |= _end_traits(np.isin(nodes, cut.border), start, end, _CUT)
        return Segments(
            node_lonlat=places[np.concatenate([cut.begin, cut.stop])[first]] / DEGREE,
            start=start,
            end=end,
            shape_offset=offset.astype(np.int64),
            shape_lonlat=places[shape] / DEGREE,
            highway=np.array([entry.highway for entry in rules], np.uint8)[rule],
            access=np.array([entry.access for entry in rules], np.uint8)[rule],
            traits=flags,
            maxspeed_kmh=limits[:, 0].copy(),
            max_height_m=limits[:, 1].copy(),
            max_weight_t=limits[:, 2].copy(),
            name=np.frombuffer(self._name, np.int32)[owner],
            names=tuple(self._names),
            way_id=way_id,
            max_width_m=limits[:, 3].copy(),
            max_length_m=limits[:, 4].copy(),
            duration_s=self._shares(owner, places[shape] / DEGREE, offset) * limits[:, 5],
            banned_turns=self.turns.banned(way_id, nodes, start, end),
        )

    def _shares(
        self, owner: Ints, lonlat: NDArray[np.float64], offset: Ints
    ) -> NDArray[np.float32]:
        """Return what part of its way's length each piece is, (m,)."""
        flat = np.cos(np.radians(lonlat[:-1, 1]))
        step = np.hypot(np.diff(lonlat[:, 0]) * flat, np.diff(lonlat[:, 1]))
        step[offset[1:-1] - 1] = 0.0
        piece = np.add.reduceat(np.append(step, 0.0), offset[:-1])
        whole = np.bincount(owner, piece, len(self._size))[owner]
        share = np.divide(piece, whole, out=np.zeros_like(piece), where=whole > 0)
        return share.astype(np.float32)


def whole_box(
    box: tuple[float, float, float, float] | None,
) -> tuple[int, int, int, int] | None:
    """Return a box of degrees in 1 / `DEGREE`."""
    if box is None:
        return None
    west, south, east, north = (round(side * DEGREE) for side in box)
    return west, south, east, north


def _length_m(vertices: Iterable[tuple[int, int, int]]) -> float:
    return length_m((lon / DEGREE, lat / DEGREE) for _, lon, lat in vertices if lon != NO_PLACE)


def _without_streets() -> BadInputError:
    return BadInputError(
        Text(
            "文件里没有可通行的道路（highway=…）。请换一个包含道路的 OSM 文件。",
            "The file holds no usable street (highway=…); take an extract with streets.",
        )
    )


def _without_places() -> BadInputError:
    return BadInputError(
        Text(
            "文件里的道路都缺少节点坐标：请重新下载，连同节点一起导出（Overpass 加 (._;>;);）。",
            "No street's nodes have a place: download the file again with its nodes (in Overpass add "
            "(._;>;);).",
        )
    )


def _read_rules(tags: Tags, kind: str, allowed: int) -> _Rules:
    limits = (
        posted_kmh(tags),
        limit_metres(tags, "maxheight", "maxheight:physical"),
        limit_tonnes(tags, "maxweight", "maxweightrating"),
        limit_metres(tags, "maxwidth", "maxwidth:physical"),
        limit_metres(tags, "maxlength"),
        duration_s(tags.get("duration")) if kind == "ferry" else float("nan"),
    )
    return _Rules(HIGHWAYS.index(kind), allowed, int(traits(tags)), limits)


def _touches(places: array[int], clip: tuple[int, int, int, int]) -> bool:
    west, south, east, north = clip
    inside = zip(places[::2], places[1::2], strict=True)
    return any(west <= lon <= east and south <= lat <= north for lon, lat in inside)


def _end_traits(
    marked: NDArray[np.bool_],
    start: NDArray[np.int32],
    end: NDArray[np.int32],
    flags: tuple[Trait, Trait],
) -> NDArray[np.uint16]:
    """Return the flag of each end that lies at a marked node, (m,)."""
    nothing, at_start, at_end = np.uint16(0), np.uint16(flags[0]), np.uint16(flags[1])
    answer: NDArray[np.uint16] = np.where(marked[start], at_start, nothing)
    answer |= np.where(marked[end], at_end, nothing)
    return answer


@dataclass(frozen=True, slots=True)
class _Cuts:
    """Pieces of ways in the concatenated vertices, and the nodes beyond which the extract ends."""

    begin: Ints
    stop: Ints
    border: Ints

    @classmethod
    def find(cls, refs: Ints, way: Ints, known: NDArray[np.bool_], special: Ints) -> _Cuts:
        """Cut where ways meet, at `special` nodes, and where a node's place is not `known`."""
        _, index, count = np.unique(refs, return_inverse=True, return_counts=True)
        joined = (way[1:] == way[:-1]) & known[1:] & known[:-1]
        goes_on = np.zeros((2, len(refs)), np.bool_)
        goes_on[0, 1:] = goes_on[1, :-1] = joined
        cut = known & ((count[index] > 1) | np.isin(refs, special) | ~goes_on.all(axis=0))
        places = np.flatnonzero(cut)
        last = np.cumsum(~goes_on[0])
        follows = last[places[1:]] == last[places[:-1]]
        begin, stop = places[:-1][follows], places[1:][follows]
        lacks = np.zeros((2, len(refs)), np.bool_)
        lacks[0, 1:] = lacks[1, :-1] = way[1:] == way[:-1]
        lacks &= ~goes_on & known
        return cls(begin, stop, np.unique(refs[lacks.any(axis=0)]))
