"""Layer files in: every row judged, nothing guessed, every problem named with its mend."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from data.geometry.datum import Datum, to_wgs84
from data.geometry.shapes import unpacked
from data.reading.checks import check_datum, check_places, check_repeats
from data.reading.column_plan import ColumnPlan, ColumnUse, plan_columns
from data.reading.column_values import values_of
from data.reading.district_check import check_districts
from data.reading.h3_cells import CellTable, cells_of, name_cells
from data.reading.places_in_file import found_at
from data.reading.present import Present
from data.reading.record_checks import check_records, closed_in_words, hours_in_words
from data.reading.stated_datum import other_datums, stated_datum
from data.store.stored_rows import key_of
from data.tables.answers import IGNORED, Answers
from data.tables.opening import open_table
from data.tables.table import Table
from data.words.cell_problem import Problem
from data.words.coordinates import degrees_in, pair_of, pairs_in
from data.words.headers import LAT, LON, LONLAT
from data.words.settling import choose_field, choose_fields, field_name, see_template
from geo.arrays import Floats, Shapes
from geo.crs import STORAGE_CRS
from geo.errors import BadInputError, YizhanError
from geo.layers.columns import Layer, conform
from geo.layers.districts import stated_codes
from geo.text import Text

_ANSWERED: Mapping[str, Text] = MappingProxyType(
    {
        "table": Text("表", "table"),
        "encoding": Text("编码", "encoding"),
        "crs": Text("坐标系", "reference system"),
        "datum": Text("坐标", "datum"),
    }
)


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A file judged row by row.

    Attributes
    ----------
    good : GeoDataFrame
        Rows without a problem, columns as in the schema (EPSG:4326).
    problems : tuple[Problem, ...]
        Everything wrong, by row.
    doubts : tuple[Problem, ...]
        What is read but looks wrong: people who could be counted twice, places that are near twins.
    rejects : DataFrame
        Rows with a problem as they stood in the file, indexed as in `table.numbers`.
    rows : int
        Records in the file; examples, totals and notes are not counted.
    table : Table
        How the file was opened.
    plan : ColumnPlan
        What its columns became.
    answers : Answers
        What a person said of it, now or about an earlier file of the same headers.
    datum, datum_why : Datum, Text
        What coordinates were read in, and how that was decided.
    remarks : tuple[Text, ...]
        What else was decided (ids made up, cells taken for areas).
    """

    good: gpd.GeoDataFrame
    problems: tuple[Problem, ...]
    doubts: tuple[Problem, ...]
    rejects: pd.DataFrame
    rows: int
    table: Table
    plan: ColumnPlan
    answers: Answers
    datum: Datum
    datum_why: Text
    remarks: tuple[Text, ...]


class Memory(Protocol):
    """Answers about earlier files; see :class:`data.store.kept_answers.KeptAnswers`."""

    def openings(self, answers: Answers) -> Iterator[tuple[Answers, str]]:
        """Yield ways to open a file, each with the key that its headers must then have."""

    def completed(self, headers: Sequence[str], answers: Answers) -> Answers:
        """Return `answers` with what is remembered about files of these headers."""

    def key(self, headers: Sequence[str]) -> str:
        """Return what files of the same headers have in common."""


class UnclearFileError(BadInputError):
    """A file whose columns must be settled before its rows can be read.

    Attributes
    ----------
    table : Table
        How the file was opened.
    plan : ColumnPlan
        What was understood of its columns.
    """

    def __init__(self, text: Text, table: Table, plan: ColumnPlan) -> None:
        super().__init__(text)
        self.table = table
        self.plan = plan


