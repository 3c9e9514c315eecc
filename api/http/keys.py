"""Who may do what: the planner's key and the bus crews' key; workers need none."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from fastapi.params import Depends as DependsMarker
from fastapi.routing import APIRoute
from fastapi.security import APIKeyHeader, HTTPBearer

from api.http.asking import settings_of
from api.http.links import base_url
from api.http.problems import HttpError
from api.http.sign_in import COOKIE_DAYS
from api.http.visibility import Reader, may_read
from geo.errors import MissingError, NotPermittedError
from geo.layers.columns import LAYERS
from geo.text import MOST_QUOTED, Text

KEY_HEADERS = ("X-API-Key", "Authorization")
PLANNER_COOKIE = "yizhan_planner"
BUS_COOKIE = "yizhan_bus"

Check = Callable[[Request, str | None, object], Awaitable[None]]
"""Refuses a request that lacks a key."""

_HEADER = APIKeyHeader(name="X-API-Key", auto_error=False, description="规划员密钥 Planner's key")
_BEARER = HTTPBearer(auto_error=False, description="规划员密钥 Planner's key")


def _offered(request: Request, cookie: str) -> list[str]:
    """Return the keys the request carries; never one from the address, which others may see."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    offered = [
        request.headers.get("x-api-key"),
        token.strip() if scheme.lower() == "bearer" else None,
        request.cookies.get(cookie),
    ]
    return [key for key in offered if key]


def carries_key(request: Request) -> bool:
    """Tell whether the request carries any key at all, right or wrong."""
    return bool(_offered(request, PLANNER_COOKIE) or _offered(request, BUS_COOKIE))


def same_key(offered: str, key: str) -> bool:
    """Compare two keys in a time that does not tell where they differ."""
    return hmac.compare_digest(offered.encode(), key.encode())


def is_planner(request: Request) -> bool:
    """Tell whether the request carries the planner's key."""
    key = settings_of(request).planner_key
    if key is None:
        return False
    secret = key.get_secret_value()
    return any(same_key(offered, secret) for offered in _offered(request, PLANNER_COOKIE))


def is_bus_crew(request: Request) -> bool:
    """Tell whether the request may read day sheets: a bus crew's key or the planner's."""
    key = settings_of(request).bus_key
    if key is None:
        return False
    crew = any(same_key(offered, key) for offered in _offered(request, BUS_COOKIE))
    return crew or is_planner(request)


def reader_of(request: Request) -> Reader:
    """Return whom the request's keys make its sender."""
    if is_planner(request):
        return Reader.PLANNER
    return Reader.BUS_CREW if is_bus_crew(request) else Reader.ANYONE


def door_of(request: Request, offered: str) -> str | None:
    """Return the cookie of the door that the key `offered` opens, None if it opens none."""
    settings = settings_of(request)
    planner = settings.planner_key
    if planner is not None and same_key(offered, planner.get_secret_value()):
        return PLANNER_COOKIE
    if settings.bus_key is not None and same_key(offered, settings.bus_key):
        return BUS_COOKIE
    return None


def let_in(request: Request, response: Response, cookie: str, key: str) -> None:
    """Make the browser carry `key` from now on, where no script and no other site can use it."""
    response.set_cookie(
        cookie,
        key,
        max_age=COOKIE_DAYS * 86400,
        path="/",
        secure=base_url(request).startswith("https://"),
        httponly=True,
        samesite="strict",
    )


def _refuse(request: Request) -> None:
    if settings_of(request).planner_key is None:
        raise HttpError(
            403,
            "no-key-configured",
            Text(
                "本服务未设置规划员密钥，规划功能关闭；请运营者设置环境变量 YIZHAN_PLANNER_KEY。",
                "No planner's key is configured, so planning is closed; the operator sets "
                "YIZHAN_PLANNER_KEY.",
            ),
        )
    raise NotPermittedError(
        Text(
            "此内容仅供规划人员：请先登录（重新打开本页输入密钥）；程序请用请求头 X-API-Key。",
            "This is for planners: sign in first (open the page again and enter the key); programs "
            "send X-API-Key.",
        )
    )


async def require_planner(
    request: Request,
    _header: Annotated[str | None, Depends(_HEADER)],
    _bearer: Annotated[object, Depends(_BEARER)],
) -> None:
    """Refuse a request without the planner's key."""
    if not is_planner(request):
        _refuse(request)


async def require_bus_crew(
    request: Request,
    _header: Annotated[str | None, Depends(_HEADER)],
    _bearer: Annotated[object, Depends(_BEARER)],
) -> None:
    """Refuse a request without a bus crew's or the planner's key."""
    if not is_bus_crew(request):
        _refuse(request)


def _checks(dependencies: Iterable[DependsMarker]) -> list[Check]:
    """Return the checks of a key among a route's `dependencies`."""
    wanted = {depends.dependency for depends in dependencies}
    return [check for check in (require_planner, require_bus_crew) if check in wanted]


def needs_key(dependencies: Iterable[DependsMarker]) -> bool:
    """Tell whether a route with these dependencies needs a key."""
    return bool(_checks(dependencies))


class KeyFirstRoute(APIRoute):
    """Asks for the key before anything of the body is read.

    FastAPI reads the whole body, files included, before it looks at any dependency.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler with the key's check before it."""
        handler = super().get_route_handler()
        checks = _checks(self.dependencies)

        async def checked(request: Request) -> Response:
            for check in checks:
                await check(request, None, None)
            return await handler(request)

        return checked


def require_layer(request: Request, name: str) -> None:
    """Refuse a layer this caller may not read, or that nobody knows."""
    if name not in LAYERS:
        known = ", ".join(LAYERS)
        raise MissingError(
            Text(
                f"没有图层 {name[:MOST_QUOTED]!r}；有：{known}。",
                f"No layer {name[:MOST_QUOTED]!r}; there are: {known}.",
            )
        )
    if not may_read(name, reader_of(request)):
        _refuse(request)
