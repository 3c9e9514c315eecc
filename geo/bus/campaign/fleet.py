"""The buses, the places they start from and the crews' shifts."""

from __future__ import annotations

from dataclasses import dataclass

from geo.errors import BadInputError
from geo.text import Text

DAY_MIN = 24 * 60
"""Minutes in a day; all clock times here are whole minutes after midnight, Asia/Shanghai."""


@dataclass(frozen=True, slots=True)
class Shift:
    """When one crew may be on the road, from leaving the depot to being back.

    A crew that leaves before `break_until_min` and is back after it rests once for `break_min`,
    standing at a stop, beginning between `break_from_min` and `break_until_min`.

    Attributes
    ----------
    start_min, end_min : int
        Minutes after midnight.
    break_min : int
        Minutes of rest, 0 for none.
    break_from_min, break_until_min : int
        Minutes after midnight between which the rest begins.
    """

    start_min: int
    end_min: int
    break_min: int = 0
    break_from_min: int = 0
    break_until_min: int = 0

    def __post_init__(self) -> None:
        """Refuse a shift that is empty or leaves the day."""
        if not 0 <= self.start_min < self.end_min <= DAY_MIN:
            raise BadInputError(
                Text(
                    f"班次 {self.start_min}–{self.end_min} 分钟无效：开始须早于结束且在当天之内。",
                    f"Shift {self.start_min}-{self.end_min} min is not valid: it must start "
                    "before it ends, within one day.",
                )
            )
        if self.break_min < 0 or self.break_from_min > self.break_until_min:
            raise BadInputError(
                Text(
                    "休息时间为负，或休息时段颠倒，请改正。",
                    "The break is negative or its window reversed; mend it.",
                )
            )


DAY_SHIFT = Shift(8 * 60, 18 * 60, 30, 11 * 60, 13 * 60 + 30)
"""Eight to six, with half an hour at noon."""
LATE_SHIFT = Shift(12 * 60, 21 * 60 + 30, 30, 16 * 60, 18 * 60 + 30)
"""Noon to half past nine, with half an hour before the evening."""


@dataclass(frozen=True, slots=True)
class Depot:
    """Where buses start and end.

    Attributes
    ----------
    id, name : str
        As in the layer ``depots``.
    lonlat : tuple[float, float]
        Degrees (EPSG:4326).
    """

    id: str
    name: str
    lonlat: tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bus:
    """One bus with its crew's rules.

    Attributes
    ----------
    id, name : str
        Stable key, and what people call it.
    start_depot, end_depot : int
        Indices into the campaign's depots.
    shifts : tuple[Shift, ...]
        The shifts a day may use; the plan picks one of them for each day.
    exams_per_hour : float
        People examined per hour of a stay.
    exams_per_day : float
        People examined in one day at most.
    setup_min, packdown_min : int
        Minutes standing before the first and after the last exam of a visit.
    """

    id: str
    name: str
    start_depot: int
    end_depot: int
    shifts: tuple[Shift, ...] = (DAY_SHIFT, LATE_SHIFT)
    exams_per_hour: float = 30.0
    exams_per_day: float = 150.0
    setup_min: int = 20
    packdown_min: int = 15

    def __post_init__(self) -> None:
        """Refuse a bus that can examine nobody or whose times are negative or reversed."""
        for name, zh, value in (
            ("exams_per_hour", "每小时体检人数", self.exams_per_hour),
            ("exams_per_day", "每日体检人数", self.exams_per_day),
            ("shifts", "班次数", len(self.shifts)),
        ):
            if not value > 0:
                raise BadInputError(
                    Text(
                        f"车辆 {self.id} 的{zh}为 {value}，须大于 0。",
                        f"Bus {self.id}: {name} is {value}; it must be above 0.",
                    )
                )
        if min(self.setup_min, self.packdown_min) < 0:
            raise BadInputError(
                Text(
                    f"车辆 {self.id} 的布置或收车时间为负，请改正。",
                    f"Bus {self.id}: set-up or pack-down is negative; mend it.",
                )
            )
