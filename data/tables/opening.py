"""Any supported file as one table: its kind by content, its table by name, or asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from data.tables import delimited, map_files, workbooks
from data.tables.answers import ALL_TABLES, Answers
from data.tables.archives import unpacked_files
from data.tables.heading import headers_in, known_fields
from data.tables.raw_table import RawTable
from data.tables.record_rows import tabulate
from data.tables.table import TABLE_STEP, Table, TableSeen, UnclearTableError
from data.tables.unpacked_size import check_unpacked_size
from data.words.header_words import PLACES, read_header
from data.words.headers import CELL
from data.words.settling import all_tables, choose_table
from geo.errors import BadInputError, BrokenFileError
from geo.layers.columns import Layer
from geo.text import Text

_ARCHIVES = (".zip", ".kmz")
SUFFIXES = (*delimited.SUFFIXES, *workbooks.SUFFIXES, *map_files.SUFFIXES, *_ARCHIVES)
"""Endings of all files that can be read."""

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEAD = 512
"""Bytes that tell a kind of file."""
_LAYER_TABLES = frozenset({"layer_styles", "qgis_projects"})
_RIVAL_FIELDS = 2
"""Known columns that make a second sheet a rival of the first."""
_KEYS, _PLACES = frozenset({"name", "id", "adcode", "h3"}), frozenset({*PLACES, CELL})


def open_table(layer: Layer, path: Path, answers: Answers) -> Table:
    """Read any supported file.

    Raises
    ------
    BadInputError
        If the kind of file is not supported, several tables could be meant, or no header is found.
    BrokenFileError
        If the file cannot be read.
    CrsError
        If the reference system of a map file is missing or wrong.
    """
    check_unpacked_size(path)
    kind = _kind(path)
    if kind in workbooks.SUFFIXES:
        return _from_workbook(layer, path, answers)
    if kind in map_files.SUFFIXES:
        return _from_map(layer, path, answers)
    if kind in _ARCHIVES:
        return _from_archive(layer, path, answers)
    return _from_text(layer, path, answers)


def _kind(path: Path) -> str:
    """Return the ending that the content deserves; raise BadInputError if there is none."""
    kind = path.suffix.lower()
    if kind not in SUFFIXES:
        usual = (".csv", ".xlsx", ".xls", ".ods", ".geojson", ".gpkg", ".shp", ".zip", ".parquet")
        raise BadInputError(
            Text(
                f"{path.name}：不支持 {kind or '无扩展名'} 文件；请用 {'、'.join(usual)}。",
                f"{path.name}: {kind or 'no extension'} is not supported; use {', '.join(usual)}.",
            )
        )
    if path.is_dir():
        return kind
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head.strip():
        raise BadInputError(Text(f"{path.name} 是空文件。", f"{path.name} is empty."))
    if head.lower().startswith(b"!table"):
        raise BadInputError(
            Text(
                f"{path.name} 是 MapInfo 表：请在 MapInfo 或 QGIS 中另存为 Shapefile 或 GeoPackage。",
                f"{path.name} is a MapInfo table: save it as Shapefile or GeoPackage.",
            )
        )
    looks_packed = head.startswith((_ZIP, _OLE))
    if kind in delimited.SUFFIXES and looks_packed:
        return ".xlsx"
    if kind in workbooks.SUFFIXES and not looks_packed:
        return _text_called_workbook(path, head)
    return kind


def _text_called_workbook(path: Path, head: bytes) -> str:
    """Old office systems call web pages and delimited text .xls; only the latter can be read."""
    start = head.lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if start.startswith((b"<", b"mime-version")) or path.suffix.lower() not in {".xls", ".et"}:
        raise BrokenFileError(
            Text(
                f"{path.name} 不是真正的 Excel 文件（像是网页或别的格式）：请在 Excel 或 WPS 中打开并另存为 .xlsx。",
                f"{path.name} is no real workbook: open it in Excel or WPS and save it as .xlsx.",
            )
        )
    return ".csv"


def _from_text(layer: Layer, path: Path, answers: Answers) -> Table:
    read = delimited.read_delimited(
        path, path.stem, answers.encoding, lambda row: known_fields(layer, row, answers)
    )
    table = tabulate(layer, read.table, path.name, answers)
    return replace(
        table,
        encoding=read.encoding_told,
        separator=read.separator_told,
        tables=(TableSeen(path.stem, read=True, why=_ONLY),),
    )


def _from_workbook(layer: Layer, path: Path, answers: Answers) -> Table:
    book = workbooks.Workbook(path)
    listed = book.sheets
    if not listed:
        raise BrokenFileError(Text(f"{path.name} 里没有工作表。", f"{path.name} has no sheets."))
    if len(listed) == 1:
        raws = [book.read(listed[0].name)]
        seen: tuple[TableSeen, ...] = (TableSeen(listed[0].name, read=True, why=_ONLY),)
    else:
        raws, seen = _chosen_sheets(layer, path, book, listed, answers)
    tables = [tabulate(layer, raw, path.name, answers) for raw in raws]
    return replace(_together(path.name, tables), tables=seen)


def _chosen_sheets(
    layer: Layer,
    path: Path,
    book: workbooks.Workbook,
    listed: Sequence[workbooks.SheetName],
    answers: Answers,
) -> tuple[list[RawTable], tuple[TableSeen, ...]]:
    """Read the sheets that are meant: the one named, the only one that fits, or all when told."""
    if answers.table is not None and answers.table not in ALL_TABLES:
        name = _named(path, answers.table, [one.name for one in listed])
        seen = tuple(
            TableSeen(one.name, one.name == name, _TOLD if one.name == name else _NOT_CHOSEN)
            for one in listed
        )
        return [book.read(name)], seen
    raws = {one.name: book.read(one.name) for one in listed}
    headers = {name: headers_in(layer, raw, answers) for name, raw in raws.items()}
    fitting = [one.name for one in listed if not one.hidden and _fits(layer, headers[one.name])]
    fitting = _listing(layer, fitting, headers)
    if answers.table is not None:
        fitting = _alike(path, layer, fitting, headers)
    chosen = fitting if answers.table is not None else _one_of(layer, path.name, fitting)
    if not chosen:
        # None is whole: read the first that shows a header, so that what is missing can be named.
        chosen = [next((name for name in raws if headers[name]), listed[0].name)]
    seen = tuple(
        TableSeen(
            one.name,
            one.name in chosen,
            _why(one, chosen, headers[one.name], _fields_of(layer, headers[one.name])),
        )
        for one in listed
    )
    return [raws[name] for name in chosen], seen


def _why(
    sheet: workbooks.SheetName, chosen: Sequence[str], headers: Sequence[str], fields: set[str]
) -> Text:
    if sheet.name in chosen:
        return _FITS
    if not headers:
        return _NO_HEADER
    if fields and fields <= _KEYS:
        return _CODES
    return _HIDDEN if sheet.hidden else _NOT_WHOLE


def _fields_of(layer: Layer, headers: Sequence[str]) -> set[str]:
    return {field for one in headers if (field := read_header(layer, one).field) is not None}


def _fits(layer: Layer, headers: Sequence[str]) -> bool:
    """Whether a sheet may hold records: it names them and says something more of them."""
    fields = _fields_of(layer, headers)
    return bool(fields & _KEYS) and len(fields) >= _RIVAL_FIELDS


def _listing(layer: Layer, names: Sequence[str], headers: dict[str, list[str]]) -> list[str]:
    """Leave out what is a list of codes and their names beside a sheet that says where places are."""
    fields = {name: _fields_of(layer, headers[name]) for name in names}
    if not any(one & _PLACES for one in fields.values()):
        return list(names)
    return [name for name in names if not fields[name] <= _KEYS]


def _one_of(layer: Layer, file: str, names: Sequence[str]) -> list[str]:
    """Return the only name, or the one that is the layer's; ask where several are left."""
    if len(names) <= 1:
        return list(names)
    own = [
        name
        for name in names
        if name.strip().lower() in {layer.name, layer.text.zh, layer.text.en.lower()}
    ]
    if len(own) == 1:
        return own
    listed = "、".join(names)
    one, every = choose_table(), all_tables()
    raise UnclearTableError(
        Text(
            f"{file} 里有 {len(names)} 张表：{listed}。请{one.zh}；各表列相同的，可以{every.zh}。",
            f"{file} holds {len(names)} tables: {listed}. Please {one.en}, or {every.en} where their "
            "columns are the same.",
        ),
        tuple(names),
    )


