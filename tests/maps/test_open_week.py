from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.hours import SHANGHAI, is_open
from maps.worker.opening_text import open_week


@pytest.mark.parametrize(
    ("expression", "minutes"),
    [
        ("24/7", (0, 10080)),
        ("Mo 08:30-17:30", (510, 1050)),
        ("Mo,Tu 08:30-12:00,13:30-17:10", (510, 720, 810, 1030, 1950, 2160, 2250, 2470)),
        ("Su 22:00-02:00", (0, 120, 9960, 10080)),
        ("off", ()),
        ("", None),
        ("not hours at all", None),
    ],
)
def test_a_week_is_told_to_the_minute(expression, minutes):
    assert open_week(expression) == minutes


@given(
    st.sampled_from(
        ["Mo-Fr 08:30-17:30", "Mo-Su 06:10-23:50", "Sa,Su 20:00-04:00", "Tu-Th 09:05-09:10"]
    ),
    st.integers(0, 10079),
)
def test_every_minute_agrees_with_the_hours_themselves(expression, minute):
    week = open_week(expression)
    inside = any(
        opens <= minute < closes for opens, closes in zip(week[::2], week[1::2], strict=True)
    )
    assert inside == is_open(
        expression, datetime(2026, 6, 1, tzinfo=SHANGHAI) + timedelta(minutes=minute)
    )
