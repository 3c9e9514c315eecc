"""A project folder: versioned layers that QGIS opens, compiled streets and results.

```
NAME/
  project.json            what it is, and which version of each layer holds
  layers/stations.3.gpkg  every import is a new version; old ones stay
  streets/                compiled streets
  results/3/              what the third run wrote (see :mod:`data.store.result_versions`)
```

Publishing is one atomic rename of ``project.json``, which names the versions that hold: a crash at
any instant leaves the last good version of every layer and of the results.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from data.disk import PATIENCE_S, copy_whole, held, replace_whole, writing
from geo.crs import STORAGE_CRS
from geo.errors import BadInputError, BrokenFileError, MissingError
from geo.json_shapes import JsonBody
from geo.layers.columns import INPUT_LAYERS, Layer, conform
from geo.text import Text

if TYPE_CHECKING:
    import geopandas as gpd
    import shapely

    from data.store.stored_rows import SoundRows

FORMAT = 1
"""Raised when older projects can no longer be read."""
PROJECT_FILE = "project.json"
"""What makes a folder a project."""
BASE_MAP_FOLDER = "basemap"
"""In a project."""


@dataclass(frozen=True, slots=True, kw_only=True)
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
    restored : int | None
        The earlier version whose content this is, None for an import.
    who, why : str
        Who made it and why, "" where nobody said.
    """

    number: int
    rows: int
    source: str
    written: str
    restored: int | None = None
    who: str = ""
    why: str = ""


