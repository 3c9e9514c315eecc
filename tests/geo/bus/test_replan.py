"""Re-planning: what was run stays, what was announced is held still, changes are told exactly.

The straight road of `test_campaign_plans`: a depot at 0 and stops at so many minutes' drive, one
work place of a crowd at each, everybody comes.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, datetime

import numpy as np
import pytest
from bus_road import FIRST, SURE, road
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.bus.campaign.campaign import Drive
from geo.bus.campaign.campaign_rules import Turnout
from geo.bus.campaign.traffic import Rush, Traffic
from geo.bus.check import check_plan
from geo.bus.plan import plan_campaign
from geo.bus.replanning.events import (
    BusDown,
    DayAdded,
    RainedOff,
    RoadClosed,
    StopCancelled,
    TurnoutChanged,
)
from geo.bus.replanning.promises import ReplanRules, visits_changed
from geo.bus.replanning.replan import replan
from geo.errors import BadInputError, MissingError

EVE = datetime(2026, 11, 24, 20, 0)
RUSHES = Traffic((Rush(7 * 60, 10 * 60, 2.0), Rush(17 * 60, 19 * 60, 1.7)))


def told(plan):
    """Return what people were told: stop, day, exam times; each as often as announced."""
    return Counter((v.stop, one.day, v.start_min, v.end_min) for one, v in plan.visits)


def test_a_cancelled_stop_is_made_good_by_the_others_in_reach():
    """150 of 100 + 40 + 60 are planned; without the 100 just 40 + 60 can be, and are."""
    campaign = road([100, 40, 60], [10, 20, 30])
    plan = plan_campaign(campaign)
    assert plan.workers_served == pytest.approx(150)
    new = replan(campaign, plan, [StopCancelled("S0", FIRST)], EVE)
    assert new.plan.workers_served == pytest.approx(100)
    assert new.won_back == pytest.approx(100 - (150 - new.lost))
    assert [change.kind for change in new.changes if change.stop == 0] == ["cancelled"]
    assert check_plan(new.campaign, new.plan) == ()


def test_the_same_number_elsewhere_moves_nobody_else():
    """Two equal places, one of them visited: when it is cancelled, the other takes its people."""
    campaign = road([60, 60], [10, 12])
    short = replace(campaign.buses[0], exams_per_day=60.0)
    campaign = replace(campaign, buses=(short,))
    plan = plan_campaign(campaign)
    ((_, visit),) = plan.visits
    new = replan(campaign, plan, [StopCancelled(f"S{visit.stop}")], EVE)
    assert new.lost == pytest.approx(60)
    assert new.won_back == pytest.approx(60)
    assert sorted(change.kind for change in new.changes) == ["added", "cancelled"]


def test_a_day_rained_off_moves_to_the_day_with_room():
    """Each day serves 60 of its 150; the one left has room for both."""
    campaign = road([60, 60], [10, 12], days=2)
    plan = plan_campaign(campaign)
    first = plan.visits[0][0].day
    new = replan(campaign, plan, [RainedOff(first)], EVE)
    assert new.plan.workers_served == pytest.approx(120)
    assert {one.day for one in new.plan.bus_days} == set(campaign.days) - {first}


def test_a_day_added_makes_good_what_rain_took():
    """Two days of 120 (four hours) each; rain takes one, a third day serves as many."""
    campaign = road([120, 120], [10, 100], days=2)
    plan = plan_campaign(campaign)
    assert plan.workers_served == pytest.approx(240)
    events = [RainedOff(FIRST), DayAdded(date(2026, 11, 30))]
    new = replan(campaign, plan, events, EVE)
    assert new.plan.workers_served == pytest.approx(240)
    assert {one.day for one in new.plan.bus_days} == {date(2026, 11, 26), date(2026, 11, 30)}
    assert check_plan(new.campaign, new.plan) == ()
    assert new.plan.upper_bound >= 240 - 1e-6


def test_only_what_has_not_begun_can_change():
    """At noon the first visit is over or under way: it stays, to the minute."""
    campaign = road([60, 60, 60], [10, 12, 14])
    plan = plan_campaign(campaign)
    (day,) = plan.bus_days
    first, second = day.visits[:2]
    now = datetime(2026, 11, 25, *divmod(first.arrive_min + 5, 60))
    with pytest.raises(BadInputError, match="无需取消"):
        replan(campaign, plan, [StopCancelled(f"S{first.stop}")], now)
    new = replan(campaign, plan, [BusDown("b0", FIRST)], now)
    (left,) = new.plan.bus_days
    assert [(v.stop, v.start_min, v.end_min) for v in left.visits] == [
        (first.stop, first.start_min, first.end_min)
    ]
    later = replan(campaign, plan, [StopCancelled(f"S{second.stop}")], now)
    assert later.plan.bus_days[0].visits[0] == replace(
        first, served=later.plan.bus_days[0].visits[0].served
    )


def test_a_closed_road_drops_only_what_cannot_be_reached():
    campaign = road([60, 60], [10, 12])
    plan = plan_campaign(campaign)
    time_s = campaign.drive.time_s.copy()
    time_s[1, :], time_s[:, 1] = np.inf, np.inf
    time_s[1, 1] = 0.0
    shut = Drive(campaign.drive.distance_m, time_s)
    new = replan(campaign, plan, [RoadClosed("POINT (120.32 36.1)")], EVE, closed_drive=shut)
    assert {visit.stop for _, visit in new.plan.visits} == {0}
    assert new.unchanged == 1


def test_a_move_must_win_what_it_costs():
    """Without a price for changes a day may be planned afresh; at a high price nothing moves."""
    campaign = road([100, 90, 80, 70], [10, 30, 50, 70], days=2)
    plan = plan_campaign(campaign)
    one, visit = plan.visits[0]
    event = [StopCancelled(f"S{visit.stop}", one.day)]
    dear = replan(campaign, plan, event, EVE, rules=ReplanRules(change_weight=1e6))
    assert [change.kind for change in dear.changes] == ["cancelled"]
    cheap = replan(campaign, plan, event, EVE, rules=ReplanRules(change_weight=0.0))
    assert cheap.plan.workers_served >= dear.plan.workers_served - 1e-6


def _two_districts():
    """Three buses of 60 exams, one goes to each stop: S0 and S2 are of A, S1 of B."""
    campaign = road([200, 100, 90], [10, 12, 14], buses=3, floor=0.3, districts=("A", "B", "A"))
    few = tuple(replace(bus, exams_per_day=60.0) for bus in campaign.buses)
    campaign = replace(campaign, buses=few)
    plan = plan_campaign(campaign)
    at_b = next(one for one, visit in plan.visits if visit.stop == 1)
    return campaign, plan, BusDown(campaign.buses[at_b.bus].id, FIRST)


def test_a_districts_floor_moves_no_announced_visit():
    """The bus of B is down: B is left below its floor, and A's visit stays as announced."""
    campaign, plan, event = _two_districts()
    new = replan(campaign, plan, [event], EVE)
    assert [(change.stop, change.kind) for change in new.changes] == [(1, "cancelled")]
    assert new.unchanged == 2
    owed = {row.district: row.floor - row.served for row in new.plan.districts}
    assert owed["B"] > 1


