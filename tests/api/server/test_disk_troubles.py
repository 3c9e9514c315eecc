"""A full disk, a forbidden folder, Ctrl-C: one clear sentence, and what was there is whole."""

from __future__ import annotations

import errno
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from api.command.main import run
from data.disk import storage_error

_COMMAND = "import sys; from api.command.main import run; sys.exit(run(sys.argv[1:]))"
_LIMIT_BYTES = 2048
STATIONS = "编号,名称,类型,经度,纬度\nS1,一,职工之家,120.30,36.10\n"


def full_disk(*arguments, cwd):
    """Run the command where no file can grow beyond 2 kB."""
    return subprocess.run(
        [sys.executable, "-c", _COMMAND, *map(str, arguments)],
        check=False,
        capture_output=True,
        text=True,
        cwd=cwd,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (_LIMIT_BYTES, _LIMIT_BYTES)),
    )


@pytest.fixture
def home(tmp_path, make_project_in):
    make_project_in(tmp_path / "city")
    (tmp_path / "站点.csv").write_text(STATIONS, encoding="utf-8")
    return tmp_path


def content(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith("lock")
    }


@pytest.mark.parametrize(
    "arguments",
    [
        "init new --sample",
        "template stations --out t.xlsx",
        "import stations 站点.csv --project city",
        "fetch --again --project city",
        "coverage --project city",
        "export out --project city",
        "demo --out out --no-serve",
    ],
)
def test_a_full_disk_is_told_in_a_sentence_and_leaves_all_as_it_was(home, arguments):
    before = content(home / "city")
    done = full_disk(*arguments.split(), cwd=home)
    assert done.returncode == 1, done.stderr
    assert "磁盘已满" in done.stderr
    assert "Traceback" not in done.stderr
    assert content(home / "city") == before
    assert not (home / "new").exists()
    assert not (home / "t.xlsx").exists()


@pytest.mark.parametrize(
    ("number", "words"), [(errno.EACCES, "没有权限"), (errno.EROFS, "只读"), (errno.ENOSPC, "已满")]
)
def test_what_the_system_forbids_is_told_by_every_command_that_writes(
    home, monkeypatch, capsys, number, words
):
    def refuse(*_given, **_named):
        raise OSError(number, os.strerror(number), "somewhere")

    monkeypatch.chdir(home)
    before = content(home / "city")
    monkeypatch.setattr(Path, "mkdir", refuse)
    monkeypatch.setattr(Path, "replace", refuse)
    for arguments in (
        "init new",
        "template stations --out t.xlsx",
        "import stations 站点.csv --project city",
        "coverage --project city",
        "export out --project city",
    ):
        assert run(arguments.split()) == 1, arguments
        assert words in capsys.readouterr().err, arguments
    assert content(home / "city") == before


def test_other_failures_are_no_storage_errors():
    assert storage_error(ValueError("x")) is None
    assert storage_error(ConnectionResetError()) is None


def test_ctrl_c_at_work_leaves_no_half_made_project(home):
    heard = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    running = subprocess.Popen(
        [sys.executable, "-c", heard + _COMMAND, "init", "new", "--sample"],
        cwd=home,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert running.stderr is not None
    assert "装入示例数据" in running.stderr.readline()
    running.send_signal(signal.SIGINT)
    _, error = running.communicate(timeout=60)
    assert running.returncode == 130
    assert "已中断" in error
    assert "Traceback" not in error
    assert sorted(path.name for path in home.iterdir()) == ["city", "站点.csv"]
