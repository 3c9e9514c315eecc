"""The files the main job leaves: workbook, GeoPackage and the maps that open from disk."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import FileResponse

from api.http.keys import require_planner
from api.publishing.edition import Edition
from api.resources import CurrentEdition
from geo.errors import MissingError
from geo.text import Text

router = APIRouter(prefix="/downloads", tags=["planning"])

FileName = Literal[
    "results.xlsx",
    "results.gpkg",
    "coverage_hours.csv",
    "coverage_reach.csv",
    "planner.html",
    "worker.html",
    "bus.html",
    "bus.xlsx",
]
_FILES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "results.xlsx": (
            "results.xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        "results.gpkg": ("results.gpkg", "application/geopackage+sqlite3"),
        "coverage_hours.csv": ("coverage_hours.csv", "text/csv; charset=utf-8"),
        "coverage_reach.csv": ("coverage_reach.csv", "text/csv; charset=utf-8"),
        "planner.html": ("maps/planner.html", "text/html; charset=utf-8"),
        "worker.html": ("maps/worker.html", "text/html; charset=utf-8"),
        "bus.html": ("maps/bus.html", "text/html; charset=utf-8"),
        "bus.xlsx": (
            "bus/bus.xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
    }
)


@router.get(
    "/{name}",
    summary="A file of the last run",
    response_class=FileResponse,
    dependencies=[Depends(require_planner)],
)
def download(
    request: Request,
    edition: CurrentEdition,
    name: Annotated[FileName, Path(description="Which file")],
) -> FileResponse:
    """Return the file to keep; only these names exist, so no path can be asked for."""
    del request
    return _file(edition, name)


def _file(edition: Edition, name: str) -> FileResponse:
    relative, media_type = _FILES[name]
    folder = edition.results_folder
    path = None if folder is None else folder / relative
    if folder is not None and name == "results.xlsx":
        from api.analysis.results import workbook_of  # noqa: PLC0415 - all pages and sheets

        path = workbook_of(edition.project, folder)
    if path is None or not path.is_file():
        raise MissingError(
            Text(
                f"还没有 {name}；请先运行分析。",
                f"There is no {name} yet; run the analyses first.",
            )
        )
    return FileResponse(path, media_type=media_type, filename=name)
