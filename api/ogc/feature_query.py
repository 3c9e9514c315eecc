"""The query of OGC API - Features ``/items``: bbox, page, datetime and filters by column."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, NoReturn

import numpy as np
from fastapi import Request
from numpy.typing import NDArray

from api.http.problems import HttpError
from geo.errors import BadInputError, CrsError
from geo.hours import SHANGHAI
from geo.json_shapes import JsonRow
from geo.layers.columns import Column, Layer
from geo.text import MOST_QUOTED, Text

if TYPE_CHECKING:
    from api.ogc.features import Features

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
LIMIT_DEFAULT = 100
"""Features of an answer where not told: what a person looks through."""
LIMIT_MAX = 10_000
"""Features of an answer at most: a layer of stations whole, one of workers in parts."""
TIME_COLUMNS: Mapping[str, str] = {"bus_stops": "day", "bus_routes": "day"}
"""The column that says when a feature holds, for layers that have one."""

_RESERVED = {"bbox", "bbox-crs", "crs", "limit", "offset", "datetime", "f", "lang"}
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?([Zz]|[+-]\d\d:\d\d)?")
_WHOLE = re.compile(r"[+-]?[0-9]{1,15}")
_CORNERS_2D, _CORNERS_3D = 4, 6
"""Numbers of a bbox, without heights and with (OGC 17-069r4, 7.15.3)."""


@dataclass(frozen=True, slots=True)
class FeatureQuery:
    """Which rows of a layer are asked for.

    Attributes
    ----------
    bbox : (west, south, east, north) | None
        Degrees, CRS84; west greater than east crosses the antimeridian.
    limit, offset : int
        Page size and first row.
    days : tuple[date | None, date | None] | None
        First and last day, both included; None within is open.
    equal : JsonRow
        Column values a row must have, of the column's own type; None for an empty cell.
    """

    bbox: tuple[float, float, float, float] | None
    limit: int
    offset: int
    days: tuple[date | None, date | None] | None
    equal: JsonRow

    def rows(self, layer: Layer, features: Features) -> NDArray[np.intp]:
        """Return the indices of all rows that match, in the layer's order."""
        matching = np.ones(len(features.ids), dtype=bool)
        if self.bbox is not None:
            matching &= features.meeting(_areas(self.bbox))
        time_column = TIME_COLUMNS.get(layer.name)
        tests = dict(self.equal)
        for row in np.flatnonzero(matching):
            values = features.rows[row]
            matching[row] = all(values[name] == asked for name, asked in tests.items()) and (
                self.days is None or time_column is None or _within(values[time_column], self.days)
            )
        return np.flatnonzero(matching)


def queryable(columns: Sequence[Column]) -> list[Column]:
    """Return those of `columns` that rows can be chosen by: whose cells are one value."""
    return [column for column in columns if column.dtype != "json"]


def read_query(parameters: Sequence[tuple[str, str]], columns: Sequence[Column]) -> FeatureQuery:
    """Read the query parameters of ``/items`` for a layer with `columns`.

    Raises
    ------
    BadInputError
        If a parameter is unknown, repeated or cannot be read (OGC 17-069r4, 7.15).
    CrsError
        If a reference system other than CRS84 is asked for.
    """
    given: dict[str, str] = {}
    by_name = {column.name: column for column in queryable(columns)}
    for name, value in parameters:
        if name in given:
            _refuse(name, value, Text("只能出现一次", "may be given once"))
        if name not in _RESERVED and name not in by_name:
            known = ", ".join([*sorted(_RESERVED), *by_name])
            _refuse(name, value, Text(f"未知参数；可用：{known}", f"is unknown; known: {known}"))
        given[name] = value
    check_format(given.get("f"))
    for name in ("bbox-crs", "crs"):
        if given.get(name, CRS84) != CRS84:
            raise CrsError(Text(f"只支持坐标系 {CRS84}。", f"Only {CRS84} is supported."))
    return FeatureQuery(
        bbox=_read_bbox(given["bbox"]) if "bbox" in given else None,
        limit=min(_read_count("limit", given.get("limit"), LIMIT_DEFAULT, 1), LIMIT_MAX),
        offset=_read_count("offset", given.get("offset"), 0, 0),
        days=read_interval(given["datetime"]) if "datetime" in given else None,
        equal={
            name: _read_cell(by_name[name], value)
            for name, value in given.items()
            if name not in _RESERVED
        },
    )


def check_format(asked: str | None) -> None:
    """Refuse every format but the one there is.

    Raises
    ------
    HttpError
        406 for any other.
    """
    if asked not in {None, "json", "geojson"}:
        shown = str(asked)[:MOST_QUOTED]
        raise HttpError(
            406,
            "no-such-format",
            Text(f"没有格式 f={shown!r}；只有 json。", f"There is no f={shown!r}; only json."),
        )


