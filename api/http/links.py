"""Addresses of our own resources, as the public reaches them."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote, urlencode

from fastapi import Request
from pydantic import BaseModel, Field

from api.http.asking import settings_of


class Link(BaseModel):
    """A typed link (RFC 8288)."""

    href: str = Field(description="Absolute address")
    rel: str = Field(description="What it is to this resource")
    type: str | None = Field(default=None, description="Media type behind it")
    title: str | None = Field(default=None, description="What people call it")


def base_url(request: Request) -> str:
    """Return the public root of the service, without a slash at its end."""
    configured = settings_of(request).base_url
    return configured if configured is not None else str(request.base_url).rstrip("/")


def address(request: Request, *parts: str, query: Sequence[tuple[str, str]] | None = None) -> str:
    """Return the absolute address of the path made of `parts`, each quoted."""
    path = "/".join(quote(part, safe="") for part in parts)
    tail = "?" + urlencode(list(query)) if query else ""
    return f"{base_url(request)}/{path}{tail}"
