"""How a request says what it wants: language, remembered in a cookie, and format."""

from __future__ import annotations

from functools import lru_cache
from http.cookies import SimpleCookie
from urllib.parse import parse_qs

from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.settings import Settings
from geo.text import Language

COOKIE = "lang"
_YEAR_S = 365 * 24 * 3600
"""How long a browser keeps the language chosen."""


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


HTML = "text/html"


def settings_of(request: Request) -> Settings:
    """Return the settings the app was made with."""
    settings = request.app.state.settings
    if not isinstance(settings, Settings):  # pragma: no cover - create_app sets it
        raise TypeError
    return settings


def preferred_language(request: Request) -> Language:
    """Return the reader's language: ``?lang=``, then what they switched to, then the operator's.

    A page is Chinese until its reader switches; only programs are asked by ``Accept-Language``,
    since many phones here carry an English system.
    """
    asked = request.query_params.get("lang") or request.cookies.get(COOKIE)
    if asked in set(Language):
        return Language(asked)
    spoken = None
    if not wants_html(request):
        spoken = spoken_language(request.headers.get("accept-language", ""))
    return spoken or settings_of(request).language


@lru_cache(maxsize=512)
def spoken_language(accepted: str) -> Language | None:
    """Return the first of our languages that an ``Accept-Language`` names; None if it has none."""
    for tag, _ in _weighted(accepted):
        primary = tag.split("-")[0]
        if primary in set(Language):
            return Language(primary)
    return None


def wants_html(request: Request) -> bool:
    """Tell whether the caller is a browser: ``?f=`` decides, then HTML named before JSON."""
    asked = request.query_params.get("f")
    if asked is not None:
        return asked == "html"
    return names_html(request.headers.get("accept", ""))


@lru_cache(maxsize=512)
def names_html(accepted: str) -> bool:
    """Tell whether an ``Accept`` names HTML, and not JSON before it."""
    for kind, _ in _weighted(accepted):
        if kind in {HTML, "application/xhtml+xml"}:
            return True
        if "json" in kind:
            return False
    return False


def _weighted(header: str) -> list[tuple[str, float]]:
    """Return the header's choices, best first (RFC 9110, 12.4.2); those with q=0 left out."""
    choices: list[tuple[str, float]] = []
    for part in header.split(","):
        value, *parameters = (piece.strip() for piece in part.split(";"))
        weight = 1.0
        for parameter in parameters:
            name, _, number = parameter.partition("=")
            if name.strip().lower() == "q":
                weight = _quality(number)
        if value and weight > 0:
            choices.append((value.lower(), weight))
    return sorted(choices, key=lambda choice: -choice[1])


def _quality(number: str) -> float:
    try:
        return min(1.0, max(0.0, float(number)))
    except ValueError:
        return 0.0
