"""Reads what a project publishes, and reads it again when it changes."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from api.http.problems import LOGGER, HttpError, log_failure
from api.publishing.edition import Edition, RunRead
from api.publishing.first_reading import Faults, FirstReading, KeptReading, Layers, LayersRead
from data.store.project import Project
from geo.errors import YizhanError
from geo.layers.columns import INPUT_LAYERS, LAYERS
from geo.text import Text

if TYPE_CHECKING:
    from data.store.summary_file import StoredSummary

_CHANGING = Text(
    "项目的数据刚刚被改动，正在重新读取，请稍后再试。",
    "The project's data have just been changed and are being read again; try again shortly.",
)
_LOOK_AGAIN_S = 1.0
"""How often files are looked at for something newly published: soon for people, seldom for a disk."""
_FIRST_ANSWER_S = 3.0
"""What is prepared behind the first answer waits for it no longer than this."""
_PATIENCE = 5
"""So many times it is read again while somebody is publishing, whose last act is one rename."""
_MOST_TOLD = 3
"""So many faults of a layer are told in words; the count tells of the rest."""


def read_edition(folder: Path) -> tuple[Edition, Callable[[], None]]:
    """Read everything publishable in the project `folder`.

    Where its first reading is kept, layers and figures are read when they are first looked at.

    Returns
    -------
    Edition, callable
        The edition, and what keeps its first reading: to be called once it is certain that
        nothing was published meanwhile.

    Raises
    ------
    MissingError
        If the folder holds no project.
    """
    stamp, ground, modified = _signature(folder)
    project = Project.open(folder)
    kept = KeptReading(project)
    first = kept.load()
    reading = _Reading(project, stamp)
    if first is not None:
        layers, keep = LayersRead(reading.layers_unchanged), _nothing
    else:
        held, faults = reading.layers()
        first = FirstReading.of(held, faults, reading.summary.summary)
        layers, keep = LayersRead(lambda: held), partial(kept.save, first)
    edition = Edition(
        project=project,
        name=project.name,
        is_sample=project.is_sample,
        layers=layers,
        first=first,
        read_run=partial(reading.run, first.faults),
        stamp=stamp,
        modified=modified,
        ground=ground,
    )
    return edition, keep


def _nothing() -> None:
    """Keep nothing: it is kept already."""


class _Reading:
    """Reads what is not needed for the first answers, as long as it is what the stamp says.

    Parameters
    ----------
    project : Project
        Whose layers and results.
    stamp : str
        See :func:`_signature`.
    """

    def __init__(self, project: Project, stamp: str) -> None:
        self._project, self._stamp = project, stamp

    def layers(self) -> tuple[Layers, Faults]:
        """Return all layers that are published, and what was left out."""
        from api.analysis.made_from import LAYERS_OF  # noqa: PLC0415 - not for the first answers
        from api.publishing.layer_reading import read_layers  # noqa: PLC0415 - not for the first answers

        gone = {name for part in self.summary.unread for name in LAYERS_OF[part]}
        return read_layers(self._project, gone)

    def layers_unchanged(self) -> Layers:
        """Return all layers that are published, some time after the first reading."""
        found, _ = self.layers()
        self._check()
        return found

    def run(self, faults: Faults) -> RunRead:
        """Return what is said of the last run."""
        from api.analysis.made_from import stale_parts, stale_text, withdrawn_text  # noqa: PLC0415 - not for the first answers
        from data.store.summary_file import has_summary  # noqa: PLC0415 - not for the first answers

        summary, unread = self.summary
        folder, stale = self._project.results_folder, stale_parts(self._project, summary)
        stated = (
            *(_fault_notice(name, texts) for name, texts in faults.items()),
            stale_text(stale),
            withdrawn_text({*summary.withdrawn, *unread}),
        )
        found = RunRead(
            summary=summary,
            notices=tuple(text for text in stated if text),
            folder=folder if has_summary(folder) else None,
            changed_layers=LayersRead(self._layers_of_run) if "coverage" in stale else {},
        )
        self._check()
        return found

    @cached_property
    def summary(self) -> StoredSummary:
        """The figures of the last run."""
        from data.store.summary_file import read_summary  # noqa: PLC0415 - not for the first answers

        return read_summary(self._project.results_folder)

    def _layers_of_run(self) -> Layers:
        from api.publishing.layer_reading import layers_of_run  # noqa: PLC0415 - not for the first answers

        found = layers_of_run(self._project)
        self._check()
        return found

    def _check(self) -> None:
        if _signature(self._project.folder)[0] != self._stamp:
            raise HttpError(503, "changing", _CHANGING)


def _fault_notice(name: str, texts: tuple[Text, ...]) -> Text:
    zh = "；".join(text.zh.rstrip("。") for text in texts[:_MOST_TOLD])
    en = "; ".join(text.en.rstrip(". ") for text in texts[:_MOST_TOLD])
    more = len(texts) - _MOST_TOLD
    return Text(
        f"{LAYERS[name].text.zh}有 {len(texts)} 处不合要求，已略过：{zh}"
        + (f"；另有 {more} 处" if more > 0 else "")
        + "。请改正后重新导入。",
        f"{LAYERS[name].text.en}: {len(texts)} faults left out: {en}"
        + (f"; {more} more" if more > 0 else "")
        + ". Mend them and import again.",
    )


def _signature(folder: Path) -> tuple[str, str, datetime]:
    """Return what changes with a layer's version, the streets or results; with but the first two; when."""
    project = Project.open(folder)
    ground = [folder / "streets" / "manifest.json", project.base_map_folder / "manifest.json"]
    ground += [project.path(name) for name in INPUT_LAYERS if project.has(name)]
    # The workbook is made of what lies beside it when somebody asks for it.
    results = [path for path in project.results_folder.glob("*") if path.name != "results.xlsx"]
    under, under_s = _as_written(ground)
    above, above_s = _as_written([folder / "project.json", *sorted(results)])
    stamp = hashlib.sha256(f"{under} {above}".encode()).hexdigest()[:16]
    return stamp, under, datetime.fromtimestamp(int(max(under_s, above_s)), tz=UTC)


