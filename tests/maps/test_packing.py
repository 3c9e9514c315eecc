from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from shapely import LineString, MultiLineString, MultiPolygon, Point, box

from maps.ground.packing import pack_coordinates, pack_lines, pack_rings


def unpack(packed: list[int]) -> np.ndarray:
    return np.cumsum(np.array(packed).reshape(-1, 2), axis=0) / 100_000


def test_a_line_is_its_first_point_and_then_steps():
    assert pack_coordinates(np.array([[120.0, 36.0], [120.00002, 35.99999]])) == [
        12000000,
        3600000,
        2,
        -1,
    ]


def test_vertices_nearer_than_a_step_fall_together():
    assert pack_coordinates(np.array([[1.0, 2.0], [1.000001, 2.0], [1.00001, 2.0]])) == [
        100000,
        200000,
        1,
        0,
    ]


@given(arrays(np.float64, st.tuples(st.integers(1, 40), st.just(2)), elements=st.floats(-180, 180)))
def test_unpacking_gives_every_place_back_within_half_a_step(lonlat):
    packed = pack_coordinates(lonlat)
    places = unpack(packed)
    for point in lonlat:
        assert np.abs(places - point).max(axis=1).min() <= 0.5e-5 + 1e-9


def test_multilines_give_one_list_each_and_empty_ones_none():
    lines = [MultiLineString([[(0, 0), (1, 1)], [(2, 2), (3, 3)]]), LineString(), None]
    assert len(pack_lines(lines)) == 2


def test_rings_of_a_multipolygon_come_with_their_holes():
    holed = box(0, 0, 4, 4).difference(box(1, 1, 2, 2))
    assert len(pack_rings(MultiPolygon([holed, box(6, 6, 7, 7)]))) == 3


@pytest.mark.parametrize("nothing", [None, Point(0, 0), MultiPolygon()])
def test_what_is_no_area_has_no_rings(nothing):
    assert pack_rings(nothing) == []