def check_parameters(request: Request) -> None:
    """Refuse query parameters that an OGC resource without filters does not know (7.15)."""
    for name, value in request.query_params.multi_items():
        if name not in {"f", "lang"}:
            _refuse(name, value, Text("未知参数；可用：f, lang", "is unknown; known: f, lang"))
    check_format(request.query_params.get("f"))


def read_interval(text: str) -> tuple[date | None, date | None]:
    """Read an RFC 3339 date, instant or interval (``..`` or empty is open) as local days.

    An instant is the day it is in Asia/Shanghai, however its offset is written.
    """
    parts = text.split("/")
    if len(parts) > 2:  # noqa: PLR2004 - an interval has two ends
        _refuse("datetime", text, Text("区间只有两端", "an interval has two ends"))
    ends = [None if part in {"", ".."} else _read_day(part, text) for part in parts]
    first, last = ends[0], ends[-1]
    if first is None and last is None:
        _refuse("datetime", text, Text("区间至少有一端", "an interval needs one end"))
    if first is not None and last is not None and first > last:
        _refuse("datetime", text, Text("起点在终点之后", "begins after it ends"))
    return first, last


def _read_day(part: str, text: str) -> date:
    if (day := _day_of(part)) is None:
        wanted = Text("须为 2026-11-24 这样的日期", "must be a date such as 2026-11-24")
        _refuse("datetime", text, wanted)
    return day


def _day_of(part: str) -> date | None:
    try:
        if _DATE.fullmatch(part):
            return date.fromisoformat(part)
        if _INSTANT.fullmatch(part):
            moment = datetime.fromisoformat(part.upper())
            return (moment.astimezone(SHANGHAI) if moment.tzinfo else moment).date()
    except (ValueError, OverflowError):
        return None  # the right shape, but there is no such day
    return None


def _read_bbox(text: str) -> tuple[float, float, float, float]:
    wanted = Text(
        "须为 西,南,东,北 四个经纬度（度）", "must be west,south,east,north in lon/lat degrees"
    )
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        _refuse("bbox", text, wanted)
    if len(numbers) == _CORNERS_3D:
        numbers = [numbers[0], numbers[1], numbers[3], numbers[4]]
    if len(numbers) != _CORNERS_2D or not all(math.isfinite(number) for number in numbers):
        _refuse("bbox", text, wanted)
    west, south, east, north = numbers
    if south > north:
        _refuse("bbox", text, wanted)
    return west, south, east, north


def _read_count(name: str, text: str | None, default: int, least: int) -> int:
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 10) or int(text) < least:  # noqa: PLR2004
        _refuse(
            name, text, Text(f"须为不小于 {least} 的整数", f"must be a whole number from {least}")
        )
    return int(text)


def _refuse(name: str, value: str, text: Text) -> NoReturn:
    shown = f"{name[:40]}={value[:MOST_QUOTED]!r}"
    message = Text(f"参数 {shown} {text.zh}。", f"Parameter {shown} {text.en}.")
    raise BadInputError(message) from None


def _areas(bbox: tuple[float, float, float, float]) -> list[tuple[float, float, float, float]]:
    """Return the box, in two parts where it crosses the antimeridian."""
    west, south, east, north = bbox
    if west <= east:
        return [bbox]
    return [(west, south, 180.0, north), (-180.0, south, east, north)]


def _read_cell(column: Column, text: str) -> object:
    """Read what a filter asks for as the column's cells hold it."""
    if text == "":
        return None
    if column.dtype == "word" and column.words is not None:
        known = [word.value for word in column.words]
        if text not in known:
            listed = ", ".join(known)
            _refuse(column.name, text, Text(f"须为：{listed}", f"must be one of: {listed}"))
        return text
    read = _CELLS.get(column.dtype)
    if read is None:
        return text
    reader, wanted = read
    try:
        return reader(text)
    except ValueError:
        _refuse(column.name, text, wanted)


def _number(text: str) -> float:
    number = float(text)
    if not (text.isascii() and math.isfinite(number)):
        raise ValueError(text)
    return number


def _integer(text: str) -> int:
    if not _WHOLE.fullmatch(text):
        raise ValueError(text)
    return int(text)


def _flag(text: str) -> bool:
    if text.lower() not in {"true", "1", "false", "0"}:
        raise ValueError(text)
    return text.lower() in {"true", "1"}


_CELLS: Mapping[str, tuple[Callable[[str], object], Text]] = {
    "integer": (_integer, Text("须为整数", "must be a whole number")),
    "number": (_number, Text("须为数字", "must be a number")),
    "flag": (_flag, Text("须为 true 或 false", "must be true or false")),
    "date": (
        lambda text: date.fromisoformat(text).isoformat(),
        Text("须为 2026-11-24 这样的日期", "must be a date such as 2026-11-24"),
    ),
}


def _within(value: object, days: tuple[date | None, date | None]) -> bool:
    if value is None:
        return True
    day = date.fromisoformat(str(value))
    return (days[0] is None or days[0] <= day) and (days[1] is None or day <= days[1])
