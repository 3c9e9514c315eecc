"""Work in a process of its own: what it tells, answers and refuses, and how it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api import own_process
from api.app import create_app
from api.own_process import (
    BESIDE_A_RUN,
    IN_BACKGROUND,
    ProcessLostError,
    beginning,
    can_copy,
    in_own_process,
    is_worth_a_process,
)
from api.settings import Settings
from data.store.project import Project
from data.store.summary_file import read_summary
from geo.errors import MissingError, StorageError
from geo.solving import silent
from geo.text import Text

KEY = "test-planner-key-0123456789"
KEYED = {"X-API-Key": KEY}
_STEP = Text("一步", "A step")
_PURPOSES = pytest.mark.parametrize("purpose", [BESIDE_A_RUN, IN_BACKGROUND])


class CancelledError(Exception):
    """What a service raises out of progress to end a run."""


def _cancel(step, _fraction):
    if step == _STEP:
        raise CancelledError


def where(*words, progress):
    """Work: tell which process does it, how urgently, and what it was given."""
    progress(_STEP, 0.0)
    progress(_STEP, 1.0)
    return os.getpid(), os.nice(0), words


def refuse(*, progress):
    raise MissingError(Text("没有", f"There is none; {progress is not None}"))


def disk_full(*, progress):
    progress(_STEP, 0.0)
    raise OSError(28, "No space left on device", "sites.gpkg")


def fall(parent, *, progress):
    """Work: end without an answer, but for the process `parent`."""
    if os.getpid() == parent:
        return where(progress=progress)
    os.kill(os.getpid(), signal.SIGKILL)
    return None


def break_off(*, progress):
    progress(_STEP, 0.1)
    raise ZeroDivisionError


def go_on(*, progress):
    """Work: never end."""
    while True:
        progress(_STEP, 0.5)
        time.sleep(0.05)


def go_on_and_clear_away(path, *, progress):
    try:
        go_on(progress=progress)
    finally:
        path.write_text("cleared away", encoding="utf-8")


def hurry(*, progress):
    """Work: tell of more steps than anybody could read."""
    for number in range(10_000):
        progress(_STEP, number / 10_000)


def within(*, progress):
    """Work: have work done beside it; tell by whom."""
    with beginning(where, name="test", purpose=BESIDE_A_RUN) as work:
        return os.getpid(), work.wait(progress)[0]


beside = partial(beginning, name="test", purpose=BESIDE_A_RUN)
apart = partial(in_own_process, name="test", purpose=IN_BACKGROUND)


@pytest.fixture(autouse=True)
def _two_processors(monkeypatch):
    monkeypatch.setattr(own_process.os, "cpu_count", lambda: 2)


@_PURPOSES
def test_work_is_done_by_another_process_and_its_steps_are_told(purpose):
    heard = []
    with beginning(partial(where, "a", 1), name="test", purpose=purpose) as work:
        process, niceness, words = work.wait(lambda *told: heard.append(told))
        assert process == work.process.pid != os.getpid()
    assert words == ("a", 1)
    assert niceness == min(19, os.nice(0) + purpose.niceness)
    assert heard[-2:] == [(_STEP, 0.0), (_STEP, 1.0)]


def test_work_in_the_background_stands_back_for_who_asks():
    assert IN_BACKGROUND.niceness >= 10
    assert BESIDE_A_RUN.niceness == 0


def test_steps_are_told_no_more_often_than_anybody_could_read():
    heard = []
    apart(hurry, progress=lambda *told: heard.append(told))
    assert len([step for step, _ in heard if step == _STEP]) < 200


def test_steps_of_both_are_told_the_callers_own_last():
    heard, own = [], Text("自己的", "Own")
    with beside(go_on) as work:
        progress = work.passing_on(lambda *told: heard.append(told))
        until = time.monotonic() + 60
        while (_STEP, 0.5) not in heard and time.monotonic() < until:
            progress(own, 0.0)
            assert heard[-1] == (own, 0.0)
            time.sleep(0.05)
    assert (_STEP, 0.5) in heard


def test_a_copy_is_made_where_the_main_thread_asks_for_it_and_there_alone():
    """A closure cannot be sent: only a copy of this process knows it."""
    known, told = object(), []

    def recall(*, progress):
        progress(_STEP, 1.0)
        return os.getpid(), id(known)

    if can_copy():
        with beside(recall) as work:
            process, remembered = work.wait()
        assert (process, remembered) == (work.process.pid, id(known))
    other = threading.Thread(target=lambda: told.append(can_copy()))
    other.start()
    other.join()
    assert told == [False]
    assert can_copy() == (sys.platform == "linux")


def test_where_no_copy_can_be_made_a_process_starts_empty(monkeypatch):
    """As on Windows: what it is given is sent."""
    monkeypatch.setattr(own_process, "can_copy", lambda: False)
    with beside(partial(where, "a", 1)) as work:
        process, _, words = work.wait()
    assert process == work.process.pid != os.getpid()
    assert words == ("a", 1)


def test_work_in_the_background_may_have_work_done_beside_it_too():
    run, other = apart(within, progress=silent)
    assert len({os.getpid(), run, other}) == 3


def test_too_little_to_do_or_one_processor_start_no_process(monkeypatch):
    assert apart(where, progress=silent, worth=False)[0] == os.getpid()
    monkeypatch.setattr(own_process.os, "cpu_count", lambda: 1)
    with beside(where) as work:
        assert work.wait()[0] == os.getpid()
    assert apart(where, progress=silent)[0] != os.getpid()  # nobody's answer waits for it


@_PURPOSES
def test_a_refusal_is_raised_with_its_kind_and_words_where_the_answer_is_asked_for(purpose):
    with (
        beginning(refuse, name="test", purpose=purpose) as work,
        pytest.raises(MissingError, match="没有") as told,
    ):
        work.wait()
    assert told.value.text.en == "There is none; True"
    with pytest.raises(StorageError, match=r"磁盘已满.*"):
        in_own_process(disk_full, name="test", purpose=purpose, progress=silent)


def test_a_run_does_itself_what_a_process_beside_it_was_lost_over():
    with beside(partial(fall, os.getpid())) as work:
        assert work.wait()[0] == os.getpid()
    with beside(break_off) as work, pytest.raises(ZeroDivisionError):
        work.wait()


def test_the_service_does_not_do_itself_what_a_process_was_lost_over():
    with pytest.raises(ProcessLostError, match="exit code -9"):
        apart(partial(fall, os.getpid()), progress=silent)
    with pytest.raises(ProcessLostError, match="ZeroDivisionError"):
        apart(break_off, progress=silent)


@_PURPOSES
def test_a_process_that_cannot_be_had_is_a_lost_one(purpose, monkeypatch):
    def none_left(_process):
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(own_process, "_start", none_left)
    work = partial(in_own_process, where, name="test", progress=silent)
    if purpose.done_here:
        assert work(purpose=purpose)[0] == os.getpid()
    else:
        with pytest.raises(ProcessLostError, match="temporarily unavailable"):
            work(purpose=purpose)


@_PURPOSES
def test_work_that_is_cancelled_clears_away_what_it_began_and_leaves_no_process(purpose, tmp_path):
    begun = beginning(
        partial(go_on_and_clear_away, tmp_path / "end"),
        name="test",
        purpose=replace(purpose, patience_s=30.0),
    )
    with pytest.raises(CancelledError), begun as work:
        work.wait(_cancel)
    assert not work.process.is_alive()
    assert (tmp_path / "end").read_text("utf-8") == "cleared away"


_RUN = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever began the tests may ignore it
sys.path.insert(0, {folder!r})
from api.own_process import {purpose} as purpose, beginning
from test_own_process import go_on

if __name__ == "__main__":
    with beginning(go_on, name="test", purpose=purpose) as work:
        print(work.process.pid, flush=True)
        work.wait(lambda step, _: print(step.en, flush=True))
"""


