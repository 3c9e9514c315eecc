"""The results of runs: every run writes a folder of its own, and one rename makes it the one.

```
results/2/         what the run before wrote, kept for a while
results/3/         what holds: ``project.json`` says 3
.results-1f3a/     what a run is writing
```

Whenever a process ends, by itself or by force, ``project.json`` names a folder that is whole. What
a killed run left behind is removed when the next one starts.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

from data.disk import flush_to_disk, held, remove_drafts, writing
from data.store.project import PROJECT_FILE, Project

KEPT = 12
"""Runs whose results stay: who opened the one before can go on reading it, and a plan published
before can be published again. Files that did not change are linked, so that most take no room."""

_DRAFT = ".results-"
_PATIENCE_S = 120.0
"""A second run waits this long for the first to write its files."""
_FORMER = ("results.gpkg", "results.xlsx", "summary.json", "maps", "bus", "coverage_*.csv")
"""What programs before this layout wrote straight into ``results``."""


@contextmanager
def new_results(project: Project) -> Iterator[Path]:
    """Give an empty folder to fill; at the end, what stands in it becomes the results, at once.

    After an error the results are what they were.

    Raises
    ------
    StorageError
        If the disk is full or the project may not be written.
    BadInputError
        If another run holds the results for two minutes.
    """
    with _sole_writer(project):
        _remove_leftovers(project)
        draft = project.folder / f"{_DRAFT}{uuid4().hex[:8]}"
        try:
            with writing(project.folder / "results"):
                draft.mkdir()
                yield draft
                _flush(draft)
            number = project.results_number + 1
            final = project.folder / "results" / str(number)
            with writing(final):
                final.parent.mkdir(exist_ok=True)
                draft.rename(final)
            project.hold_results(number)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
        _remove_old(project)


@contextmanager
def added_to_results(project: Project, target: Path) -> Iterator[Path]:
    """Give a file to write that is `target` at the end, in results that hold already.

    What stands there is never half: it is written elsewhere, and one rename puts it in its place.

    Raises
    ------
    StorageError
        If the disk is full or the project may not be written.
    BadInputError
        If a run holds the results for two minutes.
    """
    with _sole_writer(project):
        draft = project.folder / f"{_DRAFT}{uuid4().hex[:8]}{target.suffix}"
        try:
            with writing(target):
                yield draft
                flush_to_disk(draft)
                draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)


def kept_results(project: Project) -> dict[int, Path]:
    """Return the folders of runs that stay, whole, by number; the last is what holds."""
    found = {
        number: path
        for path, number in _numbered(project)
        if number <= project.results_number and (path / "summary.json").is_file()
    }
    return dict(sorted(found.items()))


def remove_leftovers(project: Project) -> None:
    """Remove what killed runs left behind, unless a run is writing just now."""
    with suppress(OSError, ValueError), _sole_writer(project, patience_s=0.0):
        _remove_leftovers(project)


@contextmanager
def _sole_writer(project: Project, *, patience_s: float = _PATIENCE_S) -> Iterator[None]:
    with held(project.folder / ".results.lock", patience_s=patience_s):
        yield


def _remove_leftovers(project: Project) -> None:
    """Remove drafts, results never held, and layers half-written; all writers are held off."""
    _bring_back_former(project)
    _discard(project.folder.glob(f"{_DRAFT}*"))
    _discard(path for path, number in _numbered(project) if number > project.results_number)
    with project.locked():
        remove_drafts(project.folder / PROJECT_FILE)
        _discard((project.folder / "layers").glob(".*"))


def _bring_back_former(project: Project) -> None:
    """Put back results that an earlier program had set aside when it was killed."""
    results = project.folder / "results"
    aside = [path for path in project.folder.glob(".old-*") if (path / "summary.json").exists()]
    if aside and not results.exists():
        max(aside, key=lambda path: path.stat().st_mtime).rename(results)
    _discard(project.folder.glob(".old-*"))


def _remove_old(project: Project) -> None:
    """Remove results that are not among the last few."""
    _discard(path for path, number in _numbered(project) if number <= project.results_number - KEPT)
    for name in _FORMER:
        _discard((project.folder / "results").glob(name))


def _numbered(project: Project) -> list[tuple[Path, int]]:
    paths = list((project.folder / "results").glob("*"))
    return [(path, int(path.name)) for path in paths if path.name.isdecimal()]


def _discard(paths: Iterable[Path]) -> None:
    for path in list(paths):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            with suppress(OSError):
                path.unlink()


def _flush(folder: Path) -> None:
    """Have every file on the disk before the folder counts; what is linked is there already."""
    for path in folder.rglob("*"):
        if path.is_file() and path.stat().st_nlink == 1:
            flush_to_disk(path)
