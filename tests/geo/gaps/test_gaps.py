"""Gaps of small cities whose every number is done by hand."""

from __future__ import annotations

import itertools
import json

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from shapely import Point
from straight import straight_segments

from geo.coverage.analyse import analyse_coverage
from geo.coverage.rule import CoverageRule
from geo.crs import to_lonlat, to_metres
from geo.demand.spreading import whole
from geo.gaps.causes import extensions
from geo.gaps.clusters import outlines, street_clusters
from geo.gaps.find import find_gaps
from geo.gaps.gap_streets import gap_streets
from geo.hours import week_mask
from geo.hours.week import osm_hours, week_text
from geo.layers.vocabulary import Amenity, Cause, Kind, Mode
from geo.network.compile import compile_network
from geo.reach.catchments import catchments

_ORIGIN = to_metres([[120.30, 36.10]])[0]
NOON = "Mo-Su 10:00-14:00"
LONG = "Mo-Su 08:00-20:00"


def place(east_m, north_m=0.0):
    return Point(*to_lonlat([[_ORIGIN[0] + east_m, _ORIGIN[1] + north_m]])[0])


def streets(nodes_m, edges, mode=Mode.WALK, banned_turns=()):
    """Straight two-way streets between nodes given in metres east and north."""
    nodes = np.array([place(*node).coords[0] for node in nodes_m])
    banned = np.array(banned_turns, np.int32).reshape(-1, 4)
    return compile_network(straight_segments(nodes, edges, banned_turns=banned), mode)


RIVER = streets([(0, 80), (3000, 80), (3000, 0), (0, 0)], [(0, 1), (1, 2), (2, 3)])
"""Two banks 80 m apart, three kilometres long, joined by a bridge at the east end.

    0 ---------------- 1
                       |
    3 ---------------- 2
"""


def stations(*rows):
    """Stations as (east_m, north_m, hours, amenities)."""
    table = [
        {
            "id": f"S{i}",
            "name": f"站{i}",
            "kind": str(Kind.OUTDOOR_REST_STATION),
            "status": "open",
            "opening_hours": hours,
            "amenities": amenities,
            "geometry": place(east_m, north_m),
        }
        for i, (east_m, north_m, hours, amenities) in enumerate(rows)
    ]
    return gpd.GeoDataFrame(table, geometry="geometry", crs=4326)


def workers(*rows):
    """Concentrations as (east_m, north_m, workers, hours)."""
    table = [
        {
            "id": f"W{i}",
            "workers": count,
            "active_hours": hours,
            "district": "A",
            "subdistrict": "B",
            "group": "courier",
            "setting": "work",
            "geometry": place(east_m, north_m),
        }
        for i, (east_m, north_m, count, hours) in enumerate(rows)
    ]
    return gpd.GeoDataFrame(table, geometry="geometry", crs=4326)


def gaps_of(network, there, crowd, *, limit=500.0, amenities=(), **more):
    rule = CoverageRule(limit_m=limit, kinds=(), amenities=amenities)
    coverage = analyse_coverage(network, there, crowd, rule)
    if callable(more.get("supply")):
        more["supply"] = more["supply"](coverage)
    return find_gaps(network, coverage, **more)


def test_two_banks_of_a_river_are_two_gaps_that_do_not_overlap():
    """80 m apart in the air, 5,080 m by the bridge."""
    crowd = workers((500, 80, 30, NOON), (500, 0, 20, NOON), (700, 0, 5, NOON))
    gaps = gaps_of(RIVER, stations((3000, 40, "24/7", "")), crowd)
    assert gaps["workers"].tolist() == [30, 25]
    assert gaps["rank"].tolist() == [1, 2]
    one, two = gaps.to_crs(4549).geometry
    assert shapely.intersection(one, two, grid_size=1e-3).area < 1
    assert one.contains(gpd.GeoSeries([place(500, 80)], crs=4326).to_crs(4549)[0])
    assert not one.intersects(gpd.GeoSeries([place(500, 0)], crs=4326).to_crs(4549)[0])


