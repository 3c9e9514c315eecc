"""From an OSM extract to a compiled network beside its peers, on real extracts.

    python tests/benchmarks/streets.py EXTRACTS [--quick] [--json FILE]

EXTRACTS is a folder of .osm.pbf files. Jobs:

- reading each extract, beside pyrosm and osmnx (through XML, its only door to a file);
- a large extract, made by laying all of them side by side 31 times with ids and places shifted
  (94 MB with those of Liechtenstein, Andorra, Helsinki and Baltimore): time and peak memory of
  reading and of compiling, each in a process of its own;
- opening that network in a fresh process, and what each further process adds of its own memory;
- what turn restrictions and signals change, so that the choice to count them stays measured, and
  what left turns would, so that the choice not to does.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import osmium
from left_turns import left_turns
from measuring import Row, compare, median_s, show

from data.streets.osm_file import read_segments
from geo.layers.vocabulary import Mode
from geo.network.compile import compile_network
from geo.network.segments import Segments
from geo.network.speeds import SpeedTable
from geo.network.street_network import StreetNetwork
from geo.reach.matrix import matrix

APART = 1 << 34
"""More than the largest OSM id, between the ids of two copies."""
_PEAK = """
import json, sys, time
from pathlib import Path
from data.streets.folder import write_streets
from data.streets.osm_file import read_segments
def peak_mb():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))
rest_mb, started = peak_mb(), time.perf_counter()
segments = read_segments(Path(sys.argv[1]))
read_s, read_mb = time.perf_counter() - started, peak_mb()
write_streets(Path(sys.argv[2]), segments)
whole_s = time.perf_counter() - started
n = len(segments.node_lonlat), len(segments.start)
print(json.dumps([read_s, whole_s, rest_mb, read_mb, peak_mb(), *n]))
"""
_OPEN = """
import json, sys, time
from pathlib import Path
from data.streets.folder import open_streets
from geo.layers.vocabulary import Mode
def own_kb():
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_Dirty"))
before = own_kb()
started = time.perf_counter()
networks = [open_streets(Path(sys.argv[1])).network(mode) for mode in Mode]
opened_s = time.perf_counter() - started
held = own_kb() - before
for network in networks:
    network.length_m.sum(), network.time_s.sum(), network.shape_lonlat.sum(), network.start.sum()
print(json.dumps([opened_s, held / 1024, (own_kb() - before) / 1024, networks[0].n_nodes]))
"""


def main() -> None:
    """Run all jobs and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("extracts", type=Path, help="folder of .osm.pbf files")
    parser.add_argument("--quick", action="store_true", help="two copies instead of 31")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the rows here")
    wanted = parser.parse_args()
    files = sorted(wanted.extracts.glob("*.osm.pbf"))
    rows = [row for path in files for row in reading(path)]
    with tempfile.TemporaryDirectory() as folder:
        rows += large(files, Path(folder), 2 if wanted.quick else 31)
    for path in files:
        segments = read_segments(path)
        rows += turns(path.name, segments)
        rows += signals(path.name, segments)
        for mode in (Mode.DRIVE, Mode.EBIKE):
            rows += left_turns(path.name, segments, mode, 12.0)
    show(rows, wanted.json)


def reading(path: Path) -> list[Row]:
    """Read one extract as we, pyrosm and osmnx do."""
    segments = read_segments(path)
    note = f"{len(segments.node_lonlat):,} nodes, {len(segments.start):,} segments, 3 modes"
    with tempfile.TemporaryDirectory() as folder:
        peers: dict[str, float | str] = {"pyrosm": _pyrosm(path), "osmnx": _osmnx(path, folder)}
    return compare(f"reading {path.name}", median_s(lambda: read_segments(path)), peers, note)


def _pyrosm(path: Path) -> float | str:
    if find_spec("pyrosm") is None:
        return "not installed"
    import pyrosm  # noqa: PLC0415 - not everywhere installed

    return _measured(lambda: pyrosm.OSM(str(path)).get_network(network_type="all", nodes=True))


def _osmnx(path: Path, folder: str) -> float | str:
    """Convert to XML (not counted) and let osmnx read it."""
    import osmnx  # noqa: PLC0415 - slow to import

    xml = Path(folder) / f"{path.name}.osm"
    with osmium.SimpleWriter(str(xml)) as writer:
        for item in osmium.FileProcessor(str(path)):
            writer.add(item)
    return _measured(lambda: osmnx.graph_from_xml(xml, retain_all=True))


def _measured(job: Callable[[], object]) -> float | str:
    """Return a peer's seconds, or how it failed."""
    try:
        return median_s(job, 1)
    except Exception as error:  # noqa: BLE001 - a peer may fail in any way; the table says so
        return f"failed: {error}"


