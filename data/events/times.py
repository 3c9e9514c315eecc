"""Times of events as local seconds: ISO 8601, slashes, arrow timestamps or numbers; no guessing."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from data.events.event_format import EventFormat, TimeUnit, TimeZone
from geo.arrays import Ints
from geo.errors import BadInputError
from geo.text import Text

UNREADABLE = np.iinfo(np.int64).min
"""Stands for a time that cannot be read."""

SHANGHAI_S = 8 * 3600
"""Asia/Shanghai is eight hours ahead of UTC, all year, since 1992."""

_EARLIEST, _LATEST = 946_684_800, 4_102_444_800
"""Seconds since 1970: the years 2000 to 2099; others are no events of now."""
_OFFSET = re.compile(r"(?:Z|[+-]\d{2}:?\d{2})$")
_PAD = (
    (r"-(\d)-", r"-0\1-"),
    (r"-(\d)([ T])", r"-0\1\2"),
    (r"-(\d)$", r"-0\1"),
    (r"([ T])(\d):", r"\g<1>0\2:"),
)


def local_seconds(column: Any, header: str, said: EventFormat) -> Ints:  # noqa: ANN401 - pyarrow
    """Return seconds since 1970-01-01 00:00 local time (Asia/Shanghai), (n,).

    What cannot be read, or lies before 2000 or after 2099, is :data:`UNREADABLE`.

    Raises
    ------
    BadInputError
        If the times need a time zone or a unit that was not said.
    """
    if pa.types.is_timestamp(column.type):
        seconds, has_offset = _of_stamps(column), column.type.tz is not None
    elif pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        first = next((text for text in column.to_pylist() if text and text.strip()), "")
        if re.fullmatch(r"\d{9,14}(?:\.\d+)?", first.strip()):
            seconds, has_offset = _of_numbers(_numbers(column), header, said), True
        else:
            has_offset = _OFFSET.search(first.strip()) is not None
            seconds = _of_texts(column, has_offset=has_offset)
    else:
        seconds, has_offset = _of_numbers(_numbers(column), header, said), True
    if not has_offset and said.time_zone is None:
        raise BadInputError(
            Text(
                f"“{header}”列的时间没有写明时区：请加 --time-zone Asia/Shanghai（北京时间）"
                "或 --time-zone UTC。",
                f"Times in {header!r} do not say their zone: add --time-zone Asia/Shanghai or UTC.",
            )
        )
    known = seconds != UNREADABLE
    if has_offset or said.time_zone is TimeZone.UTC:
        seconds = np.where(known, seconds + SHANGHAI_S, UNREADABLE)
    sane = known & (seconds >= _EARLIEST) & (seconds < _LATEST)
    return np.where(sane, seconds, UNREADABLE)


def _of_stamps(column: Any) -> Ints:  # noqa: ANN401 - pyarrow
    per_second = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[column.type.unit]
    known = column.is_valid().to_numpy(zero_copy_only=False)
    whole = column.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False)
    return np.where(known, whole // per_second, UNREADABLE)


def _numbers(column: Any) -> NDArray[np.float64]:  # noqa: ANN401 - pyarrow
    values: NDArray[np.float64] = pd.to_numeric(column.to_pandas(), errors="coerce").to_numpy(
        np.float64
    )
    return values


def _of_numbers(values: NDArray[np.float64], header: str, said: EventFormat) -> Ints:
    if said.time_unit is None:
        raise BadInputError(
            Text(
                f"“{header}”列的时间是数字：请加 --time-unit s（秒）或 ms（毫秒）。",
                f"Times in {header!r} are numbers: add --time-unit s or ms.",
            )
        )
    if said.time_unit is TimeUnit.MILLISECONDS:
        values = values / 1000
    known = np.isfinite(values) & (np.abs(values) < _LATEST)
    return np.where(known, np.floor(np.where(known, values, 0.0)), UNREADABLE).astype(np.int64)


def _of_texts(column: Any, *, has_offset: bool) -> Ints:  # noqa: ANN401 - pyarrow
    """Read ISO 8601, or the same with slashes or without leading zeros."""
    kind = pa.timestamp("us", tz="UTC" if has_offset else None)
    try:
        return _of_stamps(pc.cast(column, kind))
    except pa.ArrowInvalid:
        pass
    texts = pc.replace_substring(pc.utf8_trim_whitespace(column), "/", "-").to_pandas()
    for pattern, padded in _PAD:
        texts = texts.str.replace(pattern, padded, regex=True)
    # A time with an offset among times without one, or the other way round, is not guessed at.
    texts = texts.where(texts.str.contains(_OFFSET) == has_offset)
    times = pd.to_datetime(texts, format="ISO8601", errors="coerce", utc=has_offset)
    return _of_stamps(pa.array(times.astype(f"datetime64[us{', UTC' if has_offset else ''}]")))
