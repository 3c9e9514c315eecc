"""What is wrong with a table given as a layer: named by layer, column, row, value and mend."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.crs import STORAGE_CRS
from geo.errors import BadInputError, CrsError
from geo.hours.syntax import check_hours
from geo.layers.columns import Column, Layer
from geo.text import Text

SEPARATOR = ";"
"""Between the words of a column that holds several."""
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_TIME = re.compile(r"([01]\d|2[0-4]):[0-5]\d")


def check_is_table(given: object, layer: Layer) -> None:
    """Refuse what is no GeoDataFrame with a coordinate system and columns of different names."""
    if not isinstance(given, gpd.GeoDataFrame):
        kind = type(given).__name__
        raise BadInputError(
            Text(
                f"图层“{layer.text.zh}”（{layer.name}）给的是 {kind}，应为 GeoDataFrame：文件请用 geopandas.read_file，"
                "有经纬度两列的表请用 geopandas.GeoDataFrame(表, geometry=geopandas.points_from_xy(经度, 纬度), crs=4326)。",
                f"The layer {layer.name} is a {kind}, no GeoDataFrame: read a file with geopandas.read_file, or make "
                "one of a table by geopandas.GeoDataFrame(table, geometry=geopandas.points_from_xy(lon, lat), "
                "crs=4326).",
            )
        )
    if given.active_geometry_name is None or given.crs is None:
        raise CrsError(
            Text(
                f"图层“{layer.text.zh}”（{layer.name}）没有几何列或坐标系：请先 set_geometry、set_crs（经纬度为 4326）。",
                f"The layer {layer.name} does not say its geometry or its coordinate system; use set_geometry and "
                "set_crs first (4326 for degrees).",
            )
        )
    twice = given.columns[given.columns.duplicated()]
    if len(twice):
        raise BadInputError(
            Text(
                f"图层“{layer.text.zh}”（{layer.name}）有两列都叫 {twice[0]}：请改名或删去一列。",
                f"The layer {layer.name} has two columns {twice[0]}: rename or drop one.",
            )
        )


def check_table(frame: gpd.GeoDataFrame, layer: Layer, given: Iterable[str]) -> None:
    """Refuse a table in degrees (EPSG:4326) that is not the layer; it was `given` with these columns.

    Raises
    ------
    BadInputError
        The text names layer, column, row, value and mend.
    """
    for column in layer.columns:
        if column.name in frame:
            _check_column(frame, layer, column)
        elif column.required:
            raise _lacking(given, layer, column)
    for key in {"id", "adcode"} & set(frame.columns):
        again = frame[key].duplicated()
        _refuse(frame[key], layer, key, again, _mend("编号不能重复", "give every row its own"))
    if {"workers", "women_35_59"} <= set(frame.columns):
        more = (_figures(frame["women_35_59"]) > _figures(frame["workers"])).to_numpy()
        _refuse(
            frame["women_35_59"],
            layer,
            "women_35_59",
            more,
            _mend("多于职工人数", "of fewer workers"),
        )
    _check_shapes(frame.geometry, layer)


def _check_column(frame: gpd.GeoDataFrame, layer: Layer, column: Column) -> None:
    values = frame[column.name]
    if column.required:
        _refuse(values, layer, column.name, values.isna(), _mend("必须填写", "it must be filled"))
    _CHECKS.get(column.dtype, _any_value)(values[values.notna()], layer, column)


def _any_value(values: pd.Series, layer: Layer, column: Column) -> None:
    """Take every value: texts, and JSON of the product's own."""


def _numbers(values: pd.Series, layer: Layer, column: Column) -> None:
    read = _figures(values)
    wrong = ~np.isfinite(read)
    _refuse(values, layer, column.name, wrong, _mend("应为数字", "give a number"))
    if not column.signed:
        _refuse(values, layer, column.name, read < 0, _mend("不能小于 0", "give 0 or more"))
    if column.dtype == "integer":
        parted = read % 1 != 0
        _refuse(values, layer, column.name, parted, _mend("应为整数", "give a whole number"))


def _flags(values: pd.Series, layer: Layer, column: Column) -> None:
    wrong = ~values.isin([True, False])
    _refuse(values, layer, column.name, wrong, _mend("应为 True 或 False", "give True or False"))


def _word(values: pd.Series, layer: Layer, column: Column) -> None:
    wrong = ~values.astype(str).isin([str(word) for word in column.words or ()])
    _refuse(values, layer, column.name, wrong, _one_of(column))


def _words(values: pd.Series, layer: Layer, column: Column) -> None:
    known = {str(word) for word in column.words or ()}

    def is_known(text: object) -> bool:
        return {one.strip() for one in str(text).split(SEPARATOR)} <= known | {""}

    _refuse_values(values, layer, column, is_known, _one_of(column))


def _hours(values: pd.Series, layer: Layer, column: Column) -> None:
    for text in values.unique():
        if not str(text).strip():  # Not told.
            continue
        try:
            check_hours(str(text))
        except BadInputError as error:
            row = int(values.index[np.flatnonzero(values == text)[0]]) + 1
            raise BadInputError(
                Text(
                    f"图层“{layer.text.zh}”第 {row} 行 {column.name}：{error.text.zh}",
                    f"Row {row} of the layer {layer.name}, {column.name}: {error.text.en}",
                )
            ) from None


