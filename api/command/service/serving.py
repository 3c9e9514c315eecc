"""How the app is served: limits on connections, files and time, whichever process serves it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from math import ceil
from typing import Any

import uvicorn

from api.server.admission import Door, Limits
from api.server.deadlines import AtOnce, guarded_protocol
from api.server.log import hold_back_repeats
from api.settings import Settings

try:
    import resource
except ImportError:  # pragma: no cover - Windows has no such limit
    resource = None  # type: ignore[assignment]

_OWN_FILES = 200
"""Descriptors the service needs for itself: layers, streets, uploads."""
_BACKLOG = 512
"""Connections the kernel holds until they are taken: a shift that opens the page at once."""
_STOP_S = 30
"""How long answers under way may take when the service is told to stop."""


MakeProtocol = Callable[[Door, Mapping[str, AtOnce]], type[asyncio.Protocol]]


def server_of(app: Any, settings: Settings, host: str, port: int) -> uvicorn.Server:  # noqa: ANN401 - any ASGI app
    """Return the server of `app`, ready to be run, alone."""
    return uvicorn.Server(config_of(app, settings, host, port))


def config_of(
    app: Any,  # noqa: ANN401 - any ASGI app
    settings: Settings,
    host: str,
    port: int,
    *,
    protocol: MakeProtocol = guarded_protocol,
    processes: int = 1,
) -> uvicorn.Config:
    """Return how `app` is served by one of so many `processes`.

    No more connections are let in than there are file descriptors for: out of descriptors, Python
    3.11 logs thousands of tracebacks a second and accepts nobody.
    """
    hold_back_repeats()
    limits = _share(settings.limits, processes)
    room = _file_descriptors(limits.connections + _OWN_FILES) - _OWN_FILES
    door = Door(replace(limits, connections=max(1, min(limits.connections, room))))
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        http=protocol(door, getattr(app.state, "at_once", {})),
        ws="none",
        log_config=None,
        access_log=False,
        backlog=_BACKLOG,
        forwarded_allow_ips=list(limits.trusted_proxies),
        timeout_graceful_shutdown=_STOP_S,
        server_header=False,
    )


def _share(limits: Limits, processes: int) -> Limits:
    """Return what each of so many processes lets in: together what is allowed in all."""
    return replace(
        limits,
        connections=ceil(limits.connections / processes),
        connections_per_address=ceil(limits.connections_per_address / processes),
    )


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
