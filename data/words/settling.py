"""What a person does where a file leaves something open, in the words of the door it comes in by.

Whoever reads a message of the command has its options; whoever reads it in the browser has the fields
of the reading dialog (``maps/static/workbench/reading.mjs``). Each function returns a clause that
completes a sentence: 请……, please ….
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType

from data.geometry.datum import Datum
from data.words.headers import CELL, LAT, LON, LONLAT
from geo.layers.columns import Layer
from geo.text import Text

_ON_PAGE: ContextVar[bool] = ContextVar("on_page", default=False)
_DATUMS: Mapping[str, Text] = MappingProxyType(
    {
        Datum.WGS84: Text("GPS、天地图（WGS-84）", "GPS (WGS-84)"),
        Datum.GCJ02: Text("高德、腾讯（GCJ-02）", "AMap, Tencent (GCJ-02)"),
        Datum.BD09: Text("百度（BD-09）", "Baidu (BD-09)"),
    }
)
"""As the page offers them."""
_PLACE_NAMES: Mapping[str, Text] = MappingProxyType(
    {
        LON: Text("经度", "Longitude"),
        LAT: Text("纬度", "Latitude"),
        LONLAT: Text("经纬度", "Longitude and latitude"),
        CELL: Text("H3 网格", "H3 cell"),
    }
)


@contextmanager
def on_page() -> Iterator[None]:
    """Say what is to be done as the page has it, while this lasts."""
    before = _ON_PAGE.set(True)
    try:
        yield
    finally:
        _ON_PAGE.reset(before)


def _either(command: Text, page: Text) -> Text:
    return page if _ON_PAGE.get() else command


def field_name(layer: Layer, field: str) -> Text:
    """Return what a person calls a field of `layer`, places included."""
    own = {column.name: column.text for column in layer.columns}
    return own.get(field) or _PLACE_NAMES.get(field) or Text(field, field)


def field_shown(layer: Layer, field: str) -> Text:
    """Return a field as it is chosen: with its short name at the command, by its words on the page."""
    name = field_name(layer, field)
    return _either(
        Text(f"“{name.zh}”（{field}）", f"“{name.en}” ({field})"),
        Text(f"“{name.zh}”", f"“{name.en}”"),
    )


def choose_table() -> Text:
    """Choose one of several tables."""
    return _either(
        Text("用 --table 名称 选一张", "choose one with --table NAME"),
        Text("在“工作表或图层”里选一张", "choose one under “Sheet or map layer”"),
    )


def all_tables() -> Text:
    """Take all tables of the same columns."""
    return _either(
        Text("用 --table 全部", "--table all"),
        Text("选“列相同的全部”", "“all of the same columns”"),
    )


def choose_datum(datum: str) -> Text:
    """Say what coordinates are in."""
    name = _DATUMS[datum]
    return _either(
        Text(f"加 --datum {datum}", f"add --datum {datum}"),
        Text(f"把“坐标来自”选为“{name.zh}”", f"set “Coordinates come from” to “{name.en}”"),
    )


def choose_datum_of_each() -> Text:
    """Say of every part of a file what its coordinates are in."""
    return _either(
        Text("用 --datum 说明（wgs84、gcj02、bd09）", "say it with --datum (wgs84, gcj02, bd09)"),
        Text("在“坐标来自”里选好", "choose it under “Coordinates come from”"),
    )


def choose_encoding() -> Text:
    """Say how text is encoded."""
    return _either(
        Text("用 --encoding 指定", "give --encoding"),
        Text("在“文字编码”里选", "choose it under “Encoding”"),
    )


def choose_crs(code: str = "") -> Text:
    """Say which reference system a map file is in."""
    if not code:
        return _either(
            Text("用 --crs 指定", "give --crs"),
            Text("在“坐标系”里填写", "write it under “CRS”"),
        )
    return _either(
        Text(f"加 --crs {code}", f"add --crs {code}"),
        Text(f"在“坐标系”里填 {code}", f"write {code} under “CRS”"),
    )


def choose_field(layer: Layer, header: str, field: str) -> Text:
    """Say which field a column is."""
    name = field_name(layer, field)
    return _either(
        Text(f"用 --column '{header}={field}' 说明", f"say --column '{header}={field}'"),
        Text(
            f"在各列的表里把“{header}”选为“{name.zh}”",
            f"choose “{name.en}” for {header!r} in the table of columns",
        ),
    )


def choose_fields(header: str) -> Text:
    """Say what columns are that nobody knows, such as the one under `header`."""
    return _either(
        Text(
            f"用 --column 说明，如 --column '{header}=字段名'",
            f"say it with --column, such as --column '{header}=FIELD'",
        ),
        Text("在各列的表里选", "choose it in the table of columns"),
    )


def leave_out(header: str) -> Text:
    """Leave a column out on purpose."""
    return _either(
        Text(f"用 --column '{header}=-' 去掉", f"leave it out with --column '{header}=-'"),
        Text(
            f"在各列的表里把“{header}”选为“有意不导入”",
            f"choose “leave it out” for {header!r} in the table of columns",
        ),
    )


def take_good_rows() -> Text:
    """Take the rows without a problem."""
    return _either(
        Text("加 --accept-good-rows 先导入正确的行", "add --accept-good-rows to import the others"),
        Text("点“只导入没有问题的行”", "press “Import the good rows alone”"),
    )


def see_template(layer: str) -> Text:
    """See how a layer's columns are written."""
    return _either(
        Text(f"用 yizhan template {layer} 取模板", f"take yizhan template {layer}"),
        Text("下载本页的空白 Excel 模板", "take the blank Excel template of this page"),
    )
