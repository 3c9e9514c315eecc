"""What every long computation is given: when to stop and whom to tell how far it is."""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import StrEnum
from typing import Protocol

from geo.text import Text


class SolveStatus(StrEnum):
    """How sure the answer is."""

    OPTIMAL = "optimal"
    BOUNDED = "bounded"


StoppingCriterion = Callable[[], bool]
"""Asked between steps; True means: return the best answer so far, with its bound."""


class Progress(Protocol):
    """Told now and then how far a computation is."""

    def __call__(self, step: Text, fraction: float) -> None:
        """Take the step's name and the part done, from 0 to 1."""


def silent(step: Text, fraction: float) -> None:
    """Tell nobody."""


def never() -> bool:
    """Never stop early."""
    return False


class AfterComputing:
    """Stop once `limit_s` seconds have passed and this process has computed for as long.

    A machine that is busy with other things gives the same answer, only later; but not later than
    `MOST_WAITS` times the limit.
    """

    MOST_WAITS = 3.0

    def __init__(self, limit_s: float) -> None:
        now_s = time.monotonic()
        self._from_s, self._until_s = now_s + limit_s, now_s + self.MOST_WAITS * limit_s
        self._computed_s = time.process_time() + limit_s

    def __call__(self) -> bool:
        """Return True when the time is over."""
        now_s = time.monotonic()
        if now_s < self._from_s:
            return False
        return now_s >= self._until_s or time.process_time() >= self._computed_s
