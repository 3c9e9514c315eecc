"""Coverage and gaps on one street, and totals that always add up."""

from __future__ import annotations

from datetime import date

import geopandas as gpd
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point, box
from straight import straight_segments

from geo.coverage.analyse import analyse_coverage, coverage_by_kind
from geo.coverage.rule import CoverageRule
from geo.crs import to_lonlat, to_metres
from geo.errors import BadInputError, CalendarError
from geo.gaps.find import describe_hours, find_gaps
from geo.layers.vocabulary import Amenity, Cause, Group, Kind, Mode
from geo.network.compile import compile_network
from geo.network.segments import Segments

_ORIGIN = to_metres([[120.30, 36.10]])[0]
_LONG = 10


def place(east_m, north_m=0.0):
    return Point(*to_lonlat([[_ORIGIN[0] + east_m, _ORIGIN[1] + north_m]])[0])


def _street() -> Segments:
    """A straight 10 km street with a node every kilometre."""
    nodes = np.array([place(1000 * i).coords[0] for i in range(_LONG + 1)])
    return straight_segments(nodes, [(i, i + 1) for i in range(_LONG)])


NETWORK = compile_network(_street(), Mode.WALK)
RULE = CoverageRule(limit_m=1000.0, kinds=())


def stations(*rows):
    """Stations as (east_m, hours, amenities, kind)."""
    table = [
        {
            "id": f"S{i}",
            "name": f"站{i}",
            "kind": str(kind),
            "status": "open",
            "opening_hours": hours,
            "amenities": amenities,
            "geometry": place(east_m),
        }
        for i, (east_m, hours, amenities, kind) in enumerate(rows)
    ]
    return gpd.GeoDataFrame(table, geometry="geometry", crs=4326)


def workers(*rows):
    """Concentrations as (shape or east_m, workers, hours, district, group)."""
    table = [
        {
            "id": f"W{i}",
            "workers": count,
            "active_hours": hours,
            "district": district,
            "subdistrict": None,
            "group": group,
            "setting": "work",
            "geometry": place(shape) if isinstance(shape, int | float) else shape,
        }
        for i, (shape, count, hours, district, group) in enumerate(rows)
    ]
    return gpd.GeoDataFrame(table, geometry="geometry", crs=4326)


REST = Kind.OUTDOOR_REST_STATION
NOON = "Mo-Su 10:00-14:00"


def test_covered_by_distance_and_hour_by_hour_with_bands_and_nearest():
    seen = analyse_coverage(
        NETWORK,
        stations((0, "Mo-Fr 08:00-12:00", "", REST), (5000, "24/7", "", REST)),
        workers(
            (500, 10, NOON, "A", "courier"),
            (2400, 20, NOON, "A", "courier"),
            (5400, 40, NOON, "B", "courier"),
        ),
        RULE,
    )
    assert (seen.workers_total, seen.workers_covered) == (70, 50)
    assert seen.worker_hours_total == 70 * 28
    assert seen.worker_hours_covered == 10 * 2 * 5 + 40 * 28
    assert seen.nearest_station.tolist() == [0, 0, 1]
    assert seen.nearest_m == pytest.approx([500, 2400, 400], abs=1)
    assert seen.bands((400.5, 1000, 3000))["workers"].tolist() == [40, 50, 70]
    by_district = seen.table("district").set_index("district")["workers_covered"]
    assert by_district.to_dict() == {"A": 10, "B": 40}


def test_the_limit_itself_is_covered_and_a_metre_more_is_not():
    there = stations((0, "24/7", "", REST))
    crowd = workers((900, 1, NOON, "A", "courier"))
    exact = analyse_coverage(NETWORK, there, crowd, RULE).nearest_m[0]
    for limit, covered in ((exact, 1), (exact + 1, 1), (exact - 1, 0)):
        rule = CoverageRule(limit_m=float(limit), kinds=())
        assert analyse_coverage(NETWORK, there, crowd, rule).workers_covered == covered


def test_kinds_amenities_and_status_decide_what_counts():
    there = stations((0, "24/7", "toilet", REST), (100, "24/7", "wifi", Kind.MOTHERS_ROOM))
    there.loc[2] = there.loc[0]
    there.loc[2, ["id", "status"]] = ["S2", "closed"]
    for rule, counting in (
        (CoverageRule(kinds=()), [True, True, False]),
        (CoverageRule(kinds=(REST,)), [True, False, False]),
        (CoverageRule(kinds=(), amenities=(Amenity.WIFI,)), [False, True, False]),
    ):
        assert rule.counting(there).tolist() == counting


