"""Refuses files that unpack to far more than their size, by what they say of themselves.

A few kilobytes can hold a sheet of gigabytes. The size that counts is told in the file's own
directory, so such a file is refused before anything of it is unpacked. Honest sheets, measured:
lists of people unpack to 6 times their size, sheets of one repeated word to 26 times, sheets of
nothing but coloured cells to 12 times.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pyarrow as pa
import pyarrow.parquet as pq

from geo.errors import BadInputError
from geo.text import Text

HARMLESS_BYTES = 20_000_000
"""Whatever unpacks to less than this is taken, however small the file."""

MOST_BYTES = 1_000_000_000
"""Nothing may unpack to more."""

MOST_TIMES: Mapping[str, int] = MappingProxyType(
    {
        ".xlsx": 100,
        ".xlsm": 100,
        ".xlsb": 100,
        ".et": 100,
        ".ods": 200,
        ".zip": 200,
        ".kmz": 200,
        ".parquet": 200,
    }
)
"""How many times its size a file may unpack to; shapefiles pad their text with blanks."""

_CELL_BYTES = 8
"""A number's size."""


def check_unpacked_size(path: Path) -> None:
    """Refuse a packed file that unpacks to far more than its size.

    A file that is not what its ending says is passed on: its reader says so better.

    Raises
    ------
    BadInputError
        If it unpacks to more than `MOST_BYTES`, or to more than `HARMLESS_BYTES` and
        `MOST_TIMES` its size.
    """
    kind = path.suffix.lower()
    if kind not in MOST_TIMES:
        return
    packed = path.stat().st_size
    unpacked = _unpacked_bytes(path, kind)
    far_more = unpacked > HARMLESS_BYTES and unpacked > MOST_TIMES[kind] * packed
    if far_more or unpacked > MOST_BYTES:
        raise BadInputError(_refusal(path.name, packed, unpacked))


def _unpacked_bytes(path: Path, kind: str) -> int:
    """Return how much the file says it unpacks to, 0 if it is not readable as its kind."""
    try:
        if kind == ".parquet":
            return _parquet_bytes(path)
        with zipfile.ZipFile(path) as archive:
            return sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, pa.ArrowException, OSError, ValueError, NotImplementedError):
        return 0


def _parquet_bytes(path: Path) -> int:
    about = pq.read_metadata(path)
    written = sum(about.row_group(group).total_byte_size for group in range(about.num_row_groups))
    return int(max(written, about.num_rows * about.num_columns * _CELL_BYTES))


def _refusal(name: str, packed: int, unpacked: int) -> Text:
    times = unpacked / max(packed, 1)
    return Text(
        f"{name}：文件 {packed / 1e6:.3g} MB，展开后却有 {unpacked / 1e6:,.0f} MB（{times:,.0f} 倍），"
        "不予读取。若是正常的表，请删去多余的空行空列和格式后另存，或拆成几个文件。",
        f"{name}: {packed / 1e6:.3g} MB unpack to {unpacked / 1e6:,.0f} MB ({times:,.0f} times as "
        "much), so it is not read. If it is an honest sheet, delete empty rows, columns and formats "
        "and save it anew, or split it.",
    )
