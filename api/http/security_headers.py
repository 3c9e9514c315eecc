"""Headers that keep pages from asking or telling any host but ours and the operator's tiles."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.settings import Settings

_TIANDITU = "https://*.tianditu.gov.cn"


def tile_origin(settings: Settings) -> str:
    """Return the origin background tiles come from, as CSP writes it; "" when there is none."""
    if settings.tile_url is not None:
        parts = urlsplit(settings.tile_url)
        if not parts.netloc:
            return ""
        host = parts.netloc
        if "{s}" in host:
            host = "*." + host.split(".", 1)[1] if "." in host else host
        return f"{parts.scheme}://{host}"
    return _TIANDITU if settings.tianditu_key is not None else ""


def content_security_policy(settings: Settings) -> str:
    """Return the policy of every answer: our own origin, inline script and style, tiles if set.

    Pages carry their script and style inline so that they also open from disk; hence
    ``'unsafe-inline'``, while no other host can be asked and nothing can be embedded.
    """
    tiles = tile_origin(settings)
    images = " ".join(part for part in ("'self'", "data:", "blob:", tiles) if part)
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self' 'unsafe-inline'",
            "style-src 'self' 'unsafe-inline'",
            f"img-src {images}",
            "font-src 'self' data:",
            "connect-src 'self'",
            "manifest-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


def security_headers(settings: Settings) -> list[tuple[bytes, bytes]]:
    """Return the headers of every answer."""
    headers = {
        "Content-Security-Policy": content_security_policy(settings),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "X-Frame-Options": "DENY",
        "Permissions-Policy": "geolocation=(self), camera=(), microphone=(), payment=()",
        "Cross-Origin-Opener-Policy": "same-origin",
    }
    return [
        (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()
    ]


class SecurityHeadersMiddleware:
    """Puts the same protective headers on every answer."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._headers = security_headers(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and add the headers to its answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def add(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = list(message.get("headers", ()))
                known = {name for name, _ in given}
                more = (header for header in self._headers if header[0] not in known)
                message = {**message, "headers": [*given, *more]}
            await send(message)

        await self._app(scope, receive, add)
