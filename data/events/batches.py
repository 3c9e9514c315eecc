"""Files of events as batches of columns, so that millions of rows never stand in memory at once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import shapely
from numpy.typing import NDArray

from data.events.event_columns import ROLES, EventColumns, columns_of_events, roles_known
from data.tables.delimited import SUFFIXES, look_at
from geo.errors import BadInputError, BrokenFileError, CrsError
from geo.text import Text

_BLOCK_BYTES = 16 << 20
"""Read at once: memory stays bounded, and reading is no slower than whole."""
_ROWS = 1 << 18
"""Judged at once: memory stays bounded."""
_MOST_MISSHAPEN = 1000
"""More are no slips: the file has another separator or header."""
_LON_LAT = {("OGC", "CRS84"), ("EPSG", "4326"), ("EPSG", "4490")}


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows of a file.

    Attributes
    ----------
    table : pyarrow.RecordBatch
        The columns read, under the file's headers; points of a geometry column as ``lon``, ``lat``.
    rows : (n,) int64
        Row numbers as a person counts them in the file.
    fraction : float
        How much of the file is read after it, 0 to 1.
    """

    table: Any
    rows: NDArray[np.int64]
    fraction: float


@dataclass(kw_only=True)
class EventFile:
    """An opened file of events.

    Attributes
    ----------
    path : Path
        The file.
    columns : EventColumns
        What is read of it; points of a geometry column become the columns ``lon`` and ``lat``.
    headers : tuple[str, ...]
        All there are.
    encoding, delimiter, header_row : str, str, int
        How a delimited file is cut; the line of its headers counts from 0.
    misshapen : list[tuple[int, str]]
        Rows with too many or too few cells met so far, and how many they have of how many.
    """

    path: Path
    columns: EventColumns
    headers: tuple[str, ...] = ()
    encoding: str = "utf-8"
    delimiter: str = ","
    header_row: int = 0
    misshapen: list[tuple[int, str]] = field(default_factory=list)

    def lines(self) -> list[Text]:
        """Say how the file is read: encoding, separator, header row, and what every column is."""
        roles = {getattr(self.columns, role): role for role in ROLES}
        uses = [(header, roles.get(header)) for header in self.headers if header]
        cut = Text(
            f"按 {self.encoding} 编码读取，以“{self.delimiter}”分隔，表头在第 {self.header_row + 1} 行。",
            f"Read as {self.encoding}, separated by {self.delimiter!r}, header in row "
            f"{self.header_row + 1}.",
        )
        told = [cut] if self.path.suffix.lower() in SUFFIXES else []
        used = [(header, role) for header, role in uses if role is not None]
        left = [header for header, role in uses if role is None]
        told.append(
            Text(
                "列：" + "；".join(f"{header} → {role}" for header, role in used) + "。",
                "Columns: " + "; ".join(f"{header} -> {role}" for header, role in used) + ".",
            )
        )
        if left:
            told.append(
                Text(f"没有用到的列：{'、'.join(left)}。", f"Columns not used: {', '.join(left)}.")
            )
        return told

    def batches(self) -> Iterator[Batch]:
        """Yield the file from its first row to its last; raise BrokenFileError if it breaks off."""
        reader = _csv_batches if self.path.suffix.lower() in SUFFIXES else _parquet_batches
        try:
            yield from reader(self)
        except (pa.ArrowInvalid, pa.ArrowIOError, UnicodeDecodeError) as error:
            raise BrokenFileError(
                Text(
                    f"{self.path.name} 读到一半出错：{error}",
                    f"{self.path.name} broke off while reading: {error}",
                )
            ) from error


def open_events(
    path: Path,
    encoding: str | None = None,
    told: Mapping[str, str] = MappingProxyType({}),
) -> EventFile:
    """Look at a delimited or GeoParquet file and find its columns.

    Delimited text is judged as every other list is: encoding, separator and the line of the headers.

    Raises
    ------
    BadInputError
        If it is of another kind, or lacks a column.
    BrokenFileError
        If it cannot be read.
    CrsError
        If a GeoParquet file is not in lon/lat.
    """
    kind = path.suffix.lower()
    if kind in SUFFIXES:
        seen = look_at(path, encoding, lambda row: roles_known(row, told))
        if not seen.separator.isascii():
            raise BadInputError(
                Text(
                    f"{path.name}：以“{seen.separator}”分隔的事件文件不能读，请改用英文逗号或制表符。",
                    f"{path.name}: events separated by {seen.separator!r} cannot be read; use commas.",
                )
            )
        columns = columns_of_events(path.name, seen.headers, told=told)
        return EventFile(
            path=path,
            columns=columns,
            headers=seen.headers,
            encoding=seen.encoding,
            delimiter=seen.separator,
            header_row=seen.header_row,
        )
    if kind in {".parquet", ".geoparquet"}:
        try:
            schema = pq.read_schema(path)
        except (pa.ArrowInvalid, OSError) as error:
            raise BrokenFileError(
                Text(f"{path.name} 无法读取：{error}", f"{path.name} cannot be read: {error}")
            ) from error
        geometry = _geometry_column(path, schema)
        names = tuple(schema.names)
        return EventFile(
            path=path,
            columns=columns_of_events(path.name, names, geometry=geometry, told=told),
            headers=names,
        )
    raise BadInputError(
        Text(
            f"{path.name}：事件文件请用 .csv 或 .parquet（GeoParquet）。",
            f"{path.name}: events come as .csv or .parquet (GeoParquet).",
        )
    )


