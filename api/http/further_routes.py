"""Routes that are brought in behind the first answers: a worker waits for no planner's operation."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable

from fastapi import APIRouter, FastAPI
from fastapi.routing import iter_route_contexts
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Receive, Scope, Send


class FurtherRoutes:
    """The routes a service does not have from its start.

    Parameters
    ----------
    service : FastAPI
        It has its first routes already; the further ones come after them.
    import_routers : callable
        Imports the further routers, which takes its time.
    """

    def __init__(self, service: FastAPI, import_routers: Callable[[], Iterable[APIRouter]]) -> None:
        self._service, self._import = service, import_routers
        self._first: list[tuple[re.Pattern[str], frozenset[str]]] = [
            (route.path_regex, frozenset(route.methods or ()))
            for route in iter_route_contexts(service.routes)
        ]
        self._lock = threading.Lock()
        self._are_there = False

    def bring_in(self) -> None:
        """Let the service have them all; does nothing where it has."""
        with self._lock:
            if not self._are_there:
                for router in self._import():
                    self._service.include_router(router)
                self._are_there = True

    def are_needed(self, method: str, path: str) -> bool:
        """Tell whether the routes there are now may not be all that this request is for."""
        if self._are_there:
            return False
        asked = "GET" if method == "HEAD" else method
        return not any(asked in methods and form.match(path) for form, methods in self._first)


class FurtherRoutesMiddleware:
    """Lets a request wait for the further routes, unless one of the first answers it.

    Parameters
    ----------
    app : ASGIApp
        What is asked.
    further : FurtherRoutes
        The routes.
    """

    def __init__(self, app: ASGIApp, further: FurtherRoutes) -> None:
        self._app, self._further = app, further

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on once whatever may answer it is there."""
        if scope["type"] == "http" and self._further.are_needed(scope["method"], scope["path"]):
            await run_in_threadpool(self._further.bring_in)
        await self._app(scope, receive, send)
