"""Which pages of other origins may read what (Fetch standard, CORS), and what OPTIONS answers.

What anyone may read, any page may: the federation's own site shows stations and asks for the
nearest. What needs a key is closed to other origins, but for those the operator names. Cookies
count for none of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from fastapi import FastAPI, Request, Response
from fastapi.routing import iter_route_contexts
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.keys import KEY_HEADERS, carries_key, needs_key
from api.http.visibility import Reader, may_read
from geo.layers.columns import LAYERS

_PLAIN_HEADERS = ("Accept", "Accept-Language", "Content-Language", "Content-Type", "If-None-Match")
_TOLD_HEADERS = "ETag, Last-Modified, X-Features-Left-Out"
_DAY_S = "86400"
OPEN_TO_ALL = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", _TOLD_HEADERS.encode("ascii")),
)
"""The headers of an answer that any page may read."""
_CLOSED = {401, 403}


@dataclass(frozen=True, slots=True)
class _Door:
    """One route: what addresses it answers, to which methods, and whether it needs a key."""

    pattern: re.Pattern[str]
    methods: frozenset[str]
    is_locked: bool


class CrossOriginMiddleware:
    """Opens public answers to every origin, locked ones to named origins; answers OPTIONS.

    Parameters
    ----------
    app : ASGIApp
        What is asked.
    service : FastAPI
        Its routes say what OPTIONS answers.
    origins : sequence of str
        Origins whose pages may send a key.
    """

    def __init__(self, app: ASGIApp, service: FastAPI, origins: Sequence[str]) -> None:
        self._app = app
        self._service = service
        self._origins = frozenset(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer OPTIONS; pass everything else on and say who may read the answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        if scope["method"] == "OPTIONS" and (doors := self._doors_at(request.url.path)):
            await self._options(request, doors)(scope, receive, send)
            return
        named = request.headers.get("origin", "") in self._origins
        keyed = carries_key(request)

        async def opened(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if named:
                    self._open(headers, request.headers["origin"])
                elif not keyed and message["status"] not in _CLOSED:
                    self._open(headers, "*")
            await send(message)

        await self._app(scope, receive, opened)

    def _options(self, request: Request, doors: Iterable[_Door]) -> Response:
        methods = {method for door in doors for method in door.methods}
        methods |= {"OPTIONS"} | ({"HEAD"} if "GET" in methods else set())
        response = Response(status_code=204, headers={"Allow": ", ".join(sorted(methods))})
        origin, asked = (
            request.headers.get("origin"),
            request.headers.get("access-control-request-method"),
        )
        if origin is None or asked is None:
            return response
        response.headers["Vary"] = "Origin, Access-Control-Request-Method"
        named = origin in self._origins
        open_to_all = any(asked in {*door.methods, "HEAD"} and not door.is_locked for door in doors)
        if named or (open_to_all and not _names_secret_layer(request.url.path)):
            self._open(response.headers, origin if named else "*")
            allowed = (*_PLAIN_HEADERS, *KEY_HEADERS) if named else _PLAIN_HEADERS
            response.headers["Access-Control-Allow-Methods"] = ", ".join(sorted(methods))
            response.headers["Access-Control-Allow-Headers"] = ", ".join(allowed)
            response.headers["Access-Control-Max-Age"] = _DAY_S
        return response

    @staticmethod
    def _open(headers: MutableHeaders, origin: str) -> None:
        headers["Access-Control-Allow-Origin"] = origin
        headers["Access-Control-Expose-Headers"] = _TOLD_HEADERS
        if origin != "*":
            headers.add_vary_header("Origin")

    def _doors_at(self, path: str) -> list[_Door]:
        return [door for door in self._doors if door.pattern.match(path)]

    @cached_property
    def _doors(self) -> list[_Door]:
        return [
            _Door(
                pattern=route.path_regex,
                methods=frozenset(route.methods or ()),
                is_locked=needs_key(getattr(route, "dependencies", None) or ()),
            )
            for route in iter_route_contexts(self._service.routes)
            if hasattr(route, "path_regex")
        ]


def _names_secret_layer(path: str) -> bool:
    named = {part.split(".", 1)[0] for part in path.split("/")} & LAYERS.keys()
    return any(not may_read(name, Reader.ANYONE) for name in named)
