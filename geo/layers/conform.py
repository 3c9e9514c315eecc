"""Columns of a layer as its schema has them: names, order and types."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pandas as pd

from geo.layers.columns import LAYERS, Column


def conform(frame: gpd.GeoDataFrame, name: str) -> gpd.GeoDataFrame:
    """Return `frame` with the columns of layer `name`, in order, of the schema's types."""
    layer = LAYERS.get(name)
    if layer is None:
        return frame
    columns = {column.name: _typed(frame, column) for column in layer.columns}
    return gpd.GeoDataFrame(columns, geometry=frame.geometry.array, crs=frame.crs)


def _typed(frame: gpd.GeoDataFrame, column: Column) -> pd.Series[Any]:
    if column.name not in frame:
        frame = frame.assign(**{column.name: None})
    values: pd.Series[Any] = frame[column.name]
    if column.dtype == "integer":
        return pd.to_numeric(values).astype("Int64")
    if column.dtype == "number":
        return pd.to_numeric(values).astype("Float64")
    if column.dtype == "flag":
        return values.fillna(value=False).astype(bool)
    absent = values.isna().to_numpy()
    texts = [
        None if gone else str(value)
        for value, gone in zip(values.tolist(), absent.tolist(), strict=True)
    ]
    return pd.Series(texts, index=values.index, dtype=object)
