"""Lengths of the fastest ways, held to the travel matrix, which searches without a limit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from straight import straight_segments

from geo.crs import to_lonlat, to_metres
from geo.layers.vocabulary import Mode
from geo.network.compile import compile_network
from geo.network.segments import Segments
from geo.reach.labels import SiteLabels
from geo.reach.matrix import WayLengths, matrix

SIDE = 6
ORIGIN = to_metres([[120.3, 36.1]])[0]


def grid_segments(highways: tuple[str, ...]) -> Segments:
    """Return a grid of 6 x 6 crossings 200 m apart; rows alternate between two street classes."""
    rows, columns = np.divmod(np.arange(SIDE * SIDE), SIDE)
    nodes = to_lonlat(ORIGIN + 200.0 * np.column_stack([columns, rows]))
    along = [(n, n + 1) for n in range(SIDE * SIDE) if n % SIDE < SIDE - 1]
    across = [(n, n + SIDE) for n in range(SIDE * (SIDE - 1))]
    ends = np.array(along + across, np.int32)
    classes = [highways[start // SIDE % len(highways)] for start, _ in ends]
    return straight_segments(nodes, ends, highway=classes)


@pytest.fixture(scope="module")
def network():
    return compile_network(grid_segments(("primary", "living_street")), Mode.DRIVE)


@hypothesis_settings(max_examples=60, deadline=None)
@given(
    places=st.lists(st.tuples(st.floats(-50, 1050), st.floats(-50, 1050)), min_size=2, max_size=8),
    labels=st.sampled_from([1, 2, 10]),
)
def test_metres_and_seconds_are_those_of_the_matrix(network, places, labels):
    lonlat = to_lonlat(ORIGIN + np.array(places))
    point, sites = network.snap(lonlat[:1]), network.snap(lonlat[1:])
    expected = matrix(network, point, sites)
    rows = np.arange(len(sites))
    far_s = float(expected.time_s.max())
    distance_m, time_s = WayLengths(network, sites).measured(point, rows, far_s)
    np.testing.assert_allclose(time_s, expected.time_s[0], rtol=1e-9, atol=1e-6)
    np.testing.assert_allclose(distance_m, expected.distance_m[0], rtol=1e-6, atol=0.5)
    place = network.place(*lonlat[0])
    for way in SiteLabels.build(network, sites, k=labels, weight="time_s").ways(
        place, k=len(sites)
    ):
        assert way.cost == pytest.approx(time_s[way.site], rel=1e-9, abs=1e-6)
        assert way.other == pytest.approx(distance_m[way.site], rel=1e-6, abs=0.5)


def test_the_search_ends_at_its_limit(network):
    lonlat = to_lonlat(ORIGIN + np.array([[0.0, 0.0], [100.0, 0.0], [1000.0, 1000.0]]))
    point, sites = network.snap(lonlat[:1]), network.snap(lonlat[1:])
    whole_m, whole_s = WayLengths(network, sites).measured(point, np.arange(2), np.inf)
    near_m, near_s = WayLengths(network, sites).measured(point, np.arange(2), float(whole_s[0]))
    assert near_m[0] == pytest.approx(whole_m[0])
    assert near_s[1] == np.inf
