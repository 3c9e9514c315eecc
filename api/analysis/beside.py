"""A part of a run in a process of its own: the second processor does it beside the rest of the run.

What the part tells of its progress is passed on, and what it refuses is raised where its answer is
asked for. It ends with the run, whatever ends that, be it a kill. Where its process ends without an
answer (out of memory, killed, a fault), the run does the part itself.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, Generic, Protocol, TypeVar

from geo.errors import YizhanError
from geo.solving import Progress, silent
from geo.text import Text

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

_PROCESSORS = 2
_TELL_S = 0.2
"""How often a process tells how far a step is; that a step begins or ends it tells at once."""


class Work(Protocol[T_co]):
    """A function of a module, or a ``partial`` of one, so that it can be sent to a process."""

    def __call__(self, *, progress: Progress) -> T_co:
        """Do it; return the answer."""


@dataclass(frozen=True, slots=True)
class _Step:
    """How far the process is."""

    text: Text
    fraction: float


@dataclass(frozen=True, slots=True)
class _Answer(Generic[T]):
    """What the process found, or refused."""

    found: T | None = None
    refusal: YizhanError | None = None


class Beside(Generic[T]):
    """Work that goes on beside the caller's own; see :func:`beside`.

    Parameters
    ----------
    work : Work[T]
        What is done.
    process, told : BaseProcess, Connection | None
        Who does it, and what is heard of it; None: the caller, when the answer is asked for.
    """

    def __init__(
        self, work: Work[T], process: BaseProcess | None = None, told: Connection | None = None
    ) -> None:
        self.process = process
        self._work, self._told = work, told
        self._step: _Step | None = None
        self._answer: _Answer[T] | None = None

    def passing_on(self, progress: Progress) -> Progress:
        """Return a `progress` for the caller's own steps that tells those of the process too.

        The caller's own comes last, so that it is what is seen where there is room for one.
        """

        def both(step: Text, fraction: float) -> None:
            while self._told is not None and self._told.poll():
                self._hear(self._told, progress)
            progress(step, fraction)

        return both

    def wait(self, progress: Progress = silent) -> T:
        """Return the answer; `progress` may raise to end the run.

        Raises
        ------
        YizhanError
            For what the work was refused.
        """
        while self._told is not None:
            if self._told.poll(_TELL_S):
                self._hear(self._told, progress)
            elif self._step is not None:
                progress(self._step.text, self._step.fraction)
        if self._answer is None:
            self._answer = _Answer(found=self._work(progress=progress))
        if self._answer.refusal is not None:
            raise self._answer.refusal
        return self._answer.found  # type: ignore[return-value]

    def _hear(self, told: Connection, progress: Progress) -> None:
        try:
            heard = told.recv()
        except (EOFError, OSError):  # It ended without an answer.
            self._told = None
            return
        if isinstance(heard, _Step):
            self._step = heard
            progress(heard.text, heard.fraction)
        else:
            self._answer, self._told = heard, None


@contextmanager
def beside(work: Work[T], *, name: str, apart: bool) -> Iterator[Beside[T]]:
    """Begin `work` in a process of its own; at the end of the block nothing of it goes on.

    Parameters
    ----------
    work : Work[T]
        What to do.
    name : str
        Of the process.
    apart : bool
        Whether a process is worth the second or two that it takes to start. If not, on one
        processor, and where no process can be had, the work is done when its answer is asked for.
    """
    if not apart or (os.cpu_count() or 1) < _PROCESSORS:
        yield Beside(work)
        return
    # Spawned, not forked: threads of this process may hold locks just now.
    context = multiprocessing.get_context("spawn")
    told, telling = context.Pipe(duplex=False)
    process = context.Process(target=_do, args=(work, telling), name=f"yizhan-{name}", daemon=True)
    with told:
        if not _started(process):
            telling.close()
            yield Beside(work)
            return
        telling.close()
        try:
            yield Beside(work, process, told)
        finally:
            process.terminate()
            process.join()


def _started(process: BaseProcess) -> bool:
    """Start `process`, deaf to Ctrl-C from the beginning: the run hears it, and ends this."""
    mask = getattr(signal, "pthread_sigmask", None)  # Windows has none.
    held = None if mask is None else mask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        process.start()
    except (OSError, AssertionError):  # No more processes, or one that may have none of its own.
        return False
    finally:
        if mask is not None:
            mask(signal.SIG_SETMASK, held)
    return True


def _do(work: Work[Any], telling: Connection) -> None:
    """Do `work` in the process that was started for it, and tell of it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        answer = _Answer(found=work(progress=_teller(telling.send)))
    except YizhanError as refusal:
        answer = _Answer(refusal=refusal)
    telling.send(answer)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _teller(send: Callable[[_Step], None]) -> Progress:
    """Return a progress that sends what is told, not more often than anybody could read."""
    last: tuple[Text | None, float] = (None, 0.0)

    def progress(step: Text, fraction: float) -> None:
        nonlocal last
        now_s = time.monotonic()
        if step != last[0] or fraction >= 1.0 or now_s >= last[1] + _TELL_S:
            last = step, now_s
            send(_Step(step, fraction))

    return progress
