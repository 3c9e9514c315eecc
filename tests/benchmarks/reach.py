"""Reach against its peers, all in one run, on the sample's streets and on a large real network.

Targets: nearest station of every node at most 1.1 x scipy's ``min_only``, with labels, and 30 x
faster than networkx; catchments 5 x faster than scipy and 10 x than pandana, in less memory than
both, and 10,000 sites within 3 km in 3 s and 2 GB; a live question's p99 at most 0.3 ms in process
and 10 x faster than a bounded search; snapping 3 x faster than osmnx in batch; opening at most
0.3 s; near-linear growth. ``--extracts`` names a folder of ``.osm.pbf`` files; they are laid side
by side as islands, joined by one street each, until there are 200,000 nodes on foot.
"""

from __future__ import annotations

import tempfile
import time
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import networkx as nx
import numpy as np
import osmnx
from contender import MANY_SITES, REACH_M, SITES, pandana_network, run, scipy_graph
from growth import draw
from islands import extracts, side_by_side
from measuring import Row, arguments, compare, median_s, show
from scipy.sparse.csgraph import dijkstra

from data.sample import load_segments
from data.streets.folder import write_streets
from geo.layers.vocabulary import Mode
from geo.network.compile import compile_network
from geo.network.segments import Segments
from geo.network.street_network import StreetNetwork
from geo.reach.kernels.labelling import label_nearest, label_several
from geo.reach.labels import SiteLabels

LARGE = 200_000
STATIONS = 1500


def main() -> None:
    """Run all jobs and print the table."""
    wanted = arguments(
        __doc__,
        extracts="folder of .osm.pbf files for the large network",
        plot="draw the growth as SVG here",
    )
    rows = city("sample", load_segments(), quick=wanted.quick)
    if wanted.extracts is None:
        print("no --extracts: the large network and the growth are left out")
    else:
        parts = extracts(wanted.extracts)
        print(
            f"{len(parts)} real extracts laid side by side as islands, repeated, one joining street each"
        )
        rows += city("real", side_by_side(parts, int(LARGE * 1.1)), quick=wanted.quick)
        rows += growth(parts, wanted.plot)
    show(rows, wanted.json)


def city(name: str, segments: Segments, *, quick: bool) -> list[Row]:
    """Run all jobs on one city."""
    rng = np.random.default_rng(1)
    started = time.perf_counter()
    network = compile_network(segments, Mode.WALK)
    print(
        f"{name}: {network.n_nodes:,} nodes, {len(network.start):,} streets, compiled in "
        f"{time.perf_counter() - started:.1f} s"
    )
    rows = nearest_of_all(name, network, rng, quick=quick)
    rows += live(name, network, rng, 300 if quick else 3000)
    rows += snapping(name, network, rng, 5000 if quick else 100_000)
    with tempfile.TemporaryDirectory() as folder:
        write_streets(Path(folder), segments, modes=[Mode.WALK])
        return rows + apart(name, Path(folder), quick=quick)


def nearest_of_all(name, network: StreetNetwork, rng, *, quick) -> list[Row]:
    """Label every node with the nearest of 1,500 stations; only ours says which station it is."""
    seeds = rng.choice(network.n_nodes, STATIONS, replace=False).astype(np.int32)
    tree, arcs, graph = network.hierarchy, network.arc_costs("distance_m"), scipy_graph(network)
    seeded = seeds, np.zeros(STATIONS), np.arange(STATIONS, dtype=np.int32)

    def ours():
        return label_nearest(tree.first, tree.upper, arcs.up, arcs.down, *seeded)

    def scipy():
        return dijkstra(graph, indices=seeds, min_only=True)

    theirs, mine = scipy(), ours()[1]
    both = np.isfinite(theirs)
    difference_m = np.abs(mine[both] - theirs[both]).max()
    peers: dict[str, float | str] = {"scipy": median_s(scipy, 9)}
    if not quick:
        slow = nx.from_scipy_sparse_array(graph, create_using=nx.DiGraph)
        sources = set(seeds.tolist())
        peers["networkx"] = median_s(
            lambda: nx.multi_source_dijkstra_path_length(slow, sources), 1, warm=False
        )
    peers["pandana"] = _pandana_nearest(network, seeds, float(np.percentile(mine[both], 99)))
    mended = median_s(
        lambda: network.hierarchy.costs(
            network.start,
            network.end,
            network.forward,
            network.back,
            network.length_m,
            network.time_s,
        )
    )
    several = median_s(
        lambda: label_several(*_both_measures(tree, arcs), *seeded, np.zeros(len(seeds)), 10), 1
    )
    note = f"largest difference {difference_m:.0e} m; new weights cost {mended * 1000:.0f} ms once"
    return [
        *compare(f"{name}: nearest of 1,500, every node", median_s(ours, 9), peers, note),
        *compare(f"{name}: 10 nearest of 1,500, every node", several, {}),
    ]


