"""Drive times by hour of the day: slower in the rush hours, and never sooner there by leaving later.

The speed changes with the clock, not the drive time with the departure: whoever is on the road when a
rush begins slows down then. So a bus that leaves later never arrives earlier (Ichoua, Gendreau & Potvin
2003, European Journal of Operational Research 144), which the search and its bound rest on.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.bus.campaign.clock import clock_minutes, clock_text
from geo.bus.campaign.fleet import DAY_MIN
from geo.errors import BadInputError
from geo.json_shapes import JsonBody
from geo.text import Text

_LEAST, _MOST = 0.2, 10.0
"""A factor outside this range is a slip of the hand, not traffic."""
_SLACK = 1e-9
"""Steps: keeps a whole number of steps from being rounded one too far."""


@dataclass(frozen=True, slots=True)
class Rush:
    """A part of the day with slower (or faster) traffic.

    Attributes
    ----------
    from_min, until_min : int
        Minutes after midnight.
    factor : float
        How many times as long as on free roads a drive takes.
    """

    from_min: int
    until_min: int
    factor: float

    def __post_init__(self) -> None:
        """Refuse spans outside the day and factors that cannot be meant."""
        if not 0 <= self.from_min < self.until_min <= DAY_MIN:
            raise _bad(
                self, Text("起止须在 00:00–24:00 之内且先后有序", "it must lie within 00:00-24:00")
            )
        if not _LEAST <= self.factor <= _MOST:
            raise _bad(
                self,
                Text(f"倍数须在 {_LEAST}–{_MOST} 之间", f"the factor must be {_LEAST} to {_MOST}"),
            )

    @property
    def span(self) -> str:
        """``07:00-09:00``."""
        return f"{clock_text(self.from_min)}-{clock_text(self.until_min)}"


@dataclass(frozen=True, slots=True)
class Traffic:
    """How much longer drives take at which times of the day; free roads without `rushes`."""

    rushes: tuple[Rush, ...] = ()

    def __post_init__(self) -> None:
        """Put the rushes in order; refuse two at one time."""
        ordered = tuple(sorted(self.rushes, key=lambda rush: rush.from_min))
        for one, following in pairwise(ordered):
            if following.from_min < one.until_min:
                raise _bad(following, Text(f"与 {one.span} 重叠", f"it overlaps {one.span}"))
        object.__setattr__(self, "rushes", ordered)

    def arrive_s(self, depart_s: ArrayLike, free_s: ArrayLike) -> NDArray[np.float64]:
        """Return when a drive of `free_s` seconds on free roads arrives, seconds after midnight.

        Arrays are broadcast; inf stays inf.
        """
        clock, done = self._knots()
        return _along(done, clock, _along(clock, done, depart_s) + np.asarray(free_s))

    def leave_s(self, arrive_s: ArrayLike, free_s: ArrayLike) -> NDArray[np.float64]:
        """Return when such a drive must leave at the latest to be there at `arrive_s`."""
        clock, done = self._knots()
        return _along(done, clock, _along(clock, done, arrive_s) - np.asarray(free_s))

    def arrive_on_grid(
        self, depart_min: ArrayLike, free_min: ArrayLike, step_min: int
    ) -> NDArray[np.int64]:
        """Return the minute of arrival, rounded up to the clock grid; all minutes whole."""
        if not self.rushes:
            return np.add(depart_min, free_min, dtype=np.int64)
        arrive_s = self.arrive_s(60.0 * np.asarray(depart_min), 60.0 * np.asarray(free_min))
        steps = np.ceil(arrive_s / (60 * step_min) - _SLACK)
        return steps.astype(np.int64) * step_min

    def leave_on_grid(
        self, arrive_min: ArrayLike, free_min: ArrayLike, step_min: int
    ) -> NDArray[np.int64]:
        """Return the last minute of the clock grid at which to leave to be there in time."""
        if not self.rushes:
            return np.subtract(arrive_min, free_min, dtype=np.int64)
        leave_s = self.leave_s(60.0 * np.asarray(arrive_min), 60.0 * np.asarray(free_min))
        steps = np.floor(leave_s / (60 * step_min) + _SLACK)
        return steps.astype(np.int64) * step_min

    def _knots(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the times the speed changes, and the free-road seconds driven by then."""
        clock, done = [0.0], [0.0]
        for rush in self.rushes:
            for until_min, factor in ((rush.from_min, 1.0), (rush.until_min, rush.factor)):
                done.append(done[-1] + (60.0 * until_min - clock[-1]) / factor)
                clock.append(60.0 * until_min)
        return np.array(clock), np.array(done)


def traffic_of(told: JsonBody) -> Traffic:
    """Return the traffic that ``{"07:00-09:00": 1.5}`` tells.

    Raises
    ------
    BadInputError
        Naming the entry that cannot be read, lies outside the day or overlaps another.
    """
    return Traffic(tuple(_rush(span, factor) for span, factor in told.items()))


def _rush(span: str, factor: object) -> Rush:
    begin, _, end = span.replace("–", "-").partition("-")
    from_min, until_min = clock_minutes(begin), clock_minutes(end)
    try:
        number = float(str(factor))
    except ValueError:
        number = np.nan
    if from_min is None or until_min is None or np.isnan(number):
        raise BadInputError(
            Text(
                f"高峰“{span}：{factor}”无法识别，请写成 07:00-09:00 和倍数 1.5。",
                f"Rush {span!r}: {factor!r} cannot be read; write 07:00-09:00 and a factor of 1.5.",
            )
        )
    return Rush(from_min, until_min, number)


def _along(x: NDArray[np.float64], y: NDArray[np.float64], at: ArrayLike) -> NDArray[np.float64]:
    """Interpolate, going on at free speed before the first knot and after the last."""
    at = np.asarray(at, dtype=np.float64)
    told: NDArray[np.float64] = (
        np.interp(at, x, y) + np.minimum(at - x[0], 0.0) + np.maximum(at - x[-1], 0.0)
    )
    return told


def _bad(rush: Rush, why: Text) -> BadInputError:
    return BadInputError(
        Text(
            f"高峰 {rush.span}（×{rush.factor:g}）无效：{why.zh}。",
            f"Rush {rush.span} (x{rush.factor:g}) is not valid: {why.en}.",
        )
    )
