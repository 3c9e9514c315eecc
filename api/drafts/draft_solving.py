"""A draft being solved while its planner waits: how far it is, and a way to stop it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from api.http.problems import HttpError
from geo.solving import Progress
from geo.text import Text

_BEGUN = Text("准备数据", "Preparing")
_STOPPED = Text(
    "已停止求解，没有改动任何草案。",
    "Solving was stopped; no draft was changed.",
)


@dataclass
class Solving:
    """How far one answer is.

    Attributes
    ----------
    step : Text
        What is done now.
    fraction : float
        How much of that step is done, from 0 to 1.
    stopped : bool
        Whether its planner wants it no more.
    """

    step: Text = _BEGUN
    fraction: float = 0.0
    stopped: bool = False

    def __call__(self, step: Text, fraction: float) -> None:
        """Note how far it is; raise HttpError (409) where it was stopped."""
        if self.stopped:
            raise HttpError(409, "stopped", _STOPPED)
        self.step, self.fraction = step, fraction


class Solvings:
    """Answers in the making, by the name their askers gave them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: dict[str, Solving] = {}

    @contextmanager
    def under(self, name: str) -> Iterator[Progress]:
        """Hold an answer under `name` while it is made."""
        one = Solving()
        with self._lock:
            self._held[name] = one
        try:
            yield one
        finally:
            with self._lock:
                self._held.pop(name, None)

    def get(self, name: str) -> Solving | None:
        """Return it; None where there is none, or not any more."""
        with self._lock:
            return self._held.get(name)

    def stop(self, name: str) -> None:
        """Have it end at its next step; what is not there is left alone."""
        one = self.get(name)
        if one is not None:
            one.stopped = True
