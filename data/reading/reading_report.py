"""What was understood of a file, told before it counts: tables, columns, decisions, rows, changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd

from data.geometry.datum import Datum
from data.reading.column_plan import ColumnUse
from data.reading.differences import Differences
from data.reading.reading import Reading, UnclearFileError
from data.reading.reading_facts import (
    ColumnFacts,
    HoursFacts,
    LeftOutFacts,
    ProblemFacts,
    ReadingFacts,
    ReadingWords,
    TableFacts,
)
from data.tables.table import (
    LeftOut,
    Table,
    TableSeen,
    UnclearTableError,
)
from data.words.cell_problem import MOST_TOLD, Problem, first_lines
from data.words.headers import (
    CELL,
    LAT,
    LON,
    LONLAT,
)
from data.words.settling import field_name
from geo.hours import hours_text
from geo.layers.columns import INPUT_LAYERS, Layer
from geo.text import MOST_QUOTED, Language, Text

_SHOWN_CHANGES = 5
"""As many examples as a report has room for."""
_SHOWN_HOURS = 60
"""Characters of a cell that a line has room for."""
_TO_CHOOSE = Text("待选", "to be chosen")
_SPEAK_IT = {
    Datum.WGS84: "GPS、天地图、CGCS2000",
    Datum.GCJ02: "高德、腾讯",
    Datum.BD09: "百度",
}
"""Whose maps use a datum."""


@dataclass(frozen=True, kw_only=True)
class ReadingReport:
    """A file as it was understood.

    Attributes
    ----------
    layer : Layer
        What it is read as.
    table : Table
        How it was opened: its tables, header row, encoding, separator, reference system, and the
        rows that are no records.
    uses : tuple[ColumnUse, ...]
        What every column became.
    reading : Reading | None
        The rows judged; None where something must be settled first.
    differences : Differences | None
        Against the layer's present version; None where there is none.
    unclear : Text | None
        What must be settled first.
    """

    layer: Layer
    table: Table
    uses: tuple[ColumnUse, ...]
    reading: Reading | None = None
    differences: Differences | None = None
    unclear: Text | None = None

    @classmethod
    def of_unclear(cls, layer: Layer, error: UnclearFileError | UnclearTableError) -> ReadingReport:
        """Return the report of a file that could not be read yet, or whose table must be chosen."""
        if isinstance(error, UnclearFileError):
            return cls(layer=layer, table=error.table, uses=error.plan.uses, unclear=error.text)
        seen = tuple(TableSeen(name, read=False, why=_TO_CHOOSE) for name in error.names)
        table = Table(cells=pd.DataFrame(), numbers=np.zeros(0, np.int64), tables=seen)
        return cls(layer=layer, table=table, uses=(), unclear=error.text)

    @property
    def not_understood(self) -> tuple[ColumnUse, ...]:
        """Columns that are left out though nobody said so."""
        return tuple(use for use in self.uses if use.field is None and use.is_unknown)

    @cached_property
    def hours(self) -> list[HoursRead]:
        """How hours were understood, the most frequent first."""
        return [] if self.reading is None else hours_read(self.reading, self.layer.name)

    def lines(self) -> list[Text]:
        """Return the report in whole, as a person reads it."""
        return [
            *_tables(self.table.tables),
            *_decisions(self.table, self.reading),
            Text("列：", "Columns:"),
            *(_column(self.layer, use) for use in self.uses),
            *_hours(self.hours),
            *_rows(self.table, self.reading),
            *([] if self.reading is None else _judged(self.reading)),
            *([] if self.differences is None else _changes(self.differences)),
        ]

    def short_lines(self) -> list[Text]:
        """Return what of the report a real import says: all that somebody might regret."""
        told: list[Text] = []
        passed = [seen for seen in self.table.tables if not seen.read]
        if passed:
            told += _tables(self.table.tables)
        if self.not_understood:
            zh = "、".join(f"“{use.header}”" for use in self.not_understood)
            en = ", ".join(repr(use.header) for use in self.not_understood)
            told.append(
                Text(f"未识别、没有导入的列：{zh}。", f"Columns not known and left out: {en}.")
            )
        told += [
            _column(self.layer, use)
            for use in self.uses
            if use.field is not None and (use.unit or use.datum or use.days or use.why.zh)
        ]
        told += _hours(self.hours)
        told += _left_out(self.table)
        if self.reading is not None:
            told += first_lines(self.reading.doubts)
        if self.differences is not None:
            told += _changes(self.differences)[:1]
        return told

    def facts(self, language: Language | str) -> ReadingFacts:
        """Return the report for a program, texts in `language`."""
        reading, differences = self.reading, self.differences
        return ReadingFacts(
            tables=[
                TableFacts(name=seen.name, read=seen.read, why=seen.why.into(language))
                for seen in self.table.tables
            ],
            header_row=self.table.header_row,
            encoding=_said(self.table.encoding, language),
            separator=_said(self.table.separator, language),
            crs=_said(self.table.crs, language),
            datum=None if reading is None else str(reading.datum),
            datum_why=None if reading is None else reading.datum_why.into(language),
            columns=[_column_facts(self.layer, use, language) for use in self.uses],
            hours=[
                HoursFacts(
                    column=one.header,
                    written=one.written,
                    stored=one.stored,
                    means=one.means.into(language),
                    rows=one.rows,
                )
                for one in self.hours[:MOST_TOLD]
            ],
            not_understood=[use.header for use in self.not_understood],
            left_out=[
                LeftOutFacts(row=one.row, why=one.why.into(language), shown=one.shown[:MOST_QUOTED])
                for one in self.table.left_out[:MOST_TOLD]
            ],
            left_out_rows=len(self.table.left_out),
            doubts=[] if reading is None else problem_facts(reading.doubts, language),
            doubts_in_all=0 if reading is None else len(reading.doubts),
            differences=None if differences is None else differences.facts(),
            unclear=_said(self.unclear, language),
            words=ReadingWords(
                decided=_words(_decisions(self.table, reading), language),
                left_out=_words(_left_out(self.table), language),
                changes=[] if differences is None else _words(_changes(differences), language),
            ),
            fields={
                field: field_name(self.layer, field).into(language)
                for field in (
                    LON,
                    LAT,
                    LONLAT,
                    CELL,
                    *(column.name for column in self.layer.columns),
                )
            },
        )


def _column_facts(layer: Layer, use: ColumnUse, language: Language | str) -> ColumnFacts:
    return ColumnFacts(
        header=use.header,
        field=use.field,
        name=None if use.field is None else field_name(layer, use.field).into(language),
        unit=use.unit or None,
        times=use.factor,
        datum=None if use.datum is None else str(use.datum),
        days=use.days or None,
        example=use.example,
        why=use.why.into(language) or None,
        nearest=use.nearest,
    )


def _said(text: Text | None, language: Language | str) -> str | None:
    return None if text is None else text.into(language)


def _words(told: Sequence[Text], language: Language | str) -> list[str]:
    return [one.into(language).strip() for one in told]


def problem_facts(problems: Sequence[Problem], language: Language | str) -> list[ProblemFacts]:
    """Return the first problems for a program, texts in `language`."""
    return [
        ProblemFacts(
            file=one.file or None,
            sheet=one.sheet or None,
            row=one.row,
            column=one.column,
            field=one.field.into(language) or None,
            value=one.value[:MOST_QUOTED],
            problem=one.text.into(language),
            mend=one.mend.into(language),
        )
        for one in problems[:MOST_TOLD]
    ]


def _tables(tables: Sequence[TableSeen]) -> list[Text]:
    if len(tables) == 1 and tables[0].read:
        return []
    read = Text("读", "read"), Text("不读", "not read")
    return [
        Text(
            f"表“{seen.name}”：{read[not seen.read].zh}（{seen.why.zh}）",
            f"Table {seen.name!r}: {read[not seen.read].en} ({seen.why.en})",
        )
        for seen in tables
    ]


def _decisions(table: Table, reading: Reading | None) -> list[Text]:
    told = [how for how in (table.encoding, table.separator) if how is not None]
    if table.header_row is not None:
        row = table.header_row
        told.append(Text(f"表头在第 {row} 行", f"header in row {row}"))
    if table.crs is not None:
        told.append(Text(f"坐标系：{table.crs.zh}", f"reference system: {table.crs.en}"))
    if reading is not None:
        why = reading.datum_why
        told.append(
            Text(
                f"坐标按 {reading.datum}（{_SPEAK_IT[reading.datum]}；{why.zh}）",
                f"datum {reading.datum} ({why.en})",
            )
        )
    decided = [
        Text("；".join(one.zh for one in told) + "。", "; ".join(one.en for one in told) + ".")
    ]
    return decided + list(table.remarks) if told else list(table.remarks)


def _column(layer: Layer, use: ColumnUse) -> Text:
    """Return one column as a line: header, field, unit, datum and an example."""
    like = (
        Text(f"，如“{use.example}”", f", such as {use.example!r}") if use.example else Text("", "")
    )
    why = Text(f"（{use.why.zh}）", f" ({use.why.en})") if use.why.zh else Text("", "")
    if use.field is None:
        near = use.nearest
        hint = Text(f"，最接近的是 {near}", f", nearest is {near}") if near else Text("", "")
        return Text(
            f"  {use.header} → 不导入{why.zh}{hint.zh}{like.zh}",
            f"  {use.header} -> left out{why.en}{hint.en}{like.en}",
        )
    name = field_name(layer, use.field)
    more_zh, more_en = [], []
    if use.factor != 1.0:
        more_zh.append(f"单位{use.unit}，乘以 {use.factor:,.0f}")
        more_en.append(f"in {use.unit}, times {use.factor:,.0f}")
    if use.datum is not None:
        more_zh.append(f"{use.datum} 坐标")
        more_en.append(f"in {use.datum}")
    if use.days:
        more_zh.append(f"{use.days} 的时间")
        more_en.append(f"on {use.days}")
    extra = Text("，".join(["", *more_zh]), ", ".join(["", *more_en]))
    return Text(
        f"  {use.header} → {name.zh}（{use.field}）{extra.zh}{why.zh}{like.zh}",
        f"  {use.header} -> {name.en} ({use.field}){extra.en}{why.en}{like.en}",
    )


def _hours(read: Sequence[HoursRead]) -> list[Text]:
    """Say how the most frequent hours were understood."""
    if not read:
        return []
    shown = [
        Text(
            f"  “{one.written[:_SHOWN_HOURS]}” → {one.means.zh}（{one.rows:,} 行）",
            f"  {one.written[:_SHOWN_HOURS]!r} -> {one.means.en} ({one.rows:,} rows)",
        )
        for one in read[:_SHOWN_CHANGES]
    ]
    more = len(read) - len(shown)
    if more:
        shown.append(Text(f"  ……另有 {more:,} 种写法。", f"  ... and {more:,} more."))
    return [Text("时间读作：", "Hours are understood as:"), *shown]


def _left_out(table: Table) -> list[Text]:
    """Say which rows are no records, by reason."""
    by_reason: dict[Text, list[LeftOut]] = {}
    for one in table.left_out:
        by_reason.setdefault(one.why, []).append(one)
    told = []
    for why, rows in by_reason.items():
        where = "、".join(table.row_name(one.row).zh for one in rows[:_SHOWN_CHANGES])
        where_en = ", ".join(table.row_name(one.row).en for one in rows[:_SHOWN_CHANGES])
        more = "等" if len(rows) > _SHOWN_CHANGES else ""
        told.append(
            Text(
                f"略过 {len(rows)} 行{why.zh}：{where}{more}（{rows[0].shown[:30]}）。",
                f"{len(rows)} rows left out, {why.en}: {where_en} ({rows[0].shown[:30]}).",
            )
        )
    return told


def _rows(table: Table, reading: Reading | None) -> list[Text]:
    if reading is None:
        return _left_out(table)
    bad = len(reading.rejects)
    return [
        Text(
            f"共 {reading.rows:,} 行：可用 {reading.rows - bad:,}，有问题 {bad:,}。",
            f"{reading.rows:,} rows: {reading.rows - bad:,} good, {bad:,} bad.",
        ),
        *_left_out(table),
    ]


def _judged(reading: Reading) -> list[Text]:
    told = first_lines(reading.problems)
    if reading.problems:
        columns = Counter(problem.column or "-" for problem in reading.problems).most_common()
        zh = "；".join(f"{column} {count:,} 处" for column, count in columns)
        en = "; ".join(f"{column} {count:,}" for column, count in columns)
        told.insert(0, Text(f"问题按列：{zh}。", f"Problems by column: {en}."))
    if reading.doubts:
        told += [
            Text("请核对（仍会导入）：", "To be checked (imported all the same):"),
            *first_lines(reading.doubts),
        ]
    return told


def _changes(differences: Differences) -> list[Text]:
    told = [differences.text]
    present = differences.removed + differences.same + len(differences.moved) + differences.changed
    if 2 * differences.removed > present:
        told.append(
            Text(
                f"注意：导入会替换整个图层，现有 {differences.removed:,} 行不在这份文件里，导入后就没有了；只想补充，"
                "请把新旧名单合成一份再导入。",
                f"Note that an import replaces the layer: {differences.removed:,} present rows are not in "
                "this file and will be gone. To add rows, put both lists into one file.",
            )
        )
    for identity, moved_m in differences.moved[:_SHOWN_CHANGES]:
        told.append(
            Text(f"  {identity} 移动 {moved_m:,.0f} 米", f"  {identity} moved {moved_m:,.0f} m")
        )
    return told


class HoursRead(NamedTuple):
    """One way hours are written in a file.

    Attributes
    ----------
    header : str
        Of its column, or columns where every kind of day has one.
    written : str
        As it stands there.
    stored : str
        In OSM syntax.
    means : Text
        In words.
    rows : int
        Rows that say so.
    """

    header: str
    written: str
    stored: str
    means: Text
    rows: int


def hours_read(reading: Reading, layer: str) -> list[HoursRead]:
    """Return the different hours of the good rows, the most frequent first."""
    good = ~np.isin(reading.table.numbers, reading.rejects.index.to_numpy())
    found: list[HoursRead] = []
    for column in INPUT_LAYERS[layer].columns:
        uses = reading.plan.all_of(column.name) if column.dtype == "hours" else ()
        if not uses:
            continue
        header = " / ".join(use.header for use in uses)
        cells = [reading.table.cells[use.header].to_numpy()[good].tolist() for use in uses]
        written = [" / ".join(parts) for parts in zip(*cells, strict=True)]
        pairs = Counter(zip(written, reading.good[column.name].tolist(), strict=True))
        found += [
            HoursRead(header, text, stored, hours_text(stored), rows)
            for (text, stored), rows in pairs.most_common()
            if stored
        ]
    return found
