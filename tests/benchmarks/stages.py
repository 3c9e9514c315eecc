"""Only what changed is done again: commands and the running service on the bundled sample.

Every command is a process of its own; ``note`` tells its processor time beside the wall time, which
other work on the machine changes less. Kernels are kept between runs: the first run compiles them
where ``NUMBA_CACHE_DIR`` names an empty folder. The last column tells what is aimed at on two cores
(the main job may take 50 s where it compiles); ``start.py`` measures the service's start. ``--quick``
leaves the main job's second run out.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from measuring import Row, arguments, show
from service import SCRIPT, serving, until_answered

_GOALS_S = {
    "whole main job": 35.0,
    "coverage, nothing changed": 2.0,
    "site --count 60": 4.0,
    "service: draft re-solved": 2.0,
}
"""By how a job's name begins."""


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
        [sys.executable, "-c", SCRIPT, *words], check=False, capture_output=True, timeout=900
    )
    if done.returncode:
        sys.exit(done.stderr.decode())
    return _row(job, time.perf_counter() - started, _processor_s(os.times(), before))


def _processor_s(now: os.times_result, before: os.times_result) -> float:
    return now.children_user + now.children_system - before.children_user - before.children_system


def _row(job: str, wall_s: float, processor_s: float | None = None) -> Row:
    told = [] if processor_s is None else [f"{processor_s:.1f} s of processor time"]
    told += [f"aim {goal_s:g} s" for name, goal_s in _GOALS_S.items() if job.startswith(name)]
    return Row(job, "yizhan", wall_s, 1.0, ", ".join(told))


def _service(project: Path) -> list[Row]:
    """Measure what planners wait for once the service has started (see ``start.py``)."""
    rows: list[Row] = []
    with serving(project) as (ask, _):
        until_answered(lambda: ask("/nearest?lon=120.38&lat=36.07"))
        draft = {"name": "benchmark", "who": "benchmark"}
        rows.append(_timed("service: first draft", lambda: ask("/drafts", draft)))
        rows += _steps(ask)
    return rows


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


if __name__ == "__main__":
    main()
