"""Delays that crews reported, on disk in one file that is replaced whole.

```
NAME/bus/delays.json     what was reported, and what became of it
```

A report is on the disk before the crew hears that it is kept; what is still to be published when a
service ends, by itself or by force, is published by the next one.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from data.disk import CREW_PATIENCE_S, held, replace_whole, writing
from geo.bus.replanning.delay import Delay, DelayState
from geo.errors import BrokenFileError
from geo.text import Text

_MOST_KEPT = 200
"""Reports kept: some weeks of a fleet."""


_ROWS: TypeAdapter[list[Delay]] = TypeAdapter(list[Delay])


class BusDelays:
    """The delays reported in one project.

    Parameters
    ----------
    folder : Path
        The project's folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "bus"
        self._path = self._folder / "delays.json"

    def read(self) -> list[Delay]:
        """Return all reports, oldest first.

        Raises
        ------
        BrokenFileError
            If the file cannot be read.
        """
        if not self._path.exists():
            return []
        try:
            return _ROWS.validate_json(self._path.read_bytes())
        except ValidationError as error:
            raise BrokenFileError(
                Text(f"{self._path} 已损坏，请把它移走。", f"{self._path} is broken: move it away.")
            ) from error

    def last_of(self, bus: str, day: date) -> Delay | None:
        """Return what `bus` reported last on `day`."""
        mine = (one for one in self.read() if (one.bus, one.reported.date()) == (bus, day))
        return max(mine, key=lambda one: one.number, default=None)

    def first_kept(self) -> Delay | None:
        """Return the oldest report that is still to be published."""
        return next((one for one in self.read() if one.state is DelayState.KEPT), None)

    def add(self, make: Callable[[int, list[Delay]], Delay]) -> Delay:
        """Keep what `make` makes of the new report's number and the reports before, and return it."""
        made: list[Delay] = []

        def with_new(rows: list[Delay]) -> list[Delay]:
            made.append(make(1 + max((one.number for one in rows), default=0), rows))
            return [*rows, *made]

        self._change(with_new)
        return made[0]

    def put(self, delay: Delay) -> None:
        """Keep `delay` in the place of the report of its number."""
        self._change(lambda rows: [delay if one.number == delay.number else one for one in rows])

    def _change(self, step: Callable[[list[Delay]], list[Delay]]) -> None:
        with writing(self._path):
            self._folder.mkdir(exist_ok=True)
        with held(self._folder / ".delays.lock", patience_s=CREW_PATIENCE_S), writing(self._path):
            rows = step(self.read())[-_MOST_KEPT:]
            replace_whole(self._path, _ROWS.dump_json(rows, indent=1))
