"""One job by one program in a process of its own: its median time and what memory it took.

Memory is how far the peak of the resident set rose while the program built what it needs of the
streets and did the job; interpreter, imports and compiled code, loaded by doing the same on one
street before, are not counted.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from measuring import median_s
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import dijkstra

from data.streets.folder import open_streets, write_streets
from geo.layers.vocabulary import Mode
from geo.network.segments import Segments
from geo.network.street_network import Snapped, StreetNetwork
from geo.reach.catchments import catchments
from geo.reach.labels import SiteLabels

SITES, REACH_M = 3000, 1500.0
MANY_SITES, MANY_POINTS, FAR_M = 10_000, 100_000, 3000.0


def run(job: str, streets: Path) -> dict[str, float]:
    """Run `job` of :data:`JOBS` on the walking network in `streets`."""
    command = [sys.executable, __file__, job, str(streets)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    answer: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return answer


def _opened(streets: str) -> StreetNetwork:
    return open_streets(Path(streets)).network(Mode.WALK)


def _drawn(network, count, seed):
    """Nodes of the reachable part, drawn at random; again and again where there are too few."""
    inside = np.unique(network.start[network.reachable])
    rng = np.random.default_rng(seed)
    return rng.choice(inside, count, replace=count > len(inside)), inside


def _at_nodes(network, nodes) -> Snapped:
    """Put points on nodes, as the peers take them, each at an end of one of its streets.

    Nobody asks for their places, and the peers are not given any.
    """
    segment = np.zeros(network.n_nodes, np.int32)
    segment[network.start] = np.arange(len(network.start))
    segment[network.end] = np.arange(len(network.end))
    segment = segment[nodes]
    fraction = (network.end[segment] == nodes).astype(np.float64)
    nowhere = np.broadcast_to(np.float64(np.nan), (len(nodes), 2))
    return Snapped(nowhere, segment, fraction, np.zeros(len(nodes)))


def scipy_graph(network, *, weight="distance_m", against=True):
    """Return the network as scipy's matrix, of parallel arcs the shortest; against the travel."""
    arcs = network.incoming if against else network.outgoing
    tail = np.repeat(np.arange(network.n_nodes), np.diff(arcs.indptr))
    cost = np.maximum(network.weight(weight)[arcs.segment], 1e-9)
    order = np.lexsort((cost, arcs.head, tail))
    tail, head, cost = tail[order], arcs.head[order], cost[order]
    first = np.ones(len(tail), bool)
    first[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
    shape = (network.n_nodes, network.n_nodes)
    return coo_matrix((cost[first], (tail[first], head[first])), shape).tocsr()


def ours(streets: str) -> Callable[[int], Any]:
    """Catchments of sites at nodes, with every node a demand point."""
    network = _opened(streets)
    nodes, inside = _drawn(network, SITES, 1)
    sites, points = _at_nodes(network, nodes), _at_nodes(network, inside)
    return lambda count: catchments(network, sites.take(slice(count)), points, REACH_M)


def scipy(streets: str) -> Callable[[int], Any]:
    """One bounded search a site; all at once would take a row of all nodes for each."""
    network = _opened(streets)
    nodes, _ = _drawn(network, SITES, 1)
    graph = scipy_graph(network)

    def catchment(node):
        cost = dijkstra(graph, indices=int(node), limit=REACH_M)
        within = np.flatnonzero(cost <= REACH_M)
        return within.astype(np.int32), cost[within].astype(np.float32)

    return lambda count: [catchment(node) for node in nodes[:count]]


def pandana(streets: str) -> Callable[[int], Any]:
    """Its nodes_in_range; on foot every street is two-way."""
    network = _opened(streets)
    nodes, _ = _drawn(network, SITES, 1)
    city = pandana_network(network)
    return lambda count: city.nodes_in_range(nodes[:count].tolist(), REACH_M)


def pandana_network(network, weight="distance_m"):
    """Build pandana's own network of the same streets."""
    return import_module("pandana").Network(
        pd.Series(network.node_xy_m[:, 0]),
        pd.Series(network.node_xy_m[:, 1]),
        pd.Series(network.start),
        pd.Series(network.end),
        pd.DataFrame({weight: network.weight(weight)}),
        twoway=True,
    )


def many(streets: str) -> Callable[[int], Any]:
    """10,000 sites and 100,000 points within 3 km."""
    network = _opened(streets)
    sites = network.snap(network.node_lonlat[_drawn(network, MANY_SITES, 2)[0]])
    points = network.snap(network.node_lonlat[_drawn(network, MANY_POINTS, 3)[0]])

    return lambda count: catchments(network, sites.take(slice(count)), points, FAR_M)


def opening(streets: str) -> Callable[[int], Any]:
    """Only the opening; the first question is timed apart."""
    return lambda _: _opened(streets)


def first_question(streets: str) -> Callable[[int], Any]:
    """From nothing open to the first answer: open, snap 1,000 stations, label, answer."""

    def job(_):
        network = _opened(streets)
        sites = network.snap(network.node_lonlat[_drawn(network, 1000, 4)[0]])
        return SiteLabels.build(network, sites, weight="time_s").nearest(*network.node_lonlat[0])

    return job


JOBS = {
    "yizhan": (ours, SITES, 3),
    "scipy": (scipy, SITES, 1),
    "pandana": (pandana, SITES, 1),
    "many": (many, MANY_SITES, 1),
    "opening": (opening, 0, 1),
    "first_question": (first_question, 0, 1),
}
"""What prepares each job, how many sites it is for, and how often it is timed."""


def main(job: str, streets: str) -> None:
    """Do the job on one street, then prepare and time it; print seconds and megabytes."""
    prepare, count, repeat = JOBS[job]
    with tempfile.TemporaryDirectory() as tiny:
        write_streets(Path(tiny), _one_street(), modes=[Mode.WALK])
        prepare(tiny)(1)
    before = _peak_mb()
    work = prepare(streets)
    seconds = median_s(lambda: work(count), repeat, warm=False)
    print(json.dumps({"s": seconds, "mb": _peak_mb() - before}))


def _one_street() -> Segments:
    """Return streets so small that whoever works on them only loads his own code."""
    lonlat, none = np.array([[120.3, 36.1], [120.31, 36.1]]), np.full(1, np.nan, np.float32)
    return Segments(
        node_lonlat=lonlat,
        start=np.int32([0]),
        end=np.int32([1]),
        shape_offset=np.array([0, 2]),
        shape_lonlat=lonlat,
        name=np.int32([-1]),
        names=(),
        highway=np.uint8([11]),
        access=np.uint8([63]),
        traits=np.uint16([0]),
        maxspeed_kmh=none,
        max_height_m=none,
        max_weight_t=none,
        way_id=np.zeros(1, np.int64),
    )


def _peak_mb() -> float:
    """Return this process's highest resident set so far (Linux; getrusage counts the parent's)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1024


if __name__ == "__main__":
    main(*sys.argv[1:])
