"""``summary.json``: the figures of a run, written and read here alone."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from geo.errors import BrokenFileError
from geo.study.rules import Part
from geo.summary.run import RunSummary
from geo.text import Text

_NAME = "summary.json"


class StoredSummary(NamedTuple):
    """The figures found in a folder.

    Attributes
    ----------
    summary : RunSummary
        Empty where there are none.
    unread : tuple[Part, ...]
        Steps whose figures another program wrote; they have to be made again.
    """

    summary: RunSummary
    unread: tuple[Part, ...] = ()


def write_summary(folder: Path, summary: RunSummary) -> None:
    """Write the figures of a run into `folder`."""
    text = json.dumps(summary.to_json(), ensure_ascii=False, indent=2, allow_nan=False)
    (folder / _NAME).write_text(text, encoding="utf-8")


def has_summary(folder: Path) -> bool:
    """Tell whether `folder` holds the figures of a run."""
    return (folder / _NAME).is_file()


def read_summary(folder: Path) -> StoredSummary:
    """Read the figures in `folder`; empty where there are none.

    Raises
    ------
    BrokenFileError
        If the file is not JSON.
    """
    path = folder / _NAME
    if not path.is_file():
        return StoredSummary(RunSummary())
    told = path.stat()
    return _summary_in(path.resolve(), told.st_mtime_ns, told.st_size, told.st_ino)


@lru_cache(maxsize=4)
def _summary_in(path: Path, _made_ns: int, _size: int, _file: int) -> StoredSummary:
    """Read a summary; the board asks with every step which plan stands."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise _broken(path) from error
    if not isinstance(told, dict):
        raise _broken(path)
    return StoredSummary(*RunSummary.from_json(told))


def _broken(path: Path) -> BrokenFileError:
    return BrokenFileError(
        Text(f"{path} 已损坏：请重新运行。", f"{path} is broken: run the analyses again.")
    )
