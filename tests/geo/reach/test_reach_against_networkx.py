"""Reach on random streets equals networkx Dijkstra on a graph split at every point."""

from __future__ import annotations

import itertools

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from straight import straight_segments

from geo.errors import BadInputError
from geo.layers.vocabulary import Mode
from geo.network.compile import compile_network
from geo.network.segments import Access, Segments
from geo.network.street_network import Snapped
from geo.reach.catchments import Catchments, catchments
from geo.reach.labels import SiteLabels, nearest
from geo.reach.matrix import matrix

_BOTH = Access.DRIVE_FORWARD | Access.DRIVE_BACK
_WAYS = [int(_BOTH), int(Access.DRIVE_FORWARD), int(Access.DRIVE_BACK)]


def streets(lonlat, edges, access) -> Segments:
    """Straight segments between nodes; `edges` may hold parallels and loops."""
    return straight_segments(lonlat, edges, access=access)


@st.composite
def cities(draw, access=_WAYS):
    """A random directed multigraph with points: loops, parallels, one-ways, islands, no length."""
    n = draw(st.integers(2, 8))
    seed = draw(st.integers(0, 10_000))
    rng = np.random.default_rng(seed)
    lonlat = np.column_stack([rng.uniform(120.0, 120.02, n), rng.uniform(36.0, 36.02, n)])
    if draw(st.booleans()):
        lonlat[-1] = lonlat[0]  # streets between the two have no length
    node = st.integers(0, n - 1)
    edges = draw(st.lists(st.tuples(node, node), min_size=1, max_size=16))
    access = draw(st.lists(st.sampled_from(access), min_size=len(edges), max_size=len(edges)))
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
        stops = [
            (0.0, int(network.start[segment])),
            *sorted(on_edge.get(segment, []), key=str),
            (1.0, int(network.end[segment])),
        ]
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

    table = matrix(network, points, sites)
    np.testing.assert_allclose(table.time_s, truth(network, points, sites, "time_s"), atol=1e-6)
    shortest_m = truth(network, points, sites, "distance_m")
    assert (np.isfinite(table.distance_m) == np.isfinite(shortest_m)).all()
    assert (table.distance_m >= shortest_m - 1e-6).all()


@settings(max_examples=60, deadline=None)
@given(city=cities(access=[int(_BOTH)]))
def test_a_two_way_city_is_symmetric_and_keeps_the_triangle_inequality(city):
    network, points, _ = city
    time_s = matrix(network, points, points).time_s
    np.testing.assert_allclose(time_s, time_s.T, atol=1e-6)
    # The leg to the middle point and away from it is walked twice on the way round.
    round_about = (time_s[:, :, None] + time_s[None, :, :]).min(axis=1)
    assert (time_s <= round_about + 1e-6).all()


@settings(max_examples=40, deadline=None)
@given(city=cities())
def test_pairs_come_by_site_then_point(city):
    network, points, sites = city
    whole = catchments(network, sites, points, 900.0)
    order = np.lexsort((whole.point, whole.site))
    np.testing.assert_array_equal(order, np.arange(len(order)))


