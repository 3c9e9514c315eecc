"""How fast each mode goes on each class of street; one table that a project can override."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from geo.errors import BadInputError
from geo.layers.vocabulary import Mode
from geo.network.segments import HIGHWAYS, Segments
from geo.text import Text

_DRIVE_KMH = {
    "motorway": 90, "motorway_link": 50, "trunk": 65, "trunk_link": 40, "primary": 45,
    "primary_link": 35, "secondary": 38, "secondary_link": 30, "tertiary": 32,
    "tertiary_link": 28, "unclassified": 28, "residential": 22, "living_street": 12,
    "service": 14, "track": 12, "road": 22, "ferry": 10,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SpeedTable:
    """Cruising speeds in km/h.

    Walking is 4.5 km/h (75 m a minute, the pace Chinese 15-minute-circle planning uses: GB
    50180-2018 counts 800-1000 m as 15 minutes with crossings), on steps half. E-bikes keep to 20
    of the 25 km/h GB 17761-2018 allows. Cars take 85 % of a posted limit, else the class default.

    Attributes
    ----------
    walk_kmh, steps_kmh, ebike_kmh : float
        Speeds that do not depend on the street.
    drive_kmh : Mapping[str, float]
        Free-flow speed by highway class, used where no limit is posted.
    posted_share : float
        Part of a posted limit that traffic really reaches.
    signal_s : float
        Mean wait at a signalled junction, for cars.
    """

    walk_kmh: float = 4.5
    steps_kmh: float = 2.25
    ebike_kmh: float = 20.0
    drive_kmh: Mapping[str, float] = field(default_factory=lambda: MappingProxyType(_DRIVE_KMH))
    posted_share: float = 0.85
    signal_s: float = 12.0

    def __post_init__(self) -> None:
        """Refuse speeds that are not positive."""
        speeds = (self.walk_kmh, self.steps_kmh, self.ebike_kmh, *self.drive_kmh.values())
        if min(speeds) <= 0 or not 0 < self.posted_share <= 1 or self.signal_s < 0:
            raise BadInputError(
                Text(
                    "速度必须大于 0，限速系数须在 (0, 1] 之间，等灯时间不能为负。",
                    "Speeds must be above 0, the posted share in (0, 1], signal waits not negative",
                )
            )

    def speed_kmh(self, segments: Segments, mode: Mode) -> NDArray[np.float64]:
        """Return each segment's speed for `mode` in km/h, (m,) float64."""
        steps = segments.highway == HIGHWAYS.index("steps")
        if mode is Mode.WALK:
            return np.where(steps, self.steps_kmh, self.walk_kmh)
        if mode is Mode.EBIKE:
            return np.where(steps, self.steps_kmh, self.ebike_kmh)
        by_class = np.array([self.drive_kmh.get(name, 20.0) for name in HIGHWAYS])
        posted = segments.maxspeed_kmh.astype(np.float64) * self.posted_share
        return np.where(np.isnan(posted), by_class[segments.highway], posted)
