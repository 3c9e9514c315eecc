"""Campaigns planned together: bus-days shared out at best, the bound true, each promised its share.

The straight road: a depot at 0, a stop every ten minutes; check-ups and screenings of other people.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product

import numpy as np
import pytest

from geo.bus.campaign.campaign import Campaign, Drive, People
from geo.bus.campaign.campaign_rules import CampaignRules, Turnout
from geo.bus.campaign.fleet import Bus, Depot
from geo.bus.campaign.stop import Stop
from geo.bus.check import check_plan
from geo.bus.plan import plan_campaign
from geo.bus.several.apart import in_turn
from geo.bus.several.together import Wanted, plan_together
from geo.errors import BadInputError, InfeasibleError
from geo.layers.vocabulary import CampaignName

CHECKUP, SCREENING = CampaignName.CHECKUP, CampaignName.SCREENING
DAYS = (date(2026, 11, 25), date(2026, 11, 26))


def campaign(crowds, *, days=1, buses=2, per_day=150.0, off=()):
    """As many people near each stop as `crowds` says; all of them come."""
    n = len(crowds)
    minute = np.array([*(10.0 * (i + 1) for i in range(n)), 0.0])
    time_s = 60 * np.abs(minute[:, None] - minute[None, :])
    return Campaign(
        buses=tuple(
            Bus(id=f"b{i}", name=f"{i}号车", start_depot=0, end_depot=0, exams_per_day=per_day)
            for i in range(buses)
        ),
        depots=(Depot("D", "车场", (120.3, 36.1)),),
        days=DAYS[:days],
        stops=tuple(
            Stop(id=f"S{i}", name=f"站{i}", lonlat=(120.31 + i / 100, 36.1)) for i in range(n)
        ),
        people=People(
            count=np.array(crowds, float), at_work=np.ones(n, np.bool_), district=("A",) * n
        ),
        pair_stop=np.arange(n, dtype=np.int32),
        pair_people=np.arange(n, dtype=np.int32),
        drive=Drive(time_s * 1000 / 60, time_s),
        rules=CampaignRules(turnout=Turnout(1.0, 1.0, 1.0), district_floor=0.0),
        off=frozenset((bus, day) for bus in off for day in DAYS[:days]),
    )


def taken(planned):
    """The bus-days each campaign uses."""
    return [
        {(campaign.buses[one.bus].id, one.day) for one in plan.bus_days}
        for campaign, plan in zip(planned.campaigns, planned.plans, strict=True)
    ]


def test_who_can_do_with_either_bus_leaves_the_only_one_to_the_other():
    """Screenings run with b0 alone; one after another the check-ups might have taken it."""
    planned = plan_together(
        [
            Wanted(name=CHECKUP, campaign=campaign([60.0]), bus_days=1),
            Wanted(name=SCREENING, campaign=campaign([0.0, 40.0], off=("b1",)), bus_days=1),
        ]
    )
    assert [plan.workers_served for plan in planned.plans] == pytest.approx([60.0, 40.0])
    assert planned.worth == pytest.approx(100.0)
    assert planned.upper_bound == pytest.approx(100.0, rel=1e-3)
    first, second = taken(planned)
    assert first == {("b1", DAYS[0])}
    assert second == {("b0", DAYS[0])}


@pytest.mark.parametrize("worth", [1.0, 3.0])
def test_no_other_sharing_out_serves_more_and_the_bound_is_above_all(worth):
    """Two buses on two days are four bus-days: all sixteen ways to share them out are planned."""
    given = campaign([150.0, 100.0, 40.0], days=2), campaign([80.0, 50.0], days=2, per_day=80.0)
    planned = plan_together(
        [
            Wanted(name=CHECKUP, campaign=given[0], bus_days=1),
            Wanted(name=SCREENING, campaign=given[1], bus_days=1, worth=worth),
        ]
    )
    keys = [(bus.id, day) for bus, day in given[0].bus_days()]
    best = 0.0
    for owner in product((0, 1), repeat=len(keys)):
        if len(set(owner)) < len(given):
            continue
        served = [
            plan_campaign(
                replace(
                    one, off=frozenset(k for k, o in zip(keys, owner, strict=True) if o != number)
                )
            ).workers_served
            for number, one in enumerate(given)
        ]
        best = max(best, served[0] + worth * served[1])
    assert planned.worth == pytest.approx(best)
    assert planned.upper_bound >= best - 1e-6
    assert planned.gap <= 0.01
    for one, plan in zip(planned.campaigns, planned.plans, strict=True):
        assert check_plan(one, plan) == ()
    assert not set.intersection(*taken(planned))


def test_a_campaign_left_without_a_bus_and_too_many_bus_days_are_told_by_name():
    wanted = [
        Wanted(name=CHECKUP, campaign=campaign([150.0], buses=1)),
        Wanted(name=SCREENING, campaign=campaign([30.0], buses=1)),
    ]
    with pytest.raises(InfeasibleError, match="两癌"):
        plan_together(wanted)
    with pytest.raises(BadInputError, match="2 个车日"):
        plan_together([replace(one, bus_days=1) for one in wanted])


def test_planned_together_is_never_worse_than_one_after_another():
    """The joint plan and the best of both orders; both are told, the better one is taken."""
    planned = plan_together(
        [
            Wanted(name=CHECKUP, campaign=campaign([60.0, 30.0], days=2), bus_days=2),
            Wanted(name=SCREENING, campaign=campaign([0.0, 40.0], days=2, off=("b1",)), bus_days=1),
        ]
    )
    apart = sum(plan.workers_served for plan in planned.apart)
    assert planned.apart_worth == pytest.approx(apart)
    assert planned.worth >= apart - 1e-9
    assert planned.upper_bound >= planned.worth


def test_floors_that_take_whole_tours_count_in_the_joint_bound():
    """Each has a bus-day, district A near by and B almost two hours off: both are called at."""

    def far_apart():
        given = campaign([200.0, 200.0, *[0.0] * 8, 200.0])
        districts = tuple("A" if number < 5 else "B" for number in range(11))
        return replace(
            given,
            people=replace(given.people, district=districts),
            rules=replace(given.rules, district_floor=0.5),
        )

    planned = plan_together(
        [
            Wanted(name=CHECKUP, campaign=far_apart(), bus_days=1),
            Wanted(name=SCREENING, campaign=far_apart(), bus_days=1),
        ]
    )
    for plan in planned.plans:
        assert all(row.served >= row.floor - 1e-6 for row in plan.districts)
    assert planned.worth < 2 * 140
    assert planned.gap <= 0.01


def test_each_takes_the_first_days_that_those_after_it_can_spare():
    """Four bus-days; the second cannot use the first of them, and two are promised to it."""
    usable = np.array([[True] * 4, [False, True, True, True]])
    assert in_turn(usable, (1, 2), (0, 1)).tolist() == [
        [True, True, False, False],
        [False, False, True, True],
    ]
    assert in_turn(usable, (1, 2), (1, 0)).tolist() == [
        [True, False, False, False],
        [False, True, True, True],
    ]
