"""Map files (GeoJSON, GeoPackage, Shapefile, GeoParquet, …): one layer's rows and shapes."""

from __future__ import annotations

import json
import warnings
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pyogrio
import shapely
from numpy.typing import NDArray

from data.tables.answers import Answers
from data.tables.cell_text import clean, has_unseen, unseen_text, value_text
from data.tables.dbf import dbf_encoding, whole_names
from data.tables.map_signature import check_signature, check_whole, system_named
from data.tables.reference_system import in_storage_crs
from data.tables.table import Table
from data.words.cell_problem import Problem
from geo.crs import STORAGE_CRS
from geo.errors import BadInputError, BrokenFileError
from geo.text import Text

SUFFIXES = (
    ".geojson",
    ".json",
    ".gpkg",
    ".shp",
    ".parquet",
    ".gdb",
    ".kml",
    ".gpx",
    ".fgb",
    ".geojsonl",
    ".geojsons",
    ".ndjson",
    ".topojson",
)
"""Endings of map files."""
_DEGREES_BY_DEFINITION = (".topojson",)
_OF_THE_FORMAT = frozenset(
    {
        "timestamp",
        "begin",
        "end",
        "altitudemode",
        "tessellate",
        "extrude",
        "visibility",
        "draworder",
        "icon",
        "snippet",
        "styleurl",
        "id",
    }
)
"""Properties that KML gives every place, used or not."""
_CURVED = ("curve", "compound", "circular", "surface")
_EMPTY = frozenset({"", "None", "nan", "NaN", "NaT", "<NA>"})
_UNUSED = _EMPTY | {"-1", "0", "1", "clampToGround"}
_ID_NAMES = frozenset({"fid", "ogc_fid", "objectid"})


@dataclass(frozen=True, slots=True)
class MapLayer:
    """A layer of a map file.

    Attributes
    ----------
    name : str
        In the file.
    geometry : str | None
        Type of its shapes; None for a table without any.
    """

    name: str
    geometry: str | None


