"""The p-median against every choice of p sites, and OR-Library's published optima."""

from __future__ import annotations

import json
import os
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import shortest_path

from geo.errors import BadInputError, InfeasibleError
from geo.siting.solver.p_median import solve_p_median

_FOLDER = Path(
    os.environ.get("YIZHAN_PMED", Path(__file__).parents[4] / "shared" / "siting" / "pmed")
)


@settings(max_examples=80, deadline=None)
@given(st.integers(1, 7), st.integers(2, 7), st.data())
def test_answer_is_the_best_of_all_choices(m, n, data):
    numbers = st.lists(st.integers(0, 30), min_size=m * n, max_size=m * n)
    ways = np.array(data.draw(numbers), float).reshape(m, n)
    weight = np.array(data.draw(st.lists(st.integers(1, 9), min_size=m, max_size=m)), float)
    p = data.draw(st.integers(1, n))
    best = min(
        float((weight * ways[:, rows].min(axis=1)).sum())
        for rows in map(list, combinations(range(n), p))
    )
    answer = solve_p_median(ways, p, weight=weight)
    assert answer.cost == pytest.approx(best)
    assert answer.lower_bound == pytest.approx(best)
    assert answer.chosen.sum() == p


def test_line_of_three_by_hand():
    """Towns at 0, 1 and 10: one site stands in the middle town, two leave only one walking 1."""
    at = np.array([0.0, 1.0, 10.0])
    ways = np.abs(at[:, None] - at)
    assert solve_p_median(ways, 1).cost == 10
    assert solve_p_median(ways, 2).cost == 1
    assert solve_p_median(ways, 3).cost == 0


def test_no_way_is_taken_only_when_nothing_else_is_left():
    ways = np.array([[0.0, np.inf], [np.inf, 0.0]])
    assert solve_p_median(ways, 2).cost == 0


@pytest.mark.parametrize("name", ["pmed1", "pmed3", "pmed5", "pmed11", "pmed31"])
def test_published_optimum_is_reached_and_proven(name):
    if not _FOLDER.is_dir():
        pytest.skip("OR-Library's pmed files are absent (YIZHAN_PMED names their folder)")
    lines = (_FOLDER / f"{name}.txt").read_text().split("\n")
    rows = [tuple(map(int, line.split())) for line in lines if line.strip()]
    n, _, p = rows[0]
    edges = {(min(i, j) - 1, max(i, j) - 1): cost for i, j, cost in rows[1:]}
    ends = np.array(list(edges)).T
    graph = csr_matrix((np.array(list(edges.values()), float), (ends[0], ends[1])), shape=(n, n))
    answer = solve_p_median(shortest_path(graph, directed=False), p)
    optimum = json.loads((_FOLDER / "optima.json").read_text())[name]["p_median"]
    assert (answer.cost, answer.lower_bound) == (optimum, optimum)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 30), st.integers(0, 9), st.integers(2, 6))
def test_stopped_anywhere_leaves_p_sites_and_a_true_floor(asks, seed, p):
    """Towns on a plane, too many to be proven at once; asked to stop after a few steps."""
    at = np.random.default_rng(seed).uniform(0, 100, (30, 2))
    ways = np.rint(np.linalg.norm(at[:, None] - at, axis=2))
    left = iter(range(asks))
    early = solve_p_median(ways, p, stop=lambda: next(left, None) is None)
    whole = solve_p_median(ways, p)
    assert early.chosen.sum() == p
    assert early.lower_bound <= whole.lower_bound == whole.cost <= early.cost
    assert early.gap >= 0
    again = solve_p_median(ways, p)
    assert (again.chosen == whole.chosen).all()
    assert again.nodes == whole.nodes


def test_few_nodes_leave_a_true_floor():
    """Twelve towns in a ring: by symmetry the relaxation cannot tell which to take."""
    step = np.abs(np.arange(12)[:, None] - np.arange(12))
    ways = np.minimum(step, 12 - step).astype(float)
    cut, whole = solve_p_median(ways, 5, nodes=0), solve_p_median(ways, 5)
    assert whole.cost == whole.lower_bound == 7
    assert cut.lower_bound <= 7 <= cut.cost


def test_what_does_not_fit_is_refused():
    with pytest.raises(BadInputError):
        solve_p_median(np.zeros((2, 2)), 3)
    with pytest.raises(BadInputError):
        solve_p_median(np.array([[-1.0]]), 1)
    with pytest.raises(InfeasibleError):
        solve_p_median(np.array([[np.inf]]), 1)