def large(files: list[Path], folder: Path, copies: int) -> list[Row]:
    """Read, compile and open the extracts laid side by side."""
    path = folder / "large.osm.pbf"
    side_by_side(files, path, copies)
    megabytes = path.stat().st_size / 1e6
    read_s, whole_s, base, read_mb, peak_mb, nodes, segments = _in_process(
        _PEAK, path, folder / "s"
    )
    opened_s, held_mb, used_mb, n_nodes = zip(
        *(_in_process(_OPEN, folder / "s") for _ in range(5)), strict=True
    )
    size = f"{megabytes:.0f} MB pbf"
    return [
        *compare(
            f"reading a {size}",
            read_s,
            {},
            f"{nodes:,} nodes, {segments:,} segments; peak {read_mb:.0f} MB ({base:.0f} at rest)",
        ),
        *compare(f"reading and compiling a {size}", whole_s, {}, f"peak {peak_mb:.0f} MB"),
        *compare(
            "opening its three networks in a new process",
            float(np.median(opened_s)),
            {},
            f"{n_nodes[0]:,} nodes; private {np.median(held_mb):.1f} MB, "
            f"{np.median(used_mb):.1f} MB after reading every array",
        ),
    ]


def _in_process(script: str, *arguments: Path) -> list[float]:
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], check=True, capture_output=True
    )
    return json.loads(done.stdout)


def side_by_side(files: list[Path], path: Path, copies: int) -> None:
    """Write all `files` `copies` times, ids shifted so that nothing joins, 0.3 degrees apart."""
    with osmium.SimpleWriter(str(path)) as writer:
        for write in (_write_nodes, _write_ways, _write_relations):
            for copy in range(copies):
                for number, file in enumerate(files):
                    write(writer, file, (copy * len(files) + number) * APART, 0.3 * copy)


def _write_nodes(writer: osmium.SimpleWriter, file: Path, shift: int, east: float) -> None:
    for node in osmium.FileProcessor(str(file), osmium.osm.NODE):
        place = (node.location.lon + east, node.location.lat)
        writer.add_node(node.replace(id=node.id + shift, location=place))


def _write_ways(writer: osmium.SimpleWriter, file: Path, shift: int, _: float) -> None:
    for way in osmium.FileProcessor(str(file), osmium.osm.WAY):
        refs = [node.ref + shift for node in way.nodes]
        writer.add_way(way.replace(id=way.id + shift, nodes=refs))


def _write_relations(writer: osmium.SimpleWriter, file: Path, shift: int, _: float) -> None:
    for relation in osmium.FileProcessor(str(file), osmium.osm.RELATION):
        members = [(member.type, member.ref + shift, member.role) for member in relation.members]
        writer.add_relation(relation.replace(id=relation.id + shift, members=members))


def turns(name: str, segments: Segments) -> list[Row]:
    """Say what banned turns change of the drive times between 100 places."""
    free = replace(segments, banned_turns=segments.banned_turns[:0])
    return _changed(
        f"drive times, {name}: {len(segments.banned_turns)} banned turns",
        Mode.DRIVE,
        (free, None),
        (segments, None),
    )


def signals(name: str, segments: Segments) -> list[Row]:
    """Say what a wait of 12 s for cars, 15 s for walkers at signals changes."""
    without = SpeedTable(signal_s=0), SpeedTable(walk_signal_s=0)
    with_them = SpeedTable(signal_s=12), SpeedTable(walk_signal_s=15)
    return [
        row
        for mode, off, on in zip((Mode.DRIVE, Mode.WALK), without, with_them, strict=True)
        for row in _changed(f"{mode} times, {name}: signals", mode, (segments, off), (segments, on))
    ]


def _changed(
    job: str,
    mode: Mode,
    before: tuple[Segments, SpeedTable | None],
    after: tuple[Segments, SpeedTable | None],
) -> list[Row]:
    old, new = (compile_network(one, mode, speeds=speeds) for one, speeds in (before, after))
    rng = np.random.default_rng(3)
    usable = np.flatnonzero(old.reachable & new.reachable[: len(old.reachable)])
    middle = (old.shape_offset[usable] + old.shape_offset[usable + 1]) // 2
    lonlat = old.shape_lonlat[rng.choice(middle, min(100, len(middle)), replace=False)]
    started = time.perf_counter()
    first_s = _times(old, lonlat)
    spent_s = time.perf_counter() - started
    pair = ~np.eye(len(lonlat), dtype=bool) & np.isfinite(first_s) & (first_s > 0)
    ratio = _times(new, lonlat)[pair] / first_s[pair]
    note = (
        f"{(ratio > 1.01).mean():.1%} of the pairs longer by over 1 %; mean {ratio.mean():.3f}, "
        f"p95 {np.percentile(ratio, 95):.2f}"
    )
    return compare(job, spent_s, {}, note)


def _times(network: StreetNetwork, lonlat: np.ndarray) -> np.ndarray:
    places = network.snap(lonlat)
    return matrix(network, places, places).time_s


if __name__ == "__main__":
    main()
