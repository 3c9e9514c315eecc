"""The query of OGC API - Features ``/items``: bbox, page, datetime and filters by column."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from api.ogc.features import Features
from geo.errors import BadInputError, CrsError
from geo.layers.columns import Layer
from geo.text import Text

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
LIMIT_DEFAULT = 100
LIMIT_MAX = 10_000
TIME_COLUMNS: Mapping[str, str] = {"bus_stops": "day", "bus_routes": "day"}
"""The column that says when a feature holds, for layers that have one."""

_RESERVED = {"bbox", "bbox-crs", "crs", "limit", "offset", "datetime", "f", "lang"}
_CORNERS_2D, _CORNERS_3D = 4, 6


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
    equal : Mapping[str, str]
        Column values a row must have.
    """

    bbox: tuple[float, float, float, float] | None
    limit: int
    offset: int
    days: tuple[date | None, date | None] | None
    equal: Mapping[str, str]

    def rows(self, layer: Layer, features: Features) -> NDArray[np.intp]:
        """Return the indices of all rows that match, in the layer's order."""
        matching = np.ones(len(features.ids), dtype=bool)
        if self.bbox is not None:
            matching &= _intersects(features.bounds, self.bbox)
        time_column = TIME_COLUMNS.get(layer.name)
        tests = dict(self.equal)
        for row in np.flatnonzero(matching):
            values = features.rows[row]
            matching[row] = all(_equals(values[name], asked) for name, asked in tests.items()) and (
                self.days is None or time_column is None or _within(values[time_column], self.days)
            )
        return np.flatnonzero(matching)


def read_query(parameters: Sequence[tuple[str, str]], columns: Sequence[str]) -> FeatureQuery:
    """Read the query parameters of ``/items`` for a layer with `columns`.

    Raises
    ------
    BadInputError
        If a parameter is unknown, repeated or cannot be read (OGC 17-069r4, 7.15).
    CrsError
        If a reference system other than CRS84 is asked for.
    """
    given: dict[str, str] = {}
    for name, value in parameters:
        if name in given:
            _refuse(name, value, Text("只能出现一次", "may be given once"))
        if name not in _RESERVED and name not in columns:
            known = ", ".join([*sorted(_RESERVED), *columns])
            _refuse(name, value, Text(f"未知参数；可用：{known}", f"is unknown; known: {known}"))
        given[name] = value
    for name in ("bbox-crs", "crs"):
        if given.get(name, CRS84) != CRS84:
            raise CrsError(Text(f"只支持坐标系 {CRS84}。", f"Only {CRS84} is supported."))
    return FeatureQuery(
        bbox=_read_bbox(given["bbox"]) if "bbox" in given else None,
        limit=min(_read_count("limit", given.get("limit"), LIMIT_DEFAULT, 1), LIMIT_MAX),
        offset=_read_count("offset", given.get("offset"), 0, 0),
        days=read_interval(given["datetime"]) if "datetime" in given else None,
        equal={name: value for name, value in given.items() if name not in _RESERVED},
    )


def read_interval(text: str) -> tuple[date | None, date | None]:
    """Read an RFC 3339 date, instant or interval (``..`` or empty is open) as local days."""
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
    try:
        return datetime.fromisoformat(part).date()
    except ValueError:
        wanted = Text("须为 2026-11-24 这样的日期", "must be a date such as 2026-11-24")
        _refuse("datetime", text, wanted)


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
    shown = f"{name[:40]}={value[:80]!r}"
    message = Text(f"参数 {shown} {text.zh}。", f"Parameter {shown} {text.en}.")
    raise BadInputError(message) from None


def _intersects(
    bounds: NDArray[np.float64], bbox: tuple[float, float, float, float]
) -> NDArray[np.bool_]:
    west, south, east, north = bbox
    level = (bounds[:, 1] <= north) & (bounds[:, 3] >= south)
    if west <= east:
        across = (bounds[:, 0] <= east) & (bounds[:, 2] >= west)
    else:
        across = (bounds[:, 2] >= west) | (bounds[:, 0] <= east)
    found: NDArray[np.bool_] = level & across
    return found


def _equals(value: object, asked: str) -> bool:
    """Compare a cell with what the address bar holds, by the cell's own type."""
    if value is None:
        return asked == ""
    if isinstance(value, bool):
        return asked.lower() in ({"true", "1"} if value else {"false", "0"})
    if isinstance(value, int | float):
        try:
            return float(asked) == float(value)
        except ValueError:
            return False
    return str(value) == asked


def _within(value: object, days: tuple[date | None, date | None]) -> bool:
    if value is None:
        return True
    day = date.fromisoformat(str(value))
    return (days[0] is None or days[0] <= day) and (days[1] is None or day <= days[1])
