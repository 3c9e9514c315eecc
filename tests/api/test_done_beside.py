"""Work done in a process of its own: heard, refused and ended like work of the run itself."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from api.analysis import beside as beside_module
from api.analysis.beside import beside
from api.own_process import in_own_process
from geo.errors import MissingError
from geo.solving import silent
from geo.text import Text

_STEP = Text("一步", "A step")


class CancelledError(Exception):
    """What a service raises out of progress to end a run."""


def _cancel(*_):
    raise CancelledError


def where(*, progress):
    """Work: tell which process does it."""
    progress(_STEP, 0.0)
    progress(_STEP, 1.0)
    return os.getpid()


def refuse(*, progress):
    raise MissingError(Text("没有", f"There is none; {progress is not None}"))


def fall(parent, *, progress):
    """Work: end without an answer, but for the process `parent`."""
    if os.getpid() == parent:
        return where(progress=progress)
    os.kill(os.getpid(), signal.SIGKILL)
    return None


def go_on(*, progress):
    """Work: never end."""
    while True:
        progress(_STEP, 0.5)
        time.sleep(0.05)


def test_work_is_done_by_a_process_of_its_own_and_its_steps_are_told():
    heard = []
    with beside(where, name="test", apart=True) as work:
        assert work.wait(lambda *told: heard.append(told)) == work.process.pid != os.getpid()
    assert heard == [(_STEP, 0.0), (_STEP, 1.0)]


def test_steps_of_both_are_told_the_callers_own_last():
    heard, own = [], Text("自己的", "Own")
    with beside(go_on, name="test", apart=True) as work:
        progress = work.passing_on(lambda *told: heard.append(told))
        until = time.monotonic() + 60
        while (_STEP, 0.5) not in heard and time.monotonic() < until:
            progress(own, 0.0)
            assert heard[-1] == (own, 0.0)
            time.sleep(0.05)
    assert (_STEP, 0.5) in heard


def within(*, progress):
    """Work: have work done beside it; tell by whom."""
    with beside(where, name="test", apart=True) as work:
        return os.getpid(), work.wait(progress)


def test_a_run_of_the_service_may_have_work_done_beside_it_too():
    run, other = in_own_process(within, progress=silent, name="test")
    assert len({os.getpid(), run, other}) == 3


def test_one_processor_or_little_to_do_start_no_process(monkeypatch):
    with beside(where, name="test", apart=False) as work:
        assert work.wait() == os.getpid()
    monkeypatch.setattr(beside_module.os, "cpu_count", lambda: 1)
    with beside(where, name="test", apart=True) as work:
        assert work.wait() == os.getpid()


def test_a_refusal_is_raised_with_its_words_where_the_answer_is_asked_for():
    with (
        beside(refuse, name="test", apart=True) as work,
        pytest.raises(MissingError, match="没有") as told,
    ):
        work.wait()
    assert told.value.text.en == "There is none; True"


def test_what_its_process_was_killed_over_the_run_does_itself():
    with beside(partial(fall, os.getpid()), name="test", apart=True) as work:
        assert work.wait() == os.getpid()


def test_a_cancelled_run_leaves_no_process_behind():
    with pytest.raises(CancelledError), beside(go_on, name="test", apart=True) as work:
        work.wait(_cancel)
    assert not work.process.is_alive()


_RUN = """
import sys
sys.path.insert(0, {folder!r})
from api.analysis.beside import beside
from test_done_beside import go_on

if __name__ == "__main__":
    with beside(go_on, name="test", apart=True) as work:
        print(work.process.pid, flush=True)
        work.wait(lambda step, _: print(step.en, flush=True))
"""


def _is_running(pid):
    try:
        return "zombie" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks for the process in /proc")
@pytest.mark.parametrize(("sent", "told"), [("SIGKILL", ""), ("SIGINT", "KeyboardInterrupt")])
def test_a_run_that_is_killed_or_interrupted_takes_the_process_with_it(tmp_path, sent, told):
    """Ctrl-C goes to both: the run alone hears it, so nothing is said twice."""
    script = tmp_path / "run.py"
    script.write_text(_RUN.format(folder=str(Path(__file__).parent)))
    with subprocess.Popen(
        [sys.executable, script],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    ) as run:
        other = int(run.stdout.readline())
        assert run.stdout.readline() == "A step\n"
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
