"""The workbench in a city of 104,940 demand points and 10,490 candidates: every step a planner waits for.

The big project is the bundled sample's with its workers and candidates many times over, each copy
some hundred metres from its original. Steps are asked of a
running service over HTTP; ``note`` tells the service's processor time beside the wall time. Targets:
a lock or a moved site 2 s, a tile 0.3 s. ``--project`` names the sample's project with results (it
is copied), else it is made, which takes a minute; ``--big`` names where the big project lies or shall
lie, so that it is made once.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from measuring import Row, arguments, show
from service import SCRIPT, processor_of, serving, until_answered

from data.store.project import Project

_POINTS, _CANDIDATES = 104_940, 10_490
_AWAY_DEGREES = 0.004
_MIDDLE = (120.38, 36.07)
_ZOOMS = (8, 10, 12, 14)


def main() -> None:
    """Make the big project, serve it and print the table."""
    wanted = arguments(
        __doc__, project="the sample's, with results", big="where the big project lies or shall lie"
    )
    with tempfile.TemporaryDirectory() as held:
        big = wanted.big or Path(held) / "big"
        if not big.exists():
            make_big(wanted.project or _sample(Path(held)), big)
        with serving(big) as (ask, process_id):
            until_answered(lambda: ask("/nearest?lon=120.38&lat=36.07"))
            rows = _steps(ask, lambda: processor_of(process_id))
    show(rows, wanted.json)


def _sample(folder: Path) -> Path:
    words = ("demo", "--no-serve", "--out", str(folder / "demo"))
    subprocess.run([sys.executable, "-c", SCRIPT, *words], check=True, capture_output=True)
    return folder / "demo" / "project"


def make_big(sample: Path, big: Path) -> None:
    """Copy the project `sample` to `big` and multiply its workers and candidates."""
    shutil.copytree(sample, big)
    project = Project.open(big)
    for layer, rows in (("workers", _POINTS), ("candidates", _CANDIDATES)):
        project.write(layer, many(project.read(layer), rows), source="many")


def many(frame: gpd.GeoDataFrame, rows: int) -> gpd.GeoDataFrame:
    """Return `rows` rows: copies of those of `frame` (EPSG:4326) near by."""
    copies = -(-rows // len(frame))
    found = pd.concat([frame] * copies, ignore_index=True).iloc[:rows].copy()
    copy = np.arange(rows) // len(frame)
    away = np.random.default_rng(7).uniform(-_AWAY_DEGREES, _AWAY_DEGREES, (rows, 2))
    away[copy == 0] = 0.0
    found["id"] = [f"{one}-{number}" for one, number in zip(found["id"], copy, strict=True)]
    shapes = np.array(found.geometry)
    lonlat, owner = shapely.get_coordinates(shapes, return_index=True)
    moved = shapely.set_coordinates(shapes, lonlat + away[owner])
    return found.set_geometry(gpd.GeoSeries(moved, index=found.index, crs=frame.crs))


def _steps(ask: Callable[..., Any], processor_s: Callable[[], float | None]) -> list[Row]:
    rows: list[Row] = []

    def timed(job: str, path: str, body: dict[str, Any] | None = None, **more: Any) -> Any:
        before, begun = processor_s() or 0.0, time.perf_counter()
        answer = ask(path, body, **more)
        took_s, used_s = time.perf_counter() - begun, (processor_s() or 0.0) - before
        note = f"{used_s:.2f} s of processor time, {_bytes(answer) / 1e3:,.0f} kB"
        rows.append(Row(job, "yizhan", took_s, 1.0, note))
        print(f"{job:<52}{took_s:>10.2f}  {note}", file=sys.stderr, flush=True)
        return answer

    state = timed("first draft", "/drafts", {"name": "big", "who": "benchmark"})
    draft = state["draft"]["id"]
    for kind, more in (
        ("lock", {}),
        ("forbid", {}),
        ("move", {"to": {"lon": 120.40, "lat": 36.08}}),
        ("lock", {}),
    ):
        site = state["plan"]["sites"][len(rows)]["id"]
        change = {"kind": kind, "site": site, **more}
        asked = {"change": change, "who": "benchmark", "revision": state["draft"]["revision"]}
        state = timed(f"draft re-solved after {kind}", f"/drafts/{draft}/edits", asked)
    seen = {"revision": state["draft"]["revision"]}
    state = timed("undo", f"/drafts/{draft}/undo", seen)
    timed("the draft opened again", f"/drafts/{draft}", planner=True)
    timed("the plan hour by hour", f"/drafts/{draft}/week", planner=True)
    timed("ground within reach", f"/drafts/{draft}/reach", planner=True)
    site = state["plan"]["sites"][0]["id"]
    timed("what stands around a site", f"/drafts/{draft}/sites/{site}", planner=True)
    tries = {"places": [{"lon": _MIDDLE[0], "lat": _MIDDLE[1]}], "beside": draft}
    timed("first place tried", "/drafts/tries", tries)
    timed("the place moved", "/drafts/tries", tries | {"places": [{"lon": 120.381, "lat": 36.071}]})
    for layer in (f"drafts/{draft}/demand", "tiles/candidates", "tiles/workers"):
        for zoom in _ZOOMS:
            path = f"/{layer}/{zoom}/{_tile(zoom)}.mvt"
            timed(path, path, planner=True, accept="application/vnd.mapbox-vector-tile")
    return rows


def _bytes(answer: Any) -> int:
    return len(answer if isinstance(answer, bytes) else json.dumps(answer))


def _tile(zoom: int) -> str:
    lon, lat = _MIDDLE
    x = lon / 360 + 0.5
    y = 0.5 - np.arcsinh(np.tan(np.radians(lat))) / (2 * np.pi)
    return f"{int(x * (1 << zoom))}/{int(y * (1 << zoom))}"


if __name__ == "__main__":
    main()
