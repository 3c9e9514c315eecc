"""Points on edges: the grid finds what shapely finds by looking at every line."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.network.edge_grid import EdgeGrid

PLACE = st.tuples(st.floats(-400, 1400), st.floats(-400, 1400))
BEND = st.tuples(st.integers(0, 1000), st.integers(0, 1000))


@st.composite
def lines(draw):
    """Bent lines on a metre raster, some of no length, and which of them count."""
    shapes = draw(st.lists(st.lists(BEND, min_size=2, max_size=6), min_size=1, max_size=12))
    used = draw(st.lists(st.booleans(), min_size=len(shapes), max_size=len(shapes)))
    return [np.array(shape, float) for shape in shapes], np.array(used)


@settings(max_examples=300, deadline=None)
@given(
    city=lines(),
    places=st.lists(PLACE, min_size=1, max_size=8),
    limit_m=st.sampled_from([0.0, 30.0, 500.0, 5000.0]),
)
def test_the_nearest_line_is_the_one_shapely_finds(city, places, limit_m):
    shapes, used = city
    offset = np.concatenate([[0], np.cumsum([len(shape) for shape in shapes])])
    grid = EdgeGrid.build(offset, np.vstack(shapes), used)
    street, fraction, away_m = grid.snap(np.array(places), limit_m)
    truth = np.array([shapely.LineString(shape) for shape in shapes])
    for i, place in enumerate(shapely.points(np.array(places))):
        distance = np.where(used, shapely.distance(truth, place), np.inf)
        if distance.min() > limit_m + 1e-9:
            assert street[i] == -1
            assert away_m[i] == np.inf
        elif street[i] >= 0:
            assert used[street[i]]
            assert away_m[i] == pytest.approx(distance.min(), abs=1e-9)
            assert distance[street[i]] == pytest.approx(distance.min(), abs=1e-9)
            foot = truth[street[i]].interpolate(fraction[i], normalized=True)
            assert foot.distance(place) == pytest.approx(away_m[i], abs=1e-6)
        else:
            assert distance.min() == pytest.approx(limit_m, abs=1e-9)


def test_of_lines_equally_near_the_first_is_taken():
    """Two lines meet at (100, 0); a place beyond it is as near to both."""
    xy_m = np.array([[100.0, 0.0], [100.0, -50.0], [0.0, 0.0], [100.0, 0.0]])
    grid = EdgeGrid.build(np.array([0, 2, 4]), xy_m, np.ones(2, bool))
    street, fraction, away_m = grid.snap(np.array([[110.0, 10.0]]), 100.0)
    assert (street[0], fraction[0]) == (0, 0.0)
    assert away_m[0] == pytest.approx(np.hypot(10, 10))


def test_a_position_counts_the_bends():
    """A line of 30 m and 10 m round a corner; the place stands beside the corner's far leg."""
    grid = EdgeGrid.build(
        np.array([0, 3]), np.array([[0.0, 0.0], [30.0, 0.0], [30.0, 10.0]]), np.ones(1, bool)
    )
    street, fraction, away_m = grid.snap(np.array([[33.0, 5.0]]), 100.0)
    assert (street[0], fraction[0], away_m[0]) == (0, pytest.approx(35 / 40), pytest.approx(3.0))


def test_a_long_line_across_many_cells_is_found_along_its_whole_length():
    short = [[float(x), y] for x in range(9) for y in (0.0, 1.0)]
    xy_m = np.array([[0.0, 0.0], [100_000.0, 70_000.0], *short])
    grid = EdgeGrid.build(np.arange(0, 21, 2), xy_m, np.ones(10, bool))
    share = np.linspace(0.01, 1, 200)[:, None]
    street, fraction, away_m = grid.snap(share * [[100_000.0, 70_000.0]], 10.0)
    assert (street == 0).all()
    np.testing.assert_allclose(fraction, share[:, 0], atol=1e-12)
    assert away_m.max() < 1e-6
