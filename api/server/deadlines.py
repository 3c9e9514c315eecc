"""uvicorn's HTTP/1.1 connection with deadlines: for headers, for bodies, for taking the answer.

uvicorn itself only limits how long a connection may be idle between two requests, and every byte
starts that anew; a client that sends one byte in a while stays for ever. Here each request has to
arrive in time, and each answer has to be taken.
"""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from api.server.admission import Door, Limits, Phase

_FULL = (
    b"HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\nretry-after: 5\r\n"
    b"content-length: 0\r\n\r\n"
)
_LATE = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class GuardedProtocol(H11Protocol):
    """One connection; `guarded_protocol` makes the class for a server."""

    door: ClassVar[Door]
    came_before = b""
    """What another process read of the connection before it handed it over."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Let the connection in or send it away, and start its first deadline."""
        super().connection_made(transport)
        self._host = self.client[0] if self.client else ""
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
        super().data_received(data)
        self._look()

    def on_response_complete(self) -> None:
        """Wait for the next request once this one is answered, not for a body nobody reads."""
        super().on_response_complete()
        if self.conn.their_state is h11.SEND_BODY:
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
        theirs = self.conn.their_state
        if theirs is h11.SEND_BODY:
            self._enter(Phase.SENDING)
        elif theirs is not h11.IDLE:
            self._enter(Phase.ANSWERING)
        elif self.timeout_keep_alive_task is None or self._phase is not Phase.WAITING:
            self._enter(Phase.WAITING)

    def _enter(self, phase: Phase) -> None:
        if phase is self._phase and self._deadline is not None:
            return
        self._cancel()
        if phase is not self._phase:
            self.door.moved(self, self._host, phase)
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
        half_a_head = self.conn.our_state is h11.IDLE and self.conn.trailing_data[0]
        if half_a_head:
            self.transport.write(_LATE)
            self.door.let_out(self, self._host)
            self._cancel()
            self.transport.close()
        else:
            self.turn_out()

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


def guarded_protocol(door: Door) -> type[asyncio.Protocol]:
    """Return the class of connections that come through `door`, for uvicorn's ``http``."""
    members: dict[str, Any] = {"door": door}
    return type("GuardedProtocol", (GuardedProtocol,), members)