def map_layers(path: Path) -> list[MapLayer]:
    """List the layers of a map file; raise BrokenFileError if it is none."""
    if path.suffix.lower() == ".parquet":
        return [MapLayer(path.stem, "Unknown")]
    check_signature(path)
    check_whole(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            listed = pyogrio.list_layers(path)
            if path.suffix.lower() == ".gpx":  # the format always has all five, most of them empty
                listed = [
                    one
                    for one in listed
                    if pyogrio.read_info(path, layer=one[0], force_feature_count=True)["features"]
                ]
    except Exception as error:  # on broken files the library raises errors of any kind
        raise _broken(path, error) from error
    return [MapLayer(str(name), None if kind is None else str(kind)) for name, kind in listed]


def read_map(path: Path, layer: str, answers: Answers) -> Table:
    """Read one layer of a map file, shapes in EPSG:4326 (or degrees of another datum).

    Raises
    ------
    BrokenFileError
        If it cannot be read.
    CrsError
        If its reference system is missing or wrong.
    BadInputError
        If it has no shapes.
    """
    encoding: tuple[str, Text] | None = None
    if path.suffix.lower() == ".shp":
        encoding = dbf_encoding(path, answers.encoding)
    frame, remarks = _frame(path, layer, None if encoding is None else encoding[0])
    if not isinstance(frame, gpd.GeoDataFrame):
        raise BadInputError(
            Text(
                f"{path.name} 的“{layer}”是没有图形的表：请另存为带经度、纬度列的 CSV 或 Excel。",
                f"{layer!r} in {path.name} is a table without shapes: save it as CSV or Excel with "
                "columns of longitude and latitude.",
            )
        )
    if path.suffix.lower() in _DEGREES_BY_DEFINITION and frame.crs is None:
        frame = frame.set_crs(STORAGE_CRS)
    if path.suffix.lower() == ".kml":
        _refuse_links(path)
    if path.suffix.lower() in {".kml", ".gpx"}:
        frame = frame.drop(columns=_added_by_reader(frame))
    frame, how = in_storage_crs(frame, path.name, answers.crs)
    shapes, flattened = _flat(frame.geometry.to_numpy())
    columns, faults, unseen = _texts(
        path.name, pd.DataFrame(frame.drop(columns=frame.geometry.name))
    )
    return Table(
        cells=pd.DataFrame(columns, dtype=object, index=range(len(frame))),
        numbers=np.arange(1, len(frame) + 1),
        geometry=shapes,
        faults=tuple(faults),
        encoding=None if encoding is None else encoding[1],
        crs=how,
        cut=path.suffix.lower() == ".shp",
        words=system_named(path),
        remarks=(*remarks, *flattened, *unseen_text(unseen)),
    )


def _refuse_links(path: Path) -> None:
    """Refuse a KML file that only says where its places are to be had."""
    if b"NetworkLink>" in path.read_bytes():
        raise BadInputError(
            Text(
                f"{path.name} 引用网络上的其他文件（NetworkLink）：请在奥维、谷歌地球中打开后另存为完整的 KML。",
                f"{path.name} links to files elsewhere (NetworkLink): open it and save it whole.",
            )
        )


def _added_by_reader(frame: gpd.GeoDataFrame) -> list[str]:
    """Return columns that the format has and this file does not use."""
    return [
        name
        for name in map(str, frame.columns)
        if name != frame.geometry.name
        and set(map(str, frame[name])) <= (_UNUSED if name.lower() in _OF_THE_FORMAT else _EMPTY)
    ]


def _frame(path: Path, layer: str, encoding: str | None) -> tuple[pd.DataFrame, tuple[Text, ...]]:
    """Return the rows as read, and what reading did to their shapes."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if path.suffix.lower() == ".parquet":
                return _parquet(path), ()
            with whole_names(path, encoding) if encoding else nullcontext(path) as whole:
                kind = str(
                    pyogrio.read_info(whole, layer=layer, encoding=encoding)["geometry_type"]
                )
                frame = pyogrio.read_dataframe(whole, layer=layer, encoding=encoding)
    except Exception as error:  # as above
        raise _broken(path, error) from error
    if any(word in kind.lower() for word in _CURVED):
        note = Text(
            f"曲线图形（{kind}）已化为折线。", f"Curved shapes ({kind}) became straight pieces."
        )
        return frame, (note,)
    return frame, ()


def _parquet(path: Path) -> pd.DataFrame:
    """Read GeoParquet, or the plain table that a file without shapes is."""
    if b"geo" in (pq.read_schema(path).metadata or {}):
        shaped: pd.DataFrame = gpd.read_parquet(path)
        return shaped
    return pd.read_parquet(path)


def _flat(shapes: NDArray[np.object_]) -> tuple[NDArray[np.object_], tuple[Text, ...]]:
    """Drop heights, and say so."""
    deep = int(shapely.has_z(shapes).sum() + (shapely.has_m(shapes) & ~shapely.has_z(shapes)).sum())
    if not deep:
        return shapes, ()
    note = Text(f"{deep} 个图形带高程，高程未用。", f"Heights of {deep} shapes are not used.")
    return shapely.force_2d(shapes), (note,)


def _texts(file: str, properties: pd.DataFrame) -> tuple[dict[str, list[str]], list[Problem], int]:
    """Return the properties as text, faults (objects are no values) and cells with unseen characters.

    Raises BadInputError if two properties have one name.
    """
    columns: dict[str, list[str]] = {}
    faults: list[Problem] = []
    unseen = 0
    for position, name in enumerate(map(str, properties.columns)):
        label = clean(name).strip() or "?"
        if label in columns:
            raise BadInputError(
                Text(
                    f"{file}：有两列都叫“{label}”，请改名或删去一列。",
                    f"{file}: two columns are called {label!r}: rename or delete one.",
                )
            )
        cells = []
        for row, value in enumerate(properties.iloc[:, position].tolist(), start=1):
            text = property_text(value)
            if text is None:
                faults.append(
                    Problem(
                        row,
                        label,
                        clean(str(value))[:40],
                        Text("是一个对象，不是一个值。", "Is an object, not a value."),
                        Text("请写成一个值。", "Write one value."),
                    )
                )
                text = ""
            unseen += has_unseen(text)
            cells.append(clean(text).strip())
        if label.lower() not in _ID_NAMES or any(cells):
            columns[label] = cells
    return columns, faults, unseen


def property_text(value: Any) -> str | None:  # noqa: ANN401 - a property is anything
    """Write a property as text; lists become parts separated by ``;``, an object is None."""
    if isinstance(value, np.ndarray | list | tuple):
        parts = [property_text(part) for part in value]
        return None if None in parts else ";".join(str(part) for part in parts)
    if isinstance(value, dict | bytes | bytearray | memoryview):
        return None
    if isinstance(value, str):
        return _json_text(value) if value[:1] in {"[", "{"} else value
    if pd.isna(value):
        return ""
    if isinstance(value, pd.Timestamp):
        value = value.to_pydatetime(warn=False)
    return value_text(value.item() if isinstance(value, np.generic) else value)


def _json_text(text: str) -> str | None:
    """Read a property that the library hands over as JSON; other text in brackets stays as it is."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return property_text(value)


def _broken(path: Path, error: Exception) -> BrokenFileError:
    if path.suffix.lower() == ".json":
        return BrokenFileError(
            Text(
                f"{path.name} 不是 GeoJSON（要有 FeatureCollection 和 geometry）：普通的 JSON 数据请先转成带经度、"
                "纬度列的 CSV 或 Excel。",
                f"{path.name} is no GeoJSON (a FeatureCollection with geometry): turn other JSON into "
                f"CSV or Excel with columns of longitude and latitude ({error}).",
            )
        )
    return BrokenFileError(
        Text(
            f"{path.name} 无法读取，文件可能不完整或不是 {path.suffix} 格式。",
            f"{path.name} cannot be read: {error}",
        )
    )
