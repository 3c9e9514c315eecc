"""Learning from crews' records: shrunk towards the planner's range, full visits as 'at least'."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta

from geo.bus.campaign.campaign import Campaign, Drive, People
from geo.bus.campaign.campaign_rules import CampaignRules, Turnout
from geo.bus.campaign.fleet import Bus, Depot
from geo.bus.campaign.stop import Stop
from geo.bus.check import check_plan
from geo.bus.plan import plan_campaign
from geo.bus.planned.campaign_plan import CampaignPlan
from geo.bus.planned.served import Servings
from geo.bus.planned.visit import BusDay, Visit
from geo.bus.turnout.turnout import (
    Turned,
    VisitRecord,
    came_by_visit,
    estimate_turnout,
    evidence_of,
    latest,
    prior_precision,
)
from geo.bus.turnout.turnout_parts import PartsTurnout, PartTurnout, rates_of, turnout_by_part
from geo.errors import BadInputError
from geo.layers.vocabulary import CampaignName

PRIOR = Turnout(0.15, 0.10, 0.22)
DAY = date(2026, 11, 25)


def test_without_records_nothing_changes():
    assert estimate_turnout([], PRIOR).turnout == PRIOR


def test_the_prior_is_the_beta_with_the_planners_range_as_its_central_80_percent():
    precision = prior_precision(PRIOR)
    low, high = beta.ppf([0.1, 0.9], 0.15 * precision, 0.85 * precision)
    assert high - low == pytest.approx(0.12, abs=1e-3)


def test_the_estimate_lies_between_prior_and_evidence_and_nears_it():
    """One visit with 30 % says less than twenty of them."""
    one = estimate_turnout([Turned(invited=100, came=30, full=False)], PRIOR).turnout
    many = estimate_turnout([Turned(invited=100, came=30, full=False)] * 20, PRIOR).turnout
    assert 0.15 < one.expected < many.expected < 0.30
    assert many.high - many.low < one.high - one.low


def test_a_full_visit_says_at_least():
    """30 of 1,000 came because 30 were examined: that is no sign of 3 %."""
    full = estimate_turnout([Turned(invited=1000, came=30, full=True)] * 5, PRIOR).turnout
    free = estimate_turnout([Turned(invited=1000, came=30, full=False)] * 5, PRIOR).turnout
    assert free.expected < 0.08
    assert full.expected >= 0.15 - 1e-3


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 500), st.floats(0, 1), st.booleans()), min_size=1, max_size=8)
)
def test_estimates_are_rates_in_order(visits):
    found = estimate_turnout(
        [Turned(invited=n, came=round(share * n), full=full) for n, share, full in visits], PRIOR
    ).turnout
    assert 0 < found.low <= found.expected <= found.high <= 1


def test_who_came_is_not_invited_again_and_visits_not_held_say_nothing():
    """100 in reach of two stops: 40 came to the first, so 60 are invited to the second."""
    campaign = Campaign(
        buses=(Bus(id="b", name="车", start_depot=0, end_depot=0),),
        depots=(Depot("D", "场", (120.3, 36.1)),),
        days=(DAY,),
        stops=tuple(Stop(id=f"S{i}", name=f"站{i}", lonlat=(120.3, 36.1)) for i in range(2)),
        people=People(
            count=np.array([100.0]), at_work=np.ones(1, np.bool_), district=("A",), id=("W",)
        ),
        pair_stop=np.array([0, 1], np.int32),
        pair_people=np.array([0, 0], np.int32),
        drive=Drive(np.zeros((3, 3)), np.zeros((3, 3))),
        rules=CampaignRules(turnout=PRIOR),
    )
    visits = tuple(
        Visit(
            stop=i,
            period="day",
            arrive_min=540 + 240 * i,
            start_min=560 + 240 * i,
            end_min=680 + 240 * i,
            depart_min=695 + 240 * i,
            drive_s=0,
            drive_m=0,
        )
        for i in range(2)
    )
    none = np.empty(0, np.int32)
    plan = CampaignPlan(
        bus_days=(
            BusDay(
                bus=0,
                day=DAY,
                shift=0,
                leave_min=480,
                back_min=1080,
                visits=visits,
                home_s=0,
                home_m=0,
            ),
        ),
        servings=Servings(none, none, np.empty(0)),
        workers_served=0,
        served_range=(0, 0),
        upper_bound=0,
        districts=(),
        fairness_price=None,
        unreachable=(),
        statistics={},
    )
    both = [
        VisitRecord(bus_id="b", day=DAY, stop_id="S0", came=40, recorded="2026-11-25T12:00"),
        VisitRecord(bus_id="b", day=DAY, stop_id="S1", came=9, recorded="2026-11-25T17:00"),
    ]
    assert evidence_of(campaign, plan, latest(both)) == [
        Turned(invited=100, came=40, full=False, stop="S0", time="morning"),
        Turned(invited=60, came=9, full=False, stop="S1", time="afternoon"),
    ]
    not_held = [
        VisitRecord(bus_id="b", day=DAY, stop_id="S0", came=None, recorded="2026-11-25T12:00"),
        both[1],
    ]
    assert evidence_of(campaign, plan, latest(not_held)) == [
        Turned(invited=100, came=9, full=False, stop="S1", time="afternoon")
    ]


def test_the_last_record_of_a_visit_counts_and_impossible_numbers_are_refused():
    first = VisitRecord(bus_id="b", day=DAY, stop_id="S0", came=40, recorded="2026-11-25T12:00")
    second = VisitRecord(bus_id="b", day=DAY, stop_id="S0", came=45, recorded="2026-11-25T12:05")
    assert came_by_visit([first, second], CampaignName.CHECKUP) == {("b", DAY, "S0"): 45.0}
    with pytest.raises(BadInputError, match="-1"):
        VisitRecord(bus_id="b", day=DAY, stop_id="S0", came=-1, recorded="")


def _visits(stop, group, time, *came):
    return [
        Turned(invited=100, came=n, full=False, stop=stop, group=group, time=time) for n in came
    ]


def test_a_stop_with_many_visits_has_its_own_rate_and_one_with_few_the_campaigns():
    """S1 has ten visits of 30 %, S2 ten of 5 %, S3 a single one of 30 %."""
    evidence = [
        *_visits("S1", "courier", "morning", *[30] * 10),
        *_visits("S2", "courier", "morning", *[5] * 10),
        *_visits("S3", "courier", "evening", 30),
    ]
    overall = estimate_turnout(evidence, PRIOR)
    stops = turnout_by_part(evidence, overall).of("stop")
    assert stops["S1"].expected == pytest.approx(0.30, abs=0.02)
    assert stops["S2"].expected == pytest.approx(0.05, abs=0.02)
    assert overall.turnout.expected < stops["S3"].expected < stops["S1"].expected
    assert stops["S3"].high - stops["S3"].low > stops["S1"].high - stops["S1"].low
    for one in stops.values():
        assert 0 < one.low <= one.expected <= one.high <= 1


def test_group_and_time_are_told_and_lie_between_campaign_and_evidence():
    evidence = [
        *_visits("S1", "courier", "morning", 28, 32),
        *_visits("S2", "cleaner", "evening", 6, 4),
    ]
    overall = estimate_turnout(evidence, PRIOR)
    parts = turnout_by_part(evidence, overall)
    groups, times = parts.of("group"), parts.of("time")
    assert 0.05 < groups["cleaner"].expected < overall.turnout.expected
    assert overall.turnout.expected < groups["courier"].expected < 0.30
    assert times["morning"].expected > times["evening"].expected


def test_visits_that_are_all_alike_leave_stops_at_the_campaigns_rate():
    evidence = [one for n in range(12) for one in _visits(f"S{n}", "courier", "morning", 15)]
    overall = estimate_turnout(evidence, PRIOR)
    stops = turnout_by_part(evidence, overall).of("stop")
    assert max(abs(one.expected - overall.turnout.expected) for one in stops.values()) < 0.01


def test_no_records_give_no_rates():
    overall = estimate_turnout([], PRIOR)
    assert turnout_by_part([], overall).rows == ()


def test_the_next_plan_reckons_with_each_stops_own_rate():
    """Twice the campaign's turn-out at S0, half at S1: the plan expects so many there."""
    people = People(
        count=np.array([100.0, 100.0]),
        at_work=np.ones(2, np.bool_),
        district=("A", "A"),
        group=("x", "y"),
    )
    drive = Drive(np.zeros((3, 3)), np.zeros((3, 3)))
    campaign = Campaign(
        buses=(Bus(id="b", name="车", start_depot=0, end_depot=0),),
        depots=(Depot("D", "场", (120.3, 36.1)),),
        days=(DAY,),
        stops=(
            Stop(id="S0", name="站", lonlat=(120.3, 36.1)),
            Stop(id="S1", name="站", lonlat=(120.3, 36.1)),
        ),
        people=people,
        pair_stop=np.array([0, 1], np.int32),
        pair_people=np.array([0, 1], np.int32),
        drive=drive,
        rules=CampaignRules(turnout=Turnout(0.2, 0.1, 0.3), district_floor=0.0),
    )
    rows = (
        PartTurnout("stop", "S0", Turnout(0.4, 0.3, 0.5), 9, 300),
        PartTurnout("group", "y", Turnout(0.1, 0.05, 0.2), 9, 70),
    )
    rate = rates_of(campaign, PartsTurnout(rows))
    after = replace(campaign, people=replace(people, rate=rate))
    assert after.expected.tolist() == pytest.approx([40.0, 10.0])
    plan = plan_campaign(after)
    assert plan.workers_served == pytest.approx(50.0)
    assert check_plan(after, plan) == ()
