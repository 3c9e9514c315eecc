from __future__ import annotations

import re

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from shapely import LineString

from maps.bus.mini_map import mini_map_svg

STOPS = np.array([[120.0, 36.0], [120.1, 36.05]])


def centres(svg):
    return [
        (float(x), float(y)) for x, y in re.findall(r'<circle cx="([-\d.]+)" cy="([-\d.]+)"', svg)
    ]


@settings(max_examples=40, deadline=None)
@given(arrays(np.float64, st.tuples(st.integers(1, 8), st.just(2)), elements=st.floats(-0.4, 0.4)))
def test_every_stop_is_on_the_paper(offsets):
    svg = mini_map_svg(np.array([120.3, 36.2]) + offsets, ["1"] * len(offsets), {}, size=(720, 380))
    assert len(centres(svg)) == len(offsets)
    assert all(-30 <= x <= 750 and -30 <= y <= 410 for x, y in centres(svg))


def test_stops_at_one_place_are_drawn_apart():
    (x1, y1), (x2, y2) = centres(mini_map_svg(STOPS[[0, 0]], ["1", "2"], {}))
    assert np.hypot(x1 - x2, y1 - y2) > 20


def test_north_is_up_and_the_scale_is_true():
    svg = mini_map_svg(STOPS, ["1", "2"], {}, size=(700, 400))
    (x1, y1), (x2, y2) = centres(svg)
    assert y1 > y2
    width = float(re.search(r"V0H([\d.]+)V-6", svg).group(1))
    name = re.search(r">(\d+) km<", svg).group(1)
    # 0.1 degrees of longitude at 36 N are 9.01 km, 0.05 of latitude 5.57 km
    assert abs(np.hypot(x1 - x2, y1 - y2) / width * float(name) - 10.59) < 0.05


def test_a_route_and_streets_are_drawn(layers):
    svg = mini_map_svg(STOPS, ["1", "2"], layers, route=LineString(STOPS))
    assert svg.count("<path") > 4
    assert "<script" not in svg