def test_a_gap_is_the_streets_in_it_that_nobody_serves():
    """Its own bank alone, as far as the gap reaches; nothing of the air between."""
    crowd = workers((500, 80, 30, NOON), (500, 0, 20, NOON))
    there = stations((3000, 40, "24/7", ""))
    coverage = analyse_coverage(RIVER, there, crowd, CoverageRule(limit_m=500.0, kinds=()))
    gaps = find_gaps(RIVER, coverage)
    lines = gap_streets(gaps, coverage)
    assert lines["gap_id"].tolist() == gaps["gap_id"].tolist()
    for outline, line in zip(gaps.to_crs(4549).geometry, lines.to_crs(4549).geometry, strict=True):
        assert line.geom_type == "MultiLineString"
        assert shapely.length(line) == pytest.approx(outline.bounds[2] - outline.bounds[0], abs=1)
        assert outline.buffer(0.1).contains(line)
    served = stations((500, 0, "24/7", ""))
    coverage = analyse_coverage(RIVER, served, crowd, CoverageRule(limit_m=9000.0, kinds=()))
    untouched = gap_streets(gaps, coverage)  # every street is within reach now
    assert set(untouched.geom_type) <= {"Polygon", "MultiPolygon"}


def test_a_station_across_the_river_is_told_as_a_detour():
    """S0 is 80 m away in the air, 6,080 m on foot; S1, 4,080 m on foot, is the nearest."""
    there = stations((0, 0, "24/7", ""), (2000, 0, "24/7", ""))
    (gap,) = gaps_of(RIVER, there, workers((0, 80, 30, NOON))).to_dict("records")
    assert (gap["cause"], gap["nearest_station_id"]) == ("too_far", "S1")
    assert gap["nearest_m"] == pytest.approx(4080, abs=3)
    assert (gap["detour_station_id"], round(gap["detour_air_m"])) == ("S0", 80)
    assert gap["detour_m"] is None or np.isnan(gap["detour_m"])  # beyond six times the limit
    assert "“站0”直线 80 米，步行很远甚至不通" in gap["reading_zh"]
    (gap,) = gaps_of(RIVER, there[:1], workers((1500, 80, 30, NOON)), limit=1510.0).to_dict(
        "records"
    )
    assert gap["detour_m"] == pytest.approx(4580, abs=3)
    assert gap["nearest_air_m"] == pytest.approx(1502, abs=1)


def test_a_gap_of_closing_time_names_the_station_and_the_hours_that_cure_it():
    """S0 (8-12) is near 10 + 20 workers, S1 (10-20, not at weekends) near the 20 only.

    All are there 8-20. The 10 miss 12-20 every day, 56 hours each; the 20 miss that at weekends,
    16 hours each. S0 open longer serves them all.
    """
    there = stations((0, 0, "Mo-Su 08:00-12:00", ""), (900, 0, "Mo-Fr 10:00-20:00", ""))
    crowd = workers((100, 0, 10, LONG), (450, 0, 20, LONG))
    (gap,) = gaps_of(RIVER, there, crowd, link_m=400.0).to_dict("records")
    assert (gap["cause"], gap["workers"]) == ("closed_then", 30)
    assert gap["worker_hours"] == 10 * 56 + 20 * 16
    (cure,) = json.loads(gap["cures"])
    assert cure["station_id"] == "S0"
    assert week_mask(cure["osm_hours"]).sum() == 56
    assert cure["hours"] == "每天 12:00–20:00"
    assert (cure["workers"], cure["worker_hours"]) == (30, 880)
    assert "不必新建" in gap["reading_zh"]
    assert "“站0”加开 每天 12:00–20:00，服务 30 人" in gap["reading_zh"]


