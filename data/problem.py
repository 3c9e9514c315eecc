"""One thing wrong with one cell of a file: where, what, and how to mend it."""

from __future__ import annotations

from dataclasses import dataclass

from geo.text import Text


@dataclass(frozen=True, slots=True)
class Problem:
    """What a person must mend.

    Attributes
    ----------
    row : int
        Row number as counted in the file; 0 for the file as a whole.
    column : str
        Header in the file.
    value : str
        What stands there.
    text : Text
        What is wrong.
    mend : Text
        What to do.
    """

    row: int
    column: str
    value: str
    text: Text
    mend: Text

    @property
    def line(self) -> Text:
        """The problem as one line."""
        where = (
            Text(f"第 {self.row} 行", f"Row {self.row}") if self.row else Text("整份文件", "File")
        )
        return Text(
            f"{where.zh}，{self.column}“{self.value}”：{self.text.zh}{self.mend.zh}",
            f"{where.en}, {self.column} {self.value!r}: {self.text.en} {self.mend.en}",
        )
