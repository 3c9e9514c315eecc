"""A route in words: every turn of one small city, by hand.

      4 ── 5 (无名)
      │
3 ────2──── 6          山东路 runs 1-2-4, 香港路 3-2-6
      │
0 ────1                东海路 runs 0-1
"""

from __future__ import annotations

from dataclasses import replace

import networkx as nx
import numpy as np
import pytest
from straight import straight_segments

from geo.bus.planned.plan_layers import DriveRoutes
from geo.crs import to_lonlat
from geo.errors import UnreachableError
from geo.layers.vocabulary import Mode
from geo.network.compile import compile_network
from geo.reach.matrix import matrix
from geo.reach.route import route
from geo.reach.steps import Turn, distance

PLACES = np.array([[0, 0], [300, 0], [300, 200], [0, 200], [300, 1500], [500, 1500], [600, 200]])
STREETS = [(0, 1, 0), (1, 2, 1), (2, 4, 1), (3, 2, 2), (2, 6, 2), (4, 5, -1)]


def degrees(*xy_m):
    return to_lonlat(np.array([520_000.0, 3_990_000.0]) + np.array(xy_m, float))


def city(mode=Mode.WALK, *, streets=STREETS, places=PLACES):
    *ends, name = np.array(streets, np.int32).T
    names = ("东海路", "山东路", "香港路")
    segments = straight_segments(degrees(*places), np.transpose(ends), name=name, names=names)
    return compile_network(segments, mode)


def said(network, origin, destination):
    way = route(network, degrees(origin), degrees(destination))
    assert sum(step.distance_m for step in way.steps) == pytest.approx(way.distance_m, abs=0.5)
    return [step.text.zh for step in way.steps]


def test_turns_streets_and_the_arrival_are_said():
    assert said(city(), [50, 0], [300, 900]) == [
        "从起点沿东海路向东步行 250 米",
        "左转进入山东路，步行 900 米",
        "到达目的地",
    ]
    assert said(city(), [300, 50], [520, 200])[1] == "右转进入香港路，步行 220 米"
    assert said(city(Mode.EBIKE), [300, 900], [100, 200]) == [
        "从起点沿山东路向南骑行 700 米",
        "右转进入香港路，骑行 200 米",
        "到达目的地",
    ]


def test_a_street_without_a_name_is_just_a_turn_and_far_is_in_kilometres():
    assert said(city(), [300, 10], [430, 1500]) == [
        "从起点沿山东路向北步行 1.5 公里",
        "右转，步行 130 米",
        "到达目的地",
    ]


def test_going_straight_over_a_crossing_is_one_step():
    way = route(city(), degrees([100, 200]), degrees([500, 200]))
    assert [step.turn for step in way.steps] == [Turn.DEPART, Turn.ARRIVE]
    assert way.steps[0].text.en == "Walk east along 香港路 for 400 m"


def test_one_who_must_turn_round_is_told_so():
    """A car on a one-way stub drives to its end, and back on the two-way street it came by."""
    streets = [(0, 1, 0), (1, 0, 1), (1, 2, 1)]
    network = city(Mode.DRIVE, streets=streets)
    oneway = replace(network, back=network.name != 0)
    way = route(oneway, degrees([250, 0]), degrees([100, 0]))
    assert [step.turn for step in way.steps][:2] == [Turn.DEPART, Turn.BACK]
    assert way.steps[1].text.zh == "掉头进入山东路，行驶 300 米"


def test_what_lies_off_the_street_is_said():
    assert said(city(), [50, 0], [100, 60])[-1] == "到达目的地，距路边约 60 米"


def test_on_one_street_the_way_is_direct():
    way = route(city(), degrees([200, 0]), degrees([80, 0]))
    assert way.distance_m == pytest.approx(120, abs=0.1)
    assert way.steps[0].text.zh == "从起点沿东海路向西步行 120 米"
    np.testing.assert_allclose(way.lonlat, degrees([200, 0], [80, 0]), atol=1e-7)


def test_no_street_is_no_route():
    with pytest.raises(UnreachableError, match="附近没有"):
        route(city(), degrees([50, 0]), degrees([0, 90_000]))


@pytest.mark.parametrize("seed", range(20))
def test_a_route_is_as_long_as_the_matrix_says_and_its_line_is_too(seed):
    rng = np.random.default_rng(seed)
    grid = nx.grid_2d_graph(5, 5)
    number = {place: row for row, place in enumerate(grid)}
    keep = [edge for edge in grid.edges if rng.random() < 0.8]
    streets = [(number[a], number[b], int(rng.integers(-1, 3))) for a, b in keep]
    places = np.array(list(grid)) * 200.0 + rng.uniform(-40, 40, (25, 2))
    network = city(streets=streets, places=places)
    inside = network.node_lonlat[np.unique(network.start[network.reachable])]
    a, b = inside[rng.choice(len(inside), 2)] + rng.uniform(-3e-4, 3e-4, (2, 2))
    way = route(network, [a], [b])
    ends = network.snap([a, b])
    table = matrix(network, ends.take(np.array([0])), ends.take(np.array([1])))
    assert way.time_s == pytest.approx(table.time_s[0, 0], abs=1e-6)
    assert way.distance_m == pytest.approx(table.distance_m[0, 0], abs=1e-6)
    drawn = np.hypot(*np.diff(network.to_metres(way.lonlat), axis=0).T).sum()
    assert drawn == pytest.approx(way.distance_m - ends.access_m.sum(), rel=1e-3, abs=0.1)
    line = DriveRoutes(network)(tuple(a), tuple(b))
    whole = np.hypot(*np.diff(network.to_metres(line), axis=0).T).sum()
    assert whole == pytest.approx(way.distance_m, rel=1e-3, abs=0.1)


def test_lengths_are_said_as_people_say_them():
    assert [distance(metres).zh for metres in (3, 14, 286, 994, 996, 1849)] == [
        "10 米",
        "10 米",
        "290 米",
        "990 米",
        "1.0 公里",
        "1.8 公里",
    ]
