"""What is published: one consistent reading of a project's layers and results, kept in memory."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import pyogrio
from data.project import Project

from api.features import Features, encode
from api.visibility import hidden_columns
from geo.errors import MissingError
from geo.layers.columns import INPUT_LAYERS, RESULT_LAYERS
from geo.text import Text

RESULTS = "results"
_LOOK_AGAIN_S = 1.0


@dataclass(frozen=True)
class Edition:
    """One state of a project; a later import or run makes another, this one never changes.

    Attributes
    ----------
    project : Project
        Where it was read from.
    layers : Mapping[str, GeoDataFrame]
        Input and result layers, EPSG:4326; layers the project lacks are absent.
    summary : Mapping[str, Any]
        The figures of the last run; empty before one.
    stamp : str
        Changes whenever anything published changes.
    modified : datetime
        When the newest part was written, UTC, whole seconds.
    """

    project: Project
    layers: Mapping[str, gpd.GeoDataFrame]
    summary: Mapping[str, Any]
    stamp: str
    modified: datetime
    _features: dict[tuple[str, bool], Features] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def results_folder(self) -> Path:
        """Where the main job leaves its files."""
        return results_folder(self.project)

    def layer(self, name: str) -> gpd.GeoDataFrame:
        """Return the layer called `name`; raise MissingError if there is none."""
        try:
            return self.layers[name]
        except KeyError:
            raise MissingError(Text(f"没有图层 {name}。", f"There is no layer {name}.")) from None

    def features(self, name: str, *, planner: bool) -> Features:
        """Return the layer's rows as GeoJSON, encoded on first use."""
        frame = self.layer(name)
        with self._lock:
            if (name, planner) not in self._features:
                hidden = hidden_columns(name, planner=planner)
                self._features[name, planner] = encode(name, frame, without=hidden)
            return self._features[name, planner]


def results_folder(project: Project) -> Path:
    """Return where the main job leaves its files in `project`."""
    return Path(project.folder) / RESULTS


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
