"""Files of every kind as one table of text cells with row numbers and geometry, WGS-84."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyogrio
import shapely
from numpy.typing import NDArray

from data.datum import Datum, to_wgs84
from data.headers import LAT, LON, columns_of
from data.unpacked_size import check_unpacked_size
from geo.crs import STORAGE_CRS
from geo.errors import BadInputError, BrokenFileError, CrsError
from geo.layers.columns import Layer
from geo.text import Text

_HEADER_WITHIN = 10
_KINDS = (".csv", ".xlsx", ".geojson", ".json", ".gpkg", ".shp", ".zip", ".parquet")


@dataclass(frozen=True)
class Table:
    """Rows of a file before they are judged.

    Attributes
    ----------
    cells : DataFrame
        Text under the file's own headers.
    numbers : (n,) int64
        Row numbers as a person counts them in the file.
    geometry : (n,) object | None
        Shapes of a map file, as read (not yet converted); None for a table with coordinates.
    remarks : tuple[Text, ...]
        What was detected.
    """

    cells: pd.DataFrame
    numbers: NDArray[np.int64]
    geometry: NDArray[np.object_] | None
    remarks: tuple[Text, ...]


def read_table(layer: Layer, path: Path, encoding: str | None = None) -> Table:
    """Read any supported file.

    Raises
    ------
    BadInputError
        If the kind of file is not supported, it unpacks to far more than its size, or no header
        row is found.
    BrokenFileError
        If the file cannot be read.
    CrsError
        If a map file does not say its reference system.
    """
    kind = path.suffix.lower()
    check_unpacked_size(path)
    if kind == ".csv":
        return _read_csv(layer, path, encoding)
    if kind == ".xlsx":
        return _read_excel(layer, path)
    if kind in _KINDS:
        return _read_map(path)
    raise BadInputError(
        Text(
            f"{path.name}：不支持 {kind or '无扩展名'} 文件；请用 {'、'.join(_KINDS)}"
            + ("（.xls 请在 Excel 中另存为 .xlsx）。" if kind == ".xls" else "。"),
            f"{path.name}: {kind or 'no extension'} is not supported; use {', '.join(_KINDS)}.",
        )
    )


def _read_csv(layer: Layer, path: Path, encoding: str | None) -> Table:
    raw = path.read_bytes()
    text, used = _decoded(raw, path.name, encoding)
    sample = text[:4096]
    delimiter = max(",;\t", key=sample.count)
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    remark = Text(f"{path.name}：按 {used} 编码读取。", f"{path.name}: read as {used}.")
    return _tabulated(layer, path, rows, (remark,))


def _decoded(raw: bytes, name: str, encoding: str | None) -> tuple[str, str]:
    """Decode strictly: as told, else UTF-8, else GB18030; say which."""
    if encoding is not None:
        tried: Sequence[str] = (encoding,)
    else:
        tried = ("utf-8-sig",) if raw.startswith(b"\xef\xbb\xbf") else ("utf-8", "gb18030")
    for one in tried:
        try:
            return raw.decode(one), one
        except (UnicodeDecodeError, LookupError):
            continue
    raise BrokenFileError(
        Text(
            f"{name}：不是 {'、'.join(tried)} 编码；请另存为 UTF-8，或用 --encoding 指定。",
            f"{name}: is not {' or '.join(tried)}; save it as UTF-8 or give --encoding.",
        )
    )


def _read_excel(layer: Layer, path: Path) -> Table:
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except Exception as error:
        raise BrokenFileError(
            Text(f"{path.name} 不是可读的 Excel 文件：{error}", f"{path.name}: {error}")
        ) from error
    sheet = book.worksheets[0]
    rows = [[_cell_text(value) for value in row] for row in sheet.iter_rows(values_only=True)]
    remarks: tuple[Text, ...] = ()
    if len(book.worksheets) > 1:
        remarks = (
            Text(
                f"{path.name}：只读取第一张工作表“{sheet.title}”。",
                f"{path.name}: only the first sheet {sheet.title!r} is read.",
            ),
        )
    return _tabulated(layer, path, rows, remarks)


def _cell_text(value: object) -> str:
    """Write a cell as a person sees it: whole numbers without .0, dates as ISO 8601."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else str(value)
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def _tabulated(layer: Layer, path: Path, rows: list[list[str]], remarks: tuple[Text, ...]) -> Table:
    """Find the header among the first rows; title rows above it are passed over."""
    counts = [len(columns_of(layer, row)) for row in rows[:_HEADER_WITHIN]]
    if not counts or max(counts) < 2:  # noqa: PLR2004 - one match may be chance
        wanted = "、".join(column.text.zh for column in layer.columns[:4])
        raise BadInputError(
            Text(
                f"{path.name}：前 {_HEADER_WITHIN} 行找不到表头（应有 {wanted}、经度、纬度 等）。"
                f"可用 yizhan template {layer.name} 取模板。",
                f"{path.name}: no header row in the first {_HEADER_WITHIN} rows "
                f"(take yizhan template {layer.name}).",
            )
        )
    top = int(np.argmax(counts))
    header = [
        text.strip() or f"列{position + 1}" for position, text in enumerate(rows[top])
    ]  # fmt: skip
    body = [
        (number, [*row, *[""] * len(header)][: len(header)])
        for number, row in enumerate(rows[top + 1 :], start=top + 2)
        if any(cell.strip() for cell in row)
    ]
    cells = pd.DataFrame([row for _, row in body], columns=header, dtype=object)
    if top:
        note = Text(
            f"{path.name}：表头在第 {top + 1} 行。", f"{path.name}: header in row {top + 1}."
        )
        remarks = (*remarks, note)
    return Table(cells, np.array([number for number, _ in body], np.int64), None, remarks)


