from __future__ import annotations

import math

import pytest

from maps.numbers import (
    count,
    distance,
    duration,
    never_minus_zero,
    percent,
    percent_at_most,
    share,
)


@pytest.mark.parametrize(
    ("metres", "words"),
    [
        (0, "0 米"),
        (4, "0 米"),
        (844, "840 米"),
        (994, "990 米"),
        (996, "1.0 公里"),
        (1449, "1.4 公里"),
        (math.inf, "—"),
        (None, "—"),
        (math.nan, "—"),
    ],
)
def test_distances_read_as_walkers_say_them(metres, words):
    assert distance(metres) == words


def test_durations_are_whole_minutes_and_never_none():
    assert [duration(value) for value in (0, 29, 91, 3600)] == [
        "1 分钟",
        "1 分钟",
        "2 分钟",
        "60 分钟",
    ]
    assert duration(91, "en") == "2 min"


def test_shares_of_nothing_are_a_dash():
    assert share(1, 0) == share(None, 3) == percent(None) == count(None) == count("3") == "—"
    assert share(1, 3) == "33.3%"
    assert count(1234.5) == "1,234"


@pytest.mark.parametrize("nothing", [-0.0, -1e-12, -0.0004, 0.0])
def test_a_loss_of_nothing_is_not_minus_zero(nothing):
    assert count(nothing) == "0"
    assert percent(nothing) == "0.0%"
    assert distance(nothing) == "0 米"
    assert f"{never_minus_zero(nothing):,.0f}" == "0"
    assert never_minus_zero(-0.6) == -0.6
    assert never_minus_zero(-0.004, 4) == -0.004


@pytest.mark.parametrize(
    ("gap", "words"),
    [
        (0.0014757, "0.15%"),
        (0.00156, "0.16%"),
        (0.000001, "0.01%"),
        (0.0, "0.00%"),
        (-1e-17, "0.00%"),
        (1e-12, "0.00%"),
        (0.07, "7.00%"),
        (None, "—"),
    ],
)
def test_what_is_at_most_so_much_is_never_rounded_down(gap, words):
    assert percent_at_most(gap) == words
