"""Layer files in: every row judged, nothing guessed, every problem named with its mend."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
import xlsxwriter
from numpy.typing import NDArray

from data.cells import CellError, read_cell
from data.checks import check_datum, check_places, check_repeats
from data.datum import Datum
from data.districts import check_districts, stated_codes
from data.excel_file import new_workbook
from data.h3_cells import cells_of, name_cells
from data.headers import columns_of
from data.problem import Problem
from data.shapes import unpacked
from data.stored_rows import key_of
from data.table import Table, read_table, shapes_of
from geo.crs import STORAGE_CRS
from geo.errors import BadInputError
from geo.layers.columns import Layer
from geo.layers.conform import conform
from geo.layers.vocabulary import YIZHAN_KIND
from geo.text import Language, Text

EXAMPLE_MARK = "示例-"
"""Ids of a template's example rows begin with this; they are never imported."""


@dataclass(frozen=True)
class Reading:
    """A file judged row by row.

    Attributes
    ----------
    good : GeoDataFrame
        Rows without a problem, columns as in the schema (EPSG:4326).
    problems : tuple[Problem, ...]
        Everything wrong, by row.
    rejects : DataFrame
        Rows with a problem as they stood in the file, indexed by row number.
    rows : int
        Rows in the file, examples of the template not counted.
    remarks : tuple[Text, ...]
        What was detected (encoding, header row, ids made up).
    """

    good: gpd.GeoDataFrame
    problems: tuple[Problem, ...]
    rejects: pd.DataFrame
    rows: int
    remarks: tuple[Text, ...]


def read_layer(
    layer: Layer,
    path: Path,
    *,
    datum: Datum = Datum.WGS84,
    area: shapely.Geometry | None = None,
    districts: gpd.GeoDataFrame | None = None,
    known: gpd.GeoDataFrame | None = None,
    encoding: str | None = None,
) -> Reading:
    """Read a file as `layer`.

    Parameters
    ----------
    layer : Layer
        One of INPUT_LAYERS.
    path : Path
        CSV, Excel, GeoJSON, GeoPackage, Shapefile (or zipped), GeoParquet.
    datum : Datum
        What the file's coordinates are in.
    area : Geometry | None
        Land rows must lie on (EPSG:4326).
    districts : GeoDataFrame | None
        DISTRICTS layer, to check what rows state of theirs.
    known : GeoDataFrame | None
        The layer as trusted so far, to notice a wrong datum.
    encoding : str | None
        Of a CSV; detected (UTF-8, else GB18030) when None.

    Raises
    ------
    BadInputError
        If the file as a whole cannot be used: no header, no coordinates, a required column missing.
    """
    table = read_table(layer, path, encoding)
    columns = columns_of(layer, table.cells.columns)
    table, remarks = _without_examples(table, columns)
    grid = cells_of(layer, table, columns)
    table = table if grid is None else grid.table
    _check_columns(layer, path, table, columns, named=grid is None)
    shapes, raw = shapes_of(table, columns, datum)
    shapes = unpacked(layer, shapes)
    values, problems = _values(layer, table, columns)
    frame = gpd.GeoDataFrame(values, geometry=gpd.GeoSeries(shapes, crs=STORAGE_CRS))
    if grid is None:
        frame, made = _with_ids(layer, frame, columns)
        remarks += made
    else:
        frame = name_cells(frame, grid)
    ground = area if layer.name != "districts" else None
    problems += _misplaced(layer, table, shapes, raw, ground, () if grid is None else grid.problems)
    problems += check_repeats(table.numbers, frame, key_of(layer))
    if districts is not None:
        problems += check_districts(layer, table.numbers, frame, districts)
        frame = stated_codes(frame, districts) if "district" in frame else frame
    suspect = None if known is None else check_datum(frame, raw, known, datum, key_of(layer))
    if suspect is not None:
        raise BadInputError(suspect.line)
    return _sorted_out(layer, table, frame, problems, (*table.remarks, *remarks))


def _misplaced(
    layer: Layer,
    table: Table,
    shapes: NDArray[np.object_],
    raw: NDArray[np.float64],
    ground: shapely.Geometry | None,
    known: Sequence[Problem],
) -> list[Problem]:
    """Return what is wrong with the rows' places; of those already known no second complaint."""
    told = {problem.row for problem in known}
    found = check_places(layer, table.numbers, shapes, raw, ground)
    return [*known, *(problem for problem in found if problem.row not in told)]


def _without_examples(table: Table, columns: dict[str, str]) -> tuple[Table, tuple[Text, ...]]:
    header = columns.get("id") or columns.get("adcode")
    if header is None:
        return table, ()
    example = np.array([text.startswith(EXAMPLE_MARK) for text in table.cells[header]], np.bool_)
    if not example.any():
        return table, ()
    kept = Table(
        table.cells[~example].reset_index(drop=True),
        table.numbers[~example],
        None if table.geometry is None else table.geometry[~example],
        table.remarks,
    )
    note = Text(f"跳过 {example.sum()} 行模板示例。", f"{example.sum()} example rows skipped.")
    return kept, (note,)


