"""Excel files that appear whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import xlsxwriter


@contextmanager
def new_workbook(path: Path) -> Iterator[xlsxwriter.Workbook]:
    """Open a workbook that becomes `path` once it is closed; after an error nothing is left of it.

    Text stays text, so that nothing in it runs as a formula or opens as a link.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with xlsxwriter.Workbook(
            str(draft), {"strings_to_formulas": False, "strings_to_urls": False}
        ) as book:
            yield book
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
