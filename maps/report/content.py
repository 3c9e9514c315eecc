"""What the committee's papers are made of, before any file format.

Every figure is a number with its kind, so that paper, sheet and slide show the same one.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from geo.text import Language, Text
from maps.numbers import count, index, percent
from maps.report.plain import printable

Value = str | Text | float | int | None
"""A cell: words, or a number that its column says how to read; None where it is not known."""

COSTS_MISSING = Text("费用不全", "not all costs stated")
"""What stands for a sum that would leave out a cost nobody has stated."""
TOTAL = Text("合计", "Total")


class ValueKind(StrEnum):
    """How a number reads."""

    TEXT = "text"
    COUNT = "count"
    YUAN = "yuan"
    SHARE = "share"
    INDEX = "index"


def shown(value: Value, kind: ValueKind, language: Language) -> str:
    """Return a cell as people read it and every file can hold it; a dash where it is not known."""
    if isinstance(value, str | Text):
        return printable(value if isinstance(value, str) else value.into(language))
    if kind is ValueKind.SHARE:
        return percent(value)
    if kind is ValueKind.INDEX:
        return index(value)
    return count(value)


def yuan(value: float | None) -> Text:
    """Return money in words; never a number where a cost is missing."""
    if value is None or math.isnan(value):
        return COSTS_MISSING
    return Text(f"{count(value)} 元", f"CNY {count(value)}")


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column of a table.

    Attributes
    ----------
    head : Text
        What it is, with its unit.
    kind : ValueKind
        How its cells read.
    adds : bool
        Whether its rows add up to a total.
    of : tuple[int, int] | None
        Of a share: the columns it is the first of by the second, so that a total has one too.
    wide : float
        How much room it takes beside the others.
    """

    head: Text
    kind: ValueKind = ValueKind.TEXT
    adds: bool = False
    of: tuple[int, int] | None = None
    wide: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperTable:
    """A table with its caption.

    Attributes
    ----------
    key : str
        Of its sheet and its file.
    caption : Text
        What it shows.
    columns : tuple[TableColumn, ...]
        From the left.
    rows : tuple[tuple[Value, ...], ...]
        A cell a column.
    note : Text | None
        Stands below it.
    paper : tuple[int, ...] | None
        The columns that paper has room for; None for all.
    """

    key: str
    caption: Text
    columns: tuple[TableColumn, ...]
    rows: tuple[tuple[Value, ...], ...]
    note: Text | None = None
    paper: tuple[int, ...] | None = None

    @property
    def totals(self) -> tuple[Value, ...] | None:
        """The last row: sums, and shares of sums; None where nothing adds up."""
        if not self.rows or not any(one.adds for one in self.columns):
            return None
        sums = [self._sum(place) if one.adds else None for place, one in enumerate(self.columns)]
        told: list[Value] = list(sums)
        for place, one in enumerate(self.columns):
            if one.of:
                told[place] = _ratio(sums[one.of[0]], sums[one.of[1]])
        first = next((n for n, one in enumerate(self.columns) if one.kind is ValueKind.TEXT), 0)
        told[first] = TOTAL
        return tuple(told)

    def _sum(self, place: int) -> Value:
        cells = [row[place] for row in self.rows]
        numbers = [float(one) for one in cells if isinstance(one, int | float)]
        if len(numbers) < len(cells) or any(math.isnan(one) for one in numbers):
            return COSTS_MISSING if self.columns[place].kind is ValueKind.YUAN else None
        return sum(numbers)

    def printed(
        self, language: Language
    ) -> tuple[list[TableColumn], list[list[str]], list[str] | None]:
        """Return columns, rows and totals as paper shows them."""
        places = range(len(self.columns)) if self.paper is None else self.paper
        columns = [self.columns[place] for place in places]

        def read(row: Sequence[Value]) -> list[str]:
            return [shown(row[place], self.columns[place].kind, language) for place in places]

        totals = self.totals
        total = None
        if totals is not None:
            known = [totals[place] for place in places]
            # The word stands first on paper too, where the codes are not shown.
            first = next((n for n, one in enumerate(columns) if one.kind is ValueKind.TEXT), 0)
            known[first] = TOTAL
            total = [
                "" if one is None else shown(one, column.kind, language)
                for one, column in zip(known, columns, strict=True)
            ]
        return columns, [read(row) for row in self.rows], total


def _ratio(part: Value, whole: Value) -> Value:
    known = isinstance(part, int | float) and isinstance(whole, int | float) and whole
    return part / whole if known else None  # type: ignore[operator]


@dataclass(frozen=True, slots=True)
class Headline:
    """A figure a leader takes home.

    Attributes
    ----------
    label, note : Text
        What it is, and what stands below it.
    value : Value
        The figure.
    kind : ValueKind
        How it reads.
    """

    label: Text
    value: Value
    kind: ValueKind
    note: Text


