"""Pages packed with gzip, whose long scripts, styles and data are packed once, not for every answer.

Two thirds of a worker's page are the same every time. Parts of a gzip stream that end in a full flush
stand for themselves (RFC 1951), so they are joined with what is packed anew.
"""

from __future__ import annotations

import re
import struct
import zlib
from functools import lru_cache

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PACKED_FROM_BYTES = 1000
"""Answers shorter than this are sent as they are."""
PACKING_LEVEL = 4
"""Three fifths of the computing of the usual 6, for 3 % more bytes of a page."""
_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_INLINE = re.compile(rb'<(style|script)( type="application/json"[^>]*)?>')
_KEPT, _KEPT_BYTES = 64, range(2_000, 200_000)
"""Scripts and styles: the same on every page of a kind."""
_KEPT_DATA, _KEPT_DATA_BYTES = 8, range(50_000, 1_500_000)
"""Data of maps: the same until something else is published."""


def packed(page: bytes) -> bytes:
    """Return `page` as a gzip stream."""
    parts, begin = [_HEAD], 0
    for tag in _INLINE.finditer(page):
        end = page.find(b"</%b>" % tag[1], tag.end())
        sizes, keep = (_KEPT_DATA_BYTES, _kept_data) if tag[2] else (_KEPT_BYTES, _kept)
        if tag.start() >= begin and end - tag.end() in sizes:
            parts += (_flushed(page[begin : tag.end()]), keep(page[tag.end() : end]))
            begin = end
    parts.append(zlib.compress(page[begin:], PACKING_LEVEL, wbits=-zlib.MAX_WBITS))
    parts.append(struct.pack("<II", zlib.crc32(page), len(page) & 0xFFFFFFFF))
    return b"".join(parts)


def _flushed(part: bytes) -> bytes:
    packer = zlib.compressobj(PACKING_LEVEL, wbits=-zlib.MAX_WBITS)
    return packer.compress(part) + packer.flush(zlib.Z_FULL_FLUSH)


@lru_cache(maxsize=_KEPT)
def _kept(block: bytes) -> bytes:
    return _flushed(block)


@lru_cache(maxsize=_KEPT_DATA)
def _kept_data(block: bytes) -> bytes:
    return _flushed(block)


class PackedPagesMiddleware:
    """Packs whole HTML pages for readers who take gzip; leaves all else as it is.

    Parameters
    ----------
    app : ASGIApp
        What is asked.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; pack the page it is answered with."""
        if scope["type"] == "http" and "gzip" in Headers(scope=scope).get("accept-encoding", ""):
            send = _Packing(send).send
        await self._app(scope, receive, send)


class _Packing:
    """Sends one answer on, packed if it is a page that comes in one piece."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_page(message):
            self._start = message
            return
        if self._start is not None:
            start, self._start = self._start, None
            page = message.get("body", b"")
            if len(page) >= PACKED_FROM_BYTES and not message.get("more_body"):
                message = {**message, "body": packed(page)}
                headers = MutableHeaders(scope=start)
                headers["Content-Encoding"] = "gzip"
                headers["Content-Length"] = str(len(message["body"]))
                headers.add_vary_header("Accept-Encoding")
            await self._send(start)
        await self._send(message)


def _is_page(start: Message) -> bool:
    headers = Headers(raw=start["headers"])
    kind = headers.get("content-type", "")
    return kind.startswith("text/html") and "content-encoding" not in headers
