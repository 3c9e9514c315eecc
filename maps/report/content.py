"""What a report is made of, before any file format: chapters of paragraphs and tables."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its caption; every cell is text as people read it."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Chapter:
    """A heading and what stands under it, in order."""

    title: str
    blocks: tuple[str | Table, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A whole report.

    Attributes
    ----------
    title : str
        On the cover.
    made : str
        When the figures were made.
    mark : str | None
        What cover and every header say: that data are invented or estimated.
    chapters : tuple[Chapter, ...]
        The first is the summary of one page.
    """

    title: str
    made: str
    mark: str | None
    chapters: tuple[Chapter, ...]