class Project:
    """An opened project folder. Use :meth:`create` or :meth:`open`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def create(cls, folder: Path, name: str, *, sample: bool = False) -> Project:
        """Make an empty project; raise BadInputError if the folder already holds one."""
        refuse_project(folder)
        with writing(folder):
            (folder / "layers").mkdir(parents=True, exist_ok=True)
        project = cls(folder)
        project._publish({"format": FORMAT, "name": name, "sample": sample, "layers": {}})
        return project

    @classmethod
    def open(cls, folder: Path) -> Project:
        """Open a project; raise MissingError if there is none, BrokenFileError if unreadable."""
        project = cls(folder)
        if not (folder / PROJECT_FILE).exists():
            raise MissingError(
                Text(
                    f"{folder} 不是驿站项目：请先 yizhan init 名称，或用 --project 指定。",
                    f"{folder} is no yizhan project: run yizhan init NAME or give --project.",
                )
            )
        if project._facts().get("format") != FORMAT:
            raise BrokenFileError(
                Text(
                    f"{folder / PROJECT_FILE} 版本不符。",
                    f"{folder / PROJECT_FILE} is of another version.",
                )
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

    def preference(self, name: str) -> JsonBody:
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

    def prefer(self, name: str, value: JsonBody) -> None:
        """Write `value` under `name` in ``project.json``; see :meth:`preference`."""
        with self.locked():
            self._publish({**self._facts(), name: dict(value)})

    def bad_preference(self, name: str, value: object, why: Text) -> BadInputError:
        """Return the error about what ``project.json`` says under `name`."""
        file = self.folder / PROJECT_FILE
        return BadInputError(
            Text(
                f"{file} 的 {name} 无效（{value!r}）：{why.zh.rstrip('。')}。",
                f"{name} in {file} is not valid ({value!r}): {why.en.rstrip('.')}.",
            )
        )

    @property
    def stated(self) -> JsonBody:
        """What ``project.json`` says of all but the results: name, layers' versions, preferences."""
        return {name: told for name, told in self._facts().items() if name != "results"}

    @property
    def streets_folder(self) -> Path:
        """Folder of the compiled streets (see :mod:`data.streets.folder`)."""
        return self.folder / "streets"

    @property
    def base_map_folder(self) -> Path:
        """Folder of the base map (see :mod:`data.basemap.archive`)."""
        return self.folder / BASE_MAP_FOLDER

    @property
    def results_folder(self) -> Path:
        """Folder of the results that hold, which nothing changes any more.

        ``results/3`` after the third run; ``results`` itself where an earlier program wrote them,
        and before the first run.
        """
        number = self._facts().get("results")
        return self.folder / "results" / str(number) if number else self.folder / "results"

    @property
    def results_number(self) -> int:
        """Number of the results that hold, 0 before the first run."""
        return int(self._facts().get("results") or 0)

    def hold_results(self, number: int) -> None:
        """Make ``results/<number>`` the results that hold, at once."""
        with self.locked():
            self._publish({**self._facts(), "results": number})

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
        """Read a layer (EPSG:4326, columns as in its schema).

        Districts that rows do not state are those they lie in now.

        Raises
        ------
        MissingError
            If the layer was never imported.
        BadInputError
            If rows break its schema, because somebody changed the file.
        """
        from data.store.stored_rows import refuse_problems  # noqa: PLC0415 - brings in pandas

        found = self.read_sound(layer, version=version)
        refuse_problems(str(self.path(layer, version)), found.problems)
        return found.rows

    def read_sound(self, layer: str, *, version: int | None = None, keep: bool = True) -> SoundRows:
        """Read the rows of a layer that fit its schema, and tell of the others.

        With `keep` they stay in memory for whoever reads them next.
        """
        from data.store.geopackage import read_sound  # noqa: PLC0415 - brings in pandas
        from data.store.stored_rows import SoundRows  # noqa: PLC0415 - brings in pandas
        from geo.layers.districts import with_districts  # noqa: PLC0415 - brings in pandas

        found = read_sound(self.path(layer, version), layer, keep=keep)
        if layer == "districts" or not self.has("districts"):
            return found
        districts = read_sound(self.path("districts"), "districts").rows
        return SoundRows(with_districts(found.rows, districts), found.problems)

    def write(
        self, layer: str, frame: gpd.GeoDataFrame, *, source: str = "", who: str = "", why: str = ""
    ) -> int:
        """Store a new version of a layer and make it the current one; return its number.

        Raises
        ------
        MissingError
            If there is no such layer.
        BadInputError
            If `frame` has no row, or rows that break the layer's schema.
        """
        from data.store.geopackage import write_geopackage  # noqa: PLC0415 - brings in pandas
        from data.store.stored_rows import refuse_problems, sound_rows  # noqa: PLC0415 - brings in pandas

        schema = _schema(layer)
        if frame.empty:
            raise BadInputError(
                Text(
                    f"{source or layer}：没有一行可以导入，{schema.text.zh}未改动。",
                    f"{source or layer}: no row can be imported; {layer} was left as it was.",
                )
            )
        numbered = frame.set_axis(range(1, len(frame) + 1), axis=0)
        sound = sound_rows(schema, numbered)
        refuse_problems(source or layer, sound.problems)
        rows = conform(sound.rows.reset_index(drop=True), layer)

        def store(path: Path) -> None:
            write_geopackage(path, {layer: rows})

        return self._add(layer, store, rows=len(rows), source=source, by={"who": who, "why": why})

    def restore(self, layer: str, number: int, *, who: str = "", why: str = "") -> int:
        """Make an earlier version's content the newest version of a layer; return its number.

        Nothing is taken away: the version it replaces can be restored in the same way.

        Raises
        ------
        MissingError
            If there is no such layer or version.
        BadInputError
            If it is the current one already, or its rows break the schema.
        """
        _schema(layer)
        old = self.path(layer, number)
        versions = self.versions(layer)
        if number == versions[-1].number:
            raise BadInputError(
                Text(
                    f"{layer} 现在就是第 {number} 版。", f"{layer} already is at version {number}."
                )
            )
        self.read(layer, version=number)
        kept = next(version for version in versions if version.number == number)
        return self._add(
            layer,
            lambda path: copy_whole(old, path),
            rows=kept.rows,
            source=kept.source,
            restored=number,
            by={"who": who, "why": why},
        )

    def _add(
        self,
        layer: str,
        store: Callable[[Path], None],
        *,
        rows: int,
        source: str,
        restored: int | None = None,
        by: Mapping[str, str] = MappingProxyType({}),
    ) -> int:
        with self.locked():
            facts = self._facts()
            history = facts["layers"].setdefault(layer, [])
            number = len(history) + 1
            store(self.folder / "layers" / f"{layer}.{number}.gpkg")
            written = datetime.now(UTC).isoformat(timespec="seconds")
            entry = {"number": number, "rows": rows, "source": source, "written": written}
            told = {} if restored is None else {"restored": restored}
            history.append(entry | told | {key: text for key, text in by.items() if text})
            self._publish(facts)
        return number

    def area(self) -> shapely.Geometry | None:
        """Return the union of the districts (EPSG:4326), None before they are imported."""
        from data.geometry.shapes import union_of  # noqa: PLC0415 - for who has areas

        if not self.has("districts"):
            return None
        return union_of(self.read_sound("districts").rows.geometry.to_numpy())

    def empty(self, layer: str) -> gpd.GeoDataFrame:
        """Return a layer without rows but with its columns."""
        import geopandas as gpd  # noqa: PLC0415 - brings in pandas

        return conform(gpd.GeoDataFrame(geometry=[], crs=STORAGE_CRS), layer)

    def read_or_empty(self, layer: str) -> gpd.GeoDataFrame:
        """Read a layer, or return it without rows if it was never imported."""
        return self.read(layer) if self.has(layer) else self.empty(layer)

    def _facts(self) -> dict[str, Any]:
        try:
            facts: dict[str, Any] = json.loads(
                (self.folder / PROJECT_FILE).read_text(encoding="utf-8")
            )
        except ValueError as error:
            raise BrokenFileError(
                Text(
                    f"{self.folder / PROJECT_FILE} 已损坏：{error}",
                    f"{self.folder / PROJECT_FILE} is broken: {error}",
                )
            ) from error
        return facts

    def _publish(self, facts: Mapping[str, Any]) -> None:
        content = json.dumps(facts, ensure_ascii=False, indent=1).encode()
        replace_whole(self.folder / PROJECT_FILE, content)

    @contextmanager
    def locked(self, *, patience_s: float = PATIENCE_S) -> Iterator[None]:
        """Hold the project against a second writer, which waits this long before it gives up.

        Raises
        ------
        BadInputError
            If another program holds it all that time.
        """
        with held(self.folder / ".lock", patience_s=patience_s):
            yield