@settings(max_examples=40, deadline=None)
@given(city=cities())
def test_pieces_on_threads_with_little_room_are_the_same_pairs(city):
    network, points, sites = city
    whole = catchments(network, sites, points, 900.0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("geo.reach.catchments._FEW", 1)
        patch.setattr("geo.reach.catchments._ROOM", 0)
        pieced = catchments(network, sites, points, 900.0)
    for column in ("begin", "site", "point", "cost"):
        np.testing.assert_array_equal(getattr(pieced, column), getattr(whole, column))


@settings(max_examples=40, deadline=None)
@given(city=cities(), share=st.floats(0.0, 1.0))
def test_costs_are_rounded_by_less_than_they_say_and_never_past_the_limit(city, share):
    network, points, sites = city
    exact_m = np.full((len(points), len(sites)), np.inf)
    answer = nearest(network, points, sites, k=len(sites))
    rows, ranks = np.nonzero(answer.site >= 0)
    exact_m[rows, answer.site[rows, ranks]] = answer.cost[rows, ranks]
    limit_m = share * exact_m[np.isfinite(exact_m)].max(initial=0.0)
    pairs = catchments(network, sites, points, limit_m)
    assert (pairs.cost.astype(np.float64) <= limit_m).all()
    found_m = exact_m[pairs.point, pairs.site]
    assert (np.abs(pairs.cost - found_m) <= 2.0**-23 * found_m + 1e-9).all()


def test_pairs_keep_their_sites():
    """Of three sites the middle one has no pair."""
    site, point = np.int32([0, 0, 2]), np.int32([1, 3, 0])
    pairs = Catchments.of_pairs(site, point, np.float32([5.0, 6.0, 7.0]), 3, 4)
    assert pairs.begin.tolist() == [0, 2, 2, 3]
    assert (pairs.n_sites, pairs.n_points) == (3, 4)
    np.testing.assert_array_equal(pairs.site, site)
    assert pairs.csr().toarray().tolist() == [[0, 5, 0, 6], [0, 0, 0, 0], [7, 0, 0, 0]]


def test_no_pair_is_as_far_as_the_limit_unless_it_is_there():
    """One street of 1 km and an island: the far end costs what it costs, the island nothing."""
    lonlat = [[120.0, 36.0], [120.01, 36.0], [120.0, 36.1], [120.001, 36.1]]
    network = compile_network(streets(lonlat, [(0, 1), (2, 3)], [int(_BOTH)] * 2), Mode.DRIVE)
    street = int(network.length_m.argmax())
    island = 1 - street
    places = Snapped(
        np.zeros((3, 2)),
        np.array([street, street, island], np.int32),
        np.array([0.0, 1.0, 0.0]),
        np.zeros(3),
    )
    length_m = network.length_m[street]
    table = matrix(network, places, places).distance_m
    assert table[0, 1] == pytest.approx(length_m)
    assert table[0, 2] == np.inf
    assert len(catchments(network, places.take(np.arange(1)), places, length_m * 2).point) == 2
    exactly = catchments(network, places.take(np.arange(1)), places, float(table[0, 1]))
    assert exactly.point.tolist() == [0, 1]
    only_itself = catchments(network, places.take(np.arange(1)), places, 0.0)
    assert only_itself.point.tolist() == [0]
    with pytest.raises(BadInputError):
        catchments(network, places, places, -1.0)


def test_within_no_distance_is_who_stands_at_the_same_corner_whatever_the_street():
    """Streets 0-1 and 1-2: a point at 1 on the one, the site at 1 on the other."""
    lonlat = [[120.0, 36.0], [120.01, 36.0], [120.02, 36.0]]
    network = compile_network(streets(lonlat, [(0, 1), (1, 2)], [int(_BOTH)] * 2), Mode.DRIVE)
    corner = np.flatnonzero(np.bincount(np.append(network.start, network.end)) == 2)[0]
    here = (network.end == corner).astype(np.float64)
    places = Snapped(np.zeros((2, 2)), np.array([0, 1], np.int32), here, np.zeros(2))
    pairs = catchments(network, places.take(np.arange(1)), places, 0.0)
    assert pairs.point.tolist() == [0, 1]
    assert pairs.cost.tolist() == [0.0, 0.0]


@pytest.mark.parametrize("weight", ["distance_m", "time_s"])
@settings(max_examples=60, deadline=None)
@given(city=cities(), data=st.data())
def test_a_live_question_with_a_filter_is_exact(weight, city, data):
    network, points, sites = city
    sites = network.snap(sites.lonlat, limit_m=5000)  # where they lie bounds what they cost
    allowed = np.array(data.draw(st.lists(st.booleans(), min_size=len(sites), max_size=len(sites))))
    labels = SiteLabels.build(network, sites, k=2, weight=weight)
    for lon, lat in points.lonlat:
        point = network.snap([[lon, lat]], limit_m=5000)
        expected = np.where(allowed, truth(network, point, sites, weight)[0], np.inf)
        found = labels.nearest(lon, lat, k=3, allowed=allowed, snap_limit_m=5000)
        if not point.reachable[0]:
            assert found == []
            continue
        wanted = np.sort(expected[np.isfinite(expected)])[:3]
        np.testing.assert_allclose([cost for _, cost in found], wanted, atol=1e-6)
