"""Actions beyond building, on a street of four doors where every hour can be added up by hand.

Existing: S0 at door 0, Mo-Fr 08:00-17:00 (45 h), without a microwave; S1 at door 1, the same hours.
Workers: 10 couriers at door 0 around the clock, 4 at door 1, 7 at door 2, 1 at door 3.
Candidates: C0 reaches door 2, C1 doors 2 and 3; both Mo-Fr 08:00-17:00.
"""

from __future__ import annotations

from datetime import date
from itertools import combinations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point

from geo.errors import BadInputError, InfeasibleError
from geo.hours import week_mask
from geo.layers.columns import ACTIONS
from geo.layers.vocabulary import Action, Amenity, Group
from geo.reach.catchments import Catchments
from geo.siting.actions.action_problem import action_problem
from geo.siting.actions.action_rules import ActionConstraints, ActionCosts, HoursChoice
from geo.siting.actions.choose import choose_actions
from geo.siting.actions.need import REST, Need
from geo.siting.actions.overflow import split_overflow
from geo.siting.actions.situation import Situation
from geo.siting.models.site_rules import funding_rules
from geo.text import Text

OFFICE = "Mo-Fr 08:00-17:00"
LATE = HoursChoice(Text("延长到 22:00", "until 22:00"), "Mo-Fr 17:00-22:00", 10.0, 1.0)
LUNCH = Need(Text("热饭", "lunch"), (Amenity.MICROWAVE,), "Mo-Fr 11:00-13:00", (Group.COURIER,))
COSTS = ActionCosts(
    hours=(LATE,),
    amenity_cny={Amenity.MICROWAVE: 5.0},
    new_amenities=frozenset({Amenity.MICROWAVE}),
)


def layer(rows, **columns):
    points = [Point(120.3 + 0.02 * k, 36.1) for k in range(rows)]
    return gpd.GeoDataFrame(columns, geometry=points, crs="EPSG:4326")


def pairs_of(reach, n_sites, n_points):
    found = [(site, point) for site in sorted(reach) for point in reach[site]]
    site, point = np.array(found, np.int32).reshape(-1, 2).T
    return Catchments.of_pairs(site, point, np.ones(len(site), np.float32), n_sites, n_points)


def street(**changes):
    given = {
        "stations": layer(
            2,
            id=["S0", "S1"],
            name=["老站", "旧站"],
            opening_hours=[OFFICE] * 2,
            amenities=["toilet", "microwave"],
            capacity=[100.0, 100.0],
            district=["x", "y"],
        ),
        "candidates": layer(
            2,
            id=["C0", "C1"],
            name=["甲店", "乙店"],
            opening_hours=[OFFICE] * 2,
            cost_cny=[30.0, 60.0],
            district=["x", "y"],
            host=["bank", "post"],
        ),
        "places": pairs_of({0: [0], 1: [1], 2: [2], 3: [2, 3]}, 4, 4),
        "demand": pd.DataFrame(
            {
                "workers": [10.0, 4.0, 7.0, 1.0],
                "group": ["courier"] * 4,
                "setting": ["work"] * 4,
                "district": list("xyyy"),
                "gap_id": ["", "", "G1", "G2"],
            }
        ),
        "active": np.ones((4, 168), bool),
        "nearest": pd.DataFrame(
            {
                "nearest_station_id": ["S0"] * 2,
                "nearest_station_name": ["老站"] * 2,
                "nearest_m": [500.0, 600.0],
            }
        ),
    }
    return Situation(**{**given, **changes})


def test_the_best_of_all_kinds_by_hand():
    """35 yuan: S0 until 22:00 (25 h more, 10 workers) costs 10 + 25; C0 (30) brings 7 x 45."""
    plan = choose_actions(street(), ActionConstraints(budget_cny=35.0), COSTS)
    assert plan.actions["target_id"].tolist() == ["C0"]
    assert plan.after - plan.before == plan.upper_bound - plan.before == 7 * 45
    both = choose_actions(street(), ActionConstraints(budget_cny=65.0), COSTS)
    assert both.actions["action"].tolist() == ["open", "extend_hours"]
    assert both.after - both.before == 7 * 45 + 10 * 25
    assert both.actions["worker_hours"].tolist() == [315.0, 250.0]
    assert both.cost_cny == 65.0
    assert list(both.actions.columns) == [*(c.name for c in ACTIONS.columns), "geometry"]
    assert both.actions["gap_ids"].tolist() == ["G1", ""]
    assert "每周新增服务 250 人时" in both.actions["reason_zh"][1]
    assert both.actions["hours_after"][1] == "Mo-Fr 08:00-17:00, Mo-Fr 17:00-22:00"


def test_a_real_week_is_kept_by_stations_and_by_actions():
    """From 1 October 2026 offices are shut: three working days of that week are left."""
    now = street(monday=date(2026, 9, 28))
    site = choose_actions(now, ActionConstraints(budget_cny=30.0), COSTS)
    assert site.before == 14 * 27  # S0 and S1, 9 h on three days
    assert site.after - site.before == 7 * 27
    both = choose_actions(now, ActionConstraints(budget_cny=65.0), COSTS)
    assert both.after - both.before == 7 * 27 + 10 * 15
    meals = choose_actions(now, ActionConstraints(budget_cny=5.0), COSTS, needs=(LUNCH,))
    assert meals.total == 22 * 6  # the couriers, 2 h on three days