def test_cures_add_up_to_the_gap():
    """Nobody but S0 is near the first, nobody but S1 near the last; the middle has both."""
    there = stations((0, 0, "Mo-Su 08:00-12:00", ""), (900, 0, "Mo-Su 08:00-12:00", ""))
    crowd = workers((100, 0, 10, LONG), (450, 0, 20, LONG), (800, 0, 15, LONG))
    (gap,) = gaps_of(RIVER, there, crowd, link_m=400.0).to_dict("records")
    cures = json.loads(gap["cures"])
    assert [cure["station_id"] for cure in cures] == ["S1", "S0"]
    assert [cure["workers"] for cure in cures] == [35, 10]
    assert sum(cure["worker_hours"] for cure in cures) == gap["worker_hours"] == 45 * 56


def test_a_station_that_does_not_state_its_hours_is_to_be_asked_first():
    (gap,) = gaps_of(RIVER, stations((0, 0, None, "")), workers((100, 0, 10, NOON))).to_dict(
        "records"
    )
    assert gap["cause"] == "closed_then"
    assert json.loads(gap["cures"])[0]["hours_stated"] is False
    assert (
        "“站0”没有填写开放时间（按不开门计），请先核实 每天 10:00–14:00 是否开门"
        in gap["reading_zh"]
    )


def test_an_ill_equipped_station_is_the_one_named_with_what_it_lacks():
    there = stations((100, 0, "24/7", "toilet"), (3000, 40, "24/7", "toilet;wifi"))
    (gap,) = gaps_of(
        RIVER, there, workers((0, 0, 8, NOON)), amenities=(Amenity.TOILET, Amenity.WIFI)
    ).to_dict("records")
    assert (gap["cause"], gap["nearest_station_id"]) == ("lacks_amenity", "S0")
    assert gap["nearest_m"] == pytest.approx(100, abs=1)
    assert gap["lacking"] == "wifi"
    assert "缺无线网络" in gap["reading_zh"]


def test_a_station_that_cannot_take_them_all_is_full():
    """Supply 0.25 of a need of 1: three quarters of 28 hours of 40 workers go unserved."""
    gaps = gaps_of(
        RIVER,
        stations((0, 0, "24/7", "")),
        workers((100, 0, 40, NOON), (2000, 0, 7, NOON)),
        supply=lambda coverage: np.full(len(coverage.demand), 0.25),
    ).set_index("cause")
    assert gaps.loc["full", "workers"] == 40
    assert gaps.loc["full", "worker_hours"] == pytest.approx(40 * 28 * 0.75)
    assert gaps.loc["too_far", "workers"] == 7
    assert "接待能力不够" in gaps.loc["full", "reading_zh"]


def test_workers_off_every_street_are_one_gap_and_said_to_be():
    crowd = workers((0, 5000, 3, NOON), (100, 5000, 4, NOON))
    (gap,) = gaps_of(RIVER, stations((0, 0, "24/7", "")), crowd).to_dict("records")
    assert (gap["cause"], gap["workers"]) == ("unreachable", 7)
    assert gap["nearest_station_id"] is None
    assert "没有可通行的道路" in gap["reading_zh"]


PENINSULA = streets([(0, 0), (3000, 0), (0, 300), (1500, 300)], [(0, 1), (2, 3)])
"""A shore and, 300 m over the water, a road of 1.5 km that nothing joins with it."""


def test_workers_on_streets_without_a_way_to_any_station_are_told_so():
    """Seven are 300 m from a station over water and eight beside it; a station there mends it."""
    crowd = workers((100, 300, 7, NOON), (100, 0, 8, NOON))
    shore = stations((100, 0, "24/7", ""))
    (gap,) = gaps_of(PENINSULA, shore, crowd).to_dict("records")
    assert (gap["cause"], gap["workers"]) == ("unreachable", 7)
    assert gap["nearest_station_id"] is None
    assert "共 1.5 公里）上没有站点" in gap["reading_zh"]
    assert "没有可通行的道路" not in gap["reading_zh"]
    there = stations((100, 0, "24/7", ""), (120, 300, "24/7", ""))
    assert gaps_of(PENINSULA, there, crowd).empty


def test_too_far_on_the_same_streets_is_no_want_of_a_way():
    crowd = workers((1400, 300, 7, NOON))
    there = stations((0, 300, "24/7", ""), (1400, 0, "24/7", ""))
    (gap,) = gaps_of(PENINSULA, there, crowd).to_dict("records")
    assert gap["cause"] == "too_far"
    assert gap["nearest_station_id"] == "S0"


