"""The rows beneath the header that are records, told from totals, notes and other tables."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import zip_longest

import numpy as np
import pandas as pd

from data.tables.answers import Answers
from data.tables.cell_text import clean, has_unseen, typed_text, unseen_text
from data.tables.heading import LEAST_FIELDS, check_shape, find_heading
from data.tables.raw_table import RawTable, letters
from data.tables.table import LeftOut, Table
from data.words.cell_problem import Problem
from data.words.header_words import PLACES, read_header
from data.words.headers import CELL, header_key
from data.words.typed_numbers import narrow
from geo.errors import BadInputError
from geo.layers.columns import Layer
from geo.text import Text

EXAMPLE_MARK = "示例-"
"""Ids of a template's example rows begin with this; they are never imported."""
_SHOWN = 40
"""Characters of a cell that a message has room for."""
_TOTAL = re.compile(
    r"(?:合|总|小|共|累)计(?:[(:].*)?|(?:(?:合|总|小|共|累)计|共)\D?\d+[个处家座人名].*|总数|平均|.{1,12}(?:小计|合计|总计|计数|平均值|汇总)|总(?:计数|平均值)|(?:grand)?totals?|sub-?totals?|sum",
    re.IGNORECASE,
)
_TOTAL_MARK = re.compile(r"[计数平]|^共\d|to|su|gr", re.IGNORECASE)
_TOTAL_LENGTH = 20
"""Characters: 合计 and what stands with it is short, a name with those words is longer."""
_NOTE = re.compile(
    r"[(\[【]?(?:注|备注|说明|填表|制表|填报|审核|复核|报送|联系人|负责人|数据来源|来源|截至|截止|日期|附|打印|单位|※|\*|—|-{2,}"
    r"|\d{1,2}[、.．)])"
)
_SIGNATURE = re.compile(
    r"[(\[]?(?:单位)?(?:填表|制表|填报|审核|审批|复核|报送|经办|统计|录入|负责|分管领导|联系)[人员者]?(?:\(?(?:签字|签名|盖章)\)?)?:"
)
_RULE = re.compile(r"[:+]?[-=_*]{2,}[:+]?")
"""Dashes that programs draw below headers and between rows."""
_EXAMPLES = frozenset(
    {"示例", "例", "例如", "样例", "举例", "填写示例", "填报示例", "(示例)", "(例)"}
)
_LAST_ROWS = 6
"""Sums and signatures stand within so many rows of the end."""
_UNMISTAKABLE = re.compile(r"坐标|gcj|bd-?09|wgs|cgcs|西安 ?80|北京 ?54", re.IGNORECASE)
_ADDED_UP = frozenset({"workers", "women_35_59", "population", "cost_cny", "weight", "buses"})
_WIDE_SHARE = 2
"""A merged cell over more than half of the columns is a title, no value."""


def tabulate(layer: Layer, raw: RawTable, file: str, answers: Answers) -> Table:
    """Find the header and the records beneath it.

    Raises
    ------
    BadInputError
        If there is no header among the first rows, or two columns that count have one name.
    """
    heading = check_shape(layer, raw, find_heading(layer, raw, answers), file)
    first = heading.bottom + 1
    fixed = raw.numbers is not None
    above = [cell for row in raw.rows[: heading.top] for cell in row]
    body = raw.rows[first:]
    # The table lives on in its columns: hundreds of megabytes need not be held twice.
    raw.rows.clear()
    width = len(heading.labels) if fixed else max([len(heading.labels), *map(len, body)])
    faults = _too_wide(raw, body, first, len(heading.labels)) if fixed else []
    cells, unseen = _by_column(body, width)
    labels = [*heading.labels, *[""] * (width - len(heading.labels))]
    faults += _fill_merges(layer, raw, cells, first, labels)
    fields = _fields(layer, labels, answers)
    keep, left_out = _records(raw, cells, first, fields, labels)
    _refuse_beside(layer, file, cells, keep, labels)
    columns = _columns(layer, file, cells, keep, labels, answers)
    numbers = np.array([raw.number(first + row) for row in keep], np.int64)
    faults += _unreadable(raw, first, set(keep), labels)
    notes = [one.shown for one in left_out]
    around = " ".join(text for text in (*above, *notes) if _UNMISTAKABLE.search(text))
    return Table(
        cells=pd.DataFrame(columns, dtype=object, index=range(len(keep))),
        numbers=numbers,
        header_row=raw.number(heading.top),
        left_out=tuple(left_out),
        faults=tuple(faults),
        words=around,
        remarks=(*raw.remarks, *unseen_text(unseen)),
    )


