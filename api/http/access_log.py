"""The server's access log without what callers ask: a position in a query is never written."""

from __future__ import annotations

import logging
import re

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


def install() -> None:
    """Make the server's access log keep no position, however the server was started."""
    logger = logging.getLogger(_LOGGER)
    if not any(isinstance(item, PositionFilter) for item in logger.filters):
        logger.addFilter(PositionFilter())
