"""A station's answer put together from what lasts, encoded once, and what the question changes.

What lasts of a station's JSON stands before and after what does not: whether it is open and the way
there. A question is then answered by joining bytes; the model :class:`StationAnswer` stays the one
place that says what an answer holds.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import lru_cache

from api.stations.finder import FoundStation
from api.stations.openings import Opening
from api.stations.station_answer import Hours, StationAnswer
from api.stations.upkeep import SILENCE, StationWord
from geo.layers.vocabulary import Mode
from geo.text import Language

Key = tuple[int, Mode, Language, str, StationWord | None]
"""Row of the directory, mode, language, the public root of the service and what is said, if anything."""
_MOST = 20_000
"""Parts of answers held: 1,000 stations in three modes and two languages, and some."""
_BEFORE, _AFTER = b',"is_open":', b',"said":'


class LastingAnswers:
    """What lasts of the answers of one directory, made when first asked for."""

    def __init__(self) -> None:
        self._parts: dict[Key, tuple[bytes, bytes]] = {}
        self._lock = threading.Lock()

    def encoded(
        self,
        key: Key,
        make: Callable[[FoundStation, Opening, StationWord], StationAnswer],
        opening: Opening,
        found: FoundStation,
    ) -> bytes:
        """Return the JSON of a station.

        Parameters
        ----------
        key : Key
            What its lasting parts depend on.
        make : callable
            Makes the answer whose lasting parts are kept, of the way, the opening and what is said.
        opening : Opening
            When it is open.
        found : FoundStation
            The way there.
        """
        parts = self._parts.get(key)
        if parts is None:
            made = make(found, opening, SILENCE if key[4] is None else key[4])
            parts = _split(made.model_dump_json().encode())
            with self._lock:
                if len(self._parts) >= _MOST:  # whoever asks chooses the root
                    self._parts.clear()
                self._parts[key] = parts
        return b"".join(
            (parts[0], b",", _hours(opening), b',"way":', _way(found, key[1]), parts[1])
        )


def _split(encoded: bytes) -> tuple[bytes, bytes]:
    """Return what stands before the hours and after the way; a quote in a text is escaped."""
    return encoded[: encoded.index(_BEFORE)], encoded[encoded.index(_AFTER) :]


@lru_cache(maxsize=4096)
def _hours(opening: Opening) -> bytes:
    return Hours.of(opening).model_dump_json().encode()[1:-1]


def _way(found: FoundStation, mode: Mode) -> bytes:
    """Return the JSON of :func:`way_answer`, which the tests hold it against, at a tenth of its cost."""
    ratio = found.detour_ratio
    return b'{"mode":"%b","distance_m":%.1f,"time_s":%.1f,"straight_m":%.1f,"detour_ratio":%b}' % (
        mode.encode(),
        found.distance_m,
        found.time_s,
        found.straight_m,
        b"null" if ratio is None else repr(round(ratio, 3)).encode(),
    )
