"""Files that unpack to far more than their size are refused before they are unpacked."""

from __future__ import annotations

import tracemalloc
import zipfile

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data.reading.reading import read_layer
from data.tables.answers import Answers
from data.tables.opening import open_table
from data.tables.unpacked_size import HARMLESS_BYTES, MOST_TIMES, check_unpacked_size
from geo.errors import BadInputError, YizhanError
from geo.layers.columns import STATIONS

_ROW = b"<row><c t='inlineStr'><is><t>" + b"A" * 1000 + b"</t></is></c></row>"


@pytest.fixture
def bomb(tmp_path):
    """Return a workbook of less than 1 MB whose one sheet unpacks to 150 MB."""
    path = tmp_path / "职工.xlsx"
    openpyxl.Workbook().save(path)
    with (
        zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as book,
        book.open("xl/worksheets/sheet2.xml", "w") as sheet,
    ):
        for _ in range(150_000_000 // (len(_ROW) * 100)):
            sheet.write(_ROW * 100)
    return path


def test_a_bomb_is_refused_unread(bomb):
    tracemalloc.start()
    try:
        with pytest.raises(BadInputError) as refused:
            read_layer(STATIONS, bomb)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert "职工.xlsx" in str(refused.value.text.zh)
    assert "150 MB" in refused.value.text.en
    assert peak < HARMLESS_BYTES


def test_a_bomb_of_map_files_is_refused_too(bomb):
    with pytest.raises(BadInputError, match="展开后"):
        open_table(STATIONS, bomb.rename(bomb.with_suffix(".zip")), Answers())


def test_a_bomb_of_rows_is_refused(tmp_path):
    path = tmp_path / "rows.parquet"
    column = pa.DictionaryArray.from_arrays(pa.array([0] * 5_000_000, pa.int32()), ["名称"])
    pq.write_table(pa.table({"name": column}), path)
    with pytest.raises(BadInputError, match="展开后"):
        check_unpacked_size(path)


def test_honest_sheets_stay_far_below_the_limit(tmp_path):
    path = tmp_path / "list.xlsx"
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for _ in range(1000):
        sheet.append(["同一个词"] * 25)
    book.save(path)
    with zipfile.ZipFile(path) as held:
        unpacked = sum(entry.file_size for entry in held.infolist())
    assert 2 * unpacked < MOST_TIMES[".xlsx"] * path.stat().st_size


@pytest.mark.parametrize("name", ["a.xlsx", "a.zip", "a.parquet", "a.csv"])
def test_what_is_no_archive_is_left_to_its_reader(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(b"PK not an archive")
    check_unpacked_size(path)
    with pytest.raises(YizhanError):
        open_table(STATIONS, path, Answers())
