"""Routes whose body is one model, read without FastAPI's way through every possible parameter.

What cannot be read so, FastAPI reads: it says what is wrong, as everywhere, and documents both.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from fastapi import Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError

Asked = TypeVar("Asked", bound=BaseModel)


def direct_route(
    model: type[Asked], respond: Callable[[Request, Asked], Awaitable[Response]]
) -> type[APIRoute]:
    """Return the class of routes whose JSON body is a `model` that `respond` answers.

    Parameters
    ----------
    model : type[BaseModel]
        The same as the endpoint's.
    respond : callable
        Does what the endpoint does.
    """

    class DirectRoute(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            plain = super().get_route_handler()

            async def handler(request: Request) -> Response:
                if request.headers.get("content-type") != "application/json":
                    return await plain(request)
                try:
                    asked = model.model_validate_json(await request.body())
                except ValidationError:
                    return await plain(request)
                return await respond(request, asked)

            return handler

    return DirectRoute