def _is_running(pid):
    try:
        return "zombie" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks for the process in /proc")
@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="has work done beside a run")
@pytest.mark.parametrize(
    ("purpose", "sent", "told"),
    [
        ("BESIDE_A_RUN", "SIGKILL", ""),
        ("BESIDE_A_RUN", "SIGINT", "KeyboardInterrupt"),
        ("IN_BACKGROUND", "SIGKILL", ""),
    ],
)
def test_who_is_killed_or_interrupted_takes_the_process_with_it(tmp_path, purpose, sent, told):
    """Ctrl-C goes to both: the run alone hears it, so nothing is said twice."""
    script = tmp_path / "run.py"
    script.write_text(_RUN.format(folder=str(Path(__file__).parent), purpose=purpose))
    with subprocess.Popen(
        [sys.executable, script],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
    ) as run:
        other = int(run.stdout.readline())
        while run.stdout.readline() != "A step\n":
            assert run.poll() is None
        if sent == "SIGKILL":
            run.kill()
        else:
            os.killpg(run.pid, signal.SIGINT)
        said = run.stderr.read()
    until = time.monotonic() + 30
    while _is_running(other) and time.monotonic() < until:
        time.sleep(0.05)
    assert not _is_running(other)
    assert said.count("Traceback") == (1 if told else 0)
    assert told in said


def test_the_main_job_publishes_from_its_own_process(tmp_path, make_project_in, monkeypatch):
    project = make_project_in(tmp_path / "city")
    assert not is_worth_a_process(project)  # a few streets are computed here, and at once
    monkeypatch.setattr(own_process, "_WORTH_NODES", 0)
    assert is_worth_a_process(project)
    assert not is_worth_a_process(Project.create(tmp_path / "none", "空", sample=True))
    with TestClient(create_app(Settings(project=project.folder, planner_key=KEY))) as client:
        client.headers.update(KEYED)
        asked = {"coverage": {"limit_s": 300}}
        href = client.post("/planning/run?part=coverage", json=asked).json()["href"]
        told = client.get(href).json()
        while told["ended"] is None:
            time.sleep(0.1)
            told = client.get(href).json()
        assert told["state"] == "done", told
        kept = read_summary(Project.open(project.folder).results_folder).summary
        assert kept.facts is not None
        assert kept.facts.parameters.coverage.limit_s == 300
        assert told["facts"]["workers_total"] == 150
        bad = {"coverage": {"limit_s": 300, "week": "2051-01-01"}}
        href = client.post("/planning/run?part=coverage", json=bad).json()["href"]
        told = client.get(href).json()
        while told["ended"] is None:
            time.sleep(0.1)
            told = client.get(href).json()
        assert told["state"] == "failed"
        assert "放假安排尚未公布" in told["failure"]
