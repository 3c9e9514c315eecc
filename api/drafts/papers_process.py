"""The committee's papers made in a process of their own: nobody's answer waits for a print.

Typesetting and drawing keep one processor busy for half a minute. In the service's own process
every request of a colleague would wait for it, so a second process does it, with low priority.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import traceback
from collections.abc import Collection
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from api.drafts.committee import committee_subject, new_zip, write_zip
from data.disk import storage_error
from data.project import Project
from geo.errors import YizhanError
from geo.solving import Progress
from geo.text import Language, Text
from maps.report.formats import Format

_STEP = Text("准备数据", "Preparing")
_LOOK_S = 0.2
_NICE = 10


class PapersError(RuntimeError):
    """The process broke off; the text is its traceback."""


def zip_in_own_process(
    project: Project,
    *,
    plan: str | None,
    language: Language,
    formats: Collection[Format],
    progress: Progress,
) -> Path:
    """Write the papers of `plan` into a ZIP file of the project; return it.

    `progress` may raise to end the work: then nothing is left of it.

    Raises
    ------
    YizhanError
        What the process was told.
    PapersError
        If the process breaks off.
    """
    path = new_zip(project)
    theirs, ours = multiprocessing.get_context("spawn").Pipe(duplex=False)
    # Spawned, not forked: threads of this process may hold locks just now.
    process = multiprocessing.get_context("spawn").Process(
        target=_make,
        args=(ours, project.folder, path, plan, language, tuple(formats)),
        name="yizhan-papers",
        daemon=True,
    )
    process.start()
    ours.close()
    try:
        _followed(process, theirs, progress)
    finally:
        process.terminate()
        process.join()
        theirs.close()
        path.with_suffix(".part").unlink(missing_ok=True)
    return path


def _followed(process: BaseProcess, told: Connection, progress: Progress) -> None:
    """Pass on what the process tells until it is done."""
    step, fraction = _STEP, 0.0
    while True:
        progress(step, fraction)
        if not told.poll(_LOOK_S):
            continue
        try:
            kind, value = told.recv()
        except EOFError:
            process.join()
            message = f"the process ended with exit code {process.exitcode}"
            raise PapersError(message) from None
        if kind == "done":
            return
        if kind == "refused":
            raise YizhanError(value)
        if kind == "broken":
            raise PapersError(value)
        step, fraction = value


def _make(
    told: Connection,
    folder: Path,
    path: Path,
    plan: str | None,
    language: Language,
    formats: tuple[Format, ...],
) -> None:
    """Write the file, and tell how it goes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # The service ends this when it ends.
    if hasattr(os, "nice"):
        os.nice(_NICE)

    def say(kind: str, value: Any) -> None:  # noqa: ANN401 - as the kind says
        with suppress(OSError):  # Nobody listens any more: this process is ended just now.
            told.send((kind, value))

    def progress(step: Text, fraction: float) -> None:
        say("step", (step, fraction))

    try:
        project = Project.open(folder)
        subject = committee_subject(project, plan=plan, language=language, progress=progress)
        write_zip(project, subject, formats, path=path, progress=progress)
    except YizhanError as error:
        say("refused", error.text)
    except Exception as error:  # noqa: BLE001 - told to the service, which logs it
        known = storage_error(error)
        say(*(("broken", traceback.format_exc()) if known is None else ("refused", known.text)))
    else:
        say("done", None)
