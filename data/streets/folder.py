"""Compiled streets on disk: one array a file, memory-mapped, versioned, with checksums.

A folder ``streets/`` holds ``manifest.json`` and numbered builds; the manifest names the build that
holds and is replaced last, atomically, so that a reader sees the old streets or the new ones, never
a mixture. The build before stays, for those who opened it, until the next. Arrays are ``.npy``
files opened by memory map: opening costs no time and no private memory however large the city.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from data.disk import flush_to_disk, held
from data.streets.source import StreetSource
from data.streets.speed_file import speed_entries, speeds_from
from geo.crs import Box
from geo.errors import BrokenFileError, MissingError
from geo.layers.vocabulary import Mode
from geo.network.segments import Segments
from geo.network.speeds import SpeedTable
from geo.network.vehicle import Vehicle
from geo.solving import Progress, silent
from geo.text import Text

if TYPE_CHECKING:  # networks bring in the compiler of kernels; who only looks at streets needs none
    from geo.network.prepared import Prepared
    from geo.network.street_network import StreetNetwork

FORMAT = 4
"""Raised when streets are compiled otherwise."""
_COMPILED_BEFORE = 3
"""Folders of this format hold the same segments, but networks of their largest piece only."""
MANIFEST = "manifest.json"
"""The file that names the build that holds; replaced last."""

WHOLE_EARTH: Box = (-180.0, -90.0, 180.0, 90.0)
"""West, south, east, north: the border of streets that end nowhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Streets:
    """An opened build of a street folder.

    Attributes
    ----------
    build : Path
        Folder of the build's arrays.
    modes : tuple[Mode, ...]
        Modes that were compiled.
    nodes : int
        Nodes of the raw streets.
    border : Box
        What the streets cover: nothing is known beyond.
    speeds : SpeedTable
        What they were compiled with.
    current : bool
        Whether the networks are as this version compiles them; else they are compiled when opened.
    source : StreetSource
        Whose they are.
    """

    build: Path
    modes: tuple[Mode, ...]
    nodes: int
    border: Box
    speeds: SpeedTable = field(hash=False)
    current: bool = True
    source: StreetSource = StreetSource.OPENSTREETMAP

    def network(self, mode: Mode, *, vehicle: Vehicle | None = None) -> StreetNetwork:
        """Open one mode's network by memory map; raise MissingError if it was not compiled.

        With a `vehicle` the streets too low, narrow or weak for it are left out; that network is
        compiled in memory, once, as are those of a folder written before pieces were kept.
        """
        if mode not in self.modes:
            raise MissingError(
                Text(
                    f"路网中没有编译{mode.text.zh}网络，请重新 yizhan fetch。",
                    f"The streets hold no network for {mode}; fetch them again.",
                )
            )
        if vehicle is not None or not self.current:
            return _fitting_network(self, mode, vehicle)
        return _network(self.build / mode, self.speeds.walk_kmh / 3.6)

    def segments(self) -> Segments:
        """Open the raw segments by memory map."""
        arrays = _arrays(self.build / "segments")
        return Segments(**arrays, names=_names(self.build))


@lru_cache(maxsize=8)
def _fitting_network(streets: Streets, mode: Mode, vehicle: Vehicle | None) -> StreetNetwork:
    from geo.network.compile import compile_network  # noqa: PLC0415 - see the top

    return compile_network(streets.segments(), mode, speeds=streets.speeds, vehicle=vehicle)


@cache
def _network(folder: Path, walk_m_s: float) -> StreetNetwork:
    from geo.network.prepared import Prepared  # noqa: PLC0415 - see the top
    from geo.network.street_network import StreetNetwork  # noqa: PLC0415 - as above

    arrays = _arrays(folder)
    facts = json.loads((folder / "facts.json").read_text(encoding="utf-8"))
    network = StreetNetwork(
        mode=Mode(facts["mode"]),
        metric_crs=facts["metric_crs"],
        names=_names(folder.parent),
        walk_m_s=walk_m_s,
        **arrays,
    )
    return network.adopt(Prepared(**_arrays(folder / "prepared")))


@cache
def _names(build: Path) -> tuple[str, ...]:
    return tuple(json.loads((build / "names.json").read_text(encoding="utf-8")))


def _arrays(folder: Path) -> dict[str, Any]:
    return {path.stem: np.load(path, mmap_mode="r") for path in sorted(folder.glob("*.npy"))}