def read_layer(
    layer: Layer,
    path: Path,
    *,
    answers: Answers | None = None,
    kept: Memory | None = None,
    area: shapely.Geometry | None = None,
    districts: gpd.GeoDataFrame | None = None,
    known: Present | None = None,
) -> Reading:
    """Read a file as `layer`.

    Parameters
    ----------
    layer : Layer
        One of INPUT_LAYERS.
    path : Path
        A workbook, delimited text, a map file, or an archive of one.
    answers : Answers | None
        What a person says of the file: table, columns, encoding, datum.
    kept : Memory | None
        Completes the answers by what is remembered about files of the same headers.
    area : Geometry | None
        Land rows must lie on (EPSG:4326).
    districts : GeoDataFrame | None
        DISTRICTS layer, to check what rows state of theirs.
    known : Present | None
        The layer as trusted so far, to notice a wrong datum.

    Raises
    ------
    BadInputError
        If the file as a whole cannot be used: no header, no coordinates, a required column missing.
    UnclearFileError
        If a person must first say what a column means.
    """
    table, plan, answers = _planned(layer, path, answers or Answers(), kept)
    datum, datum_why = stated_datum(path.name, table, plan, answers)
    grid = cells_of(layer, table, plan.headers)
    table = table if grid is None else grid.table
    _check_columns(layer, path, table, plan, named=grid is None)
    opened = _Opened(layer=layer, table=table, plan=plan, answers=answers, datum=datum, grid=grid)
    return _reading(path.name, _judged(opened, area, districts, known), datum_why)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opened:
    """A file whose columns are known, its rows not yet judged."""

    layer: Layer
    table: Table
    plan: ColumnPlan
    answers: Answers
    datum: Datum
    grid: CellTable | None


@dataclass(frozen=True, slots=True)
class _Judged:
    """The rows of an opened file, and what is wrong or in doubt about them."""

    opened: _Opened
    frame: gpd.GeoDataFrame
    problems: list[Problem]
    doubts: list[Problem]
    remarks: tuple[Text, ...]


def _planned(
    layer: Layer, path: Path, answers: Answers, kept: Memory | None
) -> tuple[Table, ColumnPlan, Answers]:
    """Open a file and tell what its columns are; refuse it where that must be asked."""
    table, answers = _opened(layer, path, answers, kept)
    plan = plan_columns(
        layer, table.cells, answers, cut=table.cut, placed=table.geometry is not None
    )
    if plan.asked:
        raise UnclearFileError(_asked(path.name, plan.asked), table, plan)
    return table, plan, answers


def _judged(
    opened: _Opened,
    area: shapely.Geometry | None,
    districts: gpd.GeoDataFrame | None,
    known: Present | None,
) -> _Judged:
    """Return the rows in the layer's columns, with the districts' codes, and what is wrong."""
    layer, table, plan, grid = opened.layer, opened.table, opened.plan, opened.grid
    shapes, raw = _shapes(table, plan, opened.datum)
    shapes = unpacked(layer, shapes)
    values, problems, blanks = values_of(layer, table, plan)
    frame = gpd.GeoDataFrame(
        {name: pd.Series(cells, dtype=object) for name, cells in values.items()},
        geometry=gpd.GeoSeries(shapes, crs=STORAGE_CRS),
    )
    frame, made = _identified(layer, frame, plan, grid)
    used = {use.header for use in plan.uses if use.field is not None}
    problems += [fault for fault in table.faults if not fault.column or fault.column in used]
    problems += _misplaced(layer, table, shapes, raw, area, grid)
    problems += check_repeats(table, frame, key_of(layer))
    if districts is not None:
        problems += check_districts(layer, table.numbers, frame, districts)
        frame = stated_codes(frame, districts) if "district" in frame else frame
    found, doubts = check_records(layer, table, frame, area)
    if plan.datum is None and opened.answers.datum is None:
        doubts += other_datums(table, plan, opened.datum)
    doubts += closed_in_words(layer, table, plan, frame)
    doubts += hours_in_words(table, plan, frame)
    suspect = None
    if known is not None:
        suspect = check_datum(frame, raw, known, opened.datum, key_of(layer))
    if suspect is not None:
        raise BadInputError(suspect.line)
    return _Judged(opened, frame, problems + found, doubts, (*blanks, *made))


