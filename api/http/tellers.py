"""How much one address may tell: who sends the same again is thanked, and counted once.

Addresses are held in this process's memory alone, as digests with a key made at the start, and
forgotten within an hour; none is written anywhere.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from hashlib import blake2b

from fastapi import Request

from api.http.problems import HttpError
from api.http.wrong_keys import address_of
from api.server.admission import network_of
from geo.text import Text

WINDOW_S = 3600.0
"""An hour: as long as an address is remembered at all."""
MOST = 10
"""Different things one address may tell in `WINDOW_S`."""
MOST_IN_ALL = 2000
"""Things everybody together may tell in `WINDOW_S`."""


class Tellers:
    """What was told of late.

    Parameters
    ----------
    clock_s : Callable[[], float]
        Seconds that only grow.
    """

    def __init__(self, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._clock_s = clock_s
        self._key = secrets.token_bytes(32)
        self._lock = threading.Lock()
        self._told: OrderedDict[tuple[bytes, str], float] = OrderedDict()

    def is_new(self, address: str, what: str) -> bool:
        """Tell whether `address` tells `what` for the first time in an hour, and note it.

        Raises
        ------
        HttpError
            If that address, or everybody together, has told too much.
        """
        who = blake2b(network_of(address).encode(), key=self._key, digest_size=16).digest()
        with self._lock:
            self._forget()
            if (who, what) in self._told:
                return False
            of_this = sum(teller == who for teller, _ in self._told)
            if of_this >= MOST or len(self._told) >= MOST_IN_ALL:
                raise HttpError(
                    429,
                    "told-too-much",
                    Text(
                        "刚才收到的反映太多了，请一小时后再试。谢谢！",
                        "Too much was reported just now; please try again in an hour. Thank you!",
                    ),
                    retry_after_s=int(WINDOW_S),
                )
            self._told[who, what] = self._clock_s()
            return True

    def _forget(self) -> None:
        before = self._clock_s() - WINDOW_S
        while self._told and next(iter(self._told.values())) <= before:
            self._told.popitem(last=False)


def is_first_report(request: Request, what: str) -> bool:
    """Tell whether the request's address tells `what` for the first time in an hour."""
    tellers: Tellers = request.app.state.tellers
    return tellers.is_new(address_of(request), what)