def test_gaps_tell_far_from_closed_from_ill_equipped():
    seen = analyse_coverage(
        NETWORK,
        stations((0, "Mo-Su 12:00-14:00", "toilet", REST), (9000, "24/7", "", REST)),
        workers(
            (200, 10, NOON, "A", "courier"),
            (4000, 20, NOON, "A", "courier"),
            (4500, 5, NOON, "A", "delivery_rider"),
            (9000, 40, NOON, "B", "courier"),
        ),
        CoverageRule(limit_m=1000.0, kinds=(), amenities=(Amenity.TOILET,)),
    )
    gaps = find_gaps(NETWORK, seen).set_index("cause")
    assert gaps["workers"].to_dict() == {
        str(Cause.LACKS_AMENITY): 40,
        str(Cause.TOO_FAR): 25,
        str(Cause.CLOSED_THEN): 10,
    }
    assert gaps["worker_hours"].to_dict() == {
        str(Cause.LACKS_AMENITY): 40 * 28,
        str(Cause.TOO_FAR): 25 * 28,
        str(Cause.CLOSED_THEN): 10 * 14,
    }
    assert gaps.loc[str(Cause.CLOSED_THEN), "hours"] == "每天 10:00–12:00"
    assert (
        gaps.loc[str(Cause.TOO_FAR), "workers_by_group"] == '{"courier": 20, "delivery_rider": 5}'
    )
    assert gaps["rank"].to_dict()[str(Cause.LACKS_AMENITY)] == 1
    assert gaps.geometry.is_valid.all()


def test_hours_are_said_by_runs_of_days():
    week = np.zeros((7, 24))
    week[:5, 17:20] = 10
    week[6, :] = 10
    assert describe_hours(week.ravel()) == "周一至周五 17:00–20:00；周日 24小时"
    assert describe_hours(np.ones(168)) == "全天"


def test_an_area_is_spread_over_its_street_nodes_and_keeps_its_workers():
    area = box(*place(1500, -50).coords[0], *place(4500, 50).coords[0])
    seen = analyse_coverage(
        NETWORK,
        stations((2000, "24/7", "", REST)),
        workers((area, 90, NOON, "A", "courier")),
        CoverageRule(limit_m=100.0, kinds=()),
    )
    assert seen.demand.workers == pytest.approx([30, 30, 30], rel=1e-5)
    assert seen.workers_covered == pytest.approx(30, rel=1e-5)


def test_senseless_input_is_refused():
    with pytest.raises(ValueError, match="limit_s"):
        CoverageRule(limit_s=0)
    with pytest.raises(ValueError, match="limit_s or limit_m"):
        CoverageRule(limit_s=60, limit_m=100)
    crowd = workers((200, -1, NOON, "A", "courier"))
    with pytest.raises(BadInputError, match="W0"):
        analyse_coverage(NETWORK, stations((0, "24/7", "", REST)), crowd, RULE)


def test_a_mothers_room_serves_the_women_and_nobody_else():
    """W0: 10 workers, 4 of them women aged 35-59, beside the room; W1 states no women."""
    crowd = workers((100, 10, NOON, "A", "courier"), (200, 6, NOON, "A", "courier"))
    crowd["women_35_59"] = [4, None]
    there = stations((0, "24/7", "", Kind.MOTHERS_ROOM), (3000, "24/7", "", REST))
    alone = analyse_coverage(
        NETWORK,
        there,
        crowd,
        CoverageRule(limit_m=1000, kinds=(Kind.MOTHERS_ROOM,)),
    )
    assert (alone.workers_total, alone.workers_covered) == (4, 4)
    assert alone.unstated_workers == 6
    both = analyse_coverage(NETWORK, there, crowd, RULE)
    assert (both.workers_total, both.workers_covered) == (16, 4)
    assert both.nearest_station[both.women].tolist() == [0]
    assert both.nearest_station[~both.women].tolist() == [1, 1]
    assert set(both.demand.workers[both.pairs.point]) == {4}
    assert both.table("group")["workers_covered"].tolist() == [4]


def test_more_women_than_workers_are_refused():
    crowd = workers((100, 10, NOON, "A", "courier"))
    crowd["women_35_59"] = [11]
    there = stations((0, "24/7", "", Kind.MOTHERS_ROOM))
    with pytest.raises(BadInputError, match="W0"):
        analyse_coverage(NETWORK, there, crowd, RULE)


def test_only_the_groups_asked_for_are_counted():
    crowd = workers((100, 10, NOON, "A", "courier"), (200, 5, NOON, "A", "truck_driver"))
    rule = CoverageRule(limit_m=1000.0, kinds=(), groups=(Group.TRUCK_DRIVER,))
    seen = analyse_coverage(NETWORK, stations((0, "24/7", "", REST)), crowd, rule)
    assert (seen.workers_total, seen.workers_covered) == (5, 5)