def _named(path: Path, table: str, names: Sequence[str]) -> str:
    if table in names:
        return table
    raise BadInputError(
        Text(
            f"{path.name} 里没有“{table}”这张表；有：{'、'.join(names)}。",
            f"{path.name} has no table {table!r}; there are {', '.join(names)}.",
        )
    )


def _alike(
    path: Path, layer: Layer, names: Sequence[str], headers: dict[str, list[str]]
) -> list[str]:
    """Return the sheets, refusing those whose columns differ."""
    if not names:
        return []
    first = _fields_of(layer, headers[names[0]])
    for name in names[1:]:
        if (
            set(headers[name]) != set(headers[names[0]])
            and _fields_of(layer, headers[name]) != first
        ):
            raise BadInputError(
                Text(
                    f"{path.name}：“{name}”与“{names[0]}”的列不同，不能一起读；请分开导入或改成一样。",
                    f"{path.name}: the columns of {name!r} are not those of {names[0]!r}; make them "
                    "the same or import one at a time.",
                )
            )
    return list(names)


def _together(file: str, tables: Sequence[Table]) -> Table:
    """Put tables of the same columns under each other."""
    if len(tables) == 1:
        return tables[0]
    kept = [table for table in tables if len(table.cells) or table is tables[0]]
    headers = list(kept[0].cells.columns)
    if (
        kept[0].geometry is not None
    ):  # formats of maps leave out properties that a folder never uses
        headers = list(dict.fromkeys(name for table in kept for name in table.cells.columns))
    for table in kept[1:] if kept[0].geometry is None else ():
        if set(table.cells.columns) != set(headers):
            more = sorted(set(table.cells.columns) ^ set(headers))
            raise BadInputError(
                Text(
                    f"{file}：各表的列名不同（{'、'.join(more)}），不能一起读；请改成一样。",
                    f"{file}: the tables' columns differ ({', '.join(more)}); make them the same.",
                )
            )
    if len({table.geometry is None for table in kept}) > 1:
        raise BadInputError(
            Text(
                f"{file}：有的表带图形，有的没有，不能一起读；请分开导入。",
                f"{file}: some tables have shapes and some have none; import them apart.",
            )
        )
    shapes = [table.geometry for table in tables if table.geometry is not None]
    shifted = [(table, number * TABLE_STEP) for number, table in enumerate(tables)]
    return replace(
        tables[0],
        cells=pd.concat(
            [table.cells.reindex(columns=headers, fill_value="") for table in tables],
            ignore_index=True,
        ),
        numbers=np.concatenate([table.numbers + shift for table, shift in shifted]),
        geometry=np.concatenate(shapes) if shapes else None,
        left_out=tuple(
            replace(one, row=one.row + shift) for table, shift in shifted for one in table.left_out
        ),
        faults=tuple(
            replace(one, row=one.row + shift) for table, shift in shifted for one in table.faults
        ),
        words=" ".join(table.words for table in tables),
        remarks=tuple(remark for table in tables for remark in table.remarks),
    )


