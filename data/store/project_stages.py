"""Stages of a project's study on disk: computed once, read back as long as what they read stays.

``stages/survey.3f6c….npz`` holds one stage; the name tells which layers (by content), streets,
rule and program it was made from, so that another content is another file. Everything in the folder
may be deleted at any time. A file is written aside and renamed; one that cannot be read, or does
not hold what it should, is removed and computed again. Nothing in it is ever run as code.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import numpy as np
import shapely
from numpy.typing import NDArray

from data.program import program_stamp
from data.store.project import Project
from data.streets.folder import MANIFEST
from geo.arrays import Parts
from geo.layers.columns import INPUT_LAYERS

if TYPE_CHECKING:
    import pandas as pd

FOLDER = "stages"
"""In a project: stages of its study; safe to delete."""
MOST_BYTES = 300_000_000
"""Stages that were not read for longest are removed when all together take more."""
STREETS = "streets"

_FORMAT = 1
"""Raised when what is kept is packed otherwise."""
_TABLE, _MAP = "table:", "map:"
"""How names of tables begin, without and with geometry."""
_UNREADABLE = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile)


class ProjectStages:
    """The stages kept in one project, for the layers as they are when this is made.

    Parameters
    ----------
    project : Project
        Its folder.
    most_bytes : int
        Of all stages together.
    """

    def __init__(self, project: Project, *, most_bytes: int = MOST_BYTES) -> None:
        self._folder = project.folder / FOLDER
        self._most_bytes = most_bytes
        self._digests = layer_digests(project)

    def load(self, stage: str, reads: tuple[str, ...], rule: str) -> Parts | None:
        """Return what was kept of `stage` for these contents and `rule`; None for nothing."""
        path = self._path(stage, reads, rule)
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as held:
                parts = {name: held[name] for name in held.files}
            found = dict(_read_back(name, part) for name, part in parts.items())
        except FileNotFoundError:
            return None
        except _UNREADABLE:
            self.forget(stage, reads, rule)
            return None
        with suppress(OSError):
            path.touch()
        return found

    def save(self, stage: str, reads: tuple[str, ...], rule: str, parts: Parts) -> None:
        """Keep `parts`: whole, or not at all where the disk is full or read-only."""
        path = self._path(stage, reads, rule)
        draft = path.with_name(f".{uuid4().hex}.draft")
        written = dict(_to_write(name, part) for name, part in parts.items())
        try:
            self._folder.mkdir(exist_ok=True)
            with draft.open("wb") as file:
                np.savez(file, allow_pickle=False, **written)
            draft.replace(path)
            self._make_room()
        except OSError:  # What could not be kept is computed again.
            with suppress(OSError):
                draft.unlink(missing_ok=True)

    def forget(self, stage: str, reads: tuple[str, ...], rule: str) -> None:
        """Remove what was kept of `stage`: it turned out not to hold what it should."""
        with suppress(OSError):
            self._path(stage, reads, rule).unlink(missing_ok=True)

    def _path(self, stage: str, reads: tuple[str, ...], rule: str) -> Path:
        inputs = {name: self._digests[name] for name in reads}
        told = [_FORMAT, _maker(), stage, inputs, rule]
        key = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:32]
        return self._folder / f"{stage}.{key}.npz"

    def _make_room(self) -> None:
        """Remove the stages not read for longest, and drafts that killed processes left."""
        held = [(path, path.stat()) for path in self._folder.glob("*.npz")]
        held.sort(key=lambda one: one[1].st_mtime_ns, reverse=True)
        total = 0
        for path, stat in held:
            total += stat.st_size
            if total > self._most_bytes:
                path.unlink(missing_ok=True)
        newest = held[0][1].st_mtime if held else 0.0
        for draft in self._folder.glob(".*.draft"):
            if draft.stat().st_mtime < newest - _ABANDONED_S:
                draft.unlink(missing_ok=True)


_ABANDONED_S = 3600.0
"""A draft this much older than the newest stage is of a run that was killed."""


def layer_digests(project: Project) -> dict[str, str]:
    """Return a digest of the content of every layer and of the streets; "" where there is none."""
    files = {name: project.path(name) for name in INPUT_LAYERS if project.has(name)}
    files[STREETS] = project.streets_folder / MANIFEST
    return dict.fromkeys(INPUT_LAYERS, "") | {name: _digest(path) for name, path in files.items()}


def _digest(path: Path) -> str:
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _maker() -> str:
    """Return which program and libraries make the stages."""
    return f"{program_stamp(('geo', 'data'))} {np.__version__} {shapely.geos_version_string}"


def _to_write(name: str, part: NDArray[Any] | pd.DataFrame) -> tuple[str, NDArray[Any]]:
    if not hasattr(part, "to_parquet"):
        return name, np.asarray(part)
    import geopandas as gpd  # noqa: PLC0415 - brings in pandas

    file = io.BytesIO()
    part.to_parquet(file)
    kind = _MAP if isinstance(part, gpd.GeoDataFrame) else _TABLE
    return f"{kind}{name}", np.frombuffer(file.getvalue(), np.uint8)


def _read_back(name: str, part: NDArray[Any]) -> tuple[str, NDArray[Any] | pd.DataFrame]:
    for kind in (_MAP, _TABLE):
        if name.startswith(kind):
            return name.removeprefix(kind), _table(part, is_map=kind == _MAP)
    return name, part


def _table(part: NDArray[Any], *, is_map: bool) -> pd.DataFrame:
    import geopandas as gpd  # noqa: PLC0415 - brings in pandas
    import pandas as pd  # noqa: PLC0415 - brings in pandas
    import pyarrow as pa  # noqa: PLC0415 - brings in pandas

    try:
        file = io.BytesIO(part.tobytes())
        return gpd.read_parquet(file) if is_map else pd.read_parquet(file)
    except pa.ArrowException as error:
        message = "no table"
        raise ValueError(message) from error
