"""Reads what a project publishes, and reads it again when it changes."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import geopandas as gpd
import pyogrio

from api.edition import Edition, results_folder
from data.project import Project
from geo.errors import MissingError
from geo.layers.columns import INPUT_LAYERS, RESULT_LAYERS

_LOOK_AGAIN_S = 1.0


def read_edition(folder: Path) -> Edition:
    """Read everything publishable in the project `folder`."""
    stamp, modified = _signature(folder)
    project = Project.open(folder)
    layers = {name: _read(project, name) for name in INPUT_LAYERS}
    results = results_folder(project)
    layers.update(_read_results(results / "results.gpkg"))
    summary_path = results / "summary.json"
    summary = json.loads(summary_path.read_text("utf-8")) if summary_path.is_file() else {}
    present = {name: frame for name, frame in layers.items() if frame is not None}
    return Edition(project, present, summary, stamp, modified)


def _read(project: Project, name: str) -> gpd.GeoDataFrame | None:
    try:
        frame: gpd.GeoDataFrame = project.read(name)
    except MissingError:
        return None
    return frame


def _read_results(path: Path) -> dict[str, gpd.GeoDataFrame | None]:
    if not path.is_file():
        return {}
    held = {str(name) for name, _ in pyogrio.list_layers(path)}
    return {name: gpd.read_file(path, layer=name) for name in RESULT_LAYERS if name in held}


def _signature(folder: Path) -> tuple[str, datetime]:
    """Return what changes when a version, a result or the street network is published."""
    watched = sorted(
        path
        for path in [*folder.glob("*"), *folder.glob("*/*"), *folder.glob("layers/*/*")]
        if path.is_file() and path.suffix not in {".tmp", ".lock"} and path.name[0] != "."
    )
    digest = hashlib.sha256()
    newest = 0.0
    for path in watched:
        stat = path.stat()
        digest.update(f"{path.relative_to(folder)}|{stat.st_mtime_ns}|{stat.st_size}\n".encode())
        newest = max(newest, stat.st_mtime)
    return digest.hexdigest()[:16], datetime.fromtimestamp(int(newest), tz=UTC)


class Editions:
    """Holds the current edition and reads a new one when the project folder changes.

    Parameters
    ----------
    folder : Path
        The project folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._edition = read_edition(folder)
        self._looked_s = time.monotonic()

    def current(self) -> Edition:
        """Return the newest edition; looks at the folder at most once a second."""
        if time.monotonic() - self._looked_s > _LOOK_AGAIN_S and self._lock.acquire(blocking=False):
            try:
                self._looked_s = time.monotonic()
                if _signature(self._folder)[0] != self._edition.stamp:
                    self._edition = read_edition(self._folder)
            finally:
                self._lock.release()
        return self._edition
