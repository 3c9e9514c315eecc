"""Room on a drawing: nothing is written over what stands there already."""

from __future__ import annotations

import math
from collections.abc import Iterator

Box = tuple[float, float, float, float]
"""Left, top, right, bottom (mm)."""


class Room:
    """What is taken on a drawing of so many millimetres."""

    def __init__(self, width: float, height: float) -> None:
        self._whole: Box = (0.0, 0.0, width, height)
        self._taken: list[Box] = []

    def take(self, box: Box) -> None:
        """Keep `box` free of all that comes later."""
        self._taken.append(box)

    def free(self, box: Box) -> bool:
        """Tell whether `box` lies on the drawing and touches nothing."""
        left, top, right, bottom = box
        inside = (
            left >= self._whole[0]
            and top >= self._whole[1]
            and right <= self._whole[2]
            and bottom <= self._whole[3]
        )
        return inside and not any(
            left < other[2] and right > other[0] and top < other[3] and bottom > other[1]
            for other in self._taken
        )

    def beside(
        self, x: float, y: float, size: tuple[float, float], away: float, *, far: int = 1
    ) -> tuple[float, float] | None:
        """Take the nearest free place for a box of `size` around a point; return its middle.

        Parameters
        ----------
        x, y : float
            The point (mm).
        away : float
            How far the box keeps from it; 0 to try the point itself first.
        far : int
            How many rings around the point are tried.
        """
        width, height = size
        for dx, dy in _around(width, height, away, far):
            box = (x + dx - width / 2, y + dy - height / 2, x + dx + width / 2, y + dy + height / 2)
            if self.free(box):
                self.take(box)
                return x + dx, y + dy
        return None


def _around(width: float, height: float, away: float, far: int) -> Iterator[tuple[float, float]]:
    if away == 0:
        yield 0.0, 0.0
    for ring in range(1, far + 1):
        steps = 8 * ring
        for step in range(steps):
            angle = 2 * math.pi * step / steps
            reach = away + (ring - 1) * max(height, 1.0)
            yield (
                math.cos(angle) * (width / 2 + reach),
                -math.sin(angle) * (height / 2 + reach),
            )
