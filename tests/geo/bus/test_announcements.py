"""Announcements keep their identity: moved and cancelled visits are the same entries."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np

from geo.bus.campaign.campaign import Campaign, Drive, People
from geo.bus.campaign.fleet import Bus, Depot
from geo.bus.campaign.stop import Stop
from geo.bus.planned.campaign_plan import CampaignPlan
from geo.bus.planned.served import Servings
from geo.bus.planned.visit import BusDay, Visit
from geo.bus.replanning.version import announce

DAY, NEXT = date(2026, 11, 25), date(2026, 11, 26)


def campaign():
    return Campaign(
        buses=(
            Bus(id="b", name="车", start_depot=0, end_depot=0),
            Bus(id="c", name="车", start_depot=0, end_depot=0),
        ),
        depots=(Depot("D", "场", (120.3, 36.1)),),
        days=(DAY, NEXT),
        stops=tuple(Stop(id=f"S{i}", name=f"站{i}", lonlat=(120.3, 36.1)) for i in range(3)),
        people=People(count=np.array([100.0]), at_work=np.ones(1, np.bool_), district=("A",)),
        pair_stop=np.array([0], np.int32),
        pair_people=np.array([0], np.int32),
        drive=Drive(np.zeros((4, 4)), np.zeros((4, 4))),
    )


def plan(*visits, bus=0):
    """Return a plan of (day, stop, minute exams start) visits of one bus, two hours each."""
    none = np.empty(0, np.int32)
    days = tuple(
        BusDay(
            bus=bus,
            day=day,
            shift=0,
            leave_min=0,
            back_min=1440,
            visits=tuple(
                Visit(
                    stop=stop,
                    period="day",
                    arrive_min=at,
                    start_min=at,
                    end_min=at + 120,
                    depart_min=at + 120,
                    drive_s=0,
                    drive_m=0,
                )
                for one, stop, at in visits
                if one == day
            ),
            home_s=0,
            home_m=0,
        )
        for day in sorted({one for one, _, _ in visits})
    )
    return CampaignPlan(
        bus_days=days,
        servings=Servings(none, none, np.empty(0)),
        workers_served=0,
        served_range=(0, 0),
        upper_bound=0,
        districts=(),
        fairness_price=None,
        unreachable=(),
        statistics={},
    )


def test_a_visit_moved_keeps_its_uid_and_counts_up():
    first = announce(campaign(), plan((DAY, 0, 540), (DAY, 1, 780)))
    second = announce(campaign(), plan((DAY, 0, 540), (NEXT, 1, 600)), first)
    assert second[0] == first[0]
    assert (second[1].uid, second[1].sequence) == (first[1].uid, 1)
    assert (second[1].day, second[1].start_min) == (NEXT, 600)


def test_a_visit_given_to_another_bus_says_who_had_it_before():
    first = announce(campaign(), plan((DAY, 0, 540)))
    (moved,) = announce(campaign(), plan((DAY, 0, 540), bus=1), first)
    assert moved == replace(first[0], sequence=1, bus_id="c", earlier_buses=("b",))
    (back,) = announce(campaign(), plan((NEXT, 0, 540)), (moved,))
    assert (back.sequence, back.bus_id, back.earlier_buses) == (2, "b", ("c",))


def test_a_visit_cancelled_stays_listed_and_one_that_returns_is_new():
    first = announce(campaign(), plan((DAY, 0, 540)))
    gone = announce(campaign(), plan((DAY, 1, 540)), first)
    (cancelled,) = [one for one in gone if one.stop_id == "S0"]
    assert cancelled == replace(first[0], sequence=1, is_cancelled=True)
    back = announce(campaign(), plan((NEXT, 0, 540)), gone)
    assert len({one.uid for one in back}) == len(back)
    assert [one.is_cancelled for one in back if one.stop_id == "S0"] == [True, False]
    again = announce(campaign(), plan((NEXT, 0, 540)), back)
    assert sorted(again, key=lambda one: one.uid) == sorted(back, key=lambda one: one.uid)
