"""Rush hours: a drive on the road when traffic slows takes longer, and leaving later never pays."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.bus.campaign.traffic import Rush, Traffic, traffic_of
from geo.errors import BadInputError

MORNING = Traffic((Rush(7 * 60, 9 * 60, 2.0),))
MINUTES = st.integers(0, 24 * 60)
DRIVES = st.floats(0, 300 * 60)


@st.composite
def traffics(draw):
    """Up to three rushes that do not overlap."""
    ends = draw(st.lists(MINUTES, min_size=2, max_size=6, unique=True).map(sorted))
    factors = st.floats(0.5, 4.0)
    return Traffic(
        tuple(
            Rush(begin, end, draw(factors))
            for begin, end in zip(ends[::2], ends[1::2], strict=False)
        )
    )


def test_a_drive_slows_down_when_the_rush_begins():
    """06:30 + 60 free minutes: half an hour free, the other half takes an hour; 08:00.

    From 08:30: half an hour gets a quarter done, three quarters of an hour are left: 09:45.
    """
    assert MORNING.arrive_s([6.5 * 3600, 8.5 * 3600], 3600) / 3600 == pytest.approx([8.0, 9.75])
    assert MORNING.leave_s([8.0 * 3600, 9.75 * 3600], 3600) / 3600 == pytest.approx([6.5, 8.5])
    assert MORNING.arrive_s(0.0, np.inf) == np.inf
    assert Traffic().arrive_s(100.0, 50.0) == 150.0


@given(traffics(), MINUTES, MINUTES, DRIVES)
def test_who_leaves_later_never_arrives_earlier(traffic, one, other, free_s):
    early, late = sorted((60.0 * one, 60.0 * other))
    arrives = traffic.arrive_s([early, late], free_s)
    assert arrives[0] <= arrives[1] + 1e-6
    assert traffic.leave_s(arrives, free_s) == pytest.approx([early, late], abs=1e-3)


@given(st.floats(0.5, 4.0), st.integers(0, 600), st.floats(0, 120))
def test_one_factor_all_day_only_scales(factor, depart_min, free_min):
    traffic = Traffic((Rush(0, 24 * 60, factor),))
    took_s = float(traffic.arrive_s(60.0 * depart_min, 60.0 * free_min)) - 60.0 * depart_min
    assert took_s == pytest.approx(60.0 * free_min * factor, abs=1e-6)


@given(traffics(), st.integers(0, 250), st.integers(0, 24), st.sampled_from([1, 5, 15]))
def test_on_the_clock_grid_nothing_is_rounded_in_its_favour(traffic, depart, drive, step):
    """The last step from which one is there in time: the next one would be too late."""
    arrive = traffic.arrive_on_grid(depart * step, drive * step, step)
    assert arrive * 60 >= traffic.arrive_s(depart * step * 60, drive * step * 60) - 1e-3
    leave = traffic.leave_on_grid(arrive, drive * step, step)
    assert leave >= depart * step
    assert traffic.arrive_on_grid(leave, drive * step, step) <= arrive
    assert traffic.arrive_on_grid(leave + step, drive * step, step) > arrive


def test_spans_are_read_as_written_and_told_again():
    traffic = traffic_of({"17:00-19:00": 1.6, "7：00–9:30": "1.5"})
    assert traffic.rushes == (Rush(420, 570, 1.5), Rush(1020, 1140, 1.6))
    assert traffic.rushes[0].span == "07:00-09:30"


@pytest.mark.parametrize(
    ("told", "named"),
    [
        ({"7-9-11": 1.5}, "7-9-11"),
        ({"morning": 1.5}, "morning"),
        ({"07:75-09:00": 1.5}, "07:75"),
        ({"07:00-09:00": "slow"}, "slow"),
        ({"09:00-07:00": 1.5}, "09:00-07:00"),
        ({"23:00-25:00": 1.5}, "23:00-25:00"),
        ({"07:00-09:00": 0}, "x0"),
        ({"07:00-09:00": 15}, "x15"),
        ({"07:00-09:00": 1.5, "08:00-10:00": 2}, "08:00-10:00.*overlaps 07:00-09:00"),
    ],
)
def test_a_rush_that_cannot_be_meant_is_refused_by_name(told, named):
    with pytest.raises(BadInputError) as error:
        traffic_of(told)
    assert re.search(named, error.value.text.en)
