"""Long work in a process of its own, with low priority: nobody's answer waits for it.

Solving and drawing keep a processor busy for many seconds. In the service's own process every
question of a worker would wait for its turn at the interpreter, so a second process does the work.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar

from data.disk import storage_error
from data.project import Project
from data.streets.folder import open_streets
from geo.errors import YizhanError
from geo.solving import Progress
from geo.text import Text

T = TypeVar("T")

_STEP = Text("准备数据", "Preparing")
_LOOK_S = 0.2
_PATIENCE_S = 20.0
_NICE = 10
_WORTH_NODES = 20_000
"""Work on fewer street nodes is done in less than the second or two a process takes to start."""


class ProcessBrokenError(RuntimeError):
    """The process broke off; the text is its traceback."""


def is_worth_a_process(project: Project) -> bool:
    """Tell whether work on the project takes longer than the few seconds a process takes to start."""
    with suppress(YizhanError):
        return open_streets(project.streets_folder).nodes >= _WORTH_NODES
    return False


def in_own_process(work: Callable[..., T], *arguments: object, progress: Progress, name: str) -> T:
    """Return what ``work(*arguments, progress=…)`` returns in a process called `name`.

    Work, arguments and answer must be picklable. `progress` may raise to end the work: the process
    is told to end, and what it was about to publish is not published.

    Raises
    ------
    YizhanError
        What the work raised.
    ProcessBrokenError
        If the process breaks off.
    """
    # Spawned, not forked: threads of this process may hold locks just now.
    spawned = multiprocessing.get_context("spawn")
    theirs, ours = spawned.Pipe(duplex=False)
    process = spawned.Process(target=_do, args=(ours, work, arguments), name=name)
    process.start()
    ours.close()
    try:
        answer: T = _followed(process, theirs, progress)
    finally:
        process.terminate()
        process.join(_PATIENCE_S)
        process.kill()
        process.join()
        theirs.close()
    return answer


def _followed(process: BaseProcess, told: Connection, progress: Progress) -> Any:  # noqa: ANN401
    """Pass on what the process tells until it is done; return its answer."""
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
            raise ProcessBrokenError(message) from None
        if kind == "done":
            return value
        if kind == "refused":
            raise YizhanError(value)
        if kind == "broken":
            raise ProcessBrokenError(value)
        step, fraction = value


def _do(told: Connection, work: Callable[..., object], arguments: tuple[object, ...]) -> None:
    """Do the work, and tell how it goes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # The service ends this when it ends.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # What is half made is cleared away.
    if hasattr(os, "nice"):
        os.nice(_NICE)

    def say(kind: str, value: object) -> None:
        try:
            told.send((kind, value))
        except OSError:
            sys.exit(1)  # The service is gone: nothing may be published behind its back.

    def progress(step: Text, fraction: float) -> None:
        say("step", (step, fraction))

    try:
        answer = work(*arguments, progress=progress)
    except YizhanError as error:
        say("refused", error.text)
    except Exception as error:  # noqa: BLE001 - told to the service, which logs it
        known = storage_error(error)
        say(*(("broken", traceback.format_exc()) if known is None else ("refused", known.text)))
    else:
        say("done", answer)