@dataclass(frozen=True, slots=True)
class Headlines:
    """A row of them."""

    figures: tuple[Headline, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading within a chapter; `key` names what stands below it to slides."""

    text: Text
    key: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """One line, or the bars of one colour."""

    name: Text
    values: tuple[float | None, ...]


class Form(StrEnum):
    """How a chart is drawn."""

    LINE = "line"
    BAR = "bar"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A chart, drawn on paper and native in sheets and slides.

    Attributes
    ----------
    key : str
        Of its file.
    caption : Text
        What it shows.
    form : Form
        Line or bars.
    categories : tuple[Value, ...]
        Along the axis.
    series : tuple[Series, ...]
        Each as long as the categories.
    kind : ValueKind
        How its values read.
    axes : tuple[Text, Text]
        What runs along and what runs up.
    table, columns : str, tuple[int, ...]
        The table that holds the same numbers: its columns of the categories and of each series.
    """

    key: str
    caption: Text
    form: Form
    categories: tuple[Value, ...]
    series: tuple[Series, ...]
    kind: ValueKind
    axes: tuple[Text, Text]
    table: str
    columns: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing.

    Attributes
    ----------
    key : str
        Of its file.
    caption : Text
        What it shows.
    svg : str
        As wide and high as said.
    size_mm : tuple[float, float]
        Width and height on paper.
    """

    key: str
    caption: Text
    svg: str
    size_mm: tuple[float, float]


Block = Text | Heading | Headlines | PaperTable | Chart | Picture


@dataclass(frozen=True, slots=True)
class Chapter:
    """A heading and what stands under it, in order.

    `key` names it to slides; `new_page` says whether it begins on a page of its own.
    """

    title: Text
    blocks: tuple[Block, ...]
    key: str = ""
    new_page: bool = True


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure of the run that a column of a table must add up to.

    Attributes
    ----------
    name : Text
        What it is called.
    value : float | None
        The figure; None where it is not known.
    table, column : str, int
        The table, and the column whose rows are its parts.
    """

    name: Text
    value: float | None
    table: str
    column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A whole report.

    Attributes
    ----------
    title : Text
        On the cover.
    made : str
        When the figures were made.
    mark : Text | None
        What cover and every header say: that data are invented, estimated, or a draft's.
    chapters : tuple[Chapter, ...]
        The first is the summary of one page.
    language : Language
        That it is written in.
    annexes : tuple[PaperTable, ...]
        Tables of the workbook that paper has no room for.
    source : Text
        Which plan it is and where data come from, for the foot of pages and slides.
    facts : tuple[Fact, ...]
        What the tables must add up to.
    """

    title: Text
    made: str
    mark: Text | None
    chapters: tuple[Chapter, ...]
    language: Language = Language.ZH
    annexes: tuple[PaperTable, ...] = field(default=())
    source: Text = field(default=Text("", ""))
    facts: tuple[Fact, ...] = field(default=())

    def say(self, text: Text) -> str:
        """Return `text` in the report's language, as every file can hold it."""
        return printable(text.into(self.language))

    def blocks(self) -> Iterator[Block]:
        """Yield what stands in all chapters."""
        for chapter in self.chapters:
            yield from chapter.blocks

    def tables(self) -> list[PaperTable]:
        """Return all tables, those of the annexes last."""
        return [*(one for one in self.blocks() if isinstance(one, PaperTable)), *self.annexes]

    def chapter(self, key: str) -> tuple[Block, ...]:
        """Return what stands in the chapter `key`; nothing where there is none."""
        found = (one.blocks for one in self.chapters if one.key == key)
        return next(found, ())

    def section(self, key: str) -> list[Block]:
        """Return what stands below the heading `key`, up to the next one."""
        found: list[Block] = []
        inside = False
        for block in self.blocks():
            if isinstance(block, Heading):
                inside = block.key == key
            elif inside:
                found.append(block)
        return found

    def table(self, key: str) -> PaperTable | None:
        """Return the table called `key`, if it is there."""
        return next((one for one in self.tables() if one.key == key), None)

    def charts(self) -> list[Chart]:
        """Return all charts."""
        return [one for one in self.blocks() if isinstance(one, Chart)]

    def chart(self, key: str) -> Chart | None:
        """Return the chart called `key`, if it is there."""
        found = (one for one in self.blocks() if isinstance(one, Chart))
        return next((one for one in found if one.key == key), None)

    def picture(self, key: str) -> Picture | None:
        """Return the picture called `key`, if it is there."""
        found = (one for one in self.blocks() if isinstance(one, Picture))
        return next((one for one in found if one.key == key), None)

    def headings(self) -> Iterator[tuple[str, int]]:
        """Yield every heading and its level, 1 or 2."""
        for chapter in self.chapters:
            yield self.say(chapter.title), 1
            for block in chapter.blocks:
                if isinstance(block, Heading):
                    yield self.say(block.text), 2

    def headlines(self) -> tuple[Headline, ...]:
        """Return the figures a leader takes home."""
        return tuple(h for one in self.blocks() if isinstance(one, Headlines) for h in one.figures)
