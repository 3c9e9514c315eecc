"""A project folder: versioned layers that QGIS opens, compiled streets and results.

```
NAME/
  project.json            what it is, and which version of each layer holds
  layers/stations.3.gpkg  every import is a new version; old ones stay
  streets/                compiled streets
  results/                what the main job last wrote
```

Publishing is one atomic rename of ``project.json``: a crash at any instant leaves the last good
version of every layer.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import shapely

from data.geopackage import read_geopackage, write_geopackage
from geo.crs import STORAGE_CRS
from geo.errors import BadInputError, BrokenFileError, MissingError
from geo.layers.columns import INPUT_LAYERS
from geo.layers.conform import conform
from geo.text import Text

FORMAT = 1
_FILE = "project.json"


@dataclass(frozen=True, slots=True)
class Version:
    """One import of a layer.

    Attributes
    ----------
    number : int
        1 for the first.
    rows : int
        Features in it.
    source : str
        File name it came from.
    written : str
        When (ISO 8601, UTC).
    """

    number: int
    rows: int
    source: str
    written: str


class Project:
    """An opened project folder. Use :meth:`create` or :meth:`open`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def create(cls, folder: Path, name: str, *, sample: bool = False) -> Project:
        """Make an empty project; raise BadInputError if the folder already holds one."""
        if (folder / _FILE).exists():
            raise BadInputError(
                Text(
                    f"{folder} 已经是一个项目，未改动。",
                    f"{folder} already is a project; it was left as it is.",
                )
            )
        (folder / "layers").mkdir(parents=True, exist_ok=True)
        project = cls(folder)
        project._publish({"format": FORMAT, "name": name, "sample": sample, "layers": {}})
        return project

    @classmethod
    def open(cls, folder: Path) -> Project:
        """Open a project; raise MissingError if there is none, BrokenFileError if unreadable."""
        project = cls(folder)
        if not (folder / _FILE).exists():
            raise MissingError(
                Text(
                    f"{folder} 不是驿站项目：请先 yizhan init 名称，或用 --project 指定。",
                    f"{folder} is no yizhan project: run yizhan init NAME or give --project.",
                )
            )
        if project._facts().get("format") != FORMAT:
            raise BrokenFileError(
                Text(f"{folder / _FILE} 版本不符。", f"{folder / _FILE} is of another version.")
            )
        return project

    @property
    def name(self) -> str:
        """What the project is called."""
        return str(self._facts()["name"])

    @property
    def is_sample(self) -> bool:
        """Whether the layers are the bundled sample, to be marked 示例 wherever shown."""
        return bool(self._facts()["sample"])

    def preference(self, name: str) -> dict[str, Any]:
        """Return what ``project.json`` says under `name`, {} if nothing.

        Raises
        ------
        BadInputError
            If it is no object: a planner may edit the file.
        """
        told = self._facts().get(name) or {}
        if not isinstance(told, dict):
            raise self.bad_preference(name, told, Text("应写成 {…}", "it must be an object, {...}"))
        return told

    def bad_preference(self, name: str, value: object, why: Text) -> BadInputError:
        """Return the error about what ``project.json`` says under `name`."""
        file = self.folder / _FILE
        return BadInputError(
            Text(
                f"{file} 的 {name} 无效（{value!r}）：{why.zh.rstrip('。')}。",
                f"{name} in {file} is not valid ({value!r}): {why.en.rstrip('.')}.",
            )
        )

    @property
    def streets_folder(self) -> Path:
        """Folder of the compiled streets (see :mod:`data.streets.folder`)."""
        return self.folder / "streets"

    @property
    def results_folder(self) -> Path:
        """Folder the main job writes its results to."""
        return self.folder / "results"

    def versions(self, layer: str) -> tuple[Version, ...]:
        """Return all versions of a layer, oldest first; none if it was never imported."""
        return tuple(Version(**entry) for entry in self._facts()["layers"].get(layer, []))

    def path(self, layer: str, version: int | None = None) -> Path:
        """Return the GeoPackage of a layer's version (the newest); raise MissingError."""
        numbers = [entry.number for entry in self.versions(layer)]
        if not numbers or (version is not None and version not in numbers):
            raise MissingError(
                Text(
                    f"项目里没有图层 {layer}{f' 的第 {version} 版' if version else ''}："
                    f"请先 yizhan import {layer} 文件。",
                    f"The project has no layer {layer}{f' version {version}' if version else ''}: "
                    f"run yizhan import {layer} FILE first.",
                )
            )
        return self.folder / "layers" / f"{layer}.{version or numbers[-1]}.gpkg"

    def has(self, layer: str) -> bool:
        """Whether the layer was imported."""
        return bool(self.versions(layer))

    def read(self, layer: str, *, version: int | None = None) -> gpd.GeoDataFrame:
        """Read a layer (EPSG:4326, columns as in its schema); raise MissingError if absent."""
        return read_geopackage(self.path(layer, version), layer)

    def write(self, layer: str, frame: gpd.GeoDataFrame, *, source: str = "") -> int:
        """Store a new version of a layer and make it the current one; return its number."""
        if layer not in INPUT_LAYERS:
            raise MissingError(
                Text(
                    f"没有图层 {layer}；可用：{'、'.join(INPUT_LAYERS)}。",
                    f"There is no layer {layer}; there are {', '.join(INPUT_LAYERS)}.",
                )
            )
        with self._locked():
            facts = self._facts()
            history = facts["layers"].setdefault(layer, [])
            number = len(history) + 1
            path = self.folder / "layers" / f"{layer}.{number}.gpkg"
            write_geopackage(path, {layer: conform(frame, layer)})
            written = datetime.now(UTC).isoformat(timespec="seconds")
            history.append(
                {"number": number, "rows": len(frame), "source": source, "written": written}
            )
            self._publish(facts)
        return number

    def area(self) -> shapely.Geometry | None:
        """Return the union of the districts (EPSG:4326), None before they are imported."""
        if not self.has("districts"):
            return None
        return shapely.union_all(self.read("districts").geometry.to_numpy(), grid_size=1e-7)

    def empty(self, layer: str) -> gpd.GeoDataFrame:
        """Return a layer without rows but with its columns."""
        return conform(gpd.GeoDataFrame(geometry=[], crs=STORAGE_CRS), layer)

    def read_or_empty(self, layer: str) -> gpd.GeoDataFrame:
        """Read a layer, or return it without rows if it was never imported."""
        return self.read(layer) if self.has(layer) else self.empty(layer)

    def _facts(self) -> dict[str, Any]:
        try:
            facts: dict[str, Any] = json.loads((self.folder / _FILE).read_text(encoding="utf-8"))
        except ValueError as error:
            raise BrokenFileError(
                Text(
                    f"{self.folder / _FILE} 已损坏：{error}",
                    f"{self.folder / _FILE} is broken: {error}",
                )
            ) from error
        return facts

    def _publish(self, facts: Mapping[str, Any]) -> None:
        draft = self.folder / f".{_FILE}.{os.getpid()}"
        with draft.open("w", encoding="utf-8") as file:
            json.dump(facts, file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.folder / _FILE)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Hold the project against a second writer."""
        with (self.folder / ".lock").open("w", encoding="utf-8") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise BadInputError(
                    Text(
                        f"另一个程序正在写入 {self.folder}，请稍后再试。",
                        f"Another program is writing to {self.folder}; try again later.",
                    )
                ) from error
            yield