def _by_column(body: list[list[str]], width: int) -> tuple[list[list[str]], int]:
    """Turn rows into `width` columns of clean cells; say how many cells held unseen characters.

    The rows are used up on the way.
    """
    rows = len(body)
    raw = list(zip_longest(*body, fillvalue=""))[:width]
    body.clear()
    cleaned = [_clean_column(column) for column in raw]
    columns = [_held_once(cells) for cells, _ in cleaned]
    columns += [[""] * rows for _ in range(width - len(columns))]
    return columns, sum(found for _, found in cleaned)


def _held_once(cells: list[str]) -> list[str]:
    """Return `cells` with equal ones as one object in memory, where they repeat often."""
    held = dict(zip(cells, cells, strict=True))
    return list(map(held.__getitem__, cells)) if len(held) * 2 < len(cells) else cells


def _clean_column(cells: Sequence[str]) -> tuple[list[str], int]:
    # Most columns hold nothing to clean: one look at the whole column tells.
    joined = "".join(cells)
    if not joined.isprintable():
        return [clean(cell).strip() for cell in cells], sum(map(has_unseen, cells))
    return [cell.strip() for cell in cells] if " " in joined else list(cells), 0


def _fields(layer: Layer, labels: Sequence[str], answers: Answers) -> dict[str, int]:
    """Return where each field stands."""
    found: dict[str, int] = {}
    for position, label in enumerate(labels):
        field = answers.columns.get(label) or read_header(layer, label).field
        if field is not None:
            found.setdefault(field, position)
    return found


def _too_wide(raw: RawTable, body: list[list[str]], first: int, width: int) -> list[Problem]:
    """Report rows with more cells than the header: a separator stands inside one of them."""
    return [
        Problem(
            raw.number(first + row),
            "",
            "、".join(cells[width:])[:_SHOWN],
            Text(
                f"有 {len(cells)} 格，表头只有 {width} 列，内容可能错位。",
                f"Has {len(cells)} cells under {width} headers; cells may have moved.",
            ),
            Text("含分隔符的内容请加英文双引号。", "Put cells that hold the separator in quotes."),
        )
        for row, cells in enumerate(body)
        if any(cells[width:])
    ]


def _fill_merges(
    layer: Layer, raw: RawTable, columns: list[list[str]], first: int, labels: Sequence[str]
) -> list[Problem]:
    """Give every row of a merged range its value, as Excel shows it; amounts are not shared out."""
    faults: list[Problem] = []
    for merge in raw.merges:
        if merge.top < first or merge.left >= len(labels):
            continue
        column, label = columns[merge.left], labels[merge.left]
        top, bottom = merge.top - first, min(merge.bottom - first, len(column) - 1)
        if bottom <= top:
            continue
        value = column[top]
        if value and read_header(layer, label).field in _ADDED_UP:
            faults += [
                Problem(
                    raw.number(first + row),
                    label,
                    value,
                    Text(
                        f"合并单元格 {merge.name} 的数量不知如何分到各行。",
                        f"How to share out the merged range {merge.name} is not known.",
                    ),
                    Text("请取消合并，每行写各自的数。", "Unmerge it and give every row its own."),
                )
                for row in range(top, bottom + 1)
            ]
            continue
        column[top : bottom + 1] = [value] * (bottom + 1 - top)
    return faults


