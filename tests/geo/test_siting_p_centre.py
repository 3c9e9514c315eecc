"""The p-centre against every choice of p sites."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import BadInputError
from geo.siting.solver.p_centre import solve_p_centre


@settings(max_examples=80, deadline=None)
@given(st.integers(1, 7), st.integers(2, 7), st.data())
def test_answer_is_the_best_of_all_choices(m, n, data):
    numbers = st.lists(st.integers(0, 30), min_size=m * n, max_size=m * n)
    ways = np.array(data.draw(numbers), float).reshape(m, n)
    p = data.draw(st.integers(1, n))
    best = min(ways[:, rows].min(axis=1).max() for rows in map(list, combinations(range(n), p)))
    answer = solve_p_centre(ways, p)
    assert (answer.radius, answer.lower_bound) == (best, best)
    assert 1 <= answer.chosen.sum() <= p


def test_line_of_three_by_hand():
    """Towns at 0, 1 and 10: one site leaves 9 to walk, two leave 1."""
    at = np.array([0.0, 1.0, 10.0])
    ways = np.abs(at[:, None] - at)
    assert solve_p_centre(ways, 1).radius == 9
    assert solve_p_centre(ways, 2).radius == 1


def test_stopped_at_once_leaves_sites_and_a_true_floor():
    ways = np.abs(np.arange(20.0)[:, None] - np.arange(20.0))
    answer = solve_p_centre(ways, 3, stop=lambda: True)
    assert answer.lower_bound <= 3 <= answer.radius


def test_too_many_sites_are_refused():
    with pytest.raises(BadInputError):
        solve_p_centre(np.zeros((2, 2)), 3)