def test_nobody_uncovered_is_no_gap():
    gaps = gaps_of(RIVER, stations((0, 0, "24/7", "")), workers((100, 0, 40, NOON)))
    assert gaps.empty
    assert gaps.crs.to_epsg() == 4326


def test_a_hostile_name_stays_in_the_text_only():
    there = stations((2000, 0, "24/7", ""))
    there["name"] = '=HYPERLINK("x")<script>'
    (gap,) = gaps_of(RIVER, there, workers((0, 0, 8, NOON))).to_dict("records")
    assert '“=HYPERLINK("x")<script>”' in gap["reading_zh"]


GRID = streets(
    [(300 * x, 300 * y) for y in range(4) for x in range(4)],
    [(4 * y + x, 4 * y + x + 1) for y in range(4) for x in range(3)]
    + [(4 * y + x, 4 * y + x + 4) for y in range(3) for x in range(4)],
)
SPOTS = st.lists(st.tuples(st.integers(-50, 950), st.integers(-50, 950)), min_size=1, max_size=14)


@settings(max_examples=60, deadline=None)
@given(spots=SPOTS, link_m=st.integers(50, 900), kinds=st.integers(1, 2))
@example(spots=[(10, 20), (10, 20), (10, 20), (300, 300), (300, 300)], link_m=50, kinds=1)
def test_clusters_are_those_of_all_pairs(spots, link_m, kinds):
    points = GRID.snap([place(*spot).coords[0] for spot in spots])
    kind = np.arange(len(points)) % kinds
    pairs = catchments(GRID, points, points, float(link_m))
    graph = nx.Graph()
    graph.add_nodes_from(range(len(points)))
    same = kind[pairs.site] == kind[pairs.point]
    graph.add_edges_from(zip(pairs.site[same].tolist(), pairs.point[same].tolist(), strict=True))
    label = street_clusters(GRID, points, kind, float(link_m))
    ours = {frozenset(np.flatnonzero(label == one).tolist()) for one in set(label.tolist())}
    assert ours == {frozenset(part) for part in nx.connected_components(graph)}


def test_a_junction_with_a_banned_turn_does_not_part_those_around_it():
    """Streets of 300 m cross at 0; no car turns from the west to the north. Two points 100 m up the
    west and the south are 200 m apart on the streets, as they are where every turn may be made.
    """
    cross = [(0, 0), (-300, 0), (0, 300), (300, 0), (0, -300)]
    arms = [(1, 0), (0, 2), (0, 3), (0, 4)]
    spots = [place(-100).coords[0], place(0, -100).coords[0]]
    for banned in ([], [(0, 1, 1, 0)]):
        by_car = streets(cross, arms, Mode.DRIVE, banned)
        points = by_car.snap(spots)
        for link_m, together in ((199.0, False), (201.0, True)):
            one, other = street_clusters(by_car, points, np.zeros(2, np.int64), link_m)
            assert (one == other) == together


@settings(max_examples=60, deadline=None)
@given(spots=SPOTS, groups=st.integers(1, 4), radius_m=st.integers(20, 400))
@example(
    spots=[(0, 0), (0, 1), (0, -1), (0, 562), (252, 0), (281, -10), (426, 136)],
    groups=3,
    radius_m=145,
)
def test_outlines_hold_their_own_places_and_no_other(spots, groups, radius_m):
    xy_m = np.unique(np.array(spots, float), axis=0)
    label = np.arange(len(xy_m)) % (groups + 1) - 1
    n_groups = int(label.max()) + 1
    shapes = outlines(xy_m, label, n_groups, float(radius_m))
    assert shapely.is_valid(shapes).all()
    for one, two in itertools.combinations(shapes, 2):
        # Without a grid GEOS at times takes a shape that only touches for one that overlaps.
        assert shapely.intersection(one, two, grid_size=1e-3).area < 1
    for number, place_m in enumerate(xy_m):
        inside = shapely.contains_xy(shapes, *place_m)
        assert inside.tolist() == [group == label[number] for group in range(n_groups)]


