"""A file that is replaced whole: what it was or what it shall be, and nothing lies beside it."""

from __future__ import annotations

import os
import signal

from data.disk import replace_whole


def killed_before(name, work):
    """Do `work` in a process that is killed when it asks the system to do `name`."""
    child = os.fork()
    if child == 0:
        setattr(os, name, lambda *_given, **_named: os.kill(os.getpid(), signal.SIGKILL))
        work()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def test_what_a_killed_writer_left_goes_with_the_next_write(tmp_path):
    target, other = tmp_path / "记录[1].json", tmp_path / ".记录[1].json-notes"
    other.write_text("not ours")
    replace_whole(target, b"one")
    assert killed_before("fsync", lambda: replace_whole(target, b"two"))
    assert target.read_bytes() == b"one"
    assert len(list(tmp_path.iterdir())) == 3
    replace_whole(target, b"three")
    assert target.read_bytes() == b"three"
    assert set(tmp_path.iterdir()) == {target, other}
