"""Rows of a layer as GeoJSON features (RFC 7946), each encoded once."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.json_shapes import JsonRow
from geo.layers.columns import LAYERS, Column, Layer

_DECIMALS = 7  # about a centimetre; RFC 7946, 11.2 asks for no more than is meant
MEDIA_TYPE = "application/geo+json"
KEYS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "districts": ("adcode",),
        "gaps": ("gap_id",),
        "sites": ("action", "target_id"),
        "actions": ("action", "target_id"),
        "bus_stops": ("bus_id", "day", "order"),
        "bus_routes": ("bus_id", "day"),
    }
)
"""The columns that name a row, of layers that have no ``id``."""


@dataclass(frozen=True, slots=True)
class Features:
    """One layer's rows as GeoJSON text.

    Attributes
    ----------
    ids : tuple[str, ...]
        Feature ids, unique within the layer.
    encoded : tuple[str, ...]
        One GeoJSON Feature per row.
    bounds : (n, 4) float64
        West, south, east, north of each row, degrees (CRS84).
    rows : tuple[JsonRow, ...]
        The properties of each row as JSON types.
    shapes : (n,) object
        The geometries, degrees (CRS84).
    """

    ids: tuple[str, ...]
    encoded: tuple[str, ...]
    bounds: NDArray[np.float64]
    rows: tuple[JsonRow, ...]
    shapes: NDArray[np.object_]

    def meeting(self, areas: Sequence[tuple[float, float, float, float]]) -> NDArray[np.bool_]:
        """Return which rows meet any of `areas` (west, south, east, north), edges included."""
        found = np.zeros(len(self.ids), dtype=bool)
        for west, south, east, north in areas:
            level = (self.bounds[:, 1] <= north) & (self.bounds[:, 3] >= south)
            near = level & (self.bounds[:, 0] <= east) & (self.bounds[:, 2] >= west)
            found[near] |= shapely.intersects(
                self.shapes[near], shapely.box(west, south, east, north)
            )
        return found

    def collection(self, picked: Sequence[int] | None = None, **members: object) -> bytes:
        """Return a FeatureCollection of the rows `picked` (default all) with extra `members`."""
        chosen = self.encoded if picked is None else [self.encoded[row] for row in picked]
        head = json.dumps({"type": "FeatureCollection", **members}, ensure_ascii=False)
        return (head[:-1] + ', "features": [' + ",\n".join(chosen) + "]}").encode()


def encode(layer: str, frame: gpd.GeoDataFrame, *, without: frozenset[str]) -> Features:
    """Encode `frame` (EPSG:4326), leaving out the columns `without`."""
    definition = LAYERS[layer]
    rows = properties(frame, [c for c in definition.columns if c.name not in without])
    ids = feature_ids(definition, frame)
    shapes = geometry_json(frame)
    encoded = tuple(
        f'{{"type":"Feature","id":{json.dumps(fid, ensure_ascii=False)},"geometry":{shape},'
        f'"properties":{json.dumps(row, ensure_ascii=False)}}}'
        for fid, shape, row in zip(ids, shapes, rows, strict=True)
    )
    bounds = np.asarray(frame.geometry.bounds, dtype=np.float64).reshape(-1, 4)
    return Features(ids, encoded, bounds, rows, np.asarray(frame.geometry.array, dtype=object))


def geometry_json(frame: gpd.GeoDataFrame) -> list[str]:
    """Return each geometry as GeoJSON text, rounded, outer rings counter-clockwise."""
    shapes = np.asarray(frame.geometry.array, dtype=object)
    rounded = shapely.transform(shapes, lambda xy: np.round(xy, _DECIMALS))
    oriented = shapely.orient_polygons(rounded, exterior_cw=False)
    return [text if text is not None else "null" for text in shapely.to_geojson(oriented)]


def point_lonlat(frame: gpd.GeoDataFrame | None) -> NDArray[np.float64]:
    """Return the points of `frame` as (n, 2) lon/lat degrees; (0, 2) without a frame."""
    if frame is None or not len(frame):
        return np.empty((0, 2))
    return np.column_stack([frame.geometry.x, frame.geometry.y])


def properties(frame: gpd.GeoDataFrame, columns: Sequence[Column]) -> tuple[JsonRow, ...]:
    """Return each row's cells as JSON types; columns the frame lacks are null."""
    cells = {
        column.name: _cells(frame[column.name], column)
        if column.name in frame.columns
        else [None] * len(frame)
        for column in columns
    }
    return tuple({name: cells[name][row] for name in cells} for row in range(len(frame)))


def _cells(values: pd.Series, column: Column) -> list[Any]:
    missing = values.isna().to_numpy()
    return [
        None if gone else _cell(value, column)
        for value, gone in zip(values.tolist(), missing, strict=True)
    ]


def _cell(value: Any, column: Column) -> Any:  # noqa: ANN401 - a cell holds anything
    match column.dtype:
        case "integer":
            return int(value)
        case "number":
            return float(value) if np.isfinite(value) else None
        case "flag":
            return bool(value)
        case "date":
            return value if isinstance(value, str) else pd.Timestamp(value).date().isoformat()
        case "json":
            return _parsed(value) if isinstance(value, str) else value
        case _:
            return str(value)


def _parsed(text: str) -> Any:  # noqa: ANN401 - JSON holds anything
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text


def feature_ids(layer: Layer, frame: gpd.GeoDataFrame) -> tuple[str, ...]:
    """Return an id per row: the layer's own where it has one, made of its key columns otherwise."""
    keys = KEYS.get(layer.name, ("id",))
    columns = [frame[key].astype(str).tolist() for key in keys if key in frame.columns]
    if len(columns) != len(keys):
        return tuple(str(number) for number in range(1, len(frame) + 1))
    joined = ["-".join(parts) for parts in zip(*columns, strict=True)]
    return tuple(joined) if len(set(joined)) == len(joined) else _numbered(joined)


def _numbered(ids: list[str]) -> tuple[str, ...]:
    seen: dict[str, int] = {}
    unique = []
    for fid in ids:
        seen[fid] = seen.get(fid, 0) + 1
        unique.append(fid if seen[fid] == 1 else f"{fid}~{seen[fid]}")
    return tuple(unique)
