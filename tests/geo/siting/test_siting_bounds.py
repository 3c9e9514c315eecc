"""What the solver's parts promise on their own: bounds above every choice, moves within the rules."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numba import typeof

from geo.siting.models.covering_problem import CoveringProblem, covering_matrix
from geo.siting.models.linear_rule import budget_rule, class_rules, count_rule
from geo.siting.solver import covering, relaxation
from geo.siting.solver.covering import Effort, solve_covering
from geo.siting.solver.decomposition import _improved, split, tightened
from geo.siting.solver.lagrangian import lagrangian_bound
from geo.siting.solver.local_search import (
    CandidateSet,
    chosen_from,
    greedy,
    merged,
    search_from,
    swap_while_better,
)
from geo.siting.solver.relaxation import simplex_multipliers
from geo.solving import SolveStatus

SEEDS = st.integers(0, 10_000)


def street(seed, n=9, m=25, *, count=3, ruled=True):
    """Return candidates and demand on a line, each covering what is near; money, classes, a clash."""
    rng = np.random.default_rng(seed)
    site, home = rng.uniform(0, 100, n), rng.uniform(0, 100, m)
    near = np.abs(site[:, None] - home[None]) <= rng.uniform(5, 20, n)[:, None]
    rules = [count_rule(n, count)]
    if ruled:
        rules += [
            budget_rule(rng.integers(1, 9, n).astype(float), 4.0 * count),
            *class_rules(rng.choice(["a", "b"], n).tolist(), 1),
        ]
    clash = np.array([[0, 1]]) if ruled else np.empty((0, 2), np.int64)
    forbidden = np.arange(n) == (2 if ruled else -1)
    matrix = covering_matrix(*np.nonzero(near), n, m)
    weight = rng.integers(1, 50, m).astype(float)
    return CoveringProblem(
        covers=matrix, weight=weight, rules=tuple(rules), conflicts=clash, forbidden=forbidden
    )


def best_of_all(problem):
    """Return the best value of all allowed choices; None when there is none."""
    choices = (np.array(bits, bool) for bits in product([False, True], repeat=problem.n_candidates))
    values = [problem.value(chosen) for chosen in choices if not problem.broken(chosen)]
    return max(values, default=None)


@settings(max_examples=40, deadline=None)
@given(SEEDS, st.booleans())
def test_prices_and_pieces_bound_every_choice(seed, ruled):
    problem = street(seed, ruled=ruled)
    best = best_of_all(problem)
    if best is None:
        return
    for steps in (1, 7, 300):
        prices = lagrangian_bound(problem, -np.inf, iterations=steps)
        assert prices.bound >= best - 1e-6
    around = swap_while_better(greedy(CandidateSet(problem))).chosen
    for most_sites in (1, 2, 3):
        pieced = tightened(problem, prices, around, most_sites=most_sites, nodes=100)
        assert best - 1e-6 <= pieced.bound <= prices.bound + 1e-9
        never_in, always = pieced.ruled_out(best - 0.5)
        left = replace(problem, forbidden=problem.forbidden | never_in, forced=always)
        assert best_of_all(left) == best


def test_a_piece_whose_sites_are_all_chosen_is_left_as_it_is():
    """A site that brings more than it costs was added again and again, although it was there."""
    problem = CoveringProblem(covers=covering_matrix([0], [0], 1, 1), weight=np.array([3.0]))
    there = np.array([True])
    assert _improved(problem, np.array([-2.0]), there).tolist() == [True]
    assert _improved(problem, np.array([-2.0]), ~there).tolist() == [True]
    assert _improved(problem, np.array([5.0]), there).tolist() == [False]


@settings(max_examples=40, deadline=None)
@given(SEEDS, st.booleans())
def test_simplex_multipliers_bound_every_choice_and_no_step_betters_them(seed, ruled):
    problem = street(seed, ruled=ruled)
    best = best_of_all(problem)
    assume(best is not None)
    prices = simplex_multipliers(problem, steps=1_000)
    assert best - 1e-6 <= prices.bound <= lagrangian_bound(problem, -np.inf).bound + 1e-6
    never_in, always = prices.ruled_out(best - 0.5)
    left = replace(problem, forbidden=problem.forbidden | never_in, forced=always)
    assert best_of_all(left) == best


def test_simplex_cut_short_gives_no_prices():
    assert simplex_multipliers(street(4, n=30, m=200), steps=1) is None


@pytest.mark.parametrize("relaxed_pairs", [0, 20_000])
@pytest.mark.parametrize("ruled", [False, True])
@pytest.mark.parametrize("easy", [0.0, 1e-4])
@pytest.mark.parametrize("seed", range(6))
def test_every_way_to_the_proof_ends_at_the_same_value(
    monkeypatch, seed, relaxed_pairs, ruled, easy
):
    monkeypatch.setattr(relaxation, "_SIMPLEX_PAIRS", relaxed_pairs)
    monkeypatch.setattr(covering, "_EASY", easy)
    monkeypatch.setattr(covering, "_WIDE", 7)
    problem = street(seed, count=4, ruled=ruled)
    best = best_of_all(problem)
    answer = solve_covering(problem, effort=Effort(shakes=5))
    assert answer.value == answer.upper_bound == best
    assert answer.status is SolveStatus.OPTIMAL


def test_pieces_prove_what_the_relaxation_cannot():
    """Two triangles and two lone homes, four sites.

    In a triangle three candidates each cover two of three homes (1 worker each): one covers 2, two
    cover 3, but half of each covers all 3 for one and a half. A lone home has 1.8 workers. The
    relaxation takes 1.5 + 1.5 + 1 sites for 7.8; whole sites bring at most 2 + 2 + 1.8 + 1.8.
    """
    triangle = [(0, 0), (0, 1), (1, 1), (1, 2), (2, 2), (2, 0)]
    pairs = np.array([*triangle, *((3 + i, 3 + j) for i, j in triangle), (6, 6), (7, 7)])
    matrix = covering_matrix(pairs[:, 0], pairs[:, 1], 8, 8)
    weight = np.array([1.0] * 6 + [1.8] * 2)
    problem = CoveringProblem(covers=matrix, weight=weight, rules=(count_rule(8, 4),))
    prices = lagrangian_bound(problem, -np.inf)
    assert prices.bound == pytest.approx(7.8, abs=1e-3)
    around = np.isin(np.arange(8), [0, 3, 6, 7])
    assert split(problem, around, 2).tolist() == [0, 0, 0, 1, 1, 1, 2, 3]
    bound = tightened(problem, prices, around, most_sites=2, nodes=10).bound
    assert bound == pytest.approx(7.6, abs=1e-2)
    assert solve_covering(problem).value == pytest.approx(7.6)


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_search_keeps_the_rules_and_never_loses(seed):
    problem = street(seed)
    start = swap_while_better(greedy(CandidateSet(problem))).chosen.copy()
    if problem.broken(start):
        return
    found = search_from(problem, start, np.ones(problem.n_candidates), shakes=20)
    again = search_from(problem, start, np.ones(problem.n_candidates), shakes=20)
    best = merged(problem, found, most_pairs=10_000)
    for one, same in zip(found, again, strict=True):
        assert problem.broken(one) == ()
        assert problem.value(best) >= problem.value(one) >= problem.value(start)
        assert (one == same).all()
    assert problem.broken(best) == ()


def test_merging_takes_the_best_of_several_choices():
    """Two far ends of a street, a good and a bad site at each: neither choice has both good ones."""
    covers = covering_matrix(np.array([0, 0, 1, 2, 2, 3]), np.arange(6), 4, 6)
    workers = np.array([5.0, 1, 2, 7, 1, 1])
    problem = CoveringProblem(covers=covers, weight=workers, rules=(count_rule(4, 2),))
    mixed = [np.array([1, 0, 0, 1], bool), np.array([0, 1, 1, 0], bool)]
    assert [problem.value(one) for one in mixed] == [7.0, 10.0]
    assert merged(problem, mixed, most_pairs=100).tolist() == [True, False, True, False]
    assert merged(problem, mixed, most_pairs=3).tolist() == mixed[1].tolist()


@settings(max_examples=20, deadline=None)
@given(SEEDS)
def test_gains_stay_what_they_are_defined_as(seed):
    """After any adds and drops, gain and swap values equal the difference of two values."""
    problem = street(seed)
    choice = chosen_from(problem, np.arange(9) % 2 == 0)
    choice.drop(4)
    here = problem.value(choice.chosen)
    for row in np.flatnonzero(~choice.chosen).tolist():
        with_it = choice.chosen.copy()
        with_it[row] = True
        assert choice.gain[row] == pytest.approx(problem.value(with_it) - here)
        with_it[0] = False
        if choice.may_replace(0)[row]:
            change = problem.value(with_it) - here
            assert choice.swap_values(0)[row] == pytest.approx(change)


@settings(max_examples=20, deadline=None)
@given(SEEDS, st.integers(0, 40))
def test_stopped_anywhere_leaves_a_valid_plan_under_its_bound(seed, asks):
    problem = street(seed, 60, 400, count=6)
    left = iter(range(asks))
    early = solve_covering(problem, stop=lambda: next(left, None) is None)
    whole = solve_covering(problem)
    assert problem.broken(early.chosen) == ()
    assert early.value <= whole.value <= whole.upper_bound
    assert early.upper_bound >= whole.value
    assert early.gap >= 0
    assert whole.status is SolveStatus.OPTIMAL


def test_too_large_for_one_mip_still_ends_with_plan_and_bound():
    """With no room for a MIP, pieces and prices alone bound what the MIP proves."""
    problem = street(7, 80, 600, count=8, ruled=False)
    whole = solve_covering(problem)
    pieced = solve_covering(problem, effort=Effort(mip_pairs=0, shakes=100))
    assert pieced.value <= whole.value <= pieced.upper_bound
    assert (
        pieced.chosen == solve_covering(problem, effort=Effort(mip_pairs=0, shakes=100)).chosen
    ).all()


def test_fixed_sites_that_may_not_be_written_to_are_compiled_with_the_others():
    problem = street(3)
    frozen = problem.forced.copy()
    frozen.flags.writeable = False
    mixed = replace(problem, forced=frozen)
    kinds = [[typeof(table) for table in CandidateSet(one).tables] for one in (problem, mixed)]
    assert kinds[0] == kinds[1]
