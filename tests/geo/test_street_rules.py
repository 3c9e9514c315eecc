"""Who may use a street: OSM tags as people really write them."""

from __future__ import annotations

import numpy as np
import pytest

from geo.errors import BadInputError
from geo.layers.vocabulary import Mode
from geo.network.access import access, limit_metres, limit_tonnes, speed_kmh, street_class
from geo.network.compile import compile_network
from geo.network.segments import HIGHWAYS, Access, Segments
from geo.network.speeds import SpeedTable

WALK = Access.WALK_FORWARD | Access.WALK_BACK
EBIKE = Access.EBIKE_FORWARD | Access.EBIKE_BACK
DRIVE = Access.DRIVE_FORWARD | Access.DRIVE_BACK


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"highway": "residential"}, WALK | EBIKE | DRIVE),
        ({"highway": "residential", "oneway": "yes"},
         WALK | Access.EBIKE_FORWARD | Access.DRIVE_FORWARD),
        ({"highway": "residential", "oneway": "-1"}, WALK | Access.EBIKE_BACK | Access.DRIVE_BACK),
        ({"highway": "residential", "oneway": "yes", "oneway:bicycle": "no"},
         WALK | EBIKE | Access.DRIVE_FORWARD),
        ({"highway": "primary", "junction": "roundabout"},
         WALK | Access.EBIKE_FORWARD | Access.DRIVE_FORWARD),
        ({"highway": "motorway"}, Access.DRIVE_FORWARD),
        ({"highway": "steps"}, WALK),
        ({"highway": "footway"}, WALK),
        ({"highway": "footway", "bicycle": "yes"}, WALK | EBIKE),
        ({"highway": "cycleway"}, WALK | EBIKE),
        ({"highway": "path", "foot": "no"}, EBIKE),
        ({"highway": "service", "access": "private"}, Access(0)),
        ({"highway": "service", "access": "private", "foot": "yes"}, WALK),
        ({"highway": "residential", "motor_vehicle": "no"}, WALK | EBIKE),
        ({"highway": "residential", "access": "no", "motorcar": "yes"}, DRIVE),
        ({"route": "ferry"}, WALK | EBIKE),
        ({"route": "ferry", "motor_vehicle": "yes"}, WALK | EBIKE),
        ({"route": "ferry", "motorcar": "yes"}, WALK | EBIKE | DRIVE),
        ({"highway": "construction"}, Access(0)),
        ({"building": "yes"}, Access(0)),
        ({"highway": "pedestrian", "area": "yes"}, Access(0)),
    ],
)  # fmt: skip
def test_access_follows_the_most_specific_tag(tags, expected):
    assert access(tags) == expected


def test_numbers_in_tags_are_read_with_their_units():
    assert speed_kmh("50") == 50
    assert speed_kmh("30 mph") == pytest.approx(48.28, abs=0.01)
    assert np.isnan(speed_kmh("CN:urban"))
    assert limit_metres("12'6\"") == pytest.approx(3.81, abs=0.01)
    assert limit_metres("3.5 m") == 3.5
    assert limit_tonnes("7500 kg") == 7.5
    assert np.isnan(limit_tonnes(None))
    assert street_class({"highway": "elevator"}) is None


def segments(pieces):
    """Straight pieces (start, end, highway, access) between corners 0.01 degree apart."""
    n = 1 + max(max(start, end) for start, end, *_ in pieces)
    nodes = np.column_stack([120.3 + 0.01 * np.arange(n), np.full(n, 36.1)])
    start, end = (np.array([piece[i] for piece in pieces], np.int32) for i in (0, 1))
    m = len(pieces)
    none = np.full(m, np.nan, np.float32)
    return Segments(
        nodes, start, end, np.arange(0, 2 * m + 1, 2),
        np.stack([nodes[start], nodes[end]], axis=1).reshape(-1, 2),
        np.array([HIGHWAYS.index(piece[2]) for piece in pieces], np.uint8),
        np.array([int(piece[3]) for piece in pieces], np.uint8),
        np.zeros(m, np.uint8), none, none, none, np.full(m, -1, np.int32), (),
        np.zeros(m, np.int64),
    )  # fmt: skip


def test_only_the_largest_connected_part_is_reachable_and_points_are_moved_to_it():
    island = [(0, 1, "residential", WALK), (1, 2, "residential", WALK),
              (4, 5, "residential", WALK)]  # fmt: skip
    network = compile_network(segments(island), Mode.WALK)
    assert network.reachable.tolist() == [True, True, False]
    on_island = network.snap([[120.345, 36.1]], limit_m=5000)
    assert on_island.reachable[0]
    assert network.reachable[on_island.segment[0]]
    assert on_island.access_m[0] == pytest.approx(2252, abs=3)
    assert not network.snap([[120.345, 36.1]], limit_m=1000).reachable[0]


def test_a_dead_end_one_way_street_is_no_place_for_cars_to_start():
    pieces = [(0, 1, "residential", DRIVE), (1, 2, "residential", Access.DRIVE_FORWARD)]
    network = compile_network(segments(pieces), Mode.DRIVE)
    assert network.reachable.tolist() == [True, False]


def test_lengths_are_geodesic_and_times_follow_the_speed_table():
    network = compile_network(segments([(0, 1, "residential", WALK), (1, 2, "steps", WALK)]),
                              Mode.WALK)  # fmt: skip
    assert network.length_m == pytest.approx([900.50, 900.50], abs=0.05)
    assert network.time_s[0] == pytest.approx(900.50 / 1.25, abs=0.1)
    assert network.time_s[1] == pytest.approx(2 * network.time_s[0])
    fast = compile_network(
        segments([(0, 1, "residential", WALK)]), Mode.WALK, speeds=SpeedTable(walk_kmh=9)
    )
    assert fast.time_s[0] == pytest.approx(network.time_s[0] / 2)


def test_senseless_input_is_refused():
    with pytest.raises(BadInputError, match="步行"):
        compile_network(segments([(0, 1, "motorway", DRIVE)]), Mode.WALK)
    with pytest.raises(BadInputError):
        SpeedTable(walk_kmh=0)
    network = compile_network(segments([(0, 1, "residential", WALK)]), Mode.WALK)
    with pytest.raises(BadInputError, match="经度"):
        network.snap([[36.1, 120.3]])
    with pytest.raises(BadInputError):
        network.snap([[np.nan, 36.1]])
