"""Tables, comparisons and ranges: by hand, and adding up to the input whatever it is."""

from __future__ import annotations

from datetime import date

import geopandas as gpd
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point
from straight import straight_segments

from geo.coverage.analyse import analyse_coverage, coverage_by_kind
from geo.coverage.capacity import measure_capacity
from geo.coverage.comparison import compare_coverage
from geo.coverage.rule import CoverageRule
from geo.coverage.tables import (
    WeekPart,
    coverage_on_dates,
    covered_by_hour,
    hours_table,
    reach_table,
    week_parts,
)
from geo.coverage.uncertainty import measure_uncertainty
from geo.crs import to_lonlat, to_metres
from geo.errors import BadInputError, CalendarError
from geo.layers.vocabulary import WOMEN_ONLY_KINDS, Kind, Mode
from geo.network.compile import compile_network
from geo.network.speeds import SpeedTable

_ORIGIN = to_metres([[120.30, 36.10]])[0]
REST, MOTHERS = Kind.OUTDOOR_REST_STATION, Kind.MOTHERS_ROOM


def place(east_m):
    return Point(*to_lonlat([[_ORIGIN[0] + east_m, _ORIGIN[1]]])[0])


def street():
    """Return a straight 10 km street with a node every kilometre."""
    nodes = np.array([place(1000 * i).coords[0] for i in range(11)])
    return straight_segments(nodes, [(i, i + 1) for i in range(10)])


NETWORK = compile_network(street(), Mode.WALK)
RULE = CoverageRule(kinds=())


def stations(*rows):
    """Stations as (east_m, hours, kind, capacity)."""
    table = [
        {
            "id": f"S{i}",
            "name": f"站{i}",
            "kind": str(kind),
            "status": "open",
            "amenities": "",
            "opening_hours": hours,
            "capacity": capacity,
            "geometry": place(east_m),
        }
        for i, (east_m, hours, kind, capacity) in enumerate(rows)
    ]
    return gpd.GeoDataFrame(table, geometry="geometry", crs=4326).astype({"capacity": "Int64"})


def workers(*rows):
    """Concentrations as (east_m, workers, women, hours, district, group)."""
    table = [
        {
            "id": f"W{i}",
            "workers": count,
            "women_35_59": min(women, count),
            "active_hours": hours,
            "district": district,
            "group": group,
            "geometry": place(east_m),
        }
        for i, (east_m, count, women, hours, district, group) in enumerate(rows)
    ]
    return gpd.GeoDataFrame(table, geometry="geometry", crs=4326)


