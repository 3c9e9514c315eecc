"""GeoPackage files with many layers, written whole or not at all."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from uuid import uuid4

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyogrio
import shapely
from pyproj.exceptions import ProjError

from data.disk import flush_to_disk, writing
from data.store.stored_rows import SoundRows, refuse_problems, sound_rows
from geo.crs import STORAGE_CRS
from geo.errors import BrokenFileError, CrsError, MissingError
from geo.layers.columns import LAYERS, conform
from geo.text import Text

_AT_ONCE = 10_000
"""Rows turned into what the library writes at once, so that they are not held twice."""


@dataclass(frozen=True, slots=True)
class FormerFile:
    """A GeoPackage as it was written before by the same program, with the same credit.

    Attributes
    ----------
    path : Path
        The file.
    same : frozenset[str]
        The layers it was given that are as they were.
    """

    path: Path
    same: frozenset[str]


def write_geopackage(
    path: Path,
    frames: Mapping[str, gpd.GeoDataFrame],
    *,
    credit: Text | None = None,
    former: FormerFile | None = None,
) -> None:
    """Write every frame as a layer of `path` (EPSG:4326), replacing the file at the end.

    Parameters
    ----------
    path : Path
        Where to.
    frames : Mapping[str, GeoDataFrame]
        Layers by name.
    credit : Text | None
        Whom each layer's description names, in both languages; None for nobody.
    former : FormerFile | None
        A file whose layers are taken over where they stay; the others replace theirs.

    Raises
    ------
    CrsError
        If a frame is not in EPSG:4326.
    """
    for name, frame in frames.items():
        if frame.crs is None or frame.crs.to_string() not in {STORAGE_CRS, "OGC:CRS84"}:
            raise CrsError(
                Text(
                    f"图层 {name} 的坐标系是 {frame.crs}，应为 {STORAGE_CRS}。",
                    f"Layer {name} is in {frame.crs}; it must be in {STORAGE_CRS}.",
                )
            )
    draft = path.with_name(f".{path.stem}-{uuid4().hex[:8]}.gpkg")
    try:
        options = {} if credit is None else {"DESCRIPTION": credit.both}
        with writing(path):
            taken = _take_over(former, frames, draft)
            for name, frame in frames.items():
                if name not in taken:
                    _write_layer(draft, name, frame, options)
            flush_to_disk(draft)
            draft.replace(path)
            if former is not None and taken:
                _remember(path, former.path, taken)
    finally:
        for rest in path.parent.glob(f"{draft.name}*"):
            rest.unlink(missing_ok=True)


def _take_over(
    former: FormerFile | None, frames: Mapping[str, gpd.GeoDataFrame], draft: Path
) -> frozenset[str]:
    """Copy the former file to `draft` where it has these layers; return which of them stay.

    A layer without rows is only added, never put in another's place: then all are written.
    """
    if former is None or layers_in(former.path) != frames.keys():
        return frozenset()
    if any(frame.empty for name, frame in frames.items() if name not in former.same):
        return frozenset()
    shutil.copyfile(former.path, draft)
    return former.same & frames.keys()


def _write_layer(
    path: Path, name: str, frame: gpd.GeoDataFrame, options: Mapping[str, str]
) -> None:
    """Write one layer and count what arrived: on a full disk the library may fail in silence."""
    if frame.empty:
        _write_empty(path, name, frame, options)
    else:
        _write_rows(path, name, frame, options)
    if pyogrio.read_info(path, layer=name)["features"] != len(frame):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))


def _write_rows(path: Path, name: str, frame: gpd.GeoDataFrame, options: Mapping[str, str]) -> None:
    kinds = frame.geometry.geom_type.unique().tolist()
    several = len(kinds) > 1 or kinds[0] is None or bool(frame.geometry.has_z.any())
    if several or len(frame) <= _AT_ONCE:
        pyogrio.write_dataframe(
            frame,
            path,
            layer=name,
            driver="GPKG",
            geometry_type=None if several else kinds[0],
            use_arrow=True,
            layer_options=dict(options),
        )
        return
    # One stream, not rows added again and again: the index of places is made once, at the end.
    schema = _schema(frame)
    pyogrio.write_arrow(
        pa.RecordBatchReader.from_batches(schema, _batches(frame, schema)),
        path,
        layer=name,
        driver="GPKG",
        geometry_name=frame.geometry.name,
        geometry_type=kinds[0],
        crs=frame.crs.to_string(),
        layer_options=dict(options),
    )


def _schema(frame: gpd.GeoDataFrame) -> pa.Schema:
    """Return the types of the columns; one without a value is one of texts."""
    plain = pd.DataFrame(frame.drop(columns=frame.geometry.name))
    types = [pa.field(name, _type_of(plain[[name]])) for name in plain.columns]
    return pa.schema([*types, pa.field(frame.geometry.name, pa.binary())])


def _type_of(column: pd.DataFrame) -> pa.DataType:
    values = column.iloc[:, 0]
    if values.dtype == object and pd.api.types.infer_dtype(values) in {"string", "empty"}:
        return pa.string()
    found = pa.Schema.from_pandas(column, preserve_index=False).field(0).type
    return pa.string() if pa.types.is_null(found) else found


def _batches(frame: gpd.GeoDataFrame, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    for first in range(0, len(frame), _AT_ONCE):
        part = frame.iloc[first : first + _AT_ONCE]
        plain = pd.DataFrame(part, copy=False)
        plain[frame.geometry.name] = shapely.to_wkb(part.geometry.to_numpy())
        yield pa.RecordBatch.from_pandas(plain, schema=schema, preserve_index=False)


def _write_empty(
    path: Path, name: str, frame: gpd.GeoDataFrame, options: Mapping[str, str]
) -> None:
    """Write a layer without rows, so that readers find its columns."""
    kind = LAYERS[name].geometry[0] if name in LAYERS else "Unknown"
    pyogrio.write_dataframe(
        frame,
        path,
        layer=name,
        driver="GPKG",
        geometry_type=kind,
        append=path.exists(),
        layer_options=dict(options),
    )


def layers_in(path: Path) -> frozenset[str]:
    """Return the names of the layers a GeoPackage holds."""
    return frozenset(str(name) for name, _ in pyogrio.list_layers(path))


def read_geopackage(path: Path, name: str) -> gpd.GeoDataFrame:
    """Read one layer of a GeoPackage with the column types its schema asks for.

    Raises
    ------
    MissingError
        If the file or the layer does not exist.
    BrokenFileError
        If the file cannot be read.
    BadInputError
        If rows break the layer's schema; the text names them.
    """
    found = read_sound(path, name)
    refuse_problems(path.name, found.problems)
    return found.rows


def read_sound(path: Path, name: str, *, keep: bool = True) -> SoundRows:
    """Read those rows of a layer that fit its schema (EPSG:4326), and tell of the others.

    With `keep` they stay in memory for whoever reads them next.

    Raises as :func:`read_geopackage`, but for rows.
    """
    if not path.exists():
        raise MissingError(Text(f"没有文件 {path}。", f"There is no file {path}."))
    if not keep:
        return _sound(path, name)
    found = _read_once(_File.at(path), name)
    return SoundRows(found.rows.copy(), found.problems)


@dataclass(frozen=True, slots=True)
class _File:
    """A file as it was written: the same under another name, another one once it is replaced."""

    path: Path = field(compare=False)
    device: int
    inode: int
    written_ns: int
    size: int

    @classmethod
    def at(cls, path: Path) -> _File:
        """Return the file that stands at `path` now."""
        stat = path.stat()
        return cls(path.resolve(), stat.st_dev, stat.st_ino, stat.st_mtime_ns, stat.st_size)

    @property
    def is_there(self) -> bool:
        """Whether it still stands where it was."""
        return self.path.is_file() and _File.at(self.path) == self


@lru_cache(maxsize=24)
def _read_once(file: _File, name: str) -> SoundRows:
    """Read a layer as often as it is written: a run looks at each several times."""
    former, same = _TAKEN_OVER.get(file, (None, frozenset[str]()))
    if former is not None and name in same and former.is_there:
        return _read_once(former, name)
    return _sound(file.path, name)


_MOST_REMEMBERED = 24
"""As many as there are layers kept in memory."""
_TAKEN_OVER: dict[_File, tuple[_File, frozenset[str]]] = {}
"""Of files that took layers over: from which, and which."""


def _remember(path: Path, former: Path, same: frozenset[str]) -> None:
    """Remember that the layers `same` of `path` are those of `former`."""
    while len(_TAKEN_OVER) >= _MOST_REMEMBERED:
        _TAKEN_OVER.pop(next(iter(_TAKEN_OVER)))
    _TAKEN_OVER[_File.at(path)] = _File.at(former), same


def _sound(path: Path, name: str) -> SoundRows:
    frame = _read(path, name)
    layer = LAYERS.get(name)
    if layer is None:
        return SoundRows(frame, ())
    found = sound_rows(layer, frame)
    rows = conform(found.rows.reset_index(drop=True), name)
    return SoundRows(rows, found.problems)


def _read(path: Path, name: str) -> gpd.GeoDataFrame:
    """Read a layer as it stands, indexed by the numbers of its features."""
    try:
        if name not in layers_in(path):
            raise MissingError(
                Text(f"{path.name} 里没有图层 {name}。", f"{path.name} has no layer {name}.")
            )
        frame = gpd.read_file(path, layer=name, engine="pyogrio", fid_as_index=True, use_arrow=True)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        raise BrokenFileError(
            Text(f"{path} 无法读取：{error}", f"{path} cannot be read: {error}")
        ) from error
    if isinstance(frame, gpd.GeoDataFrame) and frame.crs is not None:
        with suppress(ProjError):
            return frame if frame.crs.equals(STORAGE_CRS) else frame.to_crs(STORAGE_CRS)
    raise CrsError(
        Text(
            f"{path.name} 的图层 {name} 没有几何或可用的坐标系说明。",
            f"Layer {name} of {path.name} has no geometry or no usable reference system.",
        )
    )
