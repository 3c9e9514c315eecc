"""How many wrong keys an address may try: guessing is slow, mistyping is not."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable

from fastapi import Request

from api.http.problems import HttpError
from geo.text import Text

MOST = 10
"""Wrong keys one address may try within `WINDOW_S`."""
WINDOW_S = 300.0
"""Five minutes: ten tries in them are slow to guess by, and short to wait out after a mistake."""
_ADDRESSES = 10_000
"""Addresses remembered at most; beyond, those that failed longest ago are forgotten."""


class WrongKeys:
    """The wrong keys tried of late in this process, by address; kept in memory alone.

    Parameters
    ----------
    clock_s : Callable[[], float]
        Seconds that only grow.
    """

    def __init__(self, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._clock_s = clock_s
        self._lock = threading.Lock()
        self._tried: OrderedDict[str, deque[float]] = OrderedDict()

    def add(self, address: str) -> None:
        """Count one more wrong key of `address`."""
        with self._lock:
            tried = self._tried.setdefault(address, deque(maxlen=MOST))
            tried.append(self._clock_s())
            self._tried.move_to_end(address)
            while len(self._tried) > _ADDRESSES:
                self._tried.popitem(last=False)

    def wait_s(self, address: str) -> float:
        """Return for how long `address` is to wait before its next key is looked at; 0 for none."""
        with self._lock:
            tried = self._tried.get(address)
            if tried is None or len(tried) < MOST:
                return 0.0
            return max(0.0, tried[0] + WINDOW_S - self._clock_s())


def wrong_keys(request: Request) -> WrongKeys:
    """Return the service's own count."""
    found: WrongKeys = request.app.state.wrong_keys
    return found


def address_of(request: Request) -> str:
    """Return where a request comes from, as the server was told."""
    return "" if request.client is None else request.client.host


def refuse_guessing(request: Request) -> None:
    """Refuse whoever has tried too many wrong keys, whether the next one is right or not."""
    wait_s = wrong_keys(request).wait_s(address_of(request))
    if wait_s > 0:
        minutes = int(-(-wait_s // 60))
        raise HttpError(
            429,
            "too-many-keys",
            Text(
                f"密钥连续错了 {MOST} 次：请 {minutes} 分钟后再试；不记得密钥请向规划负责人核对。",
                f"{MOST} wrong keys in a row: try again in {minutes} min, or ask whoever is in "
                "charge of planning for the key.",
            ),
            retry_after_s=int(-(-wait_s // 1)),
        )
