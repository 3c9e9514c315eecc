"""Only what changed is done again: commands and the running service on the bundled sample.

Every command is a process of its own; ``note`` tells its processor time beside the wall time, which
other work on the machine changes less. Kernels are kept between runs: the first run compiles them
where ``NUMBA_CACHE_DIR`` names an empty folder. Targets, two cores: coverage with nothing changed
2 s, ``site --count 60`` again 4 s, the whole main job 35 s (50 s with compiling), the service's first
answer 3 s, the first what-if 0.3 s (a planner takes some seconds to ask it), a lock or a moved site
re-solved 2 s. ``--quick`` leaves the main job's second run out.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path

from measuring import Row, arguments, show

_KEY = "benchmark-key-0123456789"
_SCRIPT = "import sys; from api.command.main import run; sys.exit(run(sys.argv[1:]))"
_WAIT_S = 120.0
_PLANNER_COMES_S = 4.0
"""After the first worker's answer."""


def main() -> None:
    """Run the jobs and print the table."""
    wanted = arguments(__doc__)
    with tempfile.TemporaryDirectory() as held:
        out = Path(held) / "demo"
        project = out / "project"
        rows = [_command("whole main job, first run", "demo", "--no-serve", "--out", str(out))]
        if not wanted.quick:
            rows.append(_command("whole main job, again", "demo", "--no-serve", "--out", str(out)))
        on = ("--project", str(project))
        _command("", "coverage", *on)
        rows.append(_command("coverage, nothing changed", "coverage", *on))
        rows.append(_command("site --count 60", "site", "--count", "60", *on))
        rows.append(_command("site --count 60, nothing changed", "site", "--count", "60", *on))
        rows += _service(project)
    show(rows, wanted.json)


def _command(job: str, *words: str) -> Row:
    before, started = os.times(), time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT, *words], check=False, capture_output=True, timeout=900
    )
    if done.returncode:
        sys.exit(done.stderr.decode())
    return _row(job, time.perf_counter() - started, _processor_s(os.times(), before))


def _processor_s(now: os.times_result, before: os.times_result) -> float:
    return now.children_user + now.children_system - before.children_user - before.children_system


def _row(job: str, wall_s: float, processor_s: float | None = None) -> Row:
    note = "" if processor_s is None else f"{processor_s:.1f} s of processor time"
    return Row(job, "yizhan", wall_s, 1.0, note)


def _service(project: Path) -> list[Row]:
    """Measure from the start of ``serve`` to its first answer, then what planners wait for."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    started = time.perf_counter()
    with _serving(project, port) as (ask, process_id):
        near = "/nearest?lon=120.38&lat=36.07"
        _until_answered(lambda: ask(near))
        took_s, processor_s = time.perf_counter() - started, _processor_of(process_id)
        rows = [_row("service: first /nearest after start", took_s, processor_s)]
        time.sleep(_PLANNER_COMES_S)
        place = {"lon": 120.38, "lat": 36.07}
        rows.append(_timed("service: first what-if", lambda: ask("/planning/what-if", place)))
        rows.append(_timed("service: second what-if", lambda: ask("/planning/what-if", place)))
        draft = {"name": "benchmark", "who": "benchmark"}
        rows.append(_timed("service: first draft", lambda: ask("/drafts", draft)))
        rows += _steps(ask)
    return rows


def _processor_of(process_id: int) -> float | None:
    """Return the processor time a running process has used, seconds; None where /proc is not."""
    stat = Path(f"/proc/{process_id}/stat")
    if not stat.exists():
        return None
    user, system = stat.read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def _steps(ask: Callable[..., dict]) -> list[Row]:
    state = ask("/drafts", {"name": "steps", "who": "benchmark"})
    rows = []
    for kind, more in (
        ("lock", {}),
        ("forbid", {}),
        ("move", {"to": {"lon": 120.40, "lat": 36.08}}),
    ):
        draft, sites = state["draft"], state["plan"]["sites"]
        site = sites[{"lock": 0, "forbid": 1, "move": 2}[kind]]["id"]
        asked = {
            "change": {"kind": kind, "site": site, **more},
            "who": "benchmark",
            "revision": draft["revision"],
        }
        begun = time.perf_counter()
        state = ask(f"/drafts/{draft['id']}/edits", asked)
        rows.append(_row(f"service: draft re-solved after {kind}", time.perf_counter() - begun))
    return rows


def _timed(job: str, ask: Callable[[], object]) -> Row:
    begun = time.perf_counter()
    ask()
    return _row(job, time.perf_counter() - begun)


def _until_answered(ask: Callable[[], object]) -> None:
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
def _serving(project: Path, port: int):
    words = ("serve", "--project", str(project), "--port", str(port))
    known = {**os.environ, "YIZHAN_PLANNER_KEY": _KEY}
    served = subprocess.Popen(
        [sys.executable, "-c", _SCRIPT, *words],
        env=known,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )

    def ask(path: str, body: dict | None = None) -> dict:
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"X-API-Key": _KEY, "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=_WAIT_S) as answer:  # noqa: S310 - our own service
            return json.load(answer)

    try:
        yield ask, served.pid
    finally:
        served.terminate()
        served.wait(30)


if __name__ == "__main__":
    main()
