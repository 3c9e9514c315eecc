"""Excel files that appear whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import xlsxwriter

from data.disk import writing

MOST_IN_A_NAME = 31
"""Characters Excel takes in the name of a sheet."""


@contextmanager
def new_workbook(path: Path) -> Iterator[xlsxwriter.Workbook]:
    """Open a workbook that becomes `path` once it is closed; after an error nothing is left of it.

    Text stays text, so that nothing in it runs as a formula or opens as a link.

    Raises
    ------
    StorageError
        If the disk is full, or the file may not be written.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        book = xlsxwriter.Workbook(
            str(draft), {"strings_to_formulas": False, "strings_to_urls": False}
        )
        yield book
        with writing(path):
            book.close()
            draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