HOURS = st.sampled_from(["24/7", "Mo-Su 10:00-14:00", "Mo-Fr 08:00-17:00", "22:00-06:00"])
PLACES = st.integers(0, 9999)
CROWDS = st.lists(
    st.tuples(
        PLACES,
        st.integers(0, 500),
        st.integers(0, 300),
        HOURS,
        st.sampled_from("AB"),
        st.sampled_from(["courier", "truck_driver"]),
    ),
    min_size=1,
    max_size=12,
)
OPEN = st.lists(
    st.tuples(
        PLACES,
        st.one_of(HOURS, st.none()),
        st.sampled_from([REST, MOTHERS]),
        st.one_of(st.integers(1, 50), st.none()),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=30, deadline=None)
@given(crowd=CROWDS, there=OPEN)
def test_every_table_adds_up_to_the_input(crowd, there):
    people = workers(*crowd)
    by_kind = coverage_by_kind(NETWORK, stations(*there), people, RULE)
    hours, reach = hours_table(by_kind), reach_table(by_kind)
    metres = reach_table(by_kind, ("group",), weight="distance_m", breaks=(300, 500, 1000))
    for kind, seen in by_kind.items():
        asked = people["women_35_59" if kind in WOMEN_ONLY_KINDS else "workers"].sum()
        assert seen.workers_total == pytest.approx(asked)
        rows = hours[hours["kind"] == str(kind)]
        assert rows["worker_hours"].sum() == pytest.approx(seen.worker_hours_total)
        assert rows["worker_hours_covered"].sum() == pytest.approx(seen.worker_hours_covered)
        for table in (reach, metres):
            assert table.loc[table["kind"] == str(kind), "workers"].sum() == pytest.approx(asked)
        present, covered = covered_by_hour(seen)
        assert present.sum() == pytest.approx(seen.worker_hours_total)
        assert covered.sum() == pytest.approx(seen.worker_hours_covered)


@settings(max_examples=25, deadline=None)
@given(crowd=CROWDS, there=OPEN)
def test_parting_women_from_the_rest_loses_nobody_and_visits_are_those_of_the_covered(crowd, there):
    people = workers(*crowd)
    seen = analyse_coverage(NETWORK, stations(*there), people, RULE)
    assert seen.workers_total == pytest.approx(people["workers"].sum())
    assert seen.worker_hours_total == pytest.approx(
        float(seen.demand.by_owner(seen.demand.workers) @ seen.demand.active.sum(axis=1))
    )
    full = measure_capacity(seen, visits_per_worker=0.5)
    assert full.visits.sum() == pytest.approx(seen.workers_covered * 0.5)


@settings(max_examples=25, deadline=None)
@given(before=CROWDS, after=CROWDS, there=OPEN)
def test_the_change_of_the_rows_is_the_change_of_the_whole(before, after, there):
    first = analyse_coverage(NETWORK, stations(*there), workers(*before), RULE)
    second = analyse_coverage(NETWORK, stations(*there), workers(*after), RULE)
    seen = compare_coverage(first.table("district", "group"), second.table("district", "group"))
    change = second.workers_covered - first.workers_covered
    assert seen.total("workers_covered") == pytest.approx(change)
    assert seen.by("district")["workers_covered_change"].sum() == pytest.approx(change)
    assert seen.total("worker_hours", "after") == pytest.approx(second.worker_hours_total)


def test_a_row_that_one_side_lacks_counts_as_nothing_there():
    there = stations((0, "24/7", REST, 5))
    first = analyse_coverage(NETWORK, there, workers((100, 10, 0, "24/7", "A", "courier")), RULE)
    second = analyse_coverage(NETWORK, there, workers((100, 7, 0, "24/7", "B", "courier")), RULE)
    seen = compare_coverage(first.table("district", "group"), second.table("district", "group"))
    assert seen.rows["district"].tolist() == ["A", "B"]
    assert seen.rows["workers_covered_change"].tolist() == [-10, 7]
    assert seen.share("before") == 1.0
    with pytest.raises(BadInputError, match="group"):
        compare_coverage(first.table("district"), second.table("district"))


def test_every_hour_of_the_week_belongs_to_one_part():
    names = [list(WeekPart)[number] for number in week_parts()]
    assert {part: names.count(part) for part in WeekPart} == {
        WeekPart.EARLY: 7 * 4,
        WeekPart.OFFICE: 5 * 8,
        WeekPart.WEEKEND: 2 * 8,
        WeekPart.EVENING: 7 * 5,
        WeekPart.NIGHT: 7 * 7,
    }
    assert names[9] == WeekPart.OFFICE
    assert names[5 * 24 + 9] == WeekPart.WEEKEND
    assert names[4] == WeekPart.NIGHT
    assert names[5] == WeekPart.EARLY


def test_bands_by_hand():
    """The station is 300 m (4 min), 600 m (8 min) and 1,500 m (20 min) away."""
    crowd = workers(
        *((at, 10 * n, 0, "24/7", "A", "courier") for n, at in enumerate((300, 600, 1500), 1))
    )
    table = reach_table(
        {REST: analyse_coverage(NETWORK, stations((0, "24/7", REST, 5)), crowd, RULE)}
    )
    assert table["within"].tolist() == [300, 600, 900, np.inf]
    assert table["workers"].tolist() == [10, 20, 0, 30]


@pytest.mark.parametrize("factor", [0.8, 1.2])
def test_speeds_a_fifth_off_are_what_streets_compiled_with_such_speeds_say(factor):
    """Points on the street have no access leg, so a new speed table is the whole truth."""
    crowd = workers(*((100 * n + 37, n, 0, "Mo-Su 10:00-14:00", "A", "courier") for n in range(30)))
    there = stations((0, "Mo-Fr 08:00-12:00", REST, 5))
    seen = analyse_coverage(NETWORK, there, crowd, RULE)
    slow = SpeedTable(walk_kmh=4.5 * factor, steps_kmh=2.25 * factor)
    then = analyse_coverage(compile_network(street(), Mode.WALK, speeds=slow), there, crowd, RULE)
    (row,) = [
        row
        for row in measure_uncertainty(seen).rows
        if row.assumption == "speed" and row.change == pytest.approx(factor - 1)
    ]
    assert row.workers == pytest.approx(then.workers_covered / then.workers_total)
    assert row.worker_hours == pytest.approx(then.worker_hours_covered / then.worker_hours_total)


@settings(max_examples=30, deadline=None)
@given(crowd=CROWDS, there=OPEN, seed=st.integers(0, 9))
def test_the_range_holds_the_figure_and_its_ends_are_new_analyses(crowd, there, seed):
    people, open_there = workers(*crowd), stations(*there)
    seen = analyse_coverage(NETWORK, open_there, people, RULE)
    sure = measure_uncertainty(seen, workers_error=0.1, seed=seed, draws=50)
    total = seen.workers_total or 1.0
    assert sure.workers[0] <= seen.workers_covered / total <= sure.workers[1]
    assert sure == measure_uncertainty(seen, workers_error=0.1, seed=seed, draws=50)
    for row in sure.rows:
        if row.assumption == "limit":
            other = RULE.model_copy(update={"limit_s": RULE.limit * (1 + row.change)})
            again = analyse_coverage(NETWORK, open_there, people, other)
            assert row.workers == pytest.approx(again.workers_covered / total)


def test_counts_without_an_error_do_not_move_the_figure():
    crowd = workers((100, 10, 0, "24/7", "A", "courier"), (5000, 30, 0, "24/7", "B", "courier"))
    seen = analyse_coverage(NETWORK, stations((0, "24/7", REST, 5)), crowd, RULE)
    sure = measure_uncertainty(seen, workers_error=0.0)
    assert {row.workers for row in sure.rows} == {0.25}
    wide = measure_uncertainty(seen, workers_error=0.2, draws=400)
    low, high = (row.workers for row in wide.rows if row.assumption == "workers")
    assert 0.19 < low < 0.24
    assert 0.26 < high < 0.31
    with pytest.raises(BadInputError):
        measure_uncertainty(seen, workers_error=-0.1)


def test_dates_of_the_national_day_are_covered_by_their_kind():
    """Six office hours of overlap on working days and on the make-up Saturday, none on holidays."""
    crowd = workers((100, 10, 0, "Mo-Su 10:00-16:00", "A", "courier"))
    seen = analyse_coverage(NETWORK, stations((0, "Mo-Fr 09:00-17:00", REST, 5)), crowd, RULE)
    days = coverage_on_dates(seen, date(2026, 9, 30), date(2026, 10, 11))
    assert days["day_kind"].tolist() == [
        "ordinary",
        *["holiday"] * 7,
        *["ordinary"] * 2,
        "make_up",
        "ordinary",
    ]
    assert days["worker_hours_covered"].tolist() == [60, *[0] * 7, 60, 60, 60, 0]
    assert set(days["worker_hours"]) == {60}
    week = days[days["date"] >= date(2026, 10, 5)]
    whole = seen.in_week(date(2026, 10, 5))
    assert week["worker_hours_covered"].sum() == whole.worker_hours_covered
    with pytest.raises(BadInputError):
        coverage_on_dates(seen, date(2026, 10, 2), date(2026, 10, 1))
    with pytest.raises(CalendarError, match="2031"):
        coverage_on_dates(seen, date(2031, 1, 6), date(2031, 1, 7))
