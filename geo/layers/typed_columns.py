"""The columns of a layer in the types its schema asks for."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd


def typed(frame: gpd.GeoDataFrame, name: str, dtype: str) -> pd.Series[Any]:
    """Return column `name` of `frame` as `dtype` of the schema; empty where it has none."""
    if name not in frame:
        frame = frame.assign(**{name: None})
    values: pd.Series[Any] = frame[name]
    if dtype == "integer":
        return pd.to_numeric(values).astype("Int64")
    if dtype == "number":
        return pd.to_numeric(values).astype("Float64")
    if dtype == "flag":
        return values.fillna(value=False).astype(bool)
    absent = values.isna().to_numpy()
    if pd.api.types.infer_dtype(values, skipna=True) in {"string", "empty"}:
        known = _as_objects(values)
        return (
            known if set(map(type, known[absent])) <= {type(None)} else known.where(~absent, None)
        )
    texts = [
        None if gone else str(value)
        for value, gone in zip(values.tolist(), absent.tolist(), strict=True)
    ]
    return pd.Series(texts, index=values.index, dtype=object)


def _as_objects(values: pd.Series[Any]) -> pd.Series[Any]:
    """Return texts as Python objects, equal ones as one in memory where they repeat often."""
    if values.dtype == object:
        return values
    codes, found = pd.factorize(values, use_na_sentinel=True)
    if len(found) * 2 > len(values):
        return values.astype(object)
    held = np.array([*found, None], object)
    return pd.Series(held[codes], index=values.index, dtype=object)
