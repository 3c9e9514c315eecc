"""A layer read anew against the version it would replace: added, removed, moved, changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from data.stored_rows import key_of
from geo.crs import to_metres
from geo.layers.columns import Layer

MOVED_M = 1.0
"""A row whose centre lies farther than this from where it was has moved."""
_MOST_MOVED = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Differences:
    """How a file differs from the layer's present version, row by row of the same id.

    Attributes
    ----------
    version : int
        The present one.
    added, removed : int
        Rows of ids that only the file, or only the present version, has.
    moved : tuple[tuple[str, float], ...]
        Ids and how far their centres moved, in metres, farthest first.
    changed : int
        Rows that stayed in place with another cell.
    same : int
        Rows as they were.
    """

    version: int
    added: int
    removed: int
    moved: tuple[tuple[str, float], ...]
    changed: int
    same: int

    def facts(self) -> dict[str, Any]:
        """Return it for a program; the farthest moves are listed."""
        return {
            "version": self.version,
            "added": self.added,
            "removed": self.removed,
            "moved": len(self.moved),
            "farthest_moves": [
                {"id": identity, "moved_m": round(moved_m, 1)}
                for identity, moved_m in self.moved[:_MOST_MOVED]
            ],
            "changed": self.changed,
            "same": self.same,
        }


def differences_between(
    layer: Layer, before: gpd.GeoDataFrame, after: gpd.GeoDataFrame, version: int
) -> Differences:
    """Compare two states of `layer` (EPSG:4326); `version` is the number of `before`."""
    key = key_of(layer)
    then = {str(one): row for row, one in enumerate(before[key])}
    now = {str(one): row for row, one in enumerate(after[key])}
    common = [one for one in now if one in then]
    here = np.array([now[one] for one in common], np.int64)
    there = np.array([then[one] for one in common], np.int64)
    moved_m = _moved_m(before.geometry.to_numpy()[there], after.geometry.to_numpy()[here])
    moves = moved_m > MOVED_M
    # What the file leaves out is filled from the map when the layer is read, so it is no change.
    columns = [
        c.name
        for c in layer.columns
        if c.name in before and c.name in after and c.name not in {key, "district"}
    ]
    old = before[columns].iloc[there].astype(object).to_numpy()
    new = after[columns].iloc[here].astype(object).to_numpy()
    differs = np.array(
        [
            any(_shown(a) != _shown(b) for a, b in zip(one, other, strict=True))
            for one, other in zip(old, new, strict=True)
        ],
        np.bool_,
    )
    changed = differs & ~moves if common else np.zeros(0, np.bool_)
    order = np.argsort(-moved_m)
    return Differences(
        version=version,
        added=len(now) - len(common),
        removed=len(then) - len(common),
        moved=tuple((common[row], float(moved_m[row])) for row in order if moves[row]),
        changed=int(changed.sum()),
        same=len(common) - int(moves.sum()) - int(changed.sum()),
    )


def _moved_m(before: np.ndarray[Any, Any], after: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    if not len(before):
        return np.zeros(0)
    centres = [
        to_metres(shapely.get_coordinates(shapely.centroid(shapes))) for shapes in (before, after)
    ]
    return np.asarray(np.hypot(*(centres[1] - centres[0]).T))


def _shown(value: Any) -> str:  # noqa: ANN401 - a cell holds anything
    return "" if pd.isna(value) else str(value)
