"""Whose streets they are, kept with them, so that what is made of them says so."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from data.streets.line_words import LINE_KINDS
from geo.text import Text


class StreetSource(StrEnum):
    """Where compiled streets came from."""

    OPENSTREETMAP = "openstreetmap"
    SAMPLE = "sample"
    OWN = "own"

    @property
    def credit(self) -> Text | None:
        """What has to stand on every map, page and sheet made of them; None where nothing has to.

        A layer of road lines is an office's own; whom it owes is for the office to say.
        """
        if self is not StreetSource.OPENSTREETMAP:
            return None
        return Text("道路数据 © OpenStreetMap 贡献者", "Streets © OpenStreetMap contributors")


def source_of(file: Path) -> StreetSource:
    """Return whose the streets of a `file` are: extracts and graphs are OpenStreetMap's."""
    own = file.name.lower().endswith(LINE_KINDS)
    return StreetSource.OWN if own else StreetSource.OPENSTREETMAP