def test_build_only_is_the_same_money_spent_on_sites_alone():
    """65 yuan of sites alone is C1 (doors 2 and 3): 8 x 45 = 360 against 565."""
    plan = choose_actions(street(), ActionConstraints(budget_cny=65.0), COSTS)
    assert (plan.build_only.gain, plan.build_only.gain_bound) == (360, 360)
    assert (plan.build_only.sites, plan.build_only.cost_cny) == (1, 60.0)
    assert plan.after - plan.before > plan.build_only.gain_bound


def test_a_microwave_serves_at_noon_and_longer_with_longer_hours():
    plan = choose_actions(street(), ActionConstraints(budget_cny=5.0), COSTS, needs=(REST, LUNCH))
    assert plan.actions["what_zh"].tolist() == ["加装微波炉"]
    assert plan.actions["worker_hours"].tolist() == [10 * 10]
    late = Need(Text("夜宵", "supper"), (Amenity.MICROWAVE,), "Mo-Fr 18:00-20:00")
    both = choose_actions(street(), ActionConstraints(budget_cny=40.0), COSTS, needs=(REST, late))
    assert both.actions["what_zh"].tolist() == ["延长到 22:00，加装微波炉"]
    assert both.after - both.before == 10 * 25 + 10 * 10
    assert both.needs["after"].tolist() == [14 * 45 + 250, 100]


def test_counts_bound_each_kind():
    rules = ActionConstraints(budget_cny=1e6, counts={Action.OPEN: 1, Action.EXTEND_HOURS: 0})
    plan = choose_actions(street(), rules, COSTS)
    assert plan.actions["target_id"].tolist() == ["C1"]
    assert "延长开放时间不超过 0 个" in {one.text.zh for one in plan.binding}


def test_city_and_district_pay_half_each():
    """y has 20 yuan: C1 costs it 30, so only what x carries is left."""
    rules = ActionConstraints(city_cny=1e6, district_cny={"y": 20.0})
    plan = choose_actions(street(), rules, COSTS)
    assert plan.actions["target_id"].tolist() == ["C0", "S0", "S1"]
    spent = plan.districts.set_index("district")["cost_cny"]
    assert spent["y"] / 2 <= 20.0
    exact = choose_actions(street(), ActionConstraints(city_cny=30.0), COSTS)
    assert exact.cost_cny == 60.0


def test_a_station_nobody_needs_moves_where_it_is_needed():
    """S1 and S0 both reach door 1; moving S1 to C1 (8 workers there) gives nothing up."""
    places = pairs_of({0: [0, 1], 1: [1], 2: [2], 3: [2, 3]}, 4, 4)
    rules = ActionConstraints(
        budget_cny=12_000.0, movable=1, counts={Action.OPEN: 0, Action.EXTEND_HOURS: 0}
    )
    plan = choose_actions(street(places=places), rules, COSTS)
    assert plan.actions["action"].tolist() == ["relocate"]
    assert plan.actions["what_zh"].tolist() == ["迁到“乙店”"]
    assert plan.after - plan.before == 8 * 45
    dear = choose_actions(street(), rules, COSTS)
    # Here door 1 has no other station: 4 x 45 is given up for 8 x 45.
    assert dear.actions["worker_hours"].tolist() == [8 * 45 - 4 * 45]
    assert dear.after - dear.before == 180


def test_a_full_station_is_enlarged():
    """S0 has room for 5 of its 10 visitors; one enlargement (30) takes the other 5 in."""
    stations = street().stations.assign(capacity=[5.0, 100.0])
    rules = ActionConstraints(
        budget_cny=5_000.0,
        visits_per_worker_day=1.0,
        counts={Action.OPEN: 0, Action.EXTEND_HOURS: 0},
    )
    plan = choose_actions(street(stations=stations), rules, COSTS)
    assert plan.before == (5 + 4) * 45
    assert plan.actions["action"].tolist() == ["raise_capacity"]
    assert plan.after == (10 + 4) * 45
    assert plan.actions["workers_gaining"].tolist() == [5.0]


def test_overflow_adds_up_and_goes_where_there_is_room():
    workers = np.array([10.0, 20.0, 5.0])
    alone = pairs_of({0: [0, 1], 1: [2]}, 2, 3)
    room = np.array([15.0, 9.0])
    split = split_overflow(workers, alone, room, visits_per_worker_day=1.0, capacity_step=6.0)
    assert np.bincount(split.point, split.workers) == pytest.approx(workers)
    assert split.workers[split.full_at >= 0].sum() == pytest.approx(15)
    assert split.workers[split.taken_in].sum() == pytest.approx(6)
    beside = pairs_of({0: [0, 1], 1: [1, 2]}, 2, 3)
    eased = split_overflow(workers, beside, room, visits_per_worker_day=1.0, capacity_step=6.0)
    assert set(eased.point[eased.full_at >= 0].tolist()) == {0}


