"""Campaign plans: rules kept, totals reconciled, bounds true, impossible input refused.

The straight road: a depot at 0 and stops every ten minutes' drive (10 km).

```
D(0) ── S0 (10 min, 100 people) ── S1 (20 min, 40 people) ── S2 (30 min, 60 people)
```
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix, hstack

from geo.bus.campaign.campaign import Campaign, Drive, People
from geo.bus.campaign.campaign_rules import CampaignRules, Turnout
from geo.bus.campaign.fleet import Bus, Depot
from geo.bus.campaign.stop import Stop
from geo.bus.campaign.traffic import Rush, Traffic
from geo.bus.check import check_plan
from geo.bus.plan import plan_campaign
from geo.bus.planned.plan_layers import bus_routes_frame, bus_stops_frame
from geo.bus.planned.served import examined_share
from geo.bus.solver.campaign_problem import take_apart
from geo.bus.solver.generation import Pricer, generate
from geo.bus.solver.greedy import make_tour
from geo.bus.solver.master import DualValues, Master
from geo.bus.solver.parts import Parts, best_of_each
from geo.bus.solver.services import Tour
from geo.bus.solver.tightening import tighten
from geo.bus.solver.timetable import timetable
from geo.errors import BadInputError, UnreachableError, YizhanError
from geo.highs import INF, Highs, Program
from geo.solving import never

DAY = date(2026, 11, 25)
SURE = Turnout(1.0, 1.0, 1.0)
HALF = Turnout(0.5, 0.5, 0.5)
RUSHES = Traffic((Rush(7 * 60, 10 * 60, 2.0), Rush(17 * 60, 19 * 60, 1.7)))


def campaign(crowds, *, buses=1, days=1, bus=None, rules=None, stops=None, at=None, districts=None):
    """Stops on a straight road, one work place of `crowds` people at each."""
    n = len(crowds)
    minute = np.array([*(at or [10 * (i + 1) for i in range(n)]), 0.0])
    time_s = np.abs(minute[:, None] - minute[None, :]) * 60
    usual = bus or Bus(id="b", name="一号车", start_depot=0, end_depot=0)
    return Campaign(
        buses=tuple(replace(usual, id=f"b{i}") for i in range(buses)),
        depots=(Depot("D", "车场", (120.3, 36.1)),),
        days=tuple(date(2026, 11, 25 + i) for i in range(days)),
        stops=stops
        or tuple(
            Stop(id=f"S{i}", name=f"站{i}", lonlat=(120.31 + i / 100, 36.1)) for i in range(n)
        ),
        people=People(
            count=np.array(crowds, float),
            at_work=np.ones(n, np.bool_),
            district=districts or ("A",) * n,
            id=tuple(f"W{i}" for i in range(n)),
        ),
        pair_stop=np.arange(n, dtype=np.int32),
        pair_people=np.arange(n, dtype=np.int32),
        drive=Drive(time_s * 1000 / 60, time_s),
        rules=rules or CampaignRules(turnout=SURE, district_floor=0.0),
    )


def test_one_bus_one_day_serves_what_its_day_allows():
    """150 exams a day at 30 an hour; 100 + 60 or 100 + 40 + ... fill them up."""
    given_ = campaign([100, 40, 60])
    plan = plan_campaign(given_)
    assert check_plan(given_, plan) == ()
    assert plan.workers_served == pytest.approx(150)
    assert plan.upper_bound >= 150 - 1e-6
    stops = bus_stops_frame(given_, plan)
    assert stops["workers_served"].sum() == pytest.approx(150, abs=0.2)
    routes = bus_routes_frame(given_, plan)
    assert routes["distance_m"].sum() == pytest.approx(stops["drive_m"].sum() + _back(plan), abs=1)


def test_half_of_a_tour_that_calls_twice_at_one_stop_is_never_rounded_up():
    """It fits the LP by half; held as a whole no plan has room for it, so it is not driven."""
    problem = take_apart(campaign([100.0]))
    master = Master(problem.services, problem.duties, problem.limits, seed=0)
    master.add(Tour(0, (0, 0), (12, 12), (20.0, 20.0), 0.0))
    master.solve()
    assert master.weights() == pytest.approx([0.5])
    master.hold(np.zeros(1, np.int64))
    master.solve()
    assert master.weights() == pytest.approx([0.0])
    master.release()
    master.solve()
    assert master.weights() == pytest.approx([0.5])


def test_only_better_tours_are_looked_at_and_the_best_of_them_is_driven():
    """One bus-day, three tours worth 20, 30 and 25: beyond 20 the 30 wins, beyond 30 nothing does."""
    problem = take_apart(campaign([100.0]))
    master = Master(problem.services, problem.duties, problem.limits, seed=0)
    parts = Parts(master, [Tour(0, (0,), (12,), (n,), 0.0) for n in (20.0, 30.0, 25.0)], seed=0)
    held = np.zeros(3, np.int64)
    found = parts.decide(held, better_than=20.0)
    assert found.counts.tolist() == [0, 1, 0]
    assert found.value == pytest.approx(30.0)
    assert parts.decide(held, better_than=30.0) is None


def test_a_floor_takes_a_whole_tour_and_the_bound_says_so():
    """One bus-day, district A near by and B almost two hours off: half a tour to each is no plan."""
    rules = CampaignRules(turnout=SURE, district_floor=0.5)
    far = campaign([200.0, 200.0, 200.0], at=[10, 20, 110], districts=("A", "A", "B"), rules=rules)
    plan = plan_campaign(far)
    assert check_plan(far, plan) == ()
    assert all(row.served >= row.floor - 1e-6 for row in plan.districts)
    assert plan.workers_served < 140
    assert plan.upper_bound == pytest.approx(plan.workers_served, rel=2e-3)


@pytest.mark.parametrize(
    ("exam", "last", "least", "most"),
    [(0.0, [0.0, 30.0], 80.0, 80.0), (1.0, [50.0, 30.0], 170.0, 260.0)],
)
def test_what_a_tour_wins_once_in_a_district_is_not_won_by_its_second_visit(
    exam, last, least, most
):
    """Two stops of A, one of B or of both: A pays 50 once, B 30. No tour seems worth less than it is."""
    problem = take_apart(campaign([30.0, 30.0, 30.0]))
    n = len(problem.services.stop)
    prices = DualValues(
        exam=np.full(n, exam),
        visit=np.zeros(n),
        bus_day=np.zeros(1),
        rest=0.0,
        objective=0.0,
        closed=np.zeros(n, np.bool_),
        first=np.array([[50.0, 0.0], [50.0, 0.0], last])[problem.services.stop],
    )
    found = Pricer(problem.services, problem.duties, 3).price(prices, km_price=0.0, share=0.0)
    assert least - 1e-6 <= max(one.best for one in found) <= most + 1e-6


def test_a_part_decided_anew_leaves_the_rest_its_buses_and_its_stops():
    """Two bus-days, one of them held at S0: the other goes to S1, for S0 is visited once."""
    problem = take_apart(campaign([100.0, 40.0], buses=2))
    master = Master(problem.services, problem.duties, problem.limits, seed=0)
    tours = [Tour(0, (s,), (12,), (n,), 0.0) for s, n in ((0, 90.0), (0, 100.0), (1, 40.0))]
    parts = Parts(master, tours, seed=0)
    found = parts.decide(np.array([1, 0, 0]), better_than=90.0)
    assert found.counts.tolist() == [1, 0, 1]
    assert found.value == pytest.approx(parts.valued(found.counts).value) == pytest.approx(130.0)
    assert parts.valued(np.array([1, 1, 0])).value == -np.inf


def test_tours_that_another_makes_needless_are_not_chosen_from():
    problem = take_apart(campaign([100.0, 40.0]))
    shorter, longer = (Tour(0, (0, 1), (6, 12), (30.0, n), 20.0) for n in (30.0, 40.0))
    way_round = Tour(0, (1, 0), (12, 6), (40.0, 30.0), 30.0)
    elsewhere = Tour(0, (1,), (12,), (40.0,), 20.0)
    kept = best_of_each([shorter, way_round, elsewhere, longer], problem.duties)
    assert set(kept) == {longer, elsewhere}


def test_a_quarter_of_a_visit_serves_a_quarter_of_a_small_crowd():
    """S0 is near 20 people and a crowd of 10 that S1 reaches too; one bus-day.

    Of a tour that could examine 40 at S1 a quarter would do for the ten, beside three quarters of
    one that examines 20 at S0: 25 people, where whole tours serve 20.
    """
    given_ = campaign([20.0, 10.0])
    given_ = replace(
        given_,
        pair_stop=np.array([0, 0, 1], dtype=np.int32),
        pair_people=np.array([0, 1, 1], dtype=np.int32),
    )
    problem = take_apart(given_)
    master = Master(problem.services, problem.duties, problem.limits, seed=0)
    master.add(Tour(0, (0,), (12,), (20.0,), 0.0))
    master.add(Tour(0, (1,), (12,), (40.0,), 0.0))
    assert master.solve().objective == pytest.approx(25.0)
    assert master.couple() == 1
    prices = master.solve()
    assert prices.objective == pytest.approx(20.0)
    assert master.couple() == 0
    # A tour that comes later is held to the same row.
    master.add(Tour(0, (1,), (24,), (50.0,), 0.0))
    assert master.solve().objective == pytest.approx(20.0)
    # Only a visit that examines fewer than the ten is credited too many by it; then it goes.
    assert master.uncouple([Tour(0, (1,), (12,), (40.0,), 0.0)]) == 0
    assert master.uncouple([Tour(0, (0, 1), (12, 12), (20.0, 5.0), 0.0)]) == 1
    assert master.solve().objective == pytest.approx(26.0)
    assert master.couple() == 0


def _closed(given_):
    """Return the master problem of `given_`, its LP closed, who priced for it, and its bound."""
    problem = take_apart(given_)
    master = Master(problem.services, problem.duties, problem.limits, seed=0)
    pricer = Pricer(problem.services, problem.duties, len(given_.stops))
    most = float(problem.expected.sum())
    found = generate(master, pricer, most=most, max_rounds=50, stop=never, tolerance=1e-6)
    return master, pricer, found.bound


def _tightened(master, pricer, bound, max_rounds=30):
    return tighten(master, pricer, bound, enough=0.0, max_rounds=max_rounds, stop=never)


def _best_of_all_tours(master, pricer):
    """Return what the best plan serves, chosen from every tour there is."""
    tours = []
    for number, duty in enumerate(pricer.duties):
        reach, per_step = pricer.services.expected[duty.service], duty.clock.per_step
        for n in range(1, 4):
            for order in permutations(range(len(duty.service)), n):
                for stays in product(duty.clock.stays.tolist(), repeat=n):
                    at, lengths = np.array(order), np.array(stays)
                    used = per_step * (lengths - duty.clock.stays[0]) < reach[at]
                    if used.all() and timetable(duty.clock, at, lengths)[0]:
                        firsts = permutations(range(n))
                        prices = [np.bincount(at, first, len(reach)) for first in firsts]
                        tours += [make_tour(number, duty, at, lengths, reach, p) for p in prices]
    rows = master.rows_of(list(dict.fromkeys(tours)))
    cost = np.concatenate([np.zeros(rows.tours.shape[1]), rows.people_worth])
    highs = Highs()
    highs.load(
        Program(
            matrix=csr_matrix(hstack([rows.tours, rows.people])),
            low=rows.lower,
            high=rows.upper,
            cost=cost,
            upper=np.full(len(cost), INF),
            n_integer=rows.tours.shape[1],
        )
    )
    highs.run()
    assert highs.is_optimal
    return highs.objective


SIX = Bus(id="b", name="一号车", start_depot=0, end_depot=0, exams_per_day=120.0)
"""A day for two stops of sixty."""


def test_the_bound_knows_that_two_buses_serve_three_stops_no_better_than_apart():
    """Three stops of sixty an hour away on either side, and three bus-days of 120 people.

    Half of each pair of stops, on both sides, would serve all 360; three whole tours serve 300.
    """
    given_ = campaign(
        [60] * 6,
        days=3,
        bus=SIX,
        at=[70, 72, 74, -70, -72, -74],
        rules=CampaignRules(turnout=SURE, district_floor=0.0, km_weight=0.0),
    )
    master, pricer, bound = _closed(given_)
    assert bound == pytest.approx(360, rel=1e-4)
    assert _tightened(master, pricer, bound) == pytest.approx(300, rel=1e-3)
    assert plan_campaign(given_).upper_bound == pytest.approx(300, rel=1e-3)


@pytest.mark.parametrize("seed", range(6))
def test_the_tightened_bound_is_kept_by_the_best_of_all_plans_wherever_it_ends(seed):
    rng = np.random.default_rng(seed)
    given_ = campaign(
        rng.integers(10, 90, 6).tolist(),
        days=2,
        buses=int(rng.integers(1, 3)),
        bus=SIX,
        at=(rng.integers(40, 90, 6) * rng.choice([-1, 1], 6)).tolist(),
        rules=CampaignRules(
            turnout=SURE, district_floor=0.0, km_weight=0.0, stay_step_min=60, max_visits_a_day=3
        ),
    )
    master, pricer, bound = _closed(given_)
    best = _best_of_all_tours(master, pricer)
    for rounds in (0, 1, 2, 30):
        tightened = _tightened(master, pricer, bound, rounds)
        assert best - 1e-6 <= tightened <= bound
        # Nor by prices that are not the LP's: where nothing is closed, nothing is cut off.
    few = Master(pricer.services, pricer.duties, take_apart(given_).limits, seed=0)
    assert _tightened(few, pricer, bound, 2) >= best - 1e-6


def _back(plan):
    return sum(one.distance_m - sum(v.drive_m for v in one.visits) for one in plan.bus_days)


def test_nobody_is_examined_twice_however_often_a_bus_comes():
    given_ = campaign([20], days=3)
    plan = plan_campaign(given_)
    assert plan.workers_served == pytest.approx(20)
    assert plan.upper_bound == pytest.approx(20)


def test_rush_hours_delay_the_bus_and_cost_the_stop_that_closes_early():
    """S0, 60 minutes off, closes at 12:00; S1 is 10 minutes off. On free roads 08:00 + 1 h = 09:00.

    At half speed until 11:00 the bus is at S0 at 10:00: 20 minutes to set up, an hour of exams (30
    people) and 15 minutes to pack down are done by 12:00. At a quarter of the speed it arrives at
    11:15, too late to stand an hour.
    """
    stops = tuple(
        Stop(id=f"S{i}", name=f"站{i}", lonlat=(120.3, 36.1), close_min=close)
        for i, close in ((0, 720), (1, 1440))
    )

    def planned(*rushes):
        rules = CampaignRules(turnout=SURE, district_floor=0.0, traffic=Traffic(rushes))
        given_ = campaign([60, 10], at=[60, 10], stops=stops, rules=rules)
        plan = plan_campaign(given_)
        assert check_plan(given_, plan) == ()
        return plan

    free, half, quarter = (
        planned(),
        planned(Rush(480, 660, 2.0)),
        planned(Rush(480, 660, 4.0)),
    )
    slow = half.bus_days[0]
    assert (slow.leave_min, slow.visits[0].arrive_min) == (480, 600)
    assert slow.visits[0].drive_s == pytest.approx(7200)
    assert free.bus_days[0].visits[0].arrive_min == 540
    assert (free.workers_served, half.workers_served, quarter.workers_served) == (70, 40, 10)
    assert [one.stop for one in quarter.unreachable] == [0]


def test_the_share_examined_is_of_those_the_campaign_is_for():
    """Of 10 women in reach at half turn-out five come: half of them, however many men are there."""
    given_ = campaign([10], rules=CampaignRules(turnout=HALF, district_floor=0.0))
    plan = plan_campaign(given_)
    assert examined_share(given_, plan.servings) == pytest.approx([0.5])


def test_a_far_district_gets_its_floor_and_the_price_is_told():
    """A has 400 people near, B 60 far off: without a floor nobody goes to B."""
    shape = {"at": [5, 6, 90], "districts": ("A", "A", "B"), "days": 2}
    free = campaign([200, 200, 60], **shape)
    fair = campaign([200, 200, 60], **shape, rules=CampaignRules(turnout=SURE, district_floor=0.5))
    plain, floored = plan_campaign(free), plan_campaign(fair)
    assert check_plan(fair, floored) == ()
    row = {row.district: row for row in floored.districts}["B"]
    assert row.floor > 0
    assert row.served >= row.floor - 1e-6
    assert floored.fairness_price is not None
    assert -1e-6 <= floored.fairness_price <= floored.fairness_most + 1e-6
    assert floored.workers_served <= plain.workers_served + 1e-6


def test_where_the_room_is_full_anyway_the_floors_cost_next_to_nothing_for_sure():
    """Far more people than exams near A and B alike: every plan fills the bus, floors or not."""
    given_ = campaign(
        [5000, 5000],
        at=[5, 9],
        districts=("A", "B"),
        days=2,
        rules=CampaignRules(turnout=SURE, district_floor=0.3),
    )
    plan = plan_campaign(given_)
    assert check_plan(given_, plan) == ()
    assert plan.fairness_most == pytest.approx(plan.upper_bound - plan.workers_served)
    assert not plan.fairness_price


@pytest.mark.parametrize(
    "spoil",
    [
        lambda v: replace(v, served=v.served + 500),
        lambda v: replace(v, arrive_min=v.arrive_min - 30),
        lambda v: replace(v, end_min=v.end_min + 600, depart_min=v.depart_min + 600),
        lambda v: replace(v, drive_s=0.0),
        lambda v: replace(v, stop=1 - v.stop),
        lambda v: replace(v, start_min=v.arrive_min),
    ],
)
def test_the_checker_finds_every_spoilt_visit(spoil):
    given_ = campaign([100, 90])
    plan = plan_campaign(given_)
    first, *others = plan.bus_days
    visits = (spoil(first.visits[0]), *first.visits[1:])
    assert check_plan(given_, replace(plan, bus_days=(replace(first, visits=visits), *others)))


def test_the_checker_finds_two_buses_at_one_place_and_a_banned_stop():
    given_ = campaign([100, 90])
    plan = plan_campaign(given_)
    banned = replace(given_, stops=tuple(replace(stop, banned=True) for stop in given_.stops))
    assert check_plan(banned, plan)
    two = replace(given_, buses=(*given_.buses, replace(given_.buses[0], id="b9")))
    doubled = replace(plan, bus_days=(*plan.bus_days, replace(plan.bus_days[0], bus=1)))
    assert check_plan(two, doubled)


def test_impossible_input_is_refused_with_the_thing_named():
    with pytest.raises(BadInputError, match="车辆 b"):
        Bus(id="b", name="一号车", start_depot=0, end_depot=0, exams_per_day=0)
    narrow = (Stop(id="S0", name="窄", lonlat=(120.31, 36.1), open_min=540, close_min=560),)
    with pytest.raises(BadInputError, match="S0"):
        campaign([10], stops=narrow)
    with pytest.raises(BadInputError, match="S0"):
        Stop(id="S0", name="反", lonlat=(120.31, 36.1), open_min=600, close_min=540)
    good = campaign([10])
    cut = np.full((2, 2), np.inf)
    np.fill_diagonal(cut, 0)
    with pytest.raises((UnreachableError, YizhanError)):
        plan_campaign(replace(good, drive=Drive(cut, cut)))


CROWDS = st.lists(st.integers(0, 220), min_size=1, max_size=6)


@settings(max_examples=25, deadline=None)
@given(
    crowds=CROWDS.filter(lambda crowds: max(crowds) > 0),
    buses=st.integers(1, 2),
    days=st.integers(1, 3),
    floor=st.sampled_from([0.0, 0.3]),
    traffic=st.sampled_from([Traffic(), RUSHES]),
    seed=st.integers(0, 3),
)
def test_random_campaigns_keep_every_rule_and_reconcile(crowds, buses, days, floor, traffic, seed):
    rng = np.random.default_rng(seed)
    rules = CampaignRules(turnout=SURE, district_floor=floor, traffic=traffic)
    given_ = campaign(
        crowds,
        buses=buses,
        days=days,
        rules=rules,
        at=rng.integers(1, 100, len(crowds)).tolist(),
        districts=tuple(rng.choice(["A", "B"], len(crowds)).tolist()),
    )
    plan = plan_campaign(given_, seed=1)
    assert check_plan(given_, plan) == ()
    assert plan.workers_served <= plan.upper_bound + 1e-6
    assert plan.workers_served <= min(sum(crowds), 150 * buses * days) + 1e-6
    visited = sum(visit.served for one in plan.bus_days for visit in one.visits)
    assert visited == pytest.approx(plan.workers_served, abs=1e-6)
    assert plan.servings.amount.sum() == pytest.approx(plan.workers_served, abs=1e-6)
    each = np.bincount(plan.servings.people, plan.servings.amount, minlength=len(crowds))
    assert (each <= np.array(crowds) + 1e-6).all()
    again = plan_campaign(given_, seed=1)
    assert again.bus_days == plan.bus_days
