"""Keeps what a native library writes to stderr as it fails off the screen: we say it in words."""

from __future__ import annotations

import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_STDERR = 2
_ONE_AT_A_TIME = threading.Lock()


@contextmanager
def hushed() -> Iterator[None]:
    """Hold stderr back while a native library works; drop it where the library fails.

    What others write meanwhile appears once the work is done.
    """
    with _ONE_AT_A_TIME, tempfile.TemporaryFile() as held:
        try:
            sys.stderr.flush()
            screen = os.dup(_STDERR)
        except (OSError, AttributeError, ValueError):  # there is no stderr
            yield
            return
        os.dup2(held.fileno(), _STDERR)
        try:
            yield
        except BaseException:
            os.dup2(screen, _STDERR)
            raise
        else:
            os.dup2(screen, _STDERR)
            held.seek(0)
            os.write(_STDERR, held.read())
        finally:
            os.close(screen)