def _records(
    raw: RawTable,
    columns: Sequence[Sequence[str]],
    first: int,
    fields: dict[str, int],
    labels: Sequence[str],
) -> tuple[list[int], list[LeftOut]]:
    """Tell records from totals, notes, repeated headers and examples."""
    places = [columns[fields[field]] for field in (*PLACES, CELL) if field in fields]
    name = fields.get("name")
    wide = {
        merge.top - first
        for merge in raw.merges
        if (merge.right - merge.left + 1) * _WIDE_SHARE > len(labels)
    }
    keys = [header_key(label) for label in labels]
    starts = {*keys, *labels}
    key = fields.get("id", fields.get("adcode"))
    example = None if key is None else columns[key]
    said = [""] * len(columns[0]) if name is None else columns[name]
    left_out: list[LeftOut] = []
    for row in _to_look_at(columns, starts, places, said, example):
        cells = [column[row] for column in columns]
        filled = [cell for cell in cells if cell]
        if not filled:
            left_out.append(LeftOut(row, _EMPTY, ""))
            continue
        if all(_RULE.fullmatch(cell) for cell in filled):
            left_out.append(LeftOut(row, _IS_RULE, " ".join(filled)[:_SHOWN]))
            continue
        if narrow(filled[0]) in _EXAMPLES or (
            example is not None and example[row].startswith(EXAMPLE_MARK)
        ):
            why: Text | None = _EXAMPLE
        elif _SIGNATURE.match("".join(narrow(filled[0]).split())):
            why = _IS_NOTE
        elif _is_total(filled[0], said[row]):
            why = _IS_TOTAL
        elif any(place[row] for place in places) and not _repeats(cells, keys):
            why = None
        else:
            why = _why_no_record(cells, filled, keys, name, wide_merge=row in wide)
        if why is not None:
            left_out.append(LeftOut(row, why, " ".join(filled)[:200]))
    gone = {one.row for one in left_out}
    keep = [row for row in range(len(said)) if row not in gone] if gone else list(range(len(said)))
    told = [
        replace(one, row=raw.number(first + one.row)) for one in left_out if one.why is not _EMPTY
    ]
    return keep, told


def _to_look_at(
    columns: Sequence[Sequence[str]],
    starts: Collection[str],
    places: Sequence[Sequence[str]],
    names: Sequence[str],
    ids: Sequence[str] | None,
) -> list[int]:
    """Return the rows that may be no records; all others have a place and begin like a record.

    Columns are looked at whole first: of a hundred thousand rows hardly one is no record.
    """
    odd = {row for row, cell in enumerate(columns[0]) if not cell or cell in starts}
    odd |= {0, *range(len(names) - _LAST_ROWS, len(names))} & set(range(len(names)))
    odd |= set.intersection(
        set(range(len(names))),
        *({row for row, cell in enumerate(place) if not cell} for place in places),
    )
    for column in (columns[0], names):
        if _TOTAL_MARK.search("".join(column)):
            odd |= {row for row, cell in enumerate(column) if _may_be_total(cell)}
    if ids is not None and EXAMPLE_MARK in "".join(ids):
        odd |= {row for row, cell in enumerate(ids) if cell.startswith(EXAMPLE_MARK)}
    return sorted(odd)


def _repeats(cells: Sequence[str], keys: Sequence[str]) -> bool:
    """Whether a row is the header over again."""
    same = [header_key(cell) == key for cell, key in zip(cells, keys, strict=True) if cell]
    return len(same) >= LEAST_FIELDS and all(same)


def _is_total(*cells: str) -> bool:
    """Whether a row adds others up, whatever else stands in it."""
    for cell in cells:
        if _may_be_total(cell):
            plain = "".join(narrow(cell).split()).rstrip(":")
            if _TOTAL.fullmatch(plain):
                return True
    return False


def _may_be_total(cell: str) -> bool:
    return len(cell) <= _TOTAL_LENGTH and _TOTAL_MARK.search(cell) is not None


def _why_no_record(
    cells: Sequence[str],
    filled: Sequence[str],
    keys: Sequence[str],
    name: int | None,
    *,
    wide_merge: bool,
) -> Text | None:
    """Return why a row without coordinates is no record; None if it is one with faults."""
    start = "".join(narrow(filled[0]).split())
    if _repeats(cells, keys):
        return _HEADER_AGAIN
    if wide_merge:
        return _IS_TITLE
    if len(filled) <= LEAST_FIELDS and _NOTE.match(start):
        return _IS_NOTE
    if len(filled) == 1 and (name is None or not cells[name]):
        return _ONE_CELL
    return None


