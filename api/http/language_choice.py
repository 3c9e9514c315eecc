"""Remembers the language a reader switched to, in a cookie that holds nothing else."""

from __future__ import annotations

from http.cookies import SimpleCookie
from urllib.parse import parse_qs

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from geo.text import Language

COOKIE = "lang"
_YEAR_S = 365 * 24 * 3600


class LanguageChoiceMiddleware:
    """Sets the cookie when the address of a page carries ``?lang=zh`` or ``?lang=en``."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; add the cookie to its answer."""
        chosen = _chosen(scope) if scope["type"] == "http" else None
        if chosen is None:
            await self._app(scope, receive, send)
            return

        async def remember(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("content-type", "").startswith("text/html"):
                    headers.append("Set-Cookie", _cookie(chosen))
            await send(message)

        await self._app(scope, receive, remember)


def _chosen(scope: Scope) -> Language | None:
    query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
    asked = query.get("lang", [""])[-1]
    return Language(asked) if asked in set(Language) else None


def _cookie(language: Language) -> str:
    jar = SimpleCookie({COOKIE: str(language)})
    jar[COOKIE]["path"] = "/"
    jar[COOKIE]["max-age"] = str(_YEAR_S)
    jar[COOKIE]["samesite"] = "Lax"
    jar[COOKIE]["httponly"] = "1"
    return jar[COOKIE].OutputString()
