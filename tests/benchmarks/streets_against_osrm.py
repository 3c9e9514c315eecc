"""Our shortest ways beside those of OSRM, which shares none of our code, on real extracts.

    python tests/benchmarks/streets_against_osrm.py EXTRACTS OSRM [--places 50]

EXTRACTS is a folder of .osm.pbf files; OSRM a folder with ``bin`` and ``share/profiles`` as the
wheel of osrm-bindings unpacks them. OSRM reads the same file by its own tag rules (its foot and car
profiles, told to minimise distance, as their comments describe) and answers over loopback. For
every pair that differs by more than 1 % and 5 m the shorter of the two ways is followed until it
does what the other engine forbids; the pairs are counted by that cause, and one whose cause is not
found counts as unexplained.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import measuring  # noqa: F401 - keeps numba from taking a benchmark for a module of its own
import numpy as np
import osmium
from pyproj import Geod

from data.streets.osm_file import read_segments
from geo.layers.vocabulary import Mode
from geo.network.access import Access, OnNode, access, on_node
from geo.network.compile import compile_network
from geo.network.segments import Segments
from geo.network.street_network import StreetNetwork
from geo.network.way_assembly import DEGREE
from geo.reach.matrix import matrix
from geo.reach.route import route

PROFILES = {Mode.WALK: "foot", Mode.DRIVE: "car"}
FLAGS = {
    Mode.WALK: (Access.WALK_FORWARD, Access.WALK_BACK, OnNode.STOPS_WALK),
    Mode.DRIVE: (Access.DRIVE_FORWARD, Access.DRIVE_BACK, OnNode.STOPS_DRIVE),
}
WGS84 = Geod(ellps="WGS84")
TOLERANCE, TOLERANCE_M = 0.01, 5.0
TOLD = (
    "highway",
    "route",
    "access",
    "foot",
    "motor_vehicle",
    "vehicle",
    "motorcar",
    "oneway",
    "area",
    "junction",
    "railway",
    "man_made",
    "amenity",
    "service",
)


class Osrm:
    """OSRM's answers about one extract and profile."""

    def __init__(self, address: str) -> None:
        self._address = address

    def _ask(self, service: str, places: np.ndarray, query: str) -> dict:
        at = ";".join(f"{lon:.7f},{lat:.7f}" for lon, lat in places)
        with urlopen(f"{self._address}/{service}/v1/x/{at}?{query}") as answer:  # noqa: S310
            return json.load(answer)

    def table(self, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return distances in metres, NaN where there is no way, and how far each place moved."""
        answer = self._ask("table", places, "annotations=distance")
        moved_m = np.array([point["distance"] for point in answer["sources"]])
        return np.array(answer["distances"], float), moved_m

    def way(self, places: np.ndarray) -> tuple[float, list[int]]:
        """Return the length and the OSM nodes of the way from the first place to the second."""
        try:
            answer = self._ask("route", places, "annotations=nodes&overview=false")
        except HTTPError:  # OSRM's way of saying that there is none
            return np.inf, []
        leg = answer["routes"][0]["legs"][0]
        return leg["distance"], leg["annotation"]["nodes"]


@contextmanager
def running(extract: Path, osrm: Path, mode: Mode) -> Iterator[Osrm]:
    """Prepare an extract for a profile that minimises distance, and serve it on loopback."""
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        shutil.copy(extract, here / "city.osm.pbf")
        profiles = shutil.copytree(osrm / "share" / "profiles", here / "profiles")
        profile = profiles / f"{PROFILES[mode]}.lua"
        text = profile.read_text(encoding="utf-8")
        text = re.sub(r"(\n\s*weight_name\s*=\s*)'\w+'", r"\1'distance'", text, count=1)
        profile.write_text(text, encoding="utf-8")
        programs = {program.name: program for program in (osrm / "bin").iterdir()}
        for program in programs.values():
            program.chmod(0o755)
        subprocess.run(
            [programs["osrm-extract"], "-p", profile, "city.osm.pbf"],
            cwd=here,
            check=True,
            capture_output=True,
        )
        subprocess.run(
            [programs["osrm-contract"], "city.osrm"], cwd=here, check=True, capture_output=True
        )
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        server = subprocess.Popen(
            [
                programs["osrm-routed"],
                "--ip",
                "127.0.0.1",
                "--port",
                str(port),
                "--max-table-size",
                "1000",
                "city.osrm",
            ],
            cwd=here,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait(port)
            yield Osrm(f"http://127.0.0.1:{port}")
        finally:
            server.terminate()
            server.wait()


def _wait(port: int) -> None:
    for _ in range(100):
        with socket.socket() as attempt:
            if attempt.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError(port)


@dataclass
class Extract:
    """What an extract's own tags say, read apart from the compiled network."""

    way: dict[tuple[int, int], list[tuple[int, dict[str, str], int]]] = field(default_factory=dict)
    node: dict[int, dict[str, str]] = field(default_factory=dict)
    at: dict[tuple[int, int], int] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> Extract:
        """Read ways as pairs of neighbouring nodes, tagged nodes, and places."""
        answer = cls()
        for item in osmium.FileProcessor(str(path)).with_locations():
            tags = {tag.k: tag.v for tag in item.tags}
            if isinstance(item, osmium.osm.Node):
                if "barrier" in tags:
                    answer.node[item.id] = tags
            elif isinstance(item, osmium.osm.Way) and tags:
                for one, two in pairwise(item.nodes):
                    answer.way.setdefault((one.ref, two.ref), []).append((item.id, tags, 0))
                    answer.way.setdefault((two.ref, one.ref), []).append((item.id, tags, 1))
                if "highway" in tags or "route" in tags:
                    for node in item.nodes:
                        answer.at[node.location.x, node.location.y] = node.ref
        return answer

    def ref(self, place: np.ndarray) -> int | None:
        """Return the node of a street at a place, None where there is none."""
        lon, lat = (round(float(axis) * DEGREE) for axis in place)
        return self.at.get((lon, lat))

    def forbidden(self, nodes: list[int], mode: Mode) -> str | None:
        """Return what we forbid on a way along `nodes`, None if nothing."""
        *directions, stops = FLAGS[mode]
        for here, there in pairwise(nodes):
            ways = self.way.get((here, there), [])
            if not any(access(tags) & directions[side] for _, tags, side in ways):
                return f"OSRM uses {told(ways)}, closed to us"
        for node in nodes[1:-1]:
            if node in self.node and on_node(self.node[node]) & stops:
                return f"OSRM passes barrier={self.node[node]['barrier']}, which stops ours"
        return None


def told(ways: list[tuple[int, dict[str, str], int]]) -> str:
    """Return the tags of a way that decide."""
    if not ways:
        return "no way of the extract"
    tags, side = ways[0][1], " backward" if ways[0][2] and "oneway" in ways[0][1] else ""
    return " ".join(f"{key}={tags[key]}" for key in TOLD if key in tags) + side


def why_ours_is_shorter(
    network: StreetNetwork, extract: Extract, osrm: Osrm, ends: np.ndarray
) -> str:
    """Return what our way does that OSRM does not."""
    line = route(network, ends[:1], ends[1:]).lonlat
    refs = [extract.ref(place) for place in line]
    for (one, two), step in zip(pairwise(refs), pairwise(line), strict=True):
        places = np.array(step)
        straight_m = WGS84.line_length(places[:, 0], places[:, 1])
        if one and two and straight_m > 0.5 and osrm.way(places)[0] > 1.05 * straight_m + 2:
            return f"ours uses {told(extract.way.get((one, two), []))}, closed to OSRM"
    if any(one == two for one, two in zip(refs, refs[2:], strict=False)):
        return "ours turns round on a street, which OSRM never does"
    for ref in refs:
        if ref in extract.node:
            return f"ours passes barrier={extract.node[ref]['barrier']}, which stops OSRM"
    return "UNEXPLAINED: ours is shorter on streets open to OSRM"


def why_osrm_is_shorter(extract: Extract, osrm: Osrm, mode: Mode, ends: np.ndarray) -> str:
    """Return what OSRM's way does that ours does not."""
    _, nodes = osrm.way(ends)
    if cause := extract.forbidden(nodes, mode):
        return cause
    if not {extract.ref(place) for place in ends} <= set(nodes):
        return "OSRM starts or ends on another street that crosses there on another level"
    return "UNEXPLAINED: OSRM is shorter on streets open to us"


def corners(segments: Segments, network: StreetNetwork) -> np.ndarray:
    """Return the reachable corners, but for those with banned turns.

    There a place belongs to one street with its bans for us, and to all streets for OSRM.
    """
    ends = np.stack([segments.start, segments.end])
    turns = segments.banned_turns
    ruled = segments.node_lonlat[np.unique(ends[turns[:, 1], turns[:, 0]])]
    inside = network.node_lonlat[np.unique(network.start[network.reachable])]
    near = np.zeros(len(inside), bool)
    for place in ruled:
        near |= (np.abs(inside - place) < [1e-3, 5e-4]).all(axis=1)
    return inside[~near]


def compare(path: Path, osrm_folder: Path, mode: Mode, count: int) -> None:
    """Compare one extract and mode; print agreement and the causes of differences."""
    segments = read_segments(path)
    network = compile_network(segments, mode)
    by_length = replace(network, time_s=network.length_m)
    rng = np.random.default_rng(2026)
    places = rng.permutation(corners(segments, network))[: 3 * count]
    with running(path, osrm_folder, mode) as osrm:
        _, moved_m = osrm.table(places)
        places = places[moved_m < 0.5][:count]
        theirs_m, _ = osrm.table(places)
        snapped = by_length.snap(places)
        ours_m = matrix(by_length, snapped, snapped).distance_m
        pair = ~np.eye(len(places), dtype=bool)
        ratio = ours_m[pair] / theirs_m[pair]
        off = pair & ~(np.abs(ours_m - theirs_m) <= np.maximum(TOLERANCE * theirs_m, TOLERANCE_M))
        extract, causes = Extract.read(path), Counter()
        for one, two in np.argwhere(off).tolist():
            ends = places[[one, two]]
            if ours_m[one, two] > theirs_m[one, two]:
                causes[why_osrm_is_shorter(extract, osrm, mode, ends)] += 1
            else:
                causes[why_ours_is_shorter(by_length, extract, osrm, ends)] += 1
    print(
        f"\n{path.name}, {mode}: {pair.sum():,} pairs, {off.sum():,} differ by over 1 % and 5 m; "
        f"median ratio of distances {np.nanmedian(ratio):.5f}"
    )
    for cause, pairs in causes.most_common():
        print(f"  {pairs:6,}  {cause}")


def main() -> None:
    """Compare every extract of a folder, on foot and by car."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("extracts", type=Path)
    parser.add_argument("osrm", type=Path)
    parser.add_argument("--places", type=int, default=50)
    wanted = parser.parse_args()
    for path in sorted(wanted.extracts.glob("*.osm.pbf")):
        for mode in PROFILES:
            compare(path, wanted.osrm, mode, wanted.places)


if __name__ == "__main__":
    main()