def _refuse_beside(
    layer: Layer,
    file: str,
    columns: Sequence[Sequence[str]],
    keep: Sequence[int],
    labels: Sequence[str],
) -> None:
    """Refuse two tables beside each other: parts by empty columns, filled on different rows."""
    parts = _parts(columns, labels)
    if len(parts) == 1:
        return
    filled = [{row for row in keep if any(columns[one][row] for one in part)} for part in parts]
    known = [
        sum(read_header(layer, labels[one]).field is not None for one in part) for part in parts
    ]
    own = known.index(max(known))
    for part, rows, fields in zip(parts, filled, known, strict=True):
        if rows != filled[own] and (fields or rows - filled[own]):
            names = "、".join(labels[one] for one in part if labels[one])
            raise BadInputError(
                Text(
                    f"{file}：像有两张表并排放着（{letters(part[0])} 列起的“{names}”与前面的表行数不同）。"
                    "请分到两张工作表，或删去不要的一张。",
                    f"{file}: two tables seem to stand side by side (from column {letters(part[0])}: "
                    f"{names}). Put them on sheets of their own, or delete one.",
                )
            )


def _parts(columns: Sequence[Sequence[str]], labels: Sequence[str]) -> list[list[int]]:
    """Return runs of neighbouring columns between wholly empty ones."""
    parts: list[list[int]] = [[]]
    for one, (cells, label) in enumerate(zip(columns, labels, strict=True)):
        if label:
            parts[-1].append(one)
        elif parts[-1] and not any(cells):
            parts.append([])
    return [part for part in parts if part] or [[]]


def _columns(
    layer: Layer,
    file: str,
    columns: list[list[str]],
    keep: Sequence[int],
    labels: Sequence[str],
    answers: Answers,
) -> dict[str, list[str]]:
    """Return the cells by header; headers that count stand once."""
    found: dict[str, list[str]] = {}
    where: dict[str, int] = {}
    for position, label in enumerate(labels):
        cells = columns[position]
        if len(keep) < len(cells):
            cells = [cells[row] for row in keep]
        joined = "".join(cells)
        if "=" in joined or "'" in joined:
            cells = [typed_text(text) if text[:1] in {"=", "'"} else text for text in cells]
        if not label:
            if any(cells):
                found[f"（{letters(position)} 列无列名）"] = cells
            continue
        if label in found:
            if any(cells) and any(found[label]):
                if answers.columns.get(label) or read_header(layer, label).field is not None:
                    raise _twice(file, label, where[label], position)
                label = f"{label}（{letters(position)} 列）"  # noqa: PLW2901 - told apart by its place
            elif not any(cells):
                continue
        found[label] = cells
        where[label] = position
    return found


def _unreadable(raw: RawTable, first: int, kept: set[int], labels: Sequence[str]) -> list[Problem]:
    """Report cells that show what the file does not hold; those of other columns do not matter."""
    return [
        Problem(
            raw.number(row),
            labels[column],
            "",
            why,
            Text(
                "请在 Excel 中打开核对，改成数值后保存。", "Open it in Excel, mend it and save it."
            ),
        )
        for (row, column), why in sorted(raw.faults.items())
        if row - first in kept and column < len(labels) and labels[column]
    ]


def _twice(file: str, label: str, one: int, other: int) -> BadInputError:
    places = letters(one), letters(other)
    return BadInputError(
        Text(
            f"{file}：有两列都叫“{label}”（{places[0]} 列和 {places[1]} 列），不知用哪一列：请改名或删去一列。",
            f"{file}: two columns are called {label!r} ({places[0]} and {places[1]}): rename or "
            "delete one.",
        )
    )


_EMPTY = Text("空行", "empty")
_EXAMPLE = Text("模板示例", "example of the template")
_HEADER_AGAIN = Text("又一行表头", "the header again")
_IS_TOTAL = Text("合计行", "a total")
_IS_RULE = Text("分隔线", "a line drawn between rows")
_IS_TITLE = Text("标题行", "a title")
_IS_NOTE = Text("说明文字", "a note")
_ONE_CELL = Text("只有一格有内容", "only one cell is filled")
