"""The layer that holds now, as little of it as a new file is held against.

Both need not be in memory together: of a hundred thousand rows this keeps a few megabytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from data.store.stored_rows import key_of
from geo.arrays import Floats
from geo.layers.columns import Layer

EMPTY = np.uint64(0)
"""Stands for a cell that holds nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Present:
    """A layer's rows: which there are, where, and whether a cell differs from another.

    Attributes
    ----------
    version : int
        Its number.
    ids : tuple[str, ...]
        The key of every row.
    centres : (n, 2) float64
        Where rows lie (EPSG:4326).
    cells : Mapping[str, (n,) uint64]
        By column a number that stands for the cell's text, EMPTY for none.
    """

    version: int
    ids: tuple[str, ...]
    centres: Floats
    cells: Mapping[str, NDArray[np.uint64]]


def present_of(layer: Layer, rows: gpd.GeoDataFrame, version: int) -> Present:
    """Return what is kept of `rows` (EPSG:4326) of `layer`."""
    key = key_of(layer)
    return Present(
        version=version,
        ids=tuple(map(str, rows[key])),
        centres=shapely.get_coordinates(shapely.centroid(rows.geometry.to_numpy())),
        cells={
            column.name: numbers_of(rows[column.name])
            for column in layer.columns
            if column.name in rows and column.name != key
        },
    )


def numbers_of(cells: pd.Series[Any]) -> NDArray[np.uint64]:
    """Return a number a cell (n,), the same for the same text, EMPTY for none."""
    held = cells.to_numpy(object)
    texts = np.where(pd.isna(held), "", held)
    if cells.dtype != object:
        texts = np.array(list(map(str, texts)), object)
    numbers: NDArray[np.uint64] = pd.util.hash_array(texts, categorize=False)
    numbers[texts == ""] = EMPTY
    return numbers
