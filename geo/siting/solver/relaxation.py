"""The linear relaxation of a small covering problem, solved by HiGHS: the best prices at once.

The simplex method ends at prices that no step could better, and on a small table sooner than the
primal-dual steps come near them. What they prove is worked out from the prices themselves
(:func:`geo.siting.solver.lagrangian.proof`), so the bound does not rest on HiGHS's tolerances.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix, eye, hstack, vstack

from geo.highs import Highs, Program
from geo.siting.models.problem import CoveringProblem
from geo.siting.solver.lagrangian import Multipliers, most_chosen, proof, rows_of
from geo.siting.solver.primal_dual import Point
from geo.solving import StoppingCriterion, never


def relaxed(
    problem: CoveringProblem, *, steps: int, seed: int = 0, stop: StoppingCriterion = never
) -> Multipliers | None:
    """Return the prices of the linear relaxation; None where `steps` did not reach its optimum.

    Parameters
    ----------
    problem : CoveringProblem
        Best aggregated first.
    steps : int
        Steps of the simplex method at most.
    """
    rules, limit = rows_of(problem)
    n, m, count = problem.n_candidates, len(problem.weight), most_chosen(problem)
    every = vstack([rules, csr_matrix(np.ones(n))], "csr")
    r = every.shape[0]
    covering = hstack([problem.covers.T, -eye(m)])
    matrix = vstack([hstack([every, csr_matrix((r, m))]), covering], "csr")
    highs = Highs(seed=seed, stop=stop)
    highs.limit(steps=steps)
    highs.load(
        Program(
            matrix,
            np.concatenate([np.full(r, -np.inf), np.zeros(m)]),
            np.concatenate([limit, [count], np.full(m, np.inf)]),
            np.concatenate([np.zeros(n), problem.weight]),
            np.concatenate([~problem.forbidden, np.ones(m)]),
            np.concatenate([problem.forced, np.zeros(m)]),
        )
    )
    highs.run()
    if not highs.is_optimal:
        return None
    dual, share = highs.row_prices, np.clip(highs.values[:n], 0.0, 1.0)
    rule, demand = np.maximum(dual[:r], 0.0), np.clip(-dual[r:], 0.0, problem.weight)
    profit = problem.covers @ demand - every.T @ rule
    point = Point(demand, rule, share, profit, problem.covers.T @ share, every @ share)
    return proof(problem, limit, count, point)