def _from_map(layer: Layer, path: Path, answers: Answers) -> Table:
    listed = map_files.map_layers(path)
    names = [one.name for one in listed]
    if len(listed) > 1:
        shaped = [
            one.name for one in listed if one.geometry is not None and one.name not in _LAYER_TABLES
        ]
        if answers.table in ALL_TABLES:
            chosen, why = shaped or names, _TOLD
        elif answers.table is not None:
            chosen, why = [_named(path, answers.table, names)], _TOLD
        else:
            chosen, why = _one_of(layer, path.name, shaped or names), _FITS
    else:
        chosen, why = (names or [path.stem]), _ONLY
    tables = [map_files.read_map(path, name, answers) for name in chosen]
    seen = tuple(
        TableSeen(name, name in chosen, why if name in chosen else _NOT_CHOSEN)
        for name in names or chosen
    )
    return replace(_together(path.name, tables), tables=seen)


def _without_notes(files: list[Path]) -> list[Path]:
    """Leave out plain text beside files that are tables or maps by their kind: it says how to read them."""
    return [file for file in files if file.suffix.lower() != ".txt"] or files


def _from_archive(layer: Layer, path: Path, answers: Answers) -> Table:
    with unpacked_files(path, tuple(one for one in SUFFIXES if one not in _ARCHIVES)) as held:
        files = _without_notes(held)
        if len(files) == 1:
            table = open_table(layer, files[0], answers)
            note = Text(
                f"读取压缩包里的 {files[0].name}。", f"{files[0].name} of the archive is read."
            )
            return replace(table, remarks=(note, *table.remarks))
        names = [
            file.name if sum(one.stem == file.stem for one in files) > 1 else file.stem
            for file in files
        ]
        if answers.table in ALL_TABLES:
            chosen, why = names, _TOLD
        elif answers.table is not None:
            chosen, why = [_named(path, answers.table, names)], _TOLD
        else:
            chosen, why = _one_of(layer, path.name, names), _FITS
        alone = replace(answers, table=None)
        tables = [open_table(layer, files[names.index(name)], alone) for name in chosen]
        seen = tuple(
            TableSeen(name, name in chosen, why if name in chosen else _NOT_CHOSEN)
            for name in names
        )
        return replace(_together(path.name, tables), tables=seen)


_ONLY = Text("只有这一张表", "the only table")
_FITS = Text("表名或列符合", "its name or columns fit")
_TOLD = Text("按所选", "as chosen")
_NOT_CHOSEN = Text("未读", "not read")
_NO_HEADER = Text("没有可用的表头，未读", "no header in it, not read")
_HIDDEN = Text("隐藏的表，未读；要读请选它", "hidden, not read; choose it if it is meant")
_CODES = Text("只有编号和名称，未读", "codes and names alone, not read")
_NOT_WHOLE = Text("没有名称或编号列，未读", "no column of names or IDs, not read")
