"""Asking for a key: the page in the place of any page that needs one."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from fastapi import Request

from api.http.links import page_frame, page_links
from geo.text import Text
from maps.front_pages import sign_in_page

COOKIE_DAYS = 30
"""How long a browser keeps a key."""


def asking_for_key(
    request: Request, *, target: str | None = None, refused: Text | None = None
) -> str:
    """Return the page that asks for a key and then opens `target`, by default what was asked for.

    A key that stands in the address is never repeated.
    """
    if target is None and request.method in {"GET", "HEAD"}:
        query = [pair for pair in parse_qsl(request.url.query) if pair[0] != "key"]
        target = request.url.path + ("?" + urlencode(query) if query else "")
    links = page_links(request)
    onward = local_path(target or "")
    if onward is None or onward.startswith(links.sign_in):
        onward = links.planner_map
    return sign_in_page(
        onward,
        remembered_days=COOKIE_DAYS,
        refused=refused,
        frame=page_frame(request),
    )


def local_path(target: str) -> str | None:
    """Return `target` if it is a path of this service; None for anything that leads elsewhere."""
    odd = any(character <= " " or character == "\\" for character in target)
    return target if target.startswith("/") and not target.startswith("//") and not odd else None
