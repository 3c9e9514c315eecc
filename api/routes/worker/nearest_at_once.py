"""``POST /nearest`` as a phone asks it, answered before the framework: it comes by the thousand.

Only the plain question is answered here: a JSON body, no key, nothing else in the address. What is
otherwise, and whatever cannot be answered, goes the framework's way, which refuses in words and
documents both; a test holds the two answers against each other.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from functools import lru_cache

from fastapi import FastAPI, Request
from pydantic import ValidationError
from starlette.types import Scope

from api.http.asking import names_html, spoken_language
from api.http.cross_origin import OPEN_TO_ALL
from api.http.packed_pages import PACKED_FROM_BYTES, PACKING_LEVEL
from api.http.security_headers import security_headers
from api.publishing.nearest_answer import Question, answer
from api.resources import resources_of
from api.routes.worker.nearest_routes import HEADERS, MEDIA_TYPE, encoded
from api.settings import Settings
from geo.errors import YizhanError
from geo.text import Language

PATH = "/nearest"
_ELSEWHERE = frozenset({b"authorization", b"x-api-key", b"cookie", b"transfer-encoding"})
"""Headers that make a question one for the framework."""

_VARIES = b"vary: Accept-Encoding\r\n"
_PACKED = b"content-encoding: gzip\r\n"

Headers = Mapping[bytes, bytes]


class NearestAtOnce:
    """Answers the plain question for the nearest stations; the server asks it before the app.

    Parameters
    ----------
    app : FastAPI
        Whose resources are asked.
    settings : Settings
        The service's settings.
    """

    def __init__(self, app: FastAPI, settings: Settings) -> None:
        self._app = app
        self._settings = settings
        self._origins = frozenset(origin.encode("latin-1") for origin in settings.cors_origins)
        told = [
            *((name.lower().encode(), value.encode()) for name, value in HEADERS.items()),
            (b"content-type", MEDIA_TYPE.encode()),
            *OPEN_TO_ALL,
            *security_headers(settings),
        ]
        self._head = b"".join(b"%b: %b\r\n" % header for header in told)

    def __call__(self, scope: Scope, body: bytes) -> tuple[bytes, bytes] | None:
        """Return the header lines and the body of the answer; None where the app is to be asked."""
        headers = self._plain(scope)
        found = None if headers is None else self._found(scope, headers, body)
        if headers is None or found is None:
            return None
        if len(found) < PACKED_FROM_BYTES:
            return self._head, found
        head = self._head + _VARIES
        if b"gzip" in headers.get(b"accept-encoding", b""):
            return head + _PACKED, zlib.compress(found, PACKING_LEVEL, wbits=31)
        return head, found

    def _plain(self, scope: Scope) -> Headers | None:
        """Return the headers of a question that can be answered here; None of any other."""
        if (
            scope["method"] != "POST"
            or scope["path"] != PATH
            or scope["query_string"]
            or scope.get("root_path")
        ):
            return None
        headers = dict(reversed(scope["headers"]))
        if (
            headers.get(b"content-type") != b"application/json"
            or b"host" not in headers
            or not _ELSEWHERE.isdisjoint(headers)
            or (b"x-forwarded-proto" in headers and not self._settings.base_url)
            or headers.get(b"origin") in self._origins
        ):
            return None
        return headers

    def _found(self, scope: Scope, headers: Headers, body: bytes) -> bytes | None:
        """Return the answer's body; None if the framework is to be asked."""
        if not 0 < len(body) <= self._settings.max_body_bytes:
            return None
        try:
            question = Question.model_validate_json(body)
            scope["app"] = self._app
            request = Request(scope)
            resources = resources_of(request)
            edition = resources.editions.current()
            if not edition.finder.is_ready(question.mode):
                return None
            found = answer(edition, question, resources.upkeep)
            root = self._settings.base_url or _root(scope, headers)
            return encoded(request, edition, question, found, self._language(headers), root)
        except (ValidationError, YizhanError):
            return None
        except Exception:  # noqa: BLE001 - it fails again where failures are recorded and told
            return None

    def _language(self, headers: Headers) -> Language:
        if names_html(headers.get(b"accept", b"").decode("latin-1")):
            return self._settings.language
        spoken = spoken_language(headers.get(b"accept-language", b"").decode("latin-1"))
        return spoken or self._settings.language


def _root(scope: Scope, headers: Headers) -> str:
    server = scope.get("server")
    return _asked_root(scope["scheme"], headers[b"host"], None if server is None else tuple(server))


@lru_cache(maxsize=512)
def _asked_root(scheme: str, host: bytes, server: tuple[str, int | None] | None) -> str:
    scope = {
        "type": "http",
        "scheme": scheme,
        "server": server,
        "path": "/",
        "headers": [(b"host", host)],
    }
    return str(Request(scope).base_url).rstrip("/")
