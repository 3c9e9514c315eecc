"""Several processes behind one port: all answer the public, one does everything else.

A helping process looks at the first line of a request. What it is not for, it hands over to the
first process, the open connection with what came by it: whoever asks notices nothing, and jobs,
drafts, reports, keys and their limits have one place, as in a service of one process.
"""

from __future__ import annotations

import asyncio
import os
import socket
import struct
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from api.server.admission import Door
from api.server.deadlines import AtOnce, GuardedProtocol, HalfRead

_LENGTH = struct.Struct("!I")
_READ_BYTES = 65_536
"""What a Unix socket hands over at once."""
_MOST_FDS = 16
"""Connections handed over at once."""

IsOurs = Callable[[bytes], bool]
"""Tells from a request's first line whether a helping process answers it."""


class HandingProtocol(GuardedProtocol):
    """A connection of a helping process; `handing_protocol` makes the class for a server."""

    is_ours: ClassVar[IsOurs]
    to_first: ClassVar[socket.socket]

    def data_received(self, data: bytes) -> None:
        """Pass on what came, or hand the connection over where a request begins that is not ours."""
        if self._begins_request() and not self._is_ours(data):
            self._hand_over(data)
        else:
            super().data_received(data)

    def _begins_request(self) -> bool:
        return (
            not self.transport.is_closing()
            and self._read is HalfRead.NOTHING
            and (self._running is None or self._running.response_complete)
            and not self.pipeline
        )

    @classmethod
    def _is_ours(cls, data: bytes) -> bool:
        line, end, _ = data.partition(b"\r\n")
        return bool(end) and cls.is_ours(line)

    def _hand_over(self, data: bytes) -> None:
        found: socket.socket = self.transport.get_extra_info("socket")
        try:
            socket.send_fds(self.to_first, [_LENGTH.pack(len(data))], [found.fileno()])
            self.to_first.sendall(data)
        finally:
            self.transport.abort()  # closes our hold on it; the first process has its own


class HandedOver:
    """The first process's end: takes connections over from one helping process.

    Parameters
    ----------
    from_helper : socket
        What the helper's `to_first` is connected to.
    make : callable
        Makes the protocol of a connection.
    """

    def __init__(self, from_helper: socket.socket, make: Callable[[], GuardedProtocol]) -> None:
        self._from_helper = from_helper
        self._make = make
        self._came = bytearray()
        self._fds: deque[int] = deque()
        self._tasks: set[asyncio.Task[Any]] = set()
        from_helper.setblocking(False)  # noqa: FBT003 - the library's own
        asyncio.get_running_loop().add_reader(from_helper, self._read)

    def close(self) -> None:
        """Take over no more; a helper notices, and ends."""
        if self._from_helper.fileno() < 0:
            return
        asyncio.get_running_loop().remove_reader(self._from_helper)
        self._from_helper.close()
        while self._fds:
            os.close(self._fds.popleft())

    def _read(self) -> None:
        try:
            data, fds, _, _ = socket.recv_fds(self._from_helper, _READ_BYTES, _MOST_FDS)
        except BlockingIOError:
            return
        except OSError:
            data, fds = b"", []
        if not data:  # the helper has ended
            self.close()
            return
        self._came += data
        self._fds.extend(fds)
        self._take_whole()

    def _take_whole(self) -> None:
        while len(self._came) >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._came)
            end = _LENGTH.size + length
            if len(self._came) < end:
                return
            first = bytes(self._came[_LENGTH.size : end])
            del self._came[:end]
            task = asyncio.ensure_future(self._adopt(self._fds.popleft(), first))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _adopt(self, descriptor: int, first: bytes) -> None:
        def make() -> GuardedProtocol:
            protocol = self._make()
            protocol.came_before = first
            return protocol

        found = socket.socket(fileno=descriptor)
        found.setblocking(False)  # noqa: FBT003 - the library's own
        try:
            await asyncio.get_running_loop().connect_accepted_socket(make, found)
        except OSError:  # whoever asked has gone
            found.close()


def handing_protocol(
    door: Door, at_once: Mapping[str, AtOnce], is_ours: IsOurs, to_first: socket.socket
) -> type[asyncio.Protocol]:
    """Return the class of connections of a helping process, for uvicorn's ``http``."""
    members: dict[str, Any] = {
        "door": door,
        "at_once": at_once,
        "is_ours": staticmethod(is_ours),
        "to_first": to_first,
    }
    return type("HandingProtocol", (HandingProtocol,), members)
