"""Work in a process of its own: so that nobody's answer waits for it, or a run is over sooner.

All of it is begun, told of, refused and ended alike; a :class:`Purpose` says how it starts, how
urgent it is and what a lost process means. It ends with the process that began it, whatever ends
that, be it a kill.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, Generic, Protocol, TypeVar

from data.disk import storage_error
from data.store.project import Project
from data.streets.folder import open_streets
from geo.errors import YizhanError
from geo.solving import Progress, silent
from geo.text import Text

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

_PREPARING = Text("准备数据", "Preparing")
_TELL_S = 0.2
"""How often a process tells how far a step is (that one begins or ends it tells at once), and how
often who waits for it is told, and may raise to end it."""
_WORTH_NODES = 20_000
"""Work on fewer street nodes is done in less than the second or two a process takes to start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Purpose:
    """What a process of its own is for.

    Attributes
    ----------
    copied : bool
        Whether it starts as a copy of this process (see :func:`can_copy`), at once and with all
        that is in memory here; if not, or where that cannot be, it starts empty.
    niceness : int
        How far it stands back for others; 0 is as urgent as who begins it.
    processors : int
        The work is done by who begins it on machines with fewer.
    done_here : bool
        Whether work whose process is lost (out of memory, killed, a fault, or never started) is
        done again by who asks for its answer; if not, ProcessLostError is raised.
    patience_s : float
        How long it may clear away what is half made before it is killed.
    """

    copied: bool
    niceness: int
    processors: int
    done_here: bool
    patience_s: float


IN_BACKGROUND = Purpose(copied=False, niceness=10, processors=1, done_here=False, patience_s=20.0)
"""Solving and drawing for a planner: in the service's own process every question of a worker would
wait for its turn at the interpreter. What killed the process would kill the service."""
BESIDE_A_RUN = Purpose(copied=True, niceness=0, processors=2, done_here=True, patience_s=2.0)
"""A part of a run that a second processor does while the run goes on with others."""


class ProcessLostError(RuntimeError):
    """The process ended without an answer; the text is its traceback or exit code."""


class Work(Protocol[T_co]):
    """A function of a module, or a ``partial`` of one, so that it can be sent to a process.

    What it is given and what it answers is sent too. To a copy of this process only the answer is.
    """

    def __call__(self, *, progress: Progress) -> T_co:
        """Do it; return the answer."""


def is_worth_a_process(project: Project) -> bool:
    """Tell whether work on the project takes longer than the few seconds a process takes to start."""
    with suppress(YizhanError):
        return open_streets(project.streets_folder).nodes >= _WORTH_NODES
    return False


def can_copy() -> bool:
    """Tell whether work begun now can start in a copy of this process.

    A copy has the thread that makes it and no other, while locks that others hold just then stay
    locked in it. So copies are made where the main thread does the work, as in a command or in a
    process of its own: there other threads draw a progress bar at most. The main thread of the
    service answers requests and begins no such work.
    """
    return sys.platform == "linux" and threading.current_thread() is threading.main_thread()


def in_own_process(
    work: Work[T], *, name: str, purpose: Purpose, progress: Progress, worth: bool = True
) -> T:
    """Begin `work` as :func:`beginning` does, wait, and return its answer.

    Raises as :meth:`OwnProcess.wait` does.
    """
    with beginning(work, name=name, purpose=purpose, worth=worth) as begun:
        return begun.wait(progress)


@contextmanager
def beginning(
    work: Work[T], *, name: str, purpose: Purpose, worth: bool = True
) -> Iterator[OwnProcess[T]]:
    """Begin `work` in a process of its own; at the end of the block nothing of it goes on.

    Parameters
    ----------
    work : Work[T]
        What to do.
    name : str
        Of the process.
    purpose : Purpose
        How urgent it is, and what a lost process means.
    worth : bool
        Whether a process is worth the second or two that it takes to start. If not, or on too few
        processors, the work is done when its answer is asked for.
    """
    if not worth or (os.cpu_count() or 1) < purpose.processors:
        yield OwnProcess(work, purpose)
        return
    copied = purpose.copied and can_copy()
    context = (
        multiprocessing.get_context("fork") if copied else multiprocessing.get_context("spawn")
    )
    told, telling = context.Pipe(duplex=False)
    process = context.Process(target=_do, args=(work, purpose, telling), name=f"yizhan-{name}")
    with told:
        try:
            _start(process)
        except (OSError, AssertionError) as error:  # No more processes, or none of this one's own.
            telling.close()
            yield OwnProcess(work, purpose, lost=str(error))
            return
        telling.close()
        try:
            yield OwnProcess(work, purpose, process, told)
        finally:
            process.terminate()
            process.join(purpose.patience_s)
            process.kill()
            process.join()


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


