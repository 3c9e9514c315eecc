"""A table as it stands in a file, before anybody knows which row is the header."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from geo.text import Text


class Merge(NamedTuple):
    """A merged range of cells, rows and columns from 0, both ends included."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def name(self) -> str:
        """The range as Excel writes it, such as F2:F4."""
        return f"{letters(self.left)}{self.top + 1}:{letters(self.right)}{self.bottom + 1}"


@dataclass(frozen=True, kw_only=True)
class RawTable:
    """Rows of text cells.

    Attributes
    ----------
    name : str
        Of the sheet or of the file in an archive.
    rows : list[list[str]]
        Ragged; the first is row 1.
    numbers : list[int] | None
        Row numbers as a person counts them where they are not 1, 2, 3 (records over several
        lines).
    merges : tuple[Merge, ...]
        Merged ranges.
    faults : Mapping[tuple[int, int], Text]
        Cells (row, column from 0) that show something the file does not hold: errors, and
        formulas that were never computed.
    remarks : tuple[Text, ...]
        What to know about the table: hidden rows and columns.
    """

    name: str
    rows: list[list[str]]
    numbers: list[int] | None = None
    merges: tuple[Merge, ...] = ()
    faults: Mapping[tuple[int, int], Text] = field(default_factory=dict)
    remarks: tuple[Text, ...] = ()

    def number(self, position: int) -> int:
        """Return the number a person gives the row at `position`."""
        return position + 1 if self.numbers is None else self.numbers[position]


def letters(column: int) -> str:
    """Return a column counted from 0 as Excel names it: A, B, …, Z, AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
