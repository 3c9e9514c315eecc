"""Script and style files of the pages, gzip, kept by browsers for a year; the picture of a link."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from maps.assets import read_picture, served_asset

router = APIRouter(tags=["pages"])

_YEAR = "public, max-age=31536000, immutable"


@router.get("/assets/{folder}/{digest}/{file}", include_in_schema=False)
def asset(
    request: Request,
    folder: Annotated[str, Path()],
    digest: Annotated[str, Path()],
    file: Annotated[str, Path()],
) -> Response:
    """Return a file of a page; one asked for with the address of another release is not kept."""
    found = served_asset(folder, file)
    headers = {
        "Cache-Control": _YEAR if digest == found.digest else "no-cache",
        "Vary": "Accept-Encoding",
    }
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        return Response(found.zipped, headers=headers, media_type=found.media_type)
    return Response(found.content, headers=headers, media_type=found.media_type)


@router.get("/share.png", include_in_schema=False)
def share_picture() -> Response:
    """Return the picture that stands beside a shared link."""
    headers = {"Cache-Control": "public, max-age=86400"}
    return Response(read_picture("share.png"), media_type="image/png", headers=headers)
