"""How soon a service answers after its start: the nearest stations, its pages, the first what-if.

Wall times from the start of the process (on a machine with other work, look at the processor time
in the note); each is the median of a few starts on one project, none of them the first, which keeps
its first reading of the layers. Targets, two cores: first answer 3 s, first what-if 0.3 s; a planner
takes some seconds to ask it. ``--project`` names a project; else the bundled sample is analysed,
which takes a minute.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from measuring import Row, arguments, show
from service import SCRIPT, processor_of, serving, until_answered

_STARTS = 3
_PLANNER_COMES_S = 4.0
"""After the first worker's answer."""
_NEAR = "/nearest?lon=120.38&lat=36.07"
_PLACE = {"lon": 120.38, "lat": 36.07}


def main() -> None:
    """Start the service some times and print the table."""
    wanted = arguments(__doc__, project="a project with results; the sample's when left out")
    with tempfile.TemporaryDirectory() as held:
        project = wanted.project or _sample(Path(held))
        _start(project)
        starts = [_start(project) for _ in range(1 if wanted.quick else _STARTS)]
    show([_median(rows) for rows in zip(*starts, strict=True)], wanted.json)


def _sample(folder: Path) -> Path:
    words = ("demo", "--no-serve", "--out", str(folder / "demo"))
    subprocess.run([sys.executable, "-c", SCRIPT, *words], check=True, capture_output=True)
    return folder / "demo" / "project"


def _start(project: Path) -> list[tuple[str, float, float | None]]:
    started = time.perf_counter()
    rows: list[tuple[str, float, float | None]] = []
    with serving(project) as (ask, process_id):

        def since_start(job: str) -> None:
            rows.append((job, time.perf_counter() - started, processor_of(process_id)))

        until_answered(lambda: ask(_NEAR))
        since_start("start to the first /nearest")
        ask("/", accept="text/html")
        since_start("start to the start page after it")
        until_answered(lambda: ask("/health"))
        since_start("start to /health after it")
        time.sleep(_PLANNER_COMES_S)
        for job in ("first what-if", "second what-if"):
            begun = time.perf_counter()
            ask("/planning/what-if", _PLACE)
            rows.append((job, time.perf_counter() - begun, None))
        begun = time.perf_counter()
        ask("/nearest-station", accept="text/html")
        rows.append(("first page with a form for the place", time.perf_counter() - begun, None))
    return rows


def _median(starts: tuple[tuple[str, float, float | None], ...]) -> Row:
    used = [processor_s for _, _, processor_s in starts if processor_s is not None]
    note = f"{median(used):.1f} s of processor time" if used else ""
    return Row(starts[0][0], "yizhan", median(took_s for _, took_s, _ in starts), 1.0, note)


if __name__ == "__main__":
    main()
