"""What was written before and would come out the same is taken over, not written again.

Every output notes what it read: figures of which steps, layers, tables, each with a digest. As long
as all of those are the same, and the program is, the file of the former results is linked into the
new ones. What an output does not read cannot make it new, and nobody keeps a list by hand. A file
that is not as it was written, because somebody edited or deleted it, is written again. What has to
be written, two processes share where there are two processors.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar

from pydantic import PrivateAttr

from api.own_process import BESIDE_A_RUN, beginning, can_copy
from data.program import program_stamp
from geo.hours import SHANGHAI
from geo.solving import Progress, silent
from geo.summary.figures import Figures
from geo.summary.run import RunFacts, RunSummary
from geo.text import Language, Text

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


_WRITING = Text("写出结果", "Writing results")
_TURN_BYTES = 2
"""A turn is a number below 65,536: far more than there are outputs."""


@dataclass(frozen=True, slots=True)
class MadeWhenRead:
    """A layer that is made when an output first reads it.

    Attributes
    ----------
    key : str
        What changes whenever the layer does, as long as the program stays.
    make : Callable[[], DataFrame]
        Makes it; asked again for every output that reads it.
    """

    key: str
    make: Callable[[], pd.DataFrame]


class Read(Mapping[str, V]):
    """A mapping that remembers what was read of it.

    Parameters
    ----------
    of : Mapping[str, V | MadeWhenRead]
        What is read.
    """

    def __init__(self, of: Mapping[str, V | MadeWhenRead]) -> None:
        self._of = of
        self.keys_read: set[str] = set()

    def __getitem__(self, key: str) -> V:
        """Return the value at `key`; that it was asked for is remembered even where there is none."""
        self.keys_read.add(key)
        found = self._of[key]
        return found.make() if isinstance(found, MadeWhenRead) else found  # type: ignore[return-value]

    def __contains__(self, key: object) -> bool:
        """Tell whether there is a value at `key`, without making it."""
        self.rests_on(str(key))
        return key in self._of

    def rests_on(self, *keys: str) -> None:
        """Remember `keys` as read: what is written was made of them before."""
        self.keys_read.update(keys)

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


@dataclass(frozen=True, slots=True)
class _Output:
    """A file that has to be written, by whom, under which key of the program."""

    name: str
    write: Callable[[Path, Read[Any], RunSummary], object]
    program: str


class Outputs:
    """The files of one run, some of them those of the run before.

    Parameters
    ----------
    draft : Path
        Where the new results are written.
    before : Path | None
        Folder of the results that hold now.
    layers : Mapping[str, DataFrame | MadeWhenRead]
        Layers and tables, by name.
    summary : RunSummary
        The figures.
    """

    def __init__(
        self,
        draft: Path,
        before: Path | None,
        layers: Mapping[str, pd.DataFrame | MadeWhenRead],
        summary: RunSummary,
    ) -> None:
        self._draft, self._before = draft, before
        self._layers, self._summary = layers, summary
        self._digests: dict[str, str] = {}
        self._notes: dict[str, OutputNote] = {}
        self._to_write: list[_Output] = []
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
        later: bool = False,
    ) -> None:
        """Take over the file `name`, or have it written by ``write(path, layers, summary)``.

        It is written by :meth:`write`, those first that are made first.

        Parameters
        ----------
        name : str
            Path below the results folder.
        write : Callable
            Must read layers and summary from what it is handed, and nothing else that changes.
        more : object
            Whatever else the output depends on (language, …); its ``repr`` must say all.
        later : bool
            Whether it is left out where it cannot be taken over: it is made when asked for.
        """
        program = _program(more)
        old = self._old.outputs.get(name, OutputNote())
        if self._before is not None and self._same(old, program) and self._old.intact(name):
            _link(self._before / name, self._draft / name)
            self._notes[name] = old
        elif not later:
            self._to_write.append(_Output(name, write, program))

    def same_layers(self, name: str, *, more: object = ()) -> frozenset[str] | None:
        """Return which of the layers that the file `name` read before are as they were.

        None where it was not written before by this program with the same `more`, or was edited.
        """
        old = self._old.outputs.get(name, OutputNote())
        if old.get("program") != _program(more) or not self._old.intact(name):
            return None
        return frozenset(key for key, told in old["layers"].items() if self._layer(key) == told)

    def write(self, progress: Progress = silent, *, shared: bool = False) -> None:
        """Write all that is not taken over.

        Where it is `shared`, a copy of this process, if there can be one, writes some of it.
        """
        pending, self._to_write = self._to_write, []
        shared = shared and can_copy() and len(pending) > 1
        with _turns(len(pending), shared=shared) as turns:
            share = partial(self._write_some, pending, turns)
            with beginning(share, name="outputs", purpose=BESIDE_A_RUN, worth=shared) as other:
                noted = share(progress=other.passing_on(progress))
                noted |= other.wait(progress)
        for lost in (one for one in pending if one.name not in noted):  # With the other process.
            noted[lost.name] = self._written(lost)
        self._notes |= {name: told for name, told in noted.items() if told}

    def _write_some(
        self, pending: list[_Output], turns: Iterable[int], *, progress: Progress
    ) -> dict[str, OutputNote]:
        """Write those of `pending` whose turn it is; return what each read, {} where it wrote none."""
        noted: dict[str, OutputNote] = {}
        for turn in turns:
            noted[pending[turn].name] = self._written(pending[turn])
            progress(_WRITING, (turn + 1) / len(pending))
        return noted

    def _written(self, output: _Output) -> OutputNote:
        path = self._draft / output.name
        path.unlink(missing_ok=True)  # What a process left that was lost over it.
        layers, summary = Read(self._layers), ReadSummary.of(self._summary)
        path.parent.mkdir(parents=True, exist_ok=True)
        output.write(path, layers, summary)
        if not path.exists():
            return {}
        return {
            "program": output.program,
            "layers": {key: self._layer(key) for key in sorted(layers.keys_read)},
            "summary": {key: self._figure(key) for key in sorted(summary.keys_read)},
        }

    def close(self, language: Language, had: str | None = None) -> None:
        """Note what each output read, every file, and `had`: what the run had before it.

        Called once everything is written; see :func:`had_before`. `language` is that of the files.
        """
        notes = {
            "outputs": self._notes,
            "files": file_digests(self._draft),
            "had": had,
            "language": language,
        }
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
            held = self._layers.get(name)
            if isinstance(held, MadeWhenRead):
                self._digests[name] = held.key
            else:
                self._digests[name] = "" if held is None else frame_digest(held)
        return self._digests[name]

    def _figure(self, key: str) -> str:
        held = getattr(self._summary, key, None)
        if isinstance(held, RunFacts):
            held = held.model_dump(mode="json", exclude=_UNSAID)
        elif isinstance(held, Figures):
            held = held.model_dump(mode="json")
        return _digest(json.dumps(held, sort_keys=True).encode())


@contextmanager
def _turns(count: int, *, shared: bool) -> Iterator[Iterable[int]]:
    """Give the numbers below `count`, each once, to whichever process asks first."""
    if not shared:
        yield iter(range(count))
        return
    taking, giving = os.pipe()
    try:
        with os.fdopen(giving, "wb") as pipe:
            pipe.writelines(turn.to_bytes(_TURN_BYTES) for turn in range(count))
        asked = iter(partial(os.read, taking, _TURN_BYTES), b"")
        yield (int.from_bytes(turn) for turn in asked)
    finally:
        os.close(taking)


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


def _program(more: object) -> str:
    return _digest(f"{program_stamp()} {more!r}".encode())


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
        self.language = Language(told.get("language", Language.ZH))

    @cached_property
    def _now(self) -> dict[str, str]:
        return {} if self._folder is None else file_digests(self._folder)

    @property
    def all_intact(self) -> bool:
        """Whether every file is as it was written, and there is no other."""
        return bool(self._files) and self._now == self._files

    def intact(self, name: str) -> bool:
        """Whether the file `name` is as it was written."""
        return name in self._files and self._now.get(name) == self._files[name]


def had_before(state: Mapping[str, str], language: Language) -> str:
    """Return what changes whenever a run by the same rules would find or write anything else.

    Parameters
    ----------
    state : Mapping[str, str]
        Of the project, see :func:`data.store.project_state.project_state`.
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
    """Put the file `source` at `target` too; results are never written in place."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except OSError:  # Another disk, or one that knows no links.
        shutil.copy2(source, target)
