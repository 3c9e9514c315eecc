"""Announcements keep their identity: moved and cancelled visits are the same entries."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np

from geo.bus.campaign import Campaign, Drive, People
from geo.bus.campaign_plan import CampaignPlan
from geo.bus.fleet import Bus, Depot
from geo.bus.replanning.version import announce
from geo.bus.served import Servings
from geo.bus.stop import Stop
from geo.bus.visit import BusDay, Visit

DAY, NEXT = date(2026, 11, 25), date(2026, 11, 26)


def campaign():
    return Campaign(
        buses=(Bus("b", "车", 0, 0), Bus("c", "车", 0, 0)),
        depots=(Depot("D", "场", (120.3, 36.1)),),
        days=(DAY, NEXT),
        stops=tuple(Stop(f"S{i}", f"站{i}", (120.3, 36.1)) for i in range(3)),
        people=People(np.array([100.0]), np.ones(1, np.bool_), ("A",)),
        pair_stop=np.array([0], np.int32),
        pair_people=np.array([0], np.int32),
        drive=Drive(np.zeros((4, 4)), np.zeros((4, 4))),
    )


def plan(*visits, bus=0):
    """Return a plan of (day, stop, minute exams start) visits of one bus, two hours each."""
    none = np.empty(0, np.int32)
    days = tuple(
        BusDay(
            bus,
            day,
            0,
            0,
            1440,
            tuple(
                Visit(stop, "day", at, at, at + 120, at + 120, 0, 0)
                for one, stop, at in visits
                if one == day
            ),
            0,
            0,
        )
        for day in sorted({one for one, _, _ in visits})
    )
    return CampaignPlan(days, Servings(none, none, np.empty(0)), 0, (0, 0), 0, (), None, (), {})


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
