"""The base map in a project: numbered builds, the one that holds named by a manifest.

```
basemap/
  manifest.json             which build holds, replaced last
  build-1f3a…/tiles.mbtiles vector tiles, from zoom 4 on; QGIS opens it
  build-1f3a…/water.fgb …   every theme as it was read (FlatGeobuf, EPSG:4326)
  build-1f3a…/ground.fgb    it thinned for maps in a single file
  build-1f3a…/beyond.geojson land around it
```

A reader sees the old build or the new one, never a mixture; the build before stays until the next.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import lru_cache
from pathlib import Path
from typing import Any, TypedDict
from uuid import uuid4

import geopandas as gpd
import pyogrio
import shapely

from data.basemap.beyond import land_beyond
from data.basemap.themes import SHALLOWEST_ZOOM, BaseMap, Theme, table
from data.basemap.thinning import ground_of
from data.basemap.tile_writing import TileTally, write_tiles
from data.disk import held, writing
from geo.crs import Box
from geo.errors import BrokenFileError
from geo.solving import Progress, silent
from geo.text import Text

MANIFEST = "manifest.json"
FORMAT = 2
"""Raised when older archives can no longer be read."""
_PATIENCE_S = 600.0
"""Chosen: longer than a map takes to draw; who waits gets that map."""
_GRID_DEGREES = 0.0005
"""Some 50 m: the land beyond is drawn from afar only."""


class BaseMapInputs(TypedDict, total=False):
    """What a base map was made from.

    Attributes
    ----------
    extract : str
        Name of the file, if it was one.
    streets : str | None
        Build of the project's streets.
    districts : int
        Versions of the districts so far.
    program : int
        See :data:`data.basemap.building.PROGRAM`.
    """

    extract: str
    streets: str | None
    districts: int
    program: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseMapFacts:
    """What a base map was made from and how much it holds.

    Attributes
    ----------
    made_from : BaseMapInputs
        What it was made from.
    rows : Mapping[str, int]
        Rows by theme.
    tiles : int
        How many there are.
    largest_tile_bytes : int
        Of the largest, gzip.
    themes_left_out : Mapping[str, int]
        Tiles that leave a theme out since they would be too large, by theme.
    bytes : int
        Of all files.
    """

    made_from: BaseMapInputs
    rows: Mapping[str, int]
    tiles: int
    largest_tile_bytes: int
    themes_left_out: Mapping[str, int]
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredBaseMap:
    """A base map on disk.

    Attributes
    ----------
    build : Path
        Its folder.
    version : str
        Changes whenever what is drawn changes.
    box : Box
        What it covers, degrees.
    credit : Text | None
        Whom every picture has to name.
    remarks : tuple[Text, ...]
        What it lacks.
    deepest_zoom : int
        The zoom its tiles end at.
    facts : BaseMapFacts
        What it was made from and how much it holds.
    """

    build: Path
    version: str
    box: Box
    credit: Text | None
    remarks: tuple[Text, ...]
    deepest_zoom: int
    facts: BaseMapFacts = field(hash=False)

    def tile(self, zoom: int, column: int, row: int) -> bytes | None:
        """Return a vector tile, gzip; rows counted from the north. None where nothing is."""
        if not SHALLOWEST_ZOOM <= zoom <= self.deepest_zoom:
            return None
        return _archive(self.build / "tiles.mbtiles").read(zoom, column, 2**zoom - 1 - row)

    def theme(self, theme: Theme, box: Box | None = None) -> gpd.GeoDataFrame:
        """Return a theme's rows as they were read (EPSG:4326), those that touch `box` only."""
        path = self.build / f"{theme}.fgb"
        if not path.is_file():
            return table([])
        found: gpd.GeoDataFrame = pyogrio.read_dataframe(path, bbox=box)
        return found

    def within(self, box: Box) -> dict[Theme, gpd.GeoDataFrame]:
        """Return every theme's rows that touch `box`, for a picture that is printed."""
        return {theme: self.theme(theme, box) for theme in Theme}

    def ground(self) -> gpd.GeoDataFrame:
        """Return it thinned for a map in a single file (see :mod:`data.basemap.thinning`)."""
        found: gpd.GeoDataFrame = pyogrio.read_dataframe(self.build / "ground.fgb")
        return found.sort_values("min_zoom", kind="stable", ignore_index=True)

    def beyond(self) -> bytes:
        """Return the land around it as GeoJSON."""
        return (self.build / "beyond.geojson").read_bytes()