def _reading(file: str, judged: _Judged, datum_why: Text) -> Reading:
    """Part the good rows from the others and say where in the file each problem stands."""
    layer, plan = judged.opened.layer, judged.opened.plan
    table = replace(judged.opened.table, remarks=(*judged.opened.table.remarks, *judged.remarks))
    bad = np.isin(table.numbers, [problem.row for problem in judged.problems])
    return Reading(
        good=conform(judged.frame[~bad].reset_index(drop=True), layer.name),
        problems=found_at(file, layer, table, plan, judged.problems),
        doubts=found_at(file, layer, table, plan, judged.doubts),
        rejects=table.cells[bad].set_axis(table.numbers[bad], axis=0),
        rows=len(table.cells),
        table=table,
        plan=plan,
        answers=judged.opened.answers,
        datum=judged.opened.datum,
        datum_why=datum_why,
        remarks=(*_decided(file, table), *table.remarks),
    )


def _opened(
    layer: Layer, path: Path, answers: Answers, kept: Memory | None
) -> tuple[Table, Answers]:
    """Open a file as an earlier one of the same headers, else by `answers` alone."""
    if kept is None:
        return open_table(layer, path, answers), answers
    for told, key in kept.openings(answers):
        try:
            table = open_table(layer, path, told)
        except (YizhanError, LookupError):
            continue
        headers = list(table.cells.columns)
        if kept.key(headers) == key:
            return _remembering(layer, table, kept.completed(headers, told), answers)
    table = open_table(layer, path, answers)
    return _remembering(layer, table, kept.completed(list(table.cells.columns), answers), answers)


def _remembering(layer: Layer, table: Table, used: Answers, told: Answers) -> tuple[Table, Answers]:
    """Say which of the answers that were used are those of an earlier file."""
    words = [
        Text(f"{name.zh} {getattr(used, key)}", f"{name.en} {getattr(used, key)}")
        for key, name in _ANSWERED.items()
        if getattr(used, key) != getattr(told, key)
    ]
    words += [
        _column_answered(layer, header, field)
        for header, field in used.columns.items()
        if header not in told.columns
    ]
    if not words:
        return table, used
    zh, en = "、".join(one.zh for one in words), ", ".join(one.en for one in words)
    note = Text(
        f"沿用先前同样列名的文件的答案：{zh}。",
        f"As answered for an earlier file of the same headers: {en}.",
    )
    return replace(table, remarks=(note, *table.remarks)), used


def _column_answered(layer: Layer, header: str, field: str) -> Text:
    if field == IGNORED:
        return Text(f"“{header}”不导入", f"{header!r} is left out")
    name = field_name(layer, field)
    return Text(f"“{header}”是{name.zh}", f"{header!r} is {name.en}")


def _asked(file: str, asked: Sequence[Text]) -> Text:
    zh, en = "\n".join(text.zh for text in asked), "\n".join(text.en for text in asked)
    return Text(
        f"{file}：要先说清楚，未读。\n{zh}", f"{file}: something must be settled first.\n{en}"
    )


def _decided(file: str, table: Table) -> list[Text]:
    """Say how the file was opened, where there was something to decide."""
    decided = [how for how in (table.encoding, table.crs) if how is not None]
    told = [Text(f"{file}：{how.zh}。", f"{file}: {how.en}.") for how in decided]
    if table.header_row not in {None, 1}:
        row = table.header_row
        told.append(Text(f"{file}：表头在第 {row} 行。", f"{file}: header in row {row}."))
    return told


