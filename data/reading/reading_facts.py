"""What was understood of a file, as programs are told it: the JSON of the command and the service."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

StateWord = Literal["moved", "added", "removed", "changed", "same"]
"""What becomes of a row when a file replaces the layer that holds."""


class _Facts(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TableFacts(_Facts):
    """A sheet or table of the file."""

    name: str
    read: bool
    why: str = Field(description="Why it is read, or not")


class ColumnFacts(_Facts):
    """A column, and what it was taken for."""

    header: str = Field(description="As it stands in the file")
    field: str | None = Field(description="Column of the layer; null: not understood")
    name: str | None = Field(description="What people call that column")
    unit: str | None = Field(description="Unit it is written in, where it is another than ours")
    times: float = Field(description="What its values are multiplied by")
    datum: str | None = Field(description="Datum of its coordinates")
    days: str | None = Field(description="Days its hours are for")
    example: str = Field(description="A value of it")
    why: str | None = Field(description="Why it was taken for that")
    nearest: str | None = Field(description="Where not understood: the column it is most like")


class HoursFacts(_Facts):
    """A way opening hours are written in the file."""

    column: str
    written: str
    stored: str = Field(description="OSM opening_hours")
    means: str = Field(description="The same in words")
    rows: int = Field(description="In how many rows it stands")


class LeftOutFacts(_Facts):
    """A row that is no row of the layer: a title, a sum, a note."""

    row: int = Field(description="As counted in the file")
    why: str
    shown: str = Field(description="What stands in it")


class ProblemFacts(_Facts):
    """A cell that cannot be used, or one to be checked."""

    file: str | None
    sheet: str | None
    row: int = Field(description="As counted in the file; 0 is the file as a whole")
    column: str = Field(description="Header as it stands in the file")
    field: str | None = Field(description="What the column is to us")
    value: str = Field(description="What stands there")
    problem: str = Field(description="What is wrong")
    mend: str = Field(description="What to do")


class MoveFacts(_Facts):
    """A row that lies elsewhere than before."""

    id: str
    moved_m: float = Field(description="Metres from where it was")


class DifferenceFacts(_Facts):
    """How the file differs from the layer that holds."""

    version: int = Field(description="Of the layer that holds")
    added: int
    removed: int
    moved: int
    farthest_moves: list[MoveFacts]
    changed: int = Field(description="Rows in place with another cell")
    same: int


class ReadingWords(_Facts):
    """Sentences for people."""

    decided: list[str] = Field(description="What was decided on the way")
    left_out: list[str]
    changes: list[str]


class ReadingFacts(_Facts):
    """What was understood of a file."""

    tables: list[TableFacts]
    header_row: int | None = Field(description="As counted in the file")
    encoding: str | None
    separator: str | None
    crs: str | None
    datum: str | None
    datum_why: str | None
    columns: list[ColumnFacts]
    hours: list[HoursFacts]
    not_understood: list[str] = Field(description="Headers of columns that are left out")
    left_out: list[LeftOutFacts]
    left_out_rows: int
    doubts: list[ProblemFacts] = Field(description="To be checked, imported all the same")
    doubts_in_all: int
    differences: DifferenceFacts | None = Field(description="To the layer that holds")
    unclear: str | None = Field(description="What must be said before the file can be read")
    words: ReadingWords
    fields: dict[str, str] = Field(description="What people call each column of the layer")
