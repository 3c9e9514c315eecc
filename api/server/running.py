"""Runs the service: uvicorn with our connections, its share of file descriptors, a quiet log."""

from __future__ import annotations

from dataclasses import replace

import uvicorn
from fastapi import FastAPI

from api.server import repeated_records
from api.server.admission import Door
from api.server.deadlines import guarded_protocol
from api.settings import Settings

try:
    import resource
except ImportError:  # pragma: no cover - Windows has no such limit
    resource = None  # type: ignore[assignment]

_OWN_FILES = 200
"""Descriptors the service needs for itself: layers, streets, uploads."""
_BACKLOG = 512
_STOP_S = 30


def server_of(app: FastAPI, settings: Settings, host: str, port: int) -> uvicorn.Server:
    """Return the server of `app`, ready to be run.

    No more connections are let in than there are file descriptors for: out of descriptors, Python
    3.11 logs thousands of tracebacks a second and accepts nobody.
    """
    repeated_records.install()
    limits = settings.limits
    room = _file_descriptors(limits.connections + _OWN_FILES) - _OWN_FILES
    door = Door(replace(limits, connections=max(1, min(limits.connections, room))))
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        http=guarded_protocol(door),
        ws="none",
        log_config=None,
        access_log=False,
        backlog=_BACKLOG,
        forwarded_allow_ips=list(limits.trusted_proxies),
        timeout_graceful_shutdown=_STOP_S,
        server_header=False,
    )
    return uvicorn.Server(config)


def _file_descriptors(wanted: int) -> int:
    """Return how many this process may open, after asking for `wanted`."""
    if resource is None:  # pragma: no cover - Windows
        return wanted
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        more = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (more, hard))
        return more
    return wanted