def test_a_plan_nothing_bounds_is_refused():
    with pytest.raises(BadInputError):
        ActionConstraints()
    with pytest.raises(BadInputError):
        ActionCosts(amenity_cny={Amenity.MICROWAVE: -1.0})
    with pytest.raises(BadInputError):
        street(active=np.ones((3, 168), bool))
    with pytest.raises(BadInputError):
        funding_rules(np.ones(2), ["x", "y"], city_share=1.5)


def test_forced_sites_and_little_money_fight():
    candidates = street().candidates.assign(fixed=[False, True])
    with pytest.raises(InfeasibleError) as caught:
        choose_actions(street(candidates=candidates), ActionConstraints(budget_cny=59.0), COSTS)
    assert "必选 1 个" in caught.value.text.zh
    assert "总费用不超过 59 元" in caught.value.text.zh


HOURS = st.sampled_from(["", OFFICE, "24/7", "Sa-Su 10:00-20:00", "Mo-Su 06:00-22:00"])


@st.composite
def situations(draw):
    """Draw two stations, two candidates and three doors with any reach, hours and equipment."""
    reach = {s: draw(st.lists(st.integers(0, 2), unique=True)) for s in range(4)}
    active = np.array(
        [week_mask(draw(st.sampled_from(["24/7", "Mo-Sa 09:00-19:00"]))) for _ in range(3)]
    )
    kit = st.sampled_from(["", "microwave", "toilet;microwave"])
    return street(
        stations=street().stations.assign(
            opening_hours=[draw(HOURS), draw(HOURS)], amenities=[draw(kit), draw(kit)]
        ),
        candidates=street().candidates.assign(opening_hours=[draw(HOURS), draw(HOURS)]),
        places=pairs_of(reach, 4, 3),
        demand=pd.DataFrame(
            {
                "workers": draw(st.lists(st.integers(0, 9).map(float), min_size=3, max_size=3)),
                "group": draw(
                    st.lists(st.sampled_from(["courier", "other"]), min_size=3, max_size=3)
                ),
                "setting": ["work"] * 3,
                "district": ["x"] * 3,
            }
        ),
        active=active,
    )


def served_hour_by_hour(now, needs, actions, chosen):
    """Walk the week: slow, and nothing shared with the slots."""
    places = [
        (row, hours, set(str(amenities).split(";")))
        for row, (hours, amenities) in enumerate(
            zip(now.stations["opening_hours"], now.stations["amenities"], strict=True)
        )
    ]
    places += [(actions[m].place, actions[m].hours, set(actions[m].amenities)) for m in chosen]
    total = 0.0
    for need in needs:
        asked = week_mask(need.hours)
        for point, worker in now.demand.iterrows():
            if need.groups and worker["group"] not in need.groups:
                continue
            near = set(now.places.site[now.places.point == point].tolist())
            for hour in range(168):
                if not (now.active[point, hour] and asked[hour]):
                    continue
                total += (
                    need.worth
                    * worker["workers"]
                    * any(
                        row in near
                        and hours
                        and week_mask(hours)[hour]
                        and {str(a) for a in need.amenities} <= held
                        for row, hours, held in places
                    )
                )
    return total


@settings(max_examples=40, deadline=None)
@given(situations(), st.lists(st.integers(0, 50), max_size=3))
def test_rows_of_slots_count_what_a_walk_through_the_week_counts(now, picks):
    needs = (REST, LUNCH)
    made = action_problem(now, ActionConstraints(budget_cny=1e9, movable=0), COSTS, needs)
    chosen = np.zeros(len(made.actions), bool)
    chosen[[pick % len(made.actions) for pick in picks]] = True
    counted = float(made.hours.standing.sum()) + made.problem.value(chosen)
    walked = served_hour_by_hour(now, needs, made.actions, np.flatnonzero(chosen).tolist())
    assert counted == pytest.approx(walked)


@settings(max_examples=25, deadline=None)
@given(situations(), st.integers(0, 120))
def test_plan_is_the_best_of_all_choices(now, budget):
    made = action_problem(
        now, ActionConstraints(budget_cny=float(budget), movable=0), COSTS, (REST,)
    )
    plan = choose_actions(now, ActionConstraints(budget_cny=float(budget), movable=0), COSTS)
    n, best = len(made.actions), 0.0
    for size in range(min(n, 4) + 1):
        for rows in combinations(range(n), size):
            chosen = np.isin(np.arange(n), rows)
            if not made.problem.broken(chosen):
                best = max(best, made.problem.value(chosen))
    assert plan.after - made.before >= best - 1e-6
    assert plan.upper_bound >= plan.after - 1e-6
    assert plan.actions["worker_hours"].sum() == pytest.approx(
        plan.after - plan.before, abs=0.1 * n
    )
    assert plan.actions["cost_cny"].sum() <= budget + 1e-6
