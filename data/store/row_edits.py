"""One row of a layer changed, added or taken out by hand: a new version, with who and why."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
from shapely import Point

from data.store.project import Project
from geo.crs import STORAGE_CRS
from geo.errors import BadInputError, MissingError
from geo.hours import from_chinese
from geo.json_shapes import JsonRow
from geo.layers.columns import INPUT_LAYERS, conform, layers_with
from geo.layers.roles import Role
from geo.text import MOST_QUOTED, Text

EDITABLE = layers_with(Role.EDITED)
"""Layers of points whose rows may be edited one by one."""


class OtherVersionError(BadInputError):
    """The layer has a newer version than the one the row was read from."""


def put_row(
    project: Project,
    layer: str,
    row_id: str | None,
    values: JsonRow,
    place: tuple[float, float] | None,
    *,
    seen: int,
    who: str,
    why: str = "",
) -> int:
    """Change the row `row_id` of a layer, or add one where it is None; return the new version.

    Parameters
    ----------
    values : JsonRow
        By column; columns left out stay as they are.
    place : (lon, lat) | None
        Degrees, EPSG:4326; None leaves the row where it is.
    seen : int
        The version the planner looked at.

    Raises
    ------
    OtherVersionError
        If there is a newer one.
    MissingError
        If there is no such layer or row.
    BadInputError
        If a column is not the layer's, or a value cannot be used; the text names it.
    """
    rows = _rows(project, layer, seen)
    told = _checked(layer, values)
    if row_id is None:
        if place is None:
            raise BadInputError(Text("新的一行要有位置。", "A new row needs a position."))
        return _added(project, layer, rows, told, place, who=who, why=why)
    number = _number_of(rows, layer, row_id)
    changed = rows.astype(object)
    for name, value in told.items():
        changed.loc[number, name] = value
    shapes = rows.geometry.to_numpy().copy()
    if place is not None:
        shapes[number] = Point(*place)
        changed.loc[number, "district"] = None  # looked up again where it stands now
    frame = gpd.GeoDataFrame(
        changed.drop(columns=rows.geometry.name), geometry=shapes, crs=rows.crs
    )
    name = str(frame["name"].iloc[number])
    return project.write(layer, conform(frame, layer), source=name, who=who, why=why)


def take_out_row(
    project: Project, layer: str, row_id: str, *, seen: int, who: str, why: str = ""
) -> int:
    """Take a row out of a layer; return the new version. The former ones keep it."""
    rows = _rows(project, layer, seen)
    number = _number_of(rows, layer, row_id)
    left = rows.drop(index=rows.index[number]).reset_index(drop=True)
    return project.write(layer, left, source=str(rows["name"].iloc[number]), who=who, why=why)


def _rows(project: Project, layer: str, seen: int) -> gpd.GeoDataFrame:
    if layer not in EDITABLE:
        known = ", ".join(EDITABLE)
        raise MissingError(
            Text(
                f"图层 {layer[:MOST_QUOTED]!r} 不能逐行修改；可以的有：{known}。",
                f"Rows of {layer[:MOST_QUOTED]!r} cannot be edited one by one; those of {known} can.",
            )
        )
    versions = project.versions(layer)
    now = versions[-1].number if versions else 0
    if seen != now:
        raise OtherVersionError(
            Text(
                f"{INPUT_LAYERS[layer].text.zh}已有第 {now} 版，您看到的是第 {seen} 版；请刷新后再改。",
                f"{layer} is at version {now}, you saw version {seen}; reload and edit again.",
            )
        )
    return project.read(layer) if versions else project.empty(layer)


def _checked(layer: str, values: JsonRow) -> JsonRow:
    """Return the values as the layer holds them; hours may be written in Chinese."""
    columns = {column.name: column for column in INPUT_LAYERS[layer].columns}
    told: dict[str, object] = {}
    for name, value in values.items():
        if name not in columns or name == "id":
            raise BadInputError(
                Text(
                    f"{layer} 没有可改的列 {name[:MOST_QUOTED]}。",
                    f"{layer} has no column {name[:MOST_QUOTED]} to edit.",
                )
            )
        empty = value is None or (isinstance(value, str) and not value.strip())
        if empty:
            told[name] = None
        elif columns[name].dtype == "hours":
            told[name] = from_chinese(str(value))
        else:
            told[name] = value
    return told


def _number_of(rows: gpd.GeoDataFrame, layer: str, row_id: str) -> int:
    found = (rows["id"].astype(str) == row_id).to_numpy().nonzero()[0]
    if not len(found):
        raise MissingError(
            Text(
                f"{layer} 里没有编号 {row_id[:MOST_QUOTED]}。",
                f"There is no {row_id[:MOST_QUOTED]} in {layer}.",
            )
        )
    return int(found[0])


def _added(
    project: Project,
    layer: str,
    rows: gpd.GeoDataFrame,
    values: JsonRow,
    place: tuple[float, float],
    *,
    who: str,
    why: str,
) -> int:
    known = set(rows["id"].astype(str))
    serial = next(
        f"{layer}-{n}"
        for n in range(len(rows) + 1, 2 * len(rows) + 2)
        if f"{layer}-{n}" not in known
    )
    row = gpd.GeoDataFrame([{"id": serial, **values}], geometry=[Point(*place)], crs=STORAGE_CRS)
    frame = pd.concat([rows, conform(row, layer)], ignore_index=True)
    return project.write(
        layer,
        gpd.GeoDataFrame(frame, crs=STORAGE_CRS),
        source=str(values.get("name") or serial),
        who=who,
        why=why,
    )
