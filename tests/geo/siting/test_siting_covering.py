"""Maximal covering against every choice there is, on instances small enough to list them."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import BadInputError, InfeasibleError
from geo.siting.models.covering_problem import CoveringProblem, covering_matrix, too_near
from geo.siting.models.linear_rule import LinearRule, budget_rule, class_rules, count_rule
from geo.siting.solver.covering import Effort, solve_covering
from geo.siting.solver.exact import solve_mip
from geo.siting.solver.lagrangian import lagrangian_bound
from geo.siting.solver.reduction import aggregate
from geo.solving import SolveStatus
from geo.text import Text


def problem_of(covers, weight, *rules, **more):
    """Build a problem from ``{candidate: [demands]}``."""
    pairs = [(j, i) for j, demands in covers.items() for i in demands]
    site, demand = np.array(pairs, np.int64).reshape(-1, 2).T
    matrix = covering_matrix(site, demand, len(covers), len(weight))
    return CoveringProblem(covers=matrix, weight=np.asarray(weight, float), rules=rules, **more)


def best_by_listing(problem):
    """Try every subset: slow, and right."""
    n, best = problem.n_candidates, None
    for size in range(n + 1):
        for rows in combinations(range(n), size):
            chosen = np.zeros(n, bool)
            chosen[list(rows)] = True
            if not problem.broken(chosen):
                value = sum(
                    w
                    for i, w in enumerate(problem.weight)
                    if any(problem.covers[j, i] for j in rows)
                )
                best = value if best is None else max(best, value)
    return best


@st.composite
def instances(draw):
    n, m = draw(st.integers(2, 7)), draw(st.integers(1, 9))
    flag = st.booleans()
    dense = np.array(draw(st.lists(flag, min_size=n * m, max_size=n * m))).reshape(n, m)
    weight = draw(st.lists(st.integers(0, 20), min_size=m, max_size=m))
    if draw(flag):
        weight = [w + 0.37 * i for i, w in enumerate(weight)]
    rules = [count_rule(n, draw(st.integers(1, n)))]
    if draw(flag):
        cost = draw(st.lists(st.integers(1, 9), min_size=n, max_size=n))
        rules.append(budget_rule(np.array(cost, float), draw(st.integers(1, 25))))
    districts = draw(st.lists(st.sampled_from("AB"), min_size=n, max_size=n))
    rules += class_rules(districts, draw(st.integers(0, 2)), draw(st.just({}) | st.just({"A": 1})))
    pairs = draw(st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), max_size=3))
    conflicts = np.array([p for p in pairs if p[0] != p[1]], np.int64).reshape(-1, 2)
    marks = draw(st.lists(st.integers(0, 9), min_size=n, max_size=n))
    return CoveringProblem(
        covers=covering_matrix(*np.nonzero(dense), n, m),
        weight=np.array(weight, float),
        rules=tuple(rules),
        conflicts=conflicts,
        forced=np.array(marks) == 0,
        forbidden=np.array(marks) == 1,
    )


@settings(max_examples=150, deadline=None)
@given(instances())
def test_answer_is_the_best_of_all_choices(problem):
    best = best_by_listing(problem)
    if best is None:
        with pytest.raises(InfeasibleError):
            solve_covering(problem)
        return
    answer = solve_covering(problem)
    assert answer.value == pytest.approx(best)
    assert answer.upper_bound == pytest.approx(best)
    assert answer.status is SolveStatus.OPTIMAL
    assert not problem.broken(answer.chosen)
    assert answer.value == pytest.approx(problem.value(answer.chosen))


@settings(max_examples=150, deadline=None)
@given(instances(), st.integers(1, 30))
def test_bound_holds_at_any_iteration(problem, iterations):
    best = best_by_listing(problem)
    if best is None:
        return
    prices = lagrangian_bound(aggregate(problem), best, iterations=iterations)
    assert prices.bound >= best - 1e-6
    never_in, always = prices.ruled_out(best - 1e-3)
    # Nothing better than just below the best was ruled out: the best itself survives.
    n = problem.n_candidates
    survivors = [
        np.isin(np.arange(n), rows)
        for size in range(n + 1)
        for rows in combinations(range(n), size)
    ]
    assert any(
        not problem.broken(s)
        and problem.value(s) >= best - 1e-9
        and not (s & never_in).any()
        and not (always & ~s).any()
        for s in survivors
    )


@settings(max_examples=60, deadline=None)
@given(instances())
def test_mip_alone_agrees(problem):
    best = best_by_listing(problem)
    solved = solve_mip(problem, None)
    if best is None:
        assert solved.infeasible
    else:
        assert problem.value(solved.chosen) == pytest.approx(best)


@given(instances(), st.randoms(use_true_random=False))
def test_merging_rows_keeps_every_value(problem, random):
    chosen = np.array([random.random() < 0.5 for _ in range(problem.n_candidates)])
    chosen &= ~problem.forbidden
    assert aggregate(problem).value(chosen) == pytest.approx(problem.value(chosen))


def test_rows_covered_alike_become_one():
    problem = problem_of({0: [0, 1], 1: [0, 1, 2]}, [3, 4, 5], count_rule(2, 1))
    small = aggregate(problem)
    assert sorted(small.weight) == [5, 7]


def test_same_seed_same_answer():
    rng = np.random.default_rng(7)
    site, demand = rng.integers(0, 60, 900), rng.integers(0, 400, 900)
    weight = rng.integers(1, 50, 400).astype(float)
    problem = CoveringProblem(
        covers=covering_matrix(site, demand, 60, 400), weight=weight, rules=(count_rule(60, 9),)
    )
    first, second = solve_covering(problem, seed=3), solve_covering(problem, seed=3)
    assert np.array_equal(first.chosen, second.chosen)
    assert first.status is SolveStatus.OPTIMAL


def test_stopped_at_once_leaves_an_allowed_choice_with_its_bound():
    rng = np.random.default_rng(5)
    site, demand = rng.integers(0, 40, 500), rng.integers(0, 200, 500)
    problem = CoveringProblem(
        covers=covering_matrix(site, demand, 40, 200),
        weight=np.ones(200),
        rules=(count_rule(40, 6),),
    )
    answer = solve_covering(problem, stop=lambda: True)
    proven = solve_covering(problem)
    assert not problem.broken(answer.chosen)
    assert answer.value <= proven.value <= answer.upper_bound
    assert answer.gap > 0
    assert answer.status is SolveStatus.BOUNDED


def test_conflict_is_named_and_nothing_else():
    """城阳 needs five but has three; 市南 is content."""
    names = {"cy": Text("城阳区", "Chengyang"), "sn": Text("市南区", "Shinan")}
    rules = class_rules(["cy"] * 3 + ["sn"] * 4, {"cy": 5, "sn": 1}, names=names)
    problem = problem_of({j: [j] for j in range(7)}, [1] * 7, count_rule(7, 6), *rules)
    with pytest.raises(InfeasibleError) as caught:
        solve_covering(problem)
    assert "城阳区至少 5 个（候选点 3 个）" in caught.value.text.zh
    assert "市南" not in caught.value.text.zh
    assert "总数" not in caught.value.text.zh


def test_minima_and_money_that_fight_are_both_named():
    rules = class_rules(["a", "a", "b"], {"a": 2})
    money = budget_rule(np.array([6.0, 6.0, 1.0]), 11.0)
    problem = problem_of({0: [0], 1: [1], 2: [2]}, [1, 1, 1], count_rule(3, 3), money, *rules)
    with pytest.raises(InfeasibleError) as caught:
        solve_covering(problem)
    assert "a needs at least 2" in caught.value.text.en
    assert "CNY 11" in caught.value.text.en
    assert "3 sites" not in caught.value.text.en


def test_spacing_is_kept_at_exactly_its_length():
    xy_m = np.array([[0.0, 0.0], [300.0, 0.0], [599.0, 0.0]])
    assert too_near(xy_m, 300.0).tolist() == [[1, 2]]


@pytest.mark.parametrize(
    "make",
    [
        lambda: problem_of({0: [0]}, [-1]),
        lambda: problem_of({0: [0]}, [1], count_rule(2, 1)),
        lambda: problem_of({0: [0]}, [1], forced=np.array([True]), forbidden=np.array([True])),
        lambda: LinearRule(Text("x", "x"), np.ones(2), low=3, high=1),
        lambda: LinearRule(Text("x", "x"), np.array([np.nan])),
        lambda: Effort(iterations=0),
    ],
)
def test_bad_values_are_refused(make):
    with pytest.raises(BadInputError):
        make()
