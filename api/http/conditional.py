"""Answers a client already has: ETag, Last-Modified and 304 (RFC 9110, 13)."""

from __future__ import annotations

from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime

from fastapi import Request, Response


def cached_response(
    request: Request,
    content: bytes,
    media_type: str,
    *,
    etag: str,
    modified: datetime,
    private: bool = False,
) -> Response:
    """Return `content`, or 304 when the client's copy is this one.

    Parameters
    ----------
    request : Request
        Carries ``If-None-Match`` or ``If-Modified-Since``.
    content : bytes
        The whole body.
    media_type : str
        Its type.
    etag : str
        Names this state of this resource; weak, since compression changes the bytes.
    modified : datetime
        When the state was published, UTC.
    private : bool
        Whether shared caches must not keep it (it needed a key).
    """
    headers = {
        "ETag": f'W/"{etag}"',
        "Last-Modified": format_datetime(modified, usegmt=True),
        "Cache-Control": ("private" if private else "public") + ", no-cache",
        "Vary": "Accept, Accept-Language, Cookie, X-API-Key, Authorization",
    }
    if _is_current(request, etag, modified):
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type=media_type)


def _is_current(request: Request, etag: str, modified: datetime) -> bool:
    known = request.headers.get("if-none-match")
    if known is not None:
        tags = {part.strip().removeprefix("W/").strip('"') for part in known.split(",")}
        return "*" in tags or etag in tags
    since = request.headers.get("if-modified-since")
    if since is None:
        return False
    try:
        moment = parsedate_to_datetime(since)
    except (TypeError, ValueError):
        return False
    return moment.tzinfo is not None and modified <= moment