@dataclass(frozen=True, slots=True)
class _Fault:
    """What the process fell over."""

    trace: str


class OwnProcess(Generic[T]):
    """Work begun by :func:`beginning`.

    Parameters
    ----------
    work : Work[T]
        What is done.
    purpose : Purpose
        What a lost process means.
    process, told : BaseProcess, Connection | None
        Who does it, and what is heard of it; None: who asks for the answer.
    lost : str | None
        Why there is no process though there should be.
    """

    def __init__(
        self,
        work: Work[T],
        purpose: Purpose,
        process: BaseProcess | None = None,
        told: Connection | None = None,
        *,
        lost: str | None = None,
    ) -> None:
        self.process = process
        self._work, self._purpose, self._told, self._lost = work, purpose, told, lost
        self._step = _Step(_PREPARING, 0.0)
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
        """Return the answer; `progress` may raise to end the work.

        Raises
        ------
        YizhanError
            For what the work was refused.
        ProcessLostError
            If the process ends without an answer and its purpose forbids to do the work here.
        """
        while self._told is not None:
            if self._told.poll(_TELL_S):
                self._hear(self._told, progress)
            else:
                progress(self._step.text, self._step.fraction)
        if self._answer is None:
            if self._lost is not None and not self._purpose.done_here:
                raise ProcessLostError(self._lost)
            self._answer = _Answer(found=self._work(progress=progress))
        if self._answer.refusal is not None:
            raise self._answer.refusal
        return self._answer.found  # type: ignore[return-value]

    def _hear(self, told: Connection, progress: Progress) -> None:
        try:
            heard = told.recv()
        except (EOFError, OSError):
            self._told, self._lost = None, self._end()
            return
        if isinstance(heard, _Step):
            self._step = heard
            progress(heard.text, heard.fraction)
        elif isinstance(heard, _Fault):
            self._told, self._lost = None, heard.trace
        else:
            self._told, self._answer = None, heard

    def _end(self) -> str:
        if self.process is None:
            return "there is no process"
        self.process.join()
        return f"the process ended with exit code {self.process.exitcode}"


def _start(process: BaseProcess) -> None:
    """Start `process`, deaf to Ctrl-C from the beginning: who began it hears it, and ends this."""
    mask = getattr(signal, "pthread_sigmask", None)  # Windows has none.
    held = None if mask is None else mask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        with warnings.catch_warnings():  # That there are other threads: see can_copy.
            warnings.simplefilter("ignore", DeprecationWarning)
            process.start()
    finally:
        if mask is not None:
            mask(signal.SIG_SETMASK, held)


def _do(work: Work[Any], purpose: Purpose, telling: Connection) -> None:
    """Do `work` in the process that was started for it, and tell of it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # What is half made is cleared away.
    threading.Thread(target=_end_with_parent, args=(purpose.patience_s,), daemon=True).start()
    if purpose.niceness and hasattr(os, "nice"):
        os.nice(purpose.niceness)
    told: _Answer[Any] | _Fault
    try:
        told = _Answer(found=work(progress=_teller(telling)))
    except YizhanError as refusal:
        told = _Answer(refusal=refusal)
    except Exception as error:  # noqa: BLE001 - told to who asks for the answer
        known = storage_error(error)
        told = _Fault(traceback.format_exc()) if known is None else _Answer(refusal=known)
    telling.send(told)


def _end_with_parent(patience_s: float) -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(patience_s)
        os._exit(1)


def _teller(telling: Connection) -> Progress:
    """Return a progress that sends what is told, not more often than anybody could read."""
    last: tuple[Text | None, float] = (None, 0.0)

    def progress(step: Text, fraction: float) -> None:
        nonlocal last
        now_s = time.monotonic()
        if step != last[0] or fraction >= 1.0 or now_s >= last[1] + _TELL_S:
            last = step, now_s
            try:
                telling.send(_Step(step, fraction))
            except OSError:
                sys.exit(1)  # Who began it is gone: nothing may be published behind its back.

    return progress