def test_a_floor_moves_announced_visits_where_the_planner_says_so():
    campaign, plan, event = _two_districts()
    new = replan(campaign, plan, [event], EVE, rules=ReplanRules(floors_move=True))
    assert all(row.served >= row.floor - 1e-6 for row in new.plan.districts)
    assert sorted(change.kind for change in new.changes) == ["cancelled", "other_bus"]


def test_changes_are_counted_by_visits_not_by_stops():
    """Two visits of stop 0 move, one of stop 1 goes, one at stop 2 is new: four changes."""
    later = date(2026, 12, 9)
    promised = [(0, FIRST, 540, 600), (0, later, 540, 600), (1, FIRST, 660, 720)]
    now = [(0, FIRST, 570, 630), (0, later, 570, 630), (2, FIRST, 660, 720)]
    assert visits_changed(promised, now) == 4
    assert visits_changed(promised, promised) == 0


def test_people_who_came_are_not_planned_again():
    """S0 is over and 80 of the 100 came: only 20 are left there, S1 is untouched."""
    campaign = road([100, 50], [10, 12], days=2)
    campaign = replace(campaign, buses=(replace(campaign.buses[0], exams_per_day=100.0),))
    plan = plan_campaign(campaign)
    over = plan.bus_days[0]
    now = datetime(2026, 11, 26, 7, 0)
    came = {("b0", over.day, f"S{v.stop}"): 0.8 * v.served for v in over.visits}
    new = replan(campaign, plan, [TurnoutChanged(SURE)], now, came=came)
    done = sum(visit.served for visit in over.visits) * 0.8
    past = new.plan.servings.visit < len(over.visits)
    assert new.plan.servings.amount[past].sum() == pytest.approx(done)
    each = np.bincount(new.plan.servings.people, new.plan.servings.amount, minlength=2)
    assert (each <= [100 + 1e-6, 50 + 1e-6]).all()