def _as_written(paths: Iterable[Path]) -> tuple[str, float]:
    """Return what changes when one of the files is written, and when the newest was."""
    digest, newest_s = hashlib.sha256(), 0.0
    for path in paths:
        with suppress(FileNotFoundError):
            stat = path.stat()
            digest.update(f"{path.name}|{stat.st_mtime_ns}|{stat.st_size}\n".encode())
            newest_s = max(newest_s, stat.st_mtime)
    return digest.hexdigest(), newest_s


class Editions:
    """Holds the current edition; reads and warms a new one aside when the folder changes.

    Nobody waits for that: questions are answered from the old edition until the new one is ready.

    Parameters
    ----------
    folder : Path
        The project folder.
    planned : bool
        Whether somebody may plan here: then what they ask first is prepared too.
    behind : callable | None
        Done once, when the nearest stations can be told.
    """

    def __init__(
        self,
        folder: Path,
        *,
        planned: bool = False,
        behind: Callable[[], None] | None = None,
    ) -> None:
        self._folder, self._planned = folder, planned
        self._reading = threading.Lock()
        self._edition = _read_settled(folder)
        self._looked_s = time.monotonic()
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="yizhan-edition")
        self._first_answer = threading.Event()
        self._pool.submit(_warm, self._edition.warm)
        self._pool.submit(self._first_answer.wait, _FIRST_ANSWER_S)
        if behind is not None:
            self._pool.submit(_warm, behind)
        self._prepare_behind()

    def current(self) -> Edition:
        """Return the newest edition that is ready; has the folder looked at once a second."""
        moment_s = time.monotonic()
        if moment_s - self._looked_s > _LOOK_AGAIN_S:
            self._looked_s = moment_s
            self._pool.submit(self._look)
        return self._edition

    def answered(self) -> None:
        """Go on with what is prepared behind the first answer, which then no longer competes."""
        self._first_answer.set()

    def look_again(self) -> Edition:
        """Look at the folder now and return the newest edition."""
        with self._reading:
            if _signature(self._folder)[0] != self._edition.stamp:
                edition = _read_settled(self._folder)
                edition.take_over(self._edition)
                _warm(edition.warm)
                self._edition = edition
                self._prepare_behind()
        return self._edition

    def settled(self) -> Edition:
        """Return what is published now, waiting until it is read; the last one if it cannot be."""
        self._look()
        return self._edition

    def close(self) -> None:
        """Wait until nothing is being read."""
        self.answered()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _prepare_behind(self) -> None:
        """Have it done behind what the first worker waits for; nobody waits for this."""
        self._pool.submit(_warm, self._edition.warm_search)
        if self._planned:
            self._pool.submit(_warm, self._edition.warm_planning)

    def _look(self) -> None:
        try:
            self.look_again()
        except Exception as error:  # noqa: BLE001 - the edition in hand goes on being served
            log_failure(error)


def _read_settled(folder: Path) -> Edition:
    """Read again while somebody is publishing: what is served is never half old, half new."""
    for _ in range(1 + _PATIENCE):
        edition, keep = read_edition(folder)
        if _signature(folder)[0] == edition.stamp:
            keep()
            break
    return edition


def _warm(prepare: Callable[[], None]) -> None:
    """Prepare something before it is asked for; whoever asks is told what is wrong with it."""
    try:
        prepare()
    except YizhanError as error:
        LOGGER.info("%s", error.text.en)
    except Exception as error:  # noqa: BLE001 - what else there is is served
        log_failure(error)
