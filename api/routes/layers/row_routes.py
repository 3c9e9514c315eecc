"""Rows of a layer edited by hand on the workbench: each change is a version with who and why."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from api.http.keys import KeyFirstRoute, require_planner
from api.http.problems import HttpError
from api.resources import CurrentEdition, resources_of
from data.store.row_edits import EDITABLE, OtherVersionError, put_row, take_out_row
from geo.hours import open_in_week
from geo.layers.columns import layers_with
from geo.layers.roles import Role
from geo.study.draft import Who, Why

router = APIRouter(
    prefix="/planning",
    tags=["planning"],
    dependencies=[Depends(require_planner)],
    route_class=KeyFirstRoute,
)

Name = Annotated[str, Path(description=f"One of {', '.join(EDITABLE)}")]


class RowEdit(BaseModel):
    """What a row is to hold."""

    model_config = ConfigDict(extra="forbid")

    id: str | None = Field(default=None, max_length=80, description="Of the row; null adds one")
    values: dict[str, str | float | bool | None] = Field(
        default={}, max_length=40, description="By column; those left out stay"
    )
    lon: float | None = Field(default=None, ge=-180, le=180, description="Degrees")
    lat: float | None = Field(default=None, ge=-90, le=90, description="Degrees")
    remove: bool = Field(default=False, description="Take the row out")
    version: int = Field(ge=0, description="Of the layer, as the planner saw it")
    who: Who
    why: Why = ""


class RowVersion(BaseModel):
    """The layer's new version."""

    layer: str
    version: int


@router.post("/rows/{name}", summary="Change, add or take out one row of a layer")
def edit_row(request: Request, edition: CurrentEdition, name: Name, edit: RowEdit) -> RowVersion:
    """Store a new version of the layer; the former one can be gone back to."""
    place = None if edit.lon is None or edit.lat is None else (edit.lon, edit.lat)
    if place is not None:
        edition.area.check(*place)
    seen, who, why = edit.version, edit.who, edit.why
    try:
        if edit.remove:
            number = take_out_row(edition.project, name, edit.id or "", seen=seen, who=who, why=why)
        else:
            number = put_row(
                edition.project, name, edit.id, edit.values, place, seen=seen, who=who, why=why
            )
    except OtherVersionError as error:
        raise HttpError(409, "edited-meanwhile", error.text) from error
    resources_of(request).editions.look_again()
    return RowVersion(layer=name, version=number)


class OpenStations(BaseModel):
    """Stations of both layers at one hour of the week."""

    hour: int
    open: list[str] = Field(description="Ids of stations surely open during that hour")
    unknown: list[str] = Field(description="Ids of stations whose hours are not stated")


@router.get("/open-stations", summary="Which stations are open at an hour of the week?")
def open_stations(
    edition: CurrentEdition,
    hour: Annotated[int, Query(ge=0, le=167, description="0 is Monday 00:00-01:00")],
    week: Annotated[
        date | None, Query(description="A day of the real week; an ordinary week if not told")
    ] = None,
) -> OpenStations:
    """Tell of every station that is in service whether it is open then."""
    found: dict[bool, list[str]] = {True: [], False: []}
    monday = None if week is None else week - timedelta(days=week.weekday())
    for name in layers_with(Role.STATIONS):
        rows = edition.layers.get(name)
        if rows is None:
            continue
        here = rows["status"].fillna("open") == "open"
        for one, words in zip(rows["id"][here], rows["opening_hours"][here], strict=True):
            if not isinstance(words, str) or not words:
                found[False].append(str(one))
            elif open_in_week(words, monday)[hour]:
                found[True].append(str(one))
    return OpenStations(hour=hour, open=found[True], unknown=found[False])