@pytest.mark.parametrize(
    ("event", "error"),
    [
        (StopCancelled("S9"), BadInputError),
        (BusDown("b9", FIRST), MissingError),
        (BusDown("b0", date(2027, 1, 1)), BadInputError),
        (RainedOff(date(2026, 11, 24)), BadInputError),
        (RoadClosed("POINT (0 0)"), BadInputError),
        (DayAdded(FIRST), BadInputError),
    ],
)
def test_events_that_cannot_be_are_refused(event, error):
    campaign = road([60], [10])
    with pytest.raises(error):
        replan(campaign, plan_campaign(campaign), [event], EVE)


EVENTS = st.sampled_from(["stop", "stop for good", "bus", "rain", "many", "few"])


def _event(kind, campaign, plan, day):
    if kind.startswith("stop"):
        coming = [(one, v) for one, v in plan.visits if one.day >= day]
        one, visit = coming[len(coming) // 2]
        return StopCancelled(campaign.stops[visit.stop].id, one.day if kind == "stop" else None)
    return {
        "bus": BusDown("b0", day),
        "rain": RainedOff(day),
        "many": TurnoutChanged(Turnout(0.6, 0.5, 0.7)),
        "few": TurnoutChanged(Turnout(0.2, 0.1, 0.3)),
    }[kind]


@settings(max_examples=40, deadline=None)
@given(
    crowds=st.lists(st.integers(20, 400), min_size=2, max_size=6),
    buses=st.integers(1, 2),
    days=st.integers(2, 3),
    kind=EVENTS,
    hour=st.sampled_from([0, 9, 13]),
    floor=st.sampled_from([0.0, 0.3]),
    seed=st.integers(0, 5),
    at_once=st.booleans(),
    traffic=st.sampled_from([Traffic(), RUSHES]),
)
def test_random_replans_keep_every_rule_and_tell_every_change(
    crowds, buses, days, kind, hour, floor, seed, at_once, traffic
):
    rng = np.random.default_rng(seed)
    campaign = road(
        crowds,
        rng.integers(1, 100, len(crowds)).tolist(),
        buses=buses,
        days=days,
        turnout=Turnout(0.4, 0.3, 0.5),
        floor=floor,
        traffic=traffic,
        districts=tuple(rng.choice(["A", "B"], len(crowds)).tolist()),
    )
    plan = plan_campaign(campaign, seed=1)
    today = campaign.days[1]
    if not any(one.day > today for one in plan.bus_days):
        today = campaign.days[0]
    if not any(one.day > today for one in plan.bus_days):
        return
    day = next(one.day for one in plan.bus_days if one.day > today)
    now = datetime(today.year, today.month, today.day, hour)
    event = _event(kind, campaign, plan, today if at_once and kind in {"bus", "rain"} else day)
    new = replan(campaign, plan, [event], now)
    _frozen_part_is_untouched(plan, new.plan, now)
    _changes_are_the_difference(plan, new)
    if isinstance(event, RainedOff):
        after = [v for one in new.plan.bus_days if one.day == event.day for v in one.visits]
        assert event.day != today or all(v.arrive_min <= hour * 60 for v in after)
        assert event.day == today or not after
    expected = campaign.people.count * new.campaign.rules.turnout.expected
    each = np.bincount(new.plan.servings.people, new.plan.servings.amount, minlength=len(crowds))
    lost_turnout = kind == "few" and any(one.day < today for one in plan.bus_days)
    if not lost_turnout:  # days over keep the people planned then
        assert (each <= expected + 1e-6).all()
        assert check_plan(new.campaign, new.plan, must=False) == ()
    assert new.plan.workers_served <= new.plan.upper_bound + 1e-6
    again = replan(campaign, plan, [event], now)
    assert again.plan.bus_days == new.plan.bus_days


def _frozen_part_is_untouched(old, new, now):
    minute = now.hour * 60 + now.minute
    over = [one for one in old.bus_days if one.day < now.date()]
    assert list(new.bus_days[: len(over)]) == over
    for one in old.bus_days:
        if one.day == now.date():
            begun = [visit for visit in one.visits if visit.arrive_min <= minute]
            after = [n for n in new.bus_days if (n.bus, n.day) == (one.bus, one.day)]
            if begun:
                assert after[0].leave_min == one.leave_min
                kept = after[0].visits[: len(begun)]
                assert [replace(v, served=0.0) for v in kept] == [
                    replace(v, served=0.0) for v in begun
                ]


def _changes_are_the_difference(old, new):
    gone, come = told(old) - told(new.plan), told(new.plan) - told(old)
    was = Counter(
        (c.stop, c.old.day, c.old.start_min, c.old.end_min)
        for c in new.changes
        if c.old and c.kind != "other_bus"
    )
    now = Counter(
        (c.stop, c.new.day, c.new.start_min, c.new.end_min)
        for c in new.changes
        if c.new and c.kind != "other_bus"
    )
    assert was == gone
    assert now == come
    assert all(change.reason.zh for change in new.changes)
