"""One thing wrong with one cell of a file: where, what, and how to mend it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from geo.text import Text

MOST_TOLD = 50
"""Problems that are listed one by one; the others are counted."""
PLACE = "经度/纬度"
"""Stands for the columns, or the shape, that say where a row is."""
_SHOWN = 60
"""Characters of a cell that a message has room for."""
_PLAIN = Text("", "")


@dataclass(frozen=True, slots=True)
class Problem:
    """What a person must mend.

    Attributes
    ----------
    row : int
        Row number as counted in the file; 0 for the file as a whole.
    column : str
        Header as it stands in the file.
    value : str
        What stands there.
    text : Text
        What is wrong.
    mend : Text
        What to do.
    sheet : str
        Sheet the row stands in, where a file has several.
    file : str
        The file; empty where only one can be meant.
    field : Text
        What the column is to us, where its header does not say so itself.
    """

    row: int
    column: str
    value: str
    text: Text
    mend: Text
    sheet: str = ""
    file: str = ""
    field: Text = _PLAIN

    @property
    def line(self) -> Text:
        """The problem as one line."""
        where = (
            Text(f"第 {self.row} 行", f"Row {self.row}") if self.row else Text("整份文件", "File")
        )
        if self.sheet:
            where = Text(f"“{self.sheet}”{where.zh}", f"{where.en} of {self.sheet!r}")
        if self.file:
            where = Text(f"{self.file} {where.zh}", f"{self.file}: {where.en}")
        shown = self.value if len(self.value) <= _SHOWN else f"{self.value[:_SHOWN]}…"
        column = Text(self.column, self.column)
        if self.field.zh:
            column = Text(f"{self.column}（{self.field.zh}）", f"{self.column} ({self.field.en})")
        return Text(
            f"{where.zh}，{column.zh}“{shown}”：{self.text.zh}{self.mend.zh}",
            f"{where.en}, {column.en} {shown!r}: {self.text.en} {self.mend.en}",
        )


def first_lines(problems: Sequence[Problem]) -> list[Text]:
    """Return problems as lines: the first MOST_TOLD of them, and how many more there are."""
    lines = [problem.line for problem in problems[:MOST_TOLD]]
    more = len(problems) - len(lines)
    if more:
        lines.append(Text(f"……另有 {more:,} 处问题。", f"... and {more:,} more problems."))
    return lines
