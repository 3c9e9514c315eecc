"""Which files the committee's folder may hold, and what it is called."""

from __future__ import annotations

from enum import StrEnum

from geo.text import Text

FOLDER = Text("决策材料", "committee")


class Format(StrEnum):
    """A kind of file of the folder."""

    DOCX = "docx"
    PDF = "pdf"
    XLSX = "xlsx"
    PPTX = "pptx"
    CSV = "csv"
    PNG = "png"
