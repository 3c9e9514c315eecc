"""Rows of a file or of a former version, to be looked at one by one before they count."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely

from data.reading.differences import Differences, RowState, differences_between
from data.reading.present import Present, present_of
from data.store.project import Project
from data.store.stored_rows import key_of
from geo.errors import BadInputError
from geo.layers.columns import Layer
from geo.text import Text

_MOST = 3000
"""Chosen: more marks than these nobody looks at one by one."""


@dataclass(frozen=True, slots=True)
class RowShown:
    """One row.

    Attributes
    ----------
    id, name : str
        What tells it apart, and what people call it: its id where it has no name.
    state : RowState
        What would become of it.
    lon, lat : float
        Its centre, degrees (EPSG:4326).
    """

    id: str
    name: str
    state: RowState
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class RowsShown:
    """Rows to look at: those that differ first.

    Attributes
    ----------
    rows : tuple[RowShown, ...]
        At most 3,000.
    left_out : int
        How many more there are.
    """

    rows: tuple[RowShown, ...] = ()
    left_out: int = 0


def rows_shown(
    layer: Layer,
    before: Present | None,
    after: gpd.GeoDataFrame,
    differences: Differences | None,
) -> RowsShown:
    """Return rows of `after` (EPSG:4326), and those of `before` that it lacks."""
    if before is None or differences is None:
        states, gone = np.full(len(after), RowState.ADDED, np.int8), np.zeros(0, np.int64)
    else:
        states, gone = differences.states, differences.gone
    order = np.argsort(states, kind="stable")
    first = order[: min(_MOST // 2, int((states < RowState.REMOVED).sum()))]
    lost = gone[: _MOST - len(first)]
    kept = order[: _MOST - len(lost)]
    there = shapely.get_coordinates(shapely.centroid(after.geometry.to_numpy()[kept]))
    ids = after[key_of(layer)].iloc[kept].astype(str)
    names = after["name"].iloc[kept].fillna(ids).astype(str) if "name" in after else ids
    rows = [
        RowShown(identity, name, RowState(state), *at)
        for identity, name, state, at in zip(
            ids, names, states[kept].tolist(), there.tolist(), strict=True
        )
    ]
    if before is not None:
        rows[len(first) : len(first)] = [_gone(before, row) for row in lost.tolist()]
    return RowsShown(tuple(rows), len(after) + len(gone) - len(rows))


def _gone(before: Present, row: int) -> RowShown:
    lon, lat = before.centres[row].tolist()
    return RowShown(before.ids[row], before.ids[row], RowState.REMOVED, lon, lat)


def back_to(project: Project, layer: Layer, number: int) -> tuple[Differences, RowsShown]:
    """Tell what going back to version `number` of `layer` would change.

    Raises
    ------
    MissingError
        If there is no such version.
    BadInputError
        If it is the one that holds.
    """
    former = project.read_sound(layer.name, version=number, keep=False).rows
    newest = project.versions(layer.name)[-1].number
    if number == newest:
        raise BadInputError(
            Text(f"第 {number} 版就是现在用的。", f"Version {number} is the one in use.")
        )
    now = present_of(layer, project.read_sound(layer.name, keep=False).rows, newest)
    found = differences_between(layer, now, former)
    return found, rows_shown(layer, now, former, found)
