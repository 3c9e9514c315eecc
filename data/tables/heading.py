"""The header of a table: the row, or rows, among the first that name most known columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from data.tables.answers import Answers
from data.tables.cell_text import clean
from data.tables.raw_table import Merge, RawTable
from data.words.coordinates import degrees_of
from data.words.header_words import PLACES, datum_named, is_fill_in_rule, read_header
from data.words.headers import header_key
from data.words.settling import see_template
from data.words.typed_numbers import factor_of
from geo.errors import BadInputError
from geo.layers.columns import Layer
from geo.text import Text

LEAST_FIELDS = 2
"""Headers that must be known in a row to be the header: one may be chance."""

_HEADER_WITHIN = 30
"""Rows: titles and notes stand above a header, seldom more than these."""
_MOST_EXPLAINING = 2
"""Rows beneath a header that explain it: units, an example."""
_SIDEWAYS_FIELDS = 3
"""Known names down a column before a table is taken to lie on its side."""


@dataclass(frozen=True)
class HeaderRow:
    """Where the header stands, rows from 0, and what it says of each column."""

    top: int
    bottom: int
    labels: list[str]


def known_fields(layer: Layer, row: Sequence[str], answers: Answers) -> int:
    """Return how many cells of a row are headers of `layer` or named in the answers."""
    cells = [clean(cell).strip() for cell in row]
    return sum(
        cell in answers.columns or read_header(layer, cell).field is not None
        for cell in cells
        if cell
    )


def headers_in(layer: Layer, raw: RawTable, answers: Answers) -> list[str]:
    """Return the headers of a table, none if there is no header row."""
    heading = find_heading(layer, raw, answers)
    return [] if heading is None else [label for label in heading.labels if label]


def find_heading(layer: Layer, raw: RawTable, answers: Answers) -> HeaderRow | None:
    """Return the row, or the two rows, among the first that show most known headers."""
    rows = [[clean(cell).strip() for cell in row] for row in raw.rows[:_HEADER_WITHIN]]
    counts = [known_fields(layer, row, answers) for row in rows]
    found = _two_rows(layer, raw, rows, counts, answers)
    if found is None and counts and max(counts) >= LEAST_FIELDS:
        top = counts.index(max(counts))
        found = HeaderRow(top, top, rows[top])
    return None if found is None else _with_explanations(layer, rows, found)


def check_shape(layer: Layer, raw: RawTable, heading: HeaderRow | None, file: str) -> HeaderRow:
    """Return `heading`; raise BadInputError where there is none, saying what the sheet looks like.

    A table on its side and a form (a label, beside it its value) are no lists.
    """
    rows = [[clean(cell).strip() for cell in row] for row in raw.rows[:_HEADER_WITHIN]]
    known = [[read_header(layer, cell).field is not None for cell in row] for row in rows]
    across = 0 if heading is None else _fields_across(layer, heading.labels)
    down = sum(row[0] for row in known if row)
    if down >= _SIDEWAYS_FIELDS and down > across:
        labels_elsewhere = sum(any(row[1:]) for row in known)
        raise _form(file) if labels_elsewhere >= LEAST_FIELDS else _sideways(file)
    below = known[heading.bottom + 1 :] if heading is not None else []
    if across <= LEAST_FIELDS and sum(sum(row) >= LEAST_FIELDS for row in below):
        raise _form(file)
    if heading is None:
        raise _no_header(layer, file)
    return heading


def _fields_across(layer: Layer, labels: Sequence[str]) -> int:
    return sum(read_header(layer, label).field is not None for label in labels if label)


def _two_rows(
    layer: Layer, raw: RawTable, rows: list[list[str]], counts: list[int], answers: Answers
) -> HeaderRow | None:
    """Return a header over two rows that shows more than either of them."""
    best, found = max([LEAST_FIELDS - 1, *counts]), None
    for top in range(len(rows) - 1):
        lower = rows[top + 1]
        if any(cell and degrees_of(cell) == degrees_of(cell) for cell in lower):
            continue
        upper = _across(rows[top], raw.merges, top)
        width = max(len(upper), len(lower))
        pairs = zip(
            [*upper, *[""] * (width - len(upper))],
            [*lower, *[""] * (width - len(lower))],
            strict=True,
        )
        labels = [_joined(layer, *pair) for pair in pairs]
        count = known_fields(layer, labels, answers)
        if count > best:
            best, found = count, HeaderRow(top, top + 1, labels)
    return found


def _across(row: list[str], merges: Sequence[Merge], number: int) -> list[str]:
    """Return a header row with merged cells filled to the right."""
    filled = list(row)
    for merge in merges:
        if merge.top == number and merge.right > merge.left and merge.left < len(row):
            filled += [""] * (merge.right + 1 - len(filled))
            filled[merge.left : merge.right + 1] = [row[merge.left]] * (
                merge.right + 1 - merge.left
            )
    return filled


def _joined(layer: Layer, upper: str, lower: str) -> str:
    """Return one label for a header over two rows."""
    if not upper or not lower or header_key(upper) == header_key(lower):
        return upper or lower
    plain_upper = re.sub(r"[()（）\[\]【】]", " ", upper).strip()
    if read_header(layer, lower).field is not None:
        return f"{lower}（{plain_upper}）" if datum_named(upper) is not None else lower
    return (
        f"{upper}（{lower}）" if read_header(layer, upper).field is not None else f"{upper} {lower}"
    )


def _with_explanations(layer: Layer, rows: list[list[str]], heading: HeaderRow) -> HeaderRow:
    """Take rows beneath the header to it that explain it: another language, units, how to fill in."""
    for _ in range(_MOST_EXPLAINING):
        below = rows[heading.bottom + 1 : heading.bottom + 2]
        if not below:
            break
        pairs = list(zip(heading.labels, below[0], strict=False))
        said = [(label, cell) for label, cell in pairs if cell]
        if any(below[0][len(heading.labels) :]) or not said:
            break
        if _are_units(layer, said):
            labels = [f"{label}（{cell}）" if cell else label for label, cell in pairs]
            labels += heading.labels[len(labels) :]
            heading = replace(heading, bottom=heading.bottom + 1, labels=labels)
        elif _are_translations(layer, said) or _are_rules(said):
            heading = replace(heading, bottom=heading.bottom + 1)
        else:
            break
    return heading


def _are_units(layer: Layer, said: Sequence[tuple[str, str]]) -> bool:
    """Whether every filled cell names a unit of its column."""
    fields = [(read_header(layer, label).field, header_key(cell)) for label, cell in said]
    return all(
        field is not None and not unit.isdigit() and factor_of(field, unit) is not None
        for field, unit in fields
    )


def _are_translations(layer: Layer, said: Sequence[tuple[str, str]]) -> bool:
    """Whether a row names the columns once more, in other words."""
    same = [
        header_key(label) == header_key(cell)
        or (
            (found := read_header(layer, cell).field) is not None
            and found == read_header(layer, label).field
        )
        for label, cell in said
    ]
    coordinates = [cell for label, cell in said if read_header(layer, label).field in PLACES]
    return (
        sum(same) >= LEAST_FIELDS
        and 2 * sum(same) > len(same)
        and not any(mark.isdigit() for cell in coordinates for mark in cell)
    )


def _are_rules(said: Sequence[tuple[str, str]]) -> bool:
    """Whether a row says how to fill in the columns: 必填, 文本, 十进制度."""
    return len(said) >= LEAST_FIELDS and all(is_fill_in_rule(cell) for _, cell in said)


def _sideways(file: str) -> BadInputError:
    return BadInputError(
        Text(
            f"{file}：表像是横着放的（列名在第一列，一列是一个站点）。请在 Excel 中复制，选择性粘贴 → 转置，"
            "使一行是一个站点，再导入。",
            f"{file}: the table lies on its side (names in the first column). Transpose it in Excel "
            "(paste special), so that a row is a record.",
        )
    )


def _form(file: str) -> BadInputError:
    return BadInputError(
        Text(
            f"{file}：像是登记表（一格是项目，旁边一格是内容），不是一行一个站点的表。请把各份登记表汇总成一张表，"
            "第一行写列名，再导入。",
            f"{file}: looks like a form (a label and beside it its value), not a list. Put the forms "
            "together in one table with a row each under a header.",
        )
    )


def _no_header(layer: Layer, file: str) -> BadInputError:
    wanted = "、".join(column.text.zh for column in layer.columns[:4])
    how = see_template(layer.name)
    return BadInputError(
        Text(
            f"{file}：前 {_HEADER_WITHIN} 行找不到表头（应有 {wanted}、经度、纬度 等）。"
            f"可{how.zh}。",
            f"{file}: no header row in the first {_HEADER_WITHIN} rows ({how.en}).",
        )
    )
