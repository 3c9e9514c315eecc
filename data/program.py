"""Which program it is: what it made before may stand only as long as it is the same; its start."""

from __future__ import annotations

import gc
import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

FOLDERS = ("geo", "data", "maps", "api")
"""Where the program lies."""
_ROOT = Path(__file__).resolve().parents[1]
_PASSING = {".pyc", ".nbi", ".nbc"}
_STARTED_S = time.time()
"""When this process brought the program in, seconds since 1970."""


@cache
def program_stamp(folders: tuple[str, ...] = FOLDERS) -> str:
    """Return what changes whenever `folders` of the program do: their files' names, sizes, times."""
    told = [
        (str(path.relative_to(_ROOT)), path.stat().st_mtime_ns, path.stat().st_size)
        for path in _files(folders)
    ]
    return hashlib.sha256(repr(told).encode()).hexdigest()


def is_replaced(folders: tuple[str, ...] = FOLDERS) -> bool:
    """Tell whether files of the program were replaced after this process began.

    What it brings in from now on is of another program than what it holds: it must be restarted.
    """
    stats = (path.stat() for path in _files(folders))
    return any(max(stat.st_mtime, stat.st_ctime) > _STARTED_S for stat in stats)


def _files(folders: tuple[str, ...]) -> list[Path]:
    return sorted(
        path
        for name in folders
        for path in (_ROOT / name).rglob("*")
        if path.suffix not in _PASSING and path.is_file()
    )


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
