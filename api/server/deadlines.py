"""uvicorn's HTTP/1.1 connection with deadlines: for headers, for bodies, for taking the answer.

uvicorn itself only limits how long a connection may be idle between two requests, and every byte
starts that anew; a client that sends one byte in a while stays for ever. Here each request has to
arrive in time, and each answer has to be taken. Requests are read by httptools (llhttp, strict),
which takes half of the computing of h11. What can be answered at once, in one go and from memory,
is: a task, the framework's layers and a second sending would cost more than such an answer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from enum import Enum, auto
from typing import Any, ClassVar, cast

from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from api.server.admission import Door, Limits, Phase

_FULL = (
    b"HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\nretry-after: 5\r\n"
    b"content-length: 0\r\n\r\n"
)
_LATE = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\n"
    b"content-length: 0\r\n\r\n"
)
_OK = b"HTTP/1.1 200 OK\r\n"
_CLOSE = b"connection: close\r\n"
_MOST_HEAD_BYTES = 65_536
"""64 KiB: far more than browsers send, little enough to hold for every connection."""
_SMALL_BODY_BYTES = 4096
"""A question of a phone has some 200 bytes; what is larger is left to the app."""
_MOST_WAITING = 16
"""Requests of one connection that may wait for the answers before theirs."""


AtOnce = Callable[[Scope, bytes], tuple[bytes, bytes] | None]
"""Takes a request and its body and returns the header lines and the body of an answer 200; None
where the app is to be asked."""


class HalfRead(Enum):
    """What of a request was read last."""

    NOTHING = auto()
    """The one before was read whole."""
    HEAD = auto()
    """Some of its headers."""
    BODY = auto()
    """All of its headers, not all of its body."""


class GuardedProtocol(HttpToolsProtocol):
    """One connection; `guarded_protocol` makes the class for a server."""

    door: ClassVar[Door]
    at_once: ClassVar[Mapping[str, AtOnce]]
    """By path."""
    told_always: ClassVar[tuple[object, bytes]] = (None, b"")
    """The headers the server gives all answers, as it last changed them (the date), and written."""
    came_before = b""
    """What another process read of the connection before it handed it over."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Let the connection in or send it away, and start its first deadline."""
        super().connection_made(transport)
        self._host = self.client[0] if self.client else ""
        self._read = HalfRead.NOTHING
        self._running: RequestResponseCycle | None = None
        self._is_reading = False
        self._held: tuple[RequestResponseCycle, Any] | None = None
        self._phase: Phase | None = None
        self._arrived = 0
        self._began_s = 0.0
        self._deadline: asyncio.TimerHandle | None = None
        self._stalled: asyncio.TimerHandle | None = None
        if not self.door.let_in(self, self._host):
            transport.write(_FULL)
            transport.close()
            return
        self._enter(Phase.WAITING)
        if self.came_before:
            self.data_received(self.came_before)

    def connection_lost(self, exc: Exception | None) -> None:
        """Count the connection out."""
        self.door.let_out(self, self._host)
        self._cancel()
        if self._stalled is not None:
            self._stalled.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Pass on what came, and see how far the request is."""
        if self.transport.is_closing():
            return
        self._arrived += len(data)
        self._is_reading = True
        super().data_received(data)
        self._is_reading = False
        if self._held is not None:
            self._settle(*self._held)
        self._look()
        if self._read is HalfRead.HEAD and self._arrived > _MOST_HEAD_BYTES:
            self._refuse(_LARGE)

    def on_message_begin(self) -> None:
        """Note that a request begins."""
        super().on_message_begin()
        self._read = HalfRead.HEAD

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; what comes after a body is none."""
        if self._read is HalfRead.HEAD:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Have the request answered, in its turn."""
        self._read = HalfRead.BODY
        hosts = sum(name == b"host" for name, _ in self.headers)
        without_host = hosts != 1 and self.parser.get_http_version() == "1.1"  # RFC 9112, 3.2
        if without_host or len(self.pipeline) >= _MOST_WAITING:
            raise ValueError(hosts)  # told by uvicorn as a request that is none
        super().on_headers_complete()
        if self.parser.should_upgrade():  # to what we do not speak; the parser reads no further
            self.cycle.keep_alive = False

    def on_message_complete(self) -> None:
        """Note that the request is there."""
        super().on_message_complete()
        self._read = HalfRead.NOTHING

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:  # noqa: ANN401 - any ASGI app
        """Have the app asked; where it may not be needed, once all is read that has come."""
        self._running = cycle
        if self._is_reading and cycle.scope["path"] in self.at_once:
            self._held = cycle, app
        else:
            super()._start_asgi_task(cycle, app)

    def _settle(self, cycle: RequestResponseCycle, app: Any) -> None:  # noqa: ANN401 - any ASGI app
        """Answer what was held at once, or have the app asked; a small body is waited for."""
        is_small = len(cycle.body) < _SMALL_BODY_BYTES and not cycle.waiting_for_100_continue
        if self.transport.is_closing() or (cycle.more_body and is_small):
            return
        self._held = None
        found, scope = None, cast("Scope", cycle.scope)
        if not (cycle.more_body or self.flow.write_paused):
            found = self.at_once[scope["path"]](scope, bytes(cycle.body))
        if found is None:
            super()._start_asgi_task(cycle, app)
            return
        self._cancel()
        self._phase = Phase.ANSWERING
        cycle.response_complete = True
        self.transport.write(self._put_together(*found, keeps=cycle.keep_alive))
        if not cycle.keep_alive:
            self.transport.close()
        self.on_response_complete()

    def _put_together(self, head: bytes, body: bytes, *, keeps: bool) -> bytes:
        always = self.server_state.default_headers
        if self.told_always[0] is not always:
            written = b"".join(b"%b: %b\r\n" % header for header in always)
            type(self).told_always = always, written
        length = b"content-length: %d\r\n\r\n" % len(body)
        return b"".join((_OK, self.told_always[1], b"" if keeps else _CLOSE, head, length, body))

    def on_response_complete(self) -> None:
        """Wait for the next request once this one is answered, not for a body nobody reads."""
        super().on_response_complete()
        if self._read is HalfRead.BODY:
            self._cancel()
            self._deadline = self.loop.call_later(self._limits.linger_s, self.turn_out)
        self._look()

    def pause_writing(self) -> None:
        """Watch that the answer is taken."""
        super().pause_writing()
        self._watch_answer(self.transport.get_write_buffer_size())

    def resume_writing(self) -> None:
        """Stop watching: the answer is being taken."""
        super().resume_writing()
        if self._stalled is not None:
            self._stalled.cancel()

    def turn_out(self) -> None:
        """Close at once, whatever was not sent."""
        self.door.let_out(self, self._host)
        self._cancel()
        self.transport.abort()

    @property
    def _limits(self) -> Limits:
        return self.door.limits

    def _look(self) -> None:
        """Find out which phase the connection is in, and start its deadline if that is new."""
        if self.transport.is_closing():
            return
        running = self._running
        if running is not None and not running.response_complete:
            self._enter(Phase.SENDING if running.more_body else Phase.ANSWERING)
        elif self._read is HalfRead.BODY:
            self._enter(Phase.SENDING)
        elif self.timeout_keep_alive_task is None or self._phase is not Phase.WAITING:
            self._enter(Phase.WAITING)

    def _enter(self, phase: Phase) -> None:
        if phase is self._phase and self._deadline is not None:
            return
        self._cancel()
        if phase is not self._phase:
            self.door.moved(self, phase)
        self._phase = phase
        self._arrived = 0
        if phase is Phase.WAITING and self.timeout_keep_alive_task is None:
            self._deadline = self.loop.call_later(self._limits.head_s, self._too_late)
        elif phase is Phase.SENDING:
            self._began_s = self.loop.time()
            self._deadline = self.loop.call_later(self._limits.body_s, self._body_due)

    def _body_due(self) -> None:
        """Let a body go on that came fast enough so far, or that we ourselves do not read."""
        allowed_s = self._limits.body_s + self._arrived / self._limits.body_bytes_per_s
        left_s = self._began_s + allowed_s - self.loop.time()
        if self.flow.read_paused:
            left_s = max(left_s, 1.0)
        if left_s <= 0:
            self._too_late()
        else:
            self._deadline = self.loop.call_later(left_s, self._body_due)

    def _too_late(self) -> None:
        if self._read is HalfRead.HEAD:
            self._refuse(_LATE)
        else:
            self.turn_out()

    def _refuse(self, said: bytes) -> None:
        self.transport.write(said)
        self.door.let_out(self, self._host)
        self._cancel()
        self.transport.close()

    def _cancel(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _watch_answer(self, left: int) -> None:
        self._stalled = self.loop.call_later(self._limits.stalled_s, self._answer_due, left)

    def _answer_due(self, left: int) -> None:
        now_left = self.transport.get_write_buffer_size()
        if left - now_left < self._limits.stalled_bytes:
            self.turn_out()
        else:
            self._watch_answer(now_left)


def guarded_protocol(door: Door, at_once: Mapping[str, AtOnce]) -> type[asyncio.Protocol]:
    """Return the class of connections that come through `door`, for uvicorn's ``http``."""
    members: dict[str, Any] = {"door": door, "at_once": at_once}
    return type("GuardedProtocol", (GuardedProtocol,), members)
