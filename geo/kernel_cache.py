"""Compiled kernels that numba keeps beside their sources: dropped together when one source changes.

numba compares an entry with its own source file alone, but the entry also names types of other
modules. When such a type was renamed by an update, reading the entry fails with an
``AttributeError`` in the middle of an analysis; so after an update all of them are compiled again.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path


def drop_stale_kernels(package: Path) -> int:
    """Delete the compiled kernels under `package` if a source with kernels is newer than one of them.

    Parameters
    ----------
    package : Path
        Folder of an installed package; its ``__pycache__`` folders are looked through.

    Returns
    -------
    int
        Index files deleted. A file that may not be deleted stays.
    """
    entries = list(package.rglob("__pycache__/*.nbi"))
    sources = {entry: entry.parent.parent / f"{entry.name.split('.')[0]}.py" for entry in entries}
    with suppress(OSError):
        changed_s = max((_changed_s(source) for source in sources.values()), default=0.0)
        if all(entry.stat().st_mtime >= changed_s for entry in entries):
            return 0
    dropped = 0
    for entry in entries:
        with suppress(OSError):
            entry.unlink()
            dropped += 1
    return dropped


def _changed_s(source: Path) -> float:
    """Return when `source` was changed, seconds since 1970; infinity where it is gone."""
    return source.stat().st_mtime if source.is_file() else float("inf")