def write_streets(
    folder: Path,
    segments: Segments,
    *,
    modes: Iterable[Mode] = tuple(Mode),
    speeds: SpeedTable | None = None,
    border: Box | None = None,
    source: StreetSource = StreetSource.OPENSTREETMAP,
    progress: Progress = silent,
) -> Streets:
    """Compile `segments` for every mode and put them in `folder`, replacing what was there.

    The old build stays valid until the new one is complete, whenever the process ends.

    Parameters
    ----------
    folder : Path
        A project's streets folder; made if there is none.
    segments : Segments
        All streets.
    modes : Iterable[Mode]
        Modes to compile.
    speeds : SpeedTable, optional
        Speeds and waits; the defaults where left out.
    border : Box, optional
        What the streets cover; their own bounds where left out.
    source : StreetSource
        Whose they are; all that is fetched is OpenStreetMap's.
    progress : Progress
        Told the steps.

    Raises
    ------
    BadInputError
        If some mode may use no street, or another process writes this folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    wanted, speeds = tuple(modes), speeds or SpeedTable()
    with held(folder / ".lock"):
        before = _current_build(folder)
        build = folder / f"build-{uuid4().hex[:12]}"
        try:
            _write_build(build, segments, wanted, speeds, progress)
            told = {
                "modes": list(wanted),
                "nodes": len(segments.node_lonlat),
                "border": border or bounds(segments),
                "speeds": speed_entries(speeds),
                "source": source,
            }
            _publish(folder, build, told)
        except BaseException:
            shutil.rmtree(build, ignore_errors=True)
            raise
        for old in folder.glob("build-*"):
            if old.name not in {build.name, before}:
                shutil.rmtree(old, ignore_errors=True)
    return open_streets(folder)


def bounds(segments: Segments) -> Box:
    """Return the box around all streets."""
    west, south = segments.node_lonlat.min(axis=0).tolist()
    east, north = segments.node_lonlat.max(axis=0).tolist()
    return west, south, east, north


def _current_build(folder: Path) -> str | None:
    try:
        return open_streets(folder).build.name
    except (MissingError, BrokenFileError):
        return None


def _write_build(
    build: Path,
    segments: Segments,
    modes: tuple[Mode, ...],
    speeds: SpeedTable,
    progress: Progress,
) -> None:
    from geo.network.compile import compile_network  # noqa: PLC0415 - see the top

    _write_arrays(build / "segments", _array_fields(segments))
    (build / "names.json").write_text(json.dumps(segments.names, ensure_ascii=False), "utf-8")
    for done, mode in enumerate(modes):
        progress(_step(mode), 0.0)
        network = compile_network(segments, mode, speeds=speeds)
        _write_arrays(build / mode, _array_fields(network))
        _write_arrays(build / mode / "prepared", _array_fields(network.prepare()))
        facts = {"mode": mode, "metric_crs": network.metric_crs}
        (build / mode / "facts.json").write_text(json.dumps(facts), "utf-8")
        progress(_step(mode), 1.0)
        progress(_COMPILE, (done + 1) / len(modes))


_COMPILE = Text("编译路网", "Compiling streets")


def _step(mode: Mode) -> Text:
    return Text(f"编译{mode.text.zh}路网", f"Compiling streets: {mode.text.en.lower()}")


def _array_fields(record: Segments | StreetNetwork | Prepared) -> dict[str, NDArray[Any]]:
    values = {entry.name: getattr(record, entry.name) for entry in fields(record)}
    return {name: value for name, value in values.items() if isinstance(value, np.ndarray)}


def _write_arrays(folder: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    folder.mkdir(parents=True)
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", np.ascontiguousarray(array))


def _facts_of_files(build: Path) -> dict[str, dict[str, Any]]:
    """Return size and checksum of every file, each flushed to the disk on the way."""
    facts = {}
    for path in sorted(path for path in build.rglob("*") if path.is_file()):
        flush_to_disk(path)
        facts[str(path.relative_to(build))] = {
            "bytes": path.stat().st_size,
            "sha256": _sha256(path),
        }
    return facts


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _publish(folder: Path, build: Path, told: Mapping[str, Any]) -> None:
    """Let `build` hold, with what is `told` of it: the manifest is replaced last."""
    manifest = {"format": FORMAT, "build": build.name, **told, "files": _facts_of_files(build)}
    draft = folder / f"{MANIFEST}.{os.getpid()}"
    try:
        with draft.open("w", encoding="utf-8") as file:
            json.dump(manifest, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(folder / MANIFEST)
    finally:
        draft.unlink(missing_ok=True)


def open_streets(folder: Path, *, verify: bool = False) -> Streets:
    """Open the streets of `folder`.

    Parameters
    ----------
    folder : Path
        What :func:`write_streets` wrote.
    verify : bool
        Also read every array and compare its checksum.

    Raises
    ------
    MissingError
        If there are no streets yet.
    BrokenFileError
        If they are of another format, a file is missing, or a checksum differs.
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise MissingError(
            Text(
                f"{folder} 里还没有路网：请先 yizhan fetch --file 文件.osm.pbf。",
                f"No streets in {folder} yet: run yizhan fetch --file FILE.osm.pbf first.",
            )
        ) from None
    except ValueError:
        raise _broken(folder / MANIFEST) from None
    if manifest.get("format") not in {FORMAT, _COMPILED_BEFORE}:
        raise _broken(folder / MANIFEST)
    build = folder / manifest["build"]
    for name, facts in manifest["files"].items():
        path = build / name
        if not path.is_file() or path.stat().st_size != facts["bytes"]:
            raise _broken(path)
        if verify and _sha256(path) != facts["sha256"]:
            raise _broken(path)
    west, south, east, north = manifest["border"]
    return Streets(
        build=build,
        modes=tuple(Mode(mode) for mode in manifest["modes"]),
        nodes=manifest["nodes"],
        border=(west, south, east, north),
        speeds=speeds_from(manifest["speeds"]),
        current=manifest["format"] == FORMAT,
        source=_source(manifest),
    )


def _source(manifest: Mapping[str, Any]) -> StreetSource:
    """Return whose streets they are; before that was written, only the sample had no border."""
    older = "sample" if tuple(manifest["border"]) == WHOLE_EARTH else "openstreetmap"
    return StreetSource(manifest.get("source", older))


def _broken(path: Path) -> BrokenFileError:
    return BrokenFileError(
        Text(
            f"路网文件 {path} 缺失、损坏或版本不符：请重新 yizhan fetch。",
            f"Street file {path} is missing, damaged or of another version: fetch again.",
        )
    )
