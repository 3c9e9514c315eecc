"""Long work in the background, with progress and a way to stop it.

One computation runs at a time; papers are printed beside it, and what crews report is published
beside both, one after the other too.
"""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from api.http.problems import failure_text, log_failure
from data.disk import storage_error
from data.store.job_log import JobLog, LoggedJob
from geo.errors import MissingError, StorageError, YizhanError
from geo.json_shapes import JsonBody
from geo.solving import Progress, StoppingCriterion
from geo.text import Text

if TYPE_CHECKING:
    from api.job_facts import JobFacts

_KEPT = 50
"""Jobs that have ended and are still told of: a few weeks of an office."""
_CUT_OFF = Text(
    "服务在它完成之前停过，没有做完；已发布的不变，可以再运行一次。",
    "The service stopped before it was done; what is published stays. It can be run again.",
)
_WAITING = Text("等待中", "Waiting")

Work = Callable[[Progress, StoppingCriterion], "JobFacts"]
"""What a job runs: told how to report and when to stop, returns its facts."""


class JobState(StrEnum):
    """Where a job is in its life."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"


class Lane(StrEnum):
    """Jobs of one lane run one after the other, lanes beside each other."""

    COMPUTING = "computing"
    PAPERS = "papers"
    ROAD = "road"


class _CancelledError(Exception):
    """Raised out of the progress report of work that was cancelled."""


@dataclass(kw_only=True)
class Job:
    """One piece of long work and how far it is.

    Attributes
    ----------
    job_id : str
        Unguessable.
    kind : str
        What it does: ``coverage, site, bus, import``.
    state : JobState
        Where it is in its life.
    step : Text
        What it is doing now.
    fraction : float
        How much of that step is done, from 0 to 1.
    facts : JobFacts | None
        What it found, once done.
    failure : Text | None
        Why it failed.
    made, ended : datetime | None
        UTC.
    path, body : str, JsonBody
        Where to ask for the same again below the service's root, and what to send; "" where the
        work is not to be asked for again.
    is_noted : bool
        Whether a service started again says that it was cut off; False for what goes on by itself.
    """

    job_id: str
    kind: str
    state: JobState = JobState.WAITING
    step: Text = _WAITING
    fraction: float = 0.0
    facts: JobFacts | None = None
    failure: Text | None = None
    made: datetime = field(default_factory=lambda: datetime.now(UTC))
    ended: datetime | None = None
    path: str = ""
    body: JsonBody = field(default_factory=dict)
    is_noted: bool = True
    _cancelled: threading.Event = field(default_factory=threading.Event)

    def cancel(self) -> None:
        """Ask the work to end; it does so at its next step."""
        self._cancelled.set()
        if self.state is JobState.WAITING:
            self._end(JobState.CANCELLED)

    def run(self, work: Work) -> None:
        """Do the work, whatever happens; never raises."""
        if self._cancelled.is_set():
            return
        self.state = JobState.RUNNING
        try:
            self.facts = work(self._report, self._cancelled.is_set)
        except _CancelledError:
            self._end(JobState.CANCELLED)
        except YizhanError as error:
            self.failure = error.text
            self._end(JobState.FAILED)
        except Exception as error:  # noqa: BLE001 - a job's failure must not end the service
            log_failure(error)
            told = storage_error(error)
            self.failure = failure_text() if told is None else told.text
            self._end(JobState.FAILED)
        else:
            self.fraction = 1.0
            self._end(JobState.CANCELLED if self._cancelled.is_set() else JobState.DONE)

    def _report(self, step: Text, fraction: float) -> None:
        if self._cancelled.is_set():
            raise _CancelledError
        self.step, self.fraction = step, min(1.0, max(0.0, fraction))

    def _end(self, state: JobState) -> None:
        self.state, self.ended = state, datetime.now(UTC)


class Jobs:
    """The jobs of one running service, newest kept; those of a lane run one after the other.

    Parameters
    ----------
    log : JobLog | None
        Where work at hand is noted, so that a service started again says what was cut off.
    """

    def __init__(self, log: JobLog | None = None) -> None:
        self._pools = {
            lane: ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"yizhan-{lane}")
            for lane in Lane
        }
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._lock = threading.Lock()
        self._log = log
        for one in [] if log is None else log.read():
            made = datetime.fromisoformat(one.made)
            self._jobs[one.job_id] = Job(
                job_id=one.job_id,
                kind=one.kind,
                state=JobState.INTERRUPTED,
                failure=_CUT_OFF,
                made=made,
                ended=datetime.now(UTC),
                path=one.path,
                body=one.body,
            )

    def start(
        self,
        kind: str,
        work: Work,
        *,
        path: str = "",
        body: JsonBody | None = None,
        lane: Lane = Lane.COMPUTING,
        is_noted: bool = True,
    ) -> Job:
        """Queue `work` and return its job at once; `path` and `body` ask for it again."""
        key = secrets.token_urlsafe(12)
        job = Job(job_id=key, kind=kind, path=path, body=body or {}, is_noted=is_noted)
        with self._lock:
            self._jobs[job.job_id] = job
            ended = [key for key, kept in self._jobs.items() if kept.ended is not None]
            for key in ended[: max(0, len(self._jobs) - _KEPT)]:
                del self._jobs[key]
        self._note()
        self._pools[lane].submit(self._run, job, work)
        return job

    def _run(self, job: Job, work: Work) -> None:
        job.run(work)
        self._note()

    def _note(self) -> None:
        """Write down what is at hand; a disk that is full must not stop the work."""
        if self._log is None:
            return
        with self._lock, suppress(StorageError):
            self._log.write(
                [
                    LoggedJob(one.job_id, one.kind, one.made.isoformat(), one.path, one.body)
                    for one in self._jobs.values()
                    if one.ended is None and one.is_noted
                ]
            )

    def get(self, job_id: str) -> Job:
        """Return the job; raise MissingError if there is none or it is long over."""
        with self._lock:
            job = self._jobs.get(job_id)
        if job is None:
            raise MissingError(
                Text(f"没有任务 {job_id[:40]!r}。", f"There is no job {job_id[:40]!r}.")
            )
        return job

    def all(self) -> list[Job]:
        """Return the jobs, newest first."""
        with self._lock:
            return list(reversed(self._jobs.values()))

    def close(self) -> None:
        """Cancel everything and wait until the running jobs have ended."""
        for job in self.all():
            if job.ended is None:
                job.cancel()
        for pool in self._pools.values():
            pool.shutdown(wait=True, cancel_futures=True)