def _both_measures(tree, arcs):
    return tree.first, tree.upper, (arcs.up, arcs.up_other), (arcs.down, arcs.down_other)


def _pandana_nearest(network, seeds, within_m) -> float | str:
    if find_spec("pandana") is None:
        return "not installed"
    pandana_city = pandana_network(network)
    x, y = network.node_xy_m[seeds].T
    pandana_city.set_pois("stations", within_m, 1, *map(import_module("pandas").Series, (x, y)))
    return median_s(lambda: pandana_city.nearest_pois(within_m, "stations"), 1, warm=False)


def live(name, network: StreetNetwork, rng, count) -> list[Row]:
    """Ask for the nearest 5 of 1,500 stations under filters that let 100 % to 0.5 % through.

    The peer searches from the point's nodes with the fifth station's distance as its limit, which
    it could not know; every answer is held against a search of the whole network.
    """
    inside = np.unique(network.start[network.reachable])
    sites = network.snap(network.node_lonlat[rng.choice(inside, STATIONS, replace=False)])
    labels = SiteLabels.build(network, sites)
    shares = rng.choice([1.0, 0.6, 0.2, 0.05, 0.005], count)
    filters = [rng.random(STATIONS) < share for share in shares]
    places = network.node_lonlat[rng.choice(inside, count)] + rng.normal(0, 5e-4, (count, 2))
    labels.nearest(*places[0])
    spent, limits = np.empty(count), np.empty(count)
    for row, (place, allowed) in enumerate(zip(places.tolist(), filters, strict=True)):
        started = time.perf_counter()
        found = labels.nearest(*place, k=5, allowed=allowed)
        spent[row] = time.perf_counter() - started
        limits[row] = found[-1][1] if found else 0.0
    graph = scipy_graph(network, against=False)
    some = rng.choice(count, 60, replace=False)
    from_node = network.start[np.maximum(network.snap(places[some]).segment, 0)]
    searched = []
    for node, row in zip(from_node, some, strict=True):
        started = time.perf_counter()
        dijkstra(graph, indices=int(node), limit=float(limits[row]))
        searched.append(time.perf_counter() - started)
    p50, p99 = np.percentile(spent, [50, 99])
    worst_m = _largest_error(labels, graph, places[some], [filters[row] for row in some])
    note = f"p99 {p99 * 1000:.3f} ms; 60 held against a whole search: {worst_m:.0e} m apart"
    return compare(
        f"{name}: live nearest 5 with snap and filter",
        float(np.mean(spent)),
        {"scipy, bounded": float(np.mean(searched))},
        f"mean; p50 {p50 * 1000:.3f} ms, {note}",
    )


def _largest_error(labels, graph, places, filters) -> float:
    """Return how far the answers are from a search over the whole network, in metres."""
    network, sites = labels.network, labels.sites
    worst = 0.0
    for place, allowed in zip(places, filters, strict=True):
        point = network.snap([place])
        found = [cost for _, cost in labels.nearest(*place, k=5, allowed=allowed)]
        if not point.reachable[0]:
            continue
        segment, at = int(point.segment[0]), float(point.fraction[0])
        out = [(network.start[segment], at), (network.end[segment], 1 - at)]
        reach = [
            part * network.length_m[segment] + dijkstra(graph, indices=int(node))
            for node, part in out
        ]
        cost = np.minimum(*reach)
        whole = network.length_m[sites.segment]
        total = np.minimum(
            cost[network.start[sites.segment]] + sites.fraction * whole,
            cost[network.end[sites.segment]] + (1 - sites.fraction) * whole,
        )
        direct = np.abs(sites.fraction - at) * whole
        total = np.where(sites.segment == segment, np.minimum(total, direct), total)
        total = np.sort((total + sites.access_m + point.access_m[0])[allowed])[:5]
        worst = max(worst, float(np.abs(total[np.isfinite(total)] - found).max(initial=0.0)))
    return worst


