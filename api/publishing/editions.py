"""Reads what a project publishes, and reads it again when it changes."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from api.analysis.made_from import LAYERS_OF, stale_parts, stale_text, withdrawn_text
from api.http.problems import LOGGER, log_failure
from api.publishing.edition import Edition
from api.publishing.first_reading import Faults, FirstReading, KeptReading, Layers, LayersRead
from data.basemap.building import base_map_folder
from data.project import Project
from data.summary_file import has_summary, read_summary
from geo.errors import YizhanError
from geo.layers.columns import INPUT_LAYERS, LAYERS
from geo.study.rules import Part
from geo.text import Text

_LOOK_AGAIN_S = 1.0
_PATIENCE = 5
_MOST_TOLD = 3


def read_edition(folder: Path) -> tuple[Edition, Callable[[], None]]:
    """Read everything publishable in the project `folder`.

    Layers whose first reading is kept are read when they are first looked at.

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
    stamp, modified = _signature(folder)
    project = Project.open(folder)
    summary, unread = read_summary(project.results_folder)
    gone = frozenset(name for part in unread for name in LAYERS_OF[part])
    kept = KeptReading(project, gone)
    first = kept.load()
    if first is not None:
        layers, keep = LayersRead(lambda: _read_layers(project, gone)[0], first.counts), _nothing
    else:
        held, faults = _read_layers(project, gone)
        first = FirstReading.of(held, faults)
        layers, keep = LayersRead(lambda: held), partial(kept.save, first)
    stale = stale_parts(project, summary)
    edition = Edition(
        project=project,
        name=project.name,
        is_sample=project.is_sample,
        layers=layers,
        first=first,
        summary=summary,
        stamp=stamp,
        modified=modified,
        notices=_notices(first.faults, stale, {*summary.withdrawn, *unread}),
        results_folder=project.results_folder if has_summary(project.results_folder) else None,
        layers_of_run=LayersRead(partial(_read_layers_of_run, project))
        if "coverage" in stale
        else {},
    )
    return edition, keep


def _nothing() -> None:
    """Keep nothing: it is kept already."""


def _read_layers(project: Project, gone: frozenset[str]) -> tuple[Layers, Faults]:
    from api.publishing.layer_reading import read_layers  # noqa: PLC0415 - brings in pandas

    return read_layers(project, gone)


def _read_layers_of_run(project: Project) -> Layers:
    from api.publishing.layer_reading import layers_of_run  # noqa: PLC0415 - as above

    return layers_of_run(project)


def _notices(
    faults: Mapping[str, tuple[Text, ...]],
    stale: Mapping[Part, list[str]],
    withdrawn: set[Part],
) -> tuple[Text, ...]:
    """Return what a planner should know before trusting the figures."""
    told = [_fault_notice(name, texts) for name, texts in faults.items()]
    return tuple(text for text in (*told, stale_text(stale), withdrawn_text(withdrawn)) if text)


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


def _signature(folder: Path) -> tuple[str, datetime]:
    """Return what changes when a layer's version, the streets or results are published."""
    project = Project.open(folder)
    watched = [folder / "project.json", folder / "streets" / "manifest.json"]
    watched.append(base_map_folder(project) / "manifest.json")
    watched += [project.path(name) for name in INPUT_LAYERS if project.has(name)]
    watched += sorted(project.results_folder.glob("*"))
    digest = hashlib.sha256()
    newest = 0.0
    for path in watched:
        try:
            stat = path.stat()
        except FileNotFoundError:
            continue
        digest.update(f"{path.name}|{stat.st_mtime_ns}|{stat.st_size}\n".encode())
        newest = max(newest, stat.st_mtime)
    return digest.hexdigest()[:16], datetime.fromtimestamp(int(newest), tz=UTC)


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
        self._pool.submit(_warm, self._edition.warm)
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

    def look_again(self) -> Edition:
        """Look at the folder now and return the newest edition."""
        with self._reading:
            if _signature(self._folder)[0] != self._edition.stamp:
                edition = _read_settled(self._folder)
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
