"""What was written before and would come out the same is taken over, not written again.

Every output notes what it read: figures of which steps, layers, tables, each with a digest. As long
as all of those are the same, and the program is, the file of the former results is linked into the
new ones. What an output does not read cannot make it new, and nobody keeps a list by hand. A file
that is not as it was written, because somebody edited or deleted it, is written again.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar

from pydantic import PrivateAttr

from data.program import program_stamp
from geo.hours import SHANGHAI
from geo.summary.figures import Figures
from geo.summary.run import RunFacts, RunSummary
from geo.text import Language

if TYPE_CHECKING:
    import pandas as pd

V = TypeVar("V")

NOTES = ".made.json"
"""In a results folder: what each output read, what every file was and what the run had before it."""
_ALL = "*"
"""Stands for which keys there are."""
_UNSAID = {"made", "seconds", "made_from"}
"""Of the facts of a run: when it was made. An output that is taken over was made when it says."""


class OutputNote(TypedDict, total=False):
    """What an output was made from; empty where nothing was noted.

    Attributes
    ----------
    program : str
        Digest of the program and of all else it depends on.
    layers, summary : dict[str, str]
        Digests of the layers and figures it read, by name.
    """

    program: str
    layers: dict[str, str]
    summary: dict[str, str]


class Read(Mapping[str, V]):
    """A mapping that remembers what was read of it.

    Parameters
    ----------
    of : Mapping[str, V]
        What is read.
    """

    def __init__(self, of: Mapping[str, V]) -> None:
        self._of = of
        self.keys_read: set[str] = set()

    def __getitem__(self, key: str) -> V:
        """Return the value at `key`; that it was asked for is remembered even where there is none."""
        self.keys_read.add(key)
        return self._of[key]

    def __iter__(self) -> Iterator[str]:
        """Yield all keys: who looks at all of them has read all, and that there are no others."""
        self.keys_read.update((*self._of, _ALL))
        return iter(self._of)

    def __len__(self) -> int:
        """Return how many keys there are."""
        self.keys_read.add(_ALL)
        return len(self._of)


class ReadSummary(RunSummary):
    """The figures of a run that remember which of them were read."""

    _read: set[str] = PrivateAttr(default_factory=set)

    @classmethod
    def of(cls, summary: RunSummary) -> ReadSummary:
        """Return `summary`, nothing of it read yet."""
        return cls.model_construct(**dict(summary))

    @property
    def keys_read(self) -> frozenset[str]:
        """Names of the fields that were asked for."""
        return frozenset(self._read)

    def __getattribute__(self, name: str) -> Any:  # noqa: ANN401 - whatever the field holds
        """Return a field; that it was asked for is remembered even where there is nothing."""
        if name in RunSummary.model_fields:
            self._read.add(name)
        return super().__getattribute__(name)


class Outputs:
    """The files of one run, some of them those of the run before.

    Parameters
    ----------
    draft : Path
        Where the new results are written.
    before : Path | None
        Folder of the results that hold now.
    layers : Mapping[str, DataFrame]
        Layers and tables, by name.
    summary : RunSummary
        The figures.
    """

    def __init__(
        self,
        draft: Path,
        before: Path | None,
        layers: Mapping[str, pd.DataFrame],
        summary: RunSummary,
    ) -> None:
        self._draft, self._before = draft, before
        self._layers, self._summary = layers, summary
        self._digests: dict[str, str] = {}
        self._notes: dict[str, OutputNote] = {}
        self._old = Notes(before)

    @property
    def layers(self) -> frozenset[str]:
        """Names of the layers and tables there are to read."""
        return frozenset(self._layers)

    def make(
        self,
        name: str,
        write: Callable[[Path, Read[Any], RunSummary], object],
        *,
        more: object = (),
    ) -> None:
        """Write the file or folder `name` by ``write(path, layers, summary)``, or take it over.

        Parameters
        ----------
        name : str
            Path below the results folder.
        write : Callable
            Must read layers and summary from what it is handed, and nothing else that changes.
        more : object
            Whatever else the output depends on (language, …); its ``repr`` must say all.
        """
        program = _digest(f"{program_stamp()} {more!r}".encode())
        old = self._old.outputs.get(name, OutputNote())
        if self._before is not None and self._same(old, program) and self._old.intact(name):
            _link(self._before / name, self._draft / name)
            self._notes[name] = old
            return
        layers, summary = Read(self._layers), ReadSummary.of(self._summary)
        (self._draft / name).parent.mkdir(parents=True, exist_ok=True)
        write(self._draft / name, layers, summary)
        if (self._draft / name).exists():
            self._notes[name] = {
                "program": program,
                "layers": {key: self._layer(key) for key in sorted(layers.keys_read)},
                "summary": {key: self._figure(key) for key in sorted(summary.keys_read)},
            }

    def close(self, had: str | None = None) -> None:
        """Note what each output read, every file, and `had`: what the run had before it.

        Called once everything is written; see :func:`had_before`.
        """
        notes = {"outputs": self._notes, "files": file_digests(self._draft), "had": had}
        (self._draft / NOTES).write_text(json.dumps(notes), encoding="utf-8")

    def _same(self, old: OutputNote, program: str) -> bool:
        return (
            old.get("program") == program
            and all(self._layer(key) == told for key, told in old["layers"].items())
            and all(self._figure(key) == told for key, told in old["summary"].items())
        )

    def _layer(self, name: str) -> str:
        if name == _ALL:
            return repr(sorted(self._layers))
        if name not in self._digests:
            frame = self._layers.get(name)
            self._digests[name] = "" if frame is None else frame_digest(frame)
        return self._digests[name]

    def _figure(self, key: str) -> str:
        held = getattr(self._summary, key, None)
        if isinstance(held, RunFacts):
            held = held.model_dump(mode="json", exclude=_UNSAID)
        elif isinstance(held, Figures):
            held = held.model_dump(mode="json")
        return _digest(json.dumps(held, sort_keys=True).encode())


def frame_digest(frame: pd.DataFrame) -> str:
    """Return what changes whenever a row, a column or a geometry does."""
    import geopandas as gpd  # noqa: PLC0415 - brings in pandas

    digest = hashlib.sha256(repr((list(frame.columns), len(frame))).encode())
    for name in frame.columns:
        column = frame[name]
        if isinstance(column, gpd.GeoSeries):
            for shape in column.to_wkb():
                digest.update(shape or b"-")
        else:
            digest.update("\x1f".join(map(repr, column.tolist())).encode())
    return digest.hexdigest()


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


class Notes:
    """What a run noted beside its results; empty where there are none.

    Parameters
    ----------
    folder : Path | None
        The results.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        try:
            told = json.loads((folder / NOTES).read_text(encoding="utf-8")) if folder else {}
        except (OSError, ValueError):
            told = {}
        self._files: dict[str, str] = told.get("files", {})
        self.outputs: dict[str, OutputNote] = told.get("outputs", {})
        self.had: str | None = told.get("had")

    @cached_property
    def _now(self) -> dict[str, str]:
        return {} if self._folder is None else file_digests(self._folder)

    @property
    def all_intact(self) -> bool:
        """Whether every file is as it was written, and there is no other."""
        return bool(self._files) and self._now == self._files

    def intact(self, name: str) -> bool:
        """Whether the file or folder `name` is as it was written."""
        then, now = (_below(files, name) for files in (self._files, self._now))
        return bool(then) and then == now


def _below(files: Mapping[str, str], name: str) -> dict[str, str]:
    """Return those of `files` that are `name` or lie in it."""
    return {path: told for path, told in files.items() if f"{path}/".startswith(f"{name}/")}


def had_before(state: Mapping[str, str], language: Language) -> str:
    """Return what changes whenever a run by the same rules would find or write anything else.

    Parameters
    ----------
    state : Mapping[str, str]
        Of the project, see :func:`data.project_state.project_state`.
    language : Language
        What pages and sheets are written in.
    """
    today = datetime.now(SHANGHAI).date()  # Pages say "today" and "tomorrow".
    told = (sorted(state.items()), str(language), today.isoformat(), program_stamp())
    return _digest(repr(told).encode())


def file_digests(folder: Path) -> dict[str, str]:
    """Return a digest of every file in `folder` but the notes, by its path."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != NOTES:
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            found[path.relative_to(folder).as_posix()] = digest
    return found


def _link(source: Path, target: Path) -> None:
    """Put `source`, a file or a folder, at `target` too; results are never written in place."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, copy_function=_link_file)
    else:
        _link_file(source, target)


def _link_file(source: str | Path, target: str | Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # Another disk, or one that knows no links.
        shutil.copy2(source, target)
