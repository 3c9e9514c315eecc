"""Who may use a street: OSM tags as people really write them."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from straight import straight_segments

from geo.coverage.rule import CoverageRule
from geo.crs import to_lonlat, to_metres
from geo.errors import BadInputError
from geo.layers.vocabulary import Mode
from geo.network.access import OnNode, access, on_node, street_class, traits
from geo.network.compile import compile_network
from geo.network.posted import limit_metres, limit_tonnes, posted_kmh, speed_kmh
from geo.network.segments import Access, Segments, Trait
from geo.network.speeds import SpeedTable
from geo.network.street_network import Snapped
from geo.network.vehicle import Vehicle
from geo.reach.labels import nearest
from geo.reach.matrix import matrix

WALK = Access.WALK_FORWARD | Access.WALK_BACK
EBIKE = Access.EBIKE_FORWARD | Access.EBIKE_BACK
DRIVE = Access.DRIVE_FORWARD | Access.DRIVE_BACK


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"highway": "residential"}, WALK | EBIKE | DRIVE),
        (
            {"highway": "residential", "oneway": "yes"},
            WALK | Access.EBIKE_FORWARD | Access.DRIVE_FORWARD,
        ),
        ({"highway": "residential", "oneway": "-1"}, WALK | Access.EBIKE_BACK | Access.DRIVE_BACK),
        (
            {"highway": "residential", "oneway": "yes", "oneway:bicycle": "no"},
            WALK | EBIKE | Access.DRIVE_FORWARD,
        ),
        (
            {"highway": "primary", "junction": "roundabout"},
            WALK | Access.EBIKE_FORWARD | Access.DRIVE_FORWARD,
        ),
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
        ({"route": "ferry", "motor_vehicle": "yes"}, WALK | EBIKE | DRIVE),
        ({"route": "ferry", "motorcar": "yes"}, WALK | EBIKE | DRIVE),
        ({"route": "ferry", "foot": "no", "bicycle": "no", "motor_vehicle": "yes"}, DRIVE),
        ({"highway": "construction"}, Access(0)),
        ({"highway": "primary", "construction": "secondary"}, Access(0)),
        ({"highway": "primary", "construction": "minor"}, WALK | EBIKE | DRIVE),
        ({"man_made": "pier"}, WALK),
        ({"man_made": "pier", "access": "private"}, Access(0)),
        ({"railway": "platform", "area": "yes"}, WALK),
        ({"railway": "rail"}, Access(0)),
        ({"building": "yes"}, Access(0)),
        ({"highway": "pedestrian", "area": "yes"}, WALK),
        ({"highway": "service", "area": "yes"}, Access(0)),
        ({"highway": "platform"}, WALK),
        ({"highway": "pedestrian"}, WALK),
        ({"highway": "pedestrian", "motor_vehicle": "delivery"}, WALK),
        ({"highway": "pedestrian", "motor_vehicle": "destination"}, WALK),
        ({"highway": "pedestrian", "access": "yes"}, WALK),
        ({"highway": "residential", "access": "no", "foot": "customers"}, WALK),
        ({"highway": "track"}, WALK | EBIKE),
        ({"highway": "track", "motor_vehicle": "yes"}, WALK | EBIKE | DRIVE),
        ({"highway": "track", "vehicle": "agricultural;forestry"}, WALK),
        ({"highway": "service", "service": "driveway", "access": "permit"}, Access(0)),
        ({"highway": "residential", "vehicle": "destination"}, WALK | EBIKE | DRIVE),
        ({"highway": "primary", "motorroad": "yes"}, DRIVE),
        ({"highway": "primary", "motorroad": "yes", "foot": "yes"}, WALK | DRIVE),
        ({"highway": "trunk", "foot": "use_sidepath"}, EBIKE | DRIVE),
        (
            {"highway": "residential", "motor_vehicle:backward": "no"},
            WALK | EBIKE | Access.DRIVE_FORWARD,
        ),
        (
            {"highway": "residential", "motor_vehicle:forward": "no", "bicycle:forward": "no"},
            WALK | Access.EBIKE_BACK | Access.DRIVE_BACK,
        ),
        (
            {"highway": "residential", "oneway": "yes", "cycleway": "opposite_lane"},
            WALK | EBIKE | Access.DRIVE_FORWARD,
        ),
        (
            {"highway": "residential", "oneway": "yes", "cycleway:left": "opposite_track"},
            WALK | EBIKE | Access.DRIVE_FORWARD,
        ),
        (
            {"highway": "residential", "oneway": "yes", "cycleway:left:oneway": "-1"},
            WALK | EBIKE | Access.DRIVE_FORWARD,
        ),
        ({"highway": "cycleway", "oneway:bicycle": "-1"}, WALK | Access.EBIKE_BACK),
        (
            {"highway": "residential", "oneway:motor_vehicle": "yes"},
            WALK | EBIKE | Access.DRIVE_FORWARD,
        ),
        ({"highway": "primary", "junction": "roundabout", "oneway": "no"}, WALK | EBIKE | DRIVE),
        (
            {"highway": "primary", "junction": "circular"},
            WALK | Access.EBIKE_FORWARD | Access.DRIVE_FORWARD,
        ),
        ({"highway": "motorway", "oneway": "no"}, DRIVE),
        ({"highway": "motorway_link"}, Access.DRIVE_FORWARD),
        ({"highway": "footway", "oneway": "yes"}, WALK),
        ({"highway": "footway", "oneway:foot": "yes"}, Access.WALK_FORWARD),
        ({"highway": "steps", "conveying": "backward"}, Access.WALK_BACK),
    ],
)
def test_access_follows_the_most_specific_tag(tags, expected):
    assert access(tags) == expected


def test_numbers_in_tags_are_read_with_their_units():
    assert speed_kmh("50") == 50
    assert speed_kmh("30 mph") == pytest.approx(48.28, abs=0.01)
    assert speed_kmh("90;70;90") == 70
    assert speed_kmh("DE:zone:30") == speed_kmh("DE:zone30") == 30
    assert speed_kmh("walk") == speed_kmh("CN:living_street") == 5
    for nothing in ("CN:urban", "CN:rural", "none", "signals", "", None):
        assert np.isnan(speed_kmh(nothing))
    assert posted_kmh({"maxspeed:forward": "80", "maxspeed:backward": "60"}) == 60
    assert posted_kmh({"maxspeed": "50", "maxspeed:backward": "30"}) == 50


@pytest.mark.parametrize(
    ("value", "metres"),
    [
        ("12'6\"", 3.81),
        ("12 ft 6 in", 3.81),
        ("13'", 3.962),
        ("3.5 m", 3.5),
        ("3,5", 3.5),
        ("350 cm", 3.5),
        ("4", 4),
        ("default", None),
        ("none", None),
        ("0", None),
    ],
)
def test_limits_are_read_in_metres(value, metres):
    read = limit_metres({"maxheight": value}, "maxheight")
    assert np.isnan(read) if metres is None else read == pytest.approx(metres, abs=0.001)


def test_limits_are_read_in_tonnes_and_the_lowest_holds():
    assert limit_tonnes({"maxweight": "7500 kg"}, "maxweight") == 7.5
    assert limit_tonnes({"maxweight": "8 st"}, "maxweight") == pytest.approx(7.257, abs=0.001)
    both = {"maxweight": "12", "maxweightrating": "7.5 t"}
    assert limit_tonnes(both, "maxweight", "maxweightrating") == 7.5
    assert np.isnan(limit_tonnes({}, "maxweight"))


def test_what_is_no_street_and_what_is_more_than_one():
    assert street_class({"highway": "elevator"}) is None
    assert street_class({"highway": "residential", "route": "ferry"}) == "ferry"
    assert traits({"bridge": "yes", "tunnel": "no", "hgv": "no"}) == Trait.BRIDGE | Trait.NO_LARGE
    assert traits({"junction": "circular", "hgv": "destination"}) == Trait.ROUNDABOUT


ALL = OnNode.STOPS_WALK | OnNode.STOPS_EBIKE | OnNode.STOPS_DRIVE


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"highway": "traffic_signals"}, OnNode.SIGNALS),
        ({"highway": "crossing", "crossing": "traffic_signals"}, OnNode(0)),
        ({"barrier": "gate"}, OnNode(0)),
        ({"barrier": "gate", "locked": "yes"}, ALL),
        ({"barrier": "gate", "access": "private"}, ALL),
        (
            {"barrier": "gate", "access": "private", "foot": "yes"},
            OnNode.STOPS_EBIKE | OnNode.STOPS_DRIVE,
        ),
        ({"barrier": "gate", "motor_vehicle": "private"}, OnNode.STOPS_DRIVE),
        ({"barrier": "lift_gate", "access": "permissive"}, OnNode(0)),
        ({"barrier": "bollard"}, OnNode.STOPS_DRIVE),
        ({"barrier": "bollard", "access": "yes"}, OnNode.STOPS_DRIVE),
        ({"barrier": "bollard", "motor_vehicle": "yes"}, OnNode(0)),
        ({"barrier": "bollard", "bollard": "rising"}, OnNode(0)),
        ({"barrier": "block"}, OnNode.STOPS_DRIVE),
        ({"barrier": "cycle_barrier", "bicycle": "no"}, OnNode.STOPS_EBIKE | OnNode.STOPS_DRIVE),
        ({"barrier": "stile"}, OnNode.STOPS_EBIKE | OnNode.STOPS_DRIVE),
        ({"barrier": "fence"}, ALL),
        ({"barrier": "toll_booth"}, OnNode(0)),
        ({"barrier": "cattle_grid"}, OnNode(0)),
        ({"barrier": "kerb"}, OnNode(0)),
        ({"barrier": "entrance"}, OnNode(0)),
    ],
)
def test_barriers_stop_whom_they_stop(tags, expected):
    assert on_node(tags) == expected


def segments(pieces, **columns):
    """Straight pieces (start, end, highway, access) between corners 0.01 degree apart."""
    n = 1 + max(max(start, end) for start, end, *_ in pieces)
    nodes = np.column_stack([120.3 + 0.01 * np.arange(n), np.full(n, 36.1)])
    return straight_segments(
        nodes,
        [piece[:2] for piece in pieces],
        highway=[piece[2] for piece in pieces],
        access=[int(piece[3]) for piece in pieces],
        **columns,
    )


def between(network, one, other):
    """Seconds from the middle of segment `one` to the middle of segment `other`."""
    places = [
        Snapped(np.zeros((1, 2)), np.array([row], np.int32), np.full(1, 0.5), np.zeros(1))
        for row in (one, other)
    ]
    return matrix(network, *places).time_s[0, 0]


def test_a_bollard_stops_cars_and_nobody_else():
    """0 - 1 | 2 - 3 - 4 - 0 in a ring: a bollard at corner 1 sends cars round the ring."""
    ring = [(0, 1), (1, 2), (2, 3), (3, 4), (4, 0)]
    everyone = [(*ends, "residential", WALK | EBIKE | DRIVE) for ends in ring]
    stops = [Trait.STOPS_DRIVE_AT_END, Trait.STOPS_DRIVE_AT_START, 0, 0, 0]
    streets = segments(everyone, traits=stops)
    on_foot, by_car = (compile_network(streets, mode) for mode in (Mode.WALK, Mode.DRIVE))
    assert between(on_foot, 0, 1) == pytest.approx(on_foot.time_s[:2].sum() / 2)
    assert between(by_car, 0, 1) == pytest.approx(by_car.time_s.sum() - by_car.time_s[:2].sum() / 2)
    assert by_car.reachable.all()


def test_a_banned_turn_sends_cars_another_way_and_leaves_walkers_alone():
    """At corner 1 no car may turn from 0-1 onto 1-2; the one-way streets 1-3 and 3-2 lead round."""
    once = WALK | Access.DRIVE_FORWARD
    pieces = [
        (0, 1, "residential", WALK | DRIVE),
        (1, 2, "residential", WALK | DRIVE),
        (1, 3, "residential", once),
        (3, 2, "residential", once),
    ]
    streets = segments(pieces, banned_turns=np.array([[0, 1, 1, 0]], np.int32))
    by_car, on_foot = (compile_network(streets, mode) for mode in (Mode.DRIVE, Mode.WALK))
    s = compile_network(segments(pieces), Mode.DRIVE).time_s
    lane_s = 20 / on_foot.length_m[0] * s[0]
    here = (s[0] - lane_s) / 2
    assert between(by_car, 0, 1) == pytest.approx(here + lane_s + s[2] + s[3] + here)
    assert between(by_car, 1, 0) == pytest.approx(2 * (here + lane_s))
    assert between(on_foot, 0, 1) == pytest.approx(on_foot.time_s[:2].sum() / 2)
    assert by_car.reachable.tolist() == [True] * 4 + [False] * (2 * 2 + 3)
    assert by_car.length_m[8:].tolist() == [0, 0, 0]
    assert by_car.length_m[0] == pytest.approx(on_foot.length_m[0] - 20)


@pytest.mark.parametrize("seed", range(6))
def test_banned_turns_equal_a_search_over_edges(seed):
    """On one-way streets, where nobody can turn round, expanding every edge gives the same times."""
    rng = np.random.default_rng(seed)
    pairs = sorted({tuple(pair) for pair in rng.integers(0, 12, (50, 2)).tolist()})
    pieces = [(a, b, "residential", Access.DRIVE_FORWARD) for a, b in pairs]
    turns = [
        (i, j) for i, one in enumerate(pairs) for j, two in enumerate(pairs) if one[1] == two[0]
    ]
    banned = {turns[row] for row in rng.choice(len(turns), len(turns) // 4, replace=False)}
    streets = segments(pieces, banned_turns=np.array([[i, 1, j, 0] for i, j in sorted(banned)]))
    network = compile_network(streets, Mode.DRIVE)
    time_s = network.time_s[: len(pieces)]
    edges = nx.DiGraph()
    edges.add_nodes_from(range(len(pieces)))
    for i, j in set(turns) - banned:
        edges.add_edge(i, j, time_s=(time_s[i] + time_s[j]) / 2)
    for origin in range(0, len(pieces), 5):
        expected = nx.single_source_dijkstra_path_length(edges, origin, weight="time_s")
        for target in range(len(pieces)):
            if target != origin:
                found = between(network, origin, target)
                assert found == pytest.approx(expected.get(target, np.inf))


def test_a_low_bridge_sends_the_bus_round():
    """The short way 0-1 passes under 3.5 m; 0-2 and 2-1 lead round."""
    pieces = [(*ends, "residential", DRIVE) for ends in ((0, 1), (0, 2), (2, 1), (1, 3))]
    low = segments(pieces, max_height_m=[3.5, np.nan, 3.9, np.nan])
    car, bus = (compile_network(low, Mode.DRIVE, vehicle=v) for v in (None, Vehicle(height_m=3.8)))
    assert between(car, 1, 3) == pytest.approx(
        car.time_s[1] / 2 + car.time_s[0] + car.time_s[3] / 2
    )
    assert between(bus, 0, 2) == pytest.approx(
        bus.time_s[0] / 2 + bus.time_s[1] + bus.time_s[2] / 2
    )
    assert len(compile_network(low, Mode.DRIVE, vehicle=Vehicle(height_m=3.5)).start) == 4
    closed = segments(pieces, traits=[Trait.NO_LARGE, 0, 0, 0])
    assert len(compile_network(closed, Mode.DRIVE, vehicle=Vehicle()).start) == 3
    short = segments(pieces, max_length_m=np.array([10, np.nan, np.nan, 12], np.float32))
    assert len(compile_network(short, Mode.DRIVE, vehicle=Vehicle(length_m=12)).start) == 3


def test_signals_cost_each_junction_one_wait_and_ferries_one_crossing_one():
    signal = Trait.SIGNALS_AT_START | Trait.SIGNALS_AT_END
    streets = segments(
        [(0, 1, "primary", DRIVE | WALK), (1, 2, "ferry", DRIVE | WALK)], traits=[signal, 0]
    )
    bare = compile_network(streets, Mode.DRIVE, speeds=SpeedTable(signal_s=0, ferry_wait_s=0))
    network = compile_network(streets, Mode.DRIVE)
    assert network.time_s - bare.time_s == pytest.approx([12, 300])
    on_foot = compile_network(streets, Mode.WALK)
    assert on_foot.time_s[0] == pytest.approx(900.5 / 1.25, abs=0.1)
    assert on_foot.time_s[1] == pytest.approx(900.5 / (10 / 3.6) + 300, abs=0.1)


def test_signals_at_the_stop_line_of_a_one_way_street_cost_a_whole_wait():
    """0 -> 1 -> 2 -> 3, signals at 1; and the same with 1 - 2 open both ways, where both pay half."""
    once = [(a, a + 1, "primary", Access.DRIVE_FORWARD) for a in range(3)]
    traits = [Trait.SIGNALS_AT_END, Trait.SIGNALS_AT_START, 0]
    both = [once[0], (1, 2, "primary", DRIVE), once[2]]
    for pieces, expected in ((once, [12, 0, 0]), (both, [6, 6, 0])):
        streets = segments(pieces, traits=traits)
        free, network = (
            compile_network(streets, Mode.DRIVE, speeds=SpeedTable(signal_s=wait_s))
            for wait_s in (0, 12)
        )
        assert network.time_s - free.time_s == pytest.approx(expected)


def test_an_island_is_kept_and_no_way_leads_to_it():
    """0 - 1 - 2, and 4 - 5 on its own, 1.8 km away."""
    island = [(0, 1, "residential", WALK), (1, 2, "residential", WALK), (4, 5, "residential", WALK)]
    network = compile_network(segments(island), Mode.WALK)
    assert network.reachable.tolist() == [True, True, True]
    assert network.piece.tolist() == [0, 0, 1]
    places = network.snap([[120.345, 36.1], [120.305, 36.1], [120.347, 36.1]])
    assert places.segment.tolist() == [2, 0, 2]
    way_m = matrix(network, places, places).distance_m
    assert way_m[0, 1] == way_m[1, 0] == np.inf
    assert way_m[0, 2] == pytest.approx(180, abs=0.2)


def beside(*lines, ways=WALK):
    """Streets given as lines of (east, north) in metres, none joined with another."""
    points = [np.array(line, float) for line in lines]
    origin = to_metres([[120.3, 36.1]])[0]
    shape = to_lonlat(np.vstack(points) + origin)
    sizes = np.array([len(line) for line in points])
    offset = np.concatenate([[0], np.cumsum(sizes)])
    m = len(lines)
    none = np.full(m, np.nan, np.float32)
    nodes = np.stack([shape[offset[:-1]], shape[offset[1:] - 1]], axis=1).reshape(-1, 2)
    rows = np.arange(m, dtype=np.int32)
    return Segments(
        node_lonlat=nodes,
        start=2 * rows,
        end=2 * rows + 1,
        shape_offset=offset,
        shape_lonlat=shape,
        highway=np.full(m, 11, np.uint8),
        access=np.full(m, int(ways), np.uint8),
        traits=np.zeros(m, np.uint16),
        maxspeed_kmh=none,
        max_height_m=none,
        max_weight_t=none,
        name=np.full(m, -1, np.int32),
        names=(),
        way_id=np.zeros(m, np.int64),
    ), lambda *places: to_lonlat(np.array(places) + origin)


@pytest.mark.parametrize(
    ("other", "kept"),
    [
        ([(0, 40), (900, 40)], False),  # all of it within 100 m of the street
        ([(0, 40), (1010, 40)], True),  # long enough to be a piece of its own
        ([(0, 40), (0, 99)], False),
        ([(0, 40), (0, 101)], True),  # its end is farther than 100 m
        ([(500, 110), (510, 110)], True),  # short, but far: water may lie between
        ([(0, -60), (0, 60), (400, 60), (400, 130), (800, 130), (800, 60)], True),
    ],
)
def test_only_what_is_short_and_near_is_a_crumb(other, kept):
    streets, at = beside([(0, 0), (2000, 0)], other)
    network = compile_network(streets, Mode.WALK)
    assert network.reachable.tolist() == [True, kept]
    on_other = network.snap(at(other[-1]))
    assert on_other.segment[0] == (1 if kept else 0)
    assert on_other.access_m[0] <= 100 + 1e-6


def test_the_middle_of_a_path_counts_not_only_its_ends():
    """A path of 300 m between two streets that it meets without a node: its middle is 150 m away."""
    streets, _ = beside([(0, 0), (2000, 0)], [(0, 300), (1500, 300)], [(500, 2), (500, 298)])
    network = compile_network(streets, Mode.WALK)
    assert network.reachable.tolist() == [True, True, True]


def test_nobody_is_put_off_a_street_without_way_back_by_more_than_100_m():
    """A one-way street leaves 0 - 1 for good: beside its end no car can start or arrive."""
    pieces = [(0, 1, "residential", DRIVE), (1, 2, "residential", Access.DRIVE_FORWARD)]
    network = compile_network(segments(pieces), Mode.DRIVE)
    assert network.piece.tolist() == [0, -1]
    near, far = network.snap([[120.3105, 36.1], [120.3125, 36.1]]).segment.tolist()
    assert (near, far) == (0, -1)
    beyond = network.snap([[120.3, 36.104]])
    assert beyond.segment.tolist() == [0]


def test_a_dead_end_one_way_street_is_no_place_for_cars_to_start():
    pieces = [(0, 1, "residential", DRIVE), (1, 2, "residential", Access.DRIVE_FORWARD)]
    network = compile_network(segments(pieces), Mode.DRIVE)
    assert network.reachable.tolist() == [True, False]


def test_lengths_are_geodesic_and_times_follow_the_speed_table():
    network = compile_network(
        segments([(0, 1, "residential", WALK), (1, 2, "steps", WALK)]), Mode.WALK
    )
    assert network.length_m == pytest.approx([900.50, 900.50], abs=0.05)
    assert network.time_s[0] == pytest.approx(900.50 / 1.25, abs=0.1)
    assert network.time_s[1] == pytest.approx(2 * network.time_s[0])
    fast = compile_network(
        segments([(0, 1, "residential", WALK)]), Mode.WALK, speeds=SpeedTable(walk_kmh=9)
    )
    assert fast.time_s[0] == pytest.approx(network.time_s[0] / 2)


def test_one_pace_holds_along_the_street_and_to_it():
    """From 100 m off the street to its middle: all of it at the pace asked for, whoever goes."""
    for mode, kmh in ((Mode.WALK, 4.5), (Mode.WALK, 3.0), (Mode.DRIVE, 3.0)):
        speeds = SpeedTable(walk_kmh=kmh)
        network = compile_network(
            segments([(0, 1, "residential", WALK | DRIVE)]), mode, speeds=speeds
        )
        off = network.snap([[120.301, 36.1009]])
        on = network.snap([[120.305, 36.1]])
        along = network.time_s[0] * abs(on.fraction[0] - off.fraction[0])
        walked = off.access_m[0] / (kmh / 3.6)
        found = nearest(network, off, on, weight="time_s")
        assert off.access_m[0] > 90
        assert found.cost[0, 0] == pytest.approx(along + walked, abs=0.5)
    assert CoverageRule().reach_m(network.walk_m_s) == pytest.approx(900 * 3.0 / 3.6)
    assert CoverageRule(limit_m=500).reach_m(network.walk_m_s) == 500


def test_senseless_input_is_refused():
    with pytest.raises(BadInputError, match="步行"):
        compile_network(segments([(0, 1, "motorway", DRIVE)]), Mode.WALK)
    for wrong in (
        {"walk_kmh": 0},
        {"drive_kmh": {"alley": 5}},
        {"drive_kmh": {"primary": -1}},
        {"posted_share": 1.2},
        {"signal_s": -1},
        {"ebike_kmh": np.nan},
    ):
        with pytest.raises(BadInputError):
            SpeedTable(**wrong)
    with pytest.raises(BadInputError, match="车高"):
        Vehicle(height_m=0)
    assert SpeedTable(drive_kmh={"primary": 70}).drive_kmh["secondary"] == 38
    network = compile_network(segments([(0, 1, "residential", WALK)]), Mode.WALK)
    with pytest.raises(BadInputError, match="经度"):
        network.snap([[36.1, 120.3]])
    with pytest.raises(BadInputError):
        network.snap([[np.nan, 36.1]])