def test_the_next_stations_stand_beside_the_nearest_in_metres_and_seconds():
    there = stations((0, NOON, "", REST), (1000, NOON, "", REST), (5000, NOON, "", REST))
    seen = analyse_coverage(NETWORK, there, workers((900, 1, NOON, "A", "courier")), RULE)
    assert seen.by_distance.site.tolist() == [[1, 0, 2]]
    assert seen.by_distance.cost[0] == pytest.approx([100, 900, 4100], abs=1)
    assert seen.by_time.cost[0] == pytest.approx([80, 720, 3280], abs=1)


def test_a_station_without_hours_is_near_but_never_surely_open():
    there = stations((0, None, "", REST), (3000, NOON, "", REST))
    crowd = workers((100, 10, NOON, "A", "courier"), (2900, 5, "24/7", "A", "courier"))
    seen = analyse_coverage(NETWORK, there, crowd, RULE)
    assert seen.workers_covered == 15
    assert seen.worker_hours_covered == 5 * 28
    assert seen.stations_without_hours == 1
    assert seen.worker_hours_unsure == 10 * 28


def test_the_national_day_week_differs_from_the_ordinary_one():
    """5 to 11 October 2026: off until Wednesday, working Thursday, Friday and make-up Saturday."""
    there = stations((0, "Mo-Fr 08:00-12:00", "", REST))
    crowd = workers((100, 10, "Mo-Su 10:00-14:00", "A", "courier"))
    seen = analyse_coverage(NETWORK, there, crowd, RULE)
    holidays = seen.in_week(date(2026, 10, 8))
    assert seen.worker_hours_covered == 10 * 2 * 5
    assert holidays.worker_hours_covered == 10 * 2 * 3
    assert holidays.monday == date(2026, 10, 5)
    assert holidays.worker_hours_total == seen.worker_hours_total
    by_day = holidays.open_hours[0].reshape(7, 24).sum(axis=1)
    assert by_day.tolist() == [0, 0, 0, 4, 4, 4, 0]
    with pytest.raises(CalendarError, match="2031"):
        seen.in_week(date(2031, 10, 8))


def test_one_survey_answers_for_every_kind_as_its_own_analysis_does():
    there = stations((0, "24/7", "", REST), (4000, NOON, "", Kind.LEGAL_SERVICE_STATION))
    crowd = workers((500, 10, NOON, "A", "courier"), (4500, 7, NOON, "B", "courier"))
    by_kind = coverage_by_kind(NETWORK, there, crowd, RULE)
    for kind, seen in by_kind.items():
        alone = analyse_coverage(NETWORK, there, crowd, RULE.of_kinds(kind))
        assert seen.workers_covered == alone.workers_covered
        assert (seen.open_hours == alone.open_hours).all()
    assert by_kind[Kind.LEGAL_SERVICE_STATION].workers_covered == 7
    assert set(by_kind) == set(Kind)


HOURS = st.sampled_from(["24/7", NOON, "Mo-Fr 08:00-17:00", "22:00-06:00"])
PLACES = st.integers(0, 9999)
CROWDS = st.lists(
    st.tuples(
        PLACES,
        st.integers(0, 500),
        HOURS,
        st.sampled_from("AB"),
        st.sampled_from(["courier", "truck_driver"]),
    ),
    min_size=1,
    max_size=12,
)
OPEN = st.lists(
    st.tuples(PLACES, HOURS, st.sampled_from(["", "toilet"]), st.just(REST)), min_size=1, max_size=6
)


@settings(max_examples=60, deadline=None)
@given(crowd=CROWDS, there=OPEN, needs=st.booleans(), limit=st.integers(50, 4000))
def test_every_table_and_the_gaps_add_up_to_the_input(crowd, there, needs, limit):
    amenities = (Amenity.TOILET,) if needs else ()
    rule = CoverageRule(limit_m=float(limit), kinds=(), amenities=amenities)
    seen = analyse_coverage(NETWORK, stations(*there), workers(*crowd), rule)
    assert seen.workers_total == sum(row[1] for row in crowd)
    for columns in (("district",), ("group", "district"), ("setting",)):
        table = seen.table(*columns).sum(numeric_only=True)
        assert table["workers"] == pytest.approx(seen.workers_total)
        assert table["workers_covered"] == pytest.approx(seen.workers_covered)
        assert table["worker_hours_covered"] == pytest.approx(seen.worker_hours_covered)
    gaps = find_gaps(NETWORK, seen)
    missed = seen.worker_hours_total - seen.worker_hours_covered
    assert gaps["worker_hours"].astype(float).sum() == pytest.approx(missed)
    without = gaps[gaps["cause"] != str(Cause.CLOSED_THEN)]
    assert without["workers"].sum() == pytest.approx(seen.workers_total - seen.workers_covered)
