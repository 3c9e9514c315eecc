"""Areas within a limit: exactly the nodes within it, nested, valid, with their holes."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from straight import straight_segments

from geo.crs import to_lonlat
from geo.errors import BadInputError
from geo.layers.vocabulary import Mode
from geo.network.compile import compile_network
from geo.network.segments import Access
from geo.reach.isochrones import isochrones

CORNER = np.array([520_000.0, 3_990_000.0])
BOTH = int(Access.DRIVE_FORWARD | Access.DRIVE_BACK)
WAYS = [BOTH, int(Access.DRIVE_FORWARD), int(Access.DRIVE_BACK)]


def degrees(*xy_m):
    """Lon/lat of places in metres east and north of a corner of Qingdao."""
    return to_lonlat(CORNER + np.array(xy_m, float))


def streets(xy_m, edges, access):
    """Straight streets between such places."""
    return compile_network(straight_segments(degrees(*xy_m), edges, access=access), Mode.DRIVE)


@st.composite
def cities(draw):
    """Up to 12 nodes in a square of 600 m, with crossings that are none, islands and one-ways."""
    places = draw(
        st.lists(
            st.tuples(st.integers(0, 600), st.integers(0, 600)),
            min_size=2,
            max_size=12,
            unique=True,
        )
    )
    node = st.integers(0, len(places) - 1)
    edges = draw(st.lists(st.tuples(node, node), min_size=1, max_size=24))
    access = draw(st.lists(st.sampled_from(WAYS), min_size=len(edges), max_size=len(edges)))
    return streets(places, edges, access)


def node_costs(network, point, towards):
    """What every node costs from the point, metres, by networkx with the point as a node."""
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(range(network.n_nodes))
    for start, end, forward, back, length_m in zip(
        network.start.tolist(),
        network.end.tolist(),
        network.forward,
        network.back,
        network.length_m.tolist(),
        strict=True,
    ):
        if forward:
            graph.add_edge(start, end, weight=length_m)
        if back:
            graph.add_edge(end, start, weight=length_m)
    segment, at, access = int(point.segment[0]), float(point.fraction[0]), float(point.access_m[0])
    start, end = int(network.start[segment]), int(network.end[segment])
    to_start, to_end = network.back[segment], network.forward[segment]
    if towards:
        graph, to_start, to_end = graph.reverse(), to_end, to_start
    if to_start or at == 0:
        graph.add_edge("p", start, weight=access + at * network.length_m[segment])
    if to_end or at == 1:
        graph.add_edge("p", end, weight=access + (1 - at) * network.length_m[segment])
    graph.add_node("p")
    reach = nx.single_source_dijkstra_path_length(graph, "p")
    return np.array([reach.get(node, np.inf) for node in range(network.n_nodes)])


@settings(max_examples=120, deadline=None)
@given(city=cities(), towards=st.booleans(), data=st.data())
def test_an_area_holds_exactly_the_nodes_within_its_limit(city, towards, data):
    east, north = data.draw(st.tuples(st.integers(0, 600), st.integers(0, 600)))
    point = city.snap(degrees([east, north]))
    breaks = [90.0, 250.0, 700.0]
    answer = isochrones(city, point, breaks, weight="distance_m", towards=towards)
    if not point.reachable[0]:
        assert all(area.is_empty for area in answer.area)
        return
    cost = node_costs(city, point, towards)
    for limit, area in zip(answer.limit, answer.area, strict=True):
        assert area.is_valid
        clear = np.abs(cost - limit) > 1e-6
        held = shapely.contains_xy(area, *city.node_lonlat.T)
        np.testing.assert_array_equal(held[clear], (cost <= limit)[clear])
    small, middle, large = (shapely.transform(area, city.to_metres) for area in answer.area)
    assert shapely.difference(small, middle).area < 1e-3
    assert shapely.difference(middle, large).area < 1e-3


def test_blocks_no_street_enters_stay_holes():
    """Four streets round a block of 300 m: all is reached, the yard is not."""
    city = streets(
        [[0, 0], [300, 0], [300, 300], [0, 300]], [(0, 1), (1, 2), (2, 3), (3, 0)], [BOTH] * 4
    )
    point = city.snap(degrees([0, 0]))
    area = isochrones(city, point, [2000.0], weight="distance_m").area[0]
    metres = shapely.transform(area, city.to_metres)
    assert len(area.interiors) == 1
    assert shapely.Polygon(metres.interiors[0]).area == pytest.approx(220**2, rel=0.01)
    assert metres.area == pytest.approx(4 * 300 * 80, rel=0.06)


def test_an_area_follows_the_street_and_thins_out_with_the_limit():
    """A street with a corner; 400 m reach 100 m past it, and nothing lies across the corner."""
    city = streets([[0, 0], [300, 0], [300, 300]], [(0, 1), (1, 2)], [BOTH] * 2)
    point = city.snap(degrees([0, 0]))
    area = isochrones(city, point, [400.0], weight="distance_m", width_m=30.0).area[0]
    metres = shapely.affinity.translate(shapely.transform(area, city.to_metres), *-CORNER)
    assert metres.contains(shapely.Point(300, 99))
    assert not metres.intersects(shapely.Point(300, 103))
    assert metres.contains(shapely.Point(328, 60))
    assert not metres.intersects(shapely.Point(325, 92))
    assert not metres.intersects(shapely.Point(150, 100))


def test_the_way_to_the_street_counts():
    """100 m beside the street, 90 m reach nothing; 150 m reach 50 m along it, seconds by pace."""
    city = streets([[0, 0], [1000, 0]], [(0, 1)], [BOTH])
    point = city.snap(degrees([500, 100]))
    near, far = isochrones(city, point, [150.0, 90.0], weight="distance_m").area
    assert near.is_empty
    metres = shapely.affinity.translate(shapely.transform(far, city.to_metres), *-CORNER)
    assert metres.contains(shapely.Point(549, 0))
    assert not metres.intersects(shapely.Point(552, 0))
    assert metres.contains(shapely.Point(500, 50))


def test_a_table_has_a_row_for_every_point_and_limit():
    city = streets([[0, 0], [1000, 0]], [(0, 1)], [BOTH])
    points = city.snap(degrees([0, 0], [90_000, 0]))
    frame = isochrones(city, points, [60, 30]).frame()
    assert frame.crs == "EPSG:4326"
    assert frame["point"].tolist() == [0, 0, 1, 1]
    assert frame["limit"].tolist() == [30, 60, 30, 60]
    assert frame.geometry.is_empty.tolist() == [False, False, True, True]
    with pytest.raises(BadInputError):
        isochrones(city, points, [0.0])