def _refuse_values(
    values: pd.Series, layer: Layer, column: Column, fits: Callable[[object], bool], mend: Text
) -> None:
    wrong = [one for one in values.unique() if not fits(one)]
    _refuse(values, layer, column.name, values.isin(wrong), mend)


def _dates(values: pd.Series, layer: Layer, column: Column) -> None:
    mend = _mend("日期应写成 2026-11-25", "write a date like 2026-11-25")
    _refuse_values(values, layer, column, lambda one: bool(_DATE.fullmatch(str(one))), mend)


def _times(values: pd.Series, layer: Layer, column: Column) -> None:
    mend = _mend("时间应写成 08:30", "write a time like 08:30")
    _refuse_values(values, layer, column, lambda one: bool(_TIME.fullmatch(str(one))), mend)


_CHECKS: dict[str, Callable[[pd.Series, Layer, Column], None]] = {
    "integer": _numbers,
    "number": _numbers,
    "flag": _flags,
    "word": _word,
    "words": _words,
    "hours": _hours,
    "date": _dates,
    "time": _times,
}


def _check_shapes(shapes: gpd.GeoSeries, layer: Layer) -> None:
    wanted = "、".join(layer.geometry)
    kinds = shapes.geom_type
    wrong = ~kinds.isin(layer.geometry) | shapes.is_empty
    shown = kinds.fillna("None").where(~shapes.is_empty, "EMPTY")
    mend = Text(f"应为 {wanted}", f"it must be {' or '.join(layer.geometry)}")
    _refuse(shown, layer, "geometry", wrong, mend)
    west, south, east, north = shapely.bounds(shapes.to_numpy()).T
    outside = shapes[~((west >= -180) & (east <= 180) & (south >= -90) & (north <= 90))]  # noqa: PLR2004
    mend = Text(
        f"不是经纬度（{STORAGE_CRS}）：经度在前、纬度在后；若是米制坐标，请用 set_crs(…, allow_override=True) 说明",
        "it is no longitude and latitude: give longitude first, in degrees; if these are metres, say so by "
        "set_crs(…, allow_override=True)",
    )
    places = outside.to_wkt(rounding_precision=5).str.slice(0, 60)
    _refuse(places, layer, "geometry", np.ones(len(outside), np.bool_), mend)


def _figures(values: pd.Series) -> pd.Series:
    """Return the values as numbers, NaN where they are none."""
    return pd.to_numeric(values, errors="coerce").astype("Float64").astype(np.float64)


def _mend(zh: str, en: str) -> Text:
    return Text(zh, en)


def _one_of(column: Column) -> Text:
    words = [str(word) for word in column.words or ()]
    several = column.dtype == "words"
    return Text(
        f"应为{'下列之一或几个（用 ; 隔开）' if several else '下列之一'}：{'、'.join(words)}",
        f"give {'words, separated by ;, out of' if several else 'one of'} {', '.join(words)}",
    )


def _lacking(given: Iterable[str], layer: Layer, column: Column) -> BadInputError:
    called = {column.text.zh, column.text.en, column.name.upper(), column.name.title()}
    has = [str(name) for name in given]
    likely = next((name for name in has if name in called), None)
    mend = Text(f"现有列：{'、'.join(has)}", f"it has {', '.join(has)}")
    if likely is not None:
        mend = Text(
            f"请改名：rename(columns={{'{likely}': '{column.name}'}})",
            f"use rename(columns={{'{likely}': '{column.name}'}})",
        )
    return BadInputError(
        Text(
            f"图层“{layer.text.zh}”（{layer.name}）缺少列 {column.name}（{column.text.zh}）：{mend.zh}。",
            f"The layer {layer.name} lacks the column {column.name} ({column.text.en}): {mend.en}.",
        )
    )


def _refuse(
    values: pd.Series,
    layer: Layer,
    column: str,
    wrong: Iterable[bool] | NDArray[np.bool_],
    mend: Text,
) -> None:
    """Refuse the table if any value is `wrong`: the first is named by its row, counted from 1."""
    found = np.flatnonzero(np.asarray(wrong, np.bool_))
    if not len(found):
        return
    row, value = int(values.index[found[0]]) + 1, values.iloc[found[0]]
    is_whole = isinstance(value, float) and value.is_integer()
    told = "" if pd.isna(value) else str(int(value) if is_whole else value)
    more = len(found) - 1
    raise BadInputError(
        Text(
            f"图层“{layer.text.zh}”（{layer.name}）第 {row} 行 {column} 的值“{told}”不能用：{mend.zh.rstrip('。')}"
            f"{f'（另有 {more} 行）' if more else ''}。",
            f"Row {row} of the layer {layer.name}: {column} cannot be {told!r}: {mend.en.rstrip('.')}"
            f"{f' ({more} more rows)' if more else ''}.",
        )
    )