def _check_columns(
    layer: Layer, path: Path, table: Table, plan: ColumnPlan, *, named: bool
) -> None:
    """Refuse a file that lacks a column every row must fill; cells need no names."""
    fields = plan.headers
    missing = [
        column.text.zh
        for column in layer.columns
        if column.required and column.name != "id" and column.name not in fields
    ]
    if not named and "名称" in missing:
        missing.remove("名称")
    if layer.name == "yizhan" and "类型" in missing:
        missing.remove("类型")
    if table.geometry is None and not ({LON, LAT} <= fields.keys() or LONLAT in fields):
        missing.append("经度、纬度")
    if table.geometry is None and "Point" not in layer.geometry:
        raise BadInputError(
            Text(
                f"{path.name}：{layer.text.zh}是面，请用 GeoJSON、GeoPackage 或 Shapefile。",
                f"{path.name}: {layer.text.en} are areas; use GeoJSON, GeoPackage or Shapefile.",
            )
        )
    if missing:
        unknown = [use for use in plan.uses if use.field is None]
        how = see_template(layer.name)
        hint = f"；看不懂的列可以{_settled(layer, unknown).zh}" if unknown else ""
        raise UnclearFileError(
            Text(
                f"{path.name}：缺少列 {'、'.join(missing)}；现有列：{'、'.join(table.cells.columns)}{hint}。"
                f"请在文件里补上（各列的写法可{how.zh}）。",
                f"{path.name}: columns missing: {', '.join(missing)}; there are "
                f"{', '.join(table.cells.columns)}. Add them ({how.en}).",
            ),
            table,
            plan,
        )
    if len(table.cells) == 0:
        raise BadInputError(Text(f"{path.name}：没有数据行。", f"{path.name} has no rows."))


def _settled(layer: Layer, unknown: Sequence[ColumnUse]) -> Text:
    """Say how to name columns nobody knows: one that holds pairs of coordinates before others."""
    pair = next((use for use in unknown if not np.isnan(pair_of(use.example)).any()), None)
    if pair is not None:
        return choose_field(layer, pair.header, LONLAT)
    return choose_fields(unknown[0].header)


def _shapes(table: Table, plan: ColumnPlan, datum: Datum) -> tuple[Shapes, Floats]:
    """Return geometry in WGS-84, None where coordinates are unreadable, and the raw (n, 2)."""
    if table.geometry is not None:
        shapes = table.geometry
        placed = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
        raw = np.full((len(shapes), 2), np.nan)
        raw[placed] = shapely.get_coordinates(shapely.centroid(shapes[placed]))
        if datum is not Datum.WGS84:
            shapes = shapely.transform(shapes, lambda lonlat: to_wgs84(lonlat, datum))
        return shapes, raw
    fields = plan.headers
    if LONLAT in fields:
        raw = pairs_in(table.cells[fields[LONLAT]].tolist())
    else:
        raw = np.column_stack(
            [degrees_in(table.cells[fields[field]].tolist()) for field in (LON, LAT)]
        )
    points = np.full(len(raw), None, dtype=object)
    whole = np.isfinite(raw).all(axis=1) & (np.abs(raw) <= [180.0, 90.0]).all(axis=1)
    points[whole] = shapely.points(to_wgs84(raw[whole], datum)) if whole.any() else None
    return points, raw


def _identified(
    layer: Layer, frame: gpd.GeoDataFrame, plan: ColumnPlan, grid: CellTable | None
) -> tuple[gpd.GeoDataFrame, tuple[Text, ...]]:
    """Make up stable ids from name and place where the file has no id column."""
    if grid is not None:
        return name_cells(frame, grid), ()
    if key_of(layer) in plan.headers or key_of(layer) == "adcode":
        return frame, ()
    places = shapely.to_wkb(shapely.centroid(frame.geometry.to_numpy()), hex=True)
    keys = [f"{name}|{place or ''}" for name, place in zip(frame["name"], places, strict=True)]
    ids = [
        f"{layer.name[0].upper()}-{hashlib.sha256(key.encode()).hexdigest()[:10]}" for key in keys
    ]
    note = Text(
        "文件没有编号列，已按名称和位置生成编号。",
        "The file has no ID column; IDs were made from name and place.",
    )
    return frame.assign(id=ids), (note,)


def _misplaced(
    layer: Layer,
    table: Table,
    shapes: Shapes,
    raw: Floats,
    area: shapely.Geometry | None,
    grid: CellTable | None,
) -> list[Problem]:
    """Return what is wrong with the rows' places; of those already known no second complaint."""
    ground = area if layer.name != "districts" else None
    known = () if grid is None else grid.problems
    told = {problem.row for problem in known}
    found = check_places(layer, table.numbers, shapes, raw, ground)
    return [*known, *(problem for problem in found if problem.row not in told)]
