"""Which program it is: what it made before may stand only as long as it is the same; its start."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

_PASSING = {".pyc", ".nbi", ".nbc"}


@cache
def program_stamp(folders: tuple[str, ...] = ("geo", "data", "maps", "api")) -> str:
    """Return what changes whenever `folders` of the program do: their files' names, sizes, times."""
    root = Path(__file__).resolve().parents[1]
    files = sorted(
        path
        for name in folders
        for path in (root / name).rglob("*")
        if path.suffix not in _PASSING and path.is_file()
    )
    told = [
        (str(path.relative_to(root)), path.stat().st_mtime_ns, path.stat().st_size)
        for path in files
    ]
    return hashlib.sha256(repr(told).encode()).hexdigest()


@contextmanager
def starting() -> Iterator[None]:
    """Bring in much of the program in this block, a quarter quicker.

    What is brought in stays: the collector of what nobody holds any more would look through all of
    it again and again, in this block and after it.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