def refuse_project(folder: Path) -> None:
    """Raise BadInputError if `folder` already is a project."""
    if (folder / PROJECT_FILE).exists():
        raise BadInputError(
            Text(
                f"{folder} 已经是一个项目，未改动。",
                f"{folder} already is a project; it was left as it is.",
            )
        )


@contextmanager
def appearing(folder: Path, name: str, *, sample: bool = False) -> Iterator[Project]:
    """Make a project beside `folder`; it is `folder` after this block, and nothing after an error."""
    draft = folder.resolve().with_name(f".{folder.resolve().name}-{uuid4().hex[:8]}")
    try:
        yield Project.create(draft, name, sample=sample)
        with writing(folder):
            folder.mkdir(parents=True, exist_ok=True)
            # The file that makes it a project comes last.
            for path in sorted(draft.iterdir(), key=lambda path: path.name == PROJECT_FILE):
                path.replace(folder / path.name)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _schema(layer: str) -> Layer:
    """Return the schema of an input layer; raise MissingError if there is none."""
    if layer not in INPUT_LAYERS:
        raise MissingError(
            Text(
                f"没有图层 {layer}；可用：{'、'.join(INPUT_LAYERS)}。",
                f"There is no layer {layer}; there are {', '.join(INPUT_LAYERS)}.",
            )
        )
    return INPUT_LAYERS[layer]
