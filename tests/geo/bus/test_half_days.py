"""Two campaigns on one bus and day: the second takes the hours the first leaves, never the same ones.

The straight road: a depot at 0, a stop every ten minutes. Check-ups are asked for at S0, screenings
at S1 and S2; the day shift runs from eight to six.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import numpy as np
import pytest

from geo.bus.campaign.campaign import Campaign, Drive, People
from geo.bus.campaign.campaign_rules import CampaignRules, Turnout
from geo.bus.campaign.fleet import DAY_SHIFT, LATE_SHIFT, Bus, Depot
from geo.bus.campaign.stop import Stop
from geo.bus.check import check_plan
from geo.bus.plan import plan_campaign
from geo.bus.replanning.events import StopCancelled
from geo.bus.replanning.replan import replan
from geo.bus.several.beside import AnnouncedCampaign, around, conflicts
from geo.errors import InfeasibleError
from geo.layers.vocabulary import CampaignName, SpareHours

CHECKUP, SCREENING = CampaignName.CHECKUP, CampaignName.SCREENING
DAY = date(2026, 11, 25)


def campaign(crowds, *, spare=SpareHours.SAME_SHIFT, buses=1, shifts=(DAY_SHIFT,), **changed):
    """As many people near each stop as `crowds` says, all at work; all of them come."""
    n = len(crowds)
    minute = np.array([*(10.0 * (i + 1) for i in range(n)), 0.0])
    time_s = 60 * np.abs(minute[:, None] - minute[None, :])
    rules = CampaignRules(
        turnout=Turnout(1.0, 1.0, 1.0), district_floor=0.0, spare_hours=spare, **changed
    )
    return Campaign(
        buses=tuple(
            Bus(id=f"b{i}", name=f"{i}号车", start_depot=0, end_depot=0, shifts=shifts)
            for i in range(buses)
        ),
        depots=(Depot("D", "车场", (120.3, 36.1)),),
        days=(DAY,),
        stops=tuple(
            Stop(id=f"S{i}", name=f"站{i}", lonlat=(120.31 + i / 100, 36.1)) for i in range(n)
        ),
        people=People(
            count=np.array(crowds, float), at_work=np.ones(n, np.bool_), district=("A",) * n
        ),
        pair_stop=np.arange(n, dtype=np.int32),
        pair_people=np.arange(n, dtype=np.int32),
        drive=Drive(time_s * 1000 / 60, time_s),
        rules=rules,
    )


def standing(name, of):
    return AnnouncedCampaign(name, of, plan_campaign(of))


@pytest.fixture(scope="module")
def morning():
    """Check-ups for sixty at S0: two hours, back at the depot before noon."""
    held = standing(CHECKUP, campaign([60.0, 0.0, 0.0]))
    (day,) = held.plan.bus_days
    assert (day.leave_min, day.back_min) == (8 * 60, 10 * 60 + 55)
    return held


def hours(plan):
    return [(day.leave_min, day.back_min) for day in plan.bus_days]


def test_a_bus_that_is_back_before_noon_goes_out_again_for_another_campaign(morning):
    """Half an hour at the depot, then to S1 and S2: a hundred more people on the same bus-day."""
    afternoon = around(campaign([0.0, 40.0, 60.0]), [morning])
    plan = plan_campaign(afternoon)
    assert plan.workers_served == pytest.approx(100.0)
    assert check_plan(afternoon, plan) == ()
    ((leave, back),) = hours(plan)
    assert leave >= 10 * 60 + 55 + 30
    assert back <= DAY_SHIFT.end_min
    assert plan.upper_bound >= plan.workers_served
    assert conflicts([morning, AnnouncedCampaign(SCREENING, afternoon, plan)]) == ()


def test_where_a_bus_day_is_one_campaigns_nothing_is_left_of_it(morning):
    with pytest.raises(InfeasibleError, match="没有空车"):
        around(campaign([0.0, 40.0, 60.0], spare=SpareHours.NEVER), [morning])


def test_the_hours_before_what_stands_are_used_too():
    """Check-ups stand in the afternoon: the screening goes out at eight and is back in time."""
    late = campaign([60.0, 0.0, 0.0])
    late = replace(late, stops=(replace(late.stops[0], open_min=14 * 60), *late.stops[1:]))
    held = standing(CHECKUP, late)
    ((leave, _),) = hours(held.plan)
    early = around(campaign([0.0, 40.0, 0.0]), [held])
    plan = plan_campaign(early)
    assert plan.workers_served == pytest.approx(40.0)
    assert hours(plan)[0][1] + 30 <= leave
    assert check_plan(early, plan) == ()


def test_one_driver_keeps_to_one_shift_and_another_may_take_the_next():
    """After check-ups until evening the day shift has no room; the late shift has, for a new driver."""
    full = campaign([150.0, 0.0, 0.0])
    held = standing(CHECKUP, full)
    home = [0.0, 40.0, 0.0]
    both = (DAY_SHIFT, LATE_SHIFT)
    with pytest.raises(InfeasibleError):
        around(campaign(home, shifts=both, changeover_min=240), [held])
    wide = campaign(home, shifts=both, spare=SpareHours.ANY_SHIFT)
    wide = replace(
        wide,
        people=replace(wide.people, at_work=np.zeros(3, np.bool_)),
    )
    wide = around(wide, [held])
    plan = plan_campaign(wide)
    assert plan.workers_served == pytest.approx(40.0)
    assert plan.bus_days[0].shift == 1
    assert check_plan(wide, plan) == ()


def test_the_checker_names_hours_that_overlap_and_a_stop_called_at_twice(morning):
    """A plan made as if the bus were free all day is refused, by hours and by the stop."""
    free = campaign([50.0, 40.0, 0.0])
    plan = plan_campaign(free)
    said = " ".join(text.zh for text in check_plan(around(free, [morning]), plan))
    assert "08:00–10:55 在办免费体检" in said
    assert "当天已为免费体检到过这里" in said
    (text,) = conflicts([morning, AnnouncedCampaign(SCREENING, free, plan)])
    assert "0号车 2026-11-25 同时排给了免费体检（08:00–10:55）和两癌筛查" in text.zh


def test_a_stop_of_the_morning_is_not_called_at_again_in_the_afternoon(morning):
    """S0 is visited for check-ups: the screening of its people shares that visit or waits."""
    both = around(campaign([50.0, 40.0, 0.0]), [morning])
    plan = plan_campaign(both)
    assert [visit.stop for _, visit in plan.visits] == [1]


@pytest.mark.parametrize("changed", ["checkup", "screening"])
def test_a_replan_of_either_keeps_out_of_the_hours_of_the_other(morning, changed):
    """S1 is lost; what is won back lies in the hours left, whoever is planned again."""
    second = campaign([0.0, 40.0, 60.0, 30.0])
    plan = plan_campaign(around(second, [morning]))
    other = AnnouncedCampaign(SCREENING, second, plan)
    if changed == "screening":
        mine, beside, lost = other, morning, "S1"
    else:
        wide = campaign([60.0, 0.0, 0.0, 30.0])
        mine, beside, lost = AnnouncedCampaign(CHECKUP, wide, morning.plan), other, "S0"
    free = around(mine.campaign, [beside], mine)
    found = replan(free, mine.plan, [StopCancelled(lost, DAY, lost)], datetime(2026, 11, 24, 12))
    assert found.plan.bus_days
    assert conflicts([beside, AnnouncedCampaign(mine.name, free, found.plan)]) == ()


def test_of_random_campaigns_on_three_buses_no_two_ever_need_one_bus_at_once():
    """Minute by minute, by hand: no bus is out for two campaigns or changed in under half an hour."""
    chance = np.random.default_rng(5)
    for _ in range(6):
        crowds = chance.integers(0, 90, (2, 6)).astype(float)
        first = standing(CHECKUP, campaign(crowds[0], buses=3))
        second = around(campaign(crowds[1], buses=3), [first])
        plan = plan_campaign(second)
        assert check_plan(second, plan) == ()
        out = {}
        for name, of in ((CHECKUP, first.plan), (SCREENING, plan)):
            for day in of.bus_days:
                span = range(day.leave_min - 15, day.back_min + 15)
                for minute in span:
                    assert out.setdefault((day.bus, minute), name) == name