CROWD = st.lists(
    st.tuples(
        st.integers(0, 3000),
        st.sampled_from([0, 80, 5000]),
        st.floats(0, 500, allow_nan=False),
        st.sampled_from([NOON, LONG, "24/7", "22:00-06:00"]),
    ),
    min_size=1,
    max_size=10,
)
THERE = st.lists(
    st.tuples(
        st.integers(0, 3000),
        st.sampled_from([0, 80]),
        st.sampled_from([NOON, LONG, "24/7"]),
        st.sampled_from(["", "toilet"]),
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=50, deadline=None)
@given(crowd=CROWD, there=THERE, needs=st.booleans(), limit=st.integers(50, 4000))
def test_every_uncovered_worker_is_in_exactly_one_gap_of_place(crowd, there, needs, limit):
    rule = CoverageRule(
        limit_m=float(limit), kinds=(), amenities=(Amenity.TOILET,) if needs else ()
    )
    seen = analyse_coverage(RIVER, stations(*there), workers(*crowd), rule)
    gaps = find_gaps(RIVER, seen)
    of_place = gaps[gaps["cause"] != str(Cause.CLOSED_THEN)]
    missed = seen.workers_total - seen.workers_covered
    assert int(of_place["workers"].sum()) == round(missed)
    assert gaps["worker_hours"].astype(float).sum() == pytest.approx(
        seen.worker_hours_total - seen.worker_hours_covered, abs=1e-2
    )
    for gap in gaps.to_dict("records"):
        for column in ("workers_by_group", "workers_by_setting"):
            assert sum(json.loads(gap[column]).values()) == gap["workers"]
        if gap["cause"] == str(Cause.CLOSED_THEN):
            cured = sum(cure["worker_hours"] for cure in json.loads(gap["cures"]))
            assert cured == pytest.approx(gap["worker_hours"], abs=0.6)
    assert gaps.geometry.is_valid.all()
    assert not gaps.geometry.is_empty.any()


@settings(max_examples=100)
@given(st.lists(st.booleans(), min_size=168, max_size=168))
def test_hours_in_osm_syntax_read_back_as_themselves(hours):
    mask = np.array(hours)
    assert week_mask(osm_hours(mask)).tolist() == hours


def test_hours_in_words():
    week = np.zeros((7, 24), bool)
    assert week_text(week.ravel()).zh == ""
    week[:5, 17:20] = True
    week[6, :] = True
    assert osm_hours(week.ravel()) == "Mo-Fr 17:00-20:00; Su 00:00-24:00"
    assert week_text(week.ravel()).en == "Mon–Fri 17:00–20:00; Sun 24 hours"
    assert osm_hours(np.ones(168, bool)) == "24/7"


@given(st.lists(st.floats(0, 1e6, allow_nan=False), max_size=30))
def test_rounding_loses_nobody(amounts):
    counts = whole(amounts)
    assert counts.sum() == round(float(np.sum(amounts)))
    assert (np.abs(counts - np.array(amounts)) <= 1).all()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**31), st.integers(1, 8), st.integers(1, 5))
def test_extensions_serve_every_hour_within_reach_and_count_nobody_twice(seed, n, s):
    rng = np.random.default_rng(seed)
    reach = csr_matrix(rng.random((n, s)) < 0.5)
    unserved = rng.integers(0, 3, (n, 168)).astype(float)
    chosen = extensions(reach, unserved, np.full(n, 2.0))
    within = np.asarray(reach.sum(axis=1)).ravel() > 0
    assert sum(one.worker_hours for one in chosen) == pytest.approx(unserved[within].sum())
    gains = [one.worker_hours for one in chosen]
    assert gains == sorted(gains, reverse=True)
    for point in np.flatnonzero(within):
        near = [one for one in chosen if reach[point, one.station]]
        assert near
        opened = np.any([one.hours for one in near], axis=0)
        assert opened[unserved[point] > 0].all()
