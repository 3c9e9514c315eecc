"""The values of a table's columns: every cell read once, however often it stands there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from data.reading.column_plan import ColumnPlan, ColumnUse
from data.tables.table import Table
from data.words.cell_problem import Problem
from data.words.cells import CellError, Value, are_plain_texts, is_nothing, read_cell, says_yes
from geo.errors import BadInputError
from geo.hours import check_hours
from geo.layers.columns import Column, Layer
from geo.layers.vocabulary import YIZHAN_KIND, Amenity
from geo.text import Text

_DAYS_LAST = {"": 0, "PH": 2}
"""Where columns of hours for several days are joined: every day first, holidays last."""
_PLAIN = Text("", "")


def values_of(
    layer: Layer, table: Table, plan: ColumnPlan
) -> tuple[dict[str, list[Value]], list[Problem], tuple[Text, ...]]:
    """Return values by field, what is wrong with cells, and which were taken for empty.

    Parameters
    ----------
    layer : Layer
        What the rows are.
    table : Table
        Their cells.
    plan : ColumnPlan
        What the columns become.
    """
    blanks: Counter[str] = Counter()
    values: dict[str, list[Value]] = {}
    problems: list[Problem] = []
    for column in layer.columns:
        uses = plan.all_of(column.name)
        if not uses:
            usual = str(YIZHAN_KIND) if layer.name == "yizhan" and column.name == "kind" else None
            values[column.name] = [usual] * len(table.cells)
            continue
        read = [
            _column(column, use, table, problems, blanks)
            if use.amenity is None
            else _had(use.amenity, table.cells[use.header].tolist())
            for use in uses
        ]
        if column.name == "id":
            read = [_without_point_zero(cells) for cells in read]
        values[column.name] = (
            read[0] if len(read) == 1 else _together(column, uses, read, table, problems)
        )
    return values, problems, _blanks_told(blanks)


def _together(
    column: Column,
    uses: Sequence[ColumnUse],
    read: Sequence[list[Value]],
    table: Table,
    problems: list[Problem],
) -> list[Value]:
    """Return what several columns say together: times of several days, or words."""
    if column.dtype == "words":
        return [_words(parts) for parts in zip(*read, strict=True)]
    # Every day first, holidays last: in OSM syntax a later rule wins on its days.
    order = sorted(range(len(uses)), key=lambda one: _DAYS_LAST.get(uses[one].days, 1))
    joined = [
        "; ".join(str(row[one]) for one in order if row[one]) for row in zip(*read, strict=True)
    ]
    wrong: dict[str, Text] = {}
    for text in set(filter(None, joined)):
        try:
            check_hours(text)
        except BadInputError as error:
            wrong[text] = error.text
    header = "、".join(use.header for use in uses)
    problems += [
        Problem(row, header, text, wrong[text], _PLAIN)
        for row, text in zip(table.numbers.tolist(), joined, strict=True)
        if text in wrong
    ]
    return [text or None for text in joined]


def _words(parts: Sequence[Value]) -> str | None:
    return (
        ";".join(sorted({word for part in parts if part for word in str(part).split(";")})) or None
    )


def _without_point_zero(ids: list[Value]) -> list[Value]:
    """Return ids that a program has made 1.0, 2.0 of as the whole numbers they were."""
    if all(one is None or (str(one).endswith(".0") and str(one)[:-2].isdigit()) for one in ids):
        return [None if one is None else str(one)[:-2] for one in ids]
    return ids


def _had(amenity: Amenity, cells: Sequence[str]) -> list[Value]:
    """Read a column that says yes or no of one amenity."""
    had = {text: str(amenity) if says_yes(text) else None for text in set(cells)}
    return [had[text] for text in cells]


def _blanks_told(blanks: Counter[str]) -> tuple[Text, ...]:
    if not blanks:
        return ()
    zh = "、".join(f"“{word}”" for word in blanks)
    en = ", ".join(repr(word) for word in blanks)
    count = blanks.total()
    return (
        Text(
            f"{count:,} 格写着{zh}，按没有填写读。",
            f"{count:,} cells that say {en} are read as empty.",
        ),
    )


def _column(
    column: Column,
    use: ColumnUse,
    table: Table,
    problems: list[Problem],
    blanks: Counter[str],
) -> list[Value]:
    """Read one column; equal cells are read once."""
    cells = table.cells[use.header].tolist()
    if not use.days and are_plain_texts(column, cells):
        return [text or None for text in cells]
    read: dict[str, Value] = {}
    wrong: dict[str, CellError] = {}
    for text, times in Counter(cells).items():
        if text and is_nothing(column, text):
            blanks[text] += times
        try:
            read[text] = read_cell(column, text, factor=use.factor, days=use.days)
        except CellError as error:
            read[text], wrong[text] = None, error
    if wrong:
        problems += [
            Problem(row, use.header, text, wrong[text].text, wrong[text].mend)
            for row, text in zip(table.numbers.tolist(), cells, strict=True)
            if text in wrong
        ]
    return [read[text] for text in cells]
