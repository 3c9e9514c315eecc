"""Where a person finds what is wrong: file, sheet, row, and the header as it stands there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from data.reading.column_plan import ColumnPlan
from data.tables.table import Table
from data.words.cell_problem import PLACE, Problem
from data.words.headers import LAT, LON, LONLAT, is_own_name
from geo.layers.columns import Layer
from geo.text import Text

_PLACE_FIELDS = (LON, LAT, LONLAT)
_SHAPE = "geometry"
"""Stands for a header where a map file's shape is meant."""


def found_at(
    file: str, layer: Layer, table: Table, plan: ColumnPlan, problems: Sequence[Problem]
) -> tuple[Problem, ...]:
    """Return problems by row, each with the file, sheet, row and header a person finds it at.

    Checks speak of fields; the file has headers of its own.
    """
    headers = plan.headers
    if table.geometry is not None:
        headers = {**headers, PLACE: _SHAPE}
    else:
        there = [headers[field] for field in _PLACE_FIELDS if field in headers]
        headers = {**headers, PLACE: "/".join(there) or PLACE}
    fields = {header: field for field, header in reversed(plan.headers.items())}
    written = _places_written(table, headers.get(PLACE, PLACE).split("/"), problems)
    found = []
    for problem in problems:
        header = headers.get(problem.column, problem.column)
        sheet, row = table.place(problem.row)
        found.append(
            replace(
                problem,
                row=row,
                column=header,
                value=written.get(problem.row, problem.value)
                if problem.column == PLACE
                else problem.value,
                sheet=sheet if row else "",
                file=file,
                field=_field_text(layer, fields, header),
            )
        )
    return tuple(sorted(found, key=lambda one: (bool(one.row), one.sheet, one.row, one.column)))


def _places_written(
    table: Table, headers: Sequence[str], problems: Sequence[Problem]
) -> dict[int, str]:
    """Return what the cells of coordinates say in rows whose place is wrong."""
    rows = [one.row for one in problems if one.column == PLACE and one.row]
    if not rows or not set(headers) <= set(table.cells.columns):
        return {}
    position = np.flatnonzero(np.isin(table.numbers, rows))
    cells = table.cells.iloc[position][list(headers)].to_numpy().tolist()
    numbers = table.numbers[position].tolist()
    return dict(zip(numbers, ("，".join(map(str, row)) for row in cells), strict=True))


def _field_text(layer: Layer, fields: Mapping[str, str], header: str) -> Text:
    """Return what a header means to us; empty where it says so itself."""
    if header == _SHAPE and header not in fields:
        return Text("图形", "the shape")
    field = fields.get(header)
    column = next((one for one in layer.columns if one.name == field), None)
    if column is None or is_own_name(layer, column.name, header):
        return Text("", "")
    return Text(f"{column.text.zh} {column.name}", f"{column.text.en}, {column.name}")
