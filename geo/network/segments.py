"""Street segments before any mode's rules are turned into a graph: what every reader produces."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntFlag

import numpy as np
from numpy.typing import NDArray

HIGHWAYS: tuple[str, ...] = (
    "motorway",
    "motorway_link",
    "trunk",
    "trunk_link",
    "primary",
    "primary_link",
    "secondary",
    "secondary_link",
    "tertiary",
    "tertiary_link",
    "unclassified",
    "residential",
    "living_street",
    "service",
    "pedestrian",
    "track",
    "footway",
    "path",
    "cycleway",
    "bridleway",
    "steps",
    "corridor",
    "road",
    "ferry",
)
"""The street classes kept, OSM's ``highway`` values and ``ferry``; segments hold the index."""


class Access(IntFlag):
    """Who may use a segment, by mode and direction (forward is from `start` to `end`)."""

    WALK_FORWARD = 1
    WALK_BACK = 2
    EBIKE_FORWARD = 4
    EBIKE_BACK = 8
    DRIVE_FORWARD = 16
    DRIVE_BACK = 32


class Trait(IntFlag):
    """What else matters of a segment.

    A barrier (``STOPS_…``) stands on an end: the segment can be used up to there, and nobody of
    that mode passes. ``NO_LARGE`` closes it to lorries or coaches. ``CUT_AT_…`` marks an end
    from which a street goes on that the extract lacks.
    """

    BRIDGE = 1
    TUNNEL = 2
    ROUNDABOUT = 4
    SIGNALS_AT_START = 8
    SIGNALS_AT_END = 16
    NO_LARGE = 32
    STOPS_WALK_AT_START = 64
    STOPS_WALK_AT_END = 128
    STOPS_EBIKE_AT_START = 256
    STOPS_EBIKE_AT_END = 512
    STOPS_DRIVE_AT_START = 1024
    STOPS_DRIVE_AT_END = 2048
    CUT_AT_START = 4096
    CUT_AT_END = 8192


def _no_turns() -> NDArray[np.int32]:
    return np.empty((0, 4), np.int32)


def _unlimited() -> NDArray[np.float32]:
    return np.empty(0, np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Segments:
    """Pieces of street between junctions, with the rules OSM tags give them.

    Attributes
    ----------
    node_lonlat : (n, 2) float64
        Junctions and dead ends, lon/lat degrees (EPSG:4326).
    start, end : (m,) int32
        Indices into `node_lonlat`. Parallel segments and loops are kept.
    shape_offset : (m + 1,) int64
        Where each segment's vertices begin in `shape_lonlat`.
    shape_lonlat : (k, 2) float64
        Vertices of all segments from start to end, both end nodes included (EPSG:4326).
    highway : (m,) uint8
        Index into `HIGHWAYS`.
    access : (m,) uint8
        `Access` flags.
    traits : (m,) uint16
        `Trait` flags.
    maxspeed_kmh : (m,) float32
        Posted limit in km/h, NaN where unknown.
    max_height_m, max_weight_t : (m,) float32
        Limits for large vehicles in metres and tonnes, NaN where none.
    name : (m,) int32
        Index into `names`, -1 where the street has none.
    names : tuple[str, ...]
        Distinct street names.
    way_id : (m,) int64
        OSM way the segment comes from, 0 where there is none.
    max_width_m, max_length_m : (m,) float32
        Like `max_height_m`; may be left out where there is no such limit at all.
    duration_s : (m,) float32
        Stated travel time in seconds, as ferries have it; NaN, or left out, where there is none.
    banned_turns : (b, 4) int32
        Turns no car may make, as (segment, end, segment, end): from the one onto the other where
        these ends meet, 0 for a start and 1 for an end.
    """

    node_lonlat: NDArray[np.float64]
    start: NDArray[np.int32]
    end: NDArray[np.int32]
    shape_offset: NDArray[np.int64]
    shape_lonlat: NDArray[np.float64]
    highway: NDArray[np.uint8]
    access: NDArray[np.uint8]
    traits: NDArray[np.uint16]
    maxspeed_kmh: NDArray[np.float32]
    max_height_m: NDArray[np.float32]
    max_weight_t: NDArray[np.float32]
    name: NDArray[np.int32]
    names: tuple[str, ...]
    way_id: NDArray[np.int64]
    max_width_m: NDArray[np.float32] = field(default_factory=_unlimited)
    max_length_m: NDArray[np.float32] = field(default_factory=_unlimited)
    duration_s: NDArray[np.float32] = field(default_factory=_unlimited)
    banned_turns: NDArray[np.int32] = field(default_factory=_no_turns)

    def __post_init__(self) -> None:
        """Take limits that were left out as "none" for every segment."""
        for name in ("max_width_m", "max_length_m", "duration_s"):
            if len(getattr(self, name)) != len(self.start):
                object.__setattr__(self, name, np.full(len(self.start), np.nan, np.float32))
