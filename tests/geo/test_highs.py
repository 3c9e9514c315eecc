"""The one door to HiGHS: what it refuses is an error, whoever used HiGHS before."""

from __future__ import annotations

import ast
from pathlib import Path

import highspy
import numpy as np
import pytest
from scipy.sparse import csr_matrix

from geo.errors import SolverError
from geo.highs import Highs, Program
from geo.siting.models.textbook import maximal_covering, set_covering
from geo.siting.solver.covering import solve_covering
from geo.siting.solver.front import solve_model
from geo.solving import SolveStatus

ROOT = Path(__file__).parents[2]
LINE = csr_matrix(np.triu(np.tril(np.ones((12, 12)), 3)))
"""Twelve candidates in a row; each covers its own demand and the three before it."""


@pytest.fixture
def other_threads():
    """Somebody else's HiGHS has run in this thread with another number of threads: two."""
    highspy.Highs.resetThreadScheduler(True)  # noqa: FBT003 (HiGHS names none)
    other = highspy.Highs()
    other.silent()
    other.setOptionValue("threads", 2)
    other.addVars(2, np.zeros(2), np.ones(2))
    assert other.run() == highspy.HighsStatus.kOk
    yield
    highspy.Highs.resetThreadScheduler(True)  # noqa: FBT003 (HiGHS names none)


@pytest.mark.usefixtures("other_threads")
def test_covering_is_still_proven_after_another_highs_has_run():
    """HiGHS then refuses one thread; every answer became "bounded" without a word."""
    rng = np.random.default_rng(3)
    covers = csr_matrix((rng.random((40, 120)) < 0.1).astype(float))
    model = maximal_covering(covers, rng.integers(1, 50, 120).astype(float), 6)
    assert solve_covering(model.problem).status is SolveStatus.OPTIMAL


@pytest.mark.usefixtures("other_threads")
def test_set_covering_is_still_proven_after_another_highs_has_run():
    answer = solve_model(set_covering(LINE))
    assert (answer.value, answer.bound, answer.status) == (3.0, 3.0, SolveStatus.OPTIMAL)


def test_what_highs_refuses_is_an_error():
    """Here: a row that names the same column twice."""
    row = csr_matrix((np.ones(2), np.zeros(2, np.int32), np.array([0, 2])), shape=(1, 2))
    with pytest.raises(SolverError, match="HiGHS"):
        Highs().load(
            Program(matrix=row, low=np.zeros(1), high=np.ones(1), cost=np.ones(2), upper=np.ones(2))
        )


def test_a_known_answer_of_the_wrong_length_is_an_error():
    highs = Highs()
    row = csr_matrix(np.ones((1, 2)))
    highs.load(
        Program(matrix=row, low=np.zeros(1), high=np.ones(1), cost=np.ones(2), upper=np.ones(2))
    )
    with pytest.raises(SolverError):
        highs.begin_with(np.ones(5))


def test_a_run_that_ends_unbounded_is_an_error():
    """No program of ours is unbounded: one that is was written wrong."""
    highs = Highs()
    free = np.full(1, highspy.kHighsInf)
    highs.load(
        Program(
            matrix=csr_matrix((0, 1)),
            low=np.empty(0),
            high=np.empty(0),
            cost=np.ones(1),
            upper=free,
        )
    )
    with pytest.raises(SolverError, match="run"):
        highs.run()


def test_impossible_rows_are_no_error_and_no_answer():
    """Two columns of at most 1 cannot add up to 3: proven, not failed."""
    highs = Highs()
    row = csr_matrix(np.ones((1, 2)))
    highs.load(
        Program(
            matrix=row,
            low=np.full(1, 3.0),
            high=np.full(1, 9.0),
            cost=np.ones(2),
            upper=np.ones(2),
            n_integer=2,
        )
    )
    highs.run()
    assert highs.is_infeasible
    assert not highs.has_answer
    assert highs.ceiling == -np.inf


@pytest.mark.parametrize("maximise", [True, False])
def test_only_better_answers_are_sought(maximise):
    """A knapsack of forty: just short of its optimum it is found, just beyond it nothing better is."""
    rng = np.random.default_rng(5)
    worth = rng.uniform(1, 9, 40) * (1 if maximise else -1)
    knapsack = Program(
        matrix=csr_matrix(rng.uniform(1, 9, (3, 40))),
        low=np.full(3, -highspy.kHighsInf),
        high=np.full(3, 40.0),
        cost=worth,
        upper=np.ones(40),
        n_integer=40,
        maximise=maximise,
        offset=7.0,
    )
    best = _answer(knapsack)
    step = 0.01 if maximise else -0.01
    assert _answer(knapsack, best - step) == pytest.approx(best)
    assert (_answer(knapsack, best + step) < best + step) is maximise


def _answer(program, better_than=None):
    highs = Highs()
    highs.load(program)
    if better_than is not None:
        highs.seek_better(better_than)
    highs.run()
    return highs.objective


def test_nobody_else_opens_highs():
    """One door: no other module imports highspy, its private parts or scipy's copy of it."""
    for folder in ("geo", "data", "maps", "api"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            names = set(_imported(path))
            allowed = {"highspy"} if path == ROOT / "geo" / "highs.py" else set()
            assert {name for name in names if name.split(".")[0] == "highspy"} == allowed, path
            assert not any(name.startswith("scipy.optimize") for name in names), path


def _imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
