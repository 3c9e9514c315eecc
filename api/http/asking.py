"""How a request says what it wants: language and format."""

from __future__ import annotations

from fastapi import Request

from api.http.language_choice import COOKIE
from api.settings import Settings
from geo.text import Language

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
    if not wants_html(request):
        for tag, _ in _weighted(request.headers.get("accept-language", "")):
            primary = tag.split("-")[0]
            if primary in set(Language):
                return Language(primary)
    return settings_of(request).language


def wants_html(request: Request) -> bool:
    """Tell whether the caller is a browser: ``?f=`` decides, then HTML named before JSON."""
    asked = request.query_params.get("f")
    if asked is not None:
        return asked == "html"
    kinds = [kind for kind, _ in _weighted(request.headers.get("accept", ""))]
    for kind in kinds:
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