def snapping(name, network: StreetNetwork, rng, count) -> list[Row]:
    """Snap points to edges; osmnx gets a projected graph with straight edges, so less to do."""
    inside = network.node_lonlat[np.unique(network.start[network.reachable])]
    points = inside[rng.choice(len(inside), count)] + rng.normal(0, 5e-4, (count, 2))
    graph = nx.MultiDiGraph(crs=network.metric_crs)
    for node, (x, y) in enumerate(network.node_xy_m.tolist()):
        graph.add_node(node, x=x, y=y)
    used = network.reachable
    graph.add_edges_from(zip(network.start[used].tolist(), network.end[used].tolist(), strict=True))
    xy_m = network.to_metres(points)
    peer = median_s(lambda: osmnx.distance.nearest_edges(graph, *xy_m.T), 1, warm=False)
    return compare(
        f"{name}: snapping {count:,} points to edges",
        median_s(lambda: network.snap(points)),
        {"osmnx": peer},
        "projection included; osmnx: straight edges, projected before",
    )


def apart(name: str, folder: Path, *, quick: bool) -> list[Row]:
    """Run the jobs whose memory counts, each in a process of its own."""
    mine, opening = run("yizhan", folder), run("opening", folder)
    first = run("first_question", folder)
    peers: dict[str, float | str] = {}
    notes = [f"+{mine['mb']:.0f} MB"]
    for peer in ("scipy", *(["pandana"] if find_spec("pandana") else [])):
        done = run(peer, folder)
        peers[peer] = done["s"]
        notes.append(f"{peer} +{done['mb']:.0f} MB")
    job = f"{name}: catchments of {SITES:,} sites, {REACH_M / 1000:g} km"
    rows = compare(job, mine["s"], peers, ", ".join(notes))
    if not quick:
        many = run("many", folder)
        rows += compare(
            f"{name}: {MANY_SITES:,} sites x 100,000 points, 3 km",
            many["s"],
            {},
            f"+{many['mb']:.0f} MB, the pairs included",
        )
    return [
        *rows,
        *compare(
            f"{name}: opening the compiled network",
            opening["s"],
            {},
            f"+{opening['mb']:.0f} MB, of which what is read is shared",
        ),
        *compare(
            f"{name}: opening to first answer", first["s"], {}, "labels of 1,000 stations made"
        ),
    ]


def growth(parts: list[Segments], plot: Path | None) -> list[Row]:
    """Time the main jobs on growing real networks."""
    rows, sizes, series = (
        [],
        [],
        {"compile": [], "nearest of 1,500": [], "10 labels": [], "scipy min_only": []},
    )
    for nodes in (50_000, 100_000, 200_000, 400_000):
        segments = side_by_side(parts, nodes)
        started = time.perf_counter()
        network = compile_network(segments, Mode.WALK)
        compiled = time.perf_counter() - started
        tree, arcs = network.hierarchy, network.arc_costs("distance_m")
        seeds = np.random.default_rng(1).choice(network.n_nodes, STATIONS, replace=False)
        seeded = seeds.astype(np.int32), np.zeros(STATIONS), np.arange(STATIONS, dtype=np.int32)
        shape, both = (tree.first, tree.upper, arcs.up, arcs.down), _both_measures(tree, arcs)
        graph = scipy_graph(network)
        spent = [
            compiled,
            median_s(lambda s=shape, q=seeded: label_nearest(*s, *q), 9),
            median_s(lambda s=both, q=seeded: label_several(*s, *q, q[1], 10), 1),
            median_s(lambda g=graph, q=seeds: dijkstra(g, indices=q, min_only=True)),
        ]
        sizes.append(network.n_nodes)
        for times, seconds in zip(series.values(), spent, strict=True):
            times.append(seconds)
        rows += compare(
            f"growth: {network.n_nodes:,} nodes, nearest",
            spent[1],
            {"scipy": spent[3]},
            f"{spent[1] / network.n_nodes * 1e9:.0f} ns a node; compiled in "
            f"{compiled:.1f} s; 10 labels {spent[2] * 1000:.0f} ms; "
            f"{len(tree.upper) / network.n_nodes:.1f} arcs a node",
        )
    if plot is not None:
        plot.write_text(draw(sizes, series), encoding="utf-8")
    return rows


if __name__ == "__main__":
    main()
