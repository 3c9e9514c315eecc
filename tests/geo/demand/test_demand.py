"""Workers of points, areas and cells as demand points, every number done by hand."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point, box
from straight import straight_segments

from geo.crs import to_lonlat, to_metres
from geo.demand.points import make_demand, workers_by_hour
from geo.errors import BadInputError
from geo.layers.vocabulary import Mode
from geo.network.compile import compile_network

_ORIGIN = to_metres([[120.30, 36.10]])[0]


def lonlat(east_m, north_m=0.0):
    return to_lonlat([[_ORIGIN[0] + east_m, _ORIGIN[1] + north_m]])[0]


def area(west_m, east_m):
    return box(*lonlat(west_m, -60), *lonlat(east_m, 60))


def _street(places_m, *, island_m=(), north_m=500):
    """One straight street through the places, and a piece of street north of it, not joined."""
    nodes = np.array([lonlat(m) for m in places_m] + [lonlat(m, north_m) for m in island_m])
    n = len(places_m)
    ends = [*((i, i + 1) for i in range(n - 1)), *([(n, n + 1)] if island_m else [])]
    return compile_network(straight_segments(nodes, ends), Mode.WALK)


STREET = _street([0, 100, 300, 700, 1500])
"""Nodes at 0, 100, 300, 700 and 1,500 m: pieces of 100, 200, 400 and 800 m."""


def workers(*rows):
    table = [
        {"id": f"W{i}", "workers": count, "active_hours": "Mo-Fr 08:00-18:00", "geometry": shape}
        for i, (shape, count) in enumerate(rows)
    ]
    return gpd.GeoDataFrame(table, geometry="geometry", crs=4326)


def weights(*rows):
    table = [
        {"id": f"B{i}", "weight": amount, "geometry": shape}
        for i, (shape, amount) in enumerate(rows)
    ]
    return gpd.GeoDataFrame(table, geometry="geometry", crs=4326)


def test_an_area_is_spread_by_the_street_each_node_stands_for():
    """Inside are the nodes at 100, 300 and 700: 150, 300 and 600 m of street, 1,050 in all."""
    demand = make_demand(STREET, workers((area(50, 800), 105)))
    assert demand.workers == pytest.approx([15, 30, 60], rel=1e-3)
    assert demand.owner.tolist() == [0, 0, 0]
    assert demand.workers.sum() == pytest.approx(105)


def test_points_stay_where_they_are_among_areas():
    demand = make_demand(
        STREET, workers((Point(lonlat(20, 30)), 7), (area(50, 800), 105), (Point(lonlat(900)), 5))
    )
    assert demand.owner.tolist() == [0, 1, 1, 1, 2]
    assert demand.workers[[0, 4]].tolist() == [7, 5]
    assert demand.snapped.access_m[0] == pytest.approx(30, abs=0.1)


def test_an_area_without_a_node_is_one_place_on_the_street_through_it():
    demand = make_demand(STREET, workers((area(800, 1400), 40)))
    assert demand.workers.tolist() == [40]
    assert demand.snapped.access_m[0] < 60


def test_a_crumb_of_street_beside_another_holds_nobody():
    streets = _street([0, 100, 300, 700, 1500], island_m=(100, 300), north_m=50)
    demand = make_demand(streets, workers((area(50, 350), 45)))
    assert demand.workers == pytest.approx([15, 30], rel=1e-3)
    assert (demand.snapped.access_m < 1).all()


def test_a_piece_of_street_far_from_the_others_holds_its_people():
    """150 and 300 m of the street, and twice 100 m of the piece 500 m north of it."""
    streets = _street([0, 100, 300, 700, 1500], island_m=(100, 300))
    demand = make_demand(streets, workers((box(*lonlat(50, -60), *lonlat(350, 560)), 65)))
    assert sorted(demand.workers) == pytest.approx([10, 10, 15, 30], rel=1e-3)
    assert (demand.snapped.access_m < 1).all()


def test_a_weight_layer_says_better_than_street_length():
    """A tower of 90 at 120 m, a house of 10 at 650 m, another of 50 outside the area."""
    seen = make_demand(
        STREET,
        workers((area(50, 800), 200)),
        weights=weights(
            (Point(lonlat(120, 20)), 90), (Point(lonlat(650)), 10), (Point(lonlat(1400)), 50)
        ),
    )
    assert seen.workers == pytest.approx([180, 20])
    assert seen.lonlat == pytest.approx(np.array([lonlat(100), lonlat(700)]))


def test_a_weight_is_cut_at_the_border_of_the_area():
    """Half of the block from 600 to 1,000 m lies inside 50-800 m: 40 of 80, beside 40 at 100 m."""
    block = weights((area(600, 1000), 80), (Point(lonlat(100)), 40))
    seen = make_demand(STREET, workers((area(50, 800), 100)), weights=block)
    assert seen.workers == pytest.approx([50, 50], rel=1e-2)  # the box leans a little


def test_an_area_no_weight_touches_falls_back_to_street_length():
    far = weights((Point(lonlat(1400)), 50))
    with_far = make_demand(STREET, workers((area(50, 800), 105)), weights=far)
    assert with_far.workers == pytest.approx([15, 30, 60], rel=1e-3)


def test_weights_of_neighbouring_areas_stay_apart():
    """A tower at 190 m is nearer to the node at 300 than to that at 100, but not of its area."""
    there = weights((Point(lonlat(220)), 5))
    seen = make_demand(STREET, workers((area(50, 230), 30), (area(230, 400), 60)), weights=there)
    assert seen.workers.tolist() == [30, 60]
    assert seen.lonlat == pytest.approx(np.array([lonlat(100), lonlat(300)]))


def test_hours_are_kept_and_none_means_always():
    crowd = workers((Point(lonlat(0)), 1), (Point(lonlat(100)), 1))
    crowd.loc[1, "active_hours"] = None
    assert make_demand(STREET, crowd).active_hours.tolist() == [50, 168]


def test_a_negative_number_of_workers_is_refused():
    with pytest.raises(BadInputError, match="W0"):
        make_demand(STREET, workers((Point(lonlat(0)), -1)))


SHAPES = st.lists(
    st.tuples(st.integers(-100, 1500), st.integers(0, 900), st.integers(0, 400)),
    min_size=1,
    max_size=8,
)
HEAPS = st.lists(st.tuples(st.integers(-50, 1600), st.floats(0, 90)), max_size=8)


@settings(max_examples=80, deadline=None)
@given(rows=SHAPES, heaps=HEAPS)
def test_no_worker_is_lost_or_made_up(rows, heaps):
    crowd = workers(
        *(
            (area(west, west + wide) if wide else Point(lonlat(west)), count)
            for west, wide, count in rows
        )
    )
    there = weights(*((Point(lonlat(at)), amount) for at, amount in heaps)) if heaps else None
    demand = make_demand(STREET, crowd, weights=there)
    assert demand.by_owner(demand.workers) == pytest.approx([row[2] for row in rows], abs=1e-6)
    assert (np.diff(demand.owner) >= 0).all()


def test_workers_are_added_up_hour_by_hour_whatever_their_number():
    rng = np.random.default_rng(3)
    there, open_then = rng.random((2, 2500, 168)) < 0.4
    people = rng.integers(0, 50, 2500).astype(float)
    assert workers_by_hour(people, there, open_then) == pytest.approx(people @ (there & open_then))
    assert workers_by_hour(people, there) == pytest.approx(people @ there)
    assert workers_by_hour(people[:0], there[:0]).tolist() == [0.0] * 168
