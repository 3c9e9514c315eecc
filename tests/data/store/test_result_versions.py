"""Results appear whole or not at all, whenever the process that writes them is killed."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path

import pytest

from data.store.project import Project
from data.store.result_versions import KEPT, new_results, remove_leftovers
from geo.errors import BadInputError
from geo.text import Text

STEPS = ("mkdir", "rename", "replace", "fsync", "unlink", "rmdir")
"""Everything the system is asked to do while results are published."""


@pytest.fixture
def project(tmp_path):
    return Project.create(tmp_path / "城市", "城市")


def write(project, text):
    with new_results(project) as draft:
        (draft / "maps").mkdir()
        (draft / "maps" / "planner.html").write_text(text)
        (draft / "summary.json").write_text(text)


def held(project):
    folder = project.results_folder
    return (folder / "summary.json").read_text(), (folder / "maps" / "planner.html").read_text()


def killed_before(step, work):
    """Do `work` in a process that is killed before its `step`-th call; tell whether it was."""
    child = os.fork()
    if child == 0:
        calls = 0

        def counting(real):
            def call(*given, **named):
                nonlocal calls
                calls += 1
                if calls == step:
                    os.kill(os.getpid(), signal.SIGKILL)
                return real(*given, **named)

            return call

        for name in STEPS:
            setattr(os, name, counting(getattr(os, name)))
        work()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


@pytest.mark.parametrize("before", [1, KEPT + 1])
def test_a_kill_at_any_step_leaves_the_last_results_or_the_new_ones(project, before):
    for number in range(before):
        write(project, f"old {number}")
    last = held(project)
    was_killed, steps, kinds = True, 0, set()
    while was_killed:
        steps += 1
        copy = project.folder.with_name(f"copy-{steps}")
        shutil.copytree(project.folder, copy)
        opened = Project.open(copy)
        was_killed = killed_before(steps, lambda one=opened: write(one, "new"))
        assert held(Project.open(copy)) in {last, ("new", "new")}
        kinds.add(held(opened))
        remove_leftovers(opened)
        assert held(opened) in {last, ("new", "new")}
        strange = [path for path in copy.glob(".*") if not path.name.endswith("lock")]
        assert strange == []
        assert len(list((copy / "results").iterdir())) <= KEPT + 1
        write(opened, "next")
        assert held(opened) == ("next", "next")
    assert steps > 8
    assert kinds == {last, ("new", "new")}


def test_who_reads_the_results_before_goes_on_reading_them(project):
    write(project, "one")
    reading = project.results_folder
    write(project, "two")
    assert (reading / "summary.json").read_text() == "one"
    for number in range(KEPT):
        write(project, f"later {number}")
    assert not reading.exists()


def test_an_error_while_writing_changes_nothing(project):
    write(project, "one")

    def fail():
        with new_results(project) as draft:
            (draft / "summary.json").write_text("half")
            raise BadInputError(Text("错", "wrong"))

    with pytest.raises(BadInputError):
        fail()
    assert held(project) == ("one", "one")
    assert not list(project.folder.glob(".results-*"))


def test_results_of_the_former_layout_are_read_and_those_a_kill_hid_come_back(project):
    aside = project.folder / ".old-1234"
    aside.mkdir()
    (aside / "summary.json").write_text("former")
    remove_leftovers(project)
    assert (project.results_folder / "summary.json").read_text() == "former"
    (project.results_folder / "mine.txt").write_text("a planner's own file")
    write(project, "new")
    assert held(project) == ("new", "new")
    left = {path.name for path in Path(project.folder / "results").iterdir()}
    assert left == {"1", "mine.txt"}