def _check_columns(
    layer: Layer, path: Path, table: Table, columns: dict[str, str], *, named: bool = True
) -> None:
    """Refuse a file that lacks a column every row must fill; cells need no names."""
    wanted = [column for column in layer.columns if column.required and column.name != "id"]
    missing = [column.text.zh for column in wanted if column.name not in columns]
    if not named and "名称" in missing:
        missing.remove("名称")
    if layer.name == "yizhan" and "类型" in missing:
        missing.remove("类型")
    if table.geometry is None and not {"lon", "lat"} <= columns.keys():
        missing.append("经度、纬度")
    if table.geometry is None and "Point" not in layer.geometry:
        raise BadInputError(
            Text(
                f"{path.name}：{layer.text.zh}是面，请用 GeoJSON、GeoPackage 或 Shapefile。",
                f"{path.name}: {layer.text.en} are areas; use GeoJSON, GeoPackage or Shapefile.",
            )
        )
    if missing:
        raise BadInputError(
            Text(
                f"{path.name}：缺少列 {'、'.join(missing)}；现有列：{'、'.join(table.cells.columns)}。",
                f"{path.name}: columns missing: {', '.join(missing)}.",
            )
        )
    if len(table.cells) == 0:
        raise BadInputError(Text(f"{path.name}：没有数据行。", f"{path.name} has no rows."))


def _values(
    layer: Layer, table: Table, columns: dict[str, str]
) -> tuple[dict[str, list[object]], list[Problem]]:
    """Read all cells column by column."""
    values: dict[str, list[object]] = {}
    problems: list[Problem] = []
    for column in layer.columns:
        header = columns.get(column.name)
        if header is None:
            usual = str(YIZHAN_KIND) if layer.name == "yizhan" and column.name == "kind" else None
            values[column.name] = [usual] * len(table.cells)
            continue
        read: list[object] = []
        for row, text in zip(table.numbers.tolist(), table.cells[header], strict=True):
            try:
                read.append(read_cell(column, text))
            except CellError as error:
                read.append(None)
                problems.append(Problem(row, header, text, error.text, error.mend))
        values[column.name] = read
    return values, problems


def _with_ids(
    layer: Layer, frame: gpd.GeoDataFrame, columns: dict[str, str]
) -> tuple[gpd.GeoDataFrame, tuple[Text, ...]]:
    """Make up stable ids from name and place where the file has no id column."""
    if key_of(layer) in columns or key_of(layer) == "adcode":
        return frame, ()
    ids = []
    for name, shape in zip(frame["name"], frame.geometry, strict=True):
        place = "" if shape is None else shapely.to_wkb(shapely.centroid(shape), hex=True)
        digest = hashlib.sha256(f"{name}|{place}".encode()).hexdigest()[:10]
        ids.append(f"{layer.name[0].upper()}-{digest}")
    note = Text(
        "文件没有编号列，已按名称和位置生成编号。",
        "The file has no ID column; IDs were made from name and place.",
    )
    return frame.assign(id=ids), (note,)


def _sorted_out(
    layer: Layer,
    table: Table,
    frame: gpd.GeoDataFrame,
    problems: Sequence[Problem],
    remarks: tuple[Text, ...],
) -> Reading:
    bad = np.isin(table.numbers, [problem.row for problem in problems])
    rejects = table.cells[bad].set_axis(table.numbers[bad], axis=0)
    good = conform(frame[~bad].reset_index(drop=True), layer.name)
    ordered = tuple(sorted(problems, key=lambda problem: (problem.row, problem.column)))
    return Reading(good, ordered, rejects, len(table.cells), remarks)


def write_rejects(source: Path, reading: Reading, language: Language = Language.ZH) -> Path:
    """Write the rejected rows beside the source as Excel, with what is wrong and the mend.

    Cells are written as text, so that nothing in them runs as a formula.
    """
    path = source.with_name(f"{source.stem}-退回.xlsx")
    heads = [
        Text("行号", "Row").into(language),
        Text("问题", "Problem").into(language),
        Text("修改建议", "Mend").into(language),
        *reading.rejects.columns,
    ]
    with new_workbook(path) as book:
        sheet = book.add_worksheet(Text("退回", "Rejects").into(language))
        sheet.write_row(0, 0, heads, book.add_format({"bold": True, "bg_color": "#f2f2f2"}))
        wrap = book.add_format({"text_wrap": True, "valign": "top"})
        for line, (row, cells) in enumerate(reading.rejects.iterrows(), start=1):
            _write_reject(sheet, wrap, line, int(str(row)), cells, reading, language)
        sheet.set_column(1, 2, 40)
        sheet.freeze_panes(1, 1)
    return path


def _write_reject(
    sheet: xlsxwriter.worksheet.Worksheet,
    wrap: object,
    line: int,
    row: int,
    cells: pd.Series[str],
    reading: Reading,
    language: Language,
) -> None:
    mine = [problem for problem in reading.problems if problem.row == row]
    sheet.write_number(line, 0, row)
    says = "\n".join(f"{one.column}：{one.text.into(language)}" for one in mine)
    sheet.write_string(line, 1, says, wrap)
    sheet.write_string(line, 2, "\n".join(one.mend.into(language) for one in mine), wrap)
    for column, value in enumerate(cells, start=3):
        sheet.write_string(line, column, str(value))
