"""What every request must be: not too big; and HEAD is GET without a body."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.keys import is_planner
from api.http.problems import BodyTooLargeError


class BodyLimitMiddleware:
    """Refuses bodies larger than the sender may send, by what they say or by what arrives.

    A body is judged when it is asked for, so whoever is refused for another reason is told that
    one, and nothing of the body is read.

    Parameters
    ----------
    app : ASGIApp
        What is asked.
    limit_bytes, keyed_limit_bytes : int
        The most anybody may send; the most whoever has the planner's key may.
    """

    def __init__(self, app: ASGIApp, limit_bytes: int, keyed_limit_bytes: int) -> None:
        self._app = app
        self._limit = limit_bytes
        self._keyed_limit = keyed_limit_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on unless it is too large."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        said = Headers(scope=scope).get("content-length", "0")
        arrived = int(said) if said.isdigit() else 0
        most = self._keyed_limit if is_planner(Request(scope)) else self._limit
        watched = _refused(most) if arrived > most else _counted(receive, most)
        await self._app(scope, watched, send)


def _refused(most: int) -> Receive:
    async def refuse() -> Message:
        raise BodyTooLargeError(most)

    return refuse


def _counted(receive: Receive, most: int) -> Receive:
    arrived = 0

    async def counted() -> Message:
        nonlocal arrived
        message = await receive()
        arrived += len(message.get("body", b""))
        if arrived > most:
            raise BodyTooLargeError(most)
        return message

    return counted


class HeadMiddleware:
    """Answers HEAD as GET does, without the body (RFC 9110, 9.3.2)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass HEAD on as GET and keep its body back."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def without_body(message: Message) -> None:
            if message["type"] == "http.response.body":
                if message.get("more_body", False):
                    return
                message = {"type": "http.response.body", "body": b""}
            await send(message)

        await self._app({**scope, "method": "GET"}, receive, without_body)
