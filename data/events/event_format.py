"""What a person must say about a file of events, because guessing it would move or count wrongly."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from data.geometry.datum import Datum
from geo.errors import BadInputError
from geo.layers.vocabulary import Group, Setting
from geo.text import Text

RESOLUTIONS = range(7, 11)
"""H3 resolutions events may be gathered in: cells of 5 km² down to 1.5 ha."""

USUAL_RESOLUTION = 9
"""Cells of about 200 m from edge to edge: a block."""


class TimeZone(StrEnum):
    """What clock times without an offset are in."""

    SHANGHAI = "Asia/Shanghai"
    UTC = "UTC"


class TimeUnit(StrEnum):
    """What times written as numbers count since 1970-01-01 00:00 UTC."""

    SECONDS = "s"
    MILLISECONDS = "ms"


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFormat:
    """What is known of a file of events besides the file.

    Attributes
    ----------
    datum : Datum
        What the coordinates are in.
    time_zone : TimeZone | None
        Of times without an offset; None refuses such times.
    time_unit : TimeUnit | None
        Of times written as numbers; None refuses such times.
    group, setting : Group, Setting | None
        Of all events; None takes the file's column.
    workers_per_event : float | None
        How many workers one event stands for where the file tells no persons apart.
    resolution : int
        H3 resolution of the cells.
    """

    datum: Datum
    time_zone: TimeZone | None = None
    time_unit: TimeUnit | None = None
    group: Group | None = None
    setting: Setting | None = None
    workers_per_event: float | None = None
    resolution: int = USUAL_RESOLUTION

    def __post_init__(self) -> None:
        """Refuse a resolution that hides a district or shows a house, and a count of nobody."""
        if self.resolution not in RESOLUTIONS:
            raise BadInputError(
                Text(
                    f"网格级别 {self.resolution} 应在 {RESOLUTIONS[0]} 到 {RESOLUTIONS[-1]} 之间"
                    "（越大格子越小；更小的格子会暴露个人位置）。",
                    f"Resolution {self.resolution} must be {RESOLUTIONS[0]} to {RESOLUTIONS[-1]}: "
                    "finer cells would show where single persons are.",
                )
            )
        per_event = self.workers_per_event
        if per_event is not None and not 0 < per_event < float("inf"):
            raise BadInputError(
                Text(
                    f"一条记录折合人数 {per_event} 应为正数。",
                    f"Workers per event, {per_event}, must be positive.",
                )
            )
