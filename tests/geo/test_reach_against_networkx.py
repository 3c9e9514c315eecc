"""Reach on random streets equals networkx Dijkstra on a graph split at every point."""

from __future__ import annotations

import itertools

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.layers.vocabulary import Mode
from geo.network.compile import compile_network
from geo.network.segments import Access, Segments
from geo.network.street_network import Snapped
from geo.reach.catchments import catchments
from geo.reach.labels import SiteLabels
from geo.reach.matrix import matrix
from geo.reach.nearest import nearest

_BOTH = Access.DRIVE_FORWARD | Access.DRIVE_BACK
_WAYS = [int(_BOTH), int(Access.DRIVE_FORWARD), int(Access.DRIVE_BACK)]


def streets(lonlat, edges, access) -> Segments:
    """Straight segments between nodes; `edges` may hold parallels and loops."""
    lonlat = np.asarray(lonlat, float)
    start, end = np.array(edges, np.int32).T
    m = len(start)
    return Segments(
        node_lonlat=lonlat,
        start=start,
        end=end,
        shape_offset=np.arange(0, 2 * m + 1, 2),
        shape_lonlat=np.stack([lonlat[start], lonlat[end]], axis=1).reshape(-1, 2),
        highway=np.full(m, 11, np.uint8),
        access=np.array(access, np.uint8),
        traits=np.zeros(m, np.uint8),
        maxspeed_kmh=np.full(m, np.nan, np.float32),
        max_height_m=np.full(m, np.nan, np.float32),
        max_weight_t=np.full(m, np.nan, np.float32),
        name=np.full(m, -1, np.int32),
        names=(),
        way_id=np.zeros(m, np.int64),
    )


@st.composite
def cities(draw):
    """A random directed multigraph with loops, parallels, one-ways and islands, and points."""
    n = draw(st.integers(2, 8))
    seed = draw(st.integers(0, 10_000))
    rng = np.random.default_rng(seed)
    lonlat = np.column_stack([rng.uniform(120.0, 120.02, n), rng.uniform(36.0, 36.02, n)])
    node = st.integers(0, n - 1)
    edges = draw(st.lists(st.tuples(node, node), min_size=1, max_size=16))
    access = draw(st.lists(st.sampled_from(_WAYS), min_size=len(edges), max_size=len(edges)))
    network = compile_network(streets(lonlat, edges, access), Mode.DRIVE)
    m = len(network.start)

    def snapped(count):
        return Snapped(
            rng.uniform([120.0, 36.0], [120.02, 36.02], (count, 2)),
            rng.integers(0, m, count).astype(np.int32),
            rng.choice([0.0, 0.25, 0.5, 1.0], count),
            rng.uniform(0, 50, count),
        )

    return network, snapped(draw(st.integers(1, 6))), snapped(draw(st.integers(1, 5)))


def truth(network, points, sites, weight) -> np.ndarray:
    """Cost from every point to every site, by networkx on edges split at the points."""
    cost = network.weight(weight)
    pace = 1.0 if weight == "distance_m" else 1 / 1.25
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(range(network.n_nodes))
    on_edge: dict[int, list[tuple[float, object]]] = {}
    for kind, these in (("p", points), ("s", sites)):
        for i in range(len(these)):
            place = (float(these.fraction[i]), (kind, i, "street"))
            on_edge.setdefault(int(these.segment[i]), []).append(place)
            access = float(these.access_m[i]) * pace
            ends = ((kind, i), (kind, i, "street"))
            graph.add_edge(*(ends if kind == "p" else ends[::-1]), weight=access)
    for segment in range(len(network.start)):
        stops = [(0.0, int(network.start[segment])), *sorted(on_edge.get(segment, []), key=str),
                 (1.0, int(network.end[segment]))]  # fmt: skip
        stops.sort(key=lambda stop: stop[0])
        for (a, left), (b, right) in itertools.pairwise(stops):
            step = (b - a) * cost[segment]
            if network.forward[segment]:
                graph.add_edge(left, right, weight=step)
            if network.back[segment]:
                graph.add_edge(right, left, weight=step)
            if a == b:
                graph.add_edge(left, right, weight=0)
                graph.add_edge(right, left, weight=0)
    table = np.full((len(points), len(sites)), np.inf)
    for i in range(len(points)):
        reach = nx.single_source_dijkstra_path_length(graph, ("p", i))
        for j in range(len(sites)):
            table[i, j] = reach.get(("s", j), np.inf)
    return table


@pytest.mark.parametrize("weight", ["distance_m", "time_s"])
@settings(max_examples=120, deadline=None)
@given(city=cities())
def test_every_query_equals_dijkstra_on_the_split_graph(weight, city):
    network, points, sites = city
    expected = truth(network, points, sites, weight)

    k = min(3, len(sites))
    answer = nearest(network, points, sites, k=k, weight=weight)
    np.testing.assert_allclose(answer.cost, np.sort(expected, axis=1)[:, :k], atol=1e-6)
    for row, column in zip(*np.nonzero(answer.site >= 0), strict=True):
        found = expected[row, answer.site[row, column]]
        assert found == pytest.approx(answer.cost[row, column], abs=1e-6)

    finite = expected[np.isfinite(expected)]
    limit = float(np.median(finite)) if len(finite) else 500.0
    pairs = catchments(network, sites, points, limit, weight=weight)
    table = np.full(expected.shape, np.inf)
    table[pairs.point, pairs.site] = pairs.cost
    clear = np.abs(expected - limit) > 1e-3
    within = np.where(expected <= limit, expected, np.inf)
    np.testing.assert_allclose(table[clear], within[clear], atol=1e-2)

    times = matrix(network, points, sites).time_s
    np.testing.assert_allclose(times, truth(network, points, sites, "time_s"), atol=1e-6)


@settings(max_examples=120, deadline=None)
@given(city=cities(), data=st.data())
def test_a_live_question_with_a_filter_is_exact(city, data):
    network, points, sites = city
    allowed = np.array(data.draw(st.lists(st.booleans(), min_size=len(sites), max_size=len(sites))))
    labels = SiteLabels.build(network, sites, k=2)
    for lon, lat in points.lonlat:
        point = network.snap([[lon, lat]], limit_m=5000)
        expected = np.where(allowed, truth(network, point, sites, "distance_m")[0], np.inf)
        found = labels.nearest(lon, lat, k=3, allowed=allowed, snap_limit_m=5000)
        if not point.reachable[0]:
            assert found == []
            continue
        wanted = np.sort(expected[np.isfinite(expected)])[:3]
        np.testing.assert_allclose([cost for _, cost in found], wanted, atol=1e-6)
