"""The service as benchmarks run it: a process of its own, asked over HTTP."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import Any

KEY = "benchmark-key-0123456789"
SCRIPT = "from api.command.main import main; main()"
_WAIT_S = 600.0


def processor_of(process_id: int) -> float | None:
    """Return the processor time a running process has used, seconds; None where /proc is not."""
    stat = Path(f"/proc/{process_id}/stat")
    if not stat.exists():
        return None
    user, system = stat.read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def until_answered(ask: Callable[[], object]) -> None:
    """Ask again and again until the service answers well."""
    deadline = time.perf_counter() + _WAIT_S
    while True:
        try:
            ask()
        except (urllib.error.URLError, ConnectionError):
            if time.perf_counter() > deadline:
                raise
            time.sleep(0.02)
        else:
            return


@contextmanager
def serving(project: Path):
    """Serve `project` in a process of its own; gives what asks it, and its id.

    Asked without a body it is asked as a worker if not told otherwise, with one as a planner.
    """
    as_planner = {"X-API-Key": KEY, "Content-Type": "application/json"}
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    words = ("serve", "--project", str(project), "--port", str(port))
    known = {**os.environ, "YIZHAN_PLANNER_KEY": KEY}
    served = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, *words],
        env=known,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )

    def ask(
        path: str,
        body: dict | None = None,
        *,
        accept: str = "application/json",
        planner: bool = False,
    ) -> Any:
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Accept": accept} | (as_planner if planner or body is not None else {}),
        )
        with urllib.request.urlopen(request, timeout=_WAIT_S) as answer:  # noqa: S310 - our own service
            return json.load(answer) if accept == "application/json" else answer.read()

    try:
        yield ask, served.pid
    finally:
        served.terminate()
        served.wait(30)
