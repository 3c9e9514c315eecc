"""Tables whose places are H3 cells, with counts: each cell becomes the area it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import geopandas as gpd
import h3
import numpy as np
import shapely

from data.tables.table import Table
from data.words.cell_problem import Problem
from data.words.headers import CELL, LAT, LON, LONLAT
from geo.layers.columns import Layer, layers_with
from geo.layers.roles import Role
from geo.text import Text

RESOLUTIONS = range(7, 12)
"""Cells of 5 km² down to 0.2 ha: coarser ones are wider than a walk to a station, finer ones
show single houses."""

LAYERS = layers_with(Role.CELLS)
"""Layers whose rows may be cells."""

_DECIMAL_DIGITS = 17
"""A cell written in decimal has 18 or 19 digits, no count of people has."""


@dataclass(frozen=True)
class CellTable:
    """A table whose rows are cells.

    Attributes
    ----------
    table : Table
        With the cells as its geometry; None where a row's is none.
    header : str
        The column that holds them.
    cells : tuple[str, ...]
        The cell of each row, empty where it is none.
    problems : tuple[Problem, ...]
        Rows that are no cell, or of a size that cannot be used.
    """

    table: Table
    header: str
    cells: tuple[str, ...]
    problems: tuple[Problem, ...]


def cells_of(layer: Layer, table: Table, columns: dict[str, str]) -> CellTable | None:
    """Read the rows as H3 cells, if that is what they are; None if not.

    They are where the table has no geometry and no coordinates, and a column named h3 (网格, …),
    or an id column that holds nothing else. An index may be written in hexadecimal or decimal.
    """
    if (
        layer.name not in LAYERS
        or table.geometry is not None
        or {LON, LAT, LONLAT} & columns.keys()
    ):
        return None
    header = _header(table, columns)
    if header is None:
        return None
    texts = table.cells[header].tolist()
    cells = [_cell(text) for text in texts]
    problems = _problems(table, header, texts, cells)
    bad = {problem.row for problem in problems}
    shapes = np.full(len(cells), None, dtype=object)
    for row, (number, cell) in enumerate(zip(table.numbers.tolist(), cells, strict=True)):
        if cell and number not in bad:
            shapes[row] = shapely.geometry.shape(h3.cells_to_geo([cell]))
    remark = Text(
        f"“{header}”列是 H3 网格编号，按网格面导入。", f"{header!r} holds H3 cells: areas."
    )
    with_shapes = replace(table, geometry=shapes, remarks=(*table.remarks, remark))
    return CellTable(with_shapes, header, tuple(cells), tuple(problems))


def name_cells(frame: gpd.GeoDataFrame, grid: CellTable) -> gpd.GeoDataFrame:
    """Name rows after their cells, and give each cell's groups and settings an id of their own."""
    parts = [frame[name].fillna("").astype(str) for name in ("group", "setting") if name in frame]
    ids = ["-".join(filter(None, words)) for words in zip(grid.cells, *parts, strict=True)]
    names = [f"网格 {cell}" for cell in grid.cells]
    given = frame["name"].astype(object)
    return frame.assign(
        id=[one or None for one in ids], name=given.where(given.notna() & (given != ""), names)
    )


def _header(table: Table, columns: dict[str, str]) -> str | None:
    if CELL in columns:
        return columns[CELL]
    header = columns.get("id")
    if header is None or not len(table.cells):
        return None
    return header if all(_cell(text) for text in table.cells[header]) else None


def _cell(text: str) -> str:
    """Return the index in hexadecimal, empty if `text` is none."""
    word = text.strip().lower()
    if word.isdecimal() and len(word) > _DECIMAL_DIGITS:
        word = h3.int_to_str(int(word)) if int(word) < 1 << 63 else ""
    return word if h3.is_valid_cell(word) else ""


def _problems(
    table: Table, header: str, texts: Sequence[str], cells: Sequence[str]
) -> list[Problem]:
    """Report rows that are no cell, of a size of no use, or inside another row's larger cell."""
    first = {
        cell: number
        for cell, number in zip(cells, table.numbers.tolist(), strict=True)
        if cell and h3.get_resolution(cell) in RESOLUTIONS
    }
    sizes = {h3.get_resolution(cell) for cell in first}
    problems = []
    for number, text, cell in zip(table.numbers.tolist(), texts, cells, strict=True):
        if not cell:
            problems.append(
                Problem(
                    number,
                    header,
                    text,
                    Text("不是 H3 网格编号。", "Is no H3 cell."),
                    Text("如 8931aa42ec3ffff。", "Such as 8931aa42ec3ffff."),
                )
            )
        elif (size := h3.get_resolution(cell)) not in RESOLUTIONS:
            problems.append(
                Problem(
                    number,
                    header,
                    text,
                    Text(f"网格级别 {size} 不能用。", f"Resolution {size} is of no use."),
                    Text(
                        f"请用 {RESOLUTIONS[0]} 到 {RESOLUTIONS[-1]} 级（推荐 9 级）。",
                        f"Take {RESOLUTIONS[0]} to {RESOLUTIONS[-1]}, best 9.",
                    ),
                )
            )
        else:
            parents = (h3.cell_to_parent(cell, one) for one in sizes if one < size)
            within = next((first[parent] for parent in parents if parent in first), None)
            if within is not None:
                problems.append(
                    Problem(
                        number,
                        header,
                        text,
                        Text(
                            f"落在第 {within} 行的大网格里，人会重复计算。",
                            f"Lies in the larger cell of row {within}: people would count twice.",
                        ),
                        Text("全表请用同一级别。", "Use one resolution throughout."),
                    )
                )
    return problems
