"""The p-centre against every choice of p sites."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import BadInputError, InfeasibleError
from geo.reach.catchments import Catchments
from geo.siting.models.covering_problem import CoveringProblem, covering_matrix
from geo.siting.models.linear_rule import count_rule
from geo.siting.solver.p_centre import shortest_radius, solve_p_centre


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


def _tried(ways, now, horizon, p):
    """Return pairs as far as `horizon`, the problem, and every choice's longest way of those asked."""
    m, n = ways.shape
    site, point = np.nonzero((ways <= horizon).T)
    pairs = Catchments.of_pairs(
        site.astype(np.int32), point.astype(np.int32), ways[point, site].astype(np.float32), n, m
    )
    problem = CoveringProblem(
        covers=covering_matrix(site[:0], point[:0], n, m),
        weight=np.ones(m),
        rules=(count_rule(n, p),),
        forced=np.zeros(n, bool),
        forbidden=np.zeros(n, bool),
    )
    longest = ways[ways <= horizon].max(initial=0.0)
    asked = np.minimum(now, np.where(ways <= horizon, ways, np.inf).min(axis=1)) <= longest
    choices = [list(rows) for size in range(p + 1) for rows in combinations(range(n), size)]

    def longest_way(table):
        ends = [np.column_stack([now, table[:, rows]]).min(axis=1)[asked] for rows in choices]
        return min(end.max(initial=0.0) for end in ends)

    known = np.where(ways <= horizon, ways, np.inf)
    return pairs, problem, longest_way(known), longest_way(ways)


@settings(max_examples=150, deadline=None)
@given(st.integers(1, 5), st.integers(1, 5), st.data())
def test_a_way_of_today_that_is_kept_is_the_longest_where_sites_do_not_suffice(m, n, data):
    """Candidates' ways are known up to a horizon; what lies beyond it may only lower the floor."""
    ways = np.array(
        data.draw(st.lists(st.integers(0, 30), min_size=m * n, max_size=m * n)), float
    ).reshape(m, n)
    today = st.lists(st.one_of(st.integers(0, 60), st.just(np.inf)), min_size=m, max_size=m)
    now = np.array(data.draw(today), float)
    p = data.draw(st.integers(1, n))
    pairs, problem, best, true_best = _tried(ways, now, data.draw(st.integers(5, 30)), p)
    if np.isinf(best):
        with pytest.raises(InfeasibleError, match="不够") as refused:
            shortest_radius(problem, pairs, now)
        assert "0 处就能" not in refused.value.text.zh
        return
    answer = shortest_radius(problem, pairs, now)
    assert answer.radius == best
    assert answer.lower_bound <= true_best
    assert answer.lower_bound == best or best > pairs.cost.max()


def test_two_far_villages_and_one_site():
    """Each walks 100 min to a station today; one site next to one of them leaves the other its 100."""
    ways = np.array([[1.0, np.inf], [np.inf, 1.0]])
    pairs, problem, _, _ = _tried(ways, np.array([100.0, 100.0]), 30.0, 1)
    answer = shortest_radius(problem, pairs, np.array([100.0, 100.0]))
    assert (answer.radius, answer.lower_bound) == (100.0, 1.0)
    alone = np.array([np.inf, np.inf])
    with pytest.raises(InfeasibleError, match="2 处就能"):
        shortest_radius(problem, pairs, alone)
