"""The server's log: no position in any line, and a message that repeats is written now and then."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable

_LOGGER = "uvicorn.access"
_TILE = re.compile(r"^(/tiles/[^/]+)/.*$")


def without_position(path: str) -> str:
    """Return the path of a request as the log may keep it: no query, no tile address."""
    return _TILE.sub(r"\1/…", path.split("?", 1)[0])


class PositionFilter(logging.Filter):
    """Rewrites the server's access records (client, method, path, version, status)."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Take the query out of the record; keep every record."""
        if isinstance(record.args, tuple):
            record.args = tuple(
                without_position(part) if isinstance(part, str) and part.startswith("/") else part
                for part in record.args
            )
        return True


def hide_positions() -> None:
    """Make the server's access log keep no position, however the server was started."""
    logger = logging.getLogger(_LOGGER)
    if not any(isinstance(item, PositionFilter) for item in logger.filters):
        logger.addFilter(PositionFilter())


_LOGGERS = ("asyncio", "uvicorn.error")
_EVERY_S = 60.0
"""The same message is written again after so long: a log that can be read while something keeps failing."""
_MOST_MESSAGES = 200
"""Different messages remembered; beyond, all count as new."""


class RepeatFilter(logging.Filter):
    """Lets a message through once a minute and says how many of its kind were held back.

    Records are alike when they come from the same line of code.

    Parameters
    ----------
    every_s : float
        How long a message is held back after it was written.
    clock : callable
        Seconds that only grow.
    """

    def __init__(
        self, every_s: float = _EVERY_S, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__()
        self._every_s = every_s
        self._clock = clock
        self._written_s: dict[tuple[object, ...], float] = {}
        self._held: dict[tuple[object, ...], int] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether to write the record; information is always written."""
        if record.levelno < logging.WARNING:
            return True
        kind = (record.name, record.pathname, record.lineno, str(record.msg).split("\n", 1)[0])
        now_s = self._clock()
        last_s = self._written_s.get(kind)
        if last_s is not None and now_s - last_s < self._every_s:
            self._held[kind] = self._held.get(kind, 0) + 1
            return False
        if len(self._written_s) >= _MOST_MESSAGES:
            self._written_s.clear()
            self._held.clear()
        self._written_s[kind] = now_s
        if held := self._held.pop(kind, 0):
            record.msg = f"{record.getMessage()} ({held} more like this since)"
            record.args = ()
        return True


def hold_back_repeats() -> None:
    """Put the filter on the loggers that whoever connects can make write."""
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        if not any(isinstance(item, RepeatFilter) for item in logger.filters):
            logger.addFilter(RepeatFilter())