def _csv_batches(file: EventFile) -> Iterator[Batch]:
    size = max(1, file.path.stat().st_size)

    def misshapen(row: Any) -> str:  # noqa: ANN401 - a pyarrow type without stubs
        # Not the text itself: it holds a person and a position.
        shape = f"{row.actual_columns} / {row.expected_columns}"
        file.misshapen.append((int(row.number or 0), shape))
        return "skip"

    # Arrow knows no "utf-8-sig" but skips the mark itself.
    encoding = "utf-8" if file.encoding == "utf-8-sig" else file.encoding
    with pa.OSFile(str(file.path)) as source:
        reader = pacsv.open_csv(
            source,
            read_options=pacsv.ReadOptions(
                block_size=_BLOCK_BYTES,
                encoding=encoding,
                use_threads=False,
                skip_rows=file.header_row,
            ),
            parse_options=pacsv.ParseOptions(
                delimiter=file.delimiter, invalid_row_handler=misshapen
            ),
            convert_options=pacsv.ConvertOptions(
                include_columns=file.columns.used,
                column_types=dict.fromkeys(file.columns.used, pa.string()),
                strings_can_be_null=False,
            ),
        )
        line = file.header_row + 2
        for table in reader:
            rows = line + np.arange(table.num_rows)
            # Rows left out were counted by the person who will look them up.
            for number, _ in file.misshapen:
                rows += rows >= number if number >= line else 0
            _refuse_chaos(file)
            line = int(rows[-1]) + 1 if len(rows) else line
            yield Batch(table, rows, min(1.0, source.tell() / size))


def _refuse_chaos(file: EventFile) -> None:
    """Give up on a file most of whose rows have another shape than its header."""
    if len(file.misshapen) > _MOST_MISSHAPEN:
        raise BadInputError(
            Text(
                f"{file.path.name}：超过 {_MOST_MISSHAPEN:,} 行的列数与表头不符"
                f"（按“{file.delimiter}”分列）；请检查分隔符和引号。",
                f"{file.path.name}: over {_MOST_MISSHAPEN:,} rows have not as many cells as the "
                f"header, split at {file.delimiter!r}; check separators and quotes.",
            )
        )


def _parquet_batches(file: EventFile) -> Iterator[Batch]:
    with pq.ParquetFile(file.path) as source:
        total, done = max(1, source.metadata.num_rows), 0
        for table in source.iter_batches(batch_size=_ROWS, columns=file.columns.used):
            rows = done + 1 + np.arange(table.num_rows)
            done += table.num_rows
            yield Batch(_with_lonlat(table, file.columns.geometry), rows, done / total)


def _with_lonlat(table: Any, geometry: str | None) -> Any:  # noqa: ANN401 - pyarrow
    """Return the batch with its points as the columns ``lon`` and ``lat``."""
    if geometry is None:
        return table
    column = table.column(geometry)
    if pa.types.is_struct(column.type):
        lon, lat = column.field("x"), column.field("y")
    else:
        points = shapely.from_wkb(column.to_numpy(zero_copy_only=False), on_invalid="ignore")
        lon, lat = shapely.get_x(points), shapely.get_y(points)
    rest = [name for name in table.schema.names if name != geometry]
    arrays = [*(table.column(name) for name in rest), pa.array(lon), pa.array(lat)]
    return pa.RecordBatch.from_arrays(arrays, names=[*rest, "lon", "lat"])


def _geometry_column(path: Path, schema: Any) -> str | None:  # noqa: ANN401 - pyarrow
    """Return the name of the column of points; raise CrsError where it is not in lon/lat."""
    told = (schema.metadata or {}).get(b"geo")
    if told is None:
        return None
    about = json.loads(told)
    name = str(about["primary_column"])
    crs = about["columns"][name].get("crs", {"id": {"authority": "OGC", "code": "CRS84"}})
    identity = (crs or {}).get("id", {})
    if (identity.get("authority"), str(identity.get("code"))) not in _LON_LAT:
        raise CrsError(
            Text(
                f"{path.name} 的坐标系不是经纬度（EPSG:4326 或 4490），请先转换。",
                f"{path.name} is not in lon/lat (EPSG:4326 or 4490); convert it first.",
            )
        )
    return name
