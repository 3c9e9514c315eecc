"""From ways with node references to segments between junctions, on flat arrays throughout.

A way is kept as a few numbers and its vertices as whole 1e-7 degrees, OSM's own precision, so that
the streets of a whole province fit in memory; what tags say is worked out once per combination.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from data.streets.turns import TurnRules
from geo.errors import BadInputError
from geo.network.access import WAY_KEYS, Tags, access, street_class, traits
from geo.network.barriers import OnNode
from geo.network.posted import limit_metres, limit_tonnes, posted_kmh
from geo.network.segments import HIGHWAYS, Segments, Trait
from geo.text import Text

DEGREE = 10_000_000
"""Whole units in a degree, for lon and lat."""
NO_PLACE = 2**31 - 1
"""Stands for the place of a node that the extract lacks."""

Ints = NDArray[np.int64]
_ON_ENDS = {
    OnNode.SIGNALS: (Trait.SIGNALS_AT_START, Trait.SIGNALS_AT_END),
    OnNode.STOPS_WALK: (Trait.STOPS_WALK_AT_START, Trait.STOPS_WALK_AT_END),
    OnNode.STOPS_EBIKE: (Trait.STOPS_EBIKE_AT_START, Trait.STOPS_EBIKE_AT_END),
    OnNode.STOPS_DRIVE: (Trait.STOPS_DRIVE_AT_START, Trait.STOPS_DRIVE_AT_END),
}
_CUT = (Trait.CUT_AT_START, Trait.CUT_AT_END)


@dataclass(frozen=True, slots=True)
class _Rules:
    """What one combination of tags says: class, flags, then speed, height, weight, width, length."""

    highway: int
    access: int
    traits: int
    limits: tuple[float, float, float, float, float]


@dataclass
class Ways:
    """Collects ways one by one, then cuts them where they meet.

    Attributes
    ----------
    on_nodes : dict[int, OnNode]
        Signals and barriers, by node reference.
    turns : TurnRules
        Turn restrictions, by way and node reference.
    clip : tuple[int, int, int, int], optional
        West, south, east, north in 1 / `DEGREE`; ways without a vertex inside are left out.
    """

    clip: tuple[int, int, int, int] | None = None
    on_nodes: dict[int, OnNode] = field(default_factory=dict)
    turns: TurnRules = field(default_factory=TurnRules)
    _known: dict[tuple[tuple[str, str], ...], int] = field(default_factory=dict)
    _rules: list[_Rules] = field(default_factory=list)
    _names: dict[str, int] = field(default_factory=dict)
    _refs: array[int] = field(default_factory=lambda: array("q"))
    _places: array[int] = field(default_factory=lambda: array("i"))
    _way_id: array[int] = field(default_factory=lambda: array("q"))
    _size: array[int] = field(default_factory=lambda: array("q"))
    _rule: array[int] = field(default_factory=lambda: array("i"))
    _name: array[int] = field(default_factory=lambda: array("i"))

    def __len__(self) -> int:
        """Return how many ways were kept."""
        return len(self._way_id)

    def add(self, way_id: int, tags: Tags, vertices: Iterable[tuple[int, int, int]]) -> None:
        """Add a way if anyone may use it.

        Parameters
        ----------
        way_id : int
            OSM id.
        tags : Tags
            Its tags.
        vertices : Iterable[tuple[int, int, int]]
            Reference, lon and lat of each node, in 1 / `DEGREE`; `NO_PLACE` where the extract
            has none. Only read if the way is kept.
        """
        rule = self._rule_of(tags)
        if rule < 0:
            return
        before = len(self._refs)
        for ref, lon, lat in vertices:
            self._refs.append(ref)
            self._places.append(lon)
            self._places.append(lat)
        if self.clip is not None and not _touches(self._places[2 * before :], self.clip):
            del self._refs[before:], self._places[2 * before :]
            return
        name = tags.get("name:zh") or tags.get("name:zh-Hans") or tags.get("name")
        name = name or tags.get("ref") or ""
        self._name.append(self._names.setdefault(name, len(self._names)) if name else -1)
        self._size.append(len(self._refs) - before)
        self._rule.append(rule)
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

    def segments(self) -> Segments:
        """Cut all ways at junctions, signals and barriers, and return the pieces.

        Raises
        ------
        BadInputError
            If no way was usable.
        """
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
            return_index=True, return_inverse=True,
        )  # fmt: skip
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
            banned_turns=self.turns.banned(way_id, nodes, start, end),
        )


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
            "文件里的道路都缺少节点坐标：节点须排在道路之前，编号须为正。请用 osmium sort 排序，或重新下载。",
            "No street's nodes have a place: nodes must come before ways and have positive ids. Sort "
            "the file with osmium sort, or download it again.",
        )
    )


def _read_rules(tags: Tags, kind: str, allowed: int) -> _Rules:
    limits = (
        posted_kmh(tags),
        limit_metres(tags, "maxheight", "maxheight:physical"),
        limit_tonnes(tags, "maxweight", "maxweightrating"),
        limit_metres(tags, "maxwidth", "maxwidth:physical"),
        limit_metres(tags, "maxlength"),
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
