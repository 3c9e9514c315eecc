"""Compiled streets on disk: one array a file, memory-mapped, versioned, with checksums.

A folder ``streets/`` holds ``manifest.json`` and one numbered build; the manifest names the build
and is replaced last, atomically, so that a reader sees the old streets or the new ones, never a
mixture. Arrays are ``.npy`` files opened by memory map: opening costs no time and no private
memory however large the city.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from geo.errors import BrokenFileError, MissingError
from geo.layers.vocabulary import Mode
from geo.network.compile import compile_network
from geo.network.prepared import Prepared
from geo.network.segments import Segments
from geo.network.speeds import SpeedTable
from geo.network.street_network import StreetNetwork
from geo.solving import Progress, silent
from geo.text import Text

FORMAT = 2
_MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
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
    """

    build: Path
    modes: tuple[Mode, ...]
    nodes: int

    def network(self, mode: Mode) -> StreetNetwork:
        """Open one mode's network by memory map; raise MissingError if it was not compiled."""
        if mode not in self.modes:
            raise MissingError(
                Text(
                    f"路网中没有编译{mode.text.zh}网络，请重新 yizhan fetch。",
                    f"The streets hold no network for {mode}; fetch them again.",
                )
            )
        return _network(self.build / mode)

    def segments(self) -> Segments:
        """Open the raw segments by memory map."""
        arrays = _arrays(self.build / "segments")
        return Segments(**arrays, names=_names(self.build))


@cache
def _network(folder: Path) -> StreetNetwork:
    arrays = _arrays(folder)
    facts = json.loads((folder / "facts.json").read_text(encoding="utf-8"))
    network = StreetNetwork(
        mode=Mode(facts["mode"]),
        metric_crs=facts["metric_crs"],
        names=_names(folder.parent),
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
    progress: Progress = silent,
) -> Streets:
    """Compile `segments` for every mode and put them in `folder`, replacing what was there.

    The old build stays valid until the new one is complete; then it is removed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    name = f"build-{uuid4().hex[:12]}"
    build = folder / name
    wanted = tuple(modes)
    try:
        _write_arrays(build / "segments", _array_fields(segments))
        (build / "names.json").write_text(json.dumps(segments.names, ensure_ascii=False), "utf-8")
        for done, mode in enumerate(wanted):
            progress(_step(mode), 0.0)
            network = compile_network(segments, mode, speeds=speeds)
            _write_arrays(build / mode, _array_fields(network))
            _write_arrays(build / mode / "prepared", _array_fields(network.prepare()))
            facts = {"mode": mode, "metric_crs": network.metric_crs}
            (build / mode / "facts.json").write_text(json.dumps(facts), "utf-8")
            progress(_step(mode), 1.0)
            progress(_COMPILE, (done + 1) / len(wanted))
        manifest = {
            "format": FORMAT,
            "build": name,
            "modes": list(wanted),
            "nodes": len(segments.node_lonlat),
            "sha256": _checksums(build),
        }
        _publish(folder, manifest)
    except BaseException:
        shutil.rmtree(build, ignore_errors=True)
        raise
    for old in folder.glob("build-*"):
        if old.name != name:
            shutil.rmtree(old, ignore_errors=True)
    return open_streets(folder)


_COMPILE = Text("编译路网", "Compiling streets")


def _step(mode: Mode) -> Text:
    return Text(f"编译{mode.text.zh}路网", f"Compiling streets: {mode.text.en.lower()}")


def _array_fields(record: Segments | StreetNetwork | Prepared) -> dict[str, NDArray[Any]]:
    values = {field.name: getattr(record, field.name) for field in fields(record)}
    return {name: value for name, value in values.items() if isinstance(value, np.ndarray)}


def _write_arrays(folder: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    folder.mkdir(parents=True)
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", np.ascontiguousarray(array))


def _checksums(build: Path) -> dict[str, str]:
    return {
        str(path.relative_to(build)): _sha256(path)
        for path in sorted(build.rglob("*"))
        if path.is_file()
    }


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _publish(folder: Path, manifest: Mapping[str, Any]) -> None:
    draft = folder / f"{_MANIFEST}.{os.getpid()}"
    with draft.open("w", encoding="utf-8") as file:
        json.dump(manifest, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(folder / _MANIFEST)


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
        manifest = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise MissingError(
            Text(
                f"{folder} 里还没有路网：请先 yizhan fetch --file 文件.osm.pbf。",
                f"No streets in {folder} yet: run yizhan fetch --file FILE.osm.pbf first.",
            )
        ) from None
    except ValueError:
        raise _broken(folder / _MANIFEST) from None
    if manifest.get("format") != FORMAT:
        raise _broken(folder / _MANIFEST)
    build = folder / manifest["build"]
    for name, digest in manifest["sha256"].items():
        path = build / name
        if not path.is_file() or (verify and _sha256(path) != digest):
            raise _broken(path)
    return Streets(build, tuple(Mode(mode) for mode in manifest["modes"]), manifest["nodes"])


def _broken(path: Path) -> BrokenFileError:
    return BrokenFileError(
        Text(
            f"路网文件 {path} 缺失、损坏或版本不符：请重新 yizhan fetch。",
            f"Street file {path} is missing, damaged or of another version: fetch again.",
        )
    )
