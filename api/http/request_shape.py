"""What every request must be: not too big; and HEAD is GET without a body."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.problems import problem_response
from geo.text import Text

_TOO_LARGE = 413


class BodyLimitMiddleware:
    """Refuses bodies larger than `limit_bytes`, by what they say or by what arrives."""

    def __init__(self, app: ASGIApp, limit_bytes: int) -> None:
        self._app = app
        self._limit = limit_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on unless it is too large."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        said = Headers(scope=scope).get("content-length", "0")
        if said.isdigit() and int(said) > self._limit:
            answer = problem_response(Request(scope), _TOO_LARGE, "too-large", self._text)
            await answer(scope, receive, send)
            return
        arrived = 0

        async def counted() -> Message:
            nonlocal arrived
            message = await receive()
            arrived += len(message.get("body", b""))
            if arrived > self._limit:
                raise HTTPException(_TOO_LARGE)
            return message

        await self._app(scope, counted, send)

    @property
    def _text(self) -> Text:
        megabytes = self._limit / 1e6
        return Text(
            f"内容超过 {megabytes:.3g} MB，请拆分后再传。",
            f"The body is larger than {megabytes:.3g} MB; send it in parts.",
        )


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
