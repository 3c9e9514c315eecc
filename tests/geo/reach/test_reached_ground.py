"""The ground within reach of any of many places, on streets whose every way is known by hand.

A block of 400 m by 400 m (nodes 0-3) and, from its corner 1, a street 3 km to the east (node 4)::

    3 --- 2
    |     |
    0 --- 1 ------------------ 4
"""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from geo.crs import to_lonlat
from geo.layers.vocabulary import Mode
from geo.network.compile import compile_network
from geo.network.segments import HIGHWAYS, Segments
from geo.reach.reached import CELL_M, Grid, node_costs, reached_cells

CORNER = np.array([520_000.0, 3_990_000.0])
NODES = [(0, 0), (400, 0), (400, 400), (0, 400), (3400, 0)]
EDGES = [(0, 1), (1, 2), (2, 3), (3, 0), (1, 4)]
TRUE_TO_M = 1.5 * CELL_M * 2**0.5


def degrees(*xy_m):
    return to_lonlat(CORNER + np.array(xy_m, float))


@pytest.fixture(scope="module")
def network():
    lonlat, (start, end) = degrees(*NODES), np.array(EDGES, np.int32).T
    n, none = len(EDGES), np.full(len(EDGES), np.nan, np.float32)
    return compile_network(
        Segments(
            node_lonlat=lonlat,
            start=start,
            end=end,
            shape_offset=np.arange(0, 2 * n + 1, 2),
            shape_lonlat=np.stack([lonlat[start], lonlat[end]], axis=1).reshape(-1, 2),
            highway=np.full(n, HIGHWAYS.index("residential"), np.uint8),
            access=np.full(n, 63, np.uint8),
            traits=np.zeros(n, np.uint16),
            maxspeed_kmh=none,
            max_height_m=none,
            max_weight_t=none,
            name=np.full(n, -1, np.int32),
            names=(),
            way_id=np.zeros(n, np.int64),
        ),
        Mode.WALK,
    )


@pytest.fixture(scope="module")
def area(network):
    """Within 1 km of a place at corner 0."""
    grid = Grid.over(network)
    place = network.snap(degrees((0, 0)))
    return grid.area(reached_cells(network, grid, place, 1000.0, "distance_m"), network)


def holds(area, east_m, north_m=0.0):
    return bool(shapely.contains_xy(area, *degrees((east_m, north_m))[0]))


def cost_at(network, cost, *place_m):
    """What the node at a place costs: a network numbers its nodes by itself."""
    away_m = np.hypot(*(network.node_xy_m - network.to_metres(degrees(place_m))).T)
    return cost[np.argmin(away_m)]


def test_ways_are_measured_from_every_node_to_the_nearest_of_the_places(network):
    places = network.snap(degrees((0, 0), (3400, 0)))
    cost = node_costs(network, places, 1000.0, "distance_m")
    told = [cost_at(network, cost, *node) for node in NODES]
    assert told == pytest.approx([0, 400, 800, 400, 0], abs=1)
    alone = node_costs(network, places.take([0]), 1000.0, "distance_m")
    assert np.isinf(cost_at(network, alone, 3400, 0))


def test_the_area_ends_where_the_way_is_used_up(area):
    assert holds(area, 1000 - TRUE_TO_M)
    assert not holds(area, 1000 + TRUE_TO_M)
    assert not holds(area, 3400)


def test_the_inside_of_a_block_is_no_hole(area):
    assert holds(area, 200, 200)
    assert area.geom_type == "Polygon"
    assert not area.interiors


def test_no_street_takes_part_that_lies_elsewhere(network):
    """The end of one street and the beginning of the next are apart on the line of all streets."""
    grid, place = Grid.over(network), network.snap(degrees((3400, 0)))
    cells = reached_cells(network, grid, place, 300.0, "distance_m")
    far = grid.area(cells, network)
    assert holds(far, 3200)
    assert not any(holds(far, *node) for node in NODES[:4])


def test_nothing_within_reach_is_an_empty_area(network):
    grid = Grid.over(network)
    nobody = network.snap(degrees((0, 0))).take([])
    empty = grid.area(reached_cells(network, grid, nobody, 1000.0, "distance_m"), network)
    assert empty.is_empty
    assert empty.geom_type == "Polygon"
