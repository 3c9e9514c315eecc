"""Reads what a project publishes, and reads it again when it changes."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import geopandas as gpd

from api.http.problems import LOGGER, log_failure
from api.publishing.edition import Edition
from data.geopackage import layers_in, read_geopackage
from data.project import Project
from geo.errors import YizhanError
from geo.layers.columns import INPUT_LAYERS, RESULT_LAYERS
from geo.layers.vocabulary import Mode

_LOOK_AGAIN_S = 1.0
_PATIENCE = 5


def read_edition(folder: Path) -> Edition:
    """Read everything publishable in the project `folder`.

    Raises
    ------
    MissingError
        If the folder holds no project.
    """
    stamp, modified = _signature(folder)
    project = Project.open(folder)
    layers = {name: project.read(name) for name in INPUT_LAYERS if project.has(name)}
    layers.update(_read_results(project.results_folder / "results.gpkg"))
    summary_path = project.results_folder / "summary.json"
    summary = json.loads(summary_path.read_text("utf-8")) if summary_path.is_file() else {}
    return Edition(
        project=project,
        name=project.name,
        is_sample=project.is_sample,
        layers=layers,
        summary=summary,
        stamp=stamp,
        modified=modified,
    )


def _read_results(path: Path) -> dict[str, gpd.GeoDataFrame]:
    if not path.is_file():
        return {}
    held = layers_in(path)
    return {name: read_geopackage(path, name) for name in RESULT_LAYERS if name in held}


def _signature(folder: Path) -> tuple[str, datetime]:
    """Return what changes when a layer's version, the streets or results are published."""
    watched = [folder / "project.json", folder / "streets" / "manifest.json"]
    watched += sorted((folder / "results").glob("*"))
    digest = hashlib.sha256()
    newest = 0.0
    for path in watched:
        try:
            stat = path.stat()
        except FileNotFoundError:
            continue
        digest.update(f"{path.name}|{stat.st_mtime_ns}|{stat.st_size}\n".encode())
        newest = max(newest, stat.st_mtime)
    return digest.hexdigest()[:16], datetime.fromtimestamp(int(newest), tz=UTC)


class Editions:
    """Holds the current edition; reads and warms a new one aside when the folder changes.

    Nobody waits for that: questions are answered from the old edition until the new one is ready.

    Parameters
    ----------
    folder : Path
        The project folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._reading = threading.Lock()
        self._edition = _read_settled(folder)
        self._looked_s = time.monotonic()
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="yizhan-edition")
        self._pool.submit(_warm, self._edition)

    def current(self) -> Edition:
        """Return the newest edition that is ready; has the folder looked at once a second."""
        moment_s = time.monotonic()
        if moment_s - self._looked_s > _LOOK_AGAIN_S:
            self._looked_s = moment_s
            self._pool.submit(self._look)
        return self._edition

    def look_again(self) -> Edition:
        """Look at the folder now and return the newest edition."""
        with self._reading:
            if _signature(self._folder)[0] != self._edition.stamp:
                edition = _read_settled(self._folder)
                _warm(edition)
                self._edition = edition
        return self._edition

    def close(self) -> None:
        """Wait until nothing is being read."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _look(self) -> None:
        try:
            self.look_again()
        except Exception as error:  # noqa: BLE001 - the edition in hand goes on being served
            log_failure(error)


def _read_settled(folder: Path) -> Edition:
    """Read again while somebody is publishing: what is served is never half old, half new."""
    edition = read_edition(folder)
    for _ in range(_PATIENCE):
        if _signature(folder)[0] == edition.stamp:
            break
        edition = read_edition(folder)
    return edition


def _warm(edition: Edition) -> None:
    """Prepare what the first worker would otherwise wait for."""
    try:
        edition.finder.prepare(Mode.WALK)
        edition.places.find("站")
    except YizhanError as error:
        LOGGER.info("%s", error.text.en)
