"""The ids of buses as parts of file names."""

from __future__ import annotations

import re


def file_name(text: str) -> str:
    """Return `text` as part of a file name: letters, digits and dashes only."""
    return re.sub(r"[^0-9A-Za-z一-鿿_-]+", "_", text)[:60] or "_"