def _read_map(path: Path) -> Table:
    try:
        if path.suffix.lower() == ".parquet":
            frame = gpd.read_parquet(path)
        else:
            source = f"zip://{path}" if path.suffix.lower() == ".zip" else path
            frame = gpd.read_file(source, engine="pyogrio")
    except (pyogrio.errors.DataSourceError, OSError, ValueError) as error:
        raise BrokenFileError(
            Text(f"{path.name} 无法读取：{error}", f"{path.name} cannot be read: {error}")
        ) from error
    if frame.crs is None:
        raise CrsError(
            Text(
                f"{path.name} 没有坐标系说明（缺 .prj？），请补上后再导入。",
                f"{path.name} does not say its reference system (is the .prj missing?).",
            )
        )
    frame = frame.to_crs(STORAGE_CRS)
    cells = pd.DataFrame(
        {name: [_vector_text(value) for value in frame[name]] for name in frame.columns
         if name != frame.geometry.name}, dtype=object,
    )  # fmt: skip
    return Table(cells, np.arange(1, len(frame) + 1), frame.geometry.to_numpy(), ())


def _vector_text(value: object) -> str:
    return "" if value is None or value is pd.NA or value != value else _cell_text(value)  # noqa: PLR0124 - NaN


def shapes_of(
    table: Table, columns: dict[str, str], datum: Datum
) -> tuple[NDArray[np.object_], NDArray[np.float64]]:
    """Return geometry in WGS-84, None where coordinates are unreadable, and the raw (n, 2)."""
    if table.geometry is not None:
        shapes = table.geometry
        if datum is not Datum.WGS84:
            shapes = shapely.transform(shapes, lambda lonlat: to_wgs84(lonlat, datum))
        centre = np.full((len(shapes), 2), np.nan)
        placed = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
        centre[placed] = shapely.get_coordinates(shapely.centroid(shapes[placed]))
        return shapes, centre
    raw = np.column_stack([_floats(table, columns.get(LON)), _floats(table, columns.get(LAT))])
    points = np.full(len(raw), None, dtype=object)
    whole = np.isfinite(raw).all(axis=1) & (np.abs(raw) <= [180.0, 90.0]).all(axis=1)
    points[whole] = shapely.points(to_wgs84(raw[whole], datum)) if whole.any() else None
    return points, raw


def _floats(table: Table, header: str | None) -> NDArray[np.float64]:
    if header is None:
        return np.full(len(table.numbers), np.nan)
    return np.array([number_of(text) for text in table.cells[header]], np.float64)


def number_of(text: str) -> float:
    """Read a number typed as text (full-width digits, thousands separators); NaN if it is none."""
    narrow = unicodedata.normalize("NFKC", text).strip().replace("°", "")
    parts = narrow.split(",")
    if len(parts) > 1 and all(len(part.split(".")[0]) == 3 for part in parts[1:]):  # noqa: PLR2004
        narrow = "".join(parts)
    try:
        return float(narrow)
    except ValueError:
        return float("nan")
