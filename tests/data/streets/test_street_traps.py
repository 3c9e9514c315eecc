"""Traps that street data and its usual readers set, each sprung once."""

from __future__ import annotations

import numpy as np
import osmnx
import pytest
from pyproj import Geod, Transformer

from data.streets.osm_file import read_segments
from geo.crs import to_lonlat, to_metres
from geo.layers.vocabulary import Mode
from geo.network.compile import compile_network
from geo.network.segments import Access
from geo.reach.catchments import catchments
from geo.reach.matrix import matrix

WGS84 = Geod(ellps="WGS84")
NODE = {1: (120.30, 36.10), 3: (120.32, 36.10)}
_ROADS = [
    (10, [1, 2, 3], {"highway": "residential", "oneway": "yes"}),
    (11, [5, 4], {"highway": "footway"}),
]


def distances_m(network, *lonlat, limit_m=1000.0):
    places = network.snap(lonlat, limit_m=limit_m)
    return matrix(network, places, places).distance_m


def test_what_is_no_road_is_left_out_though_osmnx_keeps_it(tmp_path, osm):
    outline = [
        (12, [1, 2, 4, 1], {"building": "yes"}),
        (13, [3, 4], {"waterway": "river"}),
        (14, [1, 4], {"railway": "rail"}),
        (15, [1, 5], {"highway": "proposed"}),
    ]
    path = osm(tmp_path, _ROADS + outline)
    assert sorted(read_segments(path).way_id) == [10, 11]
    assert len(osmnx.graph_from_xml(path, retain_all=True, simplify=False).edges) > 3


def test_small_components_are_kept_and_walkers_go_against_one_way_streets(tmp_path, osm):
    path = osm(tmp_path, _ROADS)
    assert set(osmnx.graph_from_xml(path).nodes) < {1, 2, 3, 4, 5}
    segments = read_segments(path)
    assert len(segments.start) == 2
    walk, drive = (compile_network(segments, mode) for mode in (Mode.WALK, Mode.DRIVE))
    there, back = distances_m(walk, (120.301, 36.1), (120.319, 36.1))[[0, 1], [1, 0]]
    assert there == pytest.approx(back)
    assert drive.forward.all()
    assert not drive.back.any()


def test_points_are_snapped_along_streets_not_to_their_junctions(tmp_path, osm):
    network = compile_network(read_segments(osm(tmp_path, _ROADS)), Mode.WALK)
    places = network.snap([(120.3125, 36.1001), (120.303, 36.1)])
    assert places.fraction == pytest.approx([0.625, 0.15], abs=0.001)
    along_m = WGS84.line_length([120.303, 120.3125], [36.1, 36.1])
    found_m = distances_m(network, (120.303, 36.1), (120.3125, 36.1))[0, 1]
    assert found_m == pytest.approx(along_m, abs=0.05)


def test_a_point_on_an_island_stays_there(tmp_path, osm):
    """The footway 5 - 4 lies 555 m off the road."""
    network = compile_network(read_segments(osm(tmp_path, _ROADS)), Mode.WALK)
    on_island = network.snap([(120.31, 36.107)])
    assert on_island.segment.tolist() == [1]
    assert on_island.access_m[0] == pytest.approx(0, abs=0.1)
    assert distances_m(network, (120.31, 36.107), (120.31, 36.1))[0, 1] == np.inf


def test_what_is_not_reached_is_infinite_and_never_the_limit(tmp_path, osm):
    network = compile_network(read_segments(osm(tmp_path, _ROADS[:1])), Mode.WALK)
    far, near = (120.31, 36.109), (120.301, 36.1)
    table = distances_m(network, near, far, limit_m=50)
    assert table[0, 1] == table[1, 0] == np.inf
    places = network.snap([near, far], limit_m=50)
    pairs = catchments(network, places, places, 5000.0, weight="distance_m")
    assert list(zip(pairs.site, pairs.point, strict=True)) == [(0, 0)]


def test_one_way_streets_are_never_symmetrised(tmp_path, osm):
    """1 -> 2 -> 3 one-way, back from 3 by 4: there it is shorter than back."""
    back = [
        (10, [1, 2, 3], {"highway": "residential", "oneway": "yes"}),
        (11, [3, 4, 1], {"highway": "residential"}),
    ]
    table = distances_m(
        compile_network(read_segments(osm(tmp_path, back)), Mode.DRIVE), NODE[1], NODE[3]
    )
    assert table[0, 1] == pytest.approx(1801.0, abs=0.5)
    assert table[1, 0] == pytest.approx(
        WGS84.line_length([120.32, 120.31, 120.30], [36.10, 36.11, 36.10])
    )


@pytest.mark.parametrize("kind", ["roundabout", "circular"])
def test_roundabouts_without_a_oneway_tag_are_one_way(tmp_path, osm, kind):
    ring = [(10, [1, 2, 3, 4, 1], {"highway": "tertiary", "junction": kind})]
    segments = read_segments(osm(tmp_path, ring))
    one_way = Access.DRIVE_FORWARD | Access.EBIKE_FORWARD
    assert all(access & (one_way << 1) == 0 for access in segments.access.tolist())
    assert all(access & one_way == one_way for access in segments.access.tolist())


def test_the_border_of_an_extract_is_seen_where_it_cuts_a_street(tmp_path, osm):
    path = osm(tmp_path, [(10, [1, 2, 3], {"highway": "residential"})], missing=[3])
    segments = read_segments(path)
    assert segments.node_lonlat[segments.end].tolist() == [[120.31, 36.1]]
    assert segments.traits[0] != 0


def test_eastings_come_first_whatever_the_official_axis_order():
    meridian_m = WGS84.line_length([120.0, 120.0], [0.0, 36.0])
    assert to_metres([[120.0, 36.0]])[0] == pytest.approx([500_000, meridian_m], abs=1)
    official = Transformer.from_crs("EPSG:4326", "EPSG:4549").transform(36.0, 120.0)
    assert official == pytest.approx((meridian_m, 500_000), abs=1)
    assert to_lonlat(to_metres([[120.3, 36.1]])) == pytest.approx(np.array([[120.3, 36.1]]))


def test_lengths_are_not_those_of_web_mercator(tmp_path, osm):
    network = compile_network(read_segments(osm(tmp_path, _ROADS[:1])), Mode.WALK)
    web = Transformer.from_crs("EPSG:4326", "EPSG:3857", always_xy=True)
    x_m, _ = web.transform([120.30, 120.32], [36.1, 36.1])
    whole_m = network.length_m[network.reachable].sum()
    assert 1.23 < (x_m[1] - x_m[0]) / whole_m < 1.26
    assert whole_m == pytest.approx(WGS84.line_length([120.30, 120.32], [36.1, 36.1]))
    metric = np.hypot(*np.diff(network.to_metres([NODE[1], NODE[3]]), axis=0).T)
    assert metric == pytest.approx(whole_m, rel=1e-4)
