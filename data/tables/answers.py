"""What a person says about a file that the file does not say itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as setting
from types import MappingProxyType

from data.geometry.datum import Datum
from geo.errors import BadInputError
from geo.text import Text

IGNORED = "-"
"""Stands for a field where a column is to be left out on purpose."""
ALL_TABLES = frozenset({"all", "全部"})
"""Names that stand for every table with the same columns."""


def stated_columns(words: Sequence[str]) -> dict[str, str]:
    """Read answers about columns, each HEADER=FIELD; raise BadInputError if one is not."""
    told = {}
    for one in words:
        header, equals, field = one.rpartition("=")
        if not equals or not header.strip():
            raise BadInputError(
                Text(f"“{one}”：写成 原列名=字段。", f"{one!r}: write HEADER=FIELD.")
            )
        told[header.strip()] = field.strip()
    return told


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers to what is unclear; None and an empty mapping leave it to the file.

    Attributes
    ----------
    table : str | None
        Name of the sheet, map layer or file in an archive; one of ALL_TABLES for all that have
        the same columns.
    columns : Mapping[str, str]
        Field of a column by its header in the file; IGNORED leaves the column out.
    encoding : str | None
        Of text and .dbf files.
    datum : Datum | None
        What coordinates are in.
    crs : str | None
        Reference system of a map file that does not say it, such as ``EPSG:4549``.
    """

    table: str | None = None
    columns: Mapping[str, str] = setting(default_factory=lambda: MappingProxyType({}))
    encoding: str | None = None
    datum: Datum | None = None
    crs: str | None = None
