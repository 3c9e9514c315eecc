"""The one door to the prices of a covering problem's linear relaxation, whatever its size.

On a small table the simplex method of HiGHS ends at prices that no step could better, sooner than
the primal-dual steps come near them; on a large one the steps are all there is time for. What
either proves is worked out from the prices themselves (:func:`geo.siting.solver.lagrangian.proof`),
so the bound does not rest on HiGHS's tolerances.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from scipy.sparse import csr_matrix, eye, hstack, vstack

from geo.highs import Highs, Program
from geo.siting.models.covering_problem import CoveringProblem
from geo.siting.models.linear_rule import count_rule
from geo.siting.solver.lagrangian import (
    Multipliers,
    lagrangian_bound,
    most_chosen,
    proof,
    rules_as_rows,
)
from geo.siting.solver.primal_dual import Point
from geo.solving import StoppingCriterion, never

_SIMPLEX_PAIRS, _SIMPLEX_STEPS = 20_000, 20_000
"""Covering pairs up to which the relaxation goes to the simplex method, and its steps at most: at
5,000 pairs it took a tenth of the primal-dual steps' time, at 12,000 as long or half as long, and
2,400 steps; at 65,000 it gained nothing."""


def best_multipliers(
    problem: CoveringProblem,
    value: float,
    *,
    iterations: int = 2_000,
    seed: int = 0,
    stop: StoppingCriterion = never,
    start: Multipliers | None = None,
) -> Multipliers:
    """Return the prices of the linear relaxation, or some near them on a large table.

    Parameters
    ----------
    problem : CoveringProblem
        Best aggregated first.
    value : float
        The best value known.
    iterations : int
        Primal-dual steps at most, on a large table.
    start : Multipliers | None
        Multipliers to go on from, on a large table.
    """
    found = None
    if problem.covers.nnz <= _SIMPLEX_PAIRS:
        found = simplex_multipliers(problem, seed=seed, stop=stop)
    return found or lagrangian_bound(problem, value, iterations=iterations, stop=stop, start=start)


def multipliers_by_count(
    problem: CoveringProblem,
    counts: Sequence[int],
    values: Sequence[float],
    *,
    iterations: int,
    seed: int = 0,
    stop: StoppingCriterion = never,
) -> Iterator[Multipliers]:
    """Yield the prices with each of `counts` allowed, from those of the one before; `values` known.

    Parameters
    ----------
    problem : CoveringProblem
        Without rules of its own; best aggregated first.
    """
    table = None
    if problem.covers.nnz <= _SIMPLEX_PAIRS:
        table = _Relaxation(problem, steps=_SIMPLEX_STEPS, seed=seed, stop=stop)
    last = None
    for count, value in zip(counts, values, strict=True):
        part = replace(problem, rules=(count_rule(problem.n_candidates, count),))
        found = None if table is None else table.prices(part)
        last = found or lagrangian_bound(part, value, iterations=iterations, stop=stop, start=last)
        yield last


def simplex_multipliers(
    problem: CoveringProblem,
    *,
    steps: int = _SIMPLEX_STEPS,
    seed: int = 0,
    stop: StoppingCriterion = never,
) -> Multipliers | None:
    """Return the prices of the linear relaxation; None where `steps` did not reach its optimum."""
    return _Relaxation(problem, steps=steps, seed=seed, stop=stop).prices(problem)


class _Relaxation:
    """The linear program in HiGHS: rules, conflicts, the count, then ``sum y - z >= 0``."""

    def __init__(
        self, problem: CoveringProblem, *, steps: int, seed: int, stop: StoppingCriterion
    ) -> None:
        rules, limit = rules_as_rows(problem)
        n, m, count = problem.n_candidates, len(problem.weight), most_chosen(problem)
        self._every = vstack([rules, csr_matrix(np.ones(n))], "csr")
        r = self._every.shape[0]
        covering = hstack([problem.covers.T, -eye(m)])
        self._highs = Highs(seed=seed, stop=stop)
        self._highs.limit(steps=steps)
        self._highs.load(
            Program(
                matrix=vstack([hstack([self._every, csr_matrix((r, m))]), covering], "csr"),
                low=np.concatenate([np.full(r, -np.inf), np.zeros(m)]),
                high=np.concatenate([limit, [count], np.full(m, np.inf)]),
                cost=np.concatenate([np.zeros(n), problem.weight]),
                upper=np.concatenate([~problem.forbidden, np.ones(m)]),
                lower=np.concatenate([problem.forced, np.zeros(m)]),
            )
        )

    def prices(self, problem: CoveringProblem) -> Multipliers | None:
        """Return the prices of `problem`, which may differ in the count alone; None if not reached."""
        limit, count = rules_as_rows(problem)[1], most_chosen(problem)
        every, n, r = self._every, problem.n_candidates, self._every.shape[0]
        self._highs.change_row(r - 1, -np.inf, float(count))
        self._highs.run()
        if not self._highs.is_optimal:
            return None
        dual, share = self._highs.row_prices, np.clip(self._highs.values[:n], 0.0, 1.0)
        rule, demand = np.maximum(dual[:r], 0.0), np.clip(-dual[r:], 0.0, problem.weight)
        profit = problem.covers @ demand - every.T @ rule
        point = Point(demand, rule, share, profit, problem.covers.T @ share, every @ share)
        return proof(problem, limit, count, point)