def store_base_map(
    folder: Path,
    drawn: BaseMap,
    *,
    name: str,
    made_from: BaseMapInputs,
    progress: Progress = silent,
) -> StoredBaseMap:
    """Write a base map into `folder` and make it the one that holds.

    Parameters
    ----------
    folder : Path
        The project's ``basemap`` folder; made if there is none.
    drawn : BaseMap
        What to draw.
    name : str
        The project's name.
    made_from : BaseMapInputs
        What it was made from, kept with it.
    progress : Progress
        Told the steps.

    Raises
    ------
    StorageError
        If the disk is full or the folder may not be written.
    BadInputError
        If another process is writing it.
    """
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    with held(folder / ".lock", patience_s=_PATIENCE_S):
        before = _manifest(folder)
        build = folder / f"build-{uuid4().hex[:12]}"
        try:
            with writing(build):
                build.mkdir()
                tally = write_tiles(drawn, build / "tiles.mbtiles", name=name, progress=progress)
                _write_themes(build, drawn)
            _publish(folder, _facts(build, drawn, made_from, tally))
        except BaseException:
            shutil.rmtree(build, ignore_errors=True)
            raise
        kept = {build.name, (before or {}).get("build")}
        for old in folder.glob("build-*"):
            if old.name not in kept:
                shutil.rmtree(old, ignore_errors=True)
    stored = open_base_map(folder)
    if stored is None:  # pragma: no cover - it was just written
        raise BrokenFileError(Text("底图写入后不见了。", "The base map vanished."))
    return stored


def open_base_map(folder: Path) -> StoredBaseMap | None:
    """Open the base map that holds; None where there is none.

    Raises
    ------
    BrokenFileError
        If its manifest cannot be read.
    """
    manifest = _manifest(folder)
    if manifest is None or not (folder / manifest["build"] / "tiles.mbtiles").is_file():
        return None
    credit = manifest["credit"]
    return StoredBaseMap(
        build=folder / manifest["build"],
        version=manifest["version"],
        box=tuple(manifest["box"]),
        credit=None if credit is None else Text(*credit),
        remarks=tuple(Text(*told) for told in manifest["remarks"]),
        deepest_zoom=manifest["deepest_zoom"],
        facts=BaseMapFacts(**{one.name: manifest[one.name] for one in fields(BaseMapFacts)}),
    )


def _manifest(folder: Path) -> dict[str, Any] | None:
    path = folder / MANIFEST
    if not path.is_file():
        return None
    try:
        manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise BrokenFileError(
            Text(
                f"{path} 已损坏：请删去 {folder} 后重新 yizhan basemap。",
                f"{path} is broken: remove {folder} and run yizhan basemap again.",
            )
        ) from error
    return manifest if manifest.get("format") == FORMAT else None


def _write_themes(build: Path, drawn: BaseMap) -> None:
    for theme, frame in drawn.tables.items():
        if len(frame):
            pyogrio.write_dataframe(frame, build / f"{theme}.fgb", driver="FlatGeobuf")
    pyogrio.write_dataframe(ground_of(drawn), build / "ground.fgb", driver="FlatGeobuf")
    beyond = shapely.set_precision(land_beyond(drawn.box), _GRID_DEGREES)
    feature = {
        "type": "Feature",
        "properties": {"source": "Natural Earth 1:10m"},
        "geometry": json.loads(shapely.to_geojson(beyond)),
    }
    (build / "beyond.geojson").write_text(json.dumps(feature), encoding="utf-8")


def _facts(
    build: Path, drawn: BaseMap, made_from: BaseMapInputs, tally: TileTally
) -> dict[str, Any]:
    digest = hashlib.sha256((build / "beyond.geojson").read_bytes())
    with (build / "tiles.mbtiles").open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    credit = drawn.credit
    return {
        "format": FORMAT,
        "build": build.name,
        "version": digest.hexdigest()[:12],
        "box": list(drawn.box),
        "deepest_zoom": drawn.deepest_zoom,
        "credit": None if credit is None else [credit.zh, credit.en],
        "remarks": [[told.zh, told.en] for told in drawn.remarks],
        "made_from": made_from,
        "rows": {theme.value: len(frame) for theme, frame in drawn.tables.items()},
        "tiles": tally.tiles,
        "largest_tile_bytes": tally.largest_bytes,
        "themes_left_out": tally.left_out,
        "bytes": sum(path.stat().st_size for path in build.iterdir()),
    }


def _publish(folder: Path, manifest: Mapping[str, Any]) -> None:
    draft = folder / f".{MANIFEST}.{os.getpid()}"
    try:
        with writing(folder / MANIFEST), draft.open("w", encoding="utf-8") as file:
            json.dump(manifest, file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(folder / MANIFEST)
    finally:
        draft.unlink(missing_ok=True)


class _Archive:
    """An opened MBTiles file, asked by one thread at a time: an answer takes microseconds."""

    def __init__(self, path: Path) -> None:
        address = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
        self._connection = sqlite3.connect(address, uri=True, check_same_thread=False)
        self._lock = threading.Lock()

    def read(self, zoom: int, column: int, row: int) -> bytes | None:
        """Return a tile; `row` counted from the south."""
        with self._lock:
            found = self._connection.execute(
                "SELECT tile_data FROM tiles WHERE zoom_level=? AND tile_column=? AND tile_row=?",
                (zoom, column, row),
            ).fetchone()
        return None if found is None else bytes(found[0])


@lru_cache(maxsize=4)
def _archive(path: Path) -> _Archive:
    return _Archive(path)
