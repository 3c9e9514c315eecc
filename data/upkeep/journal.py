"""Lines of JSON that are only ever added, by several processes at once; nothing is overwritten."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

from data.disk import PATIENCE_S, held, writing
from geo.json_shapes import JsonBody

FOLDER = "upkeep"
"""Where the journals of a project lie."""


class Journal:
    """One file of a project; a line that cannot be read, cut off by a crash, is passed over.

    Parameters
    ----------
    path : Path
        The file; it and its folder are made when something is first added.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def add(self, entry: JsonBody) -> None:
        """Put `entry` at the end, on the disk when this returns.

        Raises
        ------
        StorageError
            If the disk is full, or the file may not be written.
        """
        line = json.dumps(dict(entry), ensure_ascii=False) + "\n"
        with writing(self._path):
            self._path.parent.mkdir(exist_ok=True)
        with (
            held(self._path.with_name(f".{self._path.name}.lock"), patience_s=PATIENCE_S),
            writing(self._path),
            self._path.open("ab") as file,
        ):
            if file.tell() and not self._ends_whole():
                file.write(b"\n")
            file.write(line.encode())
            file.flush()
            os.fsync(file.fileno())

    def read(self) -> Iterator[JsonBody]:
        """Yield the entries, first added first."""
        try:
            lines = self._path.read_bytes().split(b"\n")
        except FileNotFoundError:
            return
        for line in lines:
            try:
                entry = json.loads(line)
            except ValueError:
                continue
            if isinstance(entry, dict):
                yield entry

    @property
    def stamp(self) -> tuple[int, int]:
        """What changes whenever something is added."""
        try:
            stat = self._path.stat()
        except OSError:
            return 0, 0
        return stat.st_mtime_ns, stat.st_size

    def _ends_whole(self) -> bool:
        with self._path.open("rb") as file:
            file.seek(-1, os.SEEK_END)
            return file.read(1) == b"\n"
