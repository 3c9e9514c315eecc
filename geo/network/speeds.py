"""How fast each mode goes on each class of street; one table that a project can override."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from geo.errors import BadInputError
from geo.layers.vocabulary import Mode
from geo.network.segments import HIGHWAYS, Segments
from geo.text import Text

_DRIVE_KMH: Mapping[str, float] = MappingProxyType(
    {
        "motorway": 90,
        "motorway_link": 50,
        "trunk": 65,
        "trunk_link": 40,
        "primary": 45,
        "primary_link": 35,
        "secondary": 38,
        "secondary_link": 30,
        "tertiary": 32,
        "tertiary_link": 28,
        "unclassified": 28,
        "residential": 22,
        "living_street": 12,
        "service": 14,
        "pedestrian": 8,
        "track": 12,
        "footway": 8,
        "path": 8,
        "cycleway": 8,
        "bridleway": 8,
        "steps": 8,
        "corridor": 8,
        "road": 22,
        "ferry": 10,
    }
)
"""Chosen: free flow in a city by class, junctions aside; ``speeds.json`` of a project replaces any."""


WALK_KMH = 4.5
"""How fast people walk: 75 m a minute; :class:`SpeedTable` says where it comes from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeedTable:
    """Cruising speeds in km/h and waits in seconds.

    Walking is 4.5 km/h (75 m a minute, the pace Chinese 15-minute-circle planning uses: GB
    50180-2018 counts 800-1000 m as 15 minutes with crossings), on steps half. That pace has the
    waits at crossings in it, so walkers wait nowhere else unless a project says so. E-bikes keep
    to 20 of the 25 km/h GB 17761-2018 allows. Cars take 85 % of a posted limit, else the class
    default. Everyone goes at the ferry's speed on a ferry.

    The mean wait at signals has all turns in it. Left turns are not told apart: as much again for
    each of them would make trips 3 % longer at most (``tests/benchmarks/left_turns.py``).

    Attributes
    ----------
    walk_kmh, steps_kmh, ebike_kmh : float
        Speeds that do not depend on the street.
    drive_kmh : Mapping[str, float]
        Free-flow speed by highway class, used where no limit is posted. Classes left out keep
        their default.
    posted_share : float
        Part of a posted limit that traffic really reaches.
    walk_signal_s, ebike_signal_s, signal_s : float
        Mean wait at a signalled junction, for walkers, e-bikes and cars.
    ferry_wait_s : float
        Wait for a ferry.
    """

    walk_kmh: float = WALK_KMH
    steps_kmh: float = WALK_KMH / 2
    ebike_kmh: float = 20.0
    drive_kmh: Mapping[str, float] = field(default_factory=lambda: _DRIVE_KMH)
    posted_share: float = 0.85
    walk_signal_s: float = 0.0
    ebike_signal_s: float = 12.0
    signal_s: float = 12.0
    ferry_wait_s: float = 600.0

    def __post_init__(self) -> None:
        """Refuse classes that do not exist, speeds that are not positive, negative waits."""
        for name, value in self.drive_kmh.items():
            if name not in HIGHWAYS:
                classes = ", ".join(HIGHWAYS)
                _refuse(
                    f"drive_kmh.{name}",
                    value,
                    f"道路等级须为 {classes} 之一",
                    f"the class must be one of {classes}",
                )
            _check_positive(f"drive_kmh.{name}", value)
        for name in (entry.name for entry in fields(self) if entry.name != "drive_kmh"):
            value = getattr(self, name)
            if not name.endswith("_s"):
                _check_positive(name, value)
            elif not 0 <= value < np.inf:
                _refuse(name, value, "须为不小于 0 的秒数", "it must be seconds, not negative")
        if self.posted_share > 1:
            _refuse("posted_share", self.posted_share, "不能大于 1", "it must not be above 1")
        object.__setattr__(self, "drive_kmh", MappingProxyType({**_DRIVE_KMH, **self.drive_kmh}))

    def speed_kmh(self, segments: Segments, mode: Mode) -> NDArray[np.float64]:
        """Return each segment's speed for `mode` in km/h, (m,) float64."""
        by_class = np.array([self.drive_kmh[name] for name in HIGHWAYS], np.float64)
        if mode is Mode.DRIVE:
            posted = segments.maxspeed_kmh.astype(np.float64) * self.posted_share
            return np.where(np.isnan(posted), by_class[segments.highway], posted)
        by_class[:-1] = self.walk_kmh if mode is Mode.WALK else self.ebike_kmh
        by_class[HIGHWAYS.index("steps")] = self.steps_kmh
        return by_class[segments.highway]

    def wait_s(self, mode: Mode) -> float:
        """Return the mean wait of `mode` at a signalled junction in seconds."""
        waits = {Mode.WALK: self.walk_signal_s, Mode.EBIKE: self.ebike_signal_s}
        return waits.get(mode, self.signal_s)


def _check_positive(name: str, value: float) -> None:
    if not 0 < value < np.inf:
        _refuse(name, value, "须大于 0", "it must be above 0")


def _refuse(name: str, value: float, zh: str, en: str) -> NoReturn:
    raise BadInputError(Text(f"{name} 为 {value}，{zh}", f"{name} is {value}; {en}"))
