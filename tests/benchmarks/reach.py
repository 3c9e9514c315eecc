"""Reach against its peers on the sample's streets, all in one run.

Targets: nearest of every node at most 1.1 x scipy's min_only; catchments 5 x faster than scipy;
a live question's p99 at most 0.3 ms in process and 10 x faster than a bounded search; opening a
compiled network at most 0.3 s.
"""

from __future__ import annotations

import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

import networkx as nx
import numpy as np
from measuring import Row, arguments, compare, median_s, show
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import dijkstra

from data.sample import load_segments
from data.streets.folder import open_streets, write_streets
from geo.layers.vocabulary import Mode
from geo.network.compile import compile_network
from geo.network.segments import Segments
from geo.network.street_network import StreetNetwork
from geo.reach.catchments import catchments
from geo.reach.kernels.labelling import label_nearest
from geo.reach.labels import SiteLabels


def main() -> None:
    """Run all jobs and print the table."""
    wanted = arguments(__doc__)
    segments = load_segments()
    network = compile_network(segments, Mode.WALK)
    rng = np.random.default_rng(1)
    rows: list[Row] = []
    rows += nearest_of_all(network, rng, with_networkx=not wanted.quick)
    rows += within_reach(network, rng, 300 if wanted.quick else 3000)
    rows += live(network, rng, 300 if wanted.quick else 2000)
    rows += snapping(network, rng)
    rows += opening(segments)
    show(rows, wanted.json)


def graph_of(network: StreetNetwork):
    """Return the network as scipy's matrix; of parallel arcs the shortest."""
    arcs = network.incoming
    tail = np.repeat(np.arange(network.n_nodes), np.diff(arcs.indptr))
    weight = np.maximum(network.length_m[arcs.segment], 1e-9)
    order = np.lexsort((weight, arcs.head, tail))
    tail, head, weight = tail[order], arcs.head[order], weight[order]
    first = np.ones(len(tail), bool)
    first[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
    shape = (network.n_nodes, network.n_nodes)
    return coo_matrix((weight[first], (tail[first], head[first])), shape).tocsr()


def nearest_of_all(network, rng, *, with_networkx) -> list[Row]:
    """Label every node with the nearest of 1,500 stations."""
    seeds = rng.choice(network.n_nodes, 1500, replace=False).astype(np.int32)
    tree, arcs, graph = network.hierarchy, network.arc_costs("distance_m"), graph_of(network)
    zero, numbers = np.zeros(1500), np.arange(1500, dtype=np.int32)

    def ours():
        return label_nearest(tree.first, tree.upper, arcs.up, arcs.down, seeds, zero, numbers)

    def scipy():
        return dijkstra(graph, indices=seeds, min_only=True)

    theirs, mine = scipy(), ours()[1]
    both = np.isfinite(theirs)
    difference = np.abs(mine[both] - theirs[both]).max()
    peers: dict[str, float | str] = {"scipy": median_s(scipy)}
    if with_networkx:
        slow = nx.from_scipy_sparse_array(graph, create_using=nx.DiGraph)
        peers["networkx"] = median_s(
            lambda: nx.multi_source_dijkstra_path_length(slow, set(seeds.tolist())), 1
        )
    job = f"nearest of 1,500 for {network.n_nodes:,} nodes"
    return compare(job, median_s(ours), peers, f"largest difference {difference:.1e} m")


def within_reach(network, rng, count) -> list[Row]:
    """Find all demand points within 1.5 km of `count` sites."""
    inside = np.unique(network.start[network.reachable])
    sites = network.snap(network.node_lonlat[rng.choice(inside, count, replace=False)])
    points = network.snap(network.node_lonlat[inside])
    graph = graph_of(network)
    nodes = network.start[sites.segment]

    def scipy():
        for node in nodes:
            dijkstra(graph, indices=int(node), limit=1500.0)

    peers: dict[str, float | str] = {"scipy": median_s(scipy, 1)}
    peers["pandana"] = "not installed" if find_spec("pandana") is None else "AGPL; not compared"
    rows = compare(f"catchments of {count:,} sites, 1.5 km, {len(points):,} points",
                   median_s(lambda: catchments(network, sites, points, 1500.0), 1), peers)  # fmt: skip
    many = network.snap(network.node_lonlat[rng.choice(inside, 10 * count // 3)])
    few = points.take(rng.choice(len(points), min(10_000, len(points)), replace=False))
    wide = median_s(lambda: catchments(network, many, few, 3000.0), 1)
    return [*rows, *compare(f"catchments of {len(many):,} sites, 3 km, {len(few):,} points",
                            wide, {})]  # fmt: skip


def live(network, rng, count) -> list[Row]:
    """Ask for the nearest 5 of 1,000 stations with a filter, one point at a time."""
    inside = np.unique(network.start[network.reachable])
    sites = network.snap(network.node_lonlat[rng.choice(inside, 1000, replace=False)])
    allowed = rng.random(1000) < 0.6
    labels = SiteLabels.build(network, sites)
    places = network.node_lonlat[rng.choice(inside, count)] + rng.normal(0, 5e-4, (count, 2))
    times = []
    for lon, lat in places.tolist():
        started = time.perf_counter()
        labels.nearest(lon, lat, k=5, allowed=allowed)
        times.append(time.perf_counter() - started)
    p50, p99 = np.percentile(times, [50, 99])
    graph = graph_of(network).T.tocsr()
    some = rng.choice(inside, 30)
    search = median_s(lambda: [dijkstra(graph, indices=int(n), limit=3000.0) for n in some], 1) / 30
    return compare("live nearest 5 with filter, one question (p50)", float(p50),
                   {"scipy 3 km": search}, f"p99 {p99 * 1000:.2f} ms, target 0.3 ms")  # fmt: skip


def snapping(network, rng) -> list[Row]:
    """Snap 100,000 points to edges; osmnx on 2,000 of them, scaled up."""
    import osmnx  # noqa: PLC0415 - slow to import

    inside = network.node_lonlat[np.unique(network.start[network.reachable])]
    points = inside[rng.choice(len(inside), 100_000)] + rng.normal(0, 5e-4, (100_000, 2))
    ours = median_s(lambda: network.snap(points), 1)
    graph = nx.MultiDiGraph(crs=network.metric_crs)
    for node, (x, y) in enumerate(network.node_xy_m.tolist()):
        graph.add_node(node, x=x, y=y)
    for start, end in zip(network.start.tolist(), network.end.tolist(), strict=True):
        graph.add_edge(start, end)
    xy_m = network.to_metres(points[:2000])
    peer = median_s(lambda: osmnx.distance.nearest_edges(graph, xy_m[:, 0], xy_m[:, 1]), 1)
    hundred = median_s(lambda: osmnx.distance.nearest_edges(graph, xy_m[:100, 0], xy_m[:100, 1]), 1)
    per_point = max(0.0, peer - hundred) / 1900
    scaled = hundred + per_point * (100_000 - 100)
    return compare("snapping 100,000 points to edges", ours, {"osmnx": scaled},
                   "osmnx measured on 100 and 2,000 points, scaled; straight edges")  # fmt: skip


def opening(segments: Segments) -> list[Row]:
    """Open a compiled network in a fresh state."""
    with tempfile.TemporaryDirectory() as folder:
        write_streets(Path(folder), segments, modes=[Mode.WALK])
        started = time.perf_counter()
        open_streets(Path(folder)).network(Mode.WALK)
        return compare("opening the compiled network", time.perf_counter() - started, {},
                       "target 0.3 s")  # fmt: skip


if __name__ == "__main__":
    main()
