"""Five million GPS pings gathered in cells: time and peak memory, beside pandas on the whole file.

Each reader runs in a process of its own, so that its peak memory is its own. pandas does the
simplest thing that gives the same cells: read all, index all, drop duplicates.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import h3
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
from measuring import Row, arguments, show

from data.events.event_format import EventFormat, TimeZone
from data.events.event_reading import read_events
from data.geometry.datum import Datum
from geo.layers.vocabulary import Group, Setting

SAID = EventFormat(
    datum=Datum.GCJ02, time_zone=TimeZone.SHANGHAI, group=Group.DELIVERY_RIDER, setting=Setting.WORK
)


def main() -> None:
    """Write the files, read them, print the table."""
    wanted = arguments(__doc__)
    n = 200_000 if wanted.quick else 5_000_000
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="yizhan-events-") as folder:
        table = pings(n)
        csv, parquet = Path(folder) / "pings.csv", Path(folder) / "pings.parquet"
        pyarrow.csv.write_csv(table, csv)
        pyarrow.parquet.write_table(table, parquet)
        people, seen = table.column("rider_id").unique(), {}
        del table
        for path in (csv, parquet):
            ours_s, seen[path], note = apart("yizhan", path)
            assert seen[path] == len(people)
            theirs_s, _, peer = apart("pandas", path)
            job = f"{n:,} pings from {path.suffix[1:]}"
            rows += [
                Row(job, "yizhan", ours_s, 1.0, note),
                Row(job, "pandas", theirs_s, theirs_s / ours_s, peer),
            ]
    show(rows, wanted.json)


def pings(n: int) -> pa.Table:
    """Four weeks of riders around 20 places, each near one of them, mostly by day."""
    rng = np.random.default_rng(3)
    riders = max(200, n // 250)
    centre = np.column_stack([rng.uniform(120.2, 120.5, 20), rng.uniform(36.05, 36.35, 20)])
    home = centre[rng.integers(0, 20, riders)] + rng.normal(0, 0.01, (riders, 2))
    who = rng.integers(0, riders, n)
    lonlat = np.round(home[who] + rng.normal(0, 0.004, (n, 2)), 6)
    second = rng.integers(0, 28, n) * 86400 + np.clip(rng.normal(14, 4, n), 0, 23.99) * 3600
    when = np.datetime64("2026-05-04T00:00:00") + second.astype("timedelta64[s]")
    ids = np.char.add("R", np.arange(riders).astype(str))
    return pa.table(
        {
            "rider_id": pa.DictionaryArray.from_arrays(who, ids).cast(pa.string()),
            "time": pa.array(when).cast(pa.string()),
            "lon": lonlat[:, 0],
            "lat": lonlat[:, 1],
        }
    )


def ours(path: Path) -> int:
    """Return the people counted."""
    reading = read_events(path, SAID)
    assert reading.people_in == reading.people_out + reading.kept_back
    return reading.people_in


def pandas(path: Path) -> int:
    """Return the people counted, the whole file in memory and without the change of datum."""
    frame = pd.read_csv(path) if path.suffix == ".csv" else pd.read_parquet(path)
    when = pd.to_datetime(frame["time"])
    frame["cell"] = [
        h3.latlng_to_cell(y, x, 9) for x, y in zip(frame["lon"], frame["lat"], strict=True)
    ]
    frame["hour"] = when.dt.weekday * 24 + when.dt.hour
    distinct = frame.drop_duplicates(["cell", "hour", "rider_id"])
    return int(distinct["rider_id"].nunique())


def apart(job: str, path: Path) -> tuple[float, int, str]:
    """Run a job in a fresh process; return its seconds, answer and peak memory in words."""
    told = subprocess.run(
        [sys.executable, __file__, "--measure", job, str(path)],
        capture_output=True,
        check=True,
        timeout=600,
    )
    seconds, people, peak_mb = json.loads(told.stdout)
    return seconds, people, f"peak {peak_mb:,.0f} MB, file {path.stat().st_size / 1e6:,.0f} MB"


def measure(job: str, path: Path) -> None:
    """Print the seconds, the answer and the peak memory in MB of a job."""
    started = time.perf_counter()
    people = {"yizhan": ours, "pandas": pandas}[job](path)
    seconds = time.perf_counter() - started
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps([seconds, people, peak_mb]))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        measure(sys.argv[2], Path(sys.argv[3]))
    else:
        main()
