"""What the benchmarks share: medians, one table, one JSON file."""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

# numba looks for a module "coverage"; it must not find the benchmark of that name.
sys.modules["coverage"] = None


@dataclass(frozen=True)
class Row:
    """One line of a benchmark: a job, who did it, its median seconds and the ratio to ours."""

    job: str
    who: str
    seconds: float
    ratio: float
    note: str = ""


def arguments(about: str | None, **paths: str) -> argparse.Namespace:
    """Read ``--quick``, ``--json FILE`` and the `paths` by name, each with what it is for."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--quick", action="store_true", help="small instances, under a minute")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the rows here")
    for name, use in paths.items():
        parser.add_argument(f"--{name}", type=Path, metavar="PATH", help=use)
    return parser.parse_args()


def peak_mb() -> float:
    """Return this process's peak memory so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def median_s(job: Callable[[], object], repeat: int = 3, *, warm: bool = True) -> float:
    """Return the median wall time of `repeat` runs, after one more to `warm` up."""
    if warm:
        job()
    times = []
    for _ in range(repeat):
        started = time.perf_counter()
        job()
        times.append(time.perf_counter() - started)
    return median(times)


def compare(job: str, ours_s: float, peers: dict[str, float | str], note: str = "") -> list[Row]:
    """Return rows for ours and for each peer; a peer that is a text was not measured, and why."""
    rows = [Row(job, "yizhan", ours_s, 1.0, note)]
    for name, seconds in peers.items():
        if isinstance(seconds, str):
            rows.append(Row(job, name, float("nan"), float("nan"), seconds))
        else:
            rows.append(Row(job, name, seconds, seconds / ours_s))
    return rows


def show(rows: list[Row], file: Path | None) -> None:
    """Print the table; write it as JSON where asked."""
    print(f"{'job':<52}{'who':<14}{'median s':>10}{'x ours':>9}  note")
    for row in rows:
        print(f"{row.job:<52}{row.who:<14}{row.seconds:>10.4f}{row.ratio:>9.2f}  {row.note}")
    if file is not None:
        file.write_text(json.dumps([asdict(row) for row in rows], indent=1), encoding="utf-8")
