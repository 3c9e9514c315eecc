"""A file's rows under its own headers, with all that was decided on the way there."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.words.cell_problem import Problem
from geo.errors import BadInputError
from geo.text import Text

TABLE_STEP = 10_000_000
"""Rows of the second table of a file are numbered from here on, of the third from twice that."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row that is no record.

    Attributes
    ----------
    row : int
        As numbered in :class:`Table`.
    why : Text
        A total, a note, a repeated header.
    shown : str
        What stands in it, cut short.
    """

    row: int
    why: Text
    shown: str


@dataclass(frozen=True, slots=True)
class TableSeen:
    """One sheet, map layer or file of an archive.

    Attributes
    ----------
    name : str
        Its name.
    read : bool
        Whether its rows are read.
    why : Text
        Why it was chosen or passed over.
    """

    name: str
    read: bool
    why: Text


class UnclearTableError(BadInputError):
    """A file of several tables of which one must be chosen.

    Attributes
    ----------
    names : tuple[str, ...]
        The tables that may be meant.
    """

    def __init__(self, text: Text, names: tuple[str, ...]) -> None:
        super().__init__(text)
        self.names = names


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows of a file before they are judged.

    Attributes
    ----------
    cells : DataFrame
        Text under the file's own headers, clean and stripped.
    numbers : (n,) int64
        Row numbers as a person counts them in the file; see TABLE_STEP.
    geometry : (n,) object | None
        Shapes of a map file (EPSG:4326 or `datum` degrees); None for a table with coordinates.
    header_row : int | None
        Where the headers stand; None in a map file.
    left_out : tuple[LeftOut, ...]
        Rows that are no records.
    faults : tuple[Problem, ...]
        Cells and rows that cannot be read as they stand.
    tables : tuple[TableSeen, ...]
        Every table of the file.
    encoding, separator, crs : Text | None
        What was decided, and how.
    cut : bool
        Whether headers may be cut at ten letters (.dbf).
    words : str
        Titles and notes, where a datum may be named.
    remarks : tuple[Text, ...]
        What else to know.
    """

    cells: pd.DataFrame
    numbers: NDArray[np.int64]
    geometry: NDArray[np.object_] | None = None
    header_row: int | None = None
    left_out: tuple[LeftOut, ...] = ()
    faults: tuple[Problem, ...] = ()
    tables: tuple[TableSeen, ...] = field(default_factory=tuple)
    encoding: Text | None = None
    separator: Text | None = None
    crs: Text | None = None
    cut: bool = False
    words: str = ""
    remarks: tuple[Text, ...] = ()

    def place(self, number: int) -> tuple[str, int]:
        """Return the sheet (empty where the file has one) and row a person finds `number` at."""
        which, row = divmod(int(number), TABLE_STEP)
        read = [seen.name for seen in self.tables if seen.read]
        return (read[which] if len(read) > 1 else ""), row

    def row_name(self, number: int) -> Text:
        """Return how a person finds the row `number`."""
        sheet, row = self.place(number)
        if sheet:
            return Text(f"“{sheet}”第 {row} 行", f"row {row} of {sheet!r}")
        return Text(f"第 {row} 行", f"row {row}")
